"""The books of people: the rows behind accounts, links and sessions, for the use cases that need the same of them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session, col, select

from broadcast import books
from broadcast.domain.people import Actor, Grant, fewest
from broadcast.domain.refusals import Refusal
from broadcast.newsroom.desk import Desk
from broadcast.people import codes, tokens
from broadcast.people.account_types import GrantView, SessionView
from broadcast.records import GrantRow, PersonRow
from broadcast.sight import area_name
from broadcast.tables.account_records import RecoveryRow, SessionRow, TicketRow

LINK_HOURS: Final = 72
"""A link that nobody used by then is dead: a weekend, and a day to call back."""


def by_login(session: Session, login: str) -> PersonRow:
    """Raises Refusal("no-such-user")."""
    row = session.exec(select(PersonRow).where(PersonRow.login == login)).one_or_none()
    if row is None:
        raise Refusal("no-such-user", login=login)
    return row


def add(session: Session, row: PersonRow, grants: Iterable[Grant]) -> PersonRow:
    """Enter someone new, with what they hold. Raises Refusal: login-taken, email-taken."""
    if session.exec(select(PersonRow.id).where(PersonRow.login == row.login)).first() is not None:
        raise Refusal("login-taken", login=row.login)
    require_email_free(session, row.email, None)
    session.add(row)
    session.flush()
    session.add_all(books.grant_rows(books.stored(row.id), grants))
    session.flush()
    return row


def require_email_free(session: Session, email: str, person: int | None) -> None:
    """An address names one person: single sign-on goes by it. Raises Refusal("email-taken")."""
    taken = select(PersonRow.id).where(PersonRow.email == email, PersonRow.id != person)
    if email and session.exec(taken).first() is not None:
        raise Refusal("email-taken", email=email)


def link(desk: Desk, session: Session, person: int, by: int | None) -> str:
    """A new token with which they choose their password; earlier ones are dead from now on."""
    now = desk.now()
    end_links(desk, session, person)
    token = tokens.make()
    ends = now + timedelta(hours=LINK_HOURS)
    session.add(TicketRow(token_hash=tokens.kept(token), person=person, made_by=by, made_at=now, ends_at=ends))
    return token


def end_links(desk: Desk, session: Session, person: int) -> None:
    """Every link they were sent is dead."""
    for old in session.exec(select(TicketRow).where(TicketRow.person == person, col(TicketRow.used_at).is_(None))):
        old.used_at = desk.now()


def hold(desk: Desk, session: Session, person: int, grants: Iterable[Grant]) -> None:
    """From now on they hold these; what a reform took away is left as it is, unless it is not among them."""
    given = tuple(grants)
    gone = [g for g in given if g.area not in desk.tree.areas]
    kept = [*fewest([g for g in given if g.area in desk.tree.areas], desk.tree), *gone]
    for old in session.exec(select(GrantRow).where(GrantRow.person == person)):
        session.delete(old)
    session.flush()
    session.add_all(books.grant_rows(person, kept))


def sessions(desk: Desk, session: Session, person: int) -> tuple[SessionView, ...]:
    """The browsers in which they are logged in, the last used first."""
    idle = timedelta(days=desk.settings.login.session_days)
    theirs = select(SessionRow).where(SessionRow.person == person, col(SessionRow.ended_at).is_(None))
    rows = session.exec(
        theirs.where(col(SessionRow.seen_at) > desk.now() - idle).order_by(
            col(SessionRow.seen_at).desc(), col(SessionRow.id).desc()
        )
    )
    return tuple(SessionView(books.stored(r.id), r.how, r.address, r.agent, r.made_at, r.seen_at) for r in rows)


def end_sessions(session: Session, person: int, now: datetime, keep: int | None = None) -> None:
    """They are logged out everywhere, but in the session `keep`."""
    for row in session.exec(select(SessionRow).where(SessionRow.person == person, col(SessionRow.ended_at).is_(None))):
        if row.id != keep:
            row.ended_at = now


def acting(session: Session, actor: Actor) -> None:
    """Whoever does this may still work here, as the books stand now. Raises Refusal("not-allowed")."""
    row = session.get(PersonRow, actor.id)
    if row is None or not row.active:
        raise Refusal("not-allowed", action="")


def take_code(desk: Desk, key: bytes, session: Session, row: PersonRow, typed: str) -> None:
    """Take a code of someone who has a second factor; it is never taken again. Raises Refusal("bad-code")."""
    secret = codes.unseal(key, row.totp_secret)
    step = codes.step(secret, typed, desk.now(), row.totp_step) if secret else None
    if step is not None:
        row.totp_step = step
        return
    spare = session.get(RecoveryRow, (row.id, codes.kept(key, typed)))
    if spare is None or spare.used_at is not None:
        raise Refusal("bad-code")
    spare.used_at = desk.now()


def grant_views(desk: Desk, grants: Iterable[Grant], mine: frozenset[Grant] | None = None) -> tuple[GrantView, ...]:
    """What someone holds, by name."""
    return tuple(GrantView(g, area_name(desk, g.area), mine is None or g in mine) for g in grants)

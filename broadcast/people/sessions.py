"""Who is at a browser: a random word in a cookie, its hash in the books. What is ended there is over at once."""

from datetime import timedelta
from typing import Final

from sqlmodel import Session, col, select

from broadcast import books
from broadcast.domain.house import Bell
from broadcast.domain.people import Actor
from broadcast.domain.refusals import Refusal
from broadcast.newsroom.desk import Desk
from broadcast.people import account_books, tokens
from broadcast.people.account_types import Must, Standing
from broadcast.records import PersonRow
from broadcast.tables.account_records import SessionRow

SEEN_EVERY: Final = timedelta(minutes=1)
"""How exactly the books know when a browser was last here; more often would be a write for every look."""
SHOWN: Final = 200
"""Characters kept of what a browser says of itself."""
KEPT: Final = timedelta(days=90)
"""How long ended sessions stay in the books."""


async def begin(desk: Desk, actor: Actor, address: str, agent: str, how: str) -> str:
    """A new session of someone who has just proved who they are; its token. Raises Refusal("bad-login")."""
    token, now = tokens.make(), desk.now()

    def work(session: Session) -> None:
        row = session.get(PersonRow, actor.id)
        if row is None or not row.active:
            raise Refusal("bad-login")
        theirs = select(SessionRow).where(SessionRow.person == actor.id)
        for old in session.exec(theirs.where(col(SessionRow.seen_at) < now - KEPT)):
            session.delete(old)
        session.add(
            SessionRow(
                token_hash=tokens.kept(token),
                person=actor.id,
                how=_shown(how),
                address=_shown(address),
                agent=_shown(agent),
                made_at=now,
                seen_at=now,
            )
        )

    await desk.store.write(work)
    return token


async def whose(desk: Desk, token: str) -> Standing | None:
    """Who that is now; None where the session was ended, has slept too long, or its person no longer works here."""
    now = desk.now()

    def look(session: Session) -> tuple[Standing, bool] | None:
        row = session.exec(select(SessionRow).where(SessionRow.token_hash == tokens.kept(token))).one_or_none()
        idle = timedelta(days=desk.settings.login.session_days)
        if row is None or row.ended_at is not None or row.seen_at <= now - idle:
            return None
        person = session.get_one(PersonRow, row.person)
        if not person.active:
            return None
        actor = books.actor(session, person)
        return Standing(actor, books.stored(row.id), _must(desk, actor, person, row)), now - row.seen_at > SEEN_EVERY

    def seen(session: Session) -> None:
        session.get_one(SessionRow, found.session).seen_at = now

    known = await desk.store.read(look)
    if known is None:
        return None
    found, stale = known
    if stale:
        await desk.store.write(seen)
    return found


async def end(desk: Desk, bell: Bell, token: str) -> None:
    """They have logged out there."""

    def work(session: Session) -> None:
        row = session.exec(select(SessionRow).where(SessionRow.token_hash == tokens.kept(token))).one_or_none()
        if row is not None and row.ended_at is None:
            row.ended_at = desk.now()

    await desk.store.write(work)
    bell.ring()


async def end_others(desk: Desk, bell: Bell, standing: Standing, session_id: int | None) -> None:
    """Log oneself out of another browser, or (None) of all but this one."""

    def work(session: Session) -> None:
        if session_id is None:
            account_books.end_sessions(session, standing.actor.id, desk.now(), keep=standing.session)
            return
        row = session.get(SessionRow, session_id)
        if row is not None and row.person == standing.actor.id and row.ended_at is None:
            row.ended_at = desk.now()

    await desk.store.write(work)
    bell.ring()


def _must(desk: Desk, actor: Actor, person: PersonRow, row: SessionRow) -> Must:
    # whoever came by single sign-on proved who they are elsewhere, by that house's rules
    if row.how != "password":
        return Must.NOTHING
    if person.must_change:
        return Must.CHANGE_PASSWORD
    demanded = set(desk.settings.login.second_factor)
    if not person.totp_secret and any(role.value in demanded for role in actor.roles):
        return Must.SECOND_FACTOR
    return Must.NOTHING


def _shown(text: str) -> str:
    return "".join(c for c in text[:SHOWN] if c.isprintable())

"""Who works here, as what: people are let in, given roles and freed of them, and leave. They are never deleted."""

from collections.abc import Callable
from datetime import datetime
from typing import Final, TypeVar

from sqlmodel import Session, col, func, select

from broadcast import books
from broadcast.domain.accounts import (
    clean_email,
    clean_login,
    clean_name,
    manages,
    require_changes,
    require_grants,
)
from broadcast.domain.house import Bell
from broadcast.domain.people import Action, Actor, Grant, fewest, require
from broadcast.domain.refusals import Refusal
from broadcast.newsroom.desk import Desk
from broadcast.people import account_books, passwords, tokens
from broadcast.people.account_types import NewPerson, PeopleAsk, PeoplePage, PersonView, WayIn
from broadcast.records import PersonRow
from broadcast.sight import Sight, sight
from broadcast.tables.account_records import RecoveryRow, SessionRow
from devices.vocabulary import slug

T = TypeVar("T")
MOST: Final = 200
"""People on one page at most."""


async def people(desk: Desk, actor: Actor, ask: PeopleAsk) -> PeoplePage:
    """Whoever holds anything in their areas, by name. Raises Refusal("not-allowed")."""
    require(actor, Action.SEE_PEOPLE, (), desk.tree)
    mine = sight(desk, actor, Action.SEE_PEOPLE)
    wanted, size = slug(ask.find[:MOST]), max(1, min(ask.page_size, MOST))

    def work(session: Session) -> PeoplePage:
        rows = session.exec(select(PersonRow.id, PersonRow.login, PersonRow.name, PersonRow.active)).all()
        held = books.grants(session, None)
        found = [
            (slug(name), books.stored(id_))
            for id_, login, name, active in rows
            if (active or ask.left) and wanted in f"{slug(name)} {login}" and _seen(mine, held.get(id_ or 0, ()))
        ]
        shown = [id_ for _, id_ in sorted(found)[ask.page * size : (ask.page + 1) * size]]
        by_id = {row.id: row for row in session.exec(select(PersonRow).where(col(PersonRow.id).in_(shown)))}
        seen = _last_seen(session, shown)
        views = tuple(_view(desk, session, actor, by_id[id_], held.get(id_, ()), seen.get(id_)) for id_ in shown)
        return PeoplePage(views, len(found))

    return await desk.store.read(work)


async def person(desk: Desk, actor: Actor, id_: int) -> PersonView:
    """One of them, with the browsers they are logged in with. Raises Refusal: not-allowed, no-such-person."""
    require(actor, Action.SEE_PEOPLE, (), desk.tree)

    def work(session: Session) -> PersonView:
        row, held = _known(desk, session, actor, id_)
        return _view(desk, session, actor, row, held, _last_seen(session, [id_]).get(id_), whole=True)

    return await desk.store.read(work)


async def add(desk: Desk, key: bytes, actor: Actor, new: NewPerson, *, by_link: bool) -> WayIn:
    """Let someone in: by a link with which they choose their password, or by a password that they must change.

    Raises Refusal: not-allowed, not-your-area, no-areas, grants-many, role-area, login-..., name-bad, email-...
    """
    require(actor, Action.MANAGE_PEOPLE, (), desk.tree)
    login, name, email = clean_login(new.login), clean_name(new.name), clean_email(new.email)
    require_grants(new.grants, desk.tree)
    given = fewest(new.grants, desk.tree)
    require_changes(actor, (), given, desk.tree)
    password = "" if by_link else passwords.make()
    hashed = await passwords.hashed(password) if password else ""

    def work(session: Session) -> WayIn:
        account_books.acting(session, actor)
        row = PersonRow(
            login=login, name=name, email=email, password_hash=hashed, must_change=bool(password), made_at=desk.now()
        )
        id_ = books.stored(account_books.add(session, row, given).id)
        token = tokens.signed(key, account_books.link(desk, session, id_, actor.id)) if by_link else ""
        return WayIn(id_, token, password)

    return await desk.store.write(work)


async def rename(desk: Desk, bell: Bell, actor: Actor, id_: int, name: str, email: str) -> None:
    """Another name or address. Raises Refusal: not-allowed, no-such-person, not-your-person, name-bad, email-..."""
    kept, address = clean_name(name), clean_email(email)

    def work(session: Session, row: PersonRow) -> None:
        account_books.require_email_free(session, address, id_)
        if row.email != address:
            row.oidc_subject = ""  # whoever had the old address at the provider is not known to have the new one
        row.name, row.email = kept, address

    await _managed(desk, bell, actor, id_, work)


async def set_grants(desk: Desk, bell: Bell, actor: Actor, id_: int, grants: tuple[Grant, ...]) -> None:
    """From now on they hold these. What is given and what is taken must lie in the actor's areas.

    Nobody changes what they hold themselves: so nobody raises themselves, and one administrator is always left.

    Raises Refusal: not-allowed, no-such-person, own-account, no-areas, grants-many, role-area, not-your-area.
    """
    require(actor, Action.MANAGE_PEOPLE, (), desk.tree)
    given = tuple(dict.fromkeys(grants))

    def work(session: Session) -> None:
        account_books.acting(session, actor)
        row, held = _known(desk, session, actor, id_)
        _require_other(actor, row)
        if not given:
            raise Refusal("no-areas")
        if new := [g for g in given if g not in held]:
            require_grants(new, desk.tree)
        require_changes(actor, held, given, desk.tree)
        account_books.hold(desk, session, id_, given)

    await desk.store.write(work)
    bell.ring()


async def deactivate(desk: Desk, bell: Bell, actor: Actor, id_: int) -> None:
    """They no longer work here: logged out at once, never deleted. Raises Refusal: own-account, as `rename`."""

    def work(session: Session, row: PersonRow) -> None:
        _require_other(actor, row)
        row.active = False
        account_books.end_sessions(session, id_, desk.now())
        account_books.end_links(desk, session, id_)

    await _managed(desk, bell, actor, id_, work)


async def reactivate(desk: Desk, bell: Bell, actor: Actor, id_: int) -> None:
    """They work here again, with what they held. Raises Refusal as `rename`."""

    def work(session: Session, row: PersonRow) -> None:
        del session
        row.active = True

    await _managed(desk, bell, actor, id_, work)


async def reset(desk: Desk, key: bytes, bell: Bell, actor: Actor, id_: int, *, by_link: bool) -> WayIn:
    """Their password is forgotten: the old one is dead at once, and so is every session.

    Raises Refusal: own-account, as `rename`.
    """
    password = "" if by_link else passwords.make()
    hashed = await passwords.hashed(password) if password else ""

    def work(session: Session, row: PersonRow) -> WayIn:
        _require_other(actor, row)
        row.password_hash, row.must_change = hashed, bool(password)
        account_books.end_sessions(session, id_, desk.now())
        account_books.end_links(desk, session, id_)
        token = tokens.signed(key, account_books.link(desk, session, id_, actor.id)) if by_link else ""
        return WayIn(id_, token, password)

    return await _managed(desk, bell, actor, id_, work)


async def drop_second_factor(desk: Desk, bell: Bell, actor: Actor, id_: int) -> None:
    """Their telephone is lost: the password alone lets them in. Raises Refusal as `reset`."""

    def work(session: Session, row: PersonRow) -> None:
        _require_other(actor, row)
        row.totp_secret, row.totp_step = "", 0
        for code in session.exec(select(RecoveryRow).where(RecoveryRow.person == id_)):
            session.delete(code)
        account_books.end_sessions(session, id_, desk.now())

    await _managed(desk, bell, actor, id_, work)


async def end_session(desk: Desk, bell: Bell, actor: Actor, id_: int, session_id: int | None) -> None:
    """Log them out of one browser, or (None) of all. Raises Refusal as `rename`."""

    def work(session: Session, row: PersonRow) -> None:
        if session_id is None:
            account_books.end_sessions(session, books.stored(row.id), desk.now())
            return
        found = session.get(SessionRow, session_id)
        if found is not None and found.person == row.id and found.ended_at is None:
            found.ended_at = desk.now()

    await _managed(desk, bell, actor, id_, work)


async def _managed(desk: Desk, bell: Bell, actor: Actor, id_: int, work: Callable[[Session, PersonRow], T]) -> T:
    """Do something to someone all of whose areas the actor manages."""
    require(actor, Action.MANAGE_PEOPLE, (), desk.tree)

    def managed(session: Session) -> T:
        account_books.acting(session, actor)
        row, held = _known(desk, session, actor, id_)
        if not manages(actor, held, desk.tree):
            raise Refusal("not-your-person", name=row.name)
        return work(session, row)

    done = await desk.store.write(managed)
    bell.ring()
    return done


def _known(desk: Desk, session: Session, actor: Actor, id_: int) -> tuple[PersonRow, tuple[Grant, ...]]:
    row = session.get(PersonRow, id_)
    held = books.grants(session, [id_]).get(id_, ())
    if row is None or not _seen(sight(desk, actor, Action.SEE_PEOPLE), held):
        raise Refusal("no-such-person")
    return row, held


def _seen(mine: Sight, held: tuple[Grant, ...]) -> bool:
    return mine.whole or any(mine.holds(g.area) for g in held)


def _require_other(actor: Actor, row: PersonRow) -> None:
    if row.id == actor.id:
        raise Refusal("own-account")


def _last_seen(session: Session, ids: list[int]) -> dict[int, datetime]:
    asked = select(SessionRow.person, func.max(SessionRow.seen_at)).where(col(SessionRow.person).in_(ids))
    return dict(session.exec(asked.group_by(col(SessionRow.person))).all())


def _view(
    desk: Desk,
    session: Session,
    actor: Actor,
    row: PersonRow,
    held: tuple[Grant, ...],
    seen: datetime | None,
    *,
    whole: bool = False,
) -> PersonView:
    id_ = books.stored(row.id)
    manageable = manages(actor, held, desk.tree)
    mine = frozenset(g for g in held if manages(actor, [g], desk.tree))
    return PersonView(
        id=id_,
        login=row.login,
        name=row.name,
        email=row.email,
        active=row.active,
        invited=not row.password_hash and not row.oidc_subject,
        second_factor=bool(row.totp_secret),
        grants=account_books.grant_views(desk, held, mine),
        manageable=manageable,
        seen_at=seen,
        sessions=account_books.sessions(desk, session, id_) if whole and manageable else (),
    )

"""Accounts by the command line, which asks nobody: whoever has the machine in their hands may do all this."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from broadcast import books
from broadcast.domain.accounts import clean_login, clean_name, require_grants, require_password
from broadcast.domain.people import Actor, Grant, fewest
from broadcast.newsroom.desk import Desk
from broadcast.people import account_books, passwords
from broadcast.records import PersonRow


async def add_user(
    desk: Desk, login: str, name: str, grants: Iterable[Grant], password: str, *, must_change: bool = False
) -> Actor:
    """Someone new, with what they hold; who `must_change` chooses another password before anything else.

    Raises Refusal: login-bad, login-taken, name-bad, no-areas, grants-many, role-area, no-such-area, password-...
    """
    kept_login, kept_name = clean_login(login), clean_name(name)
    given = fewest(grants, desk.tree)
    require_grants(given, desk.tree)
    require_password(login, password)
    hashed = await passwords.hashed(password)

    def work(session: Session) -> Actor:
        row = PersonRow(
            login=kept_login, name=kept_name, password_hash=hashed, must_change=must_change, made_at=desk.now()
        )
        return books.actor(session, account_books.add(session, row, given))

    return await desk.store.write(work)


async def change_password(desk: Desk, login: str, password: str, *, must_change: bool = False) -> None:
    """From now on this one; they are logged out everywhere. Raises Refusal: no-such-user, password-..."""
    require_password(login, password)
    hashed = await passwords.hashed(password)

    def work(session: Session) -> None:
        row = account_books.by_login(session, login)
        row.password_hash, row.must_change = hashed, must_change
        account_books.end_sessions(session, books.stored(row.id), desk.now())

    await desk.store.write(work)


async def give(desk: Desk, login: str, grants: Iterable[Grant]) -> Actor:
    """They hold these besides. Raises Refusal: no-such-user, no-areas, grants-many, role-area, no-such-area."""
    given = tuple(grants)
    require_grants(given, desk.tree)

    def work(session: Session) -> Actor:
        row = account_books.by_login(session, login)
        person = books.stored(row.id)
        held = books.grants(session, [person]).get(person, ())
        account_books.hold(desk, session, person, [*held, *given])
        return books.actor(session, row)

    return await desk.store.write(work)


async def deactivate(desk: Desk, login: str) -> None:
    """They no longer work here; what they did stays theirs. Raises Refusal("no-such-user")."""

    def work(session: Session) -> None:
        row = account_books.by_login(session, login)
        row.active = False
        account_books.end_sessions(session, books.stored(row.id), desk.now())
        account_books.end_links(desk, session, books.stored(row.id))

    await desk.store.write(work)


async def listed(desk: Desk) -> tuple[tuple[Actor, bool], ...]:
    """Everybody who works or worked here, by login, and whether they still do."""

    def work(session: Session) -> tuple[tuple[Actor, bool], ...]:
        rows = session.exec(select(PersonRow).order_by(col(PersonRow.login))).all()
        return tuple((books.actor(session, row), row.active) for row in rows)

    return await desk.store.read(work)

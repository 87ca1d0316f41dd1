"""Who works here: people are added, change their password, and leave. The command line asks; pages will later."""

import unicodedata
from collections.abc import Iterable
from typing import Final

from sqlmodel import Session, select

from broadcast import books, passwords
from broadcast.desk import Desk
from broadcast.domain.people import Actor, Grant, fewest
from broadcast.domain.refusals import Refusal
from broadcast.records import PersonRow
from devices.vocabulary import is_slug, slug

PASSWORD_LENGTH: Final = range(10, 201)
"""Long rather than clever: throttled guessing does the rest. Above, it would only cost time to hash."""
LOGIN_LENGTH: Final = 32
NAME_LENGTH: Final = 100


async def add_user(desk: Desk, login: str, name: str, grants: Iterable[Grant], password: str) -> Actor:
    """Someone new, with what they hold.

    Raises Refusal: login-bad, login-taken, name-bad, no-areas, no-such-area, password-...
    """
    if not is_slug(login) or len(login) > LOGIN_LENGTH:
        raise Refusal("login-bad", login=login, proposal=slug(login)[:LOGIN_LENGTH] or "canbo1")
    kept_name = " ".join(unicodedata.normalize("NFC", name).split())
    if not kept_name or len(kept_name) > NAME_LENGTH or not kept_name.isprintable():
        raise Refusal("name-bad", limit=NAME_LENGTH)
    given = fewest(grants, desk.tree)
    if not given:
        raise Refusal("no-areas")
    _require_password(login, password)
    hashed = await passwords.hashed(password)

    def work(session: Session) -> Actor:
        if _row(session, login) is not None:
            raise Refusal("login-taken", login=login)
        row = PersonRow(login=login, name=kept_name, password_hash=hashed, made_at=desk.now())
        session.add(row)
        session.flush()
        session.add_all(books.grant_rows(books.stored(row.id), given))
        session.flush()
        return books.actor(session, row)

    return await desk.store.write(work)


async def change_password(desk: Desk, login: str, password: str) -> None:
    """From now on this one. Raises Refusal: no-such-user, password-..."""
    _require_password(login, password)
    hashed = await passwords.hashed(password)

    def work(session: Session) -> None:
        _known(session, login).password_hash = hashed

    await desk.store.write(work)


async def deactivate(desk: Desk, login: str) -> None:
    """They no longer work here; what they did stays theirs. Raises Refusal("no-such-user")."""

    def work(session: Session) -> None:
        _known(session, login).active = False

    await desk.store.write(work)


def _require_password(login: str, password: str) -> None:
    if len(password) < PASSWORD_LENGTH.start:
        raise Refusal("password-short", limit=PASSWORD_LENGTH.start)
    if len(password) >= PASSWORD_LENGTH.stop:
        raise Refusal("password-long", limit=PASSWORD_LENGTH.stop - 1)
    if len(set(password)) < 4 or (len(login) >= 4 and login in password.casefold()):  # noqa: PLR2004 - a few letters
        raise Refusal("password-plain")


def _row(session: Session, login: str) -> PersonRow | None:
    return session.exec(select(PersonRow).where(PersonRow.login == login)).one_or_none()


def _known(session: Session, login: str) -> PersonRow:
    row = _row(session, login)
    if row is None:
        raise Refusal("no-such-user", login=login)
    return row

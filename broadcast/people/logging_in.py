"""Who is at the door. Guessing is slowed down for each account and for each address, in memory and bounded."""

import math
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session, select

from broadcast import books
from broadcast.domain.audit import Deed, doing
from broadcast.domain.people import Actor
from broadcast.domain.refusals import Refusal
from broadcast.newsroom.desk import Desk
from broadcast.people import account_books, passwords
from broadcast.records import PersonRow
from broadcast.settings import Login
from devices.vocabulary import is_slug

ADDRESS_SHARE: Final = 4
"""A whole office stands behind one address: it may be wrong this many times as often as one account."""
REMEMBERED: Final = 10_000
"""Accounts and addresses whose wrong tries are remembered; the longest quiet ones are forgotten first."""
LONGEST: Final = passwords.LONGEST
"""Characters of a login or password that are looked at at all."""
WRONG_CODES: Final = Login(tries=10, pause_s=3600)
"""A code has six digits: whoever knows a password may not guess one in a year."""


@dataclass
class Throttle:
    """The tries of late that were not right, by account and by address."""

    settings: Login
    now: Callable[[], datetime]
    _tries: OrderedDict[str, deque[datetime]] = field(default_factory=OrderedDict)

    def take(self, login: str, address: str) -> None:
        """Count a try, before it is known whether it is right: a hundred at once are a hundred.

        Raises Refusal("login-throttled", seconds=...); such a try is not counted.
        """
        now = self.now()
        limits = {f"login {login}": self.settings.tries, f"address {address}": self.settings.tries * ADDRESS_SHARE}
        wait = max(self._wait(key, limit, now) for key, limit in limits.items())
        if wait > timedelta():
            raise Refusal("login-throttled", seconds=math.ceil(wait.total_seconds()))
        for key in limits:
            self._tries.setdefault(key, deque()).append(now)
            self._tries.move_to_end(key)
        while len(self._tries) > REMEMBERED:
            self._tries.popitem(last=False)

    def right(self, login: str, address: str) -> None:
        """The try was right: the account starts afresh, the address gets this one back."""
        self._tries.pop(f"login {login}", None)
        self._give(f"address {address}")

    def give_back(self, login: str, address: str) -> None:
        """The try was no guess: it is as if it had not been; earlier ones still count."""
        self._give(f"login {login}")
        self._give(f"address {address}")

    def _give(self, key: str) -> None:
        if tries := self._tries.get(key):
            tries.pop()

    def _wait(self, key: str, limit: int, now: datetime) -> timedelta:
        tries = self._tries.get(key, deque())
        pause = timedelta(seconds=self.settings.pause_s)
        # a clock that was set back must not lock anybody out for longer than the pause
        while tries and not timedelta() <= now - tries[0] < pause:
            tries.popleft()
        return tries[-limit] + pause - now if len(tries) >= limit else timedelta()


async def log_in(
    desk: Desk, key: bytes, throttle: Throttle, slow: Throttle, login: str, password: str, code: str, address: str
) -> Actor:
    """Who that is. A login nobody has takes as long as a wrong password. `slow` counts wrong codes.

    Raises Refusal: bad-login, login-throttled; code-needed where the password is right and a second factor is in force,
    bad-code where that was wrong.
    """
    typed = login.strip().casefold()[:LONGEST]
    throttle.take(typed, address)

    def work(session: Session) -> tuple[Actor, str, bool] | None:
        row = session.exec(select(PersonRow).where(PersonRow.login == typed, PersonRow.active)).one_or_none()
        return None if row is None else (books.actor(session, row), row.password_hash, bool(row.totp_secret))

    known = await desk.store.read(work) if is_slug(typed) else None
    fits = len(password) <= LONGEST
    right = await passwords.matches(password[:LONGEST], known[1] if known and fits else None)
    if known is None or not right:
        raise Refusal("bad-login")
    if known[2]:
        await _second(desk, key, throttle, slow, known[0], code, address)
    throttle.right(typed, address)
    return known[0]


async def _second(
    desk: Desk, key: bytes, throttle: Throttle, slow: Throttle, who: Actor, code: str, address: str
) -> None:
    """Take the code. Asking for one gives the try back but forgets none: else codes could be guessed without end."""
    if not code.strip():
        throttle.give_back(who.login, address)
        raise Refusal("code-needed")
    slow.take(who.login, address)

    def work(session: Session) -> None:
        row = session.get_one(PersonRow, who.id)
        if not row.active or not row.totp_secret:
            raise Refusal("bad-login")
        account_books.take_code(desk, key, session, row, code)

    with doing(Deed("use_code", who.id, who.login, who.name, address)):
        await desk.store.write(work)
    slow.right(who.login, address)


async def actor(desk: Desk, person: int) -> Actor | None:
    """Who that is now, or None if they no longer work here."""

    def work(session: Session) -> Actor | None:
        row = session.get(PersonRow, person)
        return books.actor(session, row) if row is not None and row.active else None

    return await desk.store.read(work)

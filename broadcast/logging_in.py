"""Who is at the door. Guessing is slowed down for each account and for each address, in memory and bounded."""

import math
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session, select

from broadcast import books, passwords
from broadcast.desk import Desk
from broadcast.domain.people import Actor
from broadcast.domain.refusals import Refusal
from broadcast.records import PersonRow
from broadcast.settings import Login
from devices.vocabulary import is_slug

ADDRESS_SHARE: Final = 4
"""A whole office stands behind one address: it may be wrong this many times as often as one account."""
REMEMBERED: Final = 10_000
"""Accounts and addresses whose wrong tries are remembered; the longest quiet ones are forgotten first."""
LONGEST: Final = 1_000
"""Characters of a login or password that are looked at at all."""


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
        tries = self._tries.get(f"address {address}")
        if tries:
            tries.pop()

    def _wait(self, key: str, limit: int, now: datetime) -> timedelta:
        tries = self._tries.get(key, deque())
        pause = timedelta(seconds=self.settings.pause_s)
        # a clock that was set back must not lock anybody out for longer than the pause
        while tries and not timedelta() <= now - tries[0] < pause:
            tries.popleft()
        return tries[-limit] + pause - now if len(tries) >= limit else timedelta()


async def log_in(desk: Desk, throttle: Throttle, login: str, password: str, address: str) -> Actor:
    """Who that is. A login nobody has takes as long as a wrong password. Raises Refusal: bad-login, login-throttled."""
    typed = login.strip().casefold()[:LONGEST]
    throttle.take(typed, address)

    def work(session: Session) -> tuple[Actor, str] | None:
        row = session.exec(select(PersonRow).where(PersonRow.login == typed, PersonRow.active)).one_or_none()
        return None if row is None else (books.actor(session, row), row.password_hash)

    known = await desk.store.read(work) if is_slug(typed) else None
    fits = len(password) <= LONGEST
    right = await passwords.matches(password[:LONGEST], known[1] if known and fits else None)
    if known is None or not right:
        raise Refusal("bad-login")
    throttle.right(typed, address)
    return known[0]


async def actor(desk: Desk, person: int) -> Actor | None:
    """Who that is now, or None if they no longer work here."""

    def work(session: Session) -> Actor | None:
        row = session.get(PersonRow, person)
        return books.actor(session, row) if row is not None and row.active else None

    return await desk.store.read(work)

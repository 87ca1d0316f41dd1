"""Whatever the office does, it does in somebody's name: each call runs as a deed, under which the books note changes.

Orders change nothing in the books; they are noted after they went out, and a trail that cannot be written now is
caught up with. Alarms are entered from their ledger, without a word from here.
"""

import dataclasses
import functools
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

import structlog

from broadcast.domain.audit import COMMAND, Change, Deed, doing, whence
from broadcast.domain.people import Actor
from broadcast.domain.refusals import Refusal
from broadcast.newsroom.office_life import LifeOffice
from broadcast.office import Office
from broadcast.people.account_types import Standing
from broadcast.people.office_accounts import Accounts
from devices.vocabulary import AreaId

T = TypeVar("T")

_log = structlog.get_logger(__name__)

ORDERS: Final = frozenset({"stop", "identify"})
"""Calls that change what sounds and nothing in the books: (actor, area or receiver)."""
ACCOUNTS: Final = {
    "begin": "log_in",
    "change_password": "change_password",
    "end_others": "end_session",
    "confirm_second_factor": "confirm_second_factor",
    "drop_own_second_factor": "drop_second_factor",
    "renew_codes": "renew_codes",
    "add": "add_person",
    "rename": "rename_person",
    "set_grants": "set_grants",
    "deactivate": "deactivate",
    "reactivate": "reactivate",
    "reset": "reset_password",
    "drop_second_factor": "drop_second_factor",
    "end_session": "end_session",
}
"""Calls about accounts that change the books, and their deeds. Who opens a link or the house says so themselves."""
ALARMS: Final = frozenset({"raise_alarm", "end_alarm"})
OWED: Final = 10_000
"""Notes kept in memory while the books cannot be written."""

Note = Callable[[Deed, Change], Awaitable[None]]


class Recording:
    """Makes an office that leaves a trail. `catch_up` for the timetable: notes that could not be written."""

    def __init__(self, note: Note, area_of: Callable[[str], Awaitable[AreaId | None]]) -> None:
        self._note, self._area_of = note, area_of
        self._owed: list[tuple[Deed, Change]] = []

    def over(self, office: Office) -> Office:
        """The same office; whoever is the first argument of a call answers for what it changes."""
        wrapped: dict[str, Any] = {}
        for field in dataclasses.fields(office):
            call = getattr(office, field.name)
            if isinstance(call, LifeOffice):
                parts = {part.name: getattr(call, part.name) for part in dataclasses.fields(call)}
                wrapped[field.name] = LifeOffice(**{name: in_name(name, part) for name, part in parts.items()})
                continue
            if field.name in ALARMS or not callable(call) or not _is_somebodys(call):
                continue
            wrapped[field.name] = self._ordered(field.name, call) if field.name in ORDERS else in_name(field.name, call)
        return dataclasses.replace(office, **wrapped, accounts=_accounts_over(office.accounts))

    async def catch_up(self) -> None:
        """Write what is owed, in its order. Raises Refusal("store-failed"), and then does it the next time."""
        while self._owed:
            await self._note(*self._owed[0])
            del self._owed[0]

    async def close(self) -> None:
        """A last try; what still is owed is told in the log, so that it is somewhere."""
        try:
            await self.catch_up()
        except Refusal:
            for what, change in self._owed:
                _log.error("an entry of the trail is lost", deed=str(what), change=str(change))

    async def note(self, what: Deed, change: Change) -> None:
        """Write it down now, or as soon as that is possible: what was done is done."""
        self._owed.append((what, change))
        del self._owed[:-OWED]
        try:
            await self.catch_up()
        except Refusal as no:
            _log.error("the trail is not written yet, it is caught up with", action=what.action, why=str(no))

    def _ordered(self, name: str, call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        @functools.wraps(call)
        async def order(actor: Actor, target: str) -> object:
            result = await call(actor, target)
            area = await self._home(target) if name == "identify" else target
            subject = f"receiver/{target}" if name == "identify" else f"area/{target}"
            await self.note(deed_of(name, actor), Change({}, {subject: {}}, (area,) if area else ()))
            return result

        return order

    async def _home(self, receiver: str) -> str | None:
        try:
            return await self._area_of(receiver)
        except Refusal:
            return None


@asynccontextmanager
async def open_recording(note: Note, area_of: Callable[[str], Awaitable[AreaId | None]]) -> AsyncIterator[Recording]:
    """One whose last notes are written before the books are closed."""
    recording = Recording(note, area_of)
    try:
        yield recording
    finally:
        await recording.close()


def _accounts_over(accounts: Accounts) -> Accounts:
    wrapped: dict[str, Any] = {name: in_name(deed, getattr(accounts, name)) for name, deed in ACCOUNTS.items()}
    return dataclasses.replace(accounts, **wrapped)


def deed_of(action: str, actor: Actor) -> Deed:
    """What that person is doing now, from where they sit."""
    return Deed(action, actor.id, actor.login, actor.name, whence.get())


def _is_somebodys(call: Callable[..., Any]) -> bool:
    return next(iter(inspect.signature(call).parameters), "") == "actor"


def in_name(name: str, call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """The same call, done in the name of its first argument."""

    @functools.wraps(call)
    async def named(who: Actor | Standing, *args: object, **more: object) -> object:
        with doing(deed_of(name, who.actor if isinstance(who, Standing) else who)):
            return await call(who, *args, **more)

    return named


def by_hand(name: str, call: Callable[..., Awaitable[T]]) -> Callable[..., Awaitable[T]]:
    """The same call, done by whoever has the machine."""

    async def done(*args: object, **more: object) -> T:
        with doing(Deed(name, whence=COMMAND)):
            return await call(*args, **more)

    return done

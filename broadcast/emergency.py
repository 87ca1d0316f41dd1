"""The alarm: the shortest path in the house. One signed publish an area, and nothing before it.

No database, no timetable, no speech is asked here. What stands is kept in memory and in a ledger file; words, books
and pages come after, by way of `followers`.
"""

import asyncio
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from broadcast.alarm.ledger import Ledger
from broadcast.domain.alarms import (
    AlarmInForce,
    Standing,
    holders,
    require_confirmation,
    require_words,
)
from broadcast.domain.areas import AreaTree
from broadcast.domain.audit import whence
from broadcast.domain.house import Bell
from broadcast.domain.numbers import following
from broadcast.domain.people import Action, Actor, require
from broadcast.domain.refusals import Refusal
from broadcast.settings import Emergency as Terms
from broadcast.wire import Wire
from devices import topics
from devices.link import LinkError, LinkState
from devices.topics import Leaf
from devices.vocabulary import AlarmId, AreaId, ClipHash, Siren

_log = structlog.get_logger(__name__)

LEDGER_WAIT_S: Final = 1.0
"""How long a person who raised an alarm waits for the ledger's disk: it went out already, and the disk may hang."""
REMEMBERED: Final = timedelta(days=2)
"""How long an alarm that is over is still shown, and said to be over at each connection."""
ONE_PRESS: Final = timedelta(seconds=2)
"""The same alarm by the same person sooner than this is one press that arrived twice."""


@dataclass(frozen=True)
class Order:
    """What an alarm is raised with."""

    areas: tuple[AreaId, ...]
    siren: Siren
    words: str


class Emergency:
    """Alarms raised and ended. `load` once at the start, `on_up` at every connection, `catch_up` every few seconds."""

    def __init__(
        self, wire: Wire, ledger: Ledger, tree: AreaTree, terms: Terms, now: Callable[[], datetime], bell: Bell
    ) -> None:
        self._wire, self._ledger, self._tree = wire, ledger, tree
        self._terms, self._now, self._bell = terms, now, bell
        self._standing: dict[AlarmId, Standing] = {}
        self._numbers: dict[AreaId, int] = {}
        self._envelopes: dict[AreaId, bytes] = {}
        self._owed: set[AreaId] = set()
        """Areas whose newest envelope no carrier has taken yet."""
        self._unwritten: list[Standing] = []
        self._pen = asyncio.Lock()
        self._writing: set[asyncio.Task[None]] = set()
        self.ledger_failed = False
        """Whether the ledger could not be written the last time; it is tried again."""
        self.followers: list[Callable[[AlarmInForce], None]] = []
        """Told of every alarm that was raised, after it went out; they must not block."""

    def load(self) -> None:
        """Take up what the ledger knows; blocking, for the start. Nothing is sent before `on_up`. Raises OSError."""
        for standing in self._ledger.read():
            for area, number in standing.numbers.items():
                self._numbers[area] = max(number, self._numbers.get(area, 0))
            self._standing[standing.alarm.id] = standing
        self._forget_old()
        self._run_out()
        for standing in list(self._standing.values()):
            if standing.alarm.ended_at is None:
                self._seal(standing, self._held_by(standing))

    def alarms(self) -> tuple[AlarmInForce, ...]:
        """In force, and those of the last days; newest first. Asks nothing but memory."""
        found = [self._seen(s) for s in self._standing.values()]
        return tuple(sorted(found, key=lambda a: (a.raised_at, a.id), reverse=True))

    async def raise_alarm(
        self, actor: Actor, areas: Iterable[AreaId], siren: Siren, words: str, typed: str
    ) -> AlarmInForce:
        """Raise it: one publish an area, now. What no carrier took is `unsent` and goes out at the next connection.

        Raises Refusal: not-allowed, not-your-area, no-areas, alarm-unconfirmed, text-empty, text-long.
        """
        chosen = self._tree.fewest(areas)
        require(actor, Action.RAISE_ALARM, chosen, self._tree)
        require_confirmation(typed)
        order = Order(chosen, siren, require_words(words))
        if not chosen:
            raise Refusal("no-areas")
        if (pressed := self._pressed_before(actor, order)) is not None:
            return self._seen(pressed)
        standing = self._put(self._new(actor, order))
        await self._go_out(standing, chosen, replaced=self._take_over(standing, actor))
        for follower in self.followers:
            follower(self._seen(self._standing[standing.alarm.id]))
        return self._seen(self._standing[standing.alarm.id])

    async def end_alarm(self, actor: Actor, alarm: AlarmId | str) -> AlarmInForce:
        """Silence it at once. Asked again, it sends what was not sent. Raises Refusal: no-such-alarm, not-..."""
        standing = self._standing.get(AlarmId(alarm))
        if standing is None:
            raise Refusal("no-such-alarm")
        require(actor, Action.END_ALARM, standing.alarm.areas, self._tree)
        if standing.alarm.ended_at is None:
            standing = self._put(standing.ended(self._now(), actor, whence.get()))
            await self._go_out(standing, self._held_by(standing))
        else:
            await self._send(self._owed.intersection(standing.alarm.areas))
        return self._seen(self._standing[standing.alarm.id])

    async def add_words(self, alarm: AlarmId | str, clip: ClipHash, seconds: float, size: int) -> bool:
        """The words were spoken: a newer number of the same alarm names them. False if it is over meanwhile."""
        standing = self._standing.get(AlarmId(alarm))
        if standing is None or not standing.alarm.in_force(self._now()):
            return False
        standing = self._put(standing.spoken(clip, seconds, size))
        await self._go_out(standing, self._held_by(standing))
        return True

    async def on_up(self) -> None:
        """Say everything again: nothing depends on the broker's memory."""
        self._run_out()
        held = holders(self._standing.values())
        for area, alarm in held.items():
            if area not in self._envelopes:
                self._seal(self._standing[alarm], (area,))
        self._owed.update(held)
        await self._send(held)

    async def catch_up(self) -> None:
        """For the timetable: alarms whose time is over end, what is owed goes out, what is unwritten is written."""
        self._run_out()
        if self._owed and self._wire.state is LinkState.UP:
            await self._send(tuple(self._owed))
        await self._write_down()
        self._forget_old()

    async def close(self) -> None:
        """Wait for the pen."""
        if self._writing:
            await asyncio.wait(self._writing)

    def _pressed_before(self, actor: Actor, order: Order) -> Standing | None:
        """The alarm that the first of two presses raised: the siren does not start over for the second."""
        now = self._now()
        for s in self._standing.values():
            same = (s.alarm.raised_by, s.alarm.areas, s.alarm.siren, s.alarm.words) == (
                actor.id,
                order.areas,
                order.siren,
                order.words,
            )
            if same and s.alarm.in_force(now) and now - s.alarm.raised_at < ONE_PRESS:
                return s
        return None

    def _new(self, actor: Actor, order: Order) -> Standing:
        now, terms = self._now(), self._terms
        alarm = AlarmInForce(
            id=AlarmId(f"a{now:%Y%m%dt%H%M%Sz}-{secrets.token_hex(3)}"),
            areas=order.areas,
            siren=order.siren,
            words=order.words,
            raised_by=actor.id,
            raised_name=actor.name,
            raised_at=now,
            until=now + timedelta(minutes=terms.lasts_min),
            raised_login=actor.login,
            raised_from=whence.get(),
        )
        return Standing(alarm, terms.siren_s, terms.repeats, terms.pause_s)

    def _put(self, standing: Standing) -> Standing:
        """Let it stand so, with its word sealed for every area that hears it."""
        self._standing[standing.alarm.id] = standing
        return self._seal(standing, self._held_by(standing))

    def _seal(self, standing: Standing, areas: tuple[AreaId, ...]) -> Standing:
        now = self._now()
        for area in areas:
            self._numbers[area] = following(self._numbers.get(area, 0), now)
        numbers = standing.numbers | {area: self._numbers[area] for area in areas}
        standing = self._standing[standing.alarm.id] = replace(standing, numbers=numbers)
        for area in areas:
            self._envelopes[area] = self._wire.seal(topics.area(area, Leaf.ALARM), standing.message(area, now))
            self._owed.add(area)
        return standing

    async def _go_out(self, standing: Standing, areas: Iterable[AreaId], replaced: Iterable[Standing] = ()) -> None:
        sending = [asyncio.create_task(self._send_one(area)) for area in areas]
        await asyncio.sleep(0)  # each has begun: the carrier has it, and only now the disk is asked
        self._unwritten += [*replaced, standing]
        writing = asyncio.create_task(self._write_down())
        self._writing.add(writing)
        writing.add_done_callback(self._writing.discard)
        self._bell.ring()
        await asyncio.gather(*sending)
        await asyncio.wait({writing}, timeout=LEDGER_WAIT_S)
        self._bell.ring()

    async def _send(self, areas: Iterable[AreaId]) -> None:
        await asyncio.gather(*(self._send_one(area) for area in areas))

    async def _send_one(self, area: AreaId) -> None:
        envelope = self._envelopes[area]
        try:
            await self._wire.publish(topics.area(area, Leaf.ALARM), envelope, retain=True)
        except LinkError as error:
            _log.error("alarm not sent", area=area, why=str(error))
            return
        if self._envelopes[area] is envelope:
            self._owed.discard(area)

    async def _write_down(self) -> None:
        async with self._pen:
            lines, self._unwritten = self._unwritten, []
            if not lines:
                return
            try:
                await asyncio.to_thread(self._ledger.append, lines)
            except OSError as error:
                self._unwritten = lines + self._unwritten
                self.ledger_failed = True
                _log.error("the alarm ledger cannot be written, it is tried again", why=str(error))
            else:
                self.ledger_failed = False

    def _held_by(self, standing: Standing) -> tuple[AreaId, ...]:
        held = holders(self._standing.values())
        return tuple(a for a in standing.alarm.areas if held[a] == standing.alarm.id)

    def _take_over(self, newer: Standing, by: Actor) -> list[Standing]:
        """Older alarms of which no area is left are over: their place on the wire is taken."""
        over = []
        for older in list(self._standing.values()):
            if older.alarm.in_force(newer.alarm.raised_at) and not self._held_by(older):
                over.append(older.ended(newer.alarm.raised_at, by, whence.get()))
                self._standing[older.alarm.id] = over[-1]
        return over

    def _run_out(self) -> None:
        for standing in list(self._standing.values()):
            alarm = standing.alarm
            if alarm.ended_at is None and self._now() >= alarm.until:
                self._unwritten.append(self._put(standing.ended(alarm.until)))
                self._bell.ring()

    def _forget_old(self) -> None:
        """Those long over leave memory, not the ledger."""
        now = self._now()
        for alarm in [s.alarm for s in self._standing.values()]:
            if min(alarm.until, alarm.ended_at or alarm.until) < now - REMEMBERED:
                del self._standing[alarm.id]

    def _seen(self, standing: Standing) -> AlarmInForce:
        owed = tuple(a for a in self._held_by(standing) if a in self._owed)
        return replace(standing.alarm, unsent=owed)

"""Stop everything in an area, and let it sound again: said before it is written down, said again at each connection.

A hold is no order of the moment: a receiver that is away now must find it when it comes back, so it is retained. What
no carrier takes goes out at the next connection; its own end keeps a lost release from silencing anybody for ever.
"""

from collections.abc import Iterable
from contextlib import nullcontext
from datetime import datetime

import structlog
from sqlmodel import Session, col, select

from broadcast import books
from broadcast.agenda.air_types import HoldView
from broadcast.domain.audit import Deed, deed, doing
from broadcast.domain.holds import Held, until
from broadcast.domain.numbers import following
from broadcast.domain.people import Action, Actor, require
from broadcast.domain.refusals import Refusal
from broadcast.newsroom.desk import Desk
from broadcast.receivers.presence import Presence
from broadcast.sight import area_name, present, sight
from broadcast.tables.air_records import HoldRow
from broadcast.wire import Wire
from devices import topics
from devices.link import LinkError, LinkState
from devices.topics import Leaf
from devices.vocabulary import AreaId

_log = structlog.get_logger(__name__)


class Holding:
    """`load` at the start, `on_up` at each connection, `catch_up` every few seconds; the rest is for people."""

    def __init__(self, desk: Desk, presence: Presence, wire: Wire) -> None:
        self._desk, self._presence, self._wire = desk, presence, wire
        self._held: dict[AreaId, Held] = {}
        """The newest hold of each area whose time is not over, released or not."""
        self._owed: set[AreaId] = set()
        """Areas whose newest word no carrier has taken yet."""
        self._unwritten: list[tuple[Deed | None, Held]] = []

    async def load(self) -> None:
        """Take up what the books know. Nothing is sent before `on_up`. Raises Refusal("store-failed")."""
        now = self._desk.now()

        def work(session: Session) -> list[Held]:
            lasting = select(HoldRow).where(col(HoldRow.until) > now).order_by(col(HoldRow.at))
            return [books.held(row) for row in session.exec(lasting)]

        self._held = {held.area: held for held in await self._desk.store.read(work)}

    def held_until(self, areas: Iterable[str]) -> datetime | None:
        """Until when a receiver that listens to these areas is silent; None where it may sound. Asks only memory."""
        now = self._desk.now()
        mine = (self._held.get(AreaId(a)) for a in areas)
        return max((h.until for h in mine if h is not None and h.in_force(now)), default=None)

    async def hold(self, actor: Actor, area: AreaId) -> HoldView:
        """Silence an area at once: one publish. Again: it lasts longer. Raises Refusal: no-such-area, not-..."""
        require(actor, Action.STOP, (self._desk.tree.get(area).id,), self._desk.tree)
        now = self._desk.now()
        end = until(now, self._desk.settings.schedule.hold_hours)
        await self._put(Held(area, now, end, actor.id, actor.name, self._following(area, now)))
        return await self._view(actor, self._held[area])

    async def release(self, actor: Actor, area: AreaId) -> None:
        """Let it sound again. Raises Refusal: no-such-area, not-..., not-held."""
        require(actor, Action.STOP, (self._desk.tree.get(area).id,), self._desk.tree)
        now = self._desk.now()
        held = self._held.get(area)
        if held is None or not held.in_force(now):
            raise Refusal("not-held", area=area_name(self._desk, area))
        await self._put(held.released(now, actor.id, self._following(area, now)))

    async def holds(self, actor: Actor) -> tuple[HoldView, ...]:
        """Those in force that are heard in the actor's areas, the newest first."""
        mine, now = sight(self._desk, actor, None), self._desk.now()
        found = [h for h in self._held.values() if h.in_force(now) and mine.touches(self._desk, (h.area,))]
        return tuple([await self._view(actor, h) for h in sorted(found, key=lambda h: h.at, reverse=True)])

    async def on_up(self) -> None:
        """Say everything again: nothing depends on the broker's memory."""
        self._owed.update(self._held)
        await self.catch_up()

    async def catch_up(self) -> None:
        """For the timetable: what is owed goes out, what is unwritten is written, what is over is cleared away."""
        if self._wire.state is LinkState.UP:
            for area in tuple(self._owed):
                await self._send(area)
            await self._clear()
        await self._write_down()

    def _following(self, area: AreaId, now: datetime) -> int:
        last = self._held.get(area)
        return following(last.number if last else 0, now)

    async def _put(self, held: Held) -> None:
        self._held[held.area] = held
        self._owed.add(held.area)
        self._unwritten.append((deed.get(), held))
        await self._send(held.area)
        self._desk.bell.ring()
        await self._write_down()

    async def _send(self, area: AreaId) -> None:
        topic, held = topics.area(area, Leaf.HOLD), self._held[area]
        try:
            await self._wire.publish(topic, self._wire.seal(topic, held.message()), retain=True)
        except LinkError as error:
            _log.error("a hold goes out later", area=area, why=str(error))
            return
        if self._held.get(area) is held:
            self._owed.discard(area)

    async def _clear(self) -> None:
        now = self._desk.now()
        for area in [a for a, h in self._held.items() if h.until <= now]:
            try:
                await self._wire.clear(topics.area(area, Leaf.HOLD))
            except LinkError:
                return
            del self._held[area]
            self._owed.discard(area)
            self._desk.bell.ring()

    async def _write_down(self) -> None:
        """What was said is said: books that do not take it now are told again."""
        while self._unwritten:
            done, held = self._unwritten[0]
            try:
                with doing(done) if done is not None else nullcontext():
                    await self._desk.store.write(lambda session, h=held: _enter(session, h))  # type: ignore[misc]  # bound now
            except Refusal as no:
                _log.error("a hold is not in the books yet, it is tried again", area=held.area, why=str(no))
                return
            if self._unwritten and self._unwritten[0][1] is held:
                del self._unwritten[0]

    async def _view(self, actor: Actor, held: Held) -> HoldView:
        try:
            homes = await self._desk.store.read(books.homes)
        except Refusal:  # books that do not answer hide no hold
            homes = {}
        known = {r: home for r, home in homes.items() if home in self._desk.tree.areas}
        reached = self._desk.tree.reached((held.area,), known) if held.area in self._desk.tree.areas else ()
        there = [h for h in map(self._presence.of, reached) if h is not None and present(self._desk, h)]
        return HoldView(
            area=held.area,
            area_name=area_name(self._desk, held.area),
            at=held.at,
            until=held.until,
            by_name=held.by_name,
            sent=held.area not in self._owed,
            receivers=len(reached),
            silent=sum(h.state.held_until is not None for h in there),
            theirs=sight(self._desk, actor, Action.STOP).holds(held.area),
        )


async def open_holding(desk: Desk, presence: Presence, wire: Wire) -> Holding:
    """One that knows what the books know. Raises Refusal("store-failed")."""
    holding = Holding(desk, presence, wire)
    await holding.load()
    return holding


def _enter(session: Session, held: Held) -> None:
    known = select(HoldRow).where(HoldRow.area == held.area, HoldRow.at == held.at)
    row = session.exec(known).one_or_none() or books.hold_row(held)
    row.number, row.ended_at, row.ended_by = held.number, held.ended_at, held.ended_by
    session.add(row)

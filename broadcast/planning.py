"""From the books to the air: one signed, retained plan an area, however many receivers hear it.

Whatever the link does, the books hold the newest plan of every area; the wire is told when it can be. An area's plans
go out one after the other, so that an older one never lies on top of a newer.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import msgspec
import structlog
from sqlalchemy import or_, update
from sqlmodel import Session, col, select

from broadcast import books
from broadcast.domain.areas import AreaTree
from broadcast.domain.deliveries import DeliveryState
from broadcast.domain.numbers import following
from broadcast.domain.plans import LOOK_BACK, area_of, plan_for, pushed, target
from broadcast.newsroom.desk import Desk
from broadcast.records import AiringRow, DeliveryRow, PlanRow
from broadcast.wire import Wire
from devices import topics
from devices.link import LinkError
from devices.messages import Plan, PlannedAiring
from devices.signing import TooLong
from devices.topics import Leaf
from devices.vocabulary import PLAN_HORIZON, AreaId, ClipHash

_log = structlog.get_logger(__name__)

FRESH: Final = timedelta(hours=24)
"""A plan older than this is made again, long before it expires: a server may be away for two days."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A plan on its way out, as it lies in the books."""

    area: AreaId
    number: int
    envelope: bytes
    subjects: tuple[str, ...]
    """The airings it holds."""
    clips: tuple[ClipHash, ...]
    """Sound that is needed too soon to be fetched."""


Prepare = Callable[[Session, AreaId, list[AiringRow], datetime], Outgoing]


class Planner:
    """Makes and publishes plans: `replan` after a change, `publish_everything` when the link is up, `roll` hourly."""

    def __init__(self, desk: Desk, wire: Wire) -> None:
        self._desk, self._wire = desk, wire
        self._turns: defaultdict[AreaId, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._pushed: set[tuple[AreaId, ClipHash]] = set()
        """What was pushed in this connection."""
        self._owed: set[AreaId] = set()
        """Areas whose newest plan no carrier took, or not since the last connection."""
        self._all_owed = False

    async def replan(self, areas: Iterable[AreaId]) -> None:
        """Make the plans of these areas anew and publish them: one publish an area.

        With the link down they are kept and go out at the next connection. Raises Refusal("store-failed").
        """
        await self._go_out(areas, self._make)

    async def publish_everything(self) -> None:
        """Say every plan again, made anew where it is old, with the sound that is needed soon."""
        self._all_owed = True
        self._pushed.clear()
        rows = await self._desk.store.read(lambda session: session.exec(select(PlanRow.target)).all())
        await self._go_out((area_of(t) for t in rows), self._held)
        self._all_owed = False

    async def roll(self) -> None:
        """Make anew what the passing of time changes: airings come into reach, plans grow old; send what was not."""
        if self._all_owed:
            await self.publish_everything()
        areas = self._owed | await self._desk.store.read(partial(_due, now=self._desk.now()))
        if areas:
            await self._go_out(areas, self._held)

    async def _go_out(self, areas: Iterable[AreaId], prepare: Prepare) -> None:
        chosen = sorted(set(areas))
        async with AsyncExitStack() as turns:
            for area in chosen:  # in one order everywhere, so that two never wait for each other
                await turns.enter_async_context(self._turns[area])
            ready = await self._desk.store.write(partial(self._prepare, areas=chosen, prepare=prepare))
            taken = await asyncio.gather(*(self._publish(plan) for plan in ready))
            sent = [plan for plan, ok in zip(ready, taken, strict=True) if ok]
            if sent:
                await self._desk.store.write(partial(_note_sent, tree=self._desk.tree, sent=sent, now=self._desk.now()))
        self._desk.bell.ring()

    def _prepare(self, session: Session, areas: list[AreaId], prepare: Prepare) -> list[Outgoing]:
        now = self._desk.now()
        by_area: dict[AreaId, list[AiringRow]] = {area: [] for area in areas}
        for row in _in_reach(session, now):
            for area in row.areas:
                if area in by_area:
                    by_area[AreaId(area)].append(row)
        return [prepare(session, area, rows, now) for area, rows in by_area.items()]

    def _make(self, session: Session, area: AreaId, rows: list[AiringRow], now: datetime) -> Outgoing:
        held = session.get(PlanRow, target(area))
        number = following(held.number if held else 0, now)
        plan, envelope = self._sealed(plan_for(area, (books.airing(r) for r in rows), now, number))
        subjects = {a.id for a in plan.airings}
        for row in rows:
            if row.id in subjects and area not in row.numbers:
                row.numbers = row.numbers | {area: number}
                session.add(row)
        if held is None:
            held = PlanRow(target=plan.target, number=number, airings=0, envelope=b"", made_at=now)
        held.number, held.airings, held.envelope, held.made_at = number, len(plan.airings), envelope, now
        session.add(held)
        return self._outgoing(area, held, plan.airings, now)

    def _held(self, session: Session, area: AreaId, rows: list[AiringRow], now: datetime) -> Outgoing:
        """The plan the books have, if it still says what is to be said."""
        held = session.get(PlanRow, target(area))
        if held is None or now - held.made_at >= FRESH or any(area not in r.numbers for r in rows):
            return self._make(session, area, rows, now)
        planned = plan_for(area, (books.airing(r) for r in rows), now, held.number).airings
        return self._outgoing(area, held, planned, now)

    def _outgoing(self, area: AreaId, row: PlanRow, airings: tuple[PlannedAiring, ...], now: datetime) -> Outgoing:
        return Outgoing(area, row.number, row.envelope, tuple(a.id for a in airings), pushed(airings, now))

    def _sealed(self, plan: Plan) -> tuple[Plan, bytes]:
        """The plan in its envelope; where it would be too long for the wire, the latest airings wait."""
        while True:
            try:
                return plan, self._wire.seal(topics.of_target(plan.target, Leaf.PLAN), plan)
            except TooLong:
                kept = plan.airings[: len(plan.airings) * 9 // 10]
                plan = msgspec.structs.replace(plan, airings=kept)

    async def _publish(self, plan: Outgoing) -> bool:
        self._owed.add(plan.area)
        try:
            await self._wire.publish(topics.area(plan.area, Leaf.PLAN), plan.envelope, retain=True)
        except LinkError as error:
            _log.info("a plan goes out later", area=plan.area, number=plan.number, why=str(error))
            return False
        self._owed.discard(plan.area)
        for clip in plan.clips:
            await self._push(plan.area, clip)
        return True

    async def _push(self, area: AreaId, clip: ClipHash) -> None:
        path = self._desk.library.path(clip)
        if path is None or (area, clip) in self._pushed:
            return
        self._pushed.add((area, clip))
        try:
            await self._wire.push_clip(area, clip, await asyncio.to_thread(path.read_bytes))
        except (LinkError, TooLong, OSError) as error:
            _log.warning("a clip was not pushed, it is fetched", clip=clip, area=area, why=str(error))


def _in_reach(session: Session, now: datetime) -> list[AiringRow]:
    """Airings a plan may hold at this moment."""
    reach = select(AiringRow).where(
        col(AiringRow.ends) >= now - LOOK_BACK, col(AiringRow.at) <= now + PLAN_HORIZON, ~col(AiringRow.withdrawn)
    )
    return list(session.exec(reach))


def _due(session: Session, now: datetime) -> set[AreaId]:
    """Areas whose plan lacks an airing, grows old, or was not taken by a carrier."""
    came = {AreaId(area) for row in _in_reach(session, now) for area in row.areas if area not in row.numbers}
    stale = select(PlanRow.target).where(
        or_(col(PlanRow.made_at) <= now - FRESH, col(PlanRow.published_number) < col(PlanRow.number))
    )
    return came | {area_of(t) for t in session.exec(stale)}


def _note_sent(session: Session, tree: AreaTree, sent: list[Outgoing], now: datetime) -> None:
    """A carrier took them: what was only planned is sent."""
    for plan in sent:
        row = session.get(PlanRow, target(plan.area))
        if row is not None:
            row.published_number = max(row.published_number, plan.number)
            session.add(row)
        if plan.subjects and plan.area in tree.areas:
            session.execute(
                update(DeliveryRow)
                .where(
                    col(DeliveryRow.subject).in_(plan.subjects),
                    col(DeliveryRow.state) == DeliveryState.PLANNED.value,
                    col(DeliveryRow.area).in_([a.id for a in tree.under(plan.area)]),
                )
                .values(state=DeliveryState.SENT.value, news_at=now)
            )

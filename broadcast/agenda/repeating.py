"""A slot that comes back: each occurrence is a slot of its own, made three days ahead.

What is done to one is done to one: a single day is moved or withdrawn like any slot, and is not made anew.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlmodel import Session, col, select

from broadcast import books
from broadcast.agenda import airing_books, meeting_books, offer_books, series_books
from broadcast.agenda.air_types import Repeat, SeriesView
from broadcast.agenda.guard_books import in_the_way_of, is_quiet
from broadcast.agenda.sending import Replan, send_plans
from broadcast.domain.days import Days
from broadcast.domain.people import Action, Actor, require
from broadcast.domain.recurrence import Recurrence, occurrences
from broadcast.domain.refusals import Refusal
from broadcast.domain.schedule import airing_id
from broadcast.newsroom.desk import Desk
from broadcast.records import AiringRow, SlotRow
from broadcast.tables.air_records import SeriesRow
from devices.vocabulary import AreaId

TOLD: Final = 6
"""Coming occurrences that are told of."""
_LOOK: Final = timedelta(days=400)

_log = structlog.stdlib.get_logger(__name__)


class Repeating:
    """Slots that come back. `days`: holidays and mourning. `expand` is for the timetable."""

    def __init__(self, desk: Desk, days: Days, replan: Replan) -> None:
        self._desk, self._days, self._replan = desk, days, replan

    async def look(self, actor: Actor, slot: int, ask: Repeat) -> tuple[datetime, ...]:
        """The next occurrences it would have. Raises Refusal: no-such-slot, recurrence-..., not-..."""

        def work(session: Session) -> tuple[datetime, ...]:
            row = self._theirs(session, actor, slot)
            return tuple(self._coming(session, row, series_books.recurrence(self._desk, row.at, ask)))

        return await self._desk.store.read(work)

    async def repeat(self, actor: Actor, slot: int, ask: Repeat) -> SeriesView:
        """Let it come back. Raises Refusal as `look`, and slot-over, slot-repeats, recurrence-never."""

        def work(session: Session) -> None:
            row = self._theirs(session, actor, slot)
            if row.withdrawn_at is not None:
                raise Refusal("slot-over")
            if row.series is not None and _running(session, row.series):
                raise Refusal("slot-repeats")
            if not any(True for _ in self._coming(session, row, series_books.recurrence(self._desk, row.at, ask))):
                raise Refusal("recurrence-never")
            series = SeriesRow(
                slot=slot,
                starts=row.at,
                rule=ask.rule,
                lunar_days=list(ask.lunar_days),
                except_holidays=ask.except_holidays,
                except_mourning=ask.except_mourning,
                by=actor.id,
                at=self._desk.now(),
            )
            session.add(series)
            session.flush()
            row.series, row.series_day = series.id, self._day(row.at)
            session.add(row)

        await self._desk.store.write(work)
        await self.expand()
        view = await self.series(actor, slot)
        if view is None:
            raise Refusal("no-such-slot")
        return view

    async def series(self, actor: Actor, slot: int) -> SeriesView | None:
        """How a slot comes back; None where it does not. Raises Refusal: no-such-slot, not-..."""

        def work(session: Session) -> SeriesView | None:
            row = self._theirs(session, actor, slot, Action.SEE_LOG)
            series = session.get(SeriesRow, row.series) if row.series is not None else None
            if series is None or series.ended_at is not None:
                return None
            asked = series_books.asked(series)
            what = series_books.recurrence(self._desk, series.starts, asked)
            areas = series_books.aimed(self._desk, series, session.get_one(SlotRow, series.slot))
            return SeriesView(asked, tuple(self._coming(session, row, what)), f"{what.at:%H:%M}", areas)

        return await self._desk.store.read(work)

    async def end(self, actor: Actor, slot: int) -> None:
        """It comes back no more; what was made ahead and has not begun is withdrawn, but for this slot itself.

        Raises Refusal: no-such-slot, slot-once, not-...
        """
        now = self._desk.now()

        def work(session: Session) -> tuple[AreaId, ...]:
            row = self._theirs(session, actor, slot)
            series = session.get(SeriesRow, row.series) if row.series is not None else None
            if series is None or series.ended_at is not None:
                raise Refusal("slot-once")
            series.ended_at = now
            session.add(series)
            ahead = select(SlotRow).where(
                SlotRow.series == series.id, col(SlotRow.at) > now, col(SlotRow.withdrawn_at).is_(None)
            )
            touched: tuple[AreaId, ...] = ()
            for other in session.exec(ahead).all():
                if other.id != slot:
                    touched += airing_books.withdraw(session, other, now)
                    touched += offer_books.taken_back(session, books.stored(other.id), now)
                    touched += meeting_books.dissolve(self._desk, session, books.stored(other.id))
            return tuple(dict.fromkeys(touched))

        await self.publish(await self._desk.store.write(work))

    async def expand(self) -> None:
        """Make the occurrences of the days to come that are not there yet, and have been at no time."""
        areas = await self._desk.store.write(self._expand)
        if areas:
            await self.publish(areas)

    def _expand(self, session: Session) -> tuple[AreaId, ...]:
        now, made = self._desk.now(), dict[AreaId, None]()
        for series, first, pattern in series_books.running(session):
            there = set(session.exec(select(SlotRow.series_day).where(SlotRow.series == series.id)).all())
            what = series_books.recurrence(self._desk, series.starts, series_books.asked(series))
            for at in occurrences(what, now, now + series_books.AHEAD, self._desk.zone, self._days):
                if self._day(at) not in there and (pattern.valid_until is None or at <= pattern.valid_until):
                    made.update(dict.fromkeys(self._occur(session, series, first, pattern, at)))
        return tuple(made)

    def _occur(
        self, session: Session, series: SeriesRow, first: SlotRow, pattern: AiringRow, at: datetime
    ) -> tuple[AreaId, ...]:
        """One occurrence, if no guard is in its way that was not passed on purpose when the series began."""
        desk, now = self._desk, self._desk.now()
        areas = series_books.aimed(desk, series, first)
        reason = series.reason or first.reason
        homes = airing_books.homes(desk, session, areas)
        airing = replace(books.airing(pattern), id=airing_id(0, at), at=at, areas=areas, quiet_hours_confirmed=False)
        found = in_the_way_of(desk, session, airing, homes.values())
        if not homes or (found and not reason):
            _log.warning("an occurrence is left out", slot=first.id, at=at, guards=[f.breach.value for _, f in found])
            return ()
        row = SlotRow(
            bulletin=first.bulletin,
            areas=list(areas),
            at=at,
            placed_by=series.by,
            origin=first.origin,
            placed_at=now,
            reason=reason if found else "",
            version=first.version,
            series=series.id,
            series_day=self._day(at),
        )
        airing_books.enter(desk, session, row, replace(airing, quiet_hours_confirmed=is_quiet(found)))
        sounds_in = offer_books.make(desk, session, row, like=series.slot)
        return sounds_in + meeting_books.settle(desk, session, row)

    def _coming(self, session: Session, slot: SlotRow, what: Recurrence) -> Iterator[datetime]:
        """The next ones, as long as what is said is true."""
        now = self._desk.now()
        ends = session.exec(select(AiringRow.valid_until).where(AiringRow.slot == slot.id)).first()
        last = min(now + _LOOK, ends) if ends is not None else now + _LOOK
        found = occurrences(what, now, last, self._desk.zone, self._days)
        return (at for at, _ in zip(found, range(TOLD), strict=False))

    def _theirs(self, session: Session, actor: Actor, slot: int, action: Action = Action.PLACE) -> SlotRow:
        row = session.get(SlotRow, slot)
        if row is None:
            raise Refusal("no-such-slot")
        if action is Action.PLACE:
            books.require_slot(row, actor, self._desk.tree)
        else:
            require(actor, action, (), self._desk.tree)
        return row

    def _day(self, at: datetime) -> str:
        return at.astimezone(self._desk.zone).date().isoformat()

    async def publish(self, areas: tuple[AreaId, ...]) -> None:
        """Make the plans of these areas anew."""
        self._desk.bell.ring()
        await send_plans(self._replan, areas)


def _running(session: Session, series: int) -> bool:
    found = session.get(SeriesRow, series)
    return found is not None and found.ended_at is None

"""A series is changed from now on: its hour, its areas, its rule.

What has sounded, and single days that were moved or withdrawn, stay as they are; the other occurrences that were made
ahead are made anew.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Final

from sqlmodel import Session, col, select

from broadcast import books
from broadcast.agenda import airing_books, meeting_books, offer_books, series_books
from broadcast.agenda.air_types import BreachView, SeriesAsk, SeriesChange
from broadcast.agenda.guard_books import clashing, in_the_way_of, place_name
from broadcast.agenda.sending import Replan
from broadcast.domain.days import Days
from broadcast.domain.guards import Found, confirmation, pass_on_purpose
from broadcast.domain.people import Action, Actor, require
from broadcast.domain.recurrence import Recurrence, occurrences
from broadcast.domain.refusals import Refusal
from broadcast.domain.schedule import Airing, airing_id
from broadcast.newsroom.desk import Desk
from broadcast.records import AiringRow, SlotRow
from broadcast.sight import area_name
from broadcast.tables.air_records import SeriesRow
from devices.vocabulary import AreaId

TOLD: Final = 6
_LOOK: Final = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class _Wish:
    """A change that may be made. `first`: the first airing by it; `made`: occurrences that are made anew."""

    series: SeriesRow
    what: Recurrence
    areas: tuple[AreaId, ...]
    before: tuple[datetime, ...]
    after: tuple[datetime, ...]
    first: Airing
    made: tuple[SlotRow, ...]
    homes: dict[str, AreaId]
    found: tuple[tuple[AreaId, Found], ...]


async def look_change(desk: Desk, days: Days, actor: Actor, slot: int, ask: SeriesAsk) -> SeriesChange:
    """When it comes and would come, and what would be in the way. Raises Refusal as `change_series`, but guards."""

    def work(session: Session) -> SeriesChange:
        wish = _wish(desk, days, session, actor, slot, ask)
        without = frozenset(a.id for a in _airings(session, wish.made))
        others = clashing(desk, session, wish.first, wish.homes, without)
        at = wish.first.at
        return SeriesChange(
            before=wish.before,
            after=wish.after,
            areas=tuple(area_name(desk, a) for a in wish.areas),
            clashes=tuple(f"{o.title} ({o.at.astimezone(desk.zone):%H:%M})" for o in others),
            breaches=tuple(BreachView(area_name(desk, a), f.breach.value, f.facts) for a, f in wish.found),
            confirmation=confirmation(at, place_name(desk, wish.areas), desk.zone) if wish.found else "",
        )

    return await desk.store.read(work)


async def change_series(
    desk: Desk,
    days: Days,
    expand: Callable[[], Awaitable[None]],
    publish: Replan,
    actor: Actor,
    slot: int,
    ask: SeriesAsk,
    typed: str,
    reason: str,
) -> int:
    """Change it; the slot of its next occurrence.

    Raises Refusal: no-such-slot, slot-once, not-..., no-areas, no-receivers, hours-bad, recurrence-...,
    guards, reason-....
    """

    def work(session: Session) -> tuple[AreaId, ...]:
        wish = _wish(desk, days, session, actor, slot, ask)
        every = tuple(f for _, f in wish.found)
        passed = pass_on_purpose(every, wish.first.at, place_name(desk, wish.areas), desk.zone, typed, reason)
        touched: tuple[AreaId, ...] = ()
        for old in wish.made:
            old.series_day = ""  # the day is free again
            touched += airing_books.withdraw(session, old, desk.now())
            touched += offer_books.taken_back(session, books.stored(old.id), desk.now())
            touched += meeting_books.dissolve(desk, session, books.stored(old.id))
        series = wish.series
        series.starts = datetime.combine(wish.what.start, wish.what.at, desk.zone)
        series.rule, series.lunar_days = ask.how.rule, list(ask.how.lunar_days)
        series.except_holidays, series.except_mourning = ask.how.except_holidays, ask.how.except_mourning
        series.areas, series.reason = list(wish.areas), passed.reason if passed else series.reason
        series.by, series.at = actor.id, desk.now()
        session.add(series)
        return tuple(dict.fromkeys(touched))

    touched = await desk.store.write(work)
    await expand()
    if touched:
        await publish(touched)

    def following(session: Session) -> int:
        row = session.get_one(SlotRow, slot)
        ahead = select(SlotRow.id).where(
            SlotRow.series == row.series, col(SlotRow.at) > desk.now(), col(SlotRow.withdrawn_at).is_(None)
        )
        return session.exec(ahead.order_by(col(SlotRow.at))).first() or slot

    return await desk.store.read(following)


def _wish(desk: Desk, days: Days, session: Session, actor: Actor, slot: int, ask: SeriesAsk) -> _Wish:
    row = session.get(SlotRow, slot)
    if row is None:
        raise Refusal("no-such-slot")
    books.require_slot(row, actor, desk.tree)
    series = session.get(SeriesRow, row.series) if row.series is not None else None
    if series is None or series.ended_at is not None:
        raise Refusal("slot-once")
    areas = desk.tree.fewest(ask.areas)
    if not areas:
        raise Refusal("no-areas")
    require(actor, Action.PLACE, areas, desk.tree)
    pattern = session.exec(select(AiringRow).where(AiringRow.slot == series.slot)).first()
    if pattern is None:
        raise Refusal("no-such-slot")
    homes = airing_books.homes(desk, session, areas)
    for area in areas:
        if not airing_books.homes(desk, session, [area]):
            raise Refusal("no-receivers", area=desk.tree.get(area).name)
    held = series_books.recurrence(desk, series.starts, series_books.asked(series))
    starts = datetime.combine(held.start, _hour(ask.hour), desk.zone)
    what = series_books.recurrence(desk, starts, ask.how)
    now = desk.now()
    made = [s for s in _ahead(session, series, now) if _untouched(desk, s, held)]
    single = {s.series_day for s in _all(session, series)} - {s.series_day for s in made}
    after = tuple(at for at in _coming(desk, days, what, pattern, now) if _day(desk, at) not in single)[:TOLD]
    if not after:
        raise Refusal("recurrence-never")
    before = tuple(at for at in _coming(desk, days, held, pattern, now) if _day(desk, at) not in single)[:TOLD]
    airing = replace(books.airing(pattern), id=airing_id(0, after[0]), at=after[0], areas=areas)
    airing = replace(airing, quiet_hours_confirmed=False)
    found = in_the_way_of(desk, session, airing, homes.values(), frozenset(a.id for a in _airings(session, made)))
    return _Wish(series, what, areas, before, after, airing, tuple(made), homes, found)


def _hour(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise Refusal("hours-bad") from None


def _ahead(session: Session, series: SeriesRow, now: datetime) -> list[SlotRow]:
    asked = select(SlotRow).where(
        SlotRow.series == series.id, col(SlotRow.at) > now, col(SlotRow.withdrawn_at).is_(None)
    )
    return list(session.exec(asked).all())


def _all(session: Session, series: SeriesRow) -> list[SlotRow]:
    return list(session.exec(select(SlotRow).where(SlotRow.series == series.id, SlotRow.series_day != "")).all())


def _untouched(desk: Desk, slot: SlotRow, held: Recurrence) -> bool:
    """Whether nobody has moved that day by itself."""
    local = slot.at.astimezone(desk.zone)
    return local.date().isoformat() == slot.series_day and local.time() == held.at


def _airings(session: Session, slots: tuple[SlotRow, ...] | list[SlotRow]) -> list[AiringRow]:
    asked = select(AiringRow).where(col(AiringRow.slot).in_([s.id for s in slots]), ~col(AiringRow.withdrawn))
    return list(session.exec(asked).all())


def _coming(desk: Desk, days: Days, what: Recurrence, pattern: AiringRow, now: datetime) -> Iterator[datetime]:
    last = min(now + _LOOK, pattern.valid_until) if pattern.valid_until is not None else now + _LOOK
    return occurrences(what, now, last, desk.zone, days)


def _day(desk: Desk, at: datetime) -> str:
    return at.astimezone(desk.zone).date().isoformat()

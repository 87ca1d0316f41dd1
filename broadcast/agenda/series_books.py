"""Series in the books: how each comes back, and when it will, further ahead than its occurrences are made."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session, col, select

from broadcast import books
from broadcast.agenda.air_types import Repeat
from broadcast.domain.bulletins import BulletinState
from broadcast.domain.days import Days
from broadcast.domain.recurrence import Recurrence, occurrences, parse_rule
from broadcast.domain.schedule import Airing
from broadcast.newsroom.desk import Desk
from broadcast.newsroom.version_books import stale_parts
from broadcast.records import AiringRow, BulletinRow, SlotRow
from broadcast.tables.air_records import SeriesRow
from devices.vocabulary import PLAN_HORIZON, AreaId

AHEAD: Final = PLAN_HORIZON + timedelta(hours=6)
"""Occurrences are made this far ahead: sooner than a plan can hold them."""


def recurrence(desk: Desk, first: datetime, ask: Repeat) -> Recurrence:
    """What comes back like that, at the hour of `first`. Raises Refusal: recurrence-..."""
    local = first.astimezone(desk.zone)
    return Recurrence(
        start=local.date(),
        at=local.time(),
        rule=parse_rule(ask.rule) if ask.rule else None,
        lunar_days=frozenset(ask.lunar_days),
        except_holidays=ask.except_holidays,
        except_mourning=ask.except_mourning,
    )


def asked(series: SeriesRow) -> Repeat:
    """How it was said that it comes back."""
    return Repeat(series.rule, tuple(series.lunar_days), series.except_holidays, series.except_mourning)


def aimed(desk: Desk, series: SeriesRow, first: SlotRow) -> tuple[AreaId, ...]:
    """Where its occurrences are aimed from now on."""
    return tuple(AreaId(a) for a in series.areas or first.areas if a in desk.tree.areas)


def running(session: Session) -> Iterator[tuple[SeriesRow, SlotRow, AiringRow]]:
    """Those that go on and may: each with its first slot and the airing that the others are made like."""
    asked_ = select(SeriesRow, SlotRow, BulletinRow).where(
        col(SeriesRow.ended_at).is_(None), SlotRow.id == SeriesRow.slot, BulletinRow.id == SlotRow.bulletin
    )
    found = session.exec(asked_.where(BulletinRow.state == BulletinState.APPROVED.value)).all()
    firsts = select(AiringRow).where(col(AiringRow.slot).in_([slot.id for _, slot, _ in found]))
    patterns: dict[int, AiringRow] = {}
    for airing in session.exec(firsts.order_by(col(AiringRow.at))):
        patterns.setdefault(airing.slot, airing)
    for series, slot, bulletin in found:
        pattern = patterns.get(series.slot)
        if pattern is not None and not stale_parts(session, bulletin):
            yield series, slot, pattern


def foreseen(
    desk: Desk, session: Session, days: Days, concerned: Collection[AreaId], first: datetime, last: datetime
) -> list[Airing]:
    """What series will bring between the two that is not made yet, of those aimed at any of these areas, in time order.

    `slot` is the first one of its series. What a guard will leave out is not known yet.
    """
    begin, found = max(first, desk.now() + AHEAD), list[Airing]()
    if begin >= last:
        return []
    going = list(running(session))
    made: defaultdict[int | None, set[str]] = defaultdict(set)
    days_made = select(SlotRow.series, SlotRow.series_day).where(col(SlotRow.series).in_([s.id for s, _, _ in going]))
    for id_, day in session.exec(days_made.where(col(SlotRow.at) >= begin)):
        made[id_].add(day)
    for series, slot, pattern in going:
        areas, there = aimed(desk, series, slot), made[series.id]
        if set(areas).isdisjoint(concerned):
            continue
        for at in occurrences(recurrence(desk, series.starts, asked(series)), begin, last, desk.zone, days):
            over = pattern.valid_until is not None and at > pattern.valid_until
            if not over and at.astimezone(desk.zone).date().isoformat() not in there:
                found.append(replace(books.airing(pattern), at=at, areas=areas))
    return sorted(found, key=lambda a: a.at)

"""The calendar: what airs between two days at a place, told apart by where it comes from."""

from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session, col, select

from broadcast import books
from broadcast.air_types import CalendarEntry
from broadcast.desk import Desk
from broadcast.domain.people import Action, Actor, require
from broadcast.domain.refusals import Refusal
from broadcast.records import AiringRow
from broadcast.sight import area_name, sight
from devices.vocabulary import AreaId, Level

LONGEST: Final = timedelta(days=62)
MOST: Final = 2_000
"""Entries told of at most."""


async def calendar(
    desk: Desk, actor: Actor, area: AreaId, first: datetime, last: datetime
) -> tuple[CalendarEntry, ...]:
    """What is aimed at the area, above and below it. Raises Refusal: no-such-area, calendar-span, not-..."""
    here = desk.tree.get(area)
    require(actor, Action.SEE_LOG, (here.id,), desk.tree)
    if not timedelta(0) < last - first <= LONGEST:
        raise Refusal("calendar-span", days=LONGEST.days)
    below = {a.id for a in desk.tree.under(here.id)}
    concerned = below.union(desk.tree.path(here.id))
    mine, now = sight(desk, actor, Action.PLACE), desk.now()

    def work(session: Session) -> tuple[CalendarEntry, ...]:
        between = (
            select(AiringRow)
            .where(col(AiringRow.withdrawn).is_(False), col(AiringRow.at) < last, col(AiringRow.ends) > first)
            .order_by(col(AiringRow.at), col(AiringRow.id))
        )
        found = [a for a in map(books.airing, session.exec(between)) if concerned.intersection(a.areas)]
        return tuple(
            CalendarEntry(
                slot=a.slot,
                subject=a.id,
                title=a.title,
                level=Level(a.level),
                at=a.at,
                seconds=a.seconds,
                areas=tuple(area_name(desk, x) for x in a.areas),
                origin=_origin(desk, a.areas),
                movable=a.at > now and all(mine.holds(x) for x in a.areas),
            )
            for a in found[:MOST]
        )

    return await desk.store.read(work)


def _origin(desk: Desk, areas: tuple[AreaId, ...]) -> str:
    """The kind of the highest area it was aimed at; "" where a reform has taken all of them away."""
    known = [desk.tree.get(a) for a in areas if a in desk.tree.areas]
    return min(known, key=lambda a: len(desk.tree.path(a.id))).kind if known else ""

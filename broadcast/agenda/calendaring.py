"""The calendar: what airs between two days at a place, told apart by where it comes from."""

import csv
import io
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session, col, select

from broadcast.agenda import series_books
from broadcast.agenda.air_types import CalendarEntry
from broadcast.agenda.coming_books import around
from broadcast.domain.people import Action, Actor, require
from broadcast.domain.refusals import Refusal
from broadcast.domain.schedule import Airing
from broadcast.newsroom.desk import Desk
from broadcast.records import SlotRow
from broadcast.sight import area_name, sight
from broadcast.wording import say
from devices.vocabulary import AreaId, Level

LONGEST: Final = timedelta(days=62)
MOST: Final = 2_000
"""Entries told of at most."""


async def calendar(
    desk: Desk, actor: Actor, area: AreaId, first: datetime, last: datetime
) -> tuple[CalendarEntry, ...]:
    """What is aimed at the area, above and below it, and what will come back there; in time order.

    Raises Refusal: no-such-area, calendar-span, not-...
    """
    here = _asked(desk, actor, area, first, last)
    mine, now = sight(desk, actor, Action.PLACE), desk.now()

    def work(session: Session) -> tuple[CalendarEntry, ...]:
        found = around(desk, session, here, first, last)[:MOST]
        concerned = {a.id for a in desk.tree.under(here)}.union(desk.tree.path(here))
        ahead = series_books.foreseen(desk, session, desk.days, concerned, first, last)[: MOST - len(found)]
        asked = select(SlotRow.id, SlotRow.origin).where(col(SlotRow.id).in_({a.slot for a in (*found, *ahead)}))
        origins = {slot: AreaId(origin) for slot, origin in session.exec(asked) if origin}

        def entry(a: Airing, *, foreseen: bool) -> CalendarEntry:
            return CalendarEntry(
                slot=a.slot,
                subject=f"{a.slot}@{a.at.isoformat()}" if foreseen else a.id,
                title=a.title,
                level=Level(a.level),
                at=a.at,
                seconds=a.seconds,
                areas=tuple(area_name(desk, x) for x in a.areas),
                origin=_origin(desk, (origins[a.slot],) if a.slot in origins else a.areas),
                movable=not foreseen
                and a.at > now
                and all(mine.holds(x) for x in {*a.areas, origins.get(a.slot, a.areas[0])}),
                foreseen=foreseen,
            )

        entries = [*(entry(a, foreseen=False) for a in found), *(entry(a, foreseen=True) for a in ahead)]
        return tuple(sorted(entries, key=lambda e: e.at))

    return await desk.store.read(work)


async def calendar_csv(desk: Desk, actor: Actor, area: AreaId, first: datetime, last: datetime) -> bytes:
    """The same as a file, UTF-8 with a byte order mark, in the reader's language. Raises Refusal as `calendar`."""
    entries = await calendar(desk, actor, area, first, last)
    text = io.StringIO(newline="")
    lines = csv.writer(text)
    lines.writerow(say(f"onair.column-{c}") for c in ("day", "hour", "title", "level", "minutes", "areas"))
    for each in entries:
        local = each.at.astimezone(desk.zone)
        level, length = say(f"onair.level-{each.level.value}"), f"{each.seconds / 60:.1f}".replace(".", ",")
        cells = f"{local:%d/%m/%Y}", f"{local:%H:%M:%S}", _named(each), level, length, ", ".join(each.areas)
        lines.writerow(_plain(cell) for cell in cells)
    return text.getvalue().encode("utf-8-sig")


def _named(entry: CalendarEntry) -> str:
    """Its title; that it is foreseen."""
    return say("onair.foreseen", title=entry.title) if entry.foreseen else entry.title


def _plain(cell: str) -> str:
    """What a spreadsheet would take for a formula is text."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _asked(desk: Desk, actor: Actor, area: AreaId, first: datetime, last: datetime) -> AreaId:
    here = desk.tree.get(area).id
    require(actor, Action.SEE_LOG, (here,), desk.tree)
    if not timedelta(0) < last - first <= LONGEST:
        raise Refusal("calendar-span", days=LONGEST.days)
    return here


def _origin(desk: Desk, areas: tuple[AreaId, ...]) -> str:
    """The kind of the highest area; "" where a reform has taken all of them away."""
    known = [desk.tree.get(a) for a in areas if a in desk.tree.areas]
    return min(known, key=lambda a: len(desk.tree.path(a.id))).kind if known else ""

"""The week of a place on paper: one A4 sheet or a few, a table for each day."""

from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from fastapi.responses import RedirectResponse
from nicegui import ui

from broadcast.agenda.air_types import CalendarEntry
from broadcast.domain.people import Action
from devices.vocabulary import AreaId
from ui.airwords import air
from ui.area_tree import walk
from ui.session import Panel, Visit
from ui.theme import show, tagged
from ui.words import length, moment


def register(panel: Panel) -> None:
    """The page at /calendar/print."""

    @ui.page("/calendar/print")
    async def week(area: str = "", day: str = "") -> RedirectResponse | None:
        return await show(panel, "slots", lambda visit: _draw(visit, area, day), needs=Action.SEE_LOG)


async def _draw(visit: Visit, area: str, day: str) -> None:
    zone = ZoneInfo(visit.office.zone)
    first = _monday(day, zone)
    here = AreaId(area or next(iter(visit.actor.where(Action.SEE_LOG)), ""))
    found = await visit.office.agenda.calendar(visit.actor, here, first, first + timedelta(days=7))
    names = {node.id: node.name for node in walk(await visit.office.areas(visit.actor))}
    with ui.element("article").classes("loa-sheet").mark("sheet"):
        tagged("h1", air("week-title", area=names.get(here, here)))
        last = first + timedelta(days=6)
        ui.label(air("week-days", first=first.date(), last=last.date()))
        if not found:
            ui.label(air("next-silent"))
        for _, entries in groupby(found, lambda e: e.at.astimezone(zone).date()):
            _day(list(entries), zone)
    paper = ui.button(air("week-print"), icon="print", on_click=lambda: ui.run_javascript("print()"))
    paper.props("unelevated no-caps").classes("loa-no-print").mark("print")


def _day(entries: list[CalendarEntry], zone: ZoneInfo) -> None:
    tagged("h2", moment(entries[0].at).partition(" ")[2])
    with ui.element("table").classes("loa-sheet-table"), ui.element("tbody"):
        for entry in entries:
            with ui.element("tr"):
                for cell in (
                    f"{entry.at.astimezone(zone):%H:%M}",
                    air("foreseen", title=entry.title) if entry.foreseen else entry.title,
                    air(f"level-{entry.level.value}"),
                    length(entry.seconds),
                    ", ".join(entry.areas),
                ):
                    tagged("td", cell)


def _monday(day: str, zone: ZoneInfo) -> datetime:
    try:
        asked = datetime.fromisoformat(day).replace(tzinfo=zone)
    except ValueError:
        asked = datetime.now(zone)
    monday = asked - timedelta(days=asked.weekday())
    return monday.replace(hour=0, minute=0, second=0, microsecond=0)

"""The next 24 hours at a place: the list that its receivers will sound."""

from zoneinfo import ZoneInfo

from fastapi.responses import RedirectResponse
from nicegui import ui

from broadcast.agenda.air_types import NextView
from broadcast.domain.people import Action
from devices.vocabulary import slug
from ui.airwords import air
from ui.answer_rule import AnswerRule
from ui.area_tree import walk
from ui.guiding import guiding
from ui.hourspage import Hours
from ui.nextlist import draw_group
from ui.session import Panel, Visit
from ui.theme import empty, heading, show

SHOWN = 30
"""Places that hear different things, listed on one page."""


def register(panel: Panel) -> None:
    """The page at /next."""

    @ui.page("/next")
    async def next_hours(area: str = "", receiver: str = "") -> RedirectResponse | None:
        return await show(panel, "slots", lambda visit: _draw(visit, area, receiver), needs=Action.SEE_RECEIVERS)


async def _draw(visit: Visit, area: str, receiver: str) -> None:
    zone = ZoneInfo(visit.office.zone)
    nodes = await visit.office.areas(visit.actor)
    here = area or next(iter(visit.actor.where(Action.SEE_RECEIVERS)), "")
    view = await visit.office.next_hours(visit.actor, here, receiver)
    heading(air("next-title", name=view.name), air("next-hint"))
    options = {node.id: node.name for node in walk(nodes)}
    if len(options) > 1:
        chooser = ui.select(
            options, label=air("next-where"), value=view.area if view.area in options else None, with_input=True
        )
        chooser.props("outlined options-dense data-testid=next-area").classes("loa-next-where").mark("next-area")
        chooser.on_value_change(lambda e: ui.navigate.to(f"/next?area={slug(e.value or '')}"))
    place = ui.element("div").classes("loa-next-groups").mark("next-list")
    hours = (Hours(visit, view.area), AnswerRule(visit, view.area)) if not receiver else ()
    drawn: NextView | None = None

    async def redraw() -> None:
        nonlocal drawn
        for each in hours:
            await each.refresh()
        now = await visit.office.next_hours(visit.actor, here, receiver)
        if now == drawn:
            return
        drawn = now
        place.clear()
        with place:
            _list(now, zone)

    await redraw()
    visit.redraws.append(redraw)


def _list(view: NextView, zone: ZoneInfo) -> None:
    if view.receiver:
        told = {True: "next-newest", False: "next-older", None: "next-away"}[view.newest]
        ui.label(air(told)).classes("" if view.newest else "loa-warning").mark("next-holds")
    elif not view.hung:
        ui.label(air("next-nobody")).classes("loa-notice")
    if not any(group.lines for group in view.groups):
        empty("volume_mute", air("next-silent"), air("next-silent-hint"), (guiding("go-slots"), "/slots"))
        return
    for group in view.groups[:SHOWN]:
        with ui.element("div").classes("loa-card"):
            draw_group(group, zone, missing=view.missing)

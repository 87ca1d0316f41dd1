"""What will sound, line by line; after a change also what was, told apart by a sign, a word and a tint."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from nicegui import ui

from broadcast.agenda.air_types import NextGroup, NextLine
from broadcast.domain.coming import Mark
from ui.airwords import air
from ui.theme import tagged
from ui.words import length, moment, reason, say

SHOWN: Final = 3
"""Places that hear different things, shown at once when something is about to be changed."""
LATE_S: Final = 1.0
"""What starts later than planned by more than this is told to wait."""
_SIGNS: Final = {Mark.NEW: "add_circle", Mark.GONE: "remove_circle", Mark.CHANGED: "change_circle", Mark.SAME: ""}


def draw_change(groups: tuple[NextGroup, ...], zone: ZoneInfo) -> None:
    """The hours around a change, before and after, at the places where most comes of it."""
    if not groups:
        return
    with ui.element("section").classes("loa-compare").mark("compare").props("data-testid=compare"):
        tagged("h3", air("compare-title"))
        begin = groups[0].begin.astimezone(zone)
        whole_day = (begin.hour, begin.minute, begin.second) == (0, 0, 0)
        ui.label(air("compare-day", day=begin.date()) if whole_day else air("compare-next")).classes("loa-dim")
        for group in groups[:SHOWN]:
            draw_group(group, zone, marked=True)
        if len(groups) > SHOWN:
            ui.label(air("compare-more", count=len(groups) - SHOWN)).classes("loa-dim")


def draw_group(
    group: NextGroup, zone: ZoneInfo, *, marked: bool = False, missing: frozenset[str] = frozenset()
) -> None:
    """One list. `marked`: what is new, gone or changed is told."""
    with ui.element("div").classes("loa-next-group"):
        named = ", ".join(group.places[:SHOWN]) + (
            f" {say('and-more', count=len(group.places) - SHOWN)}" if len(group.places) > SHOWN else ""
        )
        ui.label(air("next-places", places=named, count=group.receivers)).classes("loa-strong")
        if group.held_until is not None:
            ui.label(air("next-held", until=group.held_until)).classes("loa-warning")
        if not group.lines:
            ui.label(air("compare-nothing") if marked else air("next-silent")).classes("loa-dim")
            return
        with ui.element("ul").classes("loa-next"):
            for line in group.lines:
                _draw_line(line, zone, marked=marked, missing=line.subject in missing)


def _draw_line(line: NextLine, zone: ZoneInfo, *, marked: bool, missing: bool) -> None:
    silent = line.starts is None or line.mark is Mark.GONE
    style = f"loa-next-{line.mark.value}" if marked else ""
    with ui.element("li").classes(f"loa-next-line loa-level-{line.level.value} {style}") as row:
        row.mark(f"next-{line.subject}")
        with ui.element("div").classes("loa-next-when" + (" loa-next-silent" if silent else "")):
            ui.label(_hour(line.starts or line.at, zone)).classes("loa-strong")
            ui.label(_day(line.starts or line.at, zone)).classes("loa-small loa-dim")
        with ui.element("div").classes("loa-next-what"):
            ui.label(line.title).classes("loa-next-title")
            aimed = air("next-aimed", area=line.area_name)
            ui.label(" · ".join([air(f"level-{line.level.value}"), length(line.seconds), aimed])).classes("loa-small")
            for told in _troubles(line, zone, missing=missing):
                ui.label(told).classes("loa-small loa-warning")
            if marked and line.mark is Mark.CHANGED:
                was = line.started_before
                ui.label(air("was-at", time=_hour(was, zone)) if was else air("was-not")).classes("loa-small loa-dim")
        if marked and line.mark is not Mark.SAME:
            with ui.element("div").classes("loa-next-mark"):
                ui.icon(_SIGNS[line.mark]).props("aria-hidden=true")
                ui.label(air(f"mark-{line.mark.value}"))


def _troubles(line: NextLine, zone: ZoneInfo, *, missing: bool) -> list[str]:
    told = []
    if line.starts is None:
        told.append(air("next-will-not", why=reason(line.why)))
    elif (line.starts - line.at).total_seconds() > LATE_S:
        told.append(air("next-late", time=_hour(line.starts, zone)))
    if line.cut_short and line.ends is not None:
        told.append(air("next-cut", time=_hour(line.ends, zone)))
    if missing:
        told.append(air("next-missing"))
    return told


def _hour(instant: datetime, zone: ZoneInfo) -> str:
    local = instant.astimezone(zone)
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"


def _day(instant: datetime, zone: ZoneInfo) -> str:
    del zone
    return moment(instant).partition(" ")[2].rsplit("/", 1)[0]

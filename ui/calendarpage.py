"""The calendar of a place by day, week and month; what is dragged is looked at before it is moved."""

import json
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from fastapi.responses import RedirectResponse
from nicegui import events, ui

from broadcast.agenda.air_types import CalendarEntry
from broadcast.domain.people import Action
from broadcast.view_types import SlotPreview
from devices.vocabulary import AreaId, Level, slug
from ui.airwords import air, guard
from ui.area_tree import walk
from ui.feedpage import Feeds
from ui.nextlist import draw_change
from ui.session import Panel, Visit, asking, tell
from ui.theme import STATIC_URL, heading, show
from ui.words import length, moment, say, speak

_DAY: Final = "%d/%m/%Y"
_ORIGINS: Final = ("province", "district", "commune", "hamlet")


def register(panel: Panel) -> None:
    """The page at /calendar."""

    @ui.page("/calendar")
    async def calendar(area: str = "") -> RedirectResponse | None:
        return await show(panel, "slots", lambda visit: _draw(visit, area), needs=Action.SEE_LOG)


async def _draw(visit: Visit, area: str) -> None:
    nodes = {node.id: node.name for node in walk(await visit.office.areas(visit.actor))}
    here = AreaId(area or next(iter(visit.actor.where(Action.SEE_LOG)), ""))
    heading(air("calendar-title", area=nodes.get(here, here)), air("calendar-hint"))
    if len(nodes) > 1:
        value = here if here in nodes else None
        chooser = ui.select(nodes, label=air("next-where"), value=value, with_input=True)
        chooser.props("outlined options-dense data-testid=calendar-area").classes("loa-next-where")
        chooser.mark("calendar-area")
        chooser.on_value_change(lambda e: ui.navigate.to(f"/calendar?area={slug(e.value or '')}"))
    with ui.element("div").classes("loa-legend"):
        for level in Level:
            ui.label(air(f"level-{level.value}")).classes(f"loa-entry loa-level-{level.value}")
        for origin in _ORIGINS:
            ui.label(air(f"origin-{origin}")).classes(f"loa-entry loa-from-{origin}")
        ui.label(air("foreseen-legend")).classes("loa-entry loa-foreseen")
    page = _Calendar(visit, here)
    await page.refresh()
    visit.redraws.append(page.refresh)
    with ui.element("div").classes("loa-actions loa-no-print"):
        csv = ui.button(air("week-csv"), icon="download", on_click=page.download).props("outline no-caps")
        csv.props("data-testid=week-csv").mark("week-csv")
        paper = ui.button(air("week-print"), icon="print", on_click=page.print).props("outline no-caps")
        paper.props("data-testid=week-print").mark("week-print")
    if visit.actor.may(Action.STOP):
        feeds = Feeds(visit, here)
        await feeds.refresh()
        visit.redraws.append(feeds.refresh)


class _Calendar:
    """What is shown, and the dialog that moves a slot."""

    def __init__(self, visit: Visit, area: AreaId) -> None:
        self._visit, self._area, self._zone = visit, area, ZoneInfo(visit.office.zone)
        self._entries: dict[str, CalendarEntry] = {}
        now = datetime.now(self._zone).replace(hour=0, minute=0, second=0, microsecond=0)
        self._span = now - timedelta(days=now.weekday()), now + timedelta(days=7 - now.weekday())
        ui.add_head_html(
            f'<script src="{STATIC_URL}/vendor/fullcalendar.min.js"></script>'
            f'<script src="{STATIC_URL}/calendar.js"></script>'
        )
        self._place = ui.element("div").classes("loa-calendar").props("data-testid=calendar").mark("calendar")
        self._dialog = _Move(visit)
        ui.on("loaCalendarShown", self._shown)
        ui.on("loaCalendarAsked", self._asked)
        told = ", ".join(json.dumps(x) for x in (f"c{self._place.id}", speak(), self._zone.key))
        start = f"loaCalendar.start({told}, innerWidth < 700)"
        ui.timer(0, lambda: ui.run_javascript(start), once=True)

    async def refresh(self) -> None:
        """Ask what is in the days that are shown."""
        found = await self._visit.office.agenda.calendar(self._visit.actor, self._area, *self._span)
        self._entries = {entry.subject: entry for entry in found}
        ui.run_javascript(f"loaCalendar.show({json.dumps([self._as_event(e) for e in found])})")

    async def download(self) -> None:
        """The days that are shown, as a file."""
        async with asking():
            content = await self._visit.office.agenda.csv(await self._visit.me(), self._area, *self._span)
            name = f"lich-phat-{self._area}-{self._span[0]:%Y-%m-%d}.csv"
            ui.download.content(content, name, "text/csv; charset=utf-8")

    def print(self) -> None:
        """The week that begins with the days that are shown, on paper."""
        ui.navigate.to(f"/calendar/print?area={self._area}&day={self._span[0]:%Y-%m-%d}", new_tab=True)

    def _as_event(self, entry: CalendarEntry) -> dict[str, Any]:
        told = f"{entry.title}, {air(f'level-{entry.level.value}')}, {moment(entry.at)}, {', '.join(entry.areas[:3])}"
        local = entry.at.astimezone(self._zone).replace(tzinfo=None)
        return {
            "title": air("foreseen", title=entry.title) if entry.foreseen else entry.title,
            "start": local.isoformat(timespec="seconds"),
            "end": (local + timedelta(seconds=max(entry.seconds, 60))).isoformat(timespec="seconds"),
            "editable": entry.movable,
            "classNames": ["loa-entry", f"loa-level-{entry.level.value}", f"loa-from-{entry.origin}"]
            + ["loa-foreseen"] * entry.foreseen,
            "extendedProps": {"slot": entry.slot, "subject": entry.subject, "told": told},
        }

    async def _shown(self, event: events.GenericEventArguments) -> None:
        async with asking():
            first, last = (self._local(event.args.get(key)) for key in ("first", "last"))
            if first is not None and last is not None:
                self._span = first, last
                await self.refresh()

    async def _asked(self, event: events.GenericEventArguments) -> None:
        async with asking():
            entry = self._entries.get(str(event.args.get("subject")))
            if entry is not None:
                await self._dialog.open(entry, self._local(event.args.get("at")) or entry.at)

    def _local(self, text: object) -> datetime | None:
        """An instant as the browser writes it: local, with or without a zone."""
        try:
            found = datetime.fromisoformat(str(text))
        except ValueError:
            return None
        return found.replace(tzinfo=self._zone)


class _Move:
    """Where a slot goes, what that does, and the button that does it."""

    def __init__(self, visit: Visit) -> None:
        self._visit, self._zone = visit, ZoneInfo(visit.office.zone)
        self._entry: CalendarEntry | None = None
        with ui.dialog() as self._dialog, ui.card().classes("loa-dialog loa-dialog-wide").mark("move-dialog"):
            self._title = ui.label().classes("loa-strong")
            self._facts = ui.label().classes("loa-dim")
            with ui.element("div").classes("loa-hours") as self._fields:
                self._day = ui.input(air("move-day"), on_change=self._changed)
                self._day.props('outlined mask="##/##/####" inputmode=numeric data-testid=move-day').mark("move-day")
                self._hour = ui.input(air("move-hour"), on_change=self._changed)
                self._hour.props('outlined mask="##:##" inputmode=numeric data-testid=move-hour').mark("move-hour")
            self._told = ui.element("div").classes("loa-wide").props("aria-live=polite").mark("move-preview")
            self._typed = ui.input().props("outlined autocomplete=off data-testid=move-confirm").mark("move-confirm")
            self._reason = ui.input(air("reason")).props("outlined maxlength=500 data-testid=move-reason")
            self._reason.mark("move-reason")
            self._wrong = ui.label().classes("loa-wrong").props("role=alert").mark("move-error")
            with ui.element("div").classes("loa-actions loa-end"):
                ui.button(say("cancel"), on_click=self._dialog.close).props("flat no-caps")
                self._link = ui.button(air("move-open"), on_click=self._go).props("outline no-caps").mark("move-open")
                self._do = ui.button(air("move-do"), icon="event_available", on_click=self._move)
                self._do.props("unelevated no-caps data-testid=move-do").mark("move-do")

    async def open(self, entry: CalendarEntry, at: datetime) -> None:
        """Ask about one slot, as if it were at that instant."""
        self._entry = None
        self._title.set_text(entry.title)
        where = ", ".join(entry.areas[:3])
        self._facts.set_text(f"{moment(entry.at)} · {length(entry.seconds)} · {where}")
        local = at.astimezone(self._zone)
        self._day.set_value(f"{local:{_DAY}}")
        self._hour.set_value(f"{local:%H:%M}")
        self._fields.visible = self._do.visible = entry.movable
        self._entry = entry
        await self._look()
        self._dialog.open()

    def _changed(self) -> None:
        if self._entry is not None:
            ui.timer(0.2, self._look, once=True)

    def _at(self) -> datetime:
        return datetime.strptime(f"{self._day.value} {self._hour.value}", f"{_DAY} %H:%M").replace(tzinfo=self._zone)

    async def _look(self) -> None:
        entry = self._entry
        self._told.clear()
        self._wrong.set_text("")
        self._typed.visible = self._reason.visible = False
        if entry is None:
            return
        if not entry.movable:
            self._wrong.set_text(air("foreseen-fixed" if entry.foreseen else "move-fixed"))
            return
        async with asking(self._wrong.set_text):
            try:
                at = self._at()
            except ValueError:
                self._wrong.set_text(air("move-no-time"))
                return
            if at == entry.at.replace(second=0, microsecond=0):
                return
            preview = await self._visit.office.preview_move(self._visit.actor, entry.slot, at)
            with self._told:
                self._show(preview)

    def _show(self, preview: SlotPreview) -> None:
        ui.label(moment(preview.at)).classes("loa-strong")
        for clash in preview.clashes:
            ui.label(air("move-clash", what=clash)).classes("loa-warning")
        for breach in {guard(b.breach, b.facts) for b in preview.breaches}:
            ui.label(breach).classes("loa-warning")
        draw_change(preview.next, self._zone)
        self._typed.visible = self._reason.visible = bool(preview.quiet_confirmation)
        self._typed.set_label(air("move-type", confirmation=preview.quiet_confirmation))

    async def _move(self) -> None:
        entry = self._entry
        if entry is None:
            return
        async with asking(self._wrong.set_text):
            try:
                at = self._at()
            except ValueError:
                self._wrong.set_text(air("move-no-time"))
                return
            typed, reason = self._typed.value or "", self._reason.value or ""
            slot = await self._visit.office.move_slot(await self._visit.me(), entry.slot, at, typed, reason)
            self._entry = None
            self._dialog.close()
            tell(air("moved", at=slot.at))

    def _go(self) -> None:
        if self._entry is not None:
            ui.navigate.to(f"/slots/{self._entry.slot}")

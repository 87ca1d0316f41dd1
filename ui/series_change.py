"""A series that goes on, to be changed from now on: when it comes and would come side by side, then the button."""

from datetime import datetime

from nicegui import ui

from broadcast.agenda.air_types import SeriesAsk, SeriesChange, SeriesView
from broadcast.domain.people import Action
from ui.airwords import air, guard
from ui.area_tree import AreaField
from ui.repeat_form import RepeatFields
from ui.session import Visit, asking, tell
from ui.theme import tagged
from ui.words import moment, say


class SeriesDialog:
    """Opened with the series as it is."""

    def __init__(self, visit: Visit, slot: int) -> None:
        self._visit, self._slot, self._quiet = visit, slot, True
        with ui.dialog() as self._dialog, ui.card().classes("loa-dialog loa-dialog-wide").mark("series-dialog"):
            ui.label(air("series-change")).classes("loa-strong")
            ui.label(air("series-hint")).classes("loa-dim loa-small")
            with ui.element("div").classes("loa-repeat-fields"):
                self._hour = ui.input(air("series-hour"), on_change=self._changed)
                self._hour.props('outlined mask="##:##" inputmode=numeric data-testid=series-hour').mark("series-hour")
                self._how = RepeatFields("series", self._changed)
            with ui.expansion(say("where")).classes("loa-wide").props("dense").mark("series-where"):
                self._areas = AreaField(self._changed, "series-")
            self._seen = ui.element("div").classes("loa-wide").props("aria-live=polite").mark("series-seen")
            self._typed = (
                ui.input().props("outlined autocomplete=off data-testid=series-confirm").mark("series-confirm")
            )
            self._reason = ui.input(air("reason")).props("outlined maxlength=500 data-testid=series-reason")
            self._reason.mark("series-reason")
            self._wrong = ui.label().classes("loa-wrong").props("role=alert").mark("series-error")
            with ui.element("div").classes("loa-actions loa-end"):
                ui.button(say("cancel"), on_click=self._dialog.close).props("flat no-caps")
                do = ui.button(air("series-do"), icon="event_repeat", on_click=self._do).props("unelevated no-caps")
                do.props("data-testid=series-do").mark("series-do")

    async def open(self, view: SeriesView) -> None:
        """Begin with what it is."""
        self._quiet = True
        self._areas.offer(await self._visit.office.areas(self._visit.actor, Action.PLACE))
        self._areas.tick(view.areas)
        self._hour.set_value(view.hour)
        self._how.fill(view.repeat)
        self._quiet = False
        await self._look()
        self._dialog.open()

    def _changed(self) -> None:
        if not self._quiet:
            ui.timer(0.25, self._look, once=True)

    def _ask(self) -> SeriesAsk:
        return SeriesAsk(self._how.asked(), self._hour.value or "", self._areas.chosen)

    async def _look(self) -> None:
        self._wrong.set_text("")
        self._seen.clear()
        async with asking(self._wrong.set_text):
            self._show(await self._visit.office.agenda.look_change(self._visit.actor, self._slot, self._ask()))

    def _show(self, seen: SeriesChange) -> None:
        self._seen.clear()
        with self._seen:
            with ui.element("div").classes("loa-series-both"):
                for key, days in (("series-before", seen.before), ("series-after", seen.after)):
                    with ui.element("div"):
                        tagged("h3", air(key))
                        _days(days, frozenset(seen.before if key == "series-after" else seen.after))
            ui.label(", ".join(seen.areas)).classes("loa-dim")
            for clash in seen.clashes:
                ui.label(air("move-clash", what=clash)).classes("loa-warning")
            for breach in {guard(b.breach, b.facts) for b in seen.breaches}:
                ui.label(breach).classes("loa-warning")
        self._typed.visible = self._reason.visible = bool(seen.confirmation)
        self._typed.set_label(air("move-type", confirmation=seen.confirmation))

    async def _do(self) -> None:
        async with asking(self._wrong.set_text):
            me, typed, reason = await self._visit.me(), self._typed.value or "", self._reason.value or ""
            following = await self._visit.office.agenda.change_series(me, self._slot, self._ask(), typed, reason)
            self._dialog.close()
            tell(air("series-done"))
            if following != self._slot:
                ui.navigate.to(f"/slots/{following}")


def _days(days: tuple[datetime, ...], both: frozenset[datetime]) -> None:
    with ui.element("ul").classes("loa-series-days"):
        for at in days:
            with ui.element("li"):
                ui.label(moment(at)).classes("" if at in both else "loa-strong")

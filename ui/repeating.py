"""On the page of a slot: whether it comes back, how, and when next."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from nicegui import ui

from broadcast.agenda.air_types import Repeat, SeriesView
from ui.airwords import air
from ui.session import Visit, asking, tell
from ui.theme import tagged
from ui.words import moment

_HOW: Final[dict[str, Callable[[str], Repeat]]] = {
    "daily": lambda _: Repeat("FREQ=DAILY"),
    "weekdays": lambda _: Repeat("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
    "weekly": lambda _: Repeat("FREQ=WEEKLY"),
    "lunar": lambda _: Repeat("", (1, 15)),
    "own": lambda rule: Repeat(rule.strip()),
}


async def draw_repeating(visit: Visit, slot: int) -> None:
    """The section, for who may place there; it follows what others do."""
    section = _Section(visit, slot)
    await section.refresh()
    visit.redraws.append(section.refresh)


class _Section:
    """A form while the slot is single, the next days and a button while it comes back."""

    def __init__(self, visit: Visit, slot: int) -> None:
        self._visit, self._slot = visit, slot
        with ui.expansion(air("repeat"), icon="repeat").classes("loa-card loa-repeat").mark("repeat"):
            tagged("h2", air("repeat")).classes("loa-hidden")
            ui.label(air("repeat-hint")).classes("loa-dim")
            with ui.element("div").classes("loa-repeat-form") as self._form:
                options = {name: air(f"repeat-{name}") for name in _HOW}
                self._how = ui.select(options, label=air("repeat-how"), value="daily", on_change=self._look)
                self._how.props("outlined options-dense data-testid=repeat-how").mark("repeat-how")
                self._rule = ui.input(air("repeat-rule")).props("outlined data-testid=repeat-rule maxlength=200")
                self._rule.mark("repeat-rule").visible = False
                self._holidays = ui.checkbox(air("repeat-holidays"), on_change=self._look).mark("repeat-holidays")
                self._mourning = ui.checkbox(air("repeat-mourning"), on_change=self._look).mark("repeat-mourning")
                do = ui.button(air("repeat-do"), icon="repeat", on_click=self._repeat).props("outline no-caps")
                do.props("data-testid=repeat-do").mark("repeat-do")
            self._next = ui.label().props("aria-live=polite").mark("repeat-next")
            self._wrong = ui.label().classes("loa-wrong").props("role=alert").mark("repeat-error")
            self._end = ui.button(air("repeat-end"), icon="event_busy", on_click=self._stop).props("outline no-caps")
            self._end.props("data-testid=repeat-end").mark("repeat-end")

    async def refresh(self) -> None:
        """Ask whether it comes back."""
        self._show(await self._visit.office.agenda.series(self._visit.actor, self._slot))

    def _show(self, view: SeriesView | None) -> None:
        self._form.visible, self._end.visible = view is None, view is not None
        if view is not None:
            self._tell(view.coming)

    def _tell(self, coming: tuple[datetime, ...]) -> None:
        self._next.set_text(air("repeat-next", days="; ".join(moment(at) for at in coming)) if coming else "")

    def _asked(self) -> Repeat:
        made = _HOW[self._how.value](self._rule.value or "")
        return Repeat(made.rule, made.lunar_days, bool(self._holidays.value), bool(self._mourning.value))

    async def _look(self) -> None:
        self._rule.visible = self._how.value == "own"
        self._next.set_text("")
        self._wrong.set_text("")
        if self._how.value == "own" and not self._rule.value:
            return
        async with asking(self._wrong.set_text):
            self._tell(await self._visit.office.agenda.look_repeat(self._visit.actor, self._slot, self._asked()))

    async def _repeat(self) -> None:
        self._wrong.set_text("")
        async with asking(self._wrong.set_text):
            actor = await self._visit.me()
            self._show(await self._visit.office.agenda.repeat(actor, self._slot, self._asked()))
            tell(air("repeat-done"))

    async def _stop(self) -> None:
        async with asking(self._wrong.set_text):
            await self._visit.office.agenda.end_repeat(await self._visit.me(), self._slot)
            self._next.set_text("")
            await self.refresh()
            tell(air("repeat-ended"))

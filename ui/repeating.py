"""On the page of a slot: whether it comes back, how, and when next."""

from datetime import datetime

from nicegui import ui

from broadcast.agenda.air_types import SeriesView
from ui.airwords import air
from ui.repeat_form import RepeatFields
from ui.series_change import SeriesDialog
from ui.session import Visit, asking, tell
from ui.theme import tagged
from ui.words import moment


async def draw_repeating(visit: Visit, slot: int) -> None:
    """The section, for who may place there; it follows what others do."""
    section = _Section(visit, slot)
    await section.refresh()
    visit.redraws.append(section.refresh)


class _Section:
    """A form while the slot is single, the next days and a button while it comes back."""

    def __init__(self, visit: Visit, slot: int) -> None:
        self._visit, self._slot = visit, slot
        self._view: SeriesView | None = None
        self._dialog = SeriesDialog(visit, slot)
        with ui.expansion(air("repeat"), icon="repeat").classes("loa-card loa-repeat").mark("repeat"):
            tagged("h2", air("repeat")).classes("loa-hidden")
            ui.label(air("repeat-hint")).classes("loa-dim")
            with ui.element("div").classes("loa-repeat-form") as self._form:
                self._fields = RepeatFields("repeat", self._look)
                do = ui.button(air("repeat-do"), icon="repeat", on_click=self._repeat).props("outline no-caps")
                do.props("data-testid=repeat-do").mark("repeat-do")
            self._next = ui.label().props("aria-live=polite").mark("repeat-next")
            self._wrong = ui.label().classes("loa-wrong").props("role=alert").mark("repeat-error")
            self._edit = ui.button(air("series-change"), icon="edit_calendar", on_click=self._change)
            self._edit.props("outline no-caps data-testid=series-change").mark("series-change")
            self._end = ui.button(air("repeat-end"), icon="event_busy", on_click=self._stop).props("outline no-caps")
            self._end.props("data-testid=repeat-end").mark("repeat-end")

    async def refresh(self) -> None:
        """Ask whether it comes back."""
        self._show(await self._visit.office.agenda.series(self._visit.actor, self._slot))

    def _show(self, view: SeriesView | None) -> None:
        self._form.visible, self._end.visible, self._edit.visible = view is None, view is not None, view is not None
        self._view = view
        if view is not None:
            self._tell(view.coming)

    def _tell(self, coming: tuple[datetime, ...]) -> None:
        self._next.set_text(air("repeat-next", days="; ".join(moment(at) for at in coming)) if coming else "")

    async def _look(self) -> None:
        self._next.set_text("")
        self._wrong.set_text("")
        if not self._fields.told:
            return
        async with asking(self._wrong.set_text):
            self._tell(await self._visit.office.agenda.look_repeat(self._visit.actor, self._slot, self._fields.asked()))

    async def _repeat(self) -> None:
        self._wrong.set_text("")
        async with asking(self._wrong.set_text):
            actor = await self._visit.me()
            self._show(await self._visit.office.agenda.repeat(actor, self._slot, self._fields.asked()))
            tell(air("repeat-done"))

    async def _change(self) -> None:
        async with asking(self._wrong.set_text):
            if self._view is not None:
                await self._dialog.open(self._view)

    async def _stop(self) -> None:
        async with asking(self._wrong.set_text):
            await self._visit.office.agenda.end_repeat(await self._visit.me(), self._slot)
            self._next.set_text("")
            await self.refresh()
            tell(air("repeat-ended"))

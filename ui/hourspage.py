"""The hours of an area, beside the list of what will sound there: shown to all, changed by who may."""

from nicegui import ui

from broadcast.agenda.air_types import RuleView
from broadcast.domain.people import Action
from devices.vocabulary import AreaId
from ui.airwords import air
from ui.session import Visit, asking, tell
from ui.theme import tagged
from ui.words import say


class Hours:
    """What holds in one area, and a dialog to change what it says itself."""

    def __init__(self, visit: Visit, area: AreaId) -> None:
        self._visit, self._area = visit, area
        with ui.element("section").classes("loa-card loa-hours-card").mark("hours"):
            tagged("h2", air("hours"))
            self._quiet, self._longest = ui.label(), ui.label()
            self._soft = ui.label()
            self._whose = ui.label().classes("loa-dim loa-small")
            button = ui.button(air("hours-change"), icon="edit", on_click=self._open).props("outline no-caps")
            button.props("data-testid=hours-change").mark("hours-change")
            button.visible = visit.actor.may(Action.SET_HOURS)
        with ui.dialog() as self._dialog, ui.card().classes("loa-dialog"):
            self._title = ui.label().classes("loa-strong")
            ui.label(air("hours-hint")).classes("loa-dim")
            with ui.element("div").classes("loa-hours"):
                self._from = self._field("hours-from", "##:##", "hours-from")
                self._to = self._field("hours-to", "##:##", "hours-to")
            self._minutes = self._field("hours-longest", "####", "hours-longest")
            ui.label(air("soft-hint")).classes("loa-dim loa-small")
            with ui.element("div").classes("loa-hours"):
                self._soft_from = self._field("soft-from", "##:##", "soft-from")
                self._soft_to = self._field("soft-to", "##:##", "soft-to")
                self._soft_most = self._field("soft-most", "###", "soft-most")
            self._wrong = ui.label().classes("loa-wrong").props("role=alert").mark("hours-error")
            with ui.element("div").classes("loa-actions loa-end"):
                ui.button(say("cancel"), on_click=self._dialog.close).props("flat no-caps")
                keep = ui.button(air("hours-save"), icon="check", on_click=self._save).props("unelevated no-caps")
                keep.props("data-testid=hours-save").mark("hours-save")

    @staticmethod
    def _field(label: str, mask: str, marker: str) -> ui.input:
        field = ui.input(air(label)).props(f'outlined mask="{mask}" inputmode=numeric data-testid={marker}')
        return field.mark(marker)

    async def refresh(self) -> None:
        """Show it as it is now."""
        self._show(await self._visit.office.agenda.area_rule(self._visit.actor, self._area))

    def _show(self, view: RuleView) -> None:
        self._view = view
        quiet = air("hours-quiet", start=view.quiet_from, end=view.quiet_to) if view.quiet_from else air("hours-none")
        self._quiet.set_text(quiet)
        most = air("hours-most", minutes=view.longest_min) if view.longest_min else air("hours-no-most")
        self._longest.set_text(most)
        self._soft.visible = view.soft is not None
        if view.soft is not None:
            self._soft.set_text(air("soft-holds", start=view.soft[0], end=view.soft[1], most=view.soft[2]))
        own = any(x is not None for x in (view.own_quiet, view.own_longest_min, view.own_soft))
        self._whose.set_text(air("hours-own", name=view.by_name, at=view.at) if own else air("hours-above"))

    def _open(self) -> None:
        view = self._view
        self._title.set_text(air("hours-of", area=view.area_name))
        quiet_from, quiet_to = view.own_quiet or ("", "")
        self._from.set_value(quiet_from)
        self._to.set_value(quiet_to)
        self._minutes.set_value("" if view.own_longest_min is None else str(view.own_longest_min))
        start, end, most = view.own_soft or ("", "", "")
        for field, value in ((self._soft_from, start), (self._soft_to, end), (self._soft_most, most)):
            field.set_value(str(value))
        self._wrong.set_text("")
        self._dialog.open()

    async def _save(self) -> None:
        async with asking(self._wrong.set_text):
            typed = (self._minutes.value or "").strip()
            longest = int(typed) if typed.isascii() and typed.isdigit() else None
            quiet = (self._from.value or "").strip(), (self._to.value or "").strip()
            soft = (self._soft_from.value or "").strip(), (self._soft_to.value or "").strip()
            typed = (self._soft_most.value or "").strip()
            most = int(typed) if typed.isascii() and typed.isdigit() else None
            agenda = self._visit.office.agenda
            own = self._view.own_soft
            if (own or ("", "", None)) != (*soft, most):
                self._show(await agenda.set_soft(await self._visit.me(), self._area, *soft, most))
            self._show(await agenda.set_rule(await self._visit.me(), self._area, *quiet, longest))
            self._dialog.close()
            tell(air("hours-saved"))

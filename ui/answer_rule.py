"""What an area does with what nobody answered: shown to all, changed by who may answer there."""

from typing import Final

from nicegui import ui

from broadcast.agenda.offer_types import AnswerRuleView
from broadcast.domain.people import Action
from devices.vocabulary import AreaId
from ui.levelwords import level
from ui.session import Visit, asking, tell
from ui.theme import tagged
from ui.words import say

_SAYS: Final = {"": None, "air": True, "silent": False}


class AnswerRule:
    """What holds in one area, and a dialog to change what it says itself."""

    def __init__(self, visit: Visit, area: AreaId) -> None:
        self._visit, self._area = visit, area
        self._view: AnswerRuleView | None = None
        with ui.element("section").classes("loa-card").mark(f"answer-rule-{area}"):
            with tagged("h2", ""):
                self._title = ui.label().classes("loa-inline")
            self._untouched = ui.label().classes("loa-strong").mark("answer-rule-untouched")
            self._minutes = ui.label()
            self._whose = ui.label().classes("loa-dim loa-small")
            button = ui.button(level("rule-change"), icon="edit", on_click=self._open).props("outline no-caps")
            button.props(f"data-testid=answer-rule-change-{area}").mark("answer-rule-change")
            button.visible = visit.actor.may(Action.ANSWER_OFFERS)
        with ui.dialog() as self._dialog, ui.card().classes("loa-dialog"):
            self._asked = ui.label().classes("loa-strong")
            ui.label(level("rule-hint")).classes("loa-dim")
            ui.label(level("rule-untouched"))
            options = {"": level("rule-inherit"), "air": level("rule-air"), "silent": level("rule-silent")}
            self._airs = ui.radio(options, value="").props("data-testid=answer-rule-airs").mark("answer-rule-airs")
            self._field = ui.input(level("rule-minutes-field")).props(
                'outlined mask="####" inputmode=numeric data-testid=answer-rule-minutes'
            )
            self._field.mark("answer-rule-minutes").classes("loa-wide")
            ui.label(level("rule-minutes-hint")).classes("loa-dim loa-small")
            self._wrong = ui.label().classes("loa-wrong").props("role=alert").mark("answer-rule-error")
            with ui.element("div").classes("loa-actions loa-end"):
                ui.button(say("cancel"), on_click=self._dialog.close).props("flat no-caps")
                keep = ui.button(level("rule-save"), icon="check", on_click=self._save).props("unelevated no-caps")
                keep.props("data-testid=answer-rule-save").mark("answer-rule-save")

    async def refresh(self) -> None:
        """Show it as it is now."""
        self._show(await self._visit.office.agenda.inbox.answer_rule(self._visit.actor, self._area))

    def _show(self, view: AnswerRuleView) -> None:
        self._view = view
        self._title.set_text(level("rule", area=view.area_name))
        self._untouched.set_text(level("rule-air" if view.airs else "rule-silent"))
        self._minutes.set_text(level("rule-minutes", minutes=view.minutes))
        own = view.own_airs is not None or view.own_minutes is not None
        self._whose.set_text(level("rule-own" if own else "rule-above"))

    def _open(self) -> None:
        if self._view is None:
            return
        self._asked.set_text(level("rule", area=self._view.area_name))
        self._airs.set_value({value: key for key, value in _SAYS.items()}[self._view.own_airs])
        self._field.set_value("" if self._view.own_minutes is None else str(self._view.own_minutes))
        self._wrong.set_text("")
        self._dialog.open()

    async def _save(self) -> None:
        async with asking(self._wrong.set_text):
            typed = (self._field.value or "").strip()
            minutes = int(typed) if typed.isascii() and typed.isdigit() else None
            me, airs = await self._visit.me(), _SAYS[self._airs.value or ""]
            self._show(await self._visit.office.agenda.inbox.set_answer_rule(me, self._area, airs, minutes))
            self._dialog.close()
            tell(level("rule-saved"))

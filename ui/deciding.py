"""Deciding on what waits: it opens when the sound was heard to its end, or to whoever says why it was not."""

import math
from typing import Final

from nicegui import events, ui

from broadcast.domain.refusals import Refusal
from broadcast.domain.versions import REASON_LENGTH
from broadcast.newsroom.life_types import LifeView, VersionView
from ui.living import told
from ui.looking import draw_warned
from ui.session import Visit, asking, tell
from ui.theme import tagged
from ui.words import length, refusal

_PLAYED: Final = """(event) => {
  const heard = event.target.played;
  let seconds = 0;
  for (let i = 0; i < heard.length; i++) seconds += heard.end(i) - heard.start(i);
  emit(seconds);
}"""
"""What of a sound was really played, once however often: skipping ahead leaves a gap."""


class Deciding:
    """The version that waits, its player, and the buttons; nothing where there is nothing for this person to decide."""

    def __init__(self, visit: Visit, bulletin: int) -> None:
        self._visit, self._id = visit, bulletin
        self._version: VersionView | None = None
        self._heard = False
        self._place = ui.element("section").classes("loa-panel").mark("deciding").props("data-testid=deciding")

    async def show(self, view: LifeView) -> None:
        """Show what waits now. A player that is playing is left alone."""
        version = view.versions[0] if view.waits and view.may_decide else None
        self._place.visible = version is not None
        if version is not None and self._version is not None and version.hash == self._version.hash:
            if view.heard and not self._heard:
                self._open()
            return
        self._version = version
        self._place.clear()
        if version is not None:
            with self._place:
                self._build(view, version)
            async with asking(self._wrong.set_text):
                text = version.content.text
                found = await self._visit.office.warnings(self._visit.actor, self._id, text)
                if not self._warned.is_deleted:
                    draw_warned(self._warned, text, found)

    def _build(self, view: LifeView, version: VersionView) -> None:
        self._heard = view.heard
        tagged("h2", told("decide", number=version.number))
        player = ui.audio(f"/clips/{version.content.clip}").classes("loa-audio").mark("deciding-player")
        player.props("preload=auto data-testid=deciding-player")
        player.on("ended", self._ended, js_handler=_PLAYED)
        ui.label(version.content.text).classes("loa-words").mark("deciding-text")
        self._warned = ui.element("div").classes("loa-result").mark("deciding-warned")
        self._warned.props("data-testid=deciding-warned")
        self._hint = ui.label(told("heard") if view.heard else told("hear-first")).classes("loa-strong")
        self._hint.props("role=status data-testid=hearing").mark("hearing")
        self._wrong = ui.label().classes("loa-wrong").props("role=alert data-testid=decide-error").mark("decide-error")
        if view.why_not:
            own = Refusal("approval-own", area=view.why_area)
            why = refusal(own if view.why_not == own.code else Refusal("approval-own-priority"))
            ui.label(why).classes("loa-notice").mark("why-not").props("data-testid=why-not")
        with ui.element("div").classes("loa-actions"):
            self._button = ui.button(told("approve"), icon="check", on_click=lambda: self._approve(""))
            self._button.props("unelevated no-caps data-testid=approve").classes("loa-primary").mark("approve")
            self._button.set_enabled(view.heard)
            self._button.visible = not view.why_not
        if not view.why_not:
            with ui.expansion(told("unheard")).props("dense data-testid=unheard").mark("unheard") as unheard:
                waived = self._reason("unheard-why")
                ui.button(told("unheard"), on_click=lambda: self._approve(waived.value or " ")).props(
                    "outline no-caps data-testid=approve-unheard"
                ).mark("approve-unheard")
            self._unheard = unheard
            self._unheard.visible = not view.heard
        reason = self._reason("reject-why")
        button = ui.button(told("reject"), icon="close", on_click=lambda: self._reject(reason.value or ""))
        button.props("outline no-caps data-testid=reject").classes("loa-danger").mark("reject")

    def _reason(self, name: str) -> ui.input:
        field = ui.input(told(name)).props(f"outlined autocomplete=off maxlength={REASON_LENGTH} data-testid={name}")
        return field.mark(name)

    async def _ended(self, event: events.GenericEventArguments) -> None:
        version, seconds = self._version, event.args
        if version is None or not isinstance(seconds, int | float) or not math.isfinite(seconds):
            return
        try:
            me = await self._visit.me()
            await self._visit.office.life.hear(me, self._id, version.hash, float(seconds))
        except Refusal as no:
            part = told("heard-part", heard=length(seconds), length=length(version.seconds))
            self._hint.set_text(part if no.code == "not-heard" else refusal(no))
            return
        self._open()

    def _open(self) -> None:
        self._heard = True
        self._hint.set_text(told("heard"))
        self._button.enable()
        if self._button.visible:
            self._unheard.visible = False

    async def _approve(self, waived: str) -> None:
        version = self._version
        if version is None:
            return
        self._wrong.set_text("")
        async with asking(self._wrong.set_text):
            await self._visit.office.life.approve(await self._visit.me(), self._id, version.hash, waived)
            tell(told("approved"))

    async def _reject(self, why: str) -> None:
        version = self._version
        if version is None:
            return
        self._wrong.set_text("")
        async with asking(self._wrong.set_text):
            await self._visit.office.life.reject(await self._visit.me(), self._id, version.hash, why)
            tell(told("rejected"))

"""Where a bulletin is in its life, in the editor: what became of what was handed in, and the way on."""

from collections.abc import Awaitable, Callable
from typing import Final

from nicegui import ui

from broadcast.domain.bulletins import BulletinState
from broadcast.domain.people import Action
from broadcast.domain.versions import Verdict
from broadcast.newsroom.life_types import LifeView
from ui.living import decided, state_name, told
from ui.session import Visit, asking, tell
from ui.words import moment

TONES: Final = {
    BulletinState.DRAFT: "",
    BulletinState.SUBMITTED: "loa-tag-slot",
    BulletinState.APPROVED: "loa-tag-good",
    BulletinState.REJECTED: "loa-tag-alarm",
    BulletinState.WITHDRAWN: "",
    BulletinState.EXPIRED: "",
}


class StateTag:
    """The state in a word, in its colour."""

    def __init__(self) -> None:
        self._label = ui.label().classes("loa-tag").mark("state").props("data-testid=state")

    def show(self, state: BulletinState) -> None:
        """Show it as it is now."""
        self._label.set_text(state_name(state))
        self._label.classes(replace=f"loa-tag {TONES[state]}")


class LifeStrip:
    """State, reason of a rejection, "Gửi duyệt", the way to the versions. `flush` saves all that is typed."""

    def __init__(self, visit: Visit, bulletin: int, flush: Callable[[], Awaitable[bool]]) -> None:
        self._visit, self._id, self._flush = visit, bulletin, flush
        with ui.element("div").classes("loa-life").mark("life").props("data-testid=life role=status"):
            self._state = StateTag()
            self._news = ui.label().classes("loa-dim loa-small").mark("life-news").props("data-testid=life-news")
            ui.space()
            self._link = ui.link("", f"/bulletins/{bulletin}/versions").classes("loa-strong").mark("to-versions")
            self._link.props("data-testid=to-versions")
            self.unanswered = ui.link("", "#warnings").classes("loa-small").mark("unanswered")
            self.unanswered.props("data-testid=unanswered").visible = False
            self._submit = ui.button(told("submit"), icon="send", on_click=self.submit).props("outline no-caps")
            self._submit.props("data-testid=submit").mark("submit")
        with ui.element("div").classes("loa-notice").mark("rejection").props("role=note data-testid=rejection") as no:
            self._why = ui.label().classes("loa-strong")
        self._rejection = no
        self._wrong = ui.label().classes("loa-wrong").props("role=alert data-testid=submit-error").mark("submit-error")
        self._link.visible = self._submit.visible = self._rejection.visible = False

    async def refresh(self) -> None:
        """Show it as it is now."""
        view = await self._visit.office.life.view(self._visit.actor, self._id)
        state = view.bulletin.state
        self._state.show(state)
        self._news.set_text(_news(view))
        self._link.set_text(told("versions", count=len(view.versions)))
        self._link.visible = bool(view.versions)
        self._submit.visible = state is BulletinState.DRAFT and self._visit.actor.may(Action.WRITE)
        self._submit.set_text(told("submit-again") if view.versions else told("submit"))
        rejected = next((v for v in view.versions if v.decision), None)
        why = rejected.decision.reason if rejected and rejected.decision else ""
        # while it is mended, the author still sees what for
        self._rejection.visible = bool(why) and state in {BulletinState.REJECTED, BulletinState.DRAFT}
        self._why.set_text(told("reason-was", reason=why))

    async def submit(self) -> None:
        """Hand it in as it is now."""
        self._wrong.set_text("")
        if not await self._flush():
            return
        self._submit.props("loading")
        async with asking(self._wrong.set_text):
            await self._visit.office.life.submit(await self._visit.me(), self._id)
            tell(told("submitted"))
        self._submit.props(remove="loading")
        async with asking():
            await self.refresh()


def _news(view: LifeView) -> str:
    """What became of the newest version."""
    if not view.versions:
        return ""
    newest = view.versions[0]
    if view.waits:
        return told("waits-since", number=newest.number, at=moment(newest.at))
    if newest.decision is None:
        return ""
    said = decided(newest.decision, newest.number)
    over = view.bulletin.state is BulletinState.DRAFT and newest.decision.verdict is not Verdict.REJECTED
    return f"{said}. {told('changed-since')}" if over else said

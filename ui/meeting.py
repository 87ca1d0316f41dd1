"""Two priority bulletins at one time in a commune: both are heard here, and one is put first."""

from nicegui import ui

from broadcast.agenda.offer_types import MeetingView, Meets
from broadcast.domain.meetings import First
from ui.levelwords import level
from ui.session import Visit, asking, tell
from ui.theme import tagged
from ui.words import length


class Meeting:
    """One meeting: two halves in the order in which they sound, and what decided that."""

    def __init__(self, visit: Visit, view: MeetingView) -> None:
        self._visit, self._view = visit, view
        with ui.element("section").classes("loa-card loa-meeting").mark(f"meeting-{view.id}") as self.root:
            self.root.props(f"data-testid=meeting-{view.id}")
            ui.label(view.area_name).classes("loa-tag loa-tag-slot loa-fit")
            ui.label(level("meeting-hint")).classes("loa-dim")
            halves = ui.element("div").classes("loa-halves")
            with halves:
                self._halves = {first: _Half(self, view, first) for first in First}
            self._place = halves
            self._why = ui.label().classes("loa-strong").mark("meeting-rule").props("role=status")
            self._keep = ui.button(level("meeting-keep"), icon="check", on_click=lambda: self.order(self._view.first))
            self._keep.props(f"outline no-caps data-testid=keep-{view.id}").mark(f"keep-{view.id}")

    def show(self, view: MeetingView) -> None:
        """Show it as it is now."""
        self._view = view
        for first, half in self._halves.items():
            half.show(view)
            if first is view.first:
                half.root.move(self._place, target_index=0)
        if view.by_name and view.ordered_at is not None:
            told = level("meeting-by", name=view.by_name, at=view.ordered_at)
        else:
            told = level(f"meeting-rule-{view.rule.value}")
        self._why.set_text(told if view.open else f"{told} {level('meeting-over')}")
        self._keep.visible = view.open and not view.by_name

    async def order(self, first: First) -> None:
        """Let that one sound first."""
        async with asking():
            done = await self._visit.office.agenda.inbox.order(await self._visit.me(), self._view.id, first)
            tell(level("meeting-done", title=half_of(done, first).title))


class _Half:
    """One of the two."""

    def __init__(self, meeting: Meeting, view: MeetingView, first: First) -> None:
        self._first, what = first, half_of(view, first)
        with ui.element("div").classes("loa-half") as self.root:
            with ui.element("div").classes("loa-offer-told"):
                self._turn = ui.label()
                ui.label(level(f"meeting-{first.value}")).classes("loa-tag")
            tagged("h3", what.title)
            ui.audio(f"/clips/{what.clip}").classes("loa-audio").props("preload=none")
            with ui.element("div").classes("loa-facts"):
                self._at = ui.label().classes("loa-strong")
                ui.label(length(what.seconds))
                ui.label(what.by_name)
            self._put = ui.button(
                level("meeting-put-first"), icon="vertical_align_top", on_click=lambda: meeting.order(first)
            )
            self._put.props(f"unelevated no-caps data-testid=first-{first.value}-{view.id}").classes("loa-primary")
            self._put.mark(f"first-{first.value}-{view.id}")

    def show(self, view: MeetingView) -> None:
        """Show it as it is now."""
        leads = view.first is self._first
        self._turn.set_text(level("meeting-first" if leads else "meeting-second"))
        self._turn.classes(replace="loa-state loa-state-ready" if leads else "loa-state loa-state-sent")
        self._at.set_text(level("meeting-sounds", at=half_of(view, self._first).sounds_at))
        self._put.visible = view.open and not leads


def half_of(view: MeetingView, first: First) -> Meets:
    """The one that is meant."""
    return view.above if first is First.ABOVE else view.own

"""What the communes made of a slot, for whoever sent it."""

from collections import Counter

from nicegui import ui

from broadcast.agenda.offer_types import MeetingView, OfferView
from broadcast.domain.meetings import First
from broadcast.domain.offers import OfferState
from broadcast.domain.people import Action
from ui.board import Board
from ui.levelwords import STYLES, level, offer_state, offer_told
from ui.session import Visit
from ui.theme import tagged


class Answers:
    """Each commune that was asked, and how many did what; nothing where none was."""

    def __init__(self, visit: Visit, slot: int) -> None:
        self._visit, self._slot = visit, slot
        with ui.element("section").classes("loa-panel").mark("answers").props("data-testid=answers") as self._root:
            tagged("h2", level("answers"))
            self._hint = ui.label().classes("loa-dim")
            self._way = ui.link(level("to-inbox"), "/inbox").classes("loa-strong").mark("to-inbox")
            self._counts = ui.element("div").classes("loa-counts").mark("answer-counts")
            place = ui.element("div").classes("loa-answers")
            self._board: Board[OfferView] = Board(place, lambda o: o.area, _Line)
        self._root.visible = False
        with ui.element("section").classes("loa-panel").mark("slot-meetings") as self._met:
            tagged("h2", level("meeting-told"))
            lines = ui.element("div").classes("loa-answers")
            self._meetings: Board[MeetingView] = Board(lines, lambda m: m.id, lambda m: _Met(m, slot))
        self._met.visible = False
        self._drawn: object = None
        self.taken_back = True
        """Whether the sender took it back from every commune that was asked, or none was."""

    async def refresh(self) -> None:
        """Show it as it is now."""
        views = await self._visit.office.agenda.inbox.answers(self._visit.actor, self._slot)
        self._root.visible = bool(views)
        self.taken_back = all(v.state is OfferState.TAKEN_BACK for v in views)
        self._way.visible = self._visit.actor.may(Action.ANSWER_OFFERS) and any(v.open for v in views)
        self._hint.set_text(level("answers-hint", count=len(views)))
        counts = Counter((offer_state(v), v.state) for v in views)
        if counts != self._drawn:
            self._drawn = counts
            self._counts.clear()
            with self._counts:
                for (name, state), count in counts.items():
                    ui.label(level("count-of", state=name, count=count)).classes(f"loa-state {STYLES[state]}")
        self._board.show(views)
        meetings = await self._visit.office.agenda.inbox.meetings_of(self._visit.actor, self._slot)
        self._met.visible = bool(meetings)
        self._meetings.show(meetings)


class _Line:
    """One commune."""

    def __init__(self, view: OfferView) -> None:
        with ui.element("div").classes("loa-answer").mark(f"answer-{view.area}") as self.root:
            self.root.props(f"data-testid=answer-{view.area}")
            ui.label(view.area_name).classes("loa-strong")
            self._state = ui.label()
            self._told = ui.label().classes("loa-dim")

    def show(self, view: OfferView) -> None:
        """Show it as it is now."""
        self._state.set_text(offer_state(view))
        self._state.classes(replace=f"loa-state {STYLES[view.state]}")
        self._told.set_text(offer_told(view))


class _Met:
    """A commune in which something as urgent sounds at the same time."""

    def __init__(self, view: MeetingView, slot: int) -> None:
        self._slot = slot
        with ui.element("div").classes("loa-answer").mark(f"slot-meeting-{view.id}") as self.root:
            ui.label(view.area_name).classes("loa-strong")
            self._told = ui.label()
            self._by = ui.label().classes("loa-dim")

    def show(self, view: MeetingView) -> None:
        """Show it as it is now."""
        above = view.above.slot == self._slot
        mine, other = (view.above, view.own) if above else (view.own, view.above)
        leads = (view.first is First.ABOVE) is above
        key = "meeting-told-first" if leads else "meeting-told-second"
        self._told.set_text(level(key, other=other.title, at=mine.sounds_at))
        by = view.by_name and view.ordered_at
        ordered = level("meeting-by", name=view.by_name, at=view.ordered_at)
        self._by.set_text(ordered if by else level(f"meeting-rule-{view.rule.value}"))

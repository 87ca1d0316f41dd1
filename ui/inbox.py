"""The inbox of a commune: what comes from above, listened to and answered with a thumb."""

from fastapi.responses import RedirectResponse
from nicegui import ui

from broadcast.agenda.offer_types import MeetingView, OfferView
from broadcast.domain.offers import OfferState
from broadcast.domain.people import Action
from broadcast.view_types import AlarmView
from ui.ages import Age
from ui.answer_rule import AnswerRule
from ui.answering import Answering
from ui.board import Board
from ui.guiding import guiding
from ui.levelwords import STYLES, level, offer_state, offer_told
from ui.meeting import Meeting
from ui.session import Panel, Visit
from ui.theme import empty, heading, show, tagged
from ui.words import length, say

RULES = 5
"""Areas whose rule is shown here; who holds more finds each beside its next 24 hours."""


def register(panel: Panel) -> None:
    """The page at /inbox."""

    @ui.page("/inbox")
    async def inbox() -> RedirectResponse | None:
        return await show(panel, "inbox", _draw, needs=Action.ANSWER_OFFERS)


async def _draw(visit: Visit) -> None:
    heading(say("nav-inbox"), level("inbox-hint"))
    alarms: Board[AlarmView] = Board(ui.element("div").classes("loa-alarms"), lambda a: a.id, _AlarmCard)
    met_title = tagged("h2", level("meetings"))
    met: Board[MeetingView] = Board(ui.element("div").classes("loa-grid"), lambda m: m.id, lambda m: Meeting(visit, m))
    answering = Answering(visit)
    nothing = ui.element("div")
    with nothing:
        empty("inbox", level("empty"), level("empty-hint"), (guiding("go-slots"), "/slots"))
    title = tagged("h2", level("waiting"))
    waiting: Board[OfferView] = Board(
        ui.element("div").classes("loa-grid").mark("inbox-waiting"), lambda o: o.id, lambda o: OfferCard(o, answering)
    )
    others_title = tagged("h2", level("others"))
    others: Board[OfferView] = Board(
        ui.element("div").classes("loa-grid").mark("inbox-others"), lambda o: o.id, lambda o: OfferCard(o, answering)
    )
    with ui.element("div").classes("loa-grid"):
        rules = [AnswerRule(visit, area) for area in visit.actor.where(Action.ANSWER_OFFERS)[:RULES]]

    async def redraw() -> None:
        alarms.show(await visit.office.alarms(visit.actor))
        view = await visit.office.agenda.inbox.inbox(visit.actor)
        meetings = await visit.office.agenda.inbox.meetings(visit.actor)
        met_title.visible = bool(meetings)
        met.show(meetings)
        nothing.visible = not view.waiting
        title.visible = bool(view.waiting)
        others_title.visible = bool(view.others)
        waiting.show(view.waiting)
        others.show(view.others)
        for rule in rules:
            await rule.refresh()

    await redraw()
    visit.redraws.append(redraw)


class _AlarmCard:
    """An alarm in the commune: told, not asked."""

    def __init__(self, alarm: AlarmView) -> None:
        with ui.element("div").classes("loa-card loa-alarm").mark(f"inbox-alarm-{alarm.id}") as self.root:
            self.root.props(f"role=status data-testid=inbox-alarm-{alarm.id}")
            ui.label(level("alarm-told")).classes("loa-strong")
            self._state = ui.label().classes("loa-tag loa-tag-alarm loa-fit")
            ui.label(alarm.words).classes("loa-alarm-said")
            where = ", ".join(alarm.area_names)
            ui.label(level("alarm-when", name=alarm.raised_name, at=alarm.raised_at, areas=where)).classes("loa-dim")

    def show(self, alarm: AlarmView) -> None:
        """Show it as it is now."""
        self.root.classes(add="loa-in-force" if alarm.in_force else "", remove="" if alarm.in_force else "loa-in-force")
        over = level("alarm-over", at=alarm.ended_at or alarm.until)
        self._state.set_text(level("alarm-in-force") if alarm.in_force else over)


class OfferCard:
    """One bulletin from above in one commune: heard, and answered while there is time."""

    def __init__(self, view: OfferView, answering: Answering) -> None:
        self._view, self._answering, self._changing = view, answering, False
        with ui.element("section").classes("loa-card loa-offer").mark(f"offer offer-{view.id}") as self.root:
            self.root.props(f"data-testid=offer-{view.id}")
            tagged("h3", view.title)
            ui.label(view.area_name).classes("loa-tag loa-tag-slot loa-fit")
            ui.label(level("from", name=view.from_name, area=view.from_area)).classes("loa-dim loa-small")
            ui.audio(f"/clips/{view.clip}").classes("loa-audio").props("preload=none").mark(f"offer-audio-{view.id}")
            with ui.element("div").classes("loa-facts"):
                self._at = ui.label().classes("loa-strong")
                ui.label(length(view.seconds))
            with ui.element("div").classes("loa-offer-due") as self._due:
                ui.icon("hourglass_bottom").props("aria-hidden=true")
                with ui.element("div"):
                    self._deadline = ui.label()
                    with ui.element("div").classes("loa-offer-told"):
                        self._age = Age(view.deadline)
                        self._rule = ui.label().classes("loa-dim")
            with ui.element("div").classes("loa-offer-told") as self._said:
                self._state = ui.label().mark(f"offer-state-{view.id}")
                self._told = ui.label().classes("loa-dim")
            with ui.element("div").classes("loa-thumbs") as self._thumbs:
                self._button("take", "check", lambda: answering.take(self._view)).classes("loa-primary")
                self._button("put-off", "schedule", lambda: answering.put_off(self._view))
                self._button("decline", "close", lambda: answering.decline(self._view)).classes("loa-danger")
            self._again = ui.button(level("again"), icon="edit", on_click=self._change).props("outline no-caps")
            self._again.props(f"data-testid=again-{view.id}").mark(f"again-{view.id}")

    def _button(self, name: str, icon: str, pressed: object) -> ui.button:
        button = ui.button(level(name), icon=icon, on_click=pressed)  # type: ignore[arg-type]  # awaited by it
        style = "unelevated" if name == "take" else "outline"
        return button.props(f"{style} no-caps data-testid={name}-{self._view.id}").mark(f"{name}-{self._view.id}")

    def _change(self) -> None:
        self._changing = True
        self._paint()

    def show(self, view: OfferView) -> None:
        """Show it as it is now."""
        if view.state is not self._view.state or view.answered_at != self._view.answered_at:
            self._changing = False
        self._view = view
        self._paint()

    def _paint(self) -> None:
        view = self._view
        untouched = view.state is OfferState.OFFERED
        self._at.set_text(level("sounds-at", at=view.at))
        self._due.visible = view.open
        self._due.classes(replace="loa-offer-due" if untouched else "loa-offer-due loa-offer-calm")
        self._deadline.set_text(level("answer-by", at=view.deadline))
        self._age.show(view.deadline)
        self._rule.set_text(level("untouched-air" if view.airs else "untouched-silent") if untouched else "")
        self._said.visible = not untouched
        self._state.set_text(offer_state(view))
        self._state.classes(replace=f"loa-state {STYLES[view.state]}")
        self._told.set_text(offer_told(view))
        self._thumbs.visible = view.open and (untouched or self._changing)
        self._again.visible = view.open and not self._thumbs.visible

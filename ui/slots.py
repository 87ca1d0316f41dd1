"""What airs when: coming first, then what has been."""

from datetime import UTC, datetime, timedelta

from fastapi.responses import RedirectResponse
from nicegui import ui

from broadcast.domain.deliveries import DeliveryState
from broadcast.domain.people import Action
from broadcast.view_types import SlotView
from ui.ages import Age
from ui.airwords import air
from ui.board import Board
from ui.deliveries import TROUBLE_FIRST
from ui.guiding import guiding
from ui.more import More
from ui.session import Panel, Visit
from ui.theme import empty, heading, show, tagged
from ui.words import length, moment, say


def register(panel: Panel) -> None:
    """The page at /slots."""

    @ui.page("/slots")
    async def slots() -> RedirectResponse | None:
        return await show(panel, "slots", _draw, needs=Action.SEE_LOG)


async def _draw(visit: Visit) -> None:
    with ui.element("div").classes("loa-top"):
        heading(say("nav-slots"), say("slots-hint"))
        with ui.element("div").classes("loa-actions"):
            to_days = ui.button(
                air("nav-calendar"), icon="calendar_month", on_click=lambda: ui.navigate.to("/calendar")
            )
            to_days.props("outline no-caps data-testid=to-calendar").mark("to-calendar")
            to_next = ui.button(air("nav-next"), icon="update", on_click=lambda: ui.navigate.to("/next"))
            to_next.props("outline no-caps data-testid=to-next").mark("to-next")
    nothing = ui.element("div")
    with nothing:
        ways = ((guiding("go-bulletins"), "/"),) if visit.actor.may(Action.SEE_BULLETINS) else ()
        empty("event", say("slots-empty"), say("slots-empty-hint"), *ways)
    coming_title = tagged("h2", say("slots-coming"))
    coming: Board[SlotView] = Board(ui.element("div").classes("loa-grid"), lambda v: v.slot.id, _SlotCard)
    past_title = tagged("h2", say("slots-past"))
    past: Board[SlotView] = Board(ui.element("div").classes("loa-grid"), lambda v: v.slot.id, _SlotCard)

    more = More()

    async def redraw() -> None:
        views = await visit.office.slots(visit.actor, more.limit)
        more.offer(None if len(views) == more.limit else 0)
        now = datetime.now(UTC)
        ahead = [v for v in views if not v.slot.withdrawn and v.slot.at + timedelta(seconds=v.seconds) > now]
        behind = [v for v in views if v not in ahead]
        nothing.visible = not views
        coming_title.visible = bool(ahead)
        past_title.visible = bool(behind)
        coming.show(ahead)
        past.show(behind)

    more.redraw = redraw
    await redraw()
    visit.redraws.append(redraw)


class _SlotCard:
    """One slot and how it goes."""

    def __init__(self, view: SlotView) -> None:
        slot = view.slot
        with ui.link(target=f"/slots/{slot.id}").classes("loa-card loa-card-link") as self.root:
            self.root.mark(f"slot slot-{slot.id}").props(f"data-testid=slot-{slot.id}")
            with ui.element("div").classes("loa-slot-when"):
                ui.label(moment(slot.at)).classes("loa-strong")
                Age(slot.at)
            ui.label(slot.title).classes("loa-card-title")
            ui.label(", ".join(view.area_names)).classes("loa-excerpt loa-dim")
            with ui.element("div").classes("loa-card-foot"):
                ui.label(length(view.seconds)).classes("loa-tag")
                self._counts = ui.element("div").classes("loa-counts")
        self._drawn: object = None

    def show(self, view: SlotView) -> None:
        """Show it as it is now."""
        seen = (view.slot.withdrawn, sorted(view.counts.items()))
        if seen == self._drawn:
            return
        self._drawn = seen
        self.root.classes(add="loa-off" if view.slot.withdrawn else "", remove="" if view.slot.withdrawn else "loa-off")
        self._counts.clear()
        with self._counts:
            if view.slot.withdrawn:
                ui.label(say("state-withdrawn")).classes("loa-state loa-state-withdrawn")
            counts = {s: n for s, n in view.counts.items() if n and s is not DeliveryState.WITHDRAWN}
            for state in TROUBLE_FIRST:
                if state in counts:
                    told = say("count-of", count=counts[state], state=say(f"state-{state.value}"))
                    ui.label(told).classes(f"loa-state loa-state-{state.value}")

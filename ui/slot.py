"""One slot live: each receiver's way, and the two ways to take it back."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from fastapi.responses import RedirectResponse
from nicegui import ui

from broadcast.domain.deliveries import OVER, DeliveryState
from broadcast.domain.people import Action, Actor
from broadcast.domain.refusals import Refusal
from broadcast.domain.schedule import Slot
from broadcast.office import Office
from broadcast.view_types import DeliveryView, SlotView
from devices.vocabulary import START_WINDOW, AreaId
from ui.ages import Age
from ui.answers import Answers
from ui.area_tree import walk
from ui.deliveries import DeliveryBoard
from ui.guiding import guiding
from ui.nextlist import draw_change
from ui.repeating import draw_repeating
from ui.session import Panel, Visit, asking, tell
from ui.theme import empty, heading, show
from ui.words import length, moment, say

LOOKED_THROUGH = 500
"""Slots among which the one asked for is sought."""


def register(panel: Panel) -> None:
    """The page at /slots/{id}."""

    @ui.page("/slots/{slot_id:int}")
    async def slot(slot_id: int) -> RedirectResponse | None:
        return await show(panel, "slots", lambda visit: _draw(visit, slot_id), needs=Action.SEE_LOG)


async def _draw(visit: Visit, slot_id: int) -> None:
    view = await _view(visit, slot_id)
    slot = view.slot

    async def stop() -> None:
        async with asking():
            actor = await visit.me()
            for area in await stoppable(visit.office, actor, slot.areas):
                await visit.office.stop(actor, area)
            tell(say("stop-sent"))

    ask = _withdrawing(visit, slot)
    with ui.element("div").classes("loa-top"):
        with ui.element("div").classes("loa-heading"):
            heading(slot.title)
            with ui.element("div").classes("loa-facts"):
                ui.label(moment(slot.at)).classes("loa-strong")
                Age(slot.at)
                ui.label(length(view.seconds))
                ui.label(", ".join(view.area_names))
            if await _readable(visit, slot.bulletin):
                to = ui.link(guiding("to-bulletin"), f"/bulletins/{slot.bulletin}").classes("loa-strong")
                to.mark("to-bulletin").props("data-testid=to-bulletin")
        with ui.element("div").classes("loa-actions"):
            stopper = ui.button(say("stop"), icon="stop_circle", on_click=stop).props("unelevated no-caps")
            stopper.props("data-testid=stop").classes("loa-danger").mark("stop")
            withdrawer = ui.button(say("withdraw"), icon="undo", on_click=ask).props("outline no-caps")
            withdrawer.props("data-testid=withdraw").mark("withdraw")
    theirs = visit.over(Action.PLACE, (*slot.areas, *((slot.origin,) if slot.origin else ())))
    if theirs:
        await draw_repeating(visit, slot_id)
    nobody = ui.element("div")
    with nobody:
        empty("speaker_group", say("no-deliveries"), say("no-deliveries-hint"), (guiding("go-receivers"), "/receivers"))
    answers = Answers(visit, slot_id)
    board = DeliveryBoard()

    def draw(deliveries: tuple[DeliveryView, ...]) -> None:
        states = {d.state for d in deliveries}
        stopper.visible = visit.actor.may(Action.STOP) and DeliveryState.PLAYING in states
        last = slot.at + timedelta(seconds=view.seconds) + START_WINDOW  # what was broken off goes on until then
        early = datetime.now(UTC) < slot.at or (not states <= OVER and datetime.now(UTC) < last)
        gone = states <= {DeliveryState.WITHDRAWN} and answers.taken_back
        withdrawer.visible = theirs and early and not gone
        nobody.visible = not deliveries
        board.show(deliveries)

    async def redraw() -> None:
        await answers.refresh()
        draw(await visit.office.deliveries(visit.actor, slot_id))

    await redraw()
    visit.redraws.append(redraw)


def _withdrawing(visit: Visit, slot: Slot) -> Callable[[], Awaitable[None]]:
    """Asks whether it is to be taken back, and shows what becomes of the hours around it."""

    async def withdraw() -> None:
        sure.close()
        async with asking():
            await visit.office.withdraw_slot(await visit.me(), slot.id)
            tell(say("withdrawn"))

    async def ask() -> None:
        compared.clear()
        async with asking():
            groups = await visit.office.without(visit.actor, slot.id)
            with compared:
                draw_change(groups, ZoneInfo(visit.office.zone))
            sure.open()

    with ui.dialog() as sure, ui.card().classes("loa-dialog loa-dialog-wide"):
        ui.label(say("withdraw-sure", title=slot.title)).classes("loa-strong")
        ui.label(say("withdraw-more")).classes("loa-dim")
        compared = ui.element("div").classes("loa-wide")
        with ui.element("div").classes("loa-actions loa-end"):
            ui.button(say("cancel"), on_click=sure.close).props("flat no-caps")
            yes = ui.button(say("withdraw"), icon="undo", on_click=withdraw).props("unelevated no-caps")
            yes.props("data-testid=withdraw-yes").classes("loa-danger").mark("withdraw-yes")
    return ask


async def _readable(visit: Visit, bulletin: int) -> bool:
    """Whether its bulletin may be read by them: one of theirs, or one from above that airs where they work."""
    if not bulletin or not visit.actor.may(Action.SEE_BULLETINS):
        return False
    try:
        await visit.office.bulletin(visit.actor, bulletin)
    except Refusal:
        return False
    return True


async def _view(visit: Visit, slot_id: int) -> SlotView:
    for view in await visit.office.slots(visit.actor, LOOKED_THROUGH):
        if view.slot.id == slot_id:
            return view
    # long past: its deliveries still tell most of it
    deliveries = await visit.office.deliveries(visit.actor, slot_id)
    if not deliveries:
        raise Refusal("no-such-slot")
    first = deliveries[0]
    names = tuple(dict.fromkeys(d.area_name for d in deliveries))
    return SlotView(Slot(slot_id, 0, first.title, (), first.planned_at, 0), names, first.total_ms / 1000, {})


async def stoppable(office: Office, actor: Actor, aimed: tuple[AreaId, ...]) -> tuple[AreaId, ...]:
    """Where the actor may stop what was aimed at `aimed`: those areas of it they hold, else all they hold."""
    held = {node.id for node in walk(await office.areas(actor, Action.STOP))}
    return tuple(area for area in aimed if area in held) or actor.where(Action.STOP)

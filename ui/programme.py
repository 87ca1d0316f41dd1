"""One programme: its order, its spacing, the whole to be heard, and its way to the horns."""

from fastapi.responses import RedirectResponse
from nicegui import ui

from broadcast.agenda.programme_types import ProgrammeView
from broadcast.domain.people import Action
from ui.programme_frame import FramePanel
from ui.programme_parts import Parts
from ui.programme_sounds import Sounds
from ui.programme_whole import Whole
from ui.session import Panel, Visit, asking, tell
from ui.showing import prog
from ui.theme import show
from ui.words import say


def register(panel: Panel) -> None:
    """The page at /programmes/{id}."""

    @ui.page("/programmes/{programme:int}")
    async def programme(programme: int) -> RedirectResponse | None:
        return await show(panel, "programmes", lambda visit: _draw(visit, programme), needs=Action.SEE_BULLETINS)


async def _draw(visit: Visit, programme: int) -> None:
    office = visit.office.programmes
    view = await office.programme(visit.actor, programme)

    async def taken(fresh: ProgrammeView) -> None:
        parts.show(fresh)
        frame.show(fresh)
        await whole.show(fresh)

    async def redraw() -> None:
        await sounds.refresh()
        parts.offer(sounds.held)
        await taken(await office.programme(visit.actor, programme))

    with ui.element("div").classes("loa-desk loa-desk-programme"):
        with ui.element("section").classes("loa-panel loa-write"):
            parts = Parts(visit, view, taken)
        with ui.element("section").classes("loa-panel loa-sound"):
            frame = FramePanel(visit, view, taken)
            sounds = Sounds(visit, view)
            _dropping(visit, view)
        with ui.element("section").classes("loa-panel loa-placing"):
            whole = Whole(visit, view, taken)
    await redraw()
    visit.redraws.append(redraw)


def _dropping(visit: Visit, view: ProgrammeView) -> None:
    """Off the list, after a question."""
    if not view.writable:
        return

    async def drop() -> None:
        async with asking():
            await visit.office.programmes.drop(await visit.me(), view.id)
            visit.redraws.clear()
            tell(prog("dropped"))
            ui.navigate.to("/programmes")

    with ui.dialog() as dialog, ui.card().classes("loa-dialog"):
        ui.label(prog("drop-sure"))
        with ui.element("div").classes("loa-actions loa-end"):
            ui.button(say("cancel"), on_click=dialog.close).props("flat no-caps")
            sure = ui.button(prog("drop"), icon="delete", on_click=drop).props("unelevated no-caps")
            sure.props("data-testid=programme-drop-sure").mark("programme-drop-sure").classes("loa-danger")
    button = ui.button(prog("drop"), icon="delete", on_click=dialog.open).props("flat no-caps")
    button.props("data-testid=programme-drop").mark("programme-drop")

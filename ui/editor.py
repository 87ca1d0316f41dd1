"""Writing a bulletin: its words, what it tells of itself, its sound, and its way on the air, on one page."""

from fastapi.responses import RedirectResponse
from nicegui import events, ui

from broadcast.domain.bulletins import Origin
from broadcast.domain.people import Action
from devices.vocabulary import AreaId
from ui.autosave import Autosave
from ui.bulletin_view import draw_bulletin
from ui.company import CompanyLine
from ui.fields import FieldsPanel
from ui.foretold import LengthLine
from ui.life import LifeStrip
from ui.looking import Warnings
from ui.marks import draw_marks
from ui.placing import Placing
from ui.reading_pane import ReadingPane
from ui.session import Panel, Visit
from ui.showing import prog
from ui.sound import SoundDesk
from ui.theme import heading, show
from ui.words import say


def register(panel: Panel) -> None:
    """The page at /bulletins/{id}."""

    @ui.page("/bulletins/{bulletin_id:int}")
    async def editor(bulletin_id: int) -> RedirectResponse | None:
        return await show(panel, "bulletins", lambda visit: _draw(visit, bulletin_id), needs=Action.SEE_BULLETINS)


async def _draw(visit: Visit, bulletin_id: int) -> None:
    bulletin = (await visit.office.bulletin(visit.actor, bulletin_id)).bulletin
    if bulletin.origin is Origin.PROGRAMME:
        with ui.element("div").classes("loa-notice").props("role=note data-testid=of-programme").mark("of-programme"):
            ui.label(prog("of-programme"))
            ui.link(prog("open-programme"), f"/programmes?bulletin={bulletin_id}").classes("loa-strong")
    if bulletin.origin is Origin.PROGRAMME or not visit.over(Action.WRITE, (bulletin.area,)):
        await draw_bulletin(visit, bulletin_id)
        return

    async def flush() -> bool:
        return await page.flush() and await fields.flush()

    def meant(areas: tuple[AreaId, ...]) -> None:
        placing.intend(areas)

    with ui.element("div").classes("loa-desk"):
        with ui.element("section").classes("loa-panel loa-write"):
            heading(say("editor"))
            CompanyLine(visit.panel.company, visit.client, bulletin_id, visit.actor.id, visit.actor.name)
            life = LifeStrip(visit, bulletin_id, flush)
            page = Autosave(visit, bulletin)
            draw_marks()
            foretold = LengthLine(visit, bulletin_id, page.typed, lambda: sound.picker.choice)
            warnings = Warnings(visit, bulletin, page, life.unanswered)
            ReadingPane(visit, bulletin, page)
            fields = FieldsPanel(visit, bulletin, meant)
        with ui.element("section").classes("loa-panel loa-sound"):
            sound = SoundDesk(visit, bulletin, page.flush)
        with ui.element("section").classes("loa-panel loa-placing"):
            placing = Placing(visit, bulletin_id, flush, life.submit)

    async def hurry(event: events.GenericEventArguments) -> None:
        if isinstance(event.args, str):  # what was typed in the last moment is still on its way
            page.text.set_value(event.args)
        await sound.listen()

    page.text.on("keydown.ctrl.enter.prevent", hurry, js_handler="(e) => emit(e.target.value)")
    page.title.on("keydown.ctrl.enter.prevent", sound.listen)

    async def redraw() -> None:
        fresh = (await visit.office.bulletin(visit.actor, bulletin_id)).bulletin
        sound.show(fresh)
        await page.news(fresh)
        fields.show(fresh)
        await life.refresh()
        foretold.again()
        await placing.refresh()
        await warnings.refresh()

    page.saved = redraw
    await placing.refresh()
    await fields.offer()
    await life.refresh()
    visit.redraws.append(redraw)

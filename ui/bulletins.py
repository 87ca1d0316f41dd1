"""The bulletins, newest first, and the way to a new one."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from fastapi.responses import RedirectResponse
from nicegui import ui

from broadcast.domain.people import Action
from broadcast.view_types import BulletinView
from ui.ages import Age
from ui.board import Board
from ui.session import Panel, Visit, asking
from ui.theme import empty, heading, show
from ui.words import length, moment, say

HOW_MANY = 200


def register(panel: Panel) -> None:
    """The page at /."""

    @ui.page("/")
    async def bulletins() -> RedirectResponse | None:
        return await show(panel, "bulletins", _draw, needs=Action.SEE_BULLETINS)


async def _draw(visit: Visit) -> None:
    async def write() -> None:
        async with asking():
            day = datetime.now(UTC).astimezone(ZoneInfo(visit.office.zone))
            bulletin = await visit.office.draft(await visit.me(), say("new-title", day=f"{day:%d/%m/%Y}"), "")
            ui.navigate.to(f"/bulletins/{bulletin.id}")

    with ui.element("div").classes("loa-top"):
        heading(say("nav-bulletins"), say("bulletins-hint"))
        button = ui.button(say("write"), icon="edit", on_click=write).props("unelevated no-caps data-testid=write")
        button.classes("loa-primary").mark("write").visible = visit.actor.may(Action.WRITE)
    nothing = ui.element("div")
    with nothing:
        empty("campaign", say("bulletins-empty"), say("bulletins-empty-hint"))
    board: Board[BulletinView] = Board(ui.element("div").classes("loa-grid"), lambda v: v.bulletin.id, _BulletinCard)

    async def redraw() -> None:
        views = await visit.office.bulletins(visit.actor, HOW_MANY)
        nothing.visible = not views
        board.show(views)

    await redraw()
    visit.redraws.append(redraw)


class _BulletinCard:
    """One bulletin: its title, its beginning, whether it can be heard, when it airs next."""

    def __init__(self, view: BulletinView) -> None:
        bulletin = view.bulletin
        with ui.link(target=f"/bulletins/{bulletin.id}").classes("loa-card loa-card-link") as self.root:
            self.root.mark(f"bulletin bulletin-{bulletin.id}").props(f"data-testid=bulletin-{bulletin.id}")
            self._title = ui.label().classes("loa-card-title")
            self._text = ui.label().classes("loa-excerpt loa-dim")
            with ui.element("div").classes("loa-card-foot"):
                self._sound = ui.label().classes("loa-tag")
                self._slot = ui.label().classes("loa-tag loa-tag-slot")
                ui.space()
                self._author = ui.label().classes("loa-dim")
                self._age = Age(bulletin.updated_at)

    def show(self, view: BulletinView) -> None:
        """Show it as it is now."""
        bulletin = view.bulletin
        self._title.set_text(bulletin.title)
        self._text.set_text(bulletin.text[:160] or bulletin.upload_name or say("no-text-yet"))
        sound = bulletin.sound
        self._sound.set_text(say("has-sound", length=length(sound.seconds)) if sound else say("no-sound-yet"))
        self._sound.classes(add="loa-tag-good" if sound else "", remove="" if sound else "loa-tag-good")
        placed = [slot for slot in view.slots if not slot.withdrawn]
        self._slot.visible = bool(placed)
        if placed:
            self._slot.set_text(moment(placed[0].at))
        self._author.set_text(view.author_name)
        self._age.show(bulletin.updated_at)

"""The bulletins, newest first, and the way to a new one."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from fastapi.responses import RedirectResponse
from nicegui import ui

from broadcast.domain.bulletins import BulletinState
from broadcast.domain.people import Action
from broadcast.newsroom.life_types import BulletinAsk
from broadcast.view_types import AreaNode, BulletinView
from devices.vocabulary import AreaId, Level
from ui.ages import Age
from ui.asked import AskedList, area_options
from ui.beginning import TEMPLATES, other_ways
from ui.begun import told as begun
from ui.board import Board
from ui.guiding import guiding
from ui.life import StateTag
from ui.living import level_name, state_name, told
from ui.session import Panel, Visit, asking
from ui.theme import empty, heading, show
from ui.tour import welcome
from ui.words import length, moment, number, say

PAGE_SIZE: Final = 48


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
        with ui.element("div").classes("loa-actions"):
            button = ui.button(say("write"), icon="edit", on_click=write).props("unelevated no-caps data-testid=write")
            button.classes("loa-primary").mark("write").visible = visit.actor.may(Action.WRITE)
            other_ways(visit)
    welcome(visit, visit.tour)
    page = _List(visit, await visit.office.areas(visit.actor, Action.SEE_BULLETINS), write)
    await page.read()
    visit.redraws.append(page.read)


class _List(AskedList):
    """What is looked for, and a page of what was found."""

    def __init__(self, visit: Visit, nodes: tuple[AreaNode, ...], write: Callable[[], Awaitable[None]]) -> None:
        self._visit = visit
        ways = ((say("write"), write), (begun("from-template"), TEMPLATES)) if visit.actor.may(Action.WRITE) else ()
        with ui.element("div").classes("loa-filter"):
            self._words = ui.input(told("find"), on_change=self._asked_anew).classes("loa-find")
            self._words.props("outlined dense clearable debounce=250 type=search data-testid=find").mark("find")
            with self._words.add_slot("prepend"):
                ui.icon("search").props("aria-hidden=true")
            states = {"": told("all-states")} | {state.value: state_name(state) for state in BulletinState}
            levels = {"": told("all-levels")} | {level.value: level_name(level) for level in Level}
            self._state = self._choice(states, "", told("state"), "find-state")
            self._level = self._choice(levels, "", told("level"), "find-level")
            self._area = self._choice(area_options(nodes), "", say("area"), "find-area")
        self._wrong = ui.label().classes("loa-wrong").props("role=alert").mark("find-error")
        self._nothing = ui.element("div")
        with self._nothing:
            empty("campaign", say("bulletins-empty"), say("bulletins-empty-hint"), *ways)
        self._none = ui.element("div")
        with self._none:
            empty("search_off", told("find-none"), told("find-none-hint"), (guiding("go-all"), self._all))
        self._total = ui.label().classes("loa-dim").mark("find-total").props("role=status data-testid=find-total")
        grid = ui.element("div").classes("loa-grid")
        self._board: Board[BulletinView] = Board(grid, lambda v: v.bulletin.id, _BulletinCard)
        self._pages = self._paging("find-pages")

    async def read(self) -> None:
        """Read what is asked for, and show it."""
        ask = BulletinAsk(
            words=self._words.value or "",
            state=BulletinState(self._state.value) if self._state.value else None,
            level=Level(self._level.value) if self._level.value else None,
            area=AreaId(self._area.value) if self._area.value else None,
            page=self._page,
            page_size=PAGE_SIZE,
        )
        page = await self._visit.office.bulletins(self._visit.actor, ask)
        narrowed = ask != BulletinAsk(page=ask.page, page_size=PAGE_SIZE)
        self._wrong.set_text("")
        self._nothing.visible = not page.total and not narrowed
        self._none.visible = not page.total and narrowed
        self._total.visible = narrowed and page.total > 0
        self._total.set_text(told("find-total", count=number(page.total)))
        self._tell_total(page.total, PAGE_SIZE)
        self._board.show(page.views)

    def _all(self) -> None:
        """Everything again, whatever was looked for."""
        for field in (self._words, self._state, self._level, self._area):
            field.set_value("")


class _BulletinCard:
    """One bulletin: its title, its beginning, whether it can be heard, when it airs next."""

    def __init__(self, view: BulletinView) -> None:
        bulletin = view.bulletin
        with ui.link(target=f"/bulletins/{bulletin.id}").classes("loa-card loa-card-link") as self.root:
            self.root.mark(f"bulletin bulletin-{bulletin.id}").props(f"data-testid=bulletin-{bulletin.id}")
            self._title = ui.label().classes("loa-card-title")
            self._text = ui.label().classes("loa-excerpt loa-dim")
            with ui.element("div").classes("loa-card-foot"):
                self._state = StateTag()
                self._urgent = ui.label(level_name(Level.PRIORITY)).classes("loa-tag loa-tag-alarm")
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
        self._state.show(bulletin.state)
        self._urgent.visible = bulletin.level is not Level.ROUTINE
        sound = bulletin.sound
        self._sound.set_text(say("has-sound", length=length(sound.seconds)) if sound else say("no-sound-yet"))
        self._sound.classes(add="loa-tag-good" if sound else "", remove="" if sound else "loa-tag-good")
        placed = [slot for slot in view.slots if not slot.withdrawn]
        self._slot.visible = bool(placed)
        if placed:
            ahead = [slot for slot in placed if slot.at > datetime.now(UTC)]
            self._slot.set_text(moment((ahead or placed[:1])[-1].at))
        self._author.set_text(view.author_name)
        self._age.show(bulletin.updated_at)

"""What waits for approval, for those who may approve; and where two people are demanded."""

from fastapi.responses import RedirectResponse
from nicegui import ui

from broadcast.domain.people import Action
from broadcast.newsroom.life_types import Waiting
from broadcast.view_types import AreaNode
from devices.vocabulary import AreaId, Level
from ui.ages import Age
from ui.area_tree import walk
from ui.board import Board
from ui.guiding import guiding
from ui.living import category_name, level_name, told, validity
from ui.more import More
from ui.session import Panel, Visit, asking
from ui.theme import empty, heading, show, tagged
from ui.words import length


def register(panel: Panel) -> None:
    """The page at /approvals."""

    @ui.page("/approvals")
    async def approvals() -> RedirectResponse | None:
        return await show(panel, "approvals", _draw, needs=Action.APPROVE)


async def _draw(visit: Visit) -> None:
    heading(told("approvals"), told("approvals-hint"))
    nothing = ui.element("div")
    with nothing:
        empty("task_alt", told("approvals-empty"), told("approvals-empty-hint"), (guiding("go-bulletins"), "/"))
    board: Board[Waiting] = Board(ui.element("div").classes("loa-grid"), lambda w: w.bulletin.id, _WaitingCard)
    more = More()
    rule = _TwoPeople(visit)

    async def redraw() -> None:
        waiting = await visit.office.life.waiting(visit.actor, more.limit)
        nothing.visible = not waiting
        board.show(waiting)
        more.offer(await visit.office.life.waiting_count(visit.actor) - len(waiting))
        await rule.refresh()

    more.redraw = redraw
    await redraw()
    visit.redraws.append(redraw)


class _WaitingCard:
    """One bulletin that waits: what, how urgent, from whom, since when."""

    def __init__(self, what: Waiting) -> None:
        key = what.bulletin.id
        with ui.link(target=f"/bulletins/{key}/versions").classes("loa-card loa-card-link") as self.root:
            self.root.mark(f"waiting waiting-{key}").props(f"data-testid=waiting-{key}")
            with ui.element("div").classes("loa-card-head"):
                self._title = ui.label().classes("loa-card-title")
                self._urgent = ui.label(level_name(Level.PRIORITY)).classes("loa-tag loa-tag-alarm")
            self._text = ui.label().classes("loa-excerpt loa-dim")
            self._facts = ui.label().classes("loa-dim loa-small")
            with ui.element("div").classes("loa-card-foot"):
                self._length = ui.label().classes("loa-tag loa-tag-good")
                self._own = ui.label(told("approvals-own")).classes("loa-tag")
                ui.space()
                self._by = ui.label().classes("loa-dim")
                self._age = Age(what.at)

    def show(self, what: Waiting) -> None:
        """Show it as it is now."""
        bulletin = what.bulletin
        self._title.set_text(bulletin.title)
        self._urgent.visible = bulletin.level is not Level.ROUTINE
        self._text.set_text(bulletin.text[:160] or bulletin.upload_name)
        self._facts.set_text(f"{category_name(bulletin.category)} · {validity(bulletin.valid_until)}")
        self._length.set_text(length(what.seconds))
        self._own.visible = what.own
        self._by.set_text(what.by_name)
        self._age.show(what.at)


class _TwoPeople:
    """The areas that demand two people; whoever may set that adds and drops them."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._may = visit.actor.may(Action.SET_RULES)
        self._nodes: tuple[AreaNode, ...] = ()
        self._shown: object = None
        with ui.element("section").classes("loa-panel").mark("two-people").props("data-testid=two-people"):
            tagged("h2", told("two-people"))
            ui.label(told("two-people-hint")).classes("loa-dim")
            self._list = ui.element("div").classes("loa-chips")
            self._add = ui.select({}, label=told("two-people-add"), with_input=True, on_change=self._chosen)
            self._add.props("outlined dense options-dense data-testid=two-people-add").mark("two-people-add")
            self._add.visible = self._may

    async def refresh(self) -> None:
        """Show them as they are now."""
        if self._may and not self._nodes:
            self._nodes = await self._visit.office.areas(self._visit.actor, Action.SET_RULES)
            self._add.set_options({node.id: node.name for node in walk(self._nodes)})
        demanded = await self._visit.office.life.two_people(self._visit.actor)
        if demanded == self._shown:
            return
        self._shown = demanded
        self._list.clear()
        with self._list:
            for area, name in demanded:
                chip = ui.chip(name, removable=self._may).classes("loa-chip").mark(f"two-people-{area}")
                chip.props(f"data-testid=two-people-{area}")
                chip.props["remove-aria-label"] = told("two-people-drop", area=name)
                chip.on("remove", lambda a=area: self._set(a, demanded=False))
            if not demanded:
                ui.label(told("two-people-none")).classes("loa-dim")

    async def _chosen(self) -> None:
        if self._add.value:
            area = AreaId(self._add.value)
            self._add.set_value(None)
            await self._set(area, demanded=True)

    async def _set(self, area: AreaId, *, demanded: bool) -> None:
        async with asking():
            await self._visit.office.life.set_two_people(await self._visit.me(), area, demanded)
            await self.refresh()

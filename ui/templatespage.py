"""The templates of an area: what it has, where each comes from, and the way to one's own."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from fastapi.responses import RedirectResponse
from nicegui import ui

from broadcast.domain.fields import Category
from broadcast.domain.people import Action
from broadcast.newsroom.template_types import TemplateLine, TemplateList
from broadcast.view_types import AreaNode
from devices.vocabulary import AreaId, slug
from ui.area_tree import indented
from ui.guiding import guiding
from ui.living import category_name
from ui.session import Panel, Visit, asking, tell
from ui.template_form import draw_form, draw_new
from ui.template_ways import EDIT, LIST, NEW, ask_restore, edit_address, list_address, new_address
from ui.template_words import told, whence_told
from ui.theme import STATIC_URL, empty, heading, show
from ui.words import moment

COLUMNS: Final = ("name", "whence", "actions")


def register(panel: Panel) -> None:
    """The pages below /templates."""

    @ui.page(LIST)
    async def templates(area: str = "") -> RedirectResponse | None:
        return await show(panel, "bulletins", lambda visit: _draw(visit, area), needs=Action.EDIT_TEMPLATES)

    @ui.page(NEW)
    async def new(area: str = "", like: str = "") -> RedirectResponse | None:
        _style()
        build = lambda visit: draw_new(visit, AreaId(area), like)  # noqa: E731 - one page, one line
        return await show(panel, "bulletins", build, needs=Action.EDIT_TEMPLATES)

    @ui.page(f"{EDIT}/{{area}}/{{template}}")
    async def one(area: str, template: str) -> RedirectResponse | None:
        _style()
        build = lambda visit: draw_form(visit, AreaId(area), template)  # noqa: E731 - as above
        return await show(panel, "bulletins", build, needs=Action.EDIT_TEMPLATES)


def _style() -> None:
    ui.add_head_html(
        f'<link rel="stylesheet" href="{STATIC_URL}/templates.css"><script src="{STATIC_URL}/templates.js"></script>'
    )


async def _draw(visit: Visit, area: str) -> None:
    _style()
    page = _Templates(visit, await visit.office.areas(visit.actor, Action.EDIT_TEMPLATES), area)
    await page.read()
    visit.redraws.append(page.read)


class _Templates:
    """One area's templates, to be looked through."""

    def __init__(self, visit: Visit, nodes: tuple[AreaNode, ...], area: str) -> None:
        self._visit = visit
        self._view: TemplateList | None = None
        areas = indented(nodes)
        with ui.element("div").classes("loa-top"):
            heading(told("page"), told("page-hint"))
            with ui.element("div").classes("loa-actions"):
                new = ui.button(told("new"), icon="add", on_click=self._new).classes("loa-primary")
                new.props("unelevated no-caps data-testid=template-new").mark("template-new")
        with ui.element("div").classes("loa-filter loa-log-filter"):
            chosen = area if area in areas else next(iter(areas), None)
            self._area = ui.select(areas, value=chosen, label=told("area"), on_change=self._asked)
            self._area.props("outlined dense options-dense data-testid=templates-area").classes("loa-select")
            self._area.mark("templates-area")
            self._find = ui.input(told("find"), on_change=self._show).props("outlined dense clearable debounce=150")
            self._find.props("data-testid=templates-find autocomplete=off").mark("templates-find")
        self._wrong = ui.label().classes("loa-wrong").props("role=alert data-testid=templates-wrong")
        self._wrong.mark("templates-wrong")
        self._nothing = ui.element("div")
        self._total = ui.label().classes("loa-dim").props("role=status").mark("templates-total")
        with ui.element("table").classes("loa-table loa-templates").props("data-testid=templates") as self._table:
            with ui.element("thead"), ui.element("tr"):
                for column in COLUMNS:
                    with ui.element("th").props("scope=col"):
                        ui.label(told(f"head-{column}"))
            self._body = ui.element("tbody")

    async def read(self) -> None:
        """Read the area's templates; draw them if they are not what stands there."""
        view = await self._visit.office.forms.templates(self._visit.actor, AreaId(self._area.value))
        if view != self._view:
            self._view = view
            self._show()

    async def _asked(self) -> None:
        async with asking(self._wrong.set_text):
            self._wrong.set_text("")
            await self.read()
            address = json.dumps(list_address(AreaId(self._area.value)))
            ui.run_javascript(f"history.replaceState(null, '', {address})")

    def _new(self) -> None:
        ui.navigate.to(new_address(AreaId(self._area.value)))

    def _show(self) -> None:
        view, typed = self._view, slug(self._find.value or "")
        if view is None:
            return
        found = [x for x in view.lines if typed in slug(x.template.name)]
        self._table.visible = bool(found)
        self._total.set_text(told("total", count=len(found)))
        self._nothing.clear()
        if not found:
            with self._nothing:
                title, every = told("none-found", typed=self._find.value or ""), partial(self._find.set_value, "")
                empty("search_off", title, told("none-found-hint"), (guiding("go-all"), every))
        self._body.clear()
        with self._body:
            for line in found:
                self._line(line, view)

    def _line(self, line: TemplateLine, view: TemplateList) -> None:
        template, own = line.template, line.area == view.area
        with ui.element("tr").mark(f"template-{template.id}").props(f"data-testid=template-{template.id}") as row:
            row.classes("loa-template-hidden" if line.hidden else "")
            with _cell("name"):
                ui.link(template.name, edit_address(view.area, template.id)).classes("loa-strong").mark(
                    f"to-{template.id}"
                )
                if template.category:
                    ui.label(category_name(Category(template.category))).classes("loa-dim loa-small")
                if line.flawed:
                    ui.label(told("flawed")).classes("loa-wrong loa-small")
            with _cell("whence"):
                ui.label(whence_told(line, view.area)).mark(f"whence-{template.id}")
                if line.at is not None:
                    ui.label(told("by", name=line.by_name, at=moment(line.at))).classes("loa-dim loa-small")
            with _cell("actions"), ui.element("div").classes("loa-actions"):
                if own and line.hidden:
                    self._button("unhide", line, "visibility", lambda: self._restore(line, "unhidden"))
                    return
                word = "edit" if own else "own"
                self._button(word, line, "edit", lambda: ui.navigate.to(edit_address(view.area, template.id)))
                self._button("copy", line, "content_copy", lambda: self._copy(line))
                if own:
                    self._button("restore", line, "undo", lambda: self._ask(line))
                elif not line.hidden:
                    self._button("hide", line, "visibility_off", lambda: self._hide(line))

    @staticmethod
    def _button(word: str, line: TemplateLine, icon: str, pressed: Callable[[], Any]) -> None:
        button = ui.button(icon=icon, on_click=pressed).props("flat round")
        marker = f"{word}-{line.template.id}"
        button.props(f"data-testid={marker}").mark(marker)
        named = told(f"{word}-named", name=line.template.name)
        button.props["aria-label"] = named
        button.tooltip(named)

    def _copy(self, line: TemplateLine) -> None:
        ui.navigate.to(new_address(AreaId(self._area.value), line.template.id))

    async def _hide(self, line: TemplateLine) -> None:
        async with asking():
            me, area = await self._visit.me(), AreaId(self._area.value)
            await self._visit.office.forms.hide_template(me, area, line.template.id, "")
            await self.read()
            self._tell(told("hidden", name=line.template.name, area=self._name()))

    async def _ask(self, line: TemplateLine) -> None:
        async with asking():
            await ask_restore(self._visit, AreaId(self._area.value), line, lambda: self._restore(line, "restored"))

    async def _restore(self, line: TemplateLine, word: str) -> None:
        async with asking():
            me, area, id_ = await self._visit.me(), AreaId(self._area.value), line.template.id
            forms = self._visit.office.forms
            view = await forms.template(me, area, id_)
            if view.line != line:  # somebody has just changed it: look first
                await self.read()
                return
            await forms.restore_template(me, area, id_, view.state)
            await self.read()
            self._tell(told(word, name=line.template.name))

    def _tell(self, sentence: str) -> None:
        with self._visit.client:  # the row whose button was pressed is drawn anew by now
            tell(sentence)

    def _name(self) -> str:
        return self._view.area_name if self._view else ""


def _cell(column: str) -> ui.element:
    cell = ui.element("td")
    cell.props["data-label"] = told(f"head-{column}")
    return cell

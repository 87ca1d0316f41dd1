"""How things are read in an area and everywhere below: seen, searched, added to, and cleared of what is wrong."""

from functools import partial
from typing import Final

from fastapi.responses import RedirectResponse
from nicegui import ui

from broadcast.domain.lexicons import WORDS_LENGTH, WRITTEN_LENGTH
from broadcast.domain.people import Action
from broadcast.view_types import AreaNode, Correction, LexiconView
from devices.vocabulary import AreaId, slug
from ui.area_tree import indented
from ui.guiding import guiding
from ui.session import Panel, Visit, asking, tell
from ui.theme import empty, heading, show
from ui.words import lexicon as say
from ui.words import moment, number

SHOWN: Final = 100
"""Entries drawn at once; the rest are found by searching."""
COLUMNS: Final = ("written", "words", "area", "by", "remove")


def register(panel: Panel) -> None:
    """The page at /lexicon."""

    @ui.page("/lexicon")
    async def lexicon() -> RedirectResponse | None:
        return await show(panel, "lexicon", _draw, needs=Action.CORRECT_LEXICON)


async def _draw(visit: Visit) -> None:
    page = _Lexicon(visit, await visit.office.areas(visit.actor, Action.CORRECT_LEXICON))
    await page.read()
    visit.redraws.append(page.read)


class _Lexicon:
    """One area's entries and those from above, and the fields to add one."""

    def __init__(self, visit: Visit, nodes: tuple[AreaNode, ...]) -> None:
        self._visit = visit
        self._view: LexiconView | None = None
        heading(say("page"), say("page-hint"))
        areas = indented(nodes)
        with ui.element("div").classes("loa-filter loa-log-filter"):
            self._area = ui.select(areas, value=next(iter(areas), None), label=say("area"), on_change=self._asked)
            self._area.props("outlined dense options-dense data-testid=lexicon-area").classes("loa-select")
            self._area.mark("lexicon-area")
            self._find = ui.input(say("find"), on_change=self._show).props("outlined dense clearable debounce=150")
            self._find.props("data-testid=lexicon-find autocomplete=off").mark("lexicon-find")
        with ui.element("section").classes("loa-panel"), ui.element("div").classes("loa-lexicon-form"):
            self._written = ui.input(say("written"))
            self._written.props(f"outlined maxlength={WRITTEN_LENGTH} data-testid=lexicon-written")
            self._written.mark("lexicon-written")
            self._words = ui.input(say("words")).on("keydown.enter", self._add).mark("lexicon-words")
            self._words.props(f'outlined maxlength={WORDS_LENGTH} hint="{say("words-hint")}" data-testid=lexicon-words')
            add = ui.button(say("add"), icon="add", on_click=self._add).props("unelevated no-caps")
            add.props("data-testid=lexicon-add").mark("lexicon-add")
        self._wrong = (
            ui.label().classes("loa-wrong").props("role=alert data-testid=lexicon-wrong").mark("lexicon-wrong")
        )
        self._nothing = ui.element("div")
        self._total = ui.label().classes("loa-dim").props("role=status").mark("lexicon-total")
        with ui.element("table").classes("loa-table").props("data-testid=lexicon-table") as self._table:
            with ui.element("thead"), ui.element("tr"):
                for column in COLUMNS:
                    with ui.element("th").props("scope=col"):
                        ui.label(say(f"head-{column}"))
            self._body = ui.element("tbody")

    async def read(self) -> None:
        """Read the area's entries; draw them if they are not what stands there."""
        view = await self._visit.office.lexicon(self._visit.actor, AreaId(self._area.value))
        if view != self._view:
            self._view = view
            self._show()

    async def _asked(self) -> None:
        async with asking(self._wrong.set_text):
            self._wrong.set_text("")
            await self.read()

    def _show(self) -> None:
        view, typed = self._view, (self._find.value or "").strip()
        if view is None:
            return
        found = [c for c in view.entries if _found(c, typed)]
        self._table.visible = self._total.visible = bool(found)
        cut = len(found) > SHOWN
        count = say("total-cut", count=number(len(found)), shown=SHOWN) if cut else say("total", count=len(found))
        self._total.set_text(count)
        self._nothing.clear()
        with self._nothing:
            if not view.entries:
                first = partial(self._written.run_method, "focus")
                empty("record_voice_over", say("empty"), say("empty-hint"), (say("add"), first))
            elif not found:
                every = partial(self._find.set_value, "")
                empty("search_off", say("none-found", typed=typed), say("none-found-hint"), (guiding("go-all"), every))
        self._body.clear()
        with self._body:
            for correction in found[:SHOWN]:
                self._line(correction, view.area)

    def _line(self, entry: Correction, area: AreaId) -> None:
        with ui.element("tr").mark("lexicon-row"):
            with _cell("written"):
                ui.label(entry.written).classes("loa-strong")
            with _cell("words"):
                ui.label(entry.words)
            with _cell("area"):
                ui.label(entry.area_name)
                if entry.area != area:
                    ui.label(say("from-above")).classes("loa-dim loa-small")
            with _cell("by"):
                ui.label(entry.by_name)
                if entry.at is not None:
                    ui.label(moment(entry.at)).classes("loa-dim loa-small")
            with _cell("remove") if entry.area == area else ui.element("td"):
                if entry.area == area:
                    button = ui.button(icon="delete", on_click=lambda: self._remove(entry.written))
                    button.props("flat round data-testid=lexicon-remove").mark("lexicon-remove")
                    button.props["aria-label"] = say("remove", written=entry.written)

    async def _add(self) -> None:
        written, words = self._written.value or "", self._words.value or ""
        self._wrong.set_text("")
        async with asking(self._wrong.set_text):
            await self._visit.office.put_word(await self._visit.me(), AreaId(self._area.value), written, words)
            self._written.set_value("")
            self._words.set_value("")
            await self.read()
            tell(say("added", written=" ".join(written.split())))

    async def _remove(self, written: str) -> None:
        async with asking(self._wrong.set_text):
            await self._visit.office.drop_word(await self._visit.me(), AreaId(self._area.value), written)
            await self.read()
            tell(say("removed", written=written))


def _found(entry: Correction, typed: str) -> bool:
    """Whether it is looked for; tone marks need not be typed."""
    if not typed:
        return True
    one = typed.casefold()
    if one in entry.written.casefold() or one in entry.words.casefold():
        return True
    plain = slug(typed)
    return bool(plain) and (plain in slug(entry.written) or plain in slug(entry.words))


def _cell(column: str) -> ui.element:
    cell = ui.element("td")
    cell.props["data-label"] = say(f"head-{column}")
    return cell

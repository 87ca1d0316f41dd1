"""The sheet on which a template is written: its words with gaps, its fields, and what it becomes with the examples."""

import json
from collections.abc import Callable, Iterable
from typing import Any, Final

from nicegui import ui
from nicegui.elements.mixins.validation_element import ValidationElement

from broadcast.domain.fields import Category
from broadcast.domain.template_flaws import NAME_LENGTH, TEXT_LENGTH, WRITTEN_TITLE, Found
from broadcast.domain.template_writing import Written, renamed, sketched
from broadcast.domain.templates import CATEGORIES
from devices.vocabulary import Level
from ui.living import category_name, level_name
from ui.template_rows import Rows
from ui.template_words import flaw_told, told
from ui.theme import tagged

BROWSER: Final = ("name", "title", "text")
"""What the browser keeps letter by letter."""


class Sheet:
    """What is written. `changed` is called when the person has changed something; `key` names it to their browser.

    The two parts are drawn by `draw_words` and `draw_preview`, each where it is called.
    """

    def __init__(self, key: Callable[[str], str], changed: Callable[[], None]) -> None:
        self._key, self._told = key, changed
        self._quiet = True
        self._shown_gaps: list[str] | None = None

    def draw_words(self) -> None:
        """All that is filled in."""
        self._words()
        self._rows = Rows(self._changed, self._renamed)
        self._ends = ui.select({"": told("ends-none")}, value="", label=told("ends"), on_change=self._changed)
        self._ends.props("outlined options-dense data-testid=template-ends").mark("template-ends")

    def draw_preview(self) -> None:
        """What it becomes."""
        tagged("h2", told("preview"))
        self._preview_title = ui.label().classes("loa-card-title").mark("preview-title")
        self._preview_title.props("data-testid=preview-title")
        self._preview = ui.label().mark("preview-text").style("white-space: pre-wrap")
        self._preview.props("data-testid=preview-text")

    def typed(self) -> dict[str, ValidationElement[Any]]:
        """The inputs of which the browser keeps every letter."""
        return {"name": self._name, "title": self._title, "text": self._text}

    def commit(self) -> None:
        """Have the gaps follow the labels as they are now."""
        self._rows.commit()

    def fill(self, what: Written) -> None:
        """Show this; nobody is told."""
        self._quiet = True
        self._name.set_value(what.name)
        self._category.set_value(what.category or None)
        self._level.set_value(what.level.value if what.level is not Level.EMERGENCY else Level.PRIORITY.value)
        self._title.set_value(what.title)
        self._text.set_value(what.text)
        self._rows.fill(what.fields)
        self._offer_ends(what.ends)
        self._quiet = False
        self._look()

    def read(self) -> Written:
        """As it stands here."""
        pending = self._rows.pending()
        return Written(
            name=self._name.value or "",
            category=self._category.value or "",
            level=Level(self._level.value or Level.ROUTINE.value),
            title=renamed(self._title.value or "", pending),
            text=renamed(self._text.value or "", pending),
            fields=self._rows.read(),
            ends=self._rows.days().get(self._ends.value or "", ""),
        )

    def blame(self, flaws: Iterable[Found]) -> None:
        """Tell each flaw in its place, and go to the first."""
        parts = self._parts()
        first = None
        for found in flaws:
            made = parts.get(found.part)
            if made is not None and not made.error:
                made.error = flaw_told(found)
                first = first or made
        if first is not None:
            first.run_method("focus")

    def _changed(self) -> None:
        if self._quiet:
            return
        self._quiet = True
        self._offer_ends(self._ends.value or "")
        self._quiet = False
        self._unblame()
        self._look()
        self._told()

    def _words(self) -> None:
        self._name = ui.input(told("name"), on_change=self._changed)
        self._name.props(f"outlined autocomplete=off maxlength={NAME_LENGTH} debounce=200")
        self._name.props["hint"] = told("name-hint")
        kinds = {kind: category_name(Category(kind)) for kind in CATEGORIES}
        self._category = ui.select(kinds, label=told("category"), on_change=self._changed)
        self._category.props("outlined options-dense data-testid=template-category").mark("template-category")
        levels = {one.value: level_name(one) for one in (Level.ROUTINE, Level.PRIORITY)}
        self._level = ui.toggle(levels, on_change=self._changed).classes("loa-toggle").mark("template-level")
        self._level.props(f"no-caps unelevated spread data-testid=template-level aria-label='{told('level')}'")
        self._title = ui.input(told("title"), on_change=self._changed)
        self._title.props(f"outlined autocomplete=off maxlength={WRITTEN_TITLE} debounce=200 data-gap=true")
        self._text = ui.textarea(told("text"), on_change=self._changed)
        self._text.props(f"outlined autogrow maxlength={TEXT_LENGTH} debounce=200 data-gap=true")
        for part, made in zip(BROWSER, (self._name, self._title, self._text), strict=True):
            made.props(f'data-testid=template-{part} data-draft="{self._key(part)}"').mark(f"template-{part}")
        self._gaps = ui.element("div").classes("loa-template-gaps").mark("gaps").props("data-testid=gaps role=group")
        self._gaps.props["aria-label"] = told("gaps")
        ui.label(told("optional-hint")).classes("loa-dim loa-small")

    def _offer_ends(self, chosen: str) -> None:
        days = self._rows.days()
        kept = chosen if chosen in days else ""
        options = {"": told("ends-none")} | {day: day for day in days}
        if options != self._ends.options or kept != self._ends.value:
            self._ends.set_options(options, value=kept)

    def _renamed(self, labels: dict[str, str]) -> None:
        self._quiet = True
        for made in (self._title, self._text):
            made.set_value(renamed(made.value or "", labels))
        chosen = self._ends.value or ""
        self._offer_ends(labels.get(chosen, chosen))
        self._quiet = False

    def _look(self) -> None:
        what = self.read()
        template = sketched("x", what)
        title, text = template.sketch({f.key: f.example for f in template.fields})
        self._preview_title.set_text(title)
        self._preview.set_text(text)
        labels = list(dict.fromkeys(row.named for row in self._rows.rows if row.named))
        if labels != self._shown_gaps:
            self._shown_gaps = labels
            self._draw_gaps(labels)

    def _draw_gaps(self, labels: list[str]) -> None:
        self._gaps.clear()
        with self._gaps:
            ui.label(told("gaps") if labels else told("gaps-none")).classes("loa-dim loa-small")
            for number, label in enumerate(labels):
                self._gap(f"{{{label}}}", label, f"gap-{number}")
            self._gap("[[]]", told("gap-optional"), "gap-optional")

    @staticmethod
    def _gap(put: str, shown: str, marker: str) -> None:
        button = ui.button(shown).props(f"outline no-caps dense data-testid={marker}").mark(marker)
        button.classes("loa-template-gap").props["aria-label"] = told("gap-put", gap=shown)
        # the field keeps its focus, and a phone its keyboard
        button.on("mousedown.prevent", js_handler="() => {}")
        button.on("click", js_handler=f"() => loaGap.put({json.dumps(put)})")

    def _parts(self) -> dict[str, ValidationElement[Any]]:
        parts: dict[str, ValidationElement[Any]] = {
            "name": self._name,
            "category": self._category,
            "title": self._title,
            "text": self._text,
            "ends": self._ends,
        }
        for number, row in enumerate(self._rows.rows):
            parts |= {f"field-{number}-{part}": made for part, made in row.parts().items()}
        return parts

    def _unblame(self) -> None:
        for made in self._parts().values():
            if made.error:
                made.error = None

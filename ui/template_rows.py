"""The fields of a template as they are being written: one row each, added, moved, removed."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, Final

from nicegui import ui
from nicegui.elements.mixins.validation_element import ValidationElement

from broadcast.domain.template_flaws import CHOICE_LENGTH, CHOICES, FIELDS, LABEL_LENGTH
from broadcast.domain.template_writing import WrittenField
from broadcast.domain.templates import PARAGRAPH, FieldType
from ui.template_words import told
from ui.theme import tagged

EVERY_TYPE: Final = tuple(FieldType)


class Row:
    """One field. `named`: the label by which its gaps go in title and text."""

    def __init__(self, rows: "Rows", number: int, one: WrittenField, named: str) -> None:
        self.named = named
        name = f"field-{number}"
        with ui.element("fieldset").classes("loa-template-field").mark(name).props(f"data-testid={name}"):
            with ui.element("legend"):
                ui.label(told("field", number=number + 1)).classes("loa-inline")
            self.label = ui.input(told("field-label"), value=one.label, on_change=rows.typed)
            self.label.props(f"outlined autocomplete=off maxlength={LABEL_LENGTH} debounce=200")
            self.label.on("blur", rows.commit)
            types = {t.value: told(f"type-{t.value}") for t in EVERY_TYPE}
            self.type = ui.select(types, value=one.type.value, label=told("field-type"), on_change=rows.retyped)
            self.type.props("outlined options-dense")
            self.example = ui.textarea(told("field-example"), value=one.example, on_change=rows.typed)
            self.example.props(f"outlined autogrow rows=1 maxlength={PARAGRAPH} debounce=200")
            choices = "\n".join(one.choices)
            self.choices = ui.textarea(told("field-choices"), value=choices, on_change=rows.typed)
            longest = CHOICES * (CHOICE_LENGTH + 1)
            self.choices.props(f"outlined autogrow maxlength={longest} debounce=200").classes("loa-template-choices")
            self.choices.visible = one.type is FieldType.CHOICE
            with ui.element("div").classes("loa-template-field-foot"):
                self.required = ui.checkbox(told("field-required"), value=one.required, on_change=rows.typed)
                self.required.props(f"data-testid={name}-required").mark(f"{name}-required")
                ui.space()
                self._button(rows, "up", "arrow_upward", number, lambda: rows.move(number, -1))
                self._button(rows, "down", "arrow_downward", number, lambda: rows.move(number, 1))
                self._button(rows, "remove", "delete", number, lambda: rows.remove(number))
        for part, made in self.parts().items():
            made.props(f"data-testid={name}-{part}").mark(f"{name}-{part}")

    def parts(self) -> dict[str, ValidationElement[Any]]:
        """Where flaws are told."""
        return {"label": self.label, "type": self.type, "example": self.example, "choices": self.choices}

    def read(self) -> WrittenField:
        """The field as it stands here."""
        type_ = FieldType(self.type.value)
        lines = (self.choices.value or "").split("\n") if type_ is FieldType.CHOICE else []
        return WrittenField(
            label=self.label.value or "",
            type=type_,
            required=bool(self.required.value),
            example=self.example.value or "",
            choices=tuple(x.strip() for x in lines if x.strip()),
        )

    @staticmethod
    def _button(rows: "Rows", word: str, icon: str, number: int, pressed: Callable[[], None]) -> None:
        button = ui.button(icon=icon, on_click=pressed).props(f"flat round data-testid=field-{number}-{word}")
        button.mark(f"field-{number}-{word}")
        button.props["aria-label"] = told(f"field-{word}", label=rows.label_of(number))


class Rows:
    """All of them. `changed` is called for whatever is changed, `renamed` with labels that became others."""

    def __init__(self, changed: Callable[[], None], renamed: Callable[[dict[str, str]], None]) -> None:
        self._changed, self._renamed = changed, renamed
        self._fields: tuple[WrittenField, ...] = ()
        self.rows: list[Row] = []
        tagged("h2", told("fields"))
        self._box = ui.element("div").classes("loa-template-fields")
        self._add = ui.button(told("field-add"), icon="add", on_click=self.add).props("outline no-caps")
        self._add.props("data-testid=field-add").mark("field-add")

    def fill(self, fields: Iterable[WrittenField]) -> None:
        """Show these; nobody is told."""
        self._draw([(one, one.label) for one in fields])

    def read(self) -> tuple[WrittenField, ...]:
        """As they stand here."""
        return tuple(row.read() for row in self.rows)

    def label_of(self, number: int) -> str:
        """What a field is called, its number where it has no name yet."""
        label = self._fields[number].label if number < len(self._fields) else ""
        return f"“{label}”" if label.strip() else str(number + 1)

    def typed(self) -> None:
        """Something in a row was changed."""
        self._changed()

    def retyped(self) -> None:
        """A field is of another type now."""
        for row in self.rows:
            row.choices.visible = row.type.value == FieldType.CHOICE.value
        self._changed()

    def pending(self) -> dict[str, str]:
        """Labels that became others and are not yet so in the gaps: was > is; only where no two are alike."""
        labels = [self._label(row) for row in self.rows]
        return {
            row.named: label
            for row, label in zip(self.rows, labels, strict=True)
            if row.named and label and label != row.named and labels.count(label) == 1
        }

    def commit(self) -> None:
        """Let the gaps follow the labels, once these are written out."""
        pending = self.pending()
        for row in self.rows:
            row.named = pending.get(row.named, row.named or self._label(row))
        if pending:
            self._renamed(pending)
        self._changed()

    def days(self) -> dict[str, str]:
        """Fields that are days: the label by which their gaps go > the label as it stands."""
        return {row.named: self._label(row) for row in self.rows if row.named and row.type.value == FieldType.DATE}

    def add(self) -> None:
        """One more, at the end."""
        if len(self.rows) < FIELDS:
            self._rearrange([*self._held(), (WrittenField(), "")], f"field-{len(self.rows)}-label")

    def remove(self, number: int) -> None:
        """Without that one; its gaps stay in the text, and are told when it is saved."""
        held = self._held()
        del held[number]
        self._rearrange(held, "field-add")

    def move(self, number: int, by: int) -> None:
        """Another place for that one."""
        held, to = self._held(), number + by
        if 0 <= to < len(held):
            held[number], held[to] = held[to], held[number]
            self._rearrange(held, f"field-{to}-{'up' if by < 0 else 'down'}")

    @staticmethod
    def _label(row: Row) -> str:
        return " ".join((row.label.value or "").split())

    def _held(self) -> list[tuple[WrittenField, str]]:
        return [(row.read(), row.named) for row in self.rows]

    def _rearrange(self, held: list[tuple[WrittenField, str]], focus: str) -> None:
        self._draw(held)
        self._changed()
        self._box.client.run_javascript(f"loaGap.focus('{focus}')")  # the button that was pressed may be gone

    def _draw(self, held: list[tuple[WrittenField, str]]) -> None:
        self._fields = tuple(replace(one, label=" ".join(one.label.split())) for one, _ in held)
        self._box.clear()
        with self._box:
            self.rows = [Row(self, number, one, named) for number, (one, named) in enumerate(held)]
        self._add.set_enabled(len(held) < FIELDS)

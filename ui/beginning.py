"""Beginning a bulletin otherwise than with an empty page: from a template, from a document."""

from typing import Any, Final

from fastapi.responses import RedirectResponse
from nicegui import app, ui
from nicegui.elements.mixins.validation_element import ValidationElement

from broadcast.domain.fields import Category
from broadcast.domain.people import Action
from broadcast.domain.refusals import Refusal
from broadcast.domain.templates import LINE, PARAGRAPH, Fault, Field, FieldType, NotFilled, Template
from ui.begun import fault_told, told
from ui.from_file import draw_from_file
from ui.living import category_name
from ui.session import Panel, Visit, asking
from ui.template_words import told as template_told
from ui.theme import heading, show, tagged
from ui.words import refusal

TEMPLATES: Final = "/bulletins/template"
FILE: Final = "/bulletins/file"
FORMS_KEY: Final = "forms"
FORMS: Final = 4
"""Forms that were begun and are kept."""


def register(panel: Panel) -> None:
    """The pages below /bulletins/template, and /bulletins/file."""

    @ui.page(TEMPLATES)
    async def templates() -> RedirectResponse | None:
        return await show(panel, "bulletins", _draw_templates, needs=Action.WRITE)

    @ui.page(f"{TEMPLATES}/{{template}}")
    async def one(template: str) -> RedirectResponse | None:
        return await show(panel, "bulletins", lambda visit: _draw_one(visit, template), needs=Action.WRITE)

    @ui.page(FILE)
    async def file() -> RedirectResponse | None:
        return await show(panel, "bulletins", draw_from_file, needs=Action.WRITE)


def other_ways(visit: Visit) -> None:
    """The buttons that stand beside "Soạn bản tin"."""
    if not visit.actor.may(Action.WRITE):
        return
    for name, icon, address in (("from-template", "library_books", TEMPLATES), ("from-file", "description", FILE)):
        button = ui.button(told(name), icon=icon, on_click=lambda address=address: ui.navigate.to(address))
        button.props(f"outline no-caps data-testid={name}").mark(name)


async def _draw_templates(visit: Visit) -> None:
    with ui.element("div").classes("loa-top"):
        heading(told("templates"), told("templates-hint"))
        if visit.actor.may(Action.EDIT_TEMPLATES):
            edit = ui.button(template_told("to-page"), icon="edit", on_click=lambda: ui.navigate.to("/templates"))
            edit.props("outline no-caps data-testid=edit-templates").mark("edit-templates")
    with ui.element("div").classes("loa-grid"):
        for template in await visit.office.templates(visit.actor):
            marker = f"template-{template.id}"
            with ui.link(target=f"{TEMPLATES}/{template.id}").classes("loa-card loa-card-link").mark(marker) as card:
                card.props(f"data-testid={marker}")
                ui.label(template.name).classes("loa-card-title")
                ui.label(category_name(Category(template.category))).classes("loa-dim loa-small")


async def _draw_one(visit: Visit, wanted: str) -> None:
    template = next((t for t in await visit.office.templates(visit.actor) if t.id == wanted), None)
    if template is None:
        raise Refusal("no-such-template")
    with ui.element("div").classes("loa-top"):
        heading(template.name, told("template-hint"))
        ui.link(told("other-template"), TEMPLATES).classes("loa-strong").mark("other-template")
    Form(visit, template)


class Form:
    """The fields of a template, and the bulletin as it comes about."""

    def __init__(self, visit: Visit, template: Template) -> None:
        self._visit, self._template = visit, template
        self._inputs: dict[str, ValidationElement[Any]] = {}
        kept = app.storage.user.get(FORMS_KEY, {}).get(template.id, {})
        with ui.element("div").classes("loa-desk"):
            with ui.element("section").classes("loa-panel loa-write"):
                for field in template.fields:
                    self._inputs[field.key] = self._input(field, kept.get(field.key) or "")
                self._wrong = ui.label().classes("loa-wrong").mark("template-error")
                self._wrong.props("role=alert data-testid=template-error")
                self._button = ui.button(told("create"), icon="check", on_click=self._create).classes("loa-primary")
                self._button.props("unelevated no-caps data-testid=create").mark("create")
            with ui.element("section").classes("loa-panel loa-placing"):
                tagged("h2", told("preview"))
                self._title = ui.label().classes("loa-card-title").mark("preview-title")
                self._text = ui.label().mark("preview-text").style("white-space: pre-wrap")
                self._text.props("data-testid=preview-text")
        self._look()

    def _input(self, field: Field, kept: str) -> ValidationElement[Any]:
        label = field.label if field.required else told("optional", label=field.label)
        hint = told("example", example=field.example)
        made: ui.select | ui.input | ui.textarea
        if field.type is FieldType.CHOICE:
            chosen = kept if kept in field.choices else None
            made = ui.select(list(field.choices), label=label, value=chosen, clearable=not field.required)
            made.props("options-dense")
        elif field.type is FieldType.PARAGRAPH:
            made = ui.textarea(label, value=kept).props(f"autogrow maxlength={PARAGRAPH} debounce=200")
        else:
            keys = "numeric" if field.type is FieldType.DATE else "text"
            made = ui.input(label, value=kept).props(f"autocomplete=off maxlength={LINE} inputmode={keys} debounce=200")
        made.on_value_change(lambda: self._typed(field.key))
        made.props["hint"] = hint
        made.props["aria-required"] = "true" if field.required else "false"
        made.props(f"outlined data-testid=field-{field.key}").mark(f"field-{field.key}")
        return made

    def _values(self) -> dict[str, str]:
        return {key: str(made.value or "") for key, made in self._inputs.items()}

    def _typed(self, key: str) -> None:
        self._inputs[key].error = None
        self._keep(self._values())
        self._look()

    def _keep(self, values: dict[str, str]) -> None:
        """In the person's storage, until the bulletin is made: of the templates that were filled in last."""
        kept: dict[str, dict[str, str]] = dict(app.storage.user.get(FORMS_KEY, {}))
        kept.pop(self._template.id, None)
        if any(values.values()):
            kept[self._template.id] = values
        app.storage.user[FORMS_KEY] = dict(list(kept.items())[-FORMS:])

    def _look(self) -> None:
        title, text = self._template.sketch(self._values())
        self._title.set_text(title)
        self._text.set_text(text)

    async def _create(self) -> None:
        self._wrong.set_text("")
        async with asking(self._wrong.set_text):
            try:
                made = await self._visit.office.from_template(await self._visit.me(), self._template.id, self._values())
            except NotFilled as no:
                self._blame(no.faults)
                self._wrong.set_text(refusal(no))
                return
            self._keep({})
            ui.navigate.to(f"/bulletins/{made.id}")

    def _blame(self, faults: dict[str, Fault]) -> None:
        for key, made in self._inputs.items():
            fault = faults.get(key)
            made.error = fault_told(fault) if fault else None
        first = next(key for key in self._inputs if key in faults)
        self._inputs[first].run_method("focus")

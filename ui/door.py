"""What the pages before the login share: a card in the middle, a password field, the other language."""

from collections.abc import Iterator
from contextlib import contextmanager

from nicegui import app, ui

from ui.session import dress
from ui.theme import STATIC_URL, head, tagged
from ui.words import LANGUAGE_KEY, say


@contextmanager
def card(page_title: str, title: str, hint: str) -> Iterator[None]:
    """A page that is one card with our sign; inside it the rest is drawn."""
    dress(ui.context.client)
    head(page_title)
    with ui.element("main").classes("loa-door"), ui.element("div").classes("loa-door-card"):
        with ui.element("div").classes("loa-door-brand"):
            ui.element("img").props(f"src={STATIC_URL}/loa.svg alt='' width=56 height=56")
            tagged("h1", title)
            ui.label(hint).classes("loa-dim")
        yield


def other_language() -> None:
    """The page again in the other language."""
    client = ui.context.client

    def change() -> None:
        app.storage.user[LANGUAGE_KEY] = "vi" if client.storage[LANGUAGE_KEY] == "en" else "en"
        ui.navigate.reload()

    ui.button(say("other-language"), icon="language", on_click=change).props("flat no-caps").mark("language")


def password_field(label: str, marker: str, autocomplete: str) -> ui.input:
    """A field for a password, which can be looked at."""
    field = ui.input(label, password=True).props(f"outlined autocomplete={autocomplete}")
    field.props(f"data-testid={marker}").mark(marker)
    with field.add_slot("append"):
        _peephole(field)
    return field


def _peephole(password: ui.input) -> None:
    def toggle() -> None:
        hidden = password.props["type"] == "password"
        password.props["type"] = "text" if hidden else "password"
        button.props["icon"] = "visibility_off" if hidden else "visibility"

    button = ui.button(icon="visibility", on_click=toggle).props(f'flat round aria-label="{say("show-password")}"')

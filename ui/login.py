"""The way in."""

from fastapi.responses import RedirectResponse
from nicegui import app, ui

from broadcast.domain.people import Actor
from ui.session import PERSON_KEY, Panel, address_of, arrive, asking, dress, local
from ui.theme import STATIC_URL, head, tagged
from ui.words import LANGUAGE_KEY, say


def register(panel: Panel) -> None:
    """The page at /login; `to` is where the person wanted to go."""

    @ui.page("/login")
    async def login(to: str = "/") -> RedirectResponse | None:
        if not isinstance(await arrive(panel), RedirectResponse):
            return RedirectResponse(local(to), status_code=303)
        _draw(panel, local(to))
        return None


def _draw(panel: Panel, to: str) -> None:
    client = ui.context.client
    dress(client)
    head(say("log-in"))

    async def enter() -> None:
        wrong.set_text("")
        button.props("loading")
        who: Actor | None = None
        async with asking(_refused):
            who = await panel.office.log_in(login.value or "", password.value or "", address_of(panel, client.request))
        button.props(remove="loading")
        if who is not None:
            app.storage.user[PERSON_KEY] = who.id
            ui.navigate.to(to)

    def _refused(sentence: str) -> None:
        wrong.set_text(sentence)
        password.set_value("")
        password.run_method("focus")

    def other_language() -> None:
        app.storage.user[LANGUAGE_KEY] = "vi" if client.storage[LANGUAGE_KEY] == "en" else "en"
        ui.navigate.reload()

    with ui.element("main").classes("loa-door"), ui.element("div").classes("loa-door-card"):
        with ui.element("div").classes("loa-door-brand"):
            ui.element("img").props(f"src={STATIC_URL}/loa.svg alt='' width=56 height=56")
            tagged("h1", "Loa Làng")
            ui.label(say("tagline")).classes("loa-dim")
        login = ui.input(say("login")).props("outlined autofocus autocomplete=username autocapitalize=none")
        login.props("spellcheck=false data-testid=login").mark("login").on("keydown.enter", enter)
        password = ui.input(say("password"), password=True).props("outlined autocomplete=current-password")
        password.props("data-testid=password").mark("password").on("keydown.enter", enter)
        with password.add_slot("append"):
            _peephole(password)
        wrong = ui.label().classes("loa-wrong").props("role=alert data-testid=login-error").mark("login-error")
        button = ui.button(say("log-in"), on_click=enter).classes("loa-wide").props("unelevated no-caps")
        button.props("data-testid=log-in").mark("log-in")
        ui.label(say("log-in-hint")).classes("loa-dim loa-small")
        ui.button(say("other-language"), icon="language", on_click=other_language).props("flat no-caps").mark(
            "language"
        )


def _peephole(password: ui.input) -> None:
    def toggle() -> None:
        hidden = password.props["type"] == "password"
        password.props["type"] = "text" if hidden else "password"
        button.props["icon"] = "visibility_off" if hidden else "visibility"

    button = ui.button(icon="visibility", on_click=toggle).props(f'flat round aria-label="{say("show-password")}"')

"""The way in."""

from typing import Final
from urllib.parse import quote

from fastapi.responses import RedirectResponse
from nicegui import ui

from broadcast.domain.refusals import Refusal
from ui.door import card, other_language, password_field
from ui.entering import Doorway
from ui.session import Panel, address_of, arrive, asking, local
from ui.words import say

LOGIN_SHOWN: Final = 32
"""As long a login is offered."""


def register(panel: Panel, doorway: Doorway) -> None:
    """The page at /login; `to` is where the person wanted to go, `name` the login of who has just chosen a password."""

    @ui.page("/login")
    async def login(to: str = "/", refused: str = "", name: str = "") -> RedirectResponse | None:
        if not isinstance(await arrive(panel), RedirectResponse):
            return RedirectResponse(local(to), status_code=303)
        _draw(panel, doorway, local(to), refused, name[:LOGIN_SHOWN])
        return None


def _draw(panel: Panel, doorway: Doorway, to: str, refused: str, known: str) -> None:
    client = ui.context.client

    async def enter() -> None:
        wrong.set_text("")
        button.props("loading")
        async with asking(_refused):
            await _prove()
        button.props(remove="loading")

    async def _prove() -> None:
        address = address_of(panel, client.request)
        typed = login.value or "", password.value or "", code.value or ""
        try:
            who = await panel.office.accounts.log_in(*typed, address)
        except Refusal as no:
            if no.code not in {"code-needed", "bad-code"}:
                raise
            code.visible = hint.visible = True
            code.set_value("")
            code.run_method("focus")
            if no.code == "bad-code":
                wrong.set_text(say("code-wrong"))
            return
        await doorway.enter(who, client.request, to)

    def _refused(sentence: str) -> None:
        wrong.set_text(sentence)
        password.set_value("")
        password.run_method("focus")

    with card(say("log-in"), "Loa Làng", say("tagline")):
        login = ui.input(say("login"), value=known).props("outlined autocomplete=username autocapitalize=none")
        login.props("spellcheck=false data-testid=login").mark("login").on("keydown.enter", enter)
        password = password_field(say("password"), "password", "current-password").on("keydown.enter", enter)
        (password if known else login).props("autofocus")
        hint = ui.label(say("code-hint")).classes("loa-dim loa-small")
        code = ui.input(say("code")).props("outlined autocomplete=one-time-code autocapitalize=none spellcheck=false")
        code.props("data-testid=code").mark("code").on("keydown.enter", enter)
        code.visible = hint.visible = False
        wrong = ui.label().classes("loa-wrong").props("role=alert data-testid=login-error").mark("login-error")
        button = ui.button(say("log-in"), on_click=enter).classes("loa-wide").props("unelevated no-caps")
        button.props("data-testid=log-in").mark("log-in")
        if panel.office.accounts.sign_on is not None:
            name = panel.office.accounts.sign_on_name
            with ui.link(target=f"/oidc/start?to={quote(to)}").classes("loa-sign-on").mark("sign-on") as link:
                ui.label(say("sign-on", name=name))
            link.props("data-testid=sign-on")
            if refused in {"oidc-failed", "oidc-unknown"}:
                wrong.set_text(say(f"sign-on-{refused.removeprefix('oidc-')}"))
        ui.label(say("log-in-hint")).classes("loa-dim loa-small")
        other_language()

"""Pages for people who cannot log in yet: the very first of a house, and whoever was sent a link."""

from urllib.parse import quote

from fastapi import Request
from nicegui import ui

from broadcast.domain.audit import whence
from broadcast.domain.refusals import Refusal
from ui.door import card, other_language, password_field
from ui.entering import Doorway
from ui.session import SESSION_COOKIE, Panel, address_of, asking
from ui.words import refusal, say


def register(panel: Panel, doorway: Doorway) -> None:
    """The pages at /setup/{word} and /invited/{token}."""

    @ui.page("/setup/{word}")
    async def setup(word: str, request: Request) -> None:
        accounts = panel.office.accounts
        if not (await accounts.first_open() and accounts.first_fits(word)):
            _closed(say("setup-over"))
            return
        _draw_setup(panel, doorway, word, request)

    @ui.page("/invited/{token}")
    async def invited(token: str) -> None:
        try:
            who = await panel.office.accounts.invited(token)
        except Refusal as no:
            _closed(refusal(no))
            return
        _draw_invited(panel, token, who.name, who.login)


def _closed(sentence: str) -> None:
    with card(say("log-in"), "Loa Làng", say("tagline")):
        ui.label(sentence).mark("door-closed").props("data-testid=door-closed")
        ui.link(say("log-in"), "/login").classes("loa-strong")
        other_language()


def _draw_setup(panel: Panel, doorway: Doorway, word: str, request: Request) -> None:
    async def begin() -> None:
        wrong.set_text("")
        whence.set(address_of(panel, request))
        async with asking(wrong.set_text):
            if password.value != again.value:
                wrong.set_text(say("password-twice"))
                return
            who = await panel.office.accounts.first_begin(
                word, login.value or "", name.value or "", password.value or "", broadcasts=bool(broadcasts.value)
            )
            await doorway.enter(who, request, "/people")

    with card(say("setup-title"), say("setup-title"), say("setup-hint")):
        name = ui.input(say("person-name")).props("outlined autofocus autocomplete=name data-testid=name").mark("name")
        login = ui.input(say("login")).props("outlined autocomplete=username autocapitalize=none spellcheck=false")
        login.props("data-testid=login").mark("login")
        password = password_field(say("password-new"), "password", "new-password")
        again = password_field(say("password-again"), "password-again", "new-password")
        broadcasts = ui.switch(say("setup-broadcasts")).mark("broadcasts").props("data-testid=broadcasts")
        wrong = ui.label().classes("loa-wrong").props("role=alert data-testid=setup-error").mark("setup-error")
        button = ui.button(say("setup-begin"), on_click=begin).classes("loa-wide").props("unelevated no-caps")
        button.props("data-testid=setup-begin").mark("setup-begin")
        other_language()


def _draw_invited(panel: Panel, token: str, name: str, login: str) -> None:
    client = ui.context.client

    async def accept() -> None:
        wrong.set_text("")
        async with asking(wrong.set_text):
            if password.value != again.value:
                wrong.set_text(say("password-twice"))
                return
            whence.set(address_of(panel, client.request))
            await panel.office.accounts.accept(token, password.value or "")
            # whoever was logged in here before is somebody else
            await panel.office.accounts.end(client.request.cookies.get(SESSION_COOKIE, ""))
            ui.navigate.to(f"/login?name={quote(login)}")

    with card(say("invited-title"), say("invited-title"), say("invited-hint", name=name, login=login)):
        # for the browser's own keeper of passwords
        ui.input(say("login"), value=login).props("outlined readonly autocomplete=username").mark("login")
        password = password_field(say("password-new"), "password", "new-password")
        again = password_field(say("password-again"), "password-again", "new-password")
        again.on("keydown.enter", accept)
        wrong = ui.label().classes("loa-wrong").props("role=alert data-testid=invited-error").mark("invited-error")
        button = ui.button(say("invited-accept"), on_click=accept).classes("loa-wide").props("unelevated no-caps")
        button.props("data-testid=invited-accept").mark("invited-accept")
        ui.label(say("password-hint")).classes("loa-dim loa-small")
        other_language()

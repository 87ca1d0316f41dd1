"""The control panel: its pages, joined to our own application."""

from pathlib import Path
from typing import Final

from fastapi import FastAPI, Request
from fastapi.responses import Response
from nicegui import Client, app, ui
from nicegui.page import page
from nicegui.storage import Storage
from nicegui.translations import translations

from broadcast import wording
from broadcast.office import Office
from ui import (
    alarm,
    approvals,
    arriving,
    beginning,
    bulletins,
    calendarpage,
    editor,
    first_steps,
    inbox,
    lexiconpage,
    listening,
    login,
    logpage,
    me,
    nextpage,
    people,
    programme,
    programme_new,
    programme_usual,
    programmes,
    receivers,
    single_sign_on,
    slot,
    slots,
    templatespage,
    trailpage,
    versions,
    weekpage,
)
from ui.entering import Doorway
from ui.guard import Guard
from ui.session import Panel, dress
from ui.theme import STATIC, STATIC_URL, empty, head
from ui.words import say

SESSION_DAYS: Final = 7
"""Days after which someone who did not come back must log in again."""
PAGE_S: Final = 20.0
"""As long a page may take on a machine that is busy: the framework would show an error after three seconds."""


def attach(
    ours: FastAPI,
    office: Office,
    *,
    storage_secret: str,
    storage: Path | None = None,
    trust_forwarded: bool = False,
    https_only: bool = False,
) -> None:
    """Put the panel under `ours`, at "/": whatever `ours` answers itself must be registered before.

    `storage`: folder for sessions and drafts. `trust_forwarded`: believe X-Forwarded-For (a proxy of ours sets it).
    `https_only`: the session cookie is sent over HTTPS only.
    """
    if storage is not None:
        Storage.path = storage
    register(office, trust_forwarded=trust_forwarded, https_only=https_only)
    ours.add_middleware(Guard, limit_mb=office.upload_limit_mb)
    ui.run_with(
        ours,
        title="Loa Làng",
        favicon=STATIC / "loa.svg",
        dark=None,
        language="vi",
        reconnect_timeout=20.0,  # a phone that changes from Wi-Fi to 4G
        # an hour, not a year: a newer panel comes with the same version of NiceGUI
        cache_control_directives="public, max-age=3600, stale-while-revalidate=86400",
        tailwind=False,
        storage_secret=storage_secret,
        session_middleware_kwargs={
            "max_age": SESSION_DAYS * 86400,
            "same_site": "lax",
            "https_only": https_only,
            "session_cookie": "loa_lang",
        },
        show_welcome_message=False,
    )


def register(office: Office, *, trust_forwarded: bool = False, https_only: bool = False) -> None:
    """The pages alone."""
    (page.__init__.__kwdefaults__ or {})["response_timeout"] = PAGE_S  # there is no setting for all pages
    panel = Panel(office, trust_forwarded, https_only)
    doorway = Doorway(panel)
    doorway.register()
    translations["vi"] = {
        "connection_lost": wording.say("ui.connection-lost"),
        "trying_to_reconnect": wording.say("ui.reconnecting"),
        "message_too_long": wording.say("ui.too-long"),
        "message_too_long_body": wording.say("ui.too-long-more"),
    }
    app.config.quasar_config["loadingBar"]["skipHijack"] = True  # a bar that no one asked for, and that has no name
    app.add_static_files(STATIC_URL, STATIC)
    login.register(panel, doorway)
    first_steps.register(panel, doorway)
    single_sign_on.register(panel, doorway)
    for room in (
        bulletins,
        beginning,
        editor,
        versions,
        approvals,
        inbox,
        programmes,
        programme_new,
        programme_usual,
        programme,
        slots,
        slot,
        calendarpage,
        weekpage,
        nextpage,
        receivers,
        alarm,
        logpage,
        lexiconpage,
        listening,
        arriving,
        templatespage,
        trailpage,
        people,
        me,
    ):
        room.register(panel)

    @app.exception_handler(404)
    async def nowhere(request: Request, _: Exception) -> Response:
        with Client(page(""), request=request) as client:
            dress(client)
            head(say("not-found"))
            with ui.element("main").classes("loa-door"):
                empty("wrong_location", say("not-found"), say("not-found-hint"))
                ui.link(say("to-start"), "/").classes("loa-strong")
        return client.build_response(request, 404)

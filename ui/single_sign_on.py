"""The two addresses of single sign-on: the way to the provider, and the way back, for the browser that went there."""

from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from typing import Final

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from nicegui import app

from broadcast.domain.refusals import Refusal
from broadcast.people.single_sign_on_types import Asked
from ui.entering import Doorway, browser_of
from ui.session import Panel, local, log

HOLDS: Final = timedelta(minutes=10)
MOST: Final = 1_000


def register(panel: Panel, doorway: Doorway) -> None:
    """/oidc/start and /oidc/back, where the settings name a provider."""
    sign_on = panel.office.accounts.sign_on
    if sign_on is None:
        return
    waiting: OrderedDict[str, tuple[Asked, str, str, datetime]] = OrderedDict()

    @app.get("/oidc/start", include_in_schema=False)
    async def start(request: Request, to: str = "/") -> Response:
        here = panel.office.accounts.url or f"{request.url.scheme}://{request.url.netloc}"
        try:
            asked = await sign_on.begin(f"{here}/oidc/back")
        except Refusal as no:
            return _refused(no)
        waiting[asked.state] = asked, local(to), browser_of(request), datetime.now(UTC) + HOLDS
        while len(waiting) > MOST:
            waiting.popitem(last=False)
        return RedirectResponse(asked.url, status_code=303)

    @app.get("/oidc/back", include_in_schema=False)
    async def back(request: Request, state: str = "", code: str = "") -> Response:
        found = waiting.pop(state, None)
        if found is None or found[2] != browser_of(request) or found[3] < datetime.now(UTC) or not code:
            return _refused(Refusal("oidc-failed", why="state"))
        try:
            who = await sign_on.finish(found[0], code)
            return RedirectResponse(await doorway.way(who, request, found[1], "oidc"), status_code=303)
        except Refusal as no:
            return _refused(no)


def _refused(no: Refusal) -> Response:
    log.warning("single sign-on: %s", no)
    return RedirectResponse(f"/login?refused={'oidc-unknown' if no.code == 'oidc-unknown' else 'oidc-failed'}", 303)

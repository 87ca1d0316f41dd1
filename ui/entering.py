"""The last step of every way in: the browser gets its cookie. A page's own connection cannot set one; a request can."""

import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from nicegui import app, ui

from broadcast.domain.audit import whence
from broadcast.domain.people import Actor
from ui.session import SESSION_COOKIE, Panel, address_of

HOLDS: Final = timedelta(seconds=60)
MOST: Final = 1_000
_SECONDS: Final = 86_400


@dataclass
class Doorway:
    """Tokens on their way into a cookie: each is fetched once, soon, by the browser at which it was earned."""

    panel: Panel
    _waiting: OrderedDict[str, tuple[str, str, str, datetime]] = field(default_factory=OrderedDict)

    async def enter(self, who: Actor, request: Request, to: str, how: str = "password") -> None:
        """From a page: on to `to`, logged in as that person."""
        ui.navigate.to(await self.way(who, request, to, how))

    async def way(self, who: Actor, request: Request, to: str, how: str) -> str:
        """The address to go on to."""
        agent = request.headers.get("user-agent", "")
        whence.set(address_of(self.panel, request))
        token = await self.panel.office.accounts.begin(who, address_of(self.panel, request), agent, how)
        key = secrets.token_urlsafe(24)
        self._waiting[key] = token, to, browser_of(request), datetime.now(UTC) + HOLDS
        while len(self._waiting) > MOST:
            self._waiting.popitem(last=False)
        return f"/enter/{key}"

    def register(self) -> None:
        """The address of that last step."""

        @app.get("/enter/{key}", include_in_schema=False)
        async def enter(key: str, request: Request) -> Response:
            token, to, browser, ends = self._waiting.pop(key, ("", "/login", "", datetime.min.replace(tzinfo=UTC)))
            if not token or ends < datetime.now(UTC) or browser != browser_of(request):
                return RedirectResponse("/login", status_code=303)
            answer = RedirectResponse(to, status_code=303)
            answer.set_cookie(
                SESSION_COOKIE,
                token,
                max_age=self.panel.office.accounts.session_days * _SECONDS,
                httponly=True,
                samesite="lax",
                secure=self.panel.https_only,
            )
            answer.headers["Cache-Control"] = "no-store"
            return answer


def browser_of(request: Request) -> str:
    """The browser's own mark, set at its first page and signed."""
    return str(request.session.get("id", ""))

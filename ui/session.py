"""Who is looking at a page: asked anew of the office at every page and before every action."""

import copy
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, urlsplit

from fastapi import Request
from fastapi.responses import RedirectResponse
from nicegui import Client, app, ui

from broadcast.domain.audit import whence
from broadcast.domain.people import Actor
from broadcast.domain.refusals import Refusal
from broadcast.office import Office
from broadcast.wording import LANGUAGES
from broadcast.works import Works
from ui.words import LANGUAGE_KEY, refusal, say

log = logging.getLogger("loalang.panel")

PERSON_KEY: Final = "person"
DARK_KEY: Final = "dark"
_PAGE_LANGUAGES: Final = {"vi": "vi", "en": "en-US"}


class LoggedOut(Exception):
    """Raised when the person at a page may no longer work here; the page is on its way to the login."""


@dataclass(frozen=True)
class Panel:
    """What every page is made with. `trust_forwarded`: a proxy of ours stands before us and names the client."""

    office: Office
    trust_forwarded: bool = False

    @property
    def works(self) -> Works:
        """What is being made for bulletins."""
        return self.office.works


@dataclass
class Visit:
    """One person at one page. `redraws` are called when the office's bell has rung since they were last called."""

    panel: Panel
    actor: Actor
    client: Client
    redraws: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    @property
    def office(self) -> Office:
        """The use cases."""
        return self.panel.office

    async def me(self) -> Actor:
        """Who that is by now. Raises LoggedOut, after sending the page to the login."""
        whence.set(address_of(self.panel, self.client.request))
        actor = await _actor(self.panel)
        if actor is None or actor.id != self.actor.id:
            ui.navigate.to(_login_address(self.client.request))
            raise LoggedOut
        self.actor = actor
        return actor


async def arrive(panel: Panel) -> Visit | RedirectResponse:
    """The visit of whoever asks for the page being made, in their language; or the way to the login."""
    client = ui.context.client
    dress(client)
    actor = await _actor(panel)
    if actor is None:
        return RedirectResponse(_login_address(client.request), status_code=303)
    return Visit(panel, actor, client)


def dress(client: Client) -> None:
    """Give the page its person's language and darkness, from its first byte on."""
    chosen = app.storage.user.get(LANGUAGE_KEY)
    spoken = chosen if chosen in LANGUAGES else LANGUAGES[0]
    client.storage[LANGUAGE_KEY] = spoken
    page = copy.copy(client.page)  # of this visitor alone
    page.language = _PAGE_LANGUAGES[spoken]  # type: ignore[assignment]  # a Literal of all languages Quasar has
    page.dark = app.storage.user.get(DARK_KEY)
    client.page = page


async def _actor(panel: Panel) -> Actor | None:
    person = app.storage.user.get(PERSON_KEY)
    return await panel.office.actor(person) if isinstance(person, int) else None


def _login_address(request: Request) -> str:
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return "/login" if asked == "/" else f"/login?to={quote(asked)}"


def local(address: str) -> str:
    """The address to go on to after the login: ours, or the front page; never another site's."""
    parts = urlsplit(address)
    foreign = parts.scheme or parts.netloc or not address.startswith("/") or address.startswith(("//", "/\\", "/login"))
    return "/" if foreign or "\\" in address else address


def address_of(panel: Panel, request: Request) -> str:
    """Who asks, for throttling: the last hop our own proxy names, where there is one."""
    named = request.headers.get("x-forwarded-for", "") if panel.trust_forwarded else ""
    direct = request.client.host if request.client is not None else ""
    return named.rpartition(",")[2].strip() or direct


@asynccontextmanager
async def asking(told: Callable[[str], object] | None = None) -> AsyncIterator[None]:
    """Ask the office for something: what it refuses is told in words, and what nobody foresaw calmly, and logged.

    `told` shows the sentence in its place; without it, it is a notification.
    """
    show = told or warn
    try:
        yield
    except LoggedOut:
        pass
    except Refusal as no:
        show(refusal(no))
    except Exception:
        log.exception("a page failed")
        show(say("unexpected"))


def warn(sentence: str) -> None:
    """A sentence that must be read: it stays until it was."""
    ui.notify(sentence, type="warning", position="top", timeout=0, close_button=say("close"), multi_line=True)


def tell(sentence: str) -> None:
    """A sentence that may pass by."""
    ui.notify(sentence, type="positive", position="top", timeout=4000)

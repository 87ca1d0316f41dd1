"""Who is looking at a page: asked anew of the office at every page and before every action."""

import copy
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, urlsplit

from fastapi import Request
from fastapi.responses import RedirectResponse
from nicegui import Client, app, ui

from broadcast.domain.audit import whence
from broadcast.domain.people import Action, Actor
from broadcast.domain.refusals import Refusal
from broadcast.office import Office
from broadcast.people.account_types import Standing, Tour
from broadcast.people.office_accounts import Accounts
from broadcast.wording import LANGUAGES
from broadcast.works import Works
from devices.vocabulary import AreaId
from ui.company import Company
from ui.words import LANGUAGE_KEY, refusal, say

log = logging.getLogger("loalang.panel")

SESSION_COOKIE: Final = "loa_phien"
"""The only proof of who is at a browser: a random word, out of reach of scripts, another one at each login."""
OWN_PAGE: Final = "/me"
"""Where one's own account is; whoever must do something first is led there."""
DARK_KEY: Final = "dark"
_PAGE_LANGUAGES: Final = {"vi": "vi", "en": "en-US"}


class LoggedOut(Exception):
    """Raised when the person at a page may no longer work here; the page is on its way to the login."""


@dataclass(frozen=True)
class Panel:
    """What every page is made with.

    `trust_forwarded`: a proxy of ours stands before us and names the client. `https_only`: so are cookies.
    """

    office: Office
    trust_forwarded: bool = False
    https_only: bool = False
    company: Company = field(default_factory=Company)

    @property
    def works(self) -> Works:
        """What is being made for bulletins."""
        return self.office.works


@dataclass
class Visit:
    """One person at one page. `redraws` are called when the office's bell has rung since they were last called."""

    panel: Panel
    standing: Standing
    actor: Actor
    """The person, who may be looking at one of their areas alone; who they are in all is `standing.actor`."""
    client: Client
    area: AreaId | None = None
    """That area. It stays while the page is open: what is being written must not slip away under another choice."""
    tour: Tour | None = None
    """How far they are through the first steps; None: they are not led."""
    redraws: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    @property
    def office(self) -> Office:
        """The use cases."""
        return self.panel.office

    @property
    def accounts(self) -> Accounts:
        """The use cases of accounts."""
        return self.panel.office.accounts

    def over(self, action: Action, areas: Iterable[AreaId]) -> bool:
        """Whether they may do it in every one of `areas`: for showing or hiding a button, never for letting through."""
        return self.actor.may(action) and all(self._over(action, area) for area in areas)

    def _over(self, action: Action, area: AreaId) -> bool:
        try:
            return area in self.accounts.within(self.actor, area).where(action)
        except Refusal:  # an area that a reform took away: the office knows whose it is
            return True

    async def me(self) -> Actor:
        """Who that is by now. Raises LoggedOut, after sending the page to where the person has to go first."""
        await self.stand()
        return self.actor

    async def stand(self) -> Standing:
        """As `me`: the session, for what concerns the person's own account."""
        whence.set(address_of(self.panel, self.client.request))
        standing = await _standing(self.panel, self.client.request)
        if standing is None or standing.actor.id != self.standing.actor.id:
            ui.navigate.to(_login_address(self.client.request))
            raise LoggedOut
        if standing.must and self.client.request.url.path != OWN_PAGE:
            ui.navigate.to(OWN_PAGE)
            raise LoggedOut
        self.standing, self.actor = standing, narrowed(self.panel, standing.actor, self.area)
        return standing


async def arrive(panel: Panel) -> Visit | RedirectResponse:
    """The visit of whoever asks for the page being made, in their language; or the way to where they must go first."""
    client = ui.context.client
    dress(client)
    standing = await _standing(panel, client.request)
    if standing is None:
        return RedirectResponse(_login_address(client.request), status_code=303)
    if standing.must and client.request.url.path != OWN_PAGE:
        return RedirectResponse(OWN_PAGE, status_code=303)
    area = chosen_area(standing.actor)
    return Visit(panel, standing, narrowed(panel, standing.actor, area), client, area)


def area_key(actor: Actor) -> str:
    """Where a browser keeps which area a person looks at."""
    return f"area-{actor.id}"


def chosen_area(actor: Actor) -> AreaId | None:
    """The area of theirs that they chose to look at in this browser; None: all."""
    chosen = app.storage.user.get(area_key(actor))
    return next((area for area in actor.areas if area == chosen), None)


def narrowed(panel: Panel, actor: Actor, area: AreaId | None) -> Actor:
    """The person as they look at that area; at all they hold where they do not hold it any more."""
    return panel.office.accounts.within(actor, area) if area is not None and area in actor.areas else actor


def dress(client: Client) -> None:
    """Give the page its person's language and darkness, from its first byte on."""
    chosen = app.storage.user.get(LANGUAGE_KEY)
    spoken = chosen if chosen in LANGUAGES else LANGUAGES[0]
    client.storage[LANGUAGE_KEY] = spoken
    page = copy.copy(client.page)  # of this visitor alone
    page.language = _PAGE_LANGUAGES[spoken]  # type: ignore[assignment]  # a Literal of all languages Quasar has
    page.dark = app.storage.user.get(DARK_KEY)
    client.page = page


async def asking_for(panel: Panel, request: Request) -> Actor | None:
    """Who asks for something beside a page; None for strangers, and for who must do something else first."""
    standing = await _standing(panel, request)
    return None if standing is None or standing.must else standing.actor


async def _standing(panel: Panel, request: Request) -> Standing | None:
    token = request.cookies.get(SESSION_COOKIE, "")
    return await panel.office.accounts.whose(token) if token else None


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

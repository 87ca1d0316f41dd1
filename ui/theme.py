"""The frame around every page: who we are, where one can go, whether messages get through, whether an alarm is on."""

import hashlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Final

from fastapi.responses import RedirectResponse
from nicegui import app, ui

from broadcast.domain.house import HouseHealth
from broadcast.domain.people import Action
from broadcast.domain.refusals import Refusal
from broadcast.people.account_types import Tour
from broadcast.view_types import AlarmView
from devices.link import LinkState
from ui.ages import clock_script
from ui.area_switch import area_switch
from ui.guiding import guiding
from ui.holds import HoldStrip
from ui.inbox_count import InboxCount
from ui.places import PLACES, places_of
from ui.session import DARK_KEY, OWN_PAGE, SESSION_COOKIE, LoggedOut, Panel, Visit, arrive, asking, log
from ui.tour import again, lead, leads, led
from ui.waiting_badge import WaitingBadge
from ui.words import LANGUAGE_KEY, refusal, say, speak

STATIC: Final = Path(__file__).parent / "static"
STATIC_URL: Final = "/loa"
STYLES: Final = ("panel", "onair", "soundin", "tour")
SCRIPTS: Final = ("panel", "tour", "lost")
PULSE_S: Final = 0.7
"""How often a page looks whether the bell has rung."""
CHECK_S: Final = 10
"""How often an open page asks by itself whether its person may still be here; at once where that was changed here."""


async def show(
    panel: Panel, name: str, build: Callable[[Visit], Awaitable[None]], needs: Action | None = None
) -> RedirectResponse | None:
    """One page for whoever asks: the login for strangers, a sentence for those who may not, else what `build` draws."""
    visit = await arrive(panel)
    if isinstance(visit, RedirectResponse):
        return visit
    if needs is not None and not visit.actor.may(needs):
        open_to = [p.address for p in PLACES if visit.actor.may(p.needs)]
        elsewhere = "/receivers" if "/receivers" in open_to else next(iter(open_to), None)
        if visit.client.request.url.path == "/" and elsewhere is not None:
            return RedirectResponse(elsewhere, status_code=303)
        with frame(visit, name, None):
            empty("lock", say("not-for-you"), say("not-for-you-hint"), (say("to-start"), elsewhere or OWN_PAGE))
        return None
    visit.tour = await led(visit)
    with frame(visit, name, visit.tour):
        try:
            await build(visit)
        except Refusal as no:
            empty("info", refusal(no), say("go-elsewhere"))
        except Exception:  # noqa: BLE001 - whatever it was, the person gets a sentence and the log the rest
            log.exception("a page could not be drawn")
            empty("build", say("unexpected"), say("reload-hint"))
    return None


@contextmanager
def frame(visit: Visit, name: str, tour: Tour | None) -> Iterator[None]:
    """Everything around a page; inside it the page is drawn. Starts the page's pulse."""
    drawn, inbox = visit.office.bell.revision, InboxCount(visit)
    head(say(f"nav-{name}"))
    with ui.element("header").classes("loa-head"):
        _brand()
        _navigation(visit, name, "loa-nav", "nav", inbox)
        ui.space()
        waiting = WaitingBadge(visit)
        link = _LinkChip()
        _person(visit)
    area_switch(visit)
    banner, holds = _Banner(visit), HoldStrip(visit)
    stale = ui.label(say("stale")).classes("loa-stale").props("role=status")
    stale.visible = False
    with ui.element("main").classes(f"loa-main loa-page-{name}").props("id=main tabindex=-1"):
        yield
    _navigation(visit, name, "loa-tabs", "tab", inbox)
    lead(visit, tour)
    _pulse(visit, link, (banner.refresh, holds.refresh, waiting.refresh, inbox.refresh), stale, drawn)


def head(title: str) -> None:
    """Title, style and script of a page."""
    speak()
    ui.page_title(f"{title} · Loa Làng")
    version = _version()
    styles = (f'<link rel="stylesheet" href="{STATIC_URL}/{name}.css?{version}">' for name in STYLES)
    scripts = (f'<script src="{STATIC_URL}/{name}.js?{version}"></script>' for name in SCRIPTS)
    ui.add_head_html("".join((clock_script(), *styles, *scripts, '<meta name="theme-color" content="#0c4a46">')))


def empty(icon: str, title: str, hint: str, *ways: tuple[str, str | Callable[[], object]]) -> None:
    """What stands where there is nothing yet: what is missing, what to do, and buttons (words, address or deed)."""
    with ui.element("div").classes("loa-empty").mark("empty"):
        ui.icon(icon).props("aria-hidden=true")
        ui.label(title).classes("loa-empty-title")
        ui.label(hint).classes("loa-dim")
        for n, (words, way) in enumerate(ways, 1):
            go = partial(ui.navigate.to, way) if isinstance(way, str) else way
            ui.button(words, on_click=go).props("outline no-caps data-testid=empty-way").mark(
                f"empty-way empty-way-{n}"
            )


def heading(title: str, hint: str = "") -> None:
    """The name of a page, and a line on what it is for."""
    with ui.element("div").classes("loa-heading"):
        tagged("h1", title)
        if hint:
            ui.label(hint).classes("loa-dim")


def tagged(tag: str, text: str) -> ui.element:
    """Text in an element of that tag; the text is never read as HTML."""
    with ui.element(tag) as element:
        ui.label(text).classes("loa-inline")
    return element


@cache
def _version() -> str:
    digest = hashlib.sha256()
    for file in sorted(STATIC.glob("*.*")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _brand() -> None:
    with ui.link(target="/").classes("loa-brand").props('aria-label="Loa Làng"'):
        ui.element("img").props(f"src={STATIC_URL}/loa.svg alt='' width=34 height=34")
        ui.label("Loa Làng").classes("loa-brand-name")


def _navigation(visit: Visit, name: str, style: str, marker: str, inbox: InboxCount) -> None:
    with ui.element("nav").classes(style).props(f'aria-label="{say("nav")}"'):
        for place in places_of(visit, few=marker == "tab"):
            marks = f"{marker}-{place.name}"
            with ui.link(target=place.address).mark(marks).props(f"data-testid={marks}") as link:
                ui.icon(place.icon).props("aria-hidden=true")
                ui.label(say(f"nav-{place.name}"))
            link.classes(f"loa-to-{place.name}")
            if place.name == "inbox":
                inbox.beside(link)
            if place.name == name:
                link.props("aria-current=page")


def _person(visit: Visit) -> None:
    actor = visit.actor
    with ui.button(icon="account_circle").classes("loa-person").props("flat no-caps") as button:
        ui.label(actor.name).classes("loa-person-name")
        with ui.menu().props("auto-close").classes("loa-menu"):
            with ui.element("div").classes("loa-menu-head"):
                ui.label(actor.name).classes("loa-strong")
                for role in actor.roles:
                    ui.label(say(f"role-{role.value}")).classes("loa-dim")
            if actor.may(Action.SEE_PEOPLE):
                _choice("group", say("nav-people"), lambda: ui.navigate.to("/people"), "to-people")
            if actor.may(Action.CORRECT_LEXICON):
                _choice("record_voice_over", say("nav-lexicon"), lambda: ui.navigate.to("/lexicon"), "to-lexicon")
            _choice("manage_accounts", say("nav-me"), lambda: ui.navigate.to(OWN_PAGE), "own-account")
            if leads(visit):
                _choice("school", guiding("tour-again"), lambda: again(visit), "tour-again")
            ui.separator()
            _choice("contrast", say("dark-auto"), lambda: _remember(DARK_KEY, None), "dark-auto")
            _choice("light_mode", say("dark-off"), lambda: _remember(DARK_KEY, value=False), "dark-off")
            _choice("dark_mode", say("dark-on"), lambda: _remember(DARK_KEY, value=True), "dark-on")
            ui.separator()
            _choice("language", "Tiếng Việt", lambda: _remember(LANGUAGE_KEY, "vi"), "language-vi")
            _choice("language", "English", lambda: _remember(LANGUAGE_KEY, "en"), "language-en")
            ui.separator()
            if actor.may(Action.EDIT_TEMPLATES):
                _choice("library_books", say("nav-templates"), lambda: ui.navigate.to("/templates"), "to-templates")
            if actor.may(Action.SEE_AUDIT):
                _choice("history", say("nav-trail"), lambda: ui.navigate.to("/trail"), "to-trail")
            _choice("logout", say("log-out"), lambda: _log_out(visit), "log-out")
    button.mark("account").props(f'data-testid=account aria-label="{say("account")}"')


def _choice(icon: str, text: str, chosen: Callable[[], object], marker: str) -> None:
    with ui.menu_item(on_click=chosen).mark(marker).props(f"role=menuitem data-testid={marker}"):
        ui.icon(icon).props("aria-hidden=true").classes("loa-menu-icon")
        ui.label(text)


def _remember(key: str, value: object) -> None:
    app.storage.user[key] = value
    ui.navigate.reload()


async def _log_out(visit: Visit) -> None:
    async with asking():
        await visit.accounts.end(visit.client.request.cookies.get(SESSION_COOKIE, ""))
        ui.navigate.to("/login")


class _LinkChip:
    """Whether messages get through, in words."""

    def __init__(self) -> None:
        with ui.element("div").classes("loa-link").mark("link-state") as self.root:
            self.root.props("data-testid=link-state role=status")
            ui.element("i").props("aria-hidden=true")
            self.text = ui.label().classes("loa-link-text")
            self.text.props["data-lost"] = guiding("lost")
            with ui.tooltip():
                self.more = ui.label()

    def show(self, house: HouseHealth) -> None:
        """Show it as it is now."""
        word = "up" if house.well else ("connecting" if house.link == LinkState.CONNECTING else "down")
        self.root.classes(replace=f"loa-link loa-link-{word}")
        self.text.set_text(say(f"link-{word}"))
        why = house.link_reason or house.broker_reason
        self.more.set_text(say(f"link-{word}-more") + (f" ({why})" if why and not house.well else ""))


class _Banner:
    """Told on every page while an alarm holds."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        with ui.link(target="/alarm").classes("loa-banner").mark("alarm-banner") as self.root:
            self.root.props("data-testid=alarm-banner role=alert")
            ui.icon("notifications_active").props("aria-hidden=true")
            self.text = ui.label()
        self.root.visible = False

    async def refresh(self) -> None:
        """Ask whether one holds."""
        held: list[AlarmView] = [a for a in await self._visit.office.alarms(self._visit.standing.actor) if a.in_force]
        self.root.visible = bool(held)
        if held:
            places = ", ".join(dict.fromkeys(name for alarm in held for name in alarm.area_names))
            self.text.set_text(say("alarm-banner", areas=places))


class _Watchman:
    """Asks whether the person at an open page may still be here, and may still do what they could."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._asked = visit.accounts.bell.revision
        self._beats = 0

    async def look(self) -> bool:
        """Whether the page may go on as it is."""
        self._beats += 1
        rung = self._visit.accounts.bell.revision
        if rung == self._asked and self._beats % int(CHECK_S / PULSE_S):
            return True
        held = self._visit.actor.grants
        try:
            await self._visit.me()
        except LoggedOut:
            return False
        except Refusal:  # the books do not answer now: the next look asks again
            return True
        self._asked = rung
        if held != self._visit.actor.grants:
            ui.navigate.reload()
        return held == self._visit.actor.grants


def _pulse(
    visit: Visit, link: _LinkChip, always: tuple[Callable[[], Awaitable[None]], ...], stale: ui.label, drawn: int
) -> None:
    beats, watchman = 0, _Watchman(visit)

    async def beat() -> None:
        nonlocal drawn, beats
        link.show(visit.office.house())
        beats += 1
        if not await watchman.look():
            return
        revision = visit.office.bell.revision
        if revision == drawn and beats > 1:
            return
        try:
            for refresh in always:
                await refresh()
            if revision != drawn:
                for redraw in visit.redraws:
                    await redraw()
        except Exception:  # noqa: BLE001 - the page keeps what it shows, says that it is old, and tries again
            log.exception("a page could not be brought up to date")
            stale.visible = True
        else:
            drawn = revision
            stale.visible = False

    ui.timer(PULSE_S, beat)

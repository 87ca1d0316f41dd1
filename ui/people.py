"""The people of one's areas: who works here, as what; and the way to let someone in."""

from typing import Final

from fastapi.responses import RedirectResponse
from nicegui import ui

from broadcast.domain.people import Action
from broadcast.people.account_types import NewPerson, PeopleAsk, PersonView
from devices.vocabulary import slug
from ui import person
from ui.account_news import follow
from ui.ages import Age
from ui.board import Board
from ui.grants import GrantsField, grant_line, show_way_in
from ui.login import LOGIN_SHOWN
from ui.session import Panel, Visit, asking
from ui.theme import empty, heading, show
from ui.words import number, say

PAGE_SIZE: Final = 60


def register(panel: Panel) -> None:
    """The pages at /people, /people/new and /people/{id}."""

    @ui.page("/people")
    async def people() -> RedirectResponse | None:
        return await show(panel, "people", _draw, needs=Action.SEE_PEOPLE)

    @ui.page("/people/new")
    async def new() -> RedirectResponse | None:
        return await show(panel, "people", _draw_new, needs=Action.MANAGE_PEOPLE)

    person.register(panel)


async def _draw(visit: Visit) -> None:
    with ui.element("div").classes("loa-top"):
        heading(say("nav-people"), say("people-hint"))
        add = ui.button(say("person-add"), icon="person_add", on_click=lambda: ui.navigate.to("/people/new"))
        add.props("unelevated no-caps data-testid=person-add").classes("loa-primary").mark("person-add")
        add.visible = visit.actor.may(Action.MANAGE_PEOPLE)

    async def turned() -> None:
        async with asking():
            await read()

    async def asked_anew() -> None:
        if pages.value != 1:
            pages.set_value(1)  # which reads
        else:
            await turned()

    with ui.element("div").classes("loa-filter"):
        find = ui.input(say("person-find"), on_change=asked_anew).props("outlined dense clearable debounce=200")
        find.props("data-testid=person-find").mark("person-find")
        left = ui.switch(say("people-left"), on_change=asked_anew).mark("people-left").props("data-testid=people-left")
    total = ui.label().classes("loa-dim").mark("people-total")
    nothing = ui.element("div")
    with nothing:
        ways = ((say("person-add"), "/people/new"),) if visit.actor.may(Action.MANAGE_PEOPLE) else ()
        empty("group", say("people-empty"), say("people-empty-hint"), *ways)
    board: Board[PersonView] = Board(ui.element("div").classes("loa-grid"), lambda v: v.id, _PersonCard)
    pages = ui.pagination(1, 1, direction_links=True, on_change=turned).props("max-pages=7").classes("loa-pages")

    async def read() -> None:
        ask = PeopleAsk(find.value or "", bool(left.value), int(pages.value or 1) - 1, PAGE_SIZE)
        found = await visit.accounts.people(await visit.me(), ask)
        board.show(found.people)
        nothing.visible = not found.people
        total.set_text(say("people-total", count=number(found.total)))
        pages.max = max(1, -(-found.total // PAGE_SIZE))
        pages.visible = found.total > PAGE_SIZE

    await read()
    follow(visit, read)


class _PersonCard:
    """One person: name, login, what they hold, when they were last here."""

    def __init__(self, view: PersonView) -> None:
        with ui.link(target=f"/people/{view.id}").classes("loa-card loa-card-link") as self.root:
            self.root.mark(f"person person-{view.login}").props(f"data-testid=person-{view.login}")
            self._name = ui.label().classes("loa-card-title")
            ui.label(view.login).classes("loa-dim")
            self._grants = ui.label().classes("loa-excerpt")
            with ui.element("div").classes("loa-card-foot"):
                self._state = ui.label().classes("loa-tag")
                self._factor = ui.label(say("second-factor-short")).classes("loa-tag loa-tag-good")
                ui.space()
                self._seen = ui.element("span")

    def show(self, view: PersonView) -> None:
        """Show them as they are now."""
        self._name.set_text(view.name)
        lines = [grant_line(grant) for grant in view.grants]
        self._grants.set_text("; ".join(lines) or say("person-no-roles"))
        word = "" if view.active and not view.invited else "person-invited" if view.active else "person-left"
        self._state.visible = bool(word)
        self._state.set_text(say(word) if word else "")
        self._factor.visible = view.second_factor
        self.root.classes(add="" if view.active else "loa-off", remove="loa-off" if view.active else "")
        self._seen.clear()
        if view.seen_at is not None:
            with self._seen:
                Age(view.seen_at)


async def _draw_new(visit: Visit) -> None:
    heading(say("person-add"), say("person-add-hint"))
    body = ui.element("div").classes("loa-form")
    nodes = await visit.office.areas(visit.actor, Action.MANAGE_PEOPLE)

    def propose() -> None:
        if not touched["login"]:
            login.set_value(slug(name.value or "")[:LOGIN_SHOWN])

    async def add() -> None:
        wrong.set_text("")
        async with asking(wrong.set_text):
            new = NewPerson((login.value or "").strip(), name.value or "", email.value or "", roles.grants)
            way = await visit.accounts.add(await visit.me(), new, by_link=how.value == "link")
            body.clear()
            with body:
                show_way_in(visit, way, new.name, new.login, lambda: ui.navigate.to(f"/people/{way.person}"))

    touched = {"login": False}
    with body, ui.element("section").classes("loa-panel"):
        name = ui.input(say("person-name"), on_change=propose).props("outlined autocomplete=off data-testid=name")
        name.mark("name")
        login = ui.input(say("login")).props("outlined autocomplete=off autocapitalize=none spellcheck=false")
        login.props("data-testid=login").mark("login").on("keydown", lambda: touched.update(login=True))
        email = ui.input(say("person-email")).props("outlined autocomplete=off type=email data-testid=email")
        email.mark("email")
        ui.label(say("roles")).classes("loa-strong")
        roles = GrantsField(nodes, ())
        ui.label(say("person-how")).classes("loa-strong")
        how = ui.radio({"link": say("person-by-link"), "password": say("person-by-password")}, value="link")
        how.mark("how").props("data-testid=how")
        wrong = ui.label().classes("loa-wrong").props("role=alert data-testid=person-error").mark("person-error")
        button = ui.button(say("person-add"), icon="person_add", on_click=add).props("unelevated no-caps")
        button.props("data-testid=person-save").classes("loa-primary loa-wide").mark("person-save")

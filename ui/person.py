"""One person of one's areas: name, roles, ways in, browsers; and leaving, which deletes nothing."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from fastapi.responses import RedirectResponse
from nicegui import ui

from broadcast.domain.people import Action
from broadcast.people.account_types import PersonView, SessionView
from ui.account_news import follow
from ui.ages import Age
from ui.grants import GrantsField, grant_line, show_way_in
from ui.session import Panel, Visit, asking, tell
from ui.theme import heading, show, tagged
from ui.words import say


def register(panel: Panel) -> None:
    """The page at /people/{id}."""

    @ui.page("/people/{person_id:int}")
    async def person(person_id: int) -> RedirectResponse | None:
        return await show(panel, "people", lambda visit: _Page(visit, person_id).begin(), needs=Action.SEE_PEOPLE)


def _kept(view: PersonView | None) -> object:
    """What there is to see of them, but for when they were last here."""
    if view is None:
        return None
    return replace(view, seen_at=None, sessions=tuple(replace(s, seen_at=s.made_at) for s in view.sessions))


class _Page:
    """Everything about one person; drawn anew after each change."""

    def __init__(self, visit: Visit, person_id: int) -> None:
        self._visit = visit
        self._id = person_id
        self._drawn: PersonView | None = None
        self._root = ui.element("div").classes("loa-form").mark("person-page")

    async def begin(self) -> None:
        """As they are now, and again whenever somebody else changes that."""
        await self.draw()
        follow(self._visit, self._look)

    async def _look(self) -> None:
        view = await self._visit.accounts.person(await self._visit.me(), self._id)
        if _kept(view) != _kept(self._drawn):  # what is being typed is not swept away for nothing
            await self.draw()

    async def draw(self) -> None:
        """As they are now."""
        view = self._drawn = await self._visit.accounts.person(self._visit.actor, self._id)
        nodes = await self._visit.office.areas(self._visit.actor, Action.MANAGE_PEOPLE)
        manager = self._visit.actor.may(Action.MANAGE_PEOPLE)
        mine = view.manageable and manager
        myself = view.id == self._visit.actor.id
        self._root.clear()
        with self._root:
            with ui.element("div").classes("loa-top"):
                state = "" if view.active and not view.invited else "person-invited" if view.active else "person-left"
                heading(view.name, f"{view.login} · {say(state)}" if state else view.login)
            if manager and not mine:
                ui.label(say("person-not-all-yours")).classes("loa-notice")
            if mine:
                self._names(view)
            with ui.element("section").classes("loa-panel"):
                tagged("h2", say("roles"))
                if myself or not manager:
                    for grant in view.grants:
                        ui.label(grant_line(grant))
                    if myself:
                        ui.label(say("person-own-roles")).classes("loa-dim")
                else:
                    roles = GrantsField(nodes, view.grants)
                    self._button(
                        "roles-save",
                        "save",
                        lambda: self._visit.accounts.set_grants(self._visit.actor, self._id, roles.grants),
                    )
            if mine and not myself:
                self._ways(view)
            if mine:
                self._browsers(view.sessions)
            if mine and not myself:
                self._leaving(view)

    def _names(self, view: PersonView) -> None:
        with ui.element("section").classes("loa-panel"):
            name = ui.input(say("person-name"), value=view.name).props("outlined data-testid=name").mark("name")
            email = ui.input(say("person-email"), value=view.email).props("outlined type=email data-testid=email")
            email.mark("email")
            self._button(
                "names-save",
                "save",
                lambda: self._visit.accounts.rename(self._visit.actor, self._id, name.value or "", email.value or ""),
            )

    def _ways(self, view: PersonView) -> None:
        async def reset(*, by_link: bool) -> None:
            async with asking():
                way = await self._visit.accounts.reset(await self._visit.me(), self._id, by_link=by_link)
                self._root.clear()
                with self._root:
                    show_way_in(self._visit, way, view.name, view.login, self._again)

        async def drop() -> None:
            await self._visit.accounts.drop_second_factor(self._visit.actor, self._id)

        with ui.element("section").classes("loa-panel"):
            tagged("h2", say("ways-in"))
            ui.label(say("reset-hint")).classes("loa-dim")
            with ui.element("div").classes("loa-actions"):
                self._sure("reset-link", "link", say("reset-sure", name=view.name), lambda: reset(by_link=True))
                self._sure("reset-password", "key", say("reset-sure", name=view.name), lambda: reset(by_link=False))
            if view.second_factor:
                ui.label(say("drop-factor-hint")).classes("loa-dim")
                self._sure("drop-factor", "phonelink_erase", say("drop-factor-sure"), lambda: self._do(drop))

    def _browsers(self, sessions: tuple[SessionView, ...]) -> None:
        async def end(which: int | None) -> None:
            await self._visit.accounts.end_session(self._visit.actor, self._id, which)

        with ui.element("section").classes("loa-panel"):
            tagged("h2", say("sessions"))
            draw_sessions(sessions, None, lambda which: self._do(lambda: end(which)))

    def _leaving(self, view: PersonView) -> None:
        accounts, me = self._visit.accounts, self._visit
        with ui.element("section").classes("loa-panel"):
            tagged("h2", say("leaving"))
            ui.label(say("leaving-hint")).classes("loa-dim")
            if view.active:
                self._sure(
                    "deactivate",
                    "person_off",
                    say("deactivate-sure", name=view.name),
                    lambda: self._do(lambda: accounts.deactivate(me.actor, self._id)),
                )
            else:
                self._button("reactivate", "person", lambda: accounts.reactivate(me.actor, self._id))

    def _button(self, word: str, icon: str, action: Callable[[], Awaitable[None]]) -> None:
        button = ui.button(say(word), icon=icon, on_click=lambda: self._do(action)).props("unelevated no-caps")
        button.props(f"data-testid={word}").mark(word)

    def _sure(self, word: str, icon: str, question: str, action: Callable[[], Awaitable[None]]) -> None:
        """A button that asks once more."""
        with ui.dialog() as dialog, ui.card().classes("loa-dialog"):
            ui.label(question).classes("loa-strong")

            async def yes() -> None:
                dialog.close()
                await action()

            with ui.element("div").classes("loa-actions loa-end"):
                ui.button(say("cancel"), on_click=dialog.close).props("flat no-caps")
                sure = ui.button(say(word), icon=icon, on_click=yes).props("unelevated no-caps")
                sure.props(f"data-testid={word}-yes").classes("loa-danger").mark(f"{word}-yes")
        button = ui.button(say(word), icon=icon, on_click=dialog.open).props("outline no-caps")
        button.props(f"data-testid={word}").mark(word)

    async def _do(self, action: Callable[[], Awaitable[None]]) -> None:
        async with asking():
            await self._visit.me()
            await action()
            tell(say("saved"))
            await self.draw()

    async def _again(self) -> None:
        async with asking():
            await self.draw()


def draw_sessions(
    sessions: tuple[SessionView, ...], here: int | None, end: Callable[[int | None], Awaitable[None]]
) -> None:
    """The browsers someone is logged in with; `here` is the one that looks."""
    if not sessions:
        ui.label(say("sessions-none")).classes("loa-dim")
    for view in sessions:
        with ui.element("div").classes("loa-session").mark(f"session-{view.id}"):
            with ui.element("div").classes("loa-session-text"):
                ui.label(view.agent or say("session-unknown")).classes("loa-session-agent")
                with ui.element("div").classes("loa-facts"):
                    ui.label(view.address)
                    Age(view.seen_at)
                    if view.id == here:
                        ui.label(say("session-here")).classes("loa-tag loa-tag-good")
            if view.id != here:
                button = ui.button(say("session-end"), icon="logout", on_click=lambda v=view: end(v.id))
                button.props(f"flat no-caps data-testid=session-end-{view.id}").mark(
                    f"session-end session-end-{view.id}"
                )
    if any(view.id != here for view in sessions):
        every = ui.button(say("sessions-end" if here is None else "sessions-end-others"), on_click=lambda: end(None))
        every.props("outline no-caps data-testid=sessions-end").mark("sessions-end")

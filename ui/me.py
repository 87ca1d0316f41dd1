"""One's own account: password, second factor, browsers. Whoever must do something before anything else does it here."""

from fastapi.responses import RedirectResponse
from nicegui import ui

from broadcast.people.account_types import Must, OwnAccount
from ui.door import password_field
from ui.grants import grant_line
from ui.person import draw_sessions
from ui.second_factor import SecondFactor
from ui.session import OWN_PAGE, Panel, Visit, asking, tell
from ui.theme import heading, show, tagged
from ui.words import say


def register(panel: Panel) -> None:
    """The page at /me."""

    @ui.page(OWN_PAGE)
    async def me() -> RedirectResponse | None:
        return await show(panel, "me", lambda visit: _Page(visit).draw())


class _Page:
    """Drawn anew after each change."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._root = ui.element("div").classes("loa-form").mark("own-page")

    async def draw(self) -> None:
        """As it is now."""
        standing = await self._visit.stand()
        own = await self._visit.accounts.own(standing)
        self._root.clear()
        with self._root:
            heading(say("nav-me"), f"{own.name} · {own.login}")
            if standing.must:
                with ui.element("div").classes("loa-notice").props("role=alert data-testid=must").mark("must"):
                    ui.label(say(f"must-{standing.must.value}"))
            if standing.must is not Must.SECOND_FACTOR and own.has_password:
                self._password(standing.must is Must.CHANGE_PASSWORD)
            if standing.must is not Must.CHANGE_PASSWORD and own.has_password:
                with ui.element("section").classes("loa-panel"):
                    SecondFactor(self._visit, own, self._again)
            if not standing.must:
                self._rest(own, standing.session)

    def _password(self, must: bool) -> None:
        async def change() -> None:
            wrong.set_text("")
            async with asking(wrong.set_text):
                if new.value != again.value:
                    wrong.set_text(say("password-twice"))
                    return
                standing = await self._visit.stand()
                await self._visit.accounts.change_password(standing, present.value or "", new.value or "")
                tell(say("password-changed"))
                if must:
                    ui.navigate.to("/")
                else:
                    await self.draw()

        with ui.element("section").classes("loa-panel"):
            tagged("h2", say("password-change"))
            present = password_field(say("password-present"), "password", "current-password")
            new = password_field(say("password-new"), "password-new", "new-password")
            again = password_field(say("password-again"), "password-again", "new-password")
            ui.label(say("password-hint")).classes("loa-dim loa-small")
            wrong = (
                ui.label().classes("loa-wrong").props("role=alert data-testid=password-error").mark("password-error")
            )
            button = ui.button(say("password-change"), icon="key", on_click=change).props("unelevated no-caps")
            button.props("data-testid=password-change").mark("password-change")

    def _rest(self, own: OwnAccount, session: int) -> None:
        async def end(which: int | None) -> None:
            async with asking():
                await self._visit.accounts.end_others(await self._visit.stand(), which)
                tell(say("saved"))
                await self.draw()

        with ui.element("section").classes("loa-panel"):
            tagged("h2", say("sessions"))
            draw_sessions(own.sessions, session, end)
        with ui.element("section").classes("loa-panel"):
            tagged("h2", say("roles"))
            for grant in own.grants:
                ui.label(grant_line(grant))

    async def _again(self) -> None:
        async with asking():
            await self.draw()

"""Setting up a second factor: a picture for the telephone, drawn here, then one code to prove that it works."""

from collections.abc import Awaitable, Callable

import segno
from nicegui import ui

from broadcast.people.account_types import OwnAccount
from ui.door import password_field
from ui.session import Visit, asking, tell
from ui.theme import tagged
from ui.words import say


def qr(text: str) -> str:
    """A QR code as SVG: ink on white also where the page is dark, since telephones read it."""
    return str(segno.make(text, error="m").svg_inline(scale=5, border=4, dark="#000", light="#fff"))


class SecondFactor:
    """What stands in that part of one's own page."""

    def __init__(self, visit: Visit, own: OwnAccount, again: Callable[[], Awaitable[None]]) -> None:
        self._visit, self._own, self._again = visit, own, again
        tagged("h2", say("second-factor"))
        self._body = ui.element("div").classes("loa-form")
        with self._body:
            if own.second_factor:
                self._in_force()
            else:
                ui.label(say("second-factor-hint")).classes("loa-dim")
                begin = ui.button(say("second-factor-begin"), icon="qr_code_2", on_click=self._begin)
                begin.props("unelevated no-caps data-testid=factor-begin").mark("factor-begin")

    async def _begin(self) -> None:
        async with asking():
            fresh = self._visit.accounts.begin_second_factor(await self._visit.stand())
            self._body.clear()
            with self._body:
                ui.label(say("second-factor-scan"))
                picture = ui.html(qr(fresh.uri), sanitize=False).classes("loa-qr").mark("factor-qr")
                picture.props(f'role=img aria-label="{say("second-factor-picture")}"')
                ui.label(say("second-factor-typed"))
                ui.label(fresh.secret).classes("loa-secret").mark("factor-secret").props("data-testid=factor-secret")
                self._proof("second-factor-confirm", "factor-confirm", lambda p, c: self._confirm(p, fresh.secret, c))

    async def _confirm(self, password: str, secret: str, code: str) -> None:
        accounts = self._visit.accounts
        self._show(await accounts.confirm_second_factor(await self._visit.stand(), password, secret, code))

    def _show(self, codes: tuple[str, ...]) -> None:
        self._body.clear()
        with self._body:
            ui.label(say("recovery-codes")).classes("loa-strong")
            ui.label(say("recovery-hint")).classes("loa-dim")
            ui.label("\n".join(codes)).classes("loa-secret loa-codes").mark("recovery").props("data-testid=recovery")

            def copy() -> None:
                ui.clipboard.write("\n".join(codes))
                tell(say("copied"))

            with ui.element("div").classes("loa-actions"):
                ui.button(say("copy"), icon="content_copy", on_click=copy).props("outline no-caps")
                done = ui.button(say("recovery-kept"), on_click=self._again).props("unelevated no-caps")
                done.props("data-testid=recovery-kept").mark("recovery-kept").classes("loa-primary")

    def _in_force(self) -> None:
        ui.label(say("second-factor-on", count=self._own.recovery_codes))

        async def renew(password: str, code: str) -> None:
            self._show(await self._visit.accounts.renew_codes(await self._visit.stand(), password, code))

        async def drop(password: str, code: str) -> None:
            await self._visit.accounts.drop_own_second_factor(await self._visit.stand(), password, code)
            tell(say("saved"))
            await self._again()

        with ui.expansion(say("recovery-renew"), icon="restart_alt").mark("renew-open"):
            self._proof("recovery-renew", "renew", renew)
        with ui.expansion(say("second-factor-drop"), icon="phonelink_erase").mark("drop-open"):
            self._proof("second-factor-drop", "drop", drop)

    def _proof(self, word: str, marker: str, action: Callable[[str, str], Awaitable[None]]) -> None:
        """Password and code, asked together: whoever sits down at an open browser has neither."""

        async def go() -> None:
            wrong.set_text("")
            async with asking(wrong.set_text):
                await action(password.value or "", code.value or "")

        with ui.element("div").classes("loa-form"):
            password = password_field(say("password"), f"{marker}-password", "current-password")
            code = ui.input(say("code")).props("outlined autocomplete=one-time-code inputmode=numeric")
            code.props(f"data-testid={marker}-code").mark(f"{marker}-code").on("keydown.enter", go)
            wrong = ui.label().classes("loa-wrong").props(f"role=alert data-testid={marker}-error")
            wrong.mark(f"{marker}-error")
            button = ui.button(say(word), on_click=go).props(f"unelevated no-caps data-testid={marker}").mark(marker)
            button.classes("loa-primary")

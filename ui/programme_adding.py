"""What can be added to a programme: bulletins that are looked for, jingles, music, room for a relay."""

from collections.abc import Awaitable, Callable
from typing import Final

from nicegui import ui

from broadcast.agenda.programme_types import ProgrammeView
from broadcast.domain.bulletins import Bulletin, BulletinState, Origin
from broadcast.domain.programmes import PartKind
from broadcast.newsroom.life_types import BulletinAsk
from ui.life import TONES
from ui.living import state_name
from ui.session import Visit, asking
from ui.showing import prog
from ui.words import length

FOUND: Final = 20
Change = Callable[[Callable[[], Awaitable[ProgrammeView]]], Awaitable[None]]
_KINDS: Final = (
    (PartKind.OPENING, "rising", "music_note"),
    (PartKind.CLOSING, "falling", "music_off"),
    (PartKind.MUSIC, "", "library_music"),
    (PartKind.RELAY, "", "sensors"),
)


class Adding:
    """The buttons, and the dialog in which bulletins are looked for."""

    def __init__(self, visit: Visit, view: ProgrammeView, change: Change) -> None:
        self._visit, self._id, self._change = visit, view.id, change
        self._inside: frozenset[int] = frozenset()
        self._bulletins: tuple[Bulletin, ...] = ()
        with ui.element("div").classes("loa-actions"):
            add = ui.button(prog("add-bulletin"), icon="add", on_click=self._open).props("unelevated no-caps")
            add.props("data-testid=add-bulletin").mark("add-bulletin").classes("loa-primary")
            self._kinds = {}
            for kind, sound, icon in _KINDS:
                button = ui.button(
                    prog(f"add-{kind.value}"), icon=icon, on_click=lambda k=kind, s=sound: self._add(k, s)
                )
                button.props(f"outline no-caps data-testid=add-{kind.value}").mark(f"add-{kind.value}")
                self._kinds[kind] = button
        with ui.dialog().props("position=top") as self._dialog, ui.card().classes("loa-dialog loa-dialog-wide"):
            ui.label(prog("add-bulletin")).classes("loa-strong")
            self._words = ui.input(prog("find"), on_change=self._look).props(
                "outlined clearable debounce=250 type=search data-testid=add-find autofocus"
            )
            self._words.classes("loa-wide").mark("add-find")
            self._approved = ui.checkbox(prog("find-approved"), value=True, on_change=self._look).mark("add-approved")
            self._wrong = ui.label().classes("loa-wrong").props("role=alert").mark("add-error")
            self._found = ui.element("div").classes("loa-ticks loa-found").props("data-testid=add-found")
            with ui.element("div").classes("loa-actions loa-end"):
                done = ui.button(prog("close"), on_click=self._dialog.close).props("outline no-caps")
                done.props("data-testid=add-done").mark("add-done")

    def show(self, view: ProgrammeView) -> None:
        """What is in it already is not offered again."""
        kinds = {part.kind for part in view.parts}
        for kind in (PartKind.OPENING, PartKind.CLOSING, PartKind.RELAY):
            self._kinds[kind].visible = kind not in kinds
        inside = frozenset(part.bulletin for part in view.parts if part.bulletin is not None)
        if inside != self._inside:
            self._inside = inside
            self._draw()

    async def _open(self) -> None:
        self._dialog.open()
        await self._look()

    async def _look(self) -> None:
        self._wrong.set_text("")
        state = BulletinState.APPROVED if self._approved.value else None
        ask = BulletinAsk(words=self._words.value or "", state=state, page_size=FOUND)
        async with asking(self._wrong.set_text):
            page = await self._visit.office.bulletins(self._visit.actor, ask)
            self._bulletins = tuple(v.bulletin for v in page.views if v.bulletin.origin is not Origin.PROGRAMME)
            self._draw()

    def _draw(self) -> None:
        self._found.clear()
        with self._found:
            if not self._bulletins:
                ui.label(prog("find-none")).classes("loa-dim")
            for bulletin in self._bulletins:
                with ui.element("div").classes("loa-find-row"):
                    with ui.element("div").classes("loa-part-what"):
                        ui.label(bulletin.title).classes("loa-strong")
                        with ui.element("div").classes("loa-part-tags"):
                            ui.label(state_name(bulletin.state)).classes(f"loa-tag {TONES[bulletin.state]}")
                            told = length(bulletin.sound.seconds) if bulletin.sound else prog("no-sound")
                            ui.label(told).classes("loa-tag")
                    if bulletin.id in self._inside:
                        ui.label(prog("already")).classes("loa-dim")
                    else:
                        put = ui.button(icon="add", on_click=lambda b=bulletin.id: self._take(b))
                        put.props(f"outline round data-testid=take-{bulletin.id}").mark(f"take-{bulletin.id}")
                        put.props["aria-label"] = prog("put-in", title=bulletin.title)

    async def _take(self, bulletin: int) -> None:
        async def act() -> ProgrammeView:
            return await self._visit.office.programmes.take_into(await self._visit.me(), self._id, bulletin)

        await self._change(act)

    async def _add(self, kind: PartKind, sound: str) -> None:
        async def act() -> ProgrammeView:
            return await self._visit.office.programmes.add_part(await self._visit.me(), self._id, kind, sound)

        await self._change(act)

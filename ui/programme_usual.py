"""The usual programmes of an area: looked at, changed for it and everything below, given back to what holds above."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import time
from typing import Final

from fastapi.responses import RedirectResponse
from nicegui import ui

from broadcast.agenda.programme_types import PatternView
from broadcast.domain.people import Action
from broadcast.domain.programme_patterns import Pattern
from broadcast.domain.programmes import Part, PartKind
from devices.vocabulary import AreaId
from ui.area_tree import walk
from ui.session import Panel, Visit, asking, tell
from ui.showing import kind_name, prog, sound_name
from ui.theme import heading, show
from ui.words import say

_NEW: Final = "-"
_K = PartKind


def register(panel: Panel) -> None:
    """The page at /programmes/usual."""

    @ui.page("/programmes/usual")
    async def usual() -> RedirectResponse | None:
        return await show(panel, "programmes", _draw, needs=Action.WRITE)


async def _draw(visit: Visit) -> None:
    with ui.element("div").classes("loa-top"):
        heading(prog("usual"), prog("usual-hint"))
        ui.link(prog("back"), "/programmes").classes("loa-strong")
    page = _Usual(visit, {n.id: n.name for n in walk(await visit.office.areas(visit.actor, Action.WRITE))})
    await page.refresh()
    visit.redraws.append(page.refresh)


class _Usual:
    """The area, its usual programmes, and the dialog that changes one."""

    def __init__(self, visit: Visit, nodes: dict[AreaId, str]) -> None:
        self._visit, self._nodes = visit, nodes
        self._drawn: object = None
        self._area = ui.select(nodes, value=next(iter(nodes)), label=prog("area"), with_input=True)
        self._area.props("outlined options-dense data-testid=usual-area").classes("loa-next-where").mark("usual-area")
        self._area.on_value_change(self._again).visible = len(nodes) > 1
        self._wrong = ui.label().classes("loa-wrong").props("role=alert").mark("usual-error")
        self._cards = ui.element("div").classes("loa-grid")
        new = ui.button(prog("usual-new"), icon="add", on_click=self._new).props("outline no-caps")
        new.props("data-testid=usual-new").mark("usual-new").classes("loa-more")
        self._dialog = _Dialog(visit, self._keep)

    @property
    def _here(self) -> AreaId:
        return AreaId(self._area.value)

    async def _again(self) -> None:
        async with asking(self._wrong.set_text):
            await self.refresh()

    async def refresh(self) -> None:
        """Show them as they are now."""
        found = await self._visit.office.programmes.patterns(self._visit.actor, self._here)
        if (seen := (self._here, found)) == self._drawn:
            return
        self._drawn = seen
        self._cards.clear()
        with self._cards:
            for view in found:
                self._card(view)

    def _card(self, view: PatternView) -> None:
        usual = view.pattern
        with ui.element("div").classes("loa-card").mark(f"usual-{usual.key}"):
            hour = f"{usual.hour:%H:%M}" if usual.hour else prog("no-hour")
            ui.label(usual.name).classes("loa-card-title")
            ui.label(prog("hour-length", hour=hour, minutes=f"{usual.slot_s / 60:g}"))
            names = (kind_name(p.kind if p else PartKind.BULLETIN) for p in usual.parts)
            ui.label(" → ".join(names)).classes("loa-dim")
            whose = prog("usual-of", area=view.own_name) if view.own else prog("usual-shipped")
            ui.label(whose).classes("loa-dim loa-small")
            with ui.element("div").classes("loa-actions"):
                edit = ui.button(prog("usual-edit"), icon="edit", on_click=lambda: self._open(usual))
                edit.props(f"outline no-caps data-testid=usual-edit-{usual.key}").mark(f"usual-edit-{usual.key}")
                if view.own == self._here:
                    drop = ui.button(prog("usual-drop"), icon="undo", on_click=lambda: self._drop(usual.key))
                    drop.props(f"flat no-caps data-testid=usual-drop-{usual.key}").mark(f"usual-drop-{usual.key}")

    async def _new(self) -> None:
        plain = Pattern(_NEW, prog("usual-new"), None, 900.0, 1.0, 2.0, (Part(_K.OPENING, "", sound="rising"), None))
        await self._open(plain)

    async def _open(self, usual: Pattern) -> None:
        async with asking(self._wrong.set_text):
            await self._dialog.open(usual, self._here)

    async def _keep(self, usual: Pattern) -> None:
        await self._visit.office.programmes.put_pattern(await self._visit.me(), self._here, usual)
        tell(prog("usual-saved", area=self._nodes[self._here]))
        await self.refresh()

    async def _drop(self, key: str) -> None:
        async with asking(self._wrong.set_text):
            await self._visit.office.programmes.drop_pattern(await self._visit.me(), self._here, key)
            await self.refresh()


class _Dialog:
    """One usual programme in fields."""

    def __init__(self, visit: Visit, keep: Callable[[Pattern], Awaitable[None]]) -> None:
        self._visit, self._keep = visit, keep
        self._usual: Pattern | None = None
        with ui.dialog() as self._dialog, ui.card().classes("loa-dialog").mark("usual-dialog"):
            self._name = self._line("usual-name")
            with ui.element("div").classes("loa-hours"):
                self._hour = self._line("usual-hour").props('mask="##:##" inputmode=numeric')
                self._minutes = self._line("usual-minutes").props("inputmode=decimal")
                self._gap = self._line("usual-gap").props("inputmode=decimal")
                self._fade = self._line("usual-fade").props("inputmode=decimal")
            self._opening = self._sound(_K.OPENING)
            self._relay = ui.checkbox(prog("usual-relay")).mark("usual-relay")
            self._music = ui.checkbox(prog("usual-with-music")).mark("usual-with-music")
            self._tune = self._sound(_K.MUSIC)
            self._tune.bind_visibility_from(self._music, "value")
            self._closing = self._sound(_K.CLOSING)
            self._wrong = ui.label().classes("loa-wrong").props("role=alert").mark("usual-wrong")
            with ui.element("div").classes("loa-actions loa-end"):
                ui.button(say("cancel"), on_click=self._dialog.close).props("flat no-caps")
                save = ui.button(prog("usual-save"), icon="check", on_click=self._save).props("unelevated no-caps")
                save.props("data-testid=usual-save").mark("usual-save")

    async def open(self, usual: Pattern, area: AreaId) -> None:
        """Ask how it is to be."""
        sounds = await self._visit.office.programmes.sounds(self._visit.actor, area)
        options = {"": prog("sound-none")} | {one.sound: sound_name(one) for one in sounds}
        parts = {p.kind: p for p in usual.parts if p is not None}
        for field, kind in ((self._opening, _K.OPENING), (self._tune, _K.MUSIC), (self._closing, _K.CLOSING)):
            sound = parts[kind].sound if kind in parts else ""
            field.set_options(options, value=sound if sound in options else "")
        self._relay.set_value(_K.RELAY in parts)
        self._music.set_value(_K.MUSIC in parts)
        self._name.set_value(usual.name)
        self._hour.set_value(f"{usual.hour:%H:%M}" if usual.hour else "")
        for number, value in ((self._minutes, usual.slot_s / 60), (self._gap, usual.gap_s), (self._fade, usual.fade_s)):
            number.set_value(f"{value:g}".replace(".", ","))
        self._wrong.set_text("")
        self._usual = usual
        self._dialog.open()

    def _line(self, name: str) -> ui.input:
        return (
            ui.input(prog(name))
            .props(f"outlined autocomplete=off maxlength=80 data-testid={name}")
            .classes("loa-wide")
            .mark(name)
        )

    def _sound(self, kind: PartKind) -> ui.select:
        marker = f"usual-{kind.value}"
        field = ui.select({"": ""}, value="", label=kind_name(kind)).props(
            f"outlined options-dense data-testid={marker}"
        )
        return field.classes("loa-wide").mark(marker)

    def _read(self, usual: Pattern) -> Pattern:
        """What stands in the fields. Raises ValueError; Refusal: pattern-bounds."""
        minutes, gap, fade = (
            float(str(f.value or "").replace(",", ".")) for f in (self._minutes, self._gap, self._fade)
        )
        parts: list[Part | None] = []
        if self._opening.value:
            parts.append(Part(_K.OPENING, "", sound=self._opening.value))
        parts += [Part(_K.RELAY, "")] if self._relay.value else []
        parts.append(None)
        parts += [Part(_K.MUSIC, "", sound=self._tune.value or "")] if self._music.value else []
        if self._closing.value:
            parts.append(Part(_K.CLOSING, "", sound=self._closing.value))
        hour = time.fromisoformat(self._hour.value) if self._hour.value else None
        return replace(
            usual,
            name=self._name.value or "",
            hour=hour,
            slot_s=60 * minutes,
            gap_s=gap,
            fade_s=fade,
            parts=tuple(parts),
        )

    async def _save(self) -> None:
        self._wrong.set_text("")
        if self._usual is None:
            return
        async with asking(self._wrong.set_text):
            try:
                wanted = self._read(self._usual)
            except ValueError:
                self._wrong.set_text(prog("usual-wrong"))
                return
            await self._keep(wanted)
            self._dialog.close()

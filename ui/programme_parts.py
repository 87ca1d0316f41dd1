"""The order of a programme: dragged by a handle, or moved by buttons; each part with its time, sound and faults."""

from collections.abc import Awaitable, Callable, Sequence

from nicegui import events, ui

from broadcast.agenda.programme_types import PartView, ProgrammeView, SoundView
from broadcast.domain.bulletins import BulletinState
from broadcast.domain.programmes import STOPS, PartKind
from devices.vocabulary import Level
from ui.board import Board
from ui.life import TONES
from ui.living import level_name, state_name
from ui.programme_adding import Adding
from ui.session import Visit, asking
from ui.showing import ICONS, clock, fault_told, part_title, prog, sound_name
from ui.theme import tagged
from ui.words import length

Taken = Callable[[ProgrammeView], Awaitable[None]]
"""Shows what became of a change, everywhere on the page."""


class Parts:
    """The parts in their order, how they fill the slot, and what can be added."""

    def __init__(self, visit: Visit, view: ProgrammeView, taken: Taken) -> None:
        self._visit, self._id, self._taken = visit, view.id, taken
        self._view = view
        self._sounds: dict[str, str] = {}
        self._title = tagged("h1", "").mark("programme-name")
        self._where = ui.label().classes("loa-dim loa-small")
        with ui.element("div").classes("loa-fill").mark("programme-fill").props("role=status data-testid=fill"):
            with ui.element("div").classes("loa-fill-bar").props("aria-hidden=true"):
                self._bar = ui.element("i")
            self._told = ui.label().mark("programme-told").props("data-testid=programme-told")
        self._hint = ui.label(prog("order-hint")).classes("loa-dim loa-small")
        self._whole = ui.label().classes("loa-wrong").mark("programme-faults")
        self._list = ui.column().classes("loa-parts").props("role=list data-testid=parts").mark("parts")
        self._board: Board[tuple[PartView, int, int, bool]] = Board(self._list, lambda row: row[0].key, self._row)
        if view.writable:
            self._list.make_sortable(on_end=self._dropped, handle=".loa-handle", ghost_class="loa-ghost")
        self._wrong = ui.label().classes("loa-wrong").props("role=alert data-testid=parts-error").mark("parts-error")
        self._adding = Adding(visit, view, self.change) if view.writable else None
        self._hint.visible = view.writable

    def offer(self, sounds: Sequence[SoundView]) -> None:
        """The sounds that a part may have."""
        self._sounds = {"": prog("sound-none")} | {one.sound: sound_name(one) for one in sounds}

    def show(self, view: ProgrammeView) -> None:
        """Show it as it is now."""
        self._view = view
        self._title.default_slot.children[0].set_text(view.frame.title)  # type: ignore[attr-defined]  # a label
        self._where.set_text(view.area_name)
        slot = view.frame.slot_s
        over, told = view.over_s > 0, prog("fits", left=length(view.left_s), slot=length(slot))
        if over:
            told = prog("over", over=length(view.over_s))
        elif not round(view.left_s):
            told = prog("full", slot=length(slot))
        self._told.set_text(f"{prog('total', length=length(view.total_s))}. {told}")
        self._told.classes(replace="loa-wrong" if over else "")
        self._bar.style(f"width: {min(100, 100 * view.total_s / slot):.1f}%")
        self._bar.classes(replace="loa-fill-over" if over else "")
        self._whole.set_text(" ".join(fault_told(f) for f in view.faults if f in STOPS))
        count = len(view.parts)
        self._board.show([(part, i, count, view.writable) for i, part in enumerate(view.parts)])
        if self._adding is not None:
            self._adding.show(view)

    async def change(self, act: Callable[[], Awaitable[ProgrammeView]]) -> None:
        """Do it, and show what came of it; what is refused is told, and the order shown as it is."""
        self._wrong.set_text("")
        async with asking(self._wrong.set_text):
            await self._taken(await act())
        if self._wrong.text:
            async with asking():
                fresh = await self._visit.office.programmes.programme(self._visit.actor, self._id)
                await self._taken(fresh)

    def _row(self, row: tuple[PartView, int, int, bool]) -> "_Row":
        return _Row(row[0], self._step, self._drop, self._sound, lambda: self._sounds)

    async def _dropped(self, event: events.SortableEventArguments) -> None:
        keys = [part.key for part in self._view.parts]
        if not (0 <= event.old_index < len(keys)):
            return
        key = keys.pop(event.old_index)
        before = keys[event.new_index] if event.new_index < len(keys) else ""
        await self._move(key, before)

    async def _step(self, key: str, by: int) -> None:
        keys = [part.key for part in self._view.parts]
        if key not in keys:
            return
        at = keys.index(key) + by
        keys.remove(key)
        await self._move(key, keys[at] if 0 <= at < len(keys) else "")

    async def _move(self, key: str, before: str) -> None:
        office = self._visit.office.programmes
        me = self._visit.me

        async def act() -> ProgrammeView:
            return await office.move_part(await me(), self._id, key, before)

        await self.change(act)

    async def _drop(self, key: str) -> None:
        async def act() -> ProgrammeView:
            return await self._visit.office.programmes.drop_part(await self._visit.me(), self._id, key)

        await self.change(act)

    async def _sound(self, key: str, sound: str) -> None:
        async def act() -> ProgrammeView:
            return await self._visit.office.programmes.set_sound(await self._visit.me(), self._id, key, sound)

        await self.change(act)


class _Row:
    """One part."""

    def __init__(
        self,
        part: PartView,
        step: Callable[[str, int], Awaitable[None]],
        drop: Callable[[str], Awaitable[None]],
        sound: Callable[[str, str], Awaitable[None]],
        sounds: Callable[[], dict[str, str]],
    ) -> None:
        key = part.key
        self._sounds, self._quiet, self._choose = sounds, True, sound
        self._key = key
        with ui.element("div").classes("loa-part").props(f"role=listitem data-testid=part-{key}") as self.root:
            self.root.mark(f"part part-{key}")
            self._handle = ui.icon("drag_indicator").classes("loa-handle").props("aria-hidden=true")
            with self._handle:
                ui.tooltip(prog("drag"))
            self._start = ui.label().classes("loa-part-start loa-strong").mark(f"part-start-{key}")
            with ui.element("div").classes("loa-part-what"):
                with ui.element("div").classes("loa-part-head"):
                    ui.icon(ICONS[part.kind]).props("aria-hidden=true")
                    self._name: ui.link | ui.label = (
                        ui.label() if part.bulletin is None else ui.link("", f"/bulletins/{part.bulletin}")
                    )
                    self._name.classes("loa-part-title")
                with ui.element("div").classes("loa-part-tags"):
                    self._length = ui.label().classes("loa-tag")
                    self._state = ui.label().classes("loa-tag")
                    self._level = ui.label(level_name(Level.PRIORITY)).classes("loa-tag loa-tag-alarm")
                self._pick = ui.select({}, label=prog("sound-of"), on_change=self._chosen).classes("loa-part-sound")
                self._pick.props(f"outlined dense options-dense data-testid=part-sound-{key}").mark(f"part-sound-{key}")
                self._faults = ui.element("div").classes("loa-part-faults")
            with ui.element("div").classes("loa-part-do") as self._do:
                self._up = _button("arrow_upward", f"part-up-{key}", lambda: step(key, -1))
                self._down = _button("arrow_downward", f"part-down-{key}", lambda: step(key, 1))
                self._out = _button("close", f"part-out-{key}", lambda: drop(key))
        self._drawn: object = None

    def show(self, row: tuple[PartView, int, int, bool]) -> None:
        """Show it as it is now."""
        seen = (row, self._sounds())
        if seen == self._drawn:
            return
        self._drawn = seen
        part, at, count, writable = row
        name = part_title(part)
        self._name.set_text(name)
        self._start.set_text(prog("skipped") if part.start is None else clock(part.start))
        self._length.set_text(length(part.seconds) if part.seconds is not None else prog("no-sound"))
        self._state.visible = part.state is not None
        if part.state is not None:
            self._state.set_text(state_name(part.state))
            self._state.classes(replace=f"loa-tag {TONES.get(BulletinState(part.state), '')}")
        self._level.visible = part.level is not Level.ROUTINE
        self._handle.visible = self._do.visible = writable
        self._up.set_enabled(at > 0)
        self._down.set_enabled(at < count - 1)
        for button, key in ((self._up, "up"), (self._down, "down"), (self._out, "remove")):
            button.props["aria-label"] = prog(key, title=name)
        self._pick.visible = part.bulletin is None and part.kind is not PartKind.RELAY and writable
        self._quiet = True
        options = dict(self._sounds())
        if part.sound not in options:
            options[part.sound] = part.title or prog("sound-none")
        self._pick.set_options(options, value=part.sound)
        self._quiet = False
        self._faults.clear()
        with self._faults:
            if part.kind is PartKind.RELAY:
                ui.label(prog("relay-hint")).classes("loa-dim loa-small")
            for fault in part.faults:
                if part.kind is PartKind.RELAY:
                    continue
                ui.label(fault_told(fault)).classes("loa-wrong" if fault in STOPS else "loa-warned loa-small")

    def _chosen(self) -> Awaitable[None] | None:
        # decided at once: what is awaited runs when it is no longer quiet
        return None if self._quiet else self._choose(self._key, str(self._pick.value or ""))


def _button(icon: str, marker: str, act: Callable[[], Awaitable[None]]) -> ui.button:
    made = ui.button(icon=icon, on_click=act).props(f"flat round data-testid={marker}")
    return made.mark(marker)

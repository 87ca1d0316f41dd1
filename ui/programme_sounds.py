"""The sounds of an area for its programmes: heard, added from a file, taken away."""

import os
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from nicegui import events, ui

from broadcast.agenda.programme_types import ProgrammeView, SoundView
from broadcast.domain.house import Progress
from ui.board import Board
from ui.session import Visit, asking, tell
from ui.showing import prog, sound_name
from ui.soundin import KINDS
from ui.uploading import FileWords, file_field
from ui.words import say, stage


class Sounds:
    """Folded: most days nobody needs it. `held` are all that may be put in."""

    def __init__(self, visit: Visit, view: ProgrammeView) -> None:
        self._visit, self._area = visit, view.area
        self.held: tuple[SoundView, ...] = ()
        limit = visit.office.upload_limit_mb
        with ui.expansion(prog("sounds"), icon="library_music").classes("loa-sounds").mark("sounds") as self._root:
            self._root.props("data-testid=sounds dense")
            ui.label(prog("sounds-hint")).classes("loa-dim loa-small")
            place = ui.element("div").classes("loa-ticks")
            self._board: Board[SoundView] = Board(place, lambda one: one.sound, self._row)
            self._doing = ui.label().classes("loa-dim").props("role=status").mark("sounds-doing")
            self._wrong = ui.label().classes("loa-wrong").props("role=alert data-testid=sounds-error")
            self._wrong.mark("sounds-error")
            hint = prog("sounds-pick-hint", limit=limit)
            words = FileWords(prog("sounds-pick"), hint, prog("sounds-sending"), prog("sounds-abort"))
            self._upload = file_field(
                KINDS,
                limit,
                words,
                ("sounds-upload", "sounds-pick"),
                taken=self._take,
                refused=self._refused,
                failed=lambda: self._wrong.set_text(say("upload-broken", limit=limit)),
            )
        self._root.visible = view.writable

    async def refresh(self) -> None:
        """Ask which there are."""
        self.held = await self._visit.office.programmes.sounds(self._visit.actor, self._area)
        self._board.show(one for one in self.held if one.id)

    def _row(self, view: SoundView) -> "_SoundRow":
        return _SoundRow(view, self._drop)

    def _refused(self, name: str, too_large: bool) -> None:
        limit = self._visit.office.upload_limit_mb
        told = prog("sounds-large", name=name, limit=limit) if too_large else say("upload-not-sound", name=name)
        self._wrong.set_text(told)

    def _say(self, progress: Progress) -> None:
        self._doing.set_text(f"{stage(progress.stage)}…")

    async def _take(self, event: events.UploadEventArguments) -> None:
        self._wrong.set_text("")
        self._upload.reset()
        handle, name = tempfile.mkstemp(prefix="loa-upload-", suffix=Path(event.file.name).suffix[:8])
        os.close(handle)
        path = Path(name)
        try:
            async with asking(self._wrong.set_text):
                await event.file.save(path)
                me, office = await self._visit.me(), self._visit.office.programmes
                made = await office.add_sound(me, self._area, event.file.name, path, self._say)
                tell(prog("sounds-added", name=made.name))
        finally:
            self._doing.set_text("")
            path.unlink(missing_ok=True)  # noqa: ASYNC240 - one name off a local disk

    async def _drop(self, sound: int) -> None:
        async with asking(self._wrong.set_text):
            await self._visit.office.programmes.drop_sound(await self._visit.me(), sound)


class _SoundRow:
    """One of them."""

    def __init__(self, view: SoundView, drop: Callable[[int], Awaitable[None]]) -> None:
        with ui.element("div").classes("loa-find-row").mark(f"sound-{view.id}") as self.root:
            with ui.element("div").classes("loa-part-what"):
                ui.label(sound_name(view)).classes("loa-strong")
                ui.label(view.area_name).classes("loa-dim loa-small")
                player = ui.audio(f"/clips/{view.clip}").props("preload=none")
                player.props["aria-label"] = view.name
            if view.theirs:
                out = ui.button(icon="delete", on_click=lambda: drop(view.id)).props("flat round")
                out.props(f"data-testid=sound-out-{view.id}").mark(f"sound-out-{view.id}")
                out.props["aria-label"] = prog("sounds-drop", name=view.name)

    def show(self, view: SoundView) -> None:
        """Nothing of it changes."""

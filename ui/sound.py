"""Hearing a bulletin: spoken by a voice, or a file of one's own; who spoke is always told."""

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from nicegui import events, ui

from broadcast.domain.bulletins import Bulletin, Origin, Sound
from broadcast.domain.house import Tell
from broadcast.works import Work
from ui.listening import Hearing, tell_loudness
from ui.session import Visit, asking
from ui.theme import heading
from ui.uploading import FileWords, file_field
from ui.voice_picker import VoicePicker
from ui.words import engine_name, fallen, length, say, stage, voice_name

KINDS: Final = ".mp3,.wav,.m4a,.aac,.ogg,.oga,.opus,.flac,audio/*"


class SoundDesk:
    """Listen, upload, and what came of it."""

    def __init__(self, visit: Visit, bulletin: Bulletin, flush: Callable[[], Awaitable[bool]]) -> None:
        self._visit = visit
        self._id = bulletin.id
        self._flush = flush
        self._shown: object = None
        heading(say("sound"))
        self.picker = VoicePicker(visit, bulletin, self._say_wrong)
        with ui.element("div").classes("loa-actions"):
            self._button = ui.button(say("listen"), icon="play_circle", on_click=self.listen)
            self._button.props("unelevated no-caps data-testid=listen").classes("loa-primary").mark("listen")
            ui.label(say("listen-hint")).classes("loa-dim loa-small loa-not-phone")
        with (
            ui.element("div").classes("loa-working").props("role=status data-testid=working").mark("working") as working
        ):
            self._stage = ui.label()
            self._bar = ui.linear_progress(0, show_value=False, size="8px").props("rounded")
            ui.button(say("stop-waiting"), on_click=self._give_up).props("flat no-caps").mark("stop-waiting")
        self._working = working
        self._working.visible = False
        self._wrong = ui.label().classes("loa-wrong").props("role=alert data-testid=sound-error").mark("sound-error")
        self._result = ui.element("div").classes("loa-result").mark("sound-result").props("data-testid=sound-result")
        self._uploader()
        self.show(bulletin)
        under_way = visit.panel.works.of(self._id)
        if under_way is not None:
            ui.timer(0, lambda: self._follow(under_way), once=True)
        else:
            ui.timer(0, self._say_left_off, once=True)

    async def listen(self) -> None:
        """Have the text spoken, and offer it to be heard."""
        if self._visit.panel.works.of(self._id) or not await self._flush():
            return
        async with asking(self._wrong.set_text):
            actor, choice = await self._visit.me(), self.picker.choice

            async def render(tell: Tell) -> Bulletin:
                return await self._visit.office.render(actor, self._id, tell, choice)

            await self._follow(self._visit.panel.works.begin(self._id, render))

    async def _follow(self, work: Work) -> None:
        self._wrong.set_text("")
        self._button.disable()
        self._working.visible = True
        clock = ui.timer(0.15, lambda: self._say(work))
        try:
            async with asking(self._wrong.set_text):
                await work.wait()
        except asyncio.CancelledError:
            if not work.task.cancelled():
                raise  # the page went away, not the work
        finally:
            clock.cancel()
            self._button.enable()
            self._working.visible = False
        if self._visit.client.is_deleted:
            return
        async with asking(self._wrong.set_text):
            self.show((await self._visit.office.bulletin(self._visit.actor, self._id)).bulletin)
        if not self._wrong.text:
            await self._say_left_off()

    def _say_wrong(self, sentence: str) -> None:
        self._wrong.set_text(sentence)

    async def _say_left_off(self) -> None:
        async with asking(self._wrong.set_text):
            why = await self._visit.office.left_off(self._visit.actor, self._id)
            if why:
                self._wrong.set_text(say(f"left-off-{why}"))

    def _say(self, work: Work) -> None:
        doing, made = stage(work.progress.stage), work.progress.seconds
        if made:
            doing += ": " + say("sound-so-far", length=length(made))
        self._stage.set_text(doing + "…")
        share = work.progress.share
        self._bar.props(remove="indeterminate") if share is not None else self._bar.props("indeterminate")
        self._bar.set_value(share or 0)

    def _give_up(self) -> None:
        work = self._visit.panel.works.of(self._id)
        if work is not None:
            work.task.cancel()

    def show(self, bulletin: Bulletin) -> None:
        """Show its sound as it is now; what is already shown, and may be playing, is left alone."""
        seen = (bulletin.sound, bulletin.origin, bulletin.upload_name)
        if seen == self._shown:
            return
        self._shown = seen
        self._button.set_visibility(bulletin.origin is Origin.TEXT)
        self.picker.show(bulletin)
        self._result.clear()
        with self._result:
            if bulletin.sound is None:
                ui.label(say("not-heard-yet")).classes("loa-dim")
            else:
                self._player(bulletin, bulletin.sound)
            if bulletin.origin is Origin.UPLOAD:
                ui.button(say("drop-upload"), icon="delete", on_click=self._drop).props("outline no-caps").mark(
                    "drop-upload"
                )

    def _player(self, bulletin: Bulletin, sound: Sound) -> None:
        place = ui.element("div").classes("loa-audio")
        ui.timer(0, lambda: self._hear(place), once=True)
        if bulletin.origin is Origin.UPLOAD:
            told = say("from-file", name=bulletin.upload_name, length=length(sound.seconds))
        else:
            engine = engine_name(sound.engine)
            told = say(
                "spoken-by", engine=engine, voice=voice_name(sound.engine, sound.voice), length=length(sound.seconds)
            )
        ui.label(told).mark("spoken-by").props("data-testid=spoken-by")
        tell_loudness(sound)
        if sound.fell_back:
            with ui.element("div").classes("loa-notice").props("role=note data-testid=fell-back").mark("fell-back"):
                ui.label(say("fell-back", engine=engine_name(sound.engine))).classes("loa-strong")
                ui.label(say("fell-back-why", why=fallen(sound.fell_back))).classes("loa-dim loa-small")
                ui.button(say("try-net-voice"), icon="refresh", on_click=self.listen).props("outline no-caps").mark(
                    "try-again"
                )

    async def _hear(self, place: ui.element) -> None:
        async with asking(self._wrong.set_text):
            heard = await self._visit.office.heard(self._visit.actor, self._id)
            if heard is not None and not place.is_deleted:
                with place:
                    Hearing(self._id, heard)

    def _uploader(self) -> None:
        limit = self._visit.office.upload_limit_mb
        words = FileWords(say("pick-file"), say("pick-hint", limit=limit), say("sending-file"), say("abort"))
        self._upload = file_field(
            KINDS,
            limit,
            words,
            ("upload", "pick-file"),
            taken=self._take,
            refused=self._refused,
            failed=lambda: self._wrong.set_text(say("upload-broken", limit=limit)),
        )

    def _refused(self, name: str, too_large: bool) -> None:
        key = "upload-too-large" if too_large else "upload-not-sound"
        self._wrong.set_text(say(key, name=name, limit=self._visit.office.upload_limit_mb))

    async def _take(self, event: events.UploadEventArguments) -> None:
        self._wrong.set_text("")
        self._upload.reset()
        if not await self._flush() or self._visit.panel.works.of(self._id):
            self._wrong.set_text(say("save-first"))
            return
        async with asking(self._wrong.set_text):
            actor = await self._visit.me()
            handle, name = tempfile.mkstemp(prefix="loa-upload-", suffix=Path(event.file.name).suffix[:8])
            os.close(handle)
            path = Path(name)

            async def keep(tell: Tell) -> Bulletin:
                try:
                    await event.file.save(path)
                    return await self._visit.office.upload(actor, self._id, event.file.name, path, tell)
                finally:
                    path.unlink(missing_ok=True)  # noqa: ASYNC240 - one name off a local disk

            await self._follow(self._visit.panel.works.begin(self._id, keep))

    async def _drop(self) -> None:
        async with asking(self._wrong.set_text):
            self.show(await self._visit.office.drop_upload(await self._visit.me(), self._id))

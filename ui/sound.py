"""Hearing a bulletin: spoken by a voice, or a file of one's own; who spoke is always told."""

import asyncio
from collections.abc import Awaitable, Callable

from nicegui import ui

from broadcast.domain.bulletins import Bulletin, Origin, Sound
from broadcast.domain.house import Tell
from broadcast.works import Work
from ui.listening import Hearing, tell_loudness
from ui.marks import lacking
from ui.session import Visit, asking
from ui.soundin import SoundIn
from ui.theme import heading
from ui.voice_picker import VoicePicker
from ui.words import engine_name, fallen, length, say, stage, voice_name


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
        self._in = SoundIn(visit, self._id, self._whole, self._say_wrong)
        self._used = self._who = ""
        self.show(bulletin)
        under_way = visit.panel.works.of(self._id)
        if under_way is not None:
            ui.timer(0, lambda: self._follow(under_way), once=True)
        else:
            ui.timer(0, self._go_on, once=True)

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

    async def _go_on(self) -> None:
        """With what came whole when nobody was here to take it in, or when the server stopped over it."""
        if await self._visit.office.sound.waiting(self._visit.actor, self._id) is not None:
            await self._whole()
        else:
            await self._say_left_off()

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

    async def _give_up(self) -> None:
        work = self._visit.panel.works.of(self._id)
        if work is not None:
            work.task.cancel()
        if self._used:
            async with asking(self._wrong.set_text):
                await self._visit.office.sound.drop(await self._visit.me(), self._used)

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
            engine = self._who = engine_name(sound.engine)
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
                    if heard.lacking and self._who:
                        told = lacking(self._who, heard.lacking)
                        ui.label(told).classes("loa-notice").mark("lacked").props("role=note data-testid=lacked")

    async def _whole(self) -> None:
        """A file of theirs is on the server: it becomes the sound, once nothing else is being made."""
        office = self._visit.office
        under_way = self._visit.panel.works.of(self._id)
        if under_way is not None:
            await self._follow(under_way)
        async with asking(self._wrong.set_text):
            actor = await self._visit.me()
            arrival = await office.sound.waiting(actor, self._id)
            if arrival is not None and await self._flush():
                key = arrival.key
                self._used = key
                begun = self._visit.panel.works.begin(self._id, lambda tell: office.sound.use(actor, key, tell))
                await self._follow(begun)
                self._used = ""
            elif arrival is not None:
                self._wrong.set_text(say("save-first"))
            if await office.sound.waiting(actor, self._id) is None:
                self._in.over()
            else:
                self._in.later()

    async def _drop(self) -> None:
        async with asking(self._wrong.set_text):
            self.show(await self._visit.office.drop_upload(await self._visit.me(), self._id))

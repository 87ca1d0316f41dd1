"""Where sound is made: words spoken, files taken in, in worker threads, with progress told on the event loop.

Bulletins wait for their turn; an alarm's words have a thread of their own and never wait behind them.
"""

import asyncio
import contextlib
import errno
import shutil
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeVar

import structlog

from audio.apart import finish, inspect
from audio.calls import Cancelled, IsCancelled
from audio.calls import Tell as Share
from audio.made import Finished, Inspected, NotSound, TooHeavy, Unreadable
from audio.reading import LegacyEncoding, Lexicon, Reading, read
from audio.speaker import Choice
from audio.speech import SpeechError, Spoken
from broadcast.domain.bulletins import Sound
from broadcast.domain.house import Progress, Tell
from broadcast.domain.refusals import Refusal
from broadcast.domain.voices import AS_USUAL, VoiceChoice
from broadcast.library import ClipLibrary
from broadcast.settings import Mastering, Settings
from broadcast.speech_words import Fallen
from broadcast.voices import open_speaker

T = TypeVar("T")
_log: Final = structlog.get_logger(__name__)

QUEUE: Final = 20
"""Bulletins that may wait for a voice: a minute or two, as long as a person waits for a page."""
_UNFINISHED: Final = "unfinished"
"""Folder of sound in the making, beside the clips: a finished file is moved, never copied."""
_FULL_BYTES: Final = 1024 * 1024
"""A disk with less than this is full, whatever a program in between said of it."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What makes sound, as `audio` has it. All of it blocks."""

    speak: Callable[[str, Path, Share, IsCancelled, Choice, Callable[[float], None]], Spoken]
    """(text, file to write, ..., who is to speak, whom to tell the seconds made so far). Raises SpeechError."""
    inspect: Callable[[Path, str, int, Share, IsCancelled], Inspected]
    """(file, its name, most minutes, ...). Raises NotSound."""
    finish: Callable[[Path, Path, Share, IsCancelled], Finished]
    """(sound, clip to write, ...). Raises Unreadable."""
    read: Callable[[str, Lexicon | None], str] = lambda text, _lexicon: text
    """(written text, how to read it or None for the shipped lexicon): the words to say. Raises LegacyEncoding."""


class Studio:
    """Makes clips and keeps them in the library. Every call may be cancelled; nothing half made stays behind."""

    def __init__(self, tools: Tools, library: ClipLibrary, at_once: int, limit_minutes: int) -> None:
        self._tools, self._library, self._limit_minutes = tools, library, limit_minutes
        self._at_once = at_once
        self._inside = 0
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="studio")
        self._alarm_pool = ThreadPoolExecutor(1, thread_name_prefix="studio-alarm")
        self._closing = threading.Event()

    async def speak(self, words: str, tell: Tell, lexicon: Lexicon | None = None) -> Sound:
        """The words of an alarm as a clip; they wait for nothing but another alarm's.

        Raises Refusal: speech-failed, disk-full.
        """
        return await self._run(self._alarm_pool, partial(self._spoken, words, lexicon, urgent=True), tell)

    async def speak_in_turn(
        self, words: str, tell: Tell, choice: VoiceChoice = AS_USUAL, lexicon: Lexicon | None = None
    ) -> Sound:
        """The words of a bulletin as a clip. Raises Refusal: speech-busy, speech-failed, text-legacy, disk-full."""
        return await self._in_turn(partial(self._spoken, words, lexicon, choice=choice), tell)

    async def take_in(self, name: str, file: Path, tell: Tell) -> Sound:
        """A clip of an uploaded file. Raises Refusal: speech-busy, sound-..., disk-full."""
        return await self._in_turn(partial(self._taken_in, name, file), tell)

    async def close(self) -> None:
        """Break off what is being made, and wait until it has been."""
        self._closing.set()
        for pool in (self._pool, self._alarm_pool):
            await asyncio.to_thread(pool.shutdown, cancel_futures=True)

    async def _in_turn(self, work: Callable[[Tell, IsCancelled], T], tell: Tell) -> T:
        if self._inside >= self._at_once + QUEUE:
            raise Refusal("speech-busy")
        if self._inside >= self._at_once:
            tell(Progress("waiting"))
        self._inside += 1
        try:
            return await self._run(self._pool, work, tell)
        finally:
            self._inside -= 1

    async def _run(self, pool: ThreadPoolExecutor, work: Callable[[Tell, IsCancelled], T], tell: Tell) -> T:
        loop, gone = asyncio.get_running_loop(), threading.Event()

        def on_loop(progress: Progress) -> None:
            if not gone.is_set():
                tell(progress)

        def from_thread(progress: Progress) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has closed: nobody listens
                loop.call_soon_threadsafe(on_loop, progress)

        try:
            return await loop.run_in_executor(pool, work, from_thread, lambda: gone.is_set() or self._closing.is_set())
        finally:
            gone.set()

    def _spoken(
        self,
        text: str,
        lexicon: Lexicon | None,
        tell: Tell,
        cancelled: IsCancelled,
        *,
        choice: VoiceChoice = AS_USUAL,
        urgent: bool = False,
    ) -> Sound:
        words = self._words(text, lexicon, urgent=urgent)
        with self._bench() as bench:
            tell(Progress("speaking", 0.0))
            try:
                share, heard = _speaking(tell)
                wanted = Choice(choice.engine, choice.voice, choice.rate)
                spoken = self._tools.speak(words, bench / "speech", share, cancelled, wanted, heard)
                if spoken.fell_back:
                    _log.warning("fell-back", spoken_by=spoken.engine, instead_of=spoken.fell_back)
                return self._finished(bench, spoken, tell, cancelled)
            except Cancelled:
                raise
            except (SpeechError, Unreadable) as error:
                _log.warning("speech-failed", why=str(error))
                raise Refusal("speech-failed", detail=Fallen(getattr(error, "detail", "") or str(error))) from error

    def _words(self, text: str, lexicon: Lexicon | None, *, urgent: bool) -> str:
        """What the engine is given. An alarm that cannot be read by rule is spoken as it was written."""
        try:
            return self._tools.read(text, lexicon) or text
        except Exception as no:
            if urgent:
                return text
            if isinstance(no, LegacyEncoding):
                raise Refusal("text-legacy", sample=no.sample) from no
            raise

    def _taken_in(self, name: str, file: Path, tell: Tell, cancelled: IsCancelled) -> Sound:
        with self._bench() as bench:
            tell(Progress("decoding", 0.0))
            try:
                self._tools.inspect(file, name, self._limit_minutes, _stage(tell, "decoding"), cancelled)
                return self._finished(bench, Spoken(file, "", ""), tell, cancelled)
            except NotSound as no:
                raise Refusal(no.code, **no.facts) from no
            except TooHeavy as error:
                raise Refusal("sound-heavy", name=name) from error
            except Unreadable as error:
                raise Refusal("sound-truncated", name=name) from error

    def _finished(self, bench: Path, raw: Spoken, tell: Tell, cancelled: IsCancelled) -> Sound:
        clip = bench / "clip.opus"
        tell(Progress("mastering", 0.0))
        made = self._tools.finish(raw.path, clip, _stage(tell, "mastering"), cancelled)
        if cancelled():
            raise Cancelled
        tell(Progress("keeping"))
        return Sound(self._library.keep(clip), made.seconds, made.size, raw.engine, raw.voice, raw.fell_back)

    @contextlib.contextmanager
    def _bench(self) -> Iterator[Path]:
        """A folder for sound in the making, gone afterwards. A full disk becomes Refusal("disk-full")."""
        place = self._library.folder / _UNFINISHED
        try:
            place.mkdir(parents=True, exist_ok=True)
            with TemporaryDirectory(dir=place, ignore_cleanup_errors=True) as folder:
                yield Path(folder)
        except Cancelled:
            raise
        except Exception as error:
            if _is_full(error) or (place.exists() and shutil.disk_usage(place).free < _FULL_BYTES):
                raise Refusal("disk-full") from error
            raise


@asynccontextmanager
async def open_studio(settings: Settings, library: ClipLibrary) -> AsyncIterator[Studio]:
    """The studio that the settings describe. What a server that was killed left unfinished is thrown away.

    Raises BadSettings for engines that cannot be.
    """
    speaker = open_speaker(settings)
    await asyncio.to_thread(shutil.rmtree, library.folder / _UNFINISHED, ignore_errors=True)
    tools = Tools(
        speaker.speak,
        inspect,
        partial(_with_chimes, settings.mastering),
        partial(_as_said, Reading(settings.reading.region)),
    )
    studio = Studio(tools, library, settings.speech.at_once, settings.upload.limit_minutes)
    try:
        yield studio
    finally:
        await studio.close()


def _as_said(how: Reading, text: str, lexicon: Lexicon | None) -> str:
    return read(text, how, lexicon)


def _with_chimes(how: Mastering, sound: Path, clip: Path, tell: Share, cancelled: IsCancelled) -> Finished:
    return finish(
        sound,
        clip,
        chime=how.chime_before,
        closing=how.chime_after,
        tell=tell,
        cancelled=cancelled,
        profile=how.profile,
    )


def _stage(tell: Tell, stage: str) -> Share:
    return lambda share: tell(Progress(stage, share))


def _speaking(tell: Tell) -> tuple[Share, Callable[[float], None]]:
    """Two ears of the speaker, one voice: how far it is, with the seconds of sound made so far."""
    made = 0.0

    def heard(seconds: float) -> None:
        nonlocal made
        made = seconds

    return lambda share: tell(Progress("speaking", share, made)), heard


def _is_full(error: BaseException | None) -> bool:
    """Whether a full disk is what it comes from, however it was wrapped."""
    while error is not None:
        if getattr(error, "errno", None) in {errno.ENOSPC, errno.EDQUOT}:
            return True
        error = error.__cause__ or error.__context__
    return False

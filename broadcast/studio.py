"""Where sound is made: words spoken, files taken in, in worker threads, with progress told on the event loop.

Bulletins wait for their turn; an alarm's words have a thread of their own and never wait behind them.
"""

import asyncio
import contextlib
import errno
import shutil
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeVar

import structlog

from audio.alignment import Line, aligned
from audio.calls import Cancelled, IsCancelled
from audio.calls import Tell as Share
from audio.made import Kept, NotSound, Piece, TooHeavy, Unreadable
from audio.reading import LegacyEncoding, Lexicon
from audio.speaker import Choice
from audio.speech import SpeechError, Spoken
from broadcast.domain.bulletins import Sound
from broadcast.domain.house import Progress, Tell
from broadcast.domain.refusals import Refusal
from broadcast.domain.voices import AS_USUAL, VoiceChoice
from broadcast.library import ClipLibrary
from broadcast.settings import Settings
from broadcast.speech_words import Fallen
from broadcast.studio_tools import Made, Tools, tools_of
from broadcast.voices import open_speaker

T = TypeVar("T")
_log: Final = structlog.get_logger(__name__)

QUEUE: Final = 20
"""Bulletins that may wait for a voice: a minute or two, as long as a person waits for a page."""
_UNFINISHED: Final = "unfinished"
"""Folder of sound in the making, beside the clips: a finished file is moved, never copied."""
_FULL_BYTES: Final = 1024 * 1024
"""A disk with less than this is full, whatever a program in between said of it."""


class Studio:
    """Makes clips and keeps them in the library. Every call may be cancelled; nothing half made stays behind."""

    def __init__(
        self, tools: Tools, library: ClipLibrary, at_once: int, limit_minutes: int, raw: ClipLibrary | None = None
    ) -> None:
        self._tools, self._library, self._limit_minutes = tools, library, limit_minutes
        self._raw = raw
        self._at_once = at_once
        self._inside = 0
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="studio")
        self._alarm_pool = ThreadPoolExecutor(1, thread_name_prefix="studio-alarm")
        self._closing = threading.Event()

    async def speak(self, words: str, tell: Tell, lexicon: Lexicon | None = None) -> Sound:
        """The words of an alarm as a clip; they wait for nothing but another alarm's.

        Raises Refusal: speech-failed, disk-full.
        """
        return (await self._run(self._alarm_pool, partial(self._spoken, words, lexicon, urgent=True), tell)).sound

    async def speak_in_turn(
        self, words: str, tell: Tell, choice: VoiceChoice = AS_USUAL, lexicon: Lexicon | None = None
    ) -> Made:
        """The words of a bulletin as a clip. Raises Refusal: speech-busy, speech-failed, text-legacy, disk-full."""
        return await self._in_turn(partial(self._spoken, words, lexicon, choice=choice), tell)

    async def take_in(self, name: str, file: Path, tell: Tell) -> Made:
        """A clip of an uploaded file. Raises Refusal: speech-busy, sound-..., disk-full."""
        return await self._in_turn(partial(self._taken_in, name, file), tell)

    async def take_in_bare(self, name: str, file: Path, tell: Tell) -> Sound:
        """A clip of an uploaded file, as it is: music, without a chime. Raises Refusal as `take_in`."""
        return (await self._in_turn(partial(self._taken_in, name, file, bare=True), tell)).sound

    async def assemble(self, pieces: Sequence[Piece], tell: Tell) -> Sound:
        """One clip of several. Raises Refusal: speech-busy, sound-lost, disk-full."""
        return await self._in_turn(partial(self._assembled, pieces), tell)

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
    ) -> Made:
        words = self._words(text, lexicon, urgent=urgent)
        with self._bench() as bench:
            tell(Progress("speaking", 0.0))
            try:
                share, heard = _speaking(tell)
                wanted = Choice(choice.engine, choice.voice, choice.rate)
                spoken = self._tools.speak(words, bench / "speech", share, cancelled, wanted, heard)
                if spoken.fell_back:
                    _log.warning("fell-back", spoken_by=spoken.engine, instead_of=spoken.fell_back)
                made = self._finished(bench, spoken, tell, cancelled, keep=not urgent)
                return made if urgent else replace(made, words=words, lines=self._lines(text, lexicon, spoken, made))
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

    def _lines(self, text: str, lexicon: Lexicon | None, spoken: Spoken, made: Made) -> tuple[Line, ...]:
        lead_s = made.lead_s
        lines = aligned(self._tools.explain(text, lexicon), spoken.said)
        return tuple(Line(lead_s + one.start_s, lead_s + one.end_s, one.parts) for one in lines)

    def _taken_in(self, name: str, file: Path, tell: Tell, cancelled: IsCancelled, *, bare: bool = False) -> Made:
        with self._bench() as bench:
            tell(Progress("decoding", 0.0))
            try:
                self._tools.inspect(file, name, self._limit_minutes, _stage(tell, "decoding"), cancelled)
                return self._finished(bench, Spoken(file, "", ""), tell, cancelled, keep=not bare, bare=bare)
            except NotSound as no:
                raise Refusal(no.code, **no.facts) from no
            except TooHeavy as error:
                raise Refusal("sound-heavy", name=name) from error
            except Unreadable as error:
                raise Refusal("sound-truncated", name=name) from error

    def _assembled(self, pieces: Sequence[Piece], tell: Tell, cancelled: IsCancelled) -> Sound:
        with self._bench() as bench:
            tell(Progress("assembling", 0.0))
            clip = bench / "clip.opus"
            try:
                made = self._tools.assemble(pieces, clip, _stage(tell, "assembling"), cancelled)
            except Unreadable as error:
                _log.warning("not-assembled", why=str(error))
                raise Refusal("sound-lost", part="") from error
            tell(Progress("keeping"))
            return Sound(
                self._library.keep(clip),
                made.seconds,
                made.size,
                integrated_lufs=made.integrated_lufs,
                true_peak_db=made.true_peak_db,
            )

    def _finished(
        self, bench: Path, raw: Spoken, tell: Tell, cancelled: IsCancelled, *, keep: bool, bare: bool = False
    ) -> Made:
        clip = bench / "clip.opus"
        tell(Progress("mastering", 0.0))
        made = (self._tools.bare if bare else self._tools.finish)(raw.path, clip, _stage(tell, "mastering"), cancelled)
        if cancelled():
            raise Cancelled
        tell(Progress("keeping"))
        kept, name = self._kept(bench, raw.path, tell, cancelled) if keep else (Kept(0), "")
        sound = Sound(
            self._library.keep(clip),
            made.seconds,
            made.size,
            raw.engine,
            raw.voice,
            raw.fell_back,
            before_lufs=made.before_lufs,
            integrated_lufs=made.integrated_lufs,
            true_peak_db=made.true_peak_db,
            raw=name,
            masked=kept.masked and not raw.engine,
        )
        return Made(sound, spoken_s=raw.seconds, lead_s=made.lead_s)

    def _kept(self, bench: Path, came_in: Path, tell: Tell, cancelled: IsCancelled) -> tuple[Kept, str]:
        """A small copy of what came in, for whoever wants to compare; a bulletin does without it."""
        if self._tools.compact is None or self._raw is None:
            return Kept(0), ""
        copy = bench / "raw.opus"
        try:
            kept = self._tools.compact(came_in, copy, _stage(tell, "keeping"), cancelled)
            return kept, self._raw.keep(copy)
        except (Unreadable, OSError) as error:
            _log.warning("raw-not-kept", why=str(error))
            return Kept(0), ""

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
async def open_studio(
    settings: Settings, library: ClipLibrary, raw: ClipLibrary | None = None
) -> AsyncIterator[Studio]:
    """The studio that the settings describe. What a server that was killed left unfinished is thrown away.

    Raises BadSettings for engines that cannot be.
    """
    speaker = open_speaker(settings)
    await asyncio.to_thread(shutil.rmtree, library.folder / _UNFINISHED, ignore_errors=True)
    studio = Studio(tools_of(settings, speaker), library, settings.speech.at_once, settings.upload.limit_minutes, raw)
    try:
        yield studio
    finally:
        await studio.close()


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

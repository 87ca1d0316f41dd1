"""The speaker: cuts a text into sentences, has one engine speak those that are not on the shelf, joins them.

One engine speaks a whole text, with as many of its voices as the text's marks ask for. If it fails at the ninth
sentence the next engine speaks all of them, but the eight stay on the shelf, and whoever asks again goes on there.
"""

import unicodedata
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from audio.calls import IsCancelled, Tell
from audio.joining import Joined, Spoilt, check, join
from audio.pieces import Piece, pieces
from audio.shelf import Shelf
from audio.speech import (
    FASTEST,
    SLOWEST,
    Engine,
    Job,
    Manner,
    Said,
    SpeechCancelled,
    SpeechError,
    SpeechFailed,
    Spoken,
)

JOINING_SHARE: Final = 0.1
"""Part of the work that is joining."""
_UNBOUNDED: Final = 1 << 62


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person asks for: an engine by name ("" is the first), its voice, the pace as a share of the usual."""

    engine: str = ""
    voice: str = ""
    rate: float = 1.0


class Speaker:
    """Asks engines in order until one has spoken. `rate` is the usual pace; without a shelf nothing is kept."""

    def __init__(self, engines: Sequence[Engine], shelf: Shelf | None = None, rate: float = 1.0) -> None:
        if not engines:
            raise ValueError("a speaker needs at least one engine")
        self._engines, self._shelf, self._rate = tuple(engines), shelf, rate

    @property
    def engines(self) -> tuple[Engine, ...]:
        """Who speaks, in the order in which they are asked."""
        return self._engines

    def speak(
        self,
        text: str,
        out: Path,
        tell: Tell,
        cancelled: IsCancelled,
        choice: Choice = Choice(),
        heard: Callable[[float], None] = lambda _: None,
    ) -> Spoken:
        """Speak `text` (as written, in NFC) into `out`, a WAV file. `heard` is told the seconds of sound made so far.

        The chosen engine is asked first, the others after it as usual. Progress begins anew with every engine. Raises
        SpeechFailed, whose detail names what became of each, once none is left; SpeechCancelled at once; OSError.
        """
        said = list(pieces(unicodedata.normalize("NFC", text)))
        if not any(c.isalnum() for piece in said for c in piece.text):
            raise SpeechFailed("text", "text: nothing to say")
        rate = min(FASTEST, max(SLOWEST, self._rate * choice.rate))
        failures: list[str] = []
        for engine in sorted(self._engines, key=lambda e: e.name != choice.engine):
            if cancelled():
                raise SpeechCancelled
            manner = Manner(choice.voice if engine.name == choice.engine else "", rate)
            try:
                if manner.voice and manner.voice not in {engine.voice, *engine.voices}:
                    raise SpeechFailed("voice", manner.voice)
                with ExitStack() as stack:
                    shelf = self._shelf or Shelf(
                        Path(stack.enter_context(TemporaryDirectory(dir=out.parent))), _UNBOUNDED
                    )
                    joined = _Reading(engine, manner, said, shelf, tell, heard, cancelled).into(out)
            except SpeechCancelled:
                out.unlink(missing_ok=True)
                raise
            except SpeechError as error:
                out.unlink(missing_ok=True)
                failures.append(f"{engine.name}: {error.code}")
                continue
            tell(1.0)
            kinds = sorted({piece.voice for piece in said if piece.voice})
            lacking = tuple(kind for kind in kinds if not engine.voice_of(kind, manner.voice or engine.voice))
            lie = tuple(Said(p.text, *place) for p, place in zip(said, joined.places, strict=True))
            voice = manner.voice or engine.voice
            return Spoken(out, engine.name, voice, "; ".join(failures), joined.seconds, lacking, lie)
        raise SpeechFailed("failed", "; ".join(failures))


class _Reading:
    """One engine at one text."""

    def __init__(
        self,
        engine: Engine,
        manner: Manner,
        said: list[Piece],
        shelf: Shelf,
        tell: Tell,
        heard: Callable[[float], None],
        cancelled: IsCancelled,
    ) -> None:
        self._engine, self._said, self._shelf = engine, said, shelf
        self._rate = manner.rate
        self._tell, self._heard, self._cancelled = tell, heard, cancelled
        usual, own_pace = manner.voice or engine.voice, manner.rate if engine.keeps_pace else 1.0
        self._voices = [engine.voice_of(p.voice, usual) or usual if p.voice else usual for p in said]
        self._keys = [
            shelf.key(p.text, engine.name, voice, own_pace, engine.settings)
            for p, voice in zip(said, self._voices, strict=True)
        ]
        self._stretch = 1.0 if engine.keeps_pace else manner.rate

    def into(self, out: Path) -> Joined:
        """Speak what is missing, join all. Raises SpeechError, OSError."""
        self._tell(0.0)
        for last in (False, True):
            self._speak_missing()
            sentences = [
                (self._where(key), p.pause_s * (self._stretch if p.held else 1.0))
                for key, p in zip(self._keys, self._said, strict=True)
            ]
            try:
                joined = join(sentences, out, self._stretch, self._heard, self._cancelled)
            except Spoilt as spoilt:
                self._shelf.drop(self._keys[spoilt.number])
                if last:
                    raise SpeechFailed("not-sound", str(spoilt)) from spoilt
                continue
            break
        self._shelf.tidy()
        return joined

    def _speak_missing(self) -> None:
        words = {key: piece.text for key, piece in zip(self._keys, self._said, strict=True)}
        missing = {key: text for key, text in words.items() if self._shelf.get(key) is None}
        if not missing:
            return
        whole = sum(map(len, words.values()))
        ready = whole - sum(map(len, missing.values()))
        seconds = 0.0
        with self._shelf.making() as folder:
            of_voice = dict(zip(self._keys, self._voices, strict=True))
            for voice in dict.fromkeys(of_voice[key] for key in missing):
                keys = [key for key in missing if of_voice[key] == voice]
                jobs = [Job(missing[key], folder / key) for key in keys]

                def made(i: int, keys: list[str] = keys, jobs: list[Job] = jobs) -> None:
                    nonlocal ready, seconds
                    if not 0 <= i < len(jobs):
                        raise SpeechFailed("crashed", f"made job {i} of {len(jobs)}")
                    seconds += check(jobs[i].out, jobs[i].text)
                    self._shelf.keep(keys[i], jobs[i].out)
                    ready += len(jobs[i].text)
                    self._heard(seconds / self._stretch)
                    self._tell((1 - JOINING_SHARE) * ready / whole)

                self._engine.speak(jobs, Manner(self._asked(voice), self._rate), made, self._cancelled)

    def _asked(self, voice: str) -> str:
        return "" if voice == self._engine.voice else voice

    def _where(self, key: str) -> Path:
        path = self._shelf.get(key)
        if path is None:
            raise SpeechFailed("empty", f"{self._engine.name} left a sentence out")
        return path

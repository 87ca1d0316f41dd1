"""Text to speech: the seam behind which engines stand. `audio.speaker` asks them one after the other.

    SpeechError
      SpeechFailed      the engine said no, broke, or gave nothing
      SpeechTimeout     it did not answer within its limit
      SpeechCancelled   the person no longer wants it

Everything here blocks: call it in a worker thread.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from audio.calls import Cancelled, IsCancelled

CODES: Final = frozenset(
    {
        "busy",  # too many requests just now
        "crashed",
        "cut",  # sound much too short for its words
        "disk",
        "empty",
        "failed",
        "key",  # its secret was refused
        "missing",  # its program or package is not installed
        "no-key",  # its secret is not in the environment
        "no-voice-file",
        "not-ready",  # it promised sound and did not deliver in time
        "not-sound",  # what it gave is no sound
        "profile",  # its profile cannot be used
        "quota",
        "refused",
        "text",  # nothing it could say
        "timeout",
        "too-large",
        "unreachable",
        "voice",  # it has no such voice
    }
)
"""Every word for a failure: `broadcast/words/speech.toml` has a sentence for each."""
SLOWEST: Final = 0.5
FASTEST: Final = 2.0


class SpeechError(Exception):
    """Base of what can go wrong with speech. `code` is a word for it, `detail` more for the log."""

    code: str = "failed"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.code)
        self.detail = detail


class SpeechFailed(SpeechError):
    """Raised when an engine could not speak a text. `code`, one of CODES, says how."""

    def __init__(self, code: str = "failed", detail: str = "") -> None:
        super().__init__(detail or code)
        self.code = code


class SpeechTimeout(SpeechError):
    """Raised when an engine did not answer in time."""

    code = "timeout"


class SpeechCancelled(SpeechError, Cancelled):
    """Raised when `cancelled` said so."""

    code = "cancelled"


@dataclass(frozen=True, slots=True)
class Job:
    """A sentence, and the file its sound goes to."""

    text: str
    out: Path


@dataclass(frozen=True, slots=True)
class Manner:
    """How to speak: the voice ("" is the engine's own) and the pace, as a share of the engine's own."""

    voice: str = ""
    rate: float = 1.0


Made = Callable[[int], None]
"""Called with the number of a job whose file is whole. What it raises ends the call."""


class Engine(ABC):
    """Someone who can speak."""

    name: str
    voice: str
    """What it speaks with where nobody asks for another voice."""
    voices: tuple[str, ...] = ()
    """What it may be asked for besides `voice`."""
    settings: str = ""
    """What else changes its sound, as a word: sentences spoken under another word are not used again."""
    keeps_pace: bool = True
    """Whether it minds Manner.rate; if not, its sound is stretched afterwards."""

    def voice_of(self, kind: str, voice: str) -> str:  # noqa: ARG002 - for those who have several
        """Its voice of a kind of `audio.marks`, as near as can be to `voice`; "" where it has none."""
        return ""

    @abstractmethod
    def speak(self, jobs: Sequence[Job], manner: Manner, made: Made, cancelled: IsCancelled) -> None:
        """Write every job's words, spoken, to its file: any format that `audio.sound` opens.

        `made` is called in order, once a job. Raises SpeechError; jobs that were made before are whole and stay.
        May be called from several threads at a time.
        """


@dataclass(frozen=True, slots=True)
class Said:
    """Words that were said in one go, and from where to where they sound, in seconds."""

    words: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Spoken:
    """A text that was spoken into `path`. `fell_back` says why earlier engines did not, as "gtts: timeout; x: key"."""

    path: Path
    engine: str
    voice: str
    fell_back: str = ""
    seconds: float = 0.0
    lacking: tuple[str, ...] = ()
    """Kinds of voices that the text asked for and the engine has not: it spoke with the voice it has."""
    said: tuple[Said, ...] = ()
    """Its sentences in their order, where they were measured to lie."""

"""The seams of sound: where frames go (Sink), where they come from (Source), and what a player tells.

All PCM here is 16-bit little-endian, mono, 48 kHz: 2 bytes a frame, 96,000 bytes a second.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from devices.vocabulary import SAMPLE_RATE, Outcome, Part

FRAME_BYTES: Final = 2
BLOCK_FRAMES: Final = SAMPLE_RATE // 50
"""Frames handed over at a time: 20 ms, short enough to break off at once, long enough to sleep between."""
FADE_S: Final = 0.030
"""Breaking off fades over this: shorter clicks in a horn, longer delays an alarm."""


class SoundError(Exception):
    """Base of what can go wrong with sound."""


class NoSoundCard(SoundError):
    """Raised when the sink cannot be opened, or stopped taking frames."""


class Undecodable(SoundError):
    """Raised when a clip cannot be decoded."""


class Sink(ABC):
    """Something that takes frames at the pace of real time. Used by one thread at a time."""

    @abstractmethod
    def open(self, label: str) -> None:
        """Make ready to take frames; nothing sounds yet. `label` names the sound. Raises NoSoundCard.

        While it is open already: goes on under the new label, without a gap after what was taken before.
        """

    @abstractmethod
    def write(self, pcm: bytes) -> None:
        """Take these frames, blocking while the buffer (at most 100 ms) is full. Raises NoSoundCard."""

    @abstractmethod
    def close(self, *, drain: bool) -> None:
        """Let what was taken sound to its end (`drain`) or drop it; may be called twice."""

    @property
    @abstractmethod
    def frames_taken(self) -> int:
        """Frames taken since `open`."""

    @property
    @abstractmethod
    def latency_s(self) -> float:
        """Seconds from `write` on an empty buffer to the membrane, as far as the card tells."""


class Source(ABC):
    """A sound to be played once, as blocks of PCM of at most BLOCK_FRAMES frames."""

    @property
    @abstractmethod
    def total_ms(self) -> int:
        """Length from its start, whatever `blocks` begins with."""

    @abstractmethod
    def blocks(self, from_ms: int = 0) -> Iterator[bytes]:
        """PCM from that position on. Raises Undecodable. Runs in the player's thread."""


@dataclass(frozen=True, slots=True)
class Cue:
    """What a player is to do: this source, at that instant of the monotonic clock (None: at once)."""

    subject: str
    part: Part
    source: Source
    volume: int
    """0 to 100; 100 is the clip as it is, each step of 10 about 3 dB less."""
    at_monotonic: float | None = None
    from_ms: int = 0


@dataclass(frozen=True, slots=True)
class Begun:
    """The first frame was taken at `at` (wall) and `monotonic`."""

    cue: Cue
    at: datetime
    monotonic: float


@dataclass(frozen=True, slots=True)
class Ended:
    """A cue has ended; `outcome` is PLAYED, STOPPED or PREEMPTED. `played_ms` counts from `from_ms`."""

    cue: Cue
    outcome: Outcome
    frames: int
    played_ms: int


@dataclass(frozen=True, slots=True)
class Broken:
    """A cue came to nothing or broke in the middle: `error` is NoSoundCard or Undecodable. `frames` were taken."""

    cue: Cue
    error: SoundError
    frames: int
    played_ms: int


News = Begun | Ended | Broken


class Player(ABC):
    """Sounds one cue at a time. Called on the event loop; tells its news on the event loop, in order.

    Every cue given to `start` leads to exactly one Ended or Broken, after a Begun if a frame was taken.
    """

    @abstractmethod
    def open(self, tell: Callable[[News], None]) -> None:
        """Make ready; `tell` gets all news from now on."""

    @abstractmethod
    def start(self, cue: Cue, *, ending: Outcome = Outcome.PREEMPTED) -> None:
        """Sound `cue` at its instant; what sounds or waits now fades out first and ends with `ending`.

        A cue that waits for its instant has the sink open and its first block decoded beforehand, so that its
        first frame is taken within START_TOLERANCE of the instant.
        """

    @abstractmethod
    def stop(self, outcome: Outcome = Outcome.STOPPED) -> None:
        """Fade out what sounds (FADE_S) or drop what waits; it ends with `outcome`. Nothing there: nothing done."""

    @property
    @abstractmethod
    def cue(self) -> Cue | None:
        """What sounds or waits."""

    @property
    @abstractmethod
    def position_ms(self) -> int:
        """How far what sounds has come, counted from its start; 0 where nothing sounds."""

    @abstractmethod
    async def close(self) -> None:
        """Stop, tell the last news, let go of the sound card. May be called twice."""

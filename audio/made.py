"""What looking at a sound and mastering it may come to. Light: whoever only reads results need not load FFmpeg."""

from dataclasses import dataclass


class NotSound(Exception):
    """Raised when a file cannot become a bulletin's sound.

    `code` is one of sound-empty, sound-not-sound, sound-video, sound-no-sound-track, sound-encrypted, sound-rate,
    sound-truncated, sound-silent, sound-too-long, sound-heavy; `facts` has `name`, `limit` (minutes) where it is too
    long, `rate` where that is out of reach.
    """

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(f"{code} {facts}")
        self.code = code
        self.facts = facts


class Unreadable(Exception):
    """Raised when a file cannot be opened or decoded as sound."""


class TooHeavy(Unreadable):
    """Raised when decoding a file took more time or memory than it may."""


@dataclass(frozen=True, slots=True)
class Inspected:
    """A file that may be used: its length, what it is, and how loud its loudest tenth of a second is."""

    seconds: float
    container: str
    codec: str
    channels: int
    loudest_db: float


@dataclass(frozen=True, slots=True)
class Kept:
    """A compact copy of what came in: its bytes, and whether speech in it is hard to make out (`audio.masking`)."""

    size: int
    masked: bool = False


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished clip: seconds, chimes and all; bytes; what was added to the words; loudness before and after.

    `before_lufs` is that of what came in, as it would sound unchanged through the profile's filters; the other two are
    measured on the clip: LUFS, and dBTP.
    """

    seconds: float
    size: int
    gain_db: float
    before_lufs: float = 0.0
    integrated_lufs: float = 0.0
    true_peak_db: float = 0.0
    lead_s: float = 0.0
    """What came in begins this much later in the clip: the chime in front, less the silence that was cut off."""
    used_mb: float = 0.0
    """Memory that the process which made it took at most; 0 where it was this one."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A sound in its place: a file, or the name of a jingle; when it begins and how long it sounds, in seconds."""

    source: str
    start_s: float
    seconds: float
    musical: bool = False

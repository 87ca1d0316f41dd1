"""The words both ends share: identifiers, levels, outcomes, and the bounds of the wire.

Standard library only. Identifiers that appear in topics are lower-case ASCII slugs: `a-z`, `0-9` and single
hyphens inside, at most 64 characters.
"""

import re
import unicodedata
from datetime import timedelta
from enum import StrEnum
from typing import Final, NewType

AreaId = NewType("AreaId", str)
ReceiverId = NewType("ReceiverId", str)
AiringId = NewType("AiringId", str)
AlarmId = NewType("AlarmId", str)
ClipHash = NewType("ClipHash", str)
"""SHA-256 of a finished sound file, 64 lower-case hexadecimal digits: the name of a Clip."""

SLUG_PATTERN: Final = r"^[a-z0-9]+(-[a-z0-9]+)*\Z"
SLUG_LENGTH: Final = 64
HASH_PATTERN: Final = r"^[0-9a-f]{64}\Z"

SAMPLE_RATE: Final = 48_000
"""Frames a second of every clip and every sink: the native rate of Opus and of USB sound cards."""

PLAN_HORIZON: Final = timedelta(hours=72)
"""How far ahead a receiver holds plan and sound: a long week-end without power at the server."""

PUSH_AHEAD: Final = timedelta(minutes=2)
"""Sound needed sooner than this is pushed over the broker: a pull with jitter might come too late."""

PUSH_LIMIT: Final = 512 * 1024
"""Largest clip pushed, bytes: three minutes of speech at 24 kbit/s, and few seconds on a 4G link."""

START_WINDOW: Final = timedelta(minutes=5)
"""An airing that could not start within this is reported missed: later it would be stale."""

HOLD_LONGEST: Final = timedelta(hours=24)
"""A hold silences a receiver no longer than this: a forgotten one costs a day, not the station."""

START_TOLERANCE: Final = timedelta(milliseconds=20)
"""How far from the planned instant the first frame may be: two horns closer than 7 m do not echo."""


class Level(StrEnum):
    """How urgent a bulletin is (Circular 39/2020/TT-BTTTT), low to high."""

    ROUTINE = "routine"
    PRIORITY = "priority"
    EMERGENCY = "emergency"

    @property
    def rank(self) -> int:
        """0 for routine, 2 for emergency."""
        return list(Level).index(self)


class Part(StrEnum):
    """What kind of sound a report speaks of."""

    AIRING = "airing"
    SIREN = "siren"
    WORDS = "words"


class Outcome(StrEnum):
    """How a sound that had started came to its end."""

    PLAYED = "played"
    INTERRUPTED = "interrupted"
    """The receiver died in the middle (power, crash)."""
    STOPPED = "stopped"
    """A Stop order, a withdrawn airing, or an alarm that ended."""
    PREEMPTED = "preempted"
    """Something of a higher level took the horn."""


class Siren(StrEnum):
    """The sirens that are on every receiver's disk."""

    HI_LO = "hi-lo"
    WAIL = "wail"
    YELP = "yelp"
    STEADY = "steady"

    @classmethod
    def _missing_(cls, value: object) -> "Siren":
        """One of a newer server: better another siren than none."""
        del value
        return cls.WAIL


class Why(StrEnum):
    """Why a message was refused or a sound failed. Unknown values may appear later: treat as text."""

    FORGED = "forged"
    REPLAYED = "replayed"
    OLDER = "older"
    EXPIRED = "expired"
    FOREIGN = "foreign"
    OVERSIZED = "oversized"
    UNKNOWN_KIND = "unknown-kind"
    UNREADABLE = "unreadable"
    NOT_YET_VALID = "not-yet-valid"
    WRONG_HASH = "wrong-hash"
    QUIET_HOURS = "quiet-hours"
    NO_SOUND = "no-sound"
    WINDOW_PASSED = "window-passed"
    SOUND_CARD = "sound-card"
    UNDECODABLE = "undecodable"
    DISK_FULL = "disk-full"
    WITHDRAWN = "withdrawn"
    HELD = "held"


_SLUG = re.compile(SLUG_PATTERN)
_HASH = re.compile(HASH_PATTERN)


def is_slug(text: str) -> bool:
    """Whether `text` may stand in a topic as an identifier."""
    return len(text) <= SLUG_LENGTH and _SLUG.fullmatch(text) is not None


def is_hash(text: str) -> bool:
    """Whether `text` has the form of a ClipHash."""
    return _HASH.fullmatch(text) is not None


def slug(text: str) -> str:
    """The identifier made of a Vietnamese name: "Xã Thạnh Đức" gives "xa-thanh-duc"; "" if nothing is left."""
    plain = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    ascii_only = "".join(c for c in plain if c.isascii())
    return re.sub(r"[^a-z0-9]+", "-", ascii_only.lower()).strip("-")[:SLUG_LENGTH].rstrip("-")

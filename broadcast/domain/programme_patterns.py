"""An area's usual programmes: how a morning and an afternoon begin and end, and where the bulletins stand."""

import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any, Final, Self

from broadcast.domain.programmes import LONGEST_FADE_S, LONGEST_GAP_S, OWN, SHIPPED, Part, PartKind
from broadcast.domain.refusals import Refusal

NAME_LENGTH: Final = 80
LONGEST_SLOT_S: Final = 3 * 3600.0
SHORTEST_SLOT_S: Final = 60.0
MOST_PARTS: Final = 20
BULLETINS: Final = "bulletins"
"""Where the day's bulletins stand, as the file and the books write it."""
_SOUNDING: Final = frozenset(kind.value for kind in PartKind if kind is not PartKind.BULLETIN)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A usual programme. `hour` None: at no fixed one. `parts`: None stands for the bulletins of the day."""

    key: str
    name: str
    hour: time | None
    slot_s: float
    gap_s: float
    fade_s: float
    parts: tuple[Part | None, ...]

    def __post_init__(self) -> None:
        """Raises Refusal: pattern-bounds beyond what it may be, no-such-sound."""
        lengths = SHORTEST_SLOT_S <= self.slot_s <= LONGEST_SLOT_S
        gaps = 0 <= self.gap_s <= LONGEST_GAP_S and 0 <= self.fade_s <= LONGEST_FADE_S
        named = 0 < len(self.name) <= NAME_LENGTH and 0 < len(self.key) <= NAME_LENGTH
        if not (lengths and gaps and named and len(self.parts) <= MOST_PARTS):
            raise Refusal("pattern-bounds")
        if not all(is_sound(part.sound) for part in self.parts if part):
            raise Refusal("no-such-sound")

    @classmethod
    def from_toml(cls, key: str, text: str) -> Self:
        """One file of broadcast/data/programmes. Raises Refusal("pattern-bounds")."""
        try:
            raw = tomllib.loads(text)
            return cls(
                key,
                str(raw["name"]),
                time.fromisoformat(str(raw["hour"])),
                60.0 * float(raw["minutes"]),
                float(raw["gap_s"]),
                float(raw["fade_s"]),
                parts_of(raw["parts"]),
            )
        except (tomllib.TOMLDecodeError, KeyError, ValueError, TypeError) as error:
            raise Refusal("pattern-bounds") from error


def parts_of(written: Sequence[Any]) -> tuple[Part | None, ...]:
    """The parts as they are written: "opening:rising", "bulletins", "music". Raises Refusal("pattern-bounds")."""
    found: list[Part | None] = []
    for each in written:
        kind, _, sound = str(each).partition(":")
        if kind == BULLETINS:
            found.append(None)
        elif kind in _SOUNDING and is_sound(sound):
            found.append(Part(PartKind(kind), "", sound=sound))
        else:
            raise Refusal("pattern-bounds")
    return tuple(found)


def written(parts: Sequence[Part | None]) -> list[str]:
    """The other way round."""
    return [
        BULLETINS if p is None or p.kind is PartKind.BULLETIN else f"{p.kind.value}{':' if p.sound else ''}{p.sound}"
        for p in parts
    ]


def is_sound(sound: str) -> bool:
    """Whether that may name a sound: a shipped one, one of an area, or none."""
    own = sound.removeprefix(OWN)
    return sound in {"", *SHIPPED} or (sound.startswith(OWN) and own.isascii() and own.isdigit() and len(own) < 10)  # noqa: PLR2004 - what a column holds


def clean_name(name: str) -> str:
    """The name of a pattern or a sound as it is kept: NFC, one line. Raises Refusal: sound-name-empty, -long."""
    if len(name) > 4 * NAME_LENGTH:
        raise Refusal("sound-name-long", limit=NAME_LENGTH)
    plain = unicodedata.normalize("NFC", name)
    kept = " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in plain).split())
    if not kept:
        raise Refusal("sound-name-empty")
    if len(kept) > NAME_LENGTH:
        raise Refusal("sound-name-long", limit=NAME_LENGTH)
    return kept

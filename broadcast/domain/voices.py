"""Who may read a bulletin aloud, and how someone wants it read."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class VoiceChoice:
    """An engine ("" is the first of the settings), one of its voices ("" is its own), the pace (1.0 is the usual).

    An engine that cannot is followed by the others, as always.
    """

    engine: str = ""
    voice: str = ""
    rate: float = 1.0


AS_USUAL: Final = VoiceChoice()


@dataclass(frozen=True, slots=True)
class VoiceOffered:
    """An engine of the settings, and the voices one may ask it for, its own first.

    `kinds`: those of "man" and "woman" that it has for texts of several voices.
    """

    engine: str
    voices: tuple[str, ...]
    kinds: tuple[str, ...] = ()

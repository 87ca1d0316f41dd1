"""Letters said by their names, where nothing else fits. Pure."""

import unicodedata
from typing import Final

from audio.reading.ways import Reading

NAMES: Final = {
    "a": "a", "ă": "á", "â": "ớ", "b": "bê", "c": "xê", "d": "dê", "đ": "đê", "e": "e", "ê": "ê", "f": "ép", "g": "giê",
    "h": "hát", "i": "i", "j": "gi", "k": "ca", "l": "e lờ", "m": "em", "n": "en", "o": "o", "ô": "ô", "ơ": "ơ",
    "p": "pê", "q": "quy", "r": "e rờ", "s": "ét", "t": "tê", "u": "u", "ư": "ư", "v": "vê", "w": "vê kép", "x": "ích",
    "y": "i", "z": "dét",
}  # fmt: skip
"""As an announcer spells an abbreviation; d is "dê" so that it is not taken for đ."""


def letter(char: str) -> str:
    """The name of a letter; one of another alphabet, or of none, is left as it is."""
    low = char.lower()
    if low in NAMES:
        return NAMES[low]
    bare = unicodedata.normalize("NFD", low)[0]
    return NAMES.get(bare, low)


def spell(text: str, how: Reading) -> str:
    """Every letter and digit by its name."""
    return " ".join(how.digits[int(c)] if c in "0123456789" else letter(c) for c in text if c.isalnum())

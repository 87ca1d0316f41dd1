"""What people typed as it is kept: composed letters, nothing unseen in it that could be taken for something else."""

import unicodedata
from typing import Final

_UNSEEN: Final = frozenset({"Cc", "Cs", "Co"})
_TURNING: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that make what follows be read from the other side: with them a text shows other words than it has."""
_FAR: Final = 4
"""Decomposed Vietnamese is up to three times as long: what is further beyond a limit is not looked at."""


def seen(text: str) -> str:
    """Without control characters (but line breaks and tabs), surrogates, and signs that turn the writing round."""
    return "".join(c for c in text if c in "\n\t" or (c not in _TURNING and unicodedata.category(c) not in _UNSEEN))


def line(text: str, limit: int) -> str:
    """One line, NFC, single spaces. Longer than `limit` where it was; what is far longer is cut, and still too long."""
    if len(text) > _FAR * limit:
        return text[: _FAR * limit]
    spaced = "".join(" " if unicodedata.category(c) == "Cc" else c for c in text)
    return " ".join(seen(unicodedata.normalize("NFC", spaced)).split())


def paragraphs(text: str, limit: int) -> str:
    """NFC, line breaks of one kind. As `line` where it is too long."""
    if len(text) > _FAR * limit:
        return text[: _FAR * limit]
    return seen(unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")))

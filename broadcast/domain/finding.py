"""How bulletins are found by words: with tone marks or without, whatever their case."""

import unicodedata
from typing import Final

WORDS: Final = 8
"""Of what is searched for; more narrow nothing down."""
LENGTH: Final = 200


def folded(text: str) -> str:
    """The text without tone marks and case, one space between words: what is compared."""
    plain = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).casefold().split())


def wanted(typed: str) -> tuple[str, ...]:
    """The words of a search, folded; each must occur, anywhere in a word. None: everything is found."""
    return tuple(dict.fromkeys(folded(typed[:LENGTH]).split()))[:WORDS]

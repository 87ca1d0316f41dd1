"""How something is read, as a person corrects it: what may be corrected, and into what. Pure."""

import unicodedata
from typing import Final

from broadcast.domain.refusals import Refusal

WRITTEN_LENGTH: Final = 100
WORDS_LENGTH: Final = 200
OF_BULLETIN: Final = 200
"""Corrections one bulletin may have."""
OF_AREA: Final = 2000
"""Entries one area may have."""
_FAR_TOO_LONG: Final = 4
_PAUSES: Final = frozenset(",.;:!?…'’-–")
_COMMENT: Final = "# "
"""With this a line of a table is a remark."""


def clean_written(written: str) -> str:
    """What is corrected, as it is kept: NFC, one line, single spaces.

    Raises Refusal: written-empty, written-long, written-sign (punctuation alone holds the whole text together).
    """
    kept = _one_line(written, WRITTEN_LENGTH)
    if not kept:
        raise Refusal("written-empty")
    if len(kept) > WRITTEN_LENGTH:
        raise Refusal("written-long", limit=WRITTEN_LENGTH, length=len(kept))
    if kept.startswith(_COMMENT) or not any(c.isalnum() or unicodedata.category(c)[0] == "S" for c in kept):
        raise Refusal("written-sign", written=kept)
    return kept


def clean_words(words: str) -> str:
    """How it is to be read, as it is kept: NFC, one line, letters and pauses.

    Raises Refusal: words-empty, words-long, words-digits, words-sign.
    """
    kept = _one_line(words, WORDS_LENGTH)
    if len(kept) > WORDS_LENGTH:
        raise Refusal("words-long", limit=WORDS_LENGTH, length=len(kept))
    digits = [c for c in kept if c.isnumeric()]
    if digits:
        raise Refusal("words-digits", found=digits[0])
    strange = [c for c in kept if not (c.isalpha() or c == " " or c in _PAUSES or unicodedata.category(c)[0] == "M")]
    if strange:
        raise Refusal("words-sign", found=strange[0])
    if not any(c.isalpha() for c in kept):
        raise Refusal("words-empty")
    return kept


def key(written: str) -> str:
    """What two corrections of the same thing have in common: capitals count only where one stands after the first."""
    return written if any(c.isupper() for c in written[1:]) else written.lower()


def _one_line(text: str, limit: int) -> str:
    # decomposed Vietnamese is up to three times as long: what is far beyond is not looked at, only counted
    if len(text) > _FAR_TOO_LONG * limit:
        return text
    plain = "".join(c for c in text if c.isspace() or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"})
    return " ".join(unicodedata.normalize("NFC", plain).split())

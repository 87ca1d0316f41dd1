"""What a text file says, in whatever way its letters are written down."""

import codecs
import unicodedata
from pathlib import Path
from typing import Final

from audio.reading.legacy import LegacyEncoding, modern
from audio.reading.syllables import is_syllable
from broadcast.domain.paragraphs import Reading, from_text
from broadcast.domain.refusals import Refusal

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE: Final = 4_000
_MOST_CONTROLS: Final = 0.01
"""Share of control characters from which a file is no text."""


def read(file: Path) -> Reading:
    """Its paragraphs. Raises Refusal("import-not-text")."""
    return from_text(decoded(file.read_bytes()))


def decoded(raw: bytes) -> str:
    """The text of some bytes: Unicode in any form, else Windows-1258, or the bytes of TCVN3 and VNI fonts.

    Raises Refusal("import-not-text") for what is none.
    """
    for mark, name in _BOMS:
        if raw.startswith(mark):
            return _text(raw, name)
    if raw[:_SAMPLE].count(0) > len(raw[:_SAMPLE]) // 4:
        return _text(raw, "utf-16-le" if raw[1:2] == b"\0" else "utf-16-be")
    try:
        return _checked(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return _of_windows(raw)


def _of_windows(raw: bytes) -> str:
    """One of the ways in which each letter was one byte or two: the one in which most words can be said."""
    fonts = raw.decode("cp1252", "replace")
    try:
        fonts = modern(fonts)
    except LegacyEncoding:
        return _checked(fonts)  # told again, with a sample, to whoever imports it
    windows = unicodedata.normalize("NFC", raw.decode("cp1258", "replace"))
    return _checked(max(fonts, windows, key=_sayable))


def _text(raw: bytes, name: str) -> str:
    try:
        return _checked(raw.decode(name))
    except UnicodeDecodeError:
        raise Refusal("import-not-text") from None


def _checked(text: str) -> str:
    controls = sum(unicodedata.category(c) == "Cc" and c not in "\n\r\t\f" for c in text)
    if controls > len(text) * _MOST_CONTROLS:
        raise Refusal("import-not-text")
    return text


def _sayable(text: str) -> float:
    words = [w for w in text[:_SAMPLE].split() if w.isalpha()]
    return sum(map(is_syllable, words)) / max(1, len(words))

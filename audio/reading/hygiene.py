"""Text made fit for the rules: NFC, what Word and PDF leave behind, numbers of every script as digits. Pure.

Old and new placement of tones (hòa, hoà) are both kept as typed: engines say them alike.
"""

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

_DROPPED: Final = "\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u202a\u202b\u202c\u202d\u202e\ufe0e\ufe0f"
_SPACES: Final = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u205f\u3000\t\ufffc\ufffd"
_NARROW: Final = "\u2007\u2009\u200a\u202f"
_CHANGES: Final = (
    dict.fromkeys(_DROPPED, "")
    | dict.fromkeys(_SPACES + _NARROW, " ")
    | dict.fromkeys("\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029", "\n")
    | dict.fromkeys("‘’‛ʼ＇`´", "'")
    | dict.fromkeys("“”„‟«»＂〝〞", '"')
    | dict.fromkeys("‐‑‒―﹣－", "-")
    | {
        "−": "−",
        "⁄": "/",
        "∕": "/",
        "／": "/",
        "：": ":",
        "；": ";",
        "，": ",",
        "．": ".",
        "％": "%",
        "（": "(",
        "）": ")",
    }
    | {"。": ".", "、": ",", "！": "!", "？": "?", "‚": ",", "․": ".", "ð": "đ", "Ð": "Đ", "Ɖ": "Đ"}
    | {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
)
_POWERS: Final = "²³"
_GOOD: Final = rf"\x20\x21\x23-\x5f\x61-\x7e\nÀ-ÏÑ-ïñ-ƯưẠ-ỹ{_POWERS}–—…•°ºµ₫€"
"""What stays as it is, unless a sign of its own is written above or below it."""
_SUSPECT: Final = re.compile(rf"[^{_GOOD}]")
_COMPATIBLE: Final = re.compile("[㌀-㏿Ａ-Ｚａ-ｚ№℃℉ℓK𝐀-𝟿]")
"""Units in one character, letters of full width or of mathematics."""
_CLUSTER: Final = re.compile(rf"([{_GOOD}]+)(?![\u0300-\u036f])|[^\u0300-\u036f][\u0300-\u036f]*|[\u0300-\u036f]+")
_THIN_GROUP: Final = re.compile(r"\d{3}(?!\d)")


@dataclass(frozen=True, slots=True)
class Clean:
    """The text that rules read. `origin[i]` is where its character i stands in the source; None: the same place."""

    text: str
    origin: list[int] | None

    def place(self, at: int) -> int:
        """Where a place of the clean text is in the source."""
        return at if self.origin is None else self.origin[at]


def nfc(text: str) -> str:
    """Composed, without lone surrogates, which no file can hold."""
    return unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode("utf-8"))


def clean(text: str) -> Clean:
    """The text, mended."""
    if not _SUSPECT.search(text) and unicodedata.is_normalized("NFC", text):
        return Clean(text, None)
    made: list[str] = []
    origin: list[int] = []
    for match in _CLUSTER.finditer(text):
        if match[1]:
            made += match[1]
            origin += range(match.start(), match.end())
            continue
        cluster = unicodedata.normalize("NFC", match.group())
        if len(cluster) == 1 and cluster in _NARROW + "\u00a0" and _inside_number(made, text, match.end()):
            new = "."
        else:
            new = "".join(map(_mended, cluster))
        made += new
        origin += [match.start()] * len(new)
    origin.append(len(text))
    return Clean("".join(made), origin)


def _inside_number(made: list[str], text: str, after: int) -> bool:
    """Whether a narrow space divides thousands, as in 1 250 000."""
    return bool(made) and made[-1].isdigit() and bool(_THIN_GROUP.match(text, after))


def _mended(char: str) -> str:
    if char.isascii() and char not in _CHANGES:
        return char if char == "\n" or char.isprintable() else " "
    changed = _CHANGES.get(char)
    if changed is not None:
        return changed
    if char in _POWERS:
        return char
    if _COMPATIBLE.match(char):
        return unicodedata.normalize("NFKC", char)
    if unicodedata.category(char) in {"Cs", "Co", "Cn", "Cc", "Cf"}:
        return " "
    return _as_digits(char) if char.isnumeric() else char


def _as_digits(char: str) -> str:
    """A numeric character of any script as digits, or ½ as "1 phần 2", set off where it is no plain digit."""
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    value = Fraction(unicodedata.numeric(char)).limit_denominator(1000)
    if value < 0:
        return " "
    if value.denominator == 1:
        return f" {value.numerator} "
    # no slash, which might make a date of it
    return f" {value.numerator} phần {'tư' if value.denominator == 4 else value.denominator} "  # noqa: PLR2004 - ¼

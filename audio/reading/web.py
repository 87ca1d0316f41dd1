"""Addresses of pages and mail, hashtags."""

import re
from typing import Final

from audio.reading import letters, numbers
from audio.reading.scan import Found, Named, Scan
from audio.reading.syllables import is_syllable

_ADDRESS: Final = re.compile(
    r"(?:(?:https?|ftp)://[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}(?![A-Za-z0-9@-])|"
    r"(?:https?://|ftp://)?(?:[A-Za-z0-9_%+-]{1,64}(?:\.[A-Za-z0-9_%+-]{1,64}){0,6}@)?"
    r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,5}\.(?:vn|com|net|org|gov|edu|info|biz|io|me|asia|app|ai|xyz|tv|html|us|uk|eu|cn|kh|jp|kr|sg|dev|online|site|store|shop|ly|link)(?![A-Za-z0-9@-]))"
    r"(?::\d{1,5})?(?:[/?#][A-Za-z0-9_./?=&#%~+:-]{0,200})?"
)
_SCHEME: Final = re.compile(r"(?:https?|ftp)://(?:www\.)?")
_PIECE: Final = re.compile(r"[A-Za-z]+|\d+|.")
_SIGNS: Final = {
    ".": "chấm", "/": "xẹt", "@": "a còng", "-": "gạch ngang", "_": "gạch dưới", "?": "hỏi", "=": "bằng", "&": "và",
    "#": "thăng", "%": "phần trăm", "+": "cộng", ":": "hai chấm", "~": "ngã",
}  # fmt: skip
_HASHTAG: Final = re.compile(r"#(?=[^\W\d_²³]|\d{1,9}[^\W\d_²³])([^\W²³]{1,100})")
_CAMEL: Final = re.compile(r"[^\W\d_]+?(?=[A-ZĐÀ-ÝĂƠƯ][^\W\d_A-ZĐ])|[^\W\d_]+|\d+")
_VOWELS: Final = frozenset("aeiou")
_WORDS: Final = frozenset(
    [
        "vn",
        "com",
        "net",
        "org",
        "gov",
        "edu",
        "info",
        "biz",
        "io",
        "me",
        "gmail",
        "yahoo",
        "hotmail",
        "outlook",
        "facebook",
        "zalo",
        "youtube",
        "google",
        "tiktok",
    ]
)
_ENDINGS: Final = re.compile(r"[.,:;!?&=/-]+\Z")
_SIGNS_SAID: Final = frozenset({"chấm", "a còng", "xẹt", "gạch ngang", "gạch dưới"})
"""Words beside which a small word is part of an address, and stays as it is."""


def address(scan: Scan, at: int) -> Found | None:
    """www.tayninh.gov.vn, ubnd@tayninh.gov.vn."""
    text = scan.text
    if at and (text[at - 1].isalnum() or text[at - 1] in "@."):
        return None
    match = _ADDRESS.match(text, at)
    if not match:
        return None
    whole = _ENDINGS.sub("", match.group())
    scheme = _SCHEME.match(whole)
    body = whole[scheme.end() :] if scheme else whole
    pieces = _PIECE.findall(body)
    around = ["", *(_SIGNS.get(p, "") for p in pieces), ""]
    said = " ".join(
        _piece(scan, p, beside=not _SIGNS_SAID.isdisjoint((before, after)))
        for before, p, after in zip(around, pieces, around[2:], strict=False)
    )
    return Found(at + len(whole), said, kind="mail" if "@" in body else "web")


def hashtag(scan: Scan, at: int) -> tuple[int, str] | None:
    """Where #PhongChongDich ends, and the words in it as they would be written."""
    match = _HASHTAG.match(scan.text, at)
    if not match:
        return None
    return match.end(), " ".join(p for part in match[1].split("_") for p in _CAMEL.findall(part))


def inside(scan: Scan, end: int) -> bool:
    """Whether a word that ends at `end` stands in an address that was read before."""
    return scan.follows(_SIGNS_SAID) or scan.precedes(end, _SIGNS_SAID)


def _piece(scan: Scan, piece: str, *, beside: bool) -> str:
    how = scan.how
    if piece in _SIGNS:
        return _SIGNS[piece]
    if piece.isdecimal():
        return numbers.number(piece, how) if len(piece) < 4 else numbers.by_digit(piece, how)  # noqa: PLR2004 - a code
    if piece.lower() == "www" or len(piece) == 1:
        return letters.spell(piece, how)
    low = piece.lower()
    alone = low in _WORDS or (low not in scan.lexicon.entries and (is_syllable(low) or not _VOWELS.isdisjoint(low)))
    return low if beside or alone else letters.spell(low, how)


ADDRESS: Final = Named("address", "web", address)

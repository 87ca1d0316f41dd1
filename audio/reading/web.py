"""Addresses of pages and mail, hashtags."""

import re
from typing import Final

from audio.reading import letters, numbers
from audio.reading.scan import Found, Named, Scan
from audio.reading.ways import Reading

_ADDRESS: Final = re.compile(
    r"(?:https?://|ftp://)?(?:[A-Za-z0-9_%+-]{1,64}(?:\.[A-Za-z0-9_%+-]{1,64}){0,6}@)?"
    r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,5}\.(?:vn|com|net|org|gov|edu|info|biz|io|me|asia|app|ai|xyz|tv|html|us|uk|eu|cn|kh|jp|kr|sg|dev|online|site|store|shop)(?![A-Za-z0-9@-])"
    r"(?::\d{1,5})?(?:[/?#][A-Za-z0-9_./?=&#%~+:-]{0,200})?"
)
_SCHEME: Final = re.compile(r"(?:https?|ftp)://(?:www\.)?")
_PIECE: Final = re.compile(r"[A-Za-z]+|\d+|.")
_SIGNS: Final = {
    ".": "chấm", "/": "xẹt", "@": "a còng", "-": "gạch ngang", "_": "gạch dưới", "?": "hỏi", "=": "bằng", "&": "và",
    "#": "thăng", "%": "phần trăm", "+": "cộng", ":": "hai chấm", "~": "ngã",
}  # fmt: skip
_HASHTAG: Final = re.compile(r"#(?=[^\W\d_]|\d+[^\W\d_])([\w]{1,100})")
_CAMEL: Final = re.compile(r"[^\W\d_]+?(?=[A-ZĐÀ-ÝĂƠƯ][^\W\d_A-ZĐ])|[^\W\d_]+|\d+")
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
ADDRESS_SIGNS: Final = frozenset({"chấm", "còng", "xẹt", "ngang", "dưới"})
"""Words after which what is said belongs to an address."""


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
    said = " ".join(_piece(p, scan.how) for p in _PIECE.findall(body))
    return Found(at + len(whole), said, kind="mail" if "@" in body else "web")


def hashtag(scan: Scan, at: int) -> Found | None:
    """#PhongChongDich."""
    match = _HASHTAG.match(scan.text, at)
    if not match:
        return None
    pieces = (p for part in match[1].split("_") for p in _CAMEL.findall(part))
    said = " ".join(numbers.number(p, scan.how) if p.isdecimal() else p for p in pieces)
    return Found(match.end(), f"hát tắc {said}")


def _piece(piece: str, how: Reading) -> str:
    if piece in _SIGNS:
        return _SIGNS[piece]
    if piece.isdecimal():
        return numbers.number(piece, how) if len(piece) < 4 else numbers.by_digit(piece, how)  # noqa: PLR2004 - a code
    if piece.lower() in _WORDS:
        return piece.lower()
    if piece.lower() == "www" or len(piece) == 1:
        return letters.spell(piece, how)
    return piece.lower() if piece.isascii() and piece.isalpha() else letters.spell(piece, how)


ADDRESS: Final = Named("address", "web", address)
HASHTAG: Final = Named("hashtag", "hashtag", hashtag)

"""Where something is: house numbers, kilometre posts, coordinates, classes."""

import re
from string import ascii_letters
from typing import Final

from audio.reading import letters, numbers
from audio.reading.contexts import context
from audio.reading.scan import Found, Named, Scan
from audio.reading.ways import Reading

_HOUSE: Final = re.compile(r"\d{1,5}[A-Za-zĐđ]?(?: ?/ ?\d{1,5}[A-Za-zĐđ]?){1,4}(?![\w/]|-[A-ZĐ])")
_HOUSE_PART: Final = re.compile(r"(\d+)([A-Za-zĐđ]?)")
_CLASS: Final = re.compile(r"(\d{1,2})/(\d{1,2})(?![\d/])")
_CLASS_LETTER: Final = re.compile(r"(\d{1,2})([A-ZĐa-h])(?:(\d{1,2})|[./](\d{1,2}))?(?![^\W_])")
_POST: Final = re.compile(r"(\d{1,4}) ?\+ ?(\d{1,4}(?:[.,]\d{1,2})?)(?![\d/])")
_DEGREES: Final = re.compile(
    r"(\d{1,3}(?:[.,]\d{1,5})?) ?[°ºo˚] ?"
    r"(?:(\d{1,2}(?:[.,]\d{1,3})?) ?['′] ?(?:(\d{1,2}(?:[.,]\d{1,3})?) ?(?:''|\"|″) ?)?)?([NSEWBĐTD])(?![^\W_])"
)
_BARE_DEGREES: Final = re.compile(r"(\d{1,3}[.,]\d{1,5}) ?([NSEW])(?![^\W_])")
_MINUTES: Final = re.compile(r"(\d{1,3}) ?[°º˚] ?(\d{1,2}) ?['′](?: ?(\d{1,2}(?:[.,]\d{1,3})?) ?(?:''|\"|″))?")
_ADDRESS: Final = context("address")
_NO_ADDRESS: Final = frozenset({"đổi số", "dân số", "chỉ số", "hệ số", "kỹ thuật số", "tỷ số", "tỉ số"})
_CLASSES: Final = context("classes")
_POSTS: Final = context("kilometre-posts")
_SIDES: Final = {
    "N": "vĩ bắc", "B": "vĩ bắc", "S": "vĩ nam", "E": "kinh đông", "Đ": "kinh đông", "D": "kinh đông", "W": "kinh tây",
    "T": "kinh tây",
}  # fmt: skip


def house(scan: Scan, at: int) -> Found | None:
    """12/5A, 123/45/6."""
    match = _HOUSE.match(scan.text, at)
    if not match:
        return None
    parts = _HOUSE_PART.findall(match.group())
    lettered = any(letter for _, letter in parts)
    if not (lettered and _plausible(parts)) and (not scan.follows(_ADDRESS) or scan.follows(_NO_ADDRESS)):
        return None
    if len(parts) == 2 and len(parts[1][0]) == 4 and parts[1][0].startswith(("19", "20")) and not lettered:  # noqa: PLR2004
        return None  # số 12/2026 is numbered by years
    return Found(match.end(), " xẹt ".join(_numbered(scan, n, letter) for n, letter in parts),
                 (" trên ".join(_numbered(scan, n, letter) for n, letter in parts),))  # fmt: skip


def _plausible(parts: list[tuple[str, str]]) -> bool:
    """Whether the letters are parts of a house's number and not units: 2 lít/1g."""
    return all((letter.isupper() and letter not in "WV") or letter in "abcd" for _, letter in parts if letter)


def school_class(scan: Scan, at: int) -> Found | None:
    """lớp 6/2, lớp 10A1."""
    if not scan.follows(_CLASSES):
        return None
    match = _CLASS.match(scan.text, at)
    if match:
        first, second = (numbers.number(match[i], scan.how) for i in (1, 2))
        return Found(match.end(), f"{first} xẹt {second}", (f"{first} trên {second}", f"{first} {second}"))
    match = _CLASS_LETTER.match(scan.text, at)
    if not match:
        return None
    last = match[3] or match[4]
    said = f"{numbers.number(match[1], scan.how)} {letters.letter(match[2])}"
    return Found(match.end(), f"{said} {numbers.number(last, scan.how)}" if last else said)


def post(scan: Scan, at: int) -> Found | None:
    """Km 12+300."""
    match = _POST.match(scan.text, at)
    if not match or not scan.follows(_POSTS):
        return None
    beyond = re.split("[.,]", match[2])
    said = numbers.number(beyond[0].lstrip("0") or "0", scan.how) if len(beyond[0]) != 3 or beyond[0][0] != "0" else numbers.by_digit(beyond[0], scan.how)  # noqa: E501, PLR2004  # fmt: skip
    if len(beyond) > 1:
        said = numbers.decimal(beyond[0], beyond[1], scan.how)
    return Found(match.end(), f"{numbers.number(match[1], scan.how)} cộng {said}")


def coordinates(scan: Scan, at: int) -> Found | None:
    """11°30'N, 106,5°E, 11°30'."""
    text, how = scan.text, scan.how
    match = _DEGREES.match(text, at) or _MINUTES.match(text, at)
    if match is None:
        bare = _BARE_DEGREES.match(text, at)
        if not bare or (bare[2] in "SW" and scan.last_kind != "place"):
            return None  # dầu 0,05S
        return Found(bare.end(), f"{_measured(bare[1], how)} độ {_SIDES[bare[2]]}")
    said = f"{_measured(match[1], how)} độ"
    if match[2]:
        said += f" {_measured(match[2], how)} phút"
    if match[3]:
        said += f" {_measured(match[3], how)} giây"
    side = match[4] if match.re is _DEGREES else ""
    return Found(match.end(), f"{said} {_SIDES[side]}" if side else said)


def _measured(text: str, how: Reading) -> str:
    whole, _, part = text.replace(".", ",").partition(",")
    return numbers.decimal(whole, part, how) if part else numbers.number(whole, how)


def _numbered(scan: Scan, digits: str, letter: str) -> str:
    said = numbers.number(digits, scan.how)
    return f"{said} {letters.letter(letter)}" if letter else said


RULES: Final = (
    Named("kilometre-post", "quantity", post, "+"),
    Named("coordinates", "place", coordinates, "°ºo˚.,"),
    Named("class", "code", school_class, f"/{ascii_letters}Đ"),
    Named("house", "address", house, f"/{ascii_letters}Đđ"),
)

"""Numbers as people write them, with groups and decimals, and what they are counted in."""

import re
from typing import Final, NamedTuple

from audio.reading import numbers
from audio.reading.contexts import context
from audio.reading.lexicon import Unit
from audio.reading.scan import Found, Scan

_GROUPED: Final = re.compile(r"([1-9]\d{0,2}(?:\.\d{3}){1,6})(?:,(\d{1,6}))?(?!\d|\.\d)")
_COMMAS: Final = re.compile(r"([1-9]\d{0,2}(?:,\d{3}){2,6})(?:\.(\d{1,6}))?(?!\d|,\d)")
_ENGLISH: Final = re.compile(r"([1-9]\d{0,2}(?:,\d{3}){1,6})\.(\d{1,2})(?!\d)")
_SPACED: Final = re.compile(r"([1-9]\d{0,2}(?: \d{3}){1,6})(?:,(\d{1,6}))?(?!\d| \d)")
_DECIMAL: Final = re.compile(r"(\d{1,18})([.,])(\d{1,12})(?!\d|[.,]\d)")
_WHOLE: Final = re.compile(r"\d+")
_STEPPED: Final = re.compile(r"(\d{1,3})(km|m|kg|ha|tấn|tạ|tr|triệu|tỷ)(\d{1,3})(?!\w|[.,/]\d)")
_COMRADE: Final = re.compile(r"/c(?:hí)?(?![^\W_])")
_SHORT_NUMBER: Final = re.compile(r"(?:^|\D)\d{1,3}$")
_PRIMES: Final = frozenset({"'", "''", "′"})
_SHORT_GAP: Final = frozenset(
    ["m", "g", "l", "L", "h", "V", "W", "đ", "%", "°", "º", "˚", "$", "€", "£", "₫", "‰", "'", "′", '"', "″"]
)
"""Units of one sign that may stand apart from their number."""
_DECIMAL_BEFORE: Final = context("measured")
_COUNTED: Final = context("counted")


_MEASURES: Final = frozenset({"kg", "ha", "m", "tấn", "km", "lít"})


_NO_UNIT: Final = frozenset(["", *"0123456789 \n,.;:()-–/+"])
"""What no unit begins with."""


class Amount(NamedTuple):
    """A number that was read: where it ends, its words, whether it has a decimal part, and its value if it is whole."""

    end: int
    words: str
    whole: int | None
    others: tuple[str, ...] = ()


def amount(scan: Scan, at: int) -> Amount:
    """The number that begins with the digit at `at`."""
    text, how = scan.text, scan.how
    match = _WHOLE.match(text, at)
    end = match.end() if match else at + 1
    following = text[end : end + 1]
    if not following or following not in "., ":
        return _made(scan, end, text[at:end], None)
    if following != " ":
        for pattern, sign in ((_GROUPED, "."), (_COMMAS, ","), (_ENGLISH, ",")):
            match = pattern.match(text, at)
            if match:
                return _made(scan, match.end(), match.group(1).replace(sign, ""), match.group(2))
    match = _SPACED.match(text, at)
    if match and (match.group(1).count(" ") > 1 or scan.next_word(match.end()) in _COUNTED):
        return _made(scan, match.end(), match.group(1).replace(" ", ""), match.group(2))
    match = _DECIMAL.match(text, at)
    if match:
        whole, sign, part = match.groups()
        grouped = sign == "," and len(part) == 3 and whole[0] != "0"  # noqa: PLR2004 - as English groups
        if grouped and (part == "000" or _counts(scan, match.end())):
            return _made(scan, match.end(), whole + part, None)
        others = (numbers.decimal(whole, part, how, "chấm"),) if sign == "." else ()
        return Amount(match.end(), numbers.decimal(whole, part, how), None, others)
    return _made(scan, end, text[at:end], None)


def _made(scan: Scan, end: int, whole: str, part: str | None) -> Amount:
    if part:
        return Amount(end, numbers.decimal(whole, part, scan.how), None)
    others = (numbers.by_digit(whole, scan.how),) if 2 < len(whole) < 20 else ()  # noqa: PLR2004 - what may be a code
    return Amount(end, numbers.number(whole, scan.how), int(whole[:20]), others)


def _counts(scan: Scan, at: int) -> bool:
    """Whether what follows is counted and not measured: 15,000 đồng, but 1,250 tấn."""
    word = scan.next_word(at)
    if not word or word in _DECIMAL_BEFORE:
        return False
    known = unit(scan, at)
    return known is None or known[1].kind not in {"measure", "share"} or word in _COUNTED - _MEASURES


def unit(scan: Scan, at: int) -> tuple[int, Unit] | None:
    """The unit that follows a number which ends at `at`, and where it ends."""
    text = scan.text
    start = at + 1 if text[at : at + 1] == " " else at
    if text[start : start + 1] in _NO_UNIT:
        return None
    match = scan.lexicon.unit.match(text, start)
    if not match:
        return None
    sign, units = match.group(1), scan.lexicon.units
    if start > at and len(sign) == 1 and sign not in _SHORT_GAP:
        return None
    if sign == "đ" and _COMRADE.match(text, match.end()):
        return None  # 25 đ/c
    if sign in _PRIMES and (start > at or not _SHORT_NUMBER.search(text[max(0, at - 4) : at])):
        return None  # 30' are minutes, but the sign after 'Năm 2026' closes what was quoted
    known = units.get(sign)
    if known is None and len(sign) > 1:
        known = units.get(sign.lower()) or units.get(sign.upper()) or units.get(sign.capitalize())
    return (match.end(), known) if known else None


def stepped(scan: Scan, at: int) -> Found | None:
    """1m70, 2tr5: the unit stands where the comma would."""
    match = _STEPPED.match(scan.text, at)
    if not match:
        return None
    whole, sign, part = match.groups()
    if sign in {"m", "km"} and part in {"2", "3"}:
        return None
    known = scan.lexicon.units[sign]
    return Found(match.end(), f"{numbers.number(whole, scan.how)} {known.words} {numbers.number(part, scan.how)}")

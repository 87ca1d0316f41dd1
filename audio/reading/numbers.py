"""Numbers as words: cardinals, decimals, ordinals, digits one by one, Roman numerals. Pure."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from audio.reading.ways import Reading

_BILLION: Final = 10**9
_LONGEST: Final = 18
"""Digits of the longest number that is said as a number; a longer one is a code."""
_ROMAN: Final = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_ROMAN_FORM: Final = re.compile(r"M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})\Z")


@lru_cache(4096)
def cardinal(n: int, how: Reading) -> str:
    """The number in words, for 0 <= n < 10^18."""
    if n == 0:
        return how.digits[0]
    high, low = divmod(n, _BILLION)
    said = [f"{cardinal(high, how)} tỷ"] if high else []
    for value, name in ((low // 10**6, " triệu"), (low // 1000 % 1000, f" {how.thousand}"), (low % 1000, "")):
        if value:
            said.append(_triple(value, how, full=bool(said)) + name)
    return " ".join(said)


def number(digits: str, how: Reading) -> str:
    """A row of digits as a number; a very long one, or one such as 007, digit by digit."""
    if len(digits) > _LONGEST or (len(digits) > 2 and digits[0] == "0"):  # noqa: PLR2004 - 05 is five, 007 a code
        return by_digit(digits, how)
    return cardinal(int(digits), how)


def decimal(whole: str, part: str, how: Reading, point: str = "phẩy") -> str:
    """`whole` and the digits after the comma: 98,05 is "chín mươi tám phẩy không năm"."""
    return f"{number(whole, how)} {point} {_part(part, how)}"


def by_digit(digits: str, how: Reading) -> str:
    """Every digit by itself."""
    names = how.digits
    return " ".join([names[int(d)] for d in digits])


def grouped(groups: list[str], how: Reading) -> str:
    """Groups of digits, a pause between them, as a telephone number is said."""
    return ", ".join(by_digit(g, how) for g in groups)


def month(n: int, how: Reading) -> str:
    """The number of a month: the fourth is "tư"."""
    return "tư" if n == 4 else cardinal(n, how)  # noqa: PLR2004 - April


def ordinal(n: int, how: Reading) -> str:
    """What follows "thứ": nhất, hai, ba, tư ..."""
    return {1: "nhất", 4: "tư"}.get(n) or cardinal(n, how)


def roman(letters: str) -> int:
    """The value of a Roman numeral, 0 if it is none."""
    if not letters or not _ROMAN_FORM.match(letters):
        return 0
    values = [_ROMAN[c] for c in letters]
    return sum(-v if v < after else v for v, after in zip(values, [*values[1:], 0], strict=True))


def chunks(digits: str, size: int = 3) -> list[str]:
    """A long row of digits in groups that a listener can write down; none is a lone digit, the last may be longer."""
    return list(_chunks(digits, size))


def _chunks(digits: str, size: int) -> Iterator[str]:
    at = 0
    while len(digits) - at > size + 1:
        yield digits[at : at + size]
        at += size
    yield digits[at:]


def _part(part: str, how: Reading) -> str:
    zeros = len(part) - len(part.lstrip("0"))
    rest = part[zeros:]
    if len(part) > 3:  # noqa: PLR2004 - beyond thousandths nobody hears a number
        return by_digit(part, how)
    said = [how.digits[0]] * zeros + ([cardinal(int(rest), how)] if rest else [])
    return " ".join(said)


def _triple(n: int, how: Reading, *, full: bool) -> str:
    hundreds, tens, ones = n // 100, n // 10 % 10, n % 10
    said = [f"{how.digits[hundreds]} trăm"] if hundreds or full else []
    if tens == 0:
        if ones:
            said += [how.odd, how.digits[ones]] if said else [how.digits[ones]]
    elif tens == 1:
        said.append("mười")
        if ones:
            said.append("lăm" if ones == 5 else how.digits[ones])  # noqa: PLR2004 - five changes after ten
    else:
        said.append(f"{how.digits[tens]} mươi")
        if ones:
            said.append({1: "mốt", 5: "lăm", 4: "tư" if how.north else "bốn"}.get(ones, how.digits[ones]))
    return " ".join(said)

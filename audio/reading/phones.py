"""Telephone numbers, hotlines, codes that are said digit by digit, number plates."""

import re
from string import ascii_uppercase
from typing import Final

from audio.reading import letters, numbers
from audio.reading.contexts import context
from audio.reading.scan import Found, Named, Scan

_PHONE: Final = re.compile(
    r"(?:\(0\d{1,3}\)|0\d{1,10}|(?:1800|1900)(?=[ .-]?\d{2})\d{0,6}|"
    r"\(?\+ ?84\)?(?: ?\(0\))?|(?<![\d+])84(?=[ .-]?9\d\d[ .-]?\d{3}|[ .-]\d{2,3}[ .-]\d{3}))"
    r"(?: ?[.-]? ?\d{1,8}){0,5}"
)
_GROUP: Final = re.compile(r"\d+")
_CALLED: Final = re.compile(r"\d{3,11}(?![\d%]|[.,/:]\d|[ ]?(?:đồng|người|hộ|km|kg|m|ha|lít|tấn)\b)")
_LOCAL: Final = re.compile(r"(?:[2-9]\d{2,3}|[2-9][. -]\d{3})[. -]\d{3}(?![.,]?\d)")
"""A number without its area: 3822.333, 3.822.333."""
_STARRED: Final = re.compile(r"\d{1,12}(?=[*#])")
_PLATE: Final = re.compile(
    r"(\d{2}) ?-?([A-ZĐ]{1,2})(\d?)[ -]{1,3}(\d{3})\.?(\d{2})(?!\d)|(\d{2}) ?([A-ZĐ]{1,2})(\d?)[ -]{1,3}(\d{4})(?!\d)"
)
_LONG: Final = re.compile(r"\d{4,}(?:[ .-]?\d{2,}){0,6}(?![\d,])")
_OLD_ID: Final = re.compile(r"0\d{11}(?!\d)")
_METALS: Final = frozenset({"vàng", "bạc"})
"""Gold of 9999 parts in 10 000."""
_CALL: Final = context("call")
_HELP: Final = context("help")
_KNOWN: Final = frozenset({"111", "112", "113", "114", "115", "116", "1022", "1080", "156", "5656", "18001090"})
_STREET: Final = context("no-phone-after")
_CODE: Final = context("codes")
_MOBILE: Final = 10
_LEAST, _MOST = 8, 12


def phone(scan: Scan, at: int) -> Found | None:
    """0276 3822 333, (0276) 3.822.333, 0912345678, 1900 1009, +84 ..."""
    text = scan.text
    if text[at] not in "01(+8":
        return None
    match = _PHONE.match(text, at)
    if not match:
        return None
    plus = "+" in match.group()
    free = match.group().startswith(("18", "19"))
    most = _longest(match.group(), free=free, plus=plus)
    groups: list[str] = []
    end = at
    total = 0
    for part in _GROUP.finditer(text, at, match.end()):
        if total + len(part.group()) > most:
            break
        groups.append(part.group())
        total += len(part.group())
        end = part.end()
    if text[end : end + 1].isdecimal() or (text[at] == "(" and text[end : end + 1] == ")"):
        return None
    least = 6 if free else _LEAST + 1
    if total < least and not (total >= 7 and scan.follows(_CALL)):  # noqa: PLR2004 - an old number without its area
        return None
    if re.match(r"[,/]\d", text[end : end + 2]) and free:
        return None
    said = numbers.grouped(_said_groups(groups), scan.how)
    return Found(end, f"cộng {said}" if plus else said)


def _longest(text: str, *, free: bool, plus: bool) -> int:
    """How many digits such a number has at most: what follows them is another number."""
    if free:
        return _MOBILE
    if plus or text.startswith("84"):
        return _MOST
    return _MOBILE if text.startswith(("09", "08", "07", "05", "03", "(09")) else _MOBILE + 1


def called(scan: Scan, at: int) -> Found | None:
    """113, 114 hoặc 115 after "gọi", "đường dây nóng" and the like."""
    match = _STARRED.match(scan.text, at)
    if match and at and scan.text[at - 1] == "*":
        return Found(match.end(), numbers.by_digit(match.group(), scan.how))
    match = _LOCAL.match(scan.text, at)
    if match and scan.follows(_CALL):
        return Found(match.end(), numbers.grouped(re.findall(r"\d+", match.group()), scan.how))
    match = _CALLED.match(scan.text, at)
    if not match:
        return None
    if scan.follows(_METALS) and set(match.group()) == {"9"}:
        return Found(match.end(), numbers.by_digit(match.group(), scan.how), kind="code")
    digits, end = match.group(), match.end()
    listed = scan.since_phone <= 3 and scan.left[-1:] and scan.left[-1] in {",", "hoặc", "và", "hay", "-", "đến", ";"}  # noqa: PLR2004  # fmt: skip - a comma and a word
    meant = scan.follows(_CALL) or (listed and len(digits) != 5) or (digits in _KNOWN and scan.follows(_HELP))  # noqa: PLR2004
    if not meant or scan.next_word(end) in _STREET:
        return None
    return Found(end, numbers.grouped(_said_groups([digits]), scan.how), (numbers.number(digits, scan.how),))


def code(scan: Scan, at: int) -> Found | None:
    """A number that names something: an account, a tax number, an identity card."""
    text = scan.text
    match = _LONG.match(text, at)
    if not match:
        return None
    if not scan.follows(_CODE):
        match = _OLD_ID.match(text, at)
        if not match:
            return None
    groups = re.findall(r"\d+", match.group())
    parts = [c for g in groups for c in (numbers.chunks(g) if len(g) > 4 else [g])]  # noqa: PLR2004 - one breath
    return Found(match.end(), numbers.grouped(parts, scan.how))


def plate(scan: Scan, at: int) -> Found | None:
    """70A-123.45, 70B1-234.56, 70K-1234."""
    match = _PLATE.match(scan.text, at)
    if not match:
        return None
    how = scan.how
    if match[1]:
        place, series, digit, rest = match[1], match[2], match[3], [match[4], match[5]]
    else:
        place, series, digit, rest = match[6], match[7], match[8], [match[9]]
    head = f"{numbers.number(place, how)} {letters.spell(series + digit, how)}"
    return Found(match.end(), f"{head}, {numbers.grouped(rest, how)}")


def _said_groups(groups: list[str]) -> list[str]:
    """As written; what was written in one piece is divided as people dictate it."""
    said: list[str] = []
    for group in groups:
        if len(group) <= 4 + (group[0] == "0"):
            said.append(group)
        elif len(group) == _MOBILE and group[0] == "0":
            said += [group[:4], group[4:7], group[7:]]
        elif len(group) == _MOBILE + 1:
            said += [group[:4], group[4:8], group[8:]]
        elif len(group) == 8 or len(group) == 7:  # noqa: PLR2004 - 19001009
            said += [group[:4], group[4:]]
        else:
            said += numbers.chunks(group)
    return said


RULES: Final = (
    Named("phone", "phone", phone),
    Named("plate", "code", plate, f"-{ascii_uppercase}Đ"),
    Named("called", "phone", called),
    Named("code-digits", "code", code),
)

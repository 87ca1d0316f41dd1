"""Dates: 25/11/2026, 25/11, 11/2026, T2, lunar ones; and the slash that is no date: 3/4 số hộ, 18/20 hộ."""

import re
from typing import Final

from audio.reading import numbers
from audio.reading.contexts import context
from audio.reading.scan import NUMERIC, Found, Named, Scan

_FULL: Final = re.compile(r"(\d{1,2}) ?([/.-]) ?(\d{1,2}) ?\2 ?(\d{4}|\d{2})(?![\w/]|[.,]\d)")
_ISO: Final = re.compile(r"((?:19|20)\d{2})-(\d{1,2})-(\d{1,2})(?!\d)")
_MONTH_YEAR: Final = re.compile(r"(\d{1,4}) ?([/.-]) ?((?:19|20)\d{2})(?![\d/]|[.,]\d)")
_SLASH: Final = re.compile(r"(\d{1,6})( ?)/ ?(\d{1,6})(?![\d/]|[.,]\d)")
_DOTTED_DAY: Final = re.compile(r"(\d{1,2})([.-])(\d{1,2})(?![\w/%-]|[.,]\d)")
_SEASON: Final = re.compile(r"((?:19|20)\d{2})/((?:19|20)\d{2})(?!\d)")
_LUNAR_NEXT: Final = re.compile(
    r"(?:/\d{4})?[ ]?[(,]?[ ]?(?:năm [^\W\d]+ [^\W\d]+ [(]?)?(?:âm lịch|ÂL|Âl|âl|AL|(?:năm )?"
    r"(?:Giáp|Ất|Bính|Đinh|Mậu|Kỷ|Canh|Tân|Nhâm|Quý) (?:Tý|Sửu|Dần|Mão|Thìn|Tỵ|Tị|Ngọ|Mùi|Thân|Dậu|Tuất|Hợi))"
)
_WEEKDAY: Final = re.compile(r"[Tt]\.? ?([2-7])(?![\w/]|[.,]\d)")
_SHORT_MONTH: Final = re.compile(r"T\.?(1[0-2]|0?[1-9])(?:[/-]((?:19|20)\d{2}))?(?![\w/]|[.,]\d)")
_SUNDAY: Final = re.compile(
    r"(?:CN|Cn)(?= ?[,;.)/]? ?(?:ngày|\d|\(|hằng|hàng|tuần|này|tới|và|đến|lúc|từ)|[ ]?[-–,;.)]|$)"
)

DAYS: Final = context("days")
_SEVERAL: Final = context("several-days")
_NAMED_DAYS: Final = context("named-days")
_HOLIDAYS: Final = frozenset({("30", "4"), ("1", "5"), ("2", "9"), ("3", "2"), ("8", "3"), ("20", "11"), ("20", "10")})
_DAY_WORDS: Final = context("day-words")
_LUNAR_SAID: Final = context("lunar")
_NUMBERED: Final = context("numbered-by-year") | context("laws")
_LAWS: Final = context("laws")
_ABOUT: Final = context("about")
_PARTS: Final = context("parts")
_OVER: Final = context("over")
_WHOLES: Final = context("wholes")
_HAVING: Final = context("having")
_DOSES: Final = context("doses")
_PERIODS: Final = context("periods")
_POSTS: Final = context("posts")
_RELATIVE_DAYS: Final = context("relative-days")
_FROM_DAY: Final = frozenset({"từ", "đến", "ngày"})
_SIMPLE_PARTS: Final = frozenset({2, 3, 4, 5, 6, 8, 10})
_MONTHS: Final = 12
_SHORT_MONTHS: Final = frozenset({4, 6, 9, 11})
_DAYS: Final = 31
_MODERN: Final = 50
"""Years written with two digits up to here are of this century."""


def valid(day: int, month: int) -> bool:
    """Whether such a day can be."""
    longest = 29 if month == 2 else 30 if month in _SHORT_MONTHS else _DAYS  # noqa: PLR2004 - February
    return 1 <= day <= longest and 1 <= month <= _MONTHS


def full(scan: Scan, at: int) -> Found | None:
    """25/11/2026, 10-12-2026, 25.11.2026."""
    match = _FULL.match(scan.text, at)
    if not match:
        return None
    day, sign, month, year = int(match[1]), match[2], int(match[3]), match[4]
    short = len(year) == 2  # noqa: PLR2004 - 26 for 2026
    if not valid(day, month) or (short and sign != "/" and not scan.follows(_DAY_WORDS)):
        return None
    if short:
        year = f"{20 if int(year) <= _MODERN else 19}{year}"
    said = f"{_day(scan, day, match.end())} tháng {numbers.month(month, scan.how)} năm {numbers.number(year, scan.how)}"
    return Found(match.end(), said)


def iso(scan: Scan, at: int) -> Found | None:
    """2026-11-25."""
    match = _ISO.match(scan.text, at)
    if not match or not valid(int(match[3]), int(match[2])):
        return None
    day, month = numbers.cardinal(int(match[3]), scan.how), numbers.month(int(match[2]), scan.how)
    said = f"{day} tháng {month} năm {numbers.number(match[1], scan.how)}"
    return Found(match.end(), said if scan.follows(DAYS) else f"ngày {said}")


def month_year(scan: Scan, at: int) -> Found | None:
    """11/2026, and 49/2024 of what is numbered by years."""
    text, how = scan.text, scan.how
    season = _SEASON.match(text, at)
    if season and int(season[2]) == int(season[1]) + 1:
        return Found(season.end(), f"{numbers.number(season[1], how)} đến {numbers.number(season[2], how)}")
    match = _MONTH_YEAR.match(text, at)
    if not match or _is_over(scan):
        return None
    first, sign, year = match.groups()
    after_month = scan.follows(frozenset({"tháng"}))
    if sign != "/" and not (int(first) <= _MONTHS and (after_month or (sign == "-" and scan.follows(_PERIODS)))):
        return None
    said_year = f"năm {numbers.number(year, how)}"
    if int(first) > _MONTHS or int(first) == 0 or (not after_month and scan.follows(_NUMBERED)):
        number = "số " if scan.follows(_LAWS) else ""
        return Found(match.end(), f"{number}{numbers.cardinal(int(first), how)} {said_year}", kind="number")
    month = numbers.month(int(first), how)
    return Found(match.end(), f"{month} {said_year}" if after_month else f"tháng {month} {said_year}")


def slash(scan: Scan, at: int) -> Found | None:
    """25/11 as a date, 3/4 as a part, 18/20 as so many of so many: decided by what stands around it."""
    match = _SLASH.match(scan.text, at)
    if not match or (match[2] and not scan.text.startswith("/ ", match.end(2))):
        return None
    a, b, end = int(match[1]), int(match[3]), match.end()
    how = scan.how
    if scan.text[end : end + 1].isalpha() and not scan.text.startswith(("h", "giờ"), end):
        return None
    over = f"{numbers.number(match[1], how)} trên {numbers.number(match[3], how)}"
    part = f"{numbers.number(match[1], how)} phần {'tư' if b == 4 else numbers.number(match[3], how)}"  # noqa: PLR2004
    if _is_over(scan):
        return Found(end, over, (part,), "fraction")
    if scan.text.startswith("h", end):
        end += 1
        return Found(end, f"{over} giờ", kind="fraction")
    date = f"{_day(scan, a, end)} tháng {numbers.month(b, how)}" if valid(a, b) and len(match[1]) + len(match[3]) < 5 else ""  # noqa: E501, PLR2004  # fmt: skip
    padded = match[1][0] == "0" or match[3][0] == "0"
    some = scan.precedes(end, _PARTS) and not scan.follows(_FROM_DAY)
    if date and (scan.follows(DAYS) or scan.follows(_NAMED_DAYS) or (padded and not (some and scan.follows(_HAVING)))):
        return Found(end, date, (part,))
    if (a, b) in {(24, 7), (7, 7)} and not scan.follows(_DAY_WORDS):
        return Found(end, over, (date,) if date else (), "fraction")
    counted = some and (a <= b or scan.follows(_HAVING))
    about = (scan.follows(_ABOUT) and a < b) or (a == 1 and b in _SIMPLE_PARTS and scan.follows(_HAVING))
    if counted or about or not date or (a == b == 24):  # noqa: PLR2004 - 24/24 giờ
        simple = a < b and (b in _SIMPLE_PARTS or a == 1) and not (a > 1 and _of_so_many(scan, b, end))
        others = tuple(filter(None, (over if simple else part, date)))
        return Found(end, part if simple else over, others, "fraction")
    return Found(end, date, (part, over))


def _is_over(scan: Scan) -> bool:
    """Whether what was said makes it one number over another: huyết áp 120/80, tỷ lệ 1/2000, mũi 2/3."""
    return scan.follows(_OVER) or "lệ" in scan.left[-3:]


def _of_so_many(scan: Scan, b: int, end: int) -> bool:
    """Whether so many of `b` that can be counted are meant, and no part of something: 8/10 ấp, 9/10 điểm."""
    return scan.next_word(end) == "điểm" or (b > 5 and scan.precedes(end, _WHOLES))  # noqa: PLR2004 - fifths are parts


def day_month(scan: Scan, at: int) -> Found | None:
    """25.11 or 25-11 after "ngày"."""
    match = _DOTTED_DAY.match(scan.text, at)
    if not match or not valid(int(match[1]), int(match[3])):
        return None
    listed = scan.left[-1:] and scan.left[-1] in {",", "và"} and "tháng" in scan.left[-8:]
    named = scan.follows(_NAMED_DAYS) or scan.follows(_RELATIVE_DAYS) or _after_weekday(scan)
    # 24-11 goes down, so that it is no range
    falls = (
        match[2] == "-" and int(match[1]) > int(match[3]) and scan.follows(_DAY_WORDS) and scan.last_kind not in NUMERIC
    )
    if scan.left[-1:] == ["và"] and "ngày" in scan.left[-8:]:
        falls = falls or (match[2] == "-" and int(match[1]) > int(match[3]))  # ngày 24 và 25-11
    if not (named or falls or (listed and (match[1], match[3]) in _HOLIDAYS)):
        return None
    if match[2] == "-" and not falls and scan.precedes(match.end(), _DOSES):
        return None  # uống ngày 2-3 lần
    if match[2] == "-" and scan.follows(_SEVERAL) and not scan.precedes(match.end(), frozenset({"đến", "tới"})):
        return None  # các ngày 5-7: from the fifth to the seventh
    day = _day(scan, int(match[1]), match.end())
    return Found(match.end(), f"{day} tháng {numbers.month(int(match[3]), scan.how)}")


def _after_weekday(scan: Scan) -> bool:
    """thứ Sáu, 27-11."""
    said = [w for w in scan.left[-4:] if w != ","]
    return scan.last_kind in {"pause", "word", "date"} and (said[-2:-1] == ["thứ"] or said[-2:] == ["chủ", "nhật"])


def weekday(scan: Scan, at: int) -> Found | None:
    """T2, T.7, CN."""
    text = scan.text
    match = _WEEKDAY.match(text, at)
    listed = scan.left[-1:] and scan.left[-1] in {",", "và"}
    if match and (scan.follows(_POSTS) or (listed and "tê" in scan.left[-5:-2])):
        return None  # trạm bơm T1, T2
    if match:
        n = int(match[1])
        return Found(match.end(), f"thứ {numbers.ordinal(n, scan.how)}", (f"tháng {numbers.month(n, scan.how)}",))
    match = _SHORT_MONTH.match(text, at)
    if match and (match[2] or int(match[1]) > 7 or match[1][0] == "0"):  # noqa: PLR2004 - no such weekday
        year = f" năm {numbers.number(match[2], scan.how)}" if match[2] else ""
        return Found(match.end(), f"tháng {numbers.month(int(match[1]), scan.how)}{year}")
    return None


def sunday(scan: Scan, at: int) -> Found | None:
    """CN beside a date or another day of the week."""
    match = _SUNDAY.match(scan.text, at)
    days = scan.last_kind == "date" or (scan.left[-1:] and scan.left[-1] in {",", "và", "đến", "sáng", "chiều", "tối", "ngày", "-", "vào", "từ"})  # noqa: E501  # fmt: skip
    if not match or not (days or scan.precedes(match.end(), frozenset({"ngày"}))):
        return None
    return Found(match.end(), "chủ nhật", ("công nghiệp",))


def _day(scan: Scan, day: int, end: int) -> str:
    """The day of a month; of the lunar calendar the first ten are "mùng"."""
    said = numbers.cardinal(day, scan.how)
    lunar = scan.follows(_LUNAR_SAID) or _LUNAR_NEXT.match(scan.text, end)
    return f"mùng {said}" if day <= 10 and lunar and not scan.follows(DAYS) else said  # noqa: PLR2004 - the first ten


RULES: Final = (
    Named("iso-date", "date", iso, "-"),
    Named("full-date", "date", full, "/.-"),
    Named("month-year", "date", month_year, "/.-"),
    Named("slash", "date", slash, "/"),
    Named("day-month", "date", day_month, ".-"),
)

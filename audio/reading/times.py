"""Times of day and durations: 7h30, 17g15, 07:30, 1h30', 30'."""

import re
from typing import Final

from audio.reading import numbers
from audio.reading.contexts import context
from audio.reading.scan import Found, Named, Scan

_HOUR_MINUTE: Final = re.compile(
    r"(\d{1,3}) ?(?:h|H|g|giờ|Giờ)(?:[:.]| ?)([0-5]?\d)(?: ?(?:phút|ph|p|')(?![^\W_]))?"
    r"(?:(\d{1,2})(?:''|\"|s)(?![^\W_]))?(?!\w|[.,/:]\d|[ ]?[%°]|\.\w| ?/ ?\d)"
)
_COLON: Final = re.compile(r"(\d{1,2}):([0-5]\d)(?::([0-5]\d))?(?: ?(?:h|giờ|phút)(?![^\W_]))?(?!\d|[.,:]\d)")
_HOUR: Final = re.compile(r"(\d{1,4}) ?(?:h|H)(?![\w])")
_HOUR_G: Final = re.compile(r"(\d{1,2})g(?![^\W_])")
_MINUTE_SECOND: Final = re.compile(r"(\d{1,2})'(\d{1,2})(?:''|\")")
_DOTTED: Final = re.compile(r"(\d{1,2})\.([0-5]\d)(?= ?(?:giờ|h)(?![^\W_]))")
_TIME_BEFORE: Final = context("before-time")
_TIME_AFTER: Final = context("after-time")
_NO_TIME: Final = context("no-time")
_RANGE_TO_TIME: Final = re.compile(r" ?[-–—] ?\d{1,2}g")
_COUNTED: Final = context("counted")
_HOURS: Final = 24


def hour_minute(scan: Scan, at: int) -> Found | None:
    """7h30, 17g15, 7 giờ 05, 1h30'."""
    match = _HOUR_MINUTE.match(scan.text, at)
    if not match:
        return None
    hour, minute, second = match.groups()
    spaced = match.end(1) < match.start(2) - 1 and scan.text[match.start(2) - 1] == " "
    marked = match.end() > match.end(2)
    if spaced and not marked and (len(minute) == 1 or scan.next_word(match.end()) in _COUNTED):
        return None
    if scan.text[match.end(1)] == "g":
        if int(hour) > _HOURS or len(minute) == 1:
            return None
        scan.hours_by_g = True
    return Found(match.end(), _said(scan, hour, minute, second))


def colon(scan: Scan, at: int) -> Found | None:
    """07:30, 19:30:15; not a ratio."""
    match = _COLON.match(scan.text, at)
    if not match or int(match[1]) > _HOURS or scan.follows(_NO_TIME):
        return None
    return Found(match.end(), _said(scan, match[1], match[2], match[3]))


def hour(scan: Scan, at: int) -> Found | None:
    """7h; 11g where an hour is meant and not a weight."""
    match = _HOUR.match(scan.text, at)
    if match:
        return Found(match.end(), f"{numbers.number(match[1], scan.how)} giờ")
    match = _HOUR_G.match(scan.text, at)
    if not match or int(match[1]) > _HOURS or scan.text[match.end() : match.end() + 1] == "/":
        return None
    meant = (
        (scan.last_kind == "time" and scan.since == 0)
        or scan.next_word(match.end()) in _TIME_AFTER
        or (scan.follows(_TIME_BEFORE) and not scan.next_word(match.end()))
        or (scan.follows(_TIME_BEFORE) and scan.next_word(match.end()) in {"đến", "tới", "và", "ngày", "tại", "ở"})
        or (scan.follows(frozenset({"lúc", "hồi"})))
        or _RANGE_TO_TIME.match(scan.text, match.end())
        or (scan.hours_by_g and not scan.next_word(match.end()))
    )
    return Found(match.end(), f"{numbers.number(match[1], scan.how)} giờ", (f"{match[1]} gam",)[:0]) if meant else None


def minute_second(scan: Scan, at: int) -> Found | None:
    """5'30''."""
    match = _MINUTE_SECOND.match(scan.text, at)
    if not match:
        return None
    return Found(match.end(), f"{numbers.number(match[1], scan.how)} phút {numbers.number(match[2], scan.how)} giây")


def dotted(scan: Scan, at: int) -> Found | None:
    """7.30 giờ after "lúc"."""
    match = _DOTTED.match(scan.text, at)
    if not match or not scan.follows(_TIME_BEFORE) or int(match[1]) > _HOURS:
        return None
    gap = re.compile(r" ?(?:giờ|h)").match(scan.text, match.end())
    return Found(gap.end() if gap else match.end(), _said(scan, match[1], match[2], None))


def _said(scan: Scan, hours: str, minutes: str, seconds: str | None) -> str:
    how = scan.how
    said = f"{numbers.cardinal(int(hours), how)} giờ"
    seconds = None if seconds == "00" else seconds  # 07:30:00, as timetables are printed
    if int(minutes) or seconds:
        said += f" {numbers.cardinal(int(minutes), how)} phút"
    return f"{said} {numbers.cardinal(int(seconds), how)} giây" if seconds else said


RULES: Final = (
    Named("hour-minute", "time", hour_minute, "hHgG"),
    Named("clock", "time", colon, ":"),
    Named("dotted-time", "time", dotted, "."),
    Named("hour", "time", hour, "hHg"),
    Named("minute-second", "time", minute_second, "'"),
)

"""On which days something comes back, by the calendar on the wall: a rule of RFC 5545, or days of the lunar month.

A day is looked at by itself (`falls_on`), so that the time any question takes is bounded by the days it asks for,
whatever rule was written; libraries that search for the next match look until the year 9999 for the 30th of February.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from broadcast.domain.days import DayKind, Days
from broadcast.domain.lunar import lunar
from broadcast.domain.refusals import Refusal

LONGEST: Final = timedelta(days=3660)
"""A recurrence is counted out over ten years at most; what must last longer is confirmed anew."""
RULE_LENGTH: Final = 200
LUNAR_DAYS: Final = range(1, 31)
_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FREQUENCIES: Final = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_BYDAY: Final = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")
_MOST_INTERVAL: Final = 366
_ZONE: Final = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass(frozen=True, slots=True)
class Rule:
    """What is understood of RRULE: FREQ, INTERVAL, BYDAY, BYMONTHDAY, BYMONTH, COUNT, UNTIL, WKST=MO."""

    frequency: str
    interval: int = 1
    by_day: frozenset[tuple[int, int]] = frozenset()
    """(nth of the month, or 0 for every; weekday, Monday is 0)."""
    by_month_day: frozenset[int] = frozenset()
    by_month: frozenset[int] = frozenset()
    count: int | None = None
    until: date | None = None

    def matches(self, day: date, start: date) -> bool:
        """Whether it falls on a day, counted from `start`; COUNT is not looked at here."""
        if day < start or (self.until is not None and day > self.until) or not self._in_step(day, start):
            return False
        if self.by_month and day.month not in self.by_month:
            return False
        if self.by_month_day and not self.by_month_day & {day.day, day.day - _length(day) - 1}:
            return False
        if self.by_day:
            return any(day.weekday() == weekday and (not nth or nth in _nths(day)) for nth, weekday in self.by_day)
        return self._as_at_start(day, start)

    def _in_step(self, day: date, start: date) -> bool:
        if self.frequency == "DAILY":
            passed = (day - start).days
        elif self.frequency == "WEEKLY":
            passed = (_monday(day) - _monday(start)).days // 7
        elif self.frequency == "MONTHLY":
            passed = (day.year - start.year) * 12 + day.month - start.month
        else:
            passed = day.year - start.year
        return passed % self.interval == 0

    def _as_at_start(self, day: date, start: date) -> bool:
        """What a rule leaves open is as it was on its first day."""
        if self.by_month_day:
            return True
        if self.frequency == "WEEKLY":
            return day.weekday() == start.weekday()
        if self.frequency == "MONTHLY" or (self.frequency == "YEARLY" and self.by_month):
            return day.day == start.day
        return self.frequency == "DAILY" or (day.month, day.day) == (start.month, start.day)


@dataclass(frozen=True)
class Recurrence:
    """From `start` on, at `at` (local): by `rule`, or on `lunar_days` of every lunar month (rằm is 15, mùng một is 1).

    `exceptions`: a single day > another hour, or None for not at all. They hold whatever else is said of the day.
    """

    start: date
    at: time
    rule: Rule | None = None
    lunar_days: frozenset[int] = frozenset()
    except_holidays: bool = False
    except_mourning: bool = False
    exceptions: Mapping[date, time | None] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        """Raises Refusal("recurrence-empty") where nothing says when."""
        if self.rule is None and not self.lunar_days:
            raise Refusal("recurrence-empty")
        if not all(d in LUNAR_DAYS for d in self.lunar_days):
            raise Refusal("recurrence-lunar-day", days=", ".join(map(str, sorted(self.lunar_days))))


def parse_rule(text: str) -> Rule:
    """The rule of an RRULE, such as "FREQ=WEEKLY;BYDAY=MO,FR". Raises Refusal("recurrence-rule", part=...)."""
    if len(text) > RULE_LENGTH:
        raise Refusal("recurrence-rule", part=text[:40])
    fields: dict[str, str] = {}
    for part in text.strip().upper().removeprefix("RRULE:").split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value or name in fields:
            raise Refusal("recurrence-rule", part=part[:40])
        fields[name] = value
    try:
        rule = Rule(
            frequency=_frequency(fields.pop("FREQ", "")),
            interval=_number(fields.pop("INTERVAL", "1"), 1, _MOST_INTERVAL),
            by_day=frozenset(map(_weekday, _parts(fields.pop("BYDAY", "")))),
            by_month_day=frozenset(_number(n, -31, 31) for n in _parts(fields.pop("BYMONTHDAY", ""))),
            by_month=frozenset(_number(n, 1, 12) for n in _parts(fields.pop("BYMONTH", ""))),
            count=_number(count, 1, LONGEST.days) if (count := fields.pop("COUNT", "")) else None,
            until=_date(until) if (until := fields.pop("UNTIL", "")) else None,
        )
    except ValueError as error:
        raise Refusal("recurrence-rule", part=str(error)[:40]) from None
    if fields.pop("WKST", "MO") != "MO" or fields:
        raise Refusal("recurrence-rule", part=", ".join(fields) or "WKST")
    numbered = any(nth for nth, _ in rule.by_day)
    if (numbered and rule.frequency != "MONTHLY") or (rule.by_month_day and rule.frequency == "WEEKLY"):
        raise Refusal("recurrence-rule", part=text[:40])
    if rule.count is not None and rule.until is not None:
        raise Refusal("recurrence-rule", part="COUNT, UNTIL")
    return rule


def falls_on(what: Recurrence, day: date, days: Days) -> time | None:
    """At which local hour it comes on a day; None where it does not. COUNT is not looked at: see `dates`."""
    if day in what.exceptions:
        return what.exceptions[day]
    if day < what.start or day > what.start + LONGEST:
        return None
    if not (
        (what.rule and what.rule.matches(day, what.start)) or (what.lunar_days and _on_lunar(what.lunar_days, day))
    ):
        return None
    if what.except_holidays and days.is_kind(day, DayKind.HOLIDAY):
        return None
    if what.except_mourning and days.is_kind(day, DayKind.MOURNING):
        return None
    return what.at


def dates(what: Recurrence, first: date, last: date, days: Days) -> Iterator[tuple[date, time]]:
    """Days from `first` to `last` (both included) on which it comes, with the hour. At most ten years are looked at."""
    begin, end = max(first, what.start), min(last, what.start + LONGEST)
    extra = sorted(d for d in what.exceptions if first <= d <= last and not begin <= d <= end)
    left = None if what.rule is None or what.rule.count is None else what.rule.count - _matched(what, begin)
    yield from _hours(what, [d for d in extra if d < begin], days)
    day = begin
    while day <= end:
        if left is not None and what.rule is not None and what.rule.matches(day, what.start):
            left -= 1
        over = left is not None and left < 0 and not _on_lunar(what.lunar_days, day)
        if day in what.exceptions or not over:
            yield from _hours(what, [day], days)
        day += timedelta(days=1)
    yield from _hours(what, [d for d in extra if d > end], days)


def occurrences(what: Recurrence, first: datetime, last: datetime, zone: ZoneInfo, days: Days) -> Iterator[datetime]:
    """Instants from `first` up to, but not at, `last`, in time order on each day."""
    for day, at in dates(what, first.astimezone(zone).date(), last.astimezone(zone).date(), days):
        instant = datetime.combine(day, at, zone)
        if first <= instant < last:
            yield instant


def _hours(what: Recurrence, some: list[date], days: Days) -> Iterator[tuple[date, time]]:
    for day in some:
        if (at := falls_on(what, day, days)) is not None:
            yield day, at


def _matched(what: Recurrence, before: date) -> int:
    """How many days of the rule lie before a day: COUNT counts those that a holiday takes away as well."""
    if what.rule is None:
        return 0
    passed = max(0, (before - what.start).days)
    return sum(what.rule.matches(what.start + timedelta(days=i), what.start) for i in range(passed))


def _on_lunar(wanted: frozenset[int], day: date) -> bool:
    return bool(wanted) and lunar(day).day in wanted


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _length(day: date) -> int:
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1) if day.year < date.max.year else date.max
    return (following - day.replace(day=1)).days


def _nths(day: date) -> tuple[int, int]:
    """Which of its weekday in the month it is, from the front and from the back."""
    return (day.day - 1) // 7 + 1, -((_length(day) - day.day) // 7 + 1)


def _parts(text: str) -> list[str]:
    return text.split(",") if text else []


def _frequency(text: str) -> str:
    if text not in _FREQUENCIES:
        raise ValueError(f"FREQ={text}")
    return text


def _weekday(text: str) -> tuple[int, int]:
    found = _BYDAY.fullmatch(text)
    if found is None:
        raise ValueError(f"BYDAY={text}")
    return int(found[1] or 0), _WEEKDAYS.index(found[2])


def _number(text: str, least: int, most: int) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,4}", text) or not least <= int(text) <= most or not int(text):
        raise ValueError(text)
    return int(text)


def _date(text: str) -> date:
    """UNTIL as a whole day, the last one. An instant in UTC is the day it is in Vietnam."""
    if not re.fullmatch(r"[0-9]{8}(T[0-9]{6}Z?)?", text):
        raise ValueError(f"UNTIL={text}")
    told = datetime.fromisoformat(text)
    return (told.astimezone(_ZONE) if text.endswith("Z") else told).date()

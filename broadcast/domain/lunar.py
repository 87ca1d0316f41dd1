"""The Vietnamese lunar calendar (âm lịch): its months begin on the day of the new moon as the clocks of Vietnam say it.

Rules as Hồ Ngọc Đức published them: astronomy after Jean Meeus, days by UTC+7. The Chinese calendar reckons by UTC+8
and parts from it where a new moon or a solstice falls in that hour: Tết 1985 by a month, Tết 2007 and 2030 by a day.
"""

import math
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2199
"""Solar years for which days are told: before, clocks were others; after, the reckoning of the moon drifts."""

_ZONE: Final = 7 / 24
"""Days that the clocks of Vietnam are ahead of UTC."""
_LUNATION: Final = 29.530588853
_NEW_MOON_1900: Final = 2415021.076998695
"""Julian day of the mean new moon on 1 January 1900, which is lunation 0."""
_ORDINAL: Final = 1721425
"""Julian day number of a date, less its ordinal in Python."""
_WINTER: Final = 9
"""Twelfth of the sun's way in which it stands at the winter solstice: 270°."""
_NOVEMBER: Final = 11


@dataclass(frozen=True, slots=True, order=True)
class LunarDate:
    """A day of the lunar calendar. A leap month (tháng nhuận) follows the one whose number it has."""

    year: int
    month: int
    leap: bool
    day: int


def lunar(day: date) -> LunarDate:
    """The lunar date of a day. Raises ValueError outside `FIRST_YEAR` to `LAST_YEAR`."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"the lunar calendar is told for {FIRST_YEAR} to {LAST_YEAR}")
    number = day.toordinal() + _ORDINAL
    year = day.year + (number >= _month_11(day.year))
    for start, month, leap in reversed(_months(year)):
        if start <= number:
            # months 11 and 12 belong to the year before the one whose months follow them
            return LunarDate(year - (month >= _NOVEMBER), month, leap, number - start + 1)
    raise AssertionError("every day is in a month")


def solar(day: LunarDate) -> date:
    """The day of a lunar date. Raises ValueError for one that is not there, such as the 30th of a short month."""
    found = _first(day.year, day.month, leap=day.leap)
    if found is None or not 1 <= day.day <= month_length(day.year, day.month, leap=day.leap):
        raise ValueError(f"there is no lunar day {day.day}/{day.month}/{day.year}")
    return date.fromordinal(found - _ORDINAL) + timedelta(days=day.day - 1)


def month_length(year: int, month: int, *, leap: bool = False) -> int:
    """29 (tháng thiếu) or 30 (tháng đủ) days. Raises ValueError where there is no such month."""
    first = _first(year, month, leap=leap)
    if first is None:
        raise ValueError(f"there is no lunar month {month}/{year}")
    return _new_moon(_lunation(first) + 1) - first


def tet(year: int) -> date:
    """The first day of the first month (mùng một Tết) of a lunar year."""
    return solar(LunarDate(year, 1, leap=False, day=1))


def _first(year: int, month: int, *, leap: bool) -> int | None:
    for of_year in (year, year + 1):
        for start, number, is_leap in _months(of_year):
            if (of_year - (number >= _NOVEMBER), number, is_leap) == (year, month, leap):
                return start
    return None


@lru_cache(maxsize=512)
def _months(year: int) -> tuple[tuple[int, int, bool], ...]:
    """Months from the eleventh before `year` up to the next eleventh: (Julian day of the first day, number, leap)."""
    first, last = _month_11(year - 1), _month_11(year)
    k = _lunation(first)
    starts = [first]
    while (following := _new_moon(k + len(starts))) < last:
        starts.append(following)
    # thirteen months: the first without a change of the sun's twelfth (trung khí) is the leap one
    leap_at = 0
    if len(starts) > 12:  # noqa: PLR2004 - a year has twelve months
        ends = [*starts[1:], last]
        leap_at = next(i for i in range(1, 13) if _twelfth(starts[i]) == _twelfth(ends[i]))
    months = []
    number = _NOVEMBER
    for i, start in enumerate(starts):
        leap = bool(leap_at) and i == leap_at
        if i and not leap:
            number = number % 12 + 1
        months.append((start, number, leap))
    return tuple(months)


@lru_cache(maxsize=512)
def _month_11(year: int) -> int:
    """Julian day of the first day of the month that holds the winter solstice of a solar year."""
    k = _lunation(date(year, 12, 31).toordinal() + _ORDINAL)
    start = _new_moon(k)
    return _new_moon(k - 1) if _twelfth(start) >= _WINTER else start


def _lunation(number: int) -> int:
    """The lunation whose first day is that Julian day, or the last one before it."""
    k = int((number - _NEW_MOON_1900) / _LUNATION) + 1
    while _new_moon(k) > number:
        k -= 1
    return k


@lru_cache(maxsize=4096)
def _new_moon(k: int) -> int:
    """Julian day number, in Vietnam, of the k-th new moon after that of 1 January 1900 (Meeus)."""
    t = k / 1236.85
    mean = 2415020.75933 + 29.53058868 * k + 0.0001178 * t**2 - 0.000000155 * t**3
    mean += 0.00033 * _sin(166.56 + 132.87 * t - 0.009173 * t**2)
    sun = 359.2242 + 29.10535608 * k - 0.0000333 * t**2 - 0.00000347 * t**3
    moon = 306.0253 + 385.81691806 * k + 0.0107306 * t**2 + 0.00001236 * t**3
    node = 21.2964 + 390.67050646 * k - 0.0016528 * t**2 - 0.00000239 * t**3
    shift = (0.1734 - 0.000393 * t) * _sin(sun) + 0.0021 * _sin(2 * sun)
    shift += -0.4068 * _sin(moon) + 0.0161 * _sin(2 * moon) - 0.0004 * _sin(3 * moon)
    shift += 0.0104 * _sin(2 * node) - 0.0051 * _sin(sun + moon) - 0.0074 * _sin(sun - moon)
    shift += 0.0004 * _sin(2 * node + sun) - 0.0004 * _sin(2 * node - sun) - 0.0006 * _sin(2 * node + moon)
    shift += 0.0010 * _sin(2 * node - moon) + 0.0005 * _sin(2 * moon + sun)
    return math.floor(mean + shift - _clock_error(t) + 0.5 + _ZONE)


def _clock_error(t: float) -> float:
    """Days by which the even time of astronomy is ahead of the turning of the Earth."""
    if t < -11:  # noqa: PLR2004 - centuries since 1900
        return 0.001 + 0.000839 * t + 0.0002261 * t**2 - 0.00000845 * t**3 - 0.000000081 * t**4
    return -0.000278 + 0.000265 * t + 0.000262 * t**2


def _twelfth(number: int) -> int:
    """In which twelfth of its way (0 from the spring equinox) the sun is when that day begins in Vietnam."""
    t = (number - 0.5 - _ZONE - 2451545.0) / 36525
    anomaly = 357.52910 + 35999.05030 * t - 0.0001559 * t**2 - 0.00000048 * t**3
    mean = 280.46645 + 36000.76983 * t + 0.0003032 * t**2
    centre = (1.914600 - 0.004817 * t - 0.000014 * t**2) * _sin(anomaly)
    centre += (0.019993 - 0.000101 * t) * _sin(2 * anomaly) + 0.000290 * _sin(3 * anomaly)
    return int((mean + centre) % 360 / 30)


def _sin(degrees: float) -> float:
    return math.sin(math.radians(degrees))

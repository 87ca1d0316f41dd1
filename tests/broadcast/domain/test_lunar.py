from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.domain.lunar import FIRST_YEAR, LAST_YEAR, LunarDate, lunar, month_length, solar, tet

days = st.dates(date(FIRST_YEAR, 2, 1), date(LAST_YEAR, 12, 31))

TET = """
1968-01-29 1985-01-21 2007-02-17
2020-01-25 2021-02-12 2022-02-01 2023-01-22 2024-02-10 2025-01-29
2026-02-17 2027-02-06 2028-01-26 2029-02-13 2030-02-02
"""
"""Tết as the calendars of Vietnam printed it. In China it was 1968-01-30, 1985-02-20, 2007-02-18, and is 2030-02-03."""


@pytest.mark.parametrize("day", TET.split())
def test_tet_is_when_the_calendars_of_vietnam_say(day):
    first = date.fromisoformat(day)
    assert tet(first.year) == first
    assert lunar(first) == LunarDate(first.year, 1, leap=False, day=1)


LEAP_MONTHS = {1984: None, 1985: 2, 1987: 7, 2004: 2, 2006: 7, 2009: 5, 2012: 4, 2014: 9, 2017: 6, 2020: 4, 2023: 2, 2025: 6, 2028: 5, 2031: 3, 2033: 11}  # fmt: skip  # noqa: E501 - a table
"""Published leap months. China had the tenth in 1984 where Vietnam had the second in 1985."""


@pytest.mark.parametrize(("year", "month"), LEAP_MONTHS.items())
def test_leap_months_are_those_that_were_published(year, month):
    found = set()
    for number in range(366 + 40):
        day = lunar(date(year, 1, 1) + timedelta(days=number))
        if day.leap and day.year == year:
            found.add(day.month)
    assert found == ({month} if month else set())


@pytest.mark.parametrize(
    ("day", "month", "of"),
    [("2024-04-18", 3, 10), ("2025-04-07", 3, 10), ("2026-04-26", 3, 10), ("2026-09-25", 8, 15), ("2025-10-06", 8, 15)],
)
def test_known_feasts_fall_on_their_day(day, month, of):
    """Giỗ Tổ Hùng Vương and Trung thu."""
    found = lunar(date.fromisoformat(day))
    assert (found.month, found.day, found.leap) == (month, of, False)


@given(days)
def test_there_and_back_is_the_same_day(day):
    assert solar(lunar(day)) == day


@given(days.filter(lambda d: d < date(LAST_YEAR, 12, 31)))
def test_tomorrow_is_the_next_day_of_the_month_or_the_first_of_the_next(day):
    today, tomorrow = lunar(day), lunar(day + timedelta(days=1))
    length = month_length(today.year, today.month, leap=today.leap)
    assert length in {29, 30}
    if today.day < length:
        assert tomorrow == LunarDate(today.year, today.month, today.leap, today.day + 1)
    else:
        assert tomorrow.day == 1
        assert tomorrow > today
        assert (tomorrow.month, tomorrow.leap) in {(today.month % 12 + 1, False), (today.month, True)}


@given(st.integers(FIRST_YEAR + 1, LAST_YEAR - 1))
def test_a_year_has_twelve_or_thirteen_months_and_begins_between_21_january_and_21_february(year):
    assert (1, 20) <= (tet(year).month, tet(year).day) <= (2, 21)
    assert (tet(year + 1) - tet(year)).days in {353, 354, 355, 383, 384, 385} if year < LAST_YEAR - 1 else True


@pytest.mark.parametrize(
    "day",
    [
        LunarDate(2026, 1, leap=True, day=1),
        LunarDate(2026, 1, leap=False, day=0),
        LunarDate(2026, 13, leap=False, day=1),
    ],
)
def test_a_day_that_is_not_there_is_refused(day):
    with pytest.raises(ValueError, match="lunar"):
        solar(day)


def test_the_thirtieth_of_a_short_month_is_refused():
    short = next(m for m in range(1, 13) if month_length(2026, m) == 29)
    with pytest.raises(ValueError, match="no lunar day"):
        solar(LunarDate(2026, short, leap=False, day=30))


def test_before_and_after_the_years_that_are_told_nothing_is_claimed():
    for day in (date(FIRST_YEAR - 1, 12, 31), date(LAST_YEAR + 1, 1, 1)):
        with pytest.raises(ValueError, match="is told for"):
            lunar(day)

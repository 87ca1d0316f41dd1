import contextlib
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from broadcast.domain.days import DayKind, Days, SpecialDay
from broadcast.domain.lunar import lunar
from broadcast.domain.recurrence import LONGEST, Recurrence, dates, falls_on, occurrences, parse_rule
from broadcast.domain.refusals import Refusal
from broadcast.wording import refusal

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
FIVE = time(17, 0)
NONE = Days()
START = date(2026, 11, 25)


def found(what, first="2026-11-01", last="2027-01-31", days=NONE):
    return [str(d) for d, _ in dates(what, date.fromisoformat(first), date.fromisoformat(last), days)]


def daily(**more):
    return Recurrence(START, FIVE, parse_rule("FREQ=DAILY"), **more)


def test_daily_is_every_day_from_its_first():
    assert found(daily(), last="2026-11-28") == ["2026-11-25", "2026-11-26", "2026-11-27", "2026-11-28"]


def test_weekdays_leave_the_weekend_out():
    what = Recurrence(START, FIVE, parse_rule("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"))
    assert found(what, "2026-11-27", "2026-12-01") == ["2026-11-27", "2026-11-30", "2026-12-01"]


def test_ram_and_mung_mot_go_by_the_lunar_month():
    what = Recurrence(START, FIVE, lunar_days=frozenset({1, 15}))
    assert found(what, last="2027-02-28") == [
        "2026-12-09", "2026-12-23", "2027-01-08", "2027-01-22", "2027-02-06", "2027-02-20",
    ]  # fmt: skip


def test_mung_mot_comes_in_a_leap_month_too():
    what = Recurrence(date(2025, 6, 1), FIVE, lunar_days=frozenset({1}))
    assert found(what, "2025-06-20", "2025-08-30") == ["2025-06-25", "2025-07-25", "2025-08-23"]


def test_the_thirtieth_comes_in_long_months_alone():
    what = Recurrence(date(2026, 1, 1), FIVE, lunar_days=frozenset({30}))
    some = found(what, "2026-01-01", "2026-12-31")
    assert 5 <= len(some) <= 8
    assert all(lunar(date.fromisoformat(d)).day == 30 for d in some)


MOURNING = Days(once=(SpecialDay(date(2026, 11, 27), DayKind.MOURNING, "Để tang"),))
HOLIDAY = Days(once=(SpecialDay(date(2026, 11, 26), DayKind.HOLIDAY, "Lễ"),))


@pytest.mark.parametrize(
    ("more", "days", "left_out"),
    [
        ({}, MOURNING, set()),
        ({"except_mourning": True}, MOURNING, {"2026-11-27"}),
        ({"except_mourning": True}, HOLIDAY, set()),
        ({"except_holidays": True}, HOLIDAY, {"2026-11-26"}),
    ],
)
def test_holidays_and_mourning_are_left_out_where_that_is_said(more, days, left_out):
    every = {"2026-11-25", "2026-11-26", "2026-11-27", "2026-11-28"}
    assert set(found(daily(**more), last="2026-11-28", days=days)) == every - left_out


def test_one_day_may_be_left_out_moved_or_put_in_whatever_else_is_said():
    what = daily(
        except_holidays=True,
        exceptions={
            date(2026, 11, 26): time(8, 30),
            date(2026, 11, 27): None,
            date(2026, 11, 20): time(6, 0),
            date(2026, 11, 21): None,
        },
    )
    hours = list(dates(what, date(2026, 11, 1), date(2026, 11, 28), HOLIDAY))
    assert hours == [
        (date(2026, 11, 20), time(6, 0)),
        (date(2026, 11, 25), FIVE),
        (date(2026, 11, 26), time(8, 30)),
        (date(2026, 11, 28), FIVE),
    ]


def test_instants_are_those_of_the_clock_in_vietnam():
    what = daily()
    first = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
    assert list(occurrences(what, first, first + timedelta(days=1), ZONE, NONE)) == [first]
    assert list(occurrences(what, first + timedelta(seconds=1), first + timedelta(days=1, seconds=1), ZONE, NONE)) == [
        first + timedelta(days=1)
    ]


def test_five_in_the_morning_is_the_day_before_in_utc_and_is_found_all_the_same():
    what = Recurrence(START, time(5, 0), parse_rule("FREQ=DAILY"))
    evening = datetime(2026, 11, 25, 20, 0, tzinfo=UTC)
    assert list(occurrences(what, evening, evening + timedelta(hours=4), ZONE, NONE)) == [
        datetime(2026, 11, 25, 22, 0, tzinfo=UTC)
    ]


def test_what_is_counted_is_over_after_its_count_and_holidays_count_too():
    what = Recurrence(START, FIVE, parse_rule("FREQ=DAILY;COUNT=3"), except_holidays=True)
    assert found(what, days=HOLIDAY) == ["2026-11-25", "2026-11-27"]
    assert found(what, first="2026-11-27", days=HOLIDAY) == ["2026-11-27"]
    assert found(what, first="2026-11-28") == []


def test_the_last_day_of_every_month_and_the_29_of_february():
    last = Recurrence(date(2027, 1, 31), FIVE, parse_rule("FREQ=MONTHLY;BYMONTHDAY=-1"))
    assert found(last, "2027-01-01", "2027-04-30") == ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]
    thirty_first = Recurrence(date(2027, 1, 31), FIVE, parse_rule("FREQ=MONTHLY"))
    assert found(thirty_first, "2027-01-01", "2027-06-30") == ["2027-01-31", "2027-03-31", "2027-05-31"]
    leap = Recurrence(date(2028, 2, 29), FIVE, parse_rule("FREQ=YEARLY"))
    assert found(leap, "2028-01-01", "2036-12-31") == ["2028-02-29", "2032-02-29", "2036-02-29"]


def test_the_second_saturday_of_the_month():
    what = Recurrence(date(2026, 12, 1), FIVE, parse_rule("FREQ=MONTHLY;BYDAY=2SA,-1SU"))
    assert found(what, "2026-12-01", "2027-01-31") == ["2026-12-12", "2026-12-27", "2027-01-09", "2027-01-31"]


def test_until_is_the_last_day_and_an_instant_in_utc_is_its_day_in_vietnam():
    assert parse_rule("FREQ=DAILY;UNTIL=20261130").until == date(2026, 11, 30)
    assert parse_rule("FREQ=DAILY;UNTIL=20261130T180000Z").until == date(2026, 12, 1)
    assert found(Recurrence(START, FIVE, parse_rule("FREQ=DAILY;UNTIL=20261126")))[-1] == "2026-11-26"


def test_nothing_recurs_for_more_than_ten_years():
    assert list(dates(daily(), START + LONGEST, START + LONGEST + timedelta(days=900), NONE)) == [
        (START + LONGEST, FIVE)
    ]
    assert list(dates(daily(), date(1, 1, 1), date.max, NONE))[-1][0] == START + LONGEST


@pytest.mark.parametrize(
    "text",
    [
        "", "FREQ=HOURLY", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;INTERVAL=-1", "FREQ=WEEKLY;BYDAY=T2",
        "FREQ=DAILY;BYHOUR=3", "FREQ=DAILY;COUNT=2;UNTIL=20270101", "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=MONTHLY;BYMONTHDAY=32", "FREQ=MONTHLY;BYMONTHDAY=0", "FREQ=DAILY;UNTIL=20270230", "FREQ=DAILY;FREQ=DAILY",
        "FREQ=DAILY;;", "FREQ=YEARLY;BYMONTH=13", "FREQ=DAILY;COUNT=٣", "FREQ=DAILY;" + "INTERVAL=1;" * 50,
        "FREQ=DAILY;WKST=SU", "BYDAY=MO",
    ],
)  # fmt: skip
def test_a_rule_that_is_not_understood_is_refused_in_words(text):
    with pytest.raises(Refusal) as no:
        parse_rule(text)
    assert "hãy" in refusal(no.value).casefold()


@given(st.text(max_size=60))
def test_no_text_does_anything_but_be_a_rule_or_be_refused(text):
    with contextlib.suppress(Refusal):
        parse_rule(text)


@pytest.mark.parametrize(
    ("more", "code"), [({}, "recurrence-empty"), ({"lunar_days": frozenset({31})}, "recurrence-lunar-day")]
)
def test_what_says_no_day_is_refused(more, code):
    with pytest.raises(Refusal) as no:
        Recurrence(START, FIVE, **more)
    assert no.value.code == code
    assert "hãy" in refusal(no.value).casefold()


_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_days_of_week = st.lists(st.sampled_from(_WEEKDAYS), min_size=1, max_size=4, unique=True).map(",".join)
_numbered = st.builds("{}{}".format, st.sampled_from([1, 2, 3, 4, 5, -1, -2, -5]), st.sampled_from(_WEEKDAYS))
_of_month = st.lists(st.sampled_from([*range(1, 32), -1, -2, -31]), min_size=1, max_size=3, unique=True).map(
    lambda some: ",".join(map(str, some))
)
_months = st.lists(st.integers(1, 12), min_size=1, max_size=6, unique=True).map(lambda some: ",".join(map(str, some)))


@st.composite
def rules(draw):
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={frequency}", f"INTERVAL={draw(st.integers(1, 4))}"]
    if draw(st.booleans()):
        days = _numbered if frequency == "MONTHLY" and draw(st.booleans()) else _days_of_week
        parts.append(f"BYDAY={draw(days)}")
    elif frequency != "WEEKLY" and draw(st.booleans()):
        parts.append(f"BYMONTHDAY={draw(_of_month)}")
    if draw(st.booleans()):
        parts.append(f"BYMONTH={draw(_months)}")
    if draw(st.booleans()):
        parts.append(f"COUNT={draw(st.integers(1, 20))}")
    elif draw(st.booleans()):
        parts.append(f"UNTIL={draw(st.dates(date(2026, 1, 1), date(2030, 1, 1))):%Y%m%d}")
    return ";".join(parts)


@given(rules(), st.dates(date(2026, 1, 1), date(2028, 3, 1)), st.integers(0, 500))
@settings(max_examples=200, deadline=None)
def test_a_rule_falls_on_the_days_that_a_well_known_library_finds(text, start, later):
    """Where both understand it. The library may look for ever, so it is asked for rules that come every year or so."""
    first, last = start + timedelta(days=later), start + timedelta(days=later + 800)
    bounded = text if "UNTIL" in text or "COUNT" in text else f"{text};UNTIL=20331231"
    theirs = rrulestr(bounded, dtstart=datetime(start.year, start.month, start.day))  # noqa: DTZ001 - the library's naive days
    expected = [d.date() for d in theirs if first <= d.date() <= last]
    what = Recurrence(start, FIVE, parse_rule(text))
    assert [d for d, _ in dates(what, first, last, NONE)] == expected
    if "COUNT" not in text:
        assert [d for d in expected if falls_on(what, d, NONE) is None] == []

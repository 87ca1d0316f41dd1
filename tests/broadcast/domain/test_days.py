from datetime import date
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.domain.days import DayKind, Days, SpecialDay
from broadcast.domain.refusals import Refusal
from broadcast.newsroom.newsroom_data import load_days
from broadcast.wording import refusal

SHIPPED = Days.from_toml(files("broadcast").joinpath("data/calendar/days.toml").read_text("utf-8"))


def names(day):
    return [d.name for d in SHIPPED.on(date.fromisoformat(day))]


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2026-01-01", "Tết Dương lịch"),
        ("2026-02-16", "Tết Nguyên đán"),
        ("2026-02-17", "Tết Nguyên đán"),
        ("2026-02-20", "Tết Nguyên đán"),
        ("2025-01-28", "Tết Nguyên đán"),
        ("2026-04-26", "Giỗ Tổ Hùng Vương"),
        ("2026-04-30", "Ngày Chiến thắng"),
        ("2026-05-01", "Ngày Quốc tế lao động"),
        ("2026-09-02", "Quốc khánh"),
        ("2026-11-24", "Ngày Văn hóa Việt Nam"),
    ],
)
def test_public_holidays_are_known_year_after_year(day, name):
    assert names(day) == [name]
    assert SHIPPED.is_kind(date.fromisoformat(day), DayKind.HOLIDAY)


@pytest.mark.parametrize("day", ["2026-02-15", "2026-02-21", "2026-11-25", "2025-11-24", "2026-12-31", "2024-07-27"])
def test_the_days_beside_them_are_days_like_any_other(day):
    assert names(day) == []


def test_mourning_is_told_with_its_source():
    (day,) = SHIPPED.on(date(2024, 7, 26))
    assert (day.kind, "105/2012" in day.source) == (DayKind.MOURNING, True)


def test_every_entry_that_is_shipped_names_its_source():
    assert all(e.source for e in SHIPPED.yearly)
    assert all(e.source for e in SHIPPED.once)


def test_mourning_of_one_place_is_added_and_told_first():
    day = SpecialDay(date(2026, 9, 2), DayKind.MOURNING, "Để tang")
    assert [d.kind for d in SHIPPED.plus([day]).on(day.day)] == [DayKind.MOURNING, DayKind.HOLIDAY]
    assert names("2026-09-02") == ["Quốc khánh"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[yearly]\n", "TOML"),
        ("[[weekly]]\nname='x'\n", "weekly"),
        ("yearly = 3\n", "yearly"),
        ("[[yearly]]\nname='Lễ'\nkind='feast'\nmonth=1\nday=1\n", "Lễ"),
        ("[[yearly]]\nname='Lễ'\nkind='holiday'\nmonth=13\nday=1\n", "Lễ"),
        ("[[yearly]]\nname='Lễ'\nkind='holiday'\nmonth=1\nday=-1\n", "Lễ"),
        ("[[yearly]]\nname='Lễ'\nkind='holiday'\nmonth=1\nday=1\ndayz=2\n", "dayz"),
        ("[[once]]\nname='Lễ'\nkind='mourning'\nfirst='2026-01-01'\n", "Lễ"),
        ("[[once]]\nname='Lễ'\nkind='mourning'\nfirst=2026-01-02\nlast=2026-01-01\n", "Lễ"),
        ("[[once]]\nname='Lễ'\nkind='mourning'\nfirst=2026-01-02\nlast=2027-01-01\n", "Lễ"),
        ("[[once]]\nkind='mourning'\nfirst=2026-01-02\n", "name"),
        ("once = [3]\n", "once"),
    ],
)
def test_a_mistake_in_the_file_is_told_where_it_is(text, told):
    with pytest.raises(Refusal) as no:
        Days.from_toml(text)
    assert no.value.code == "days-file"
    assert told in refusal(no.value)


def test_a_holiday_on_29_february_is_there_in_leap_years_alone():
    days = Days.from_toml("[[yearly]]\nname='x'\nkind='holiday'\nmonth=2\nday=29\n")
    assert days.on(date(2028, 2, 29))
    assert not days.on(date(2027, 2, 28)) + days.on(date(2027, 3, 1))


@given(st.dates())
def test_any_day_can_be_asked_for(day):
    assert isinstance(SHIPPED.on(day), tuple)


def test_a_centres_own_file_holds_instead_of_the_shipped_one(tmp_path):
    assert load_days(tmp_path).on(date(2026, 9, 2))
    (tmp_path / "calendar").mkdir()
    (tmp_path / "calendar" / "days.toml").write_text("[[once]]\nname='x'\nkind='holiday'\nfirst=2026-09-03\n", "utf-8")
    own = load_days(tmp_path)
    assert not own.on(date(2026, 9, 2))
    assert own.on(date(2026, 9, 3))
    (tmp_path / "calendar" / "days.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(Refusal, match="days-file"):
        load_days(tmp_path)

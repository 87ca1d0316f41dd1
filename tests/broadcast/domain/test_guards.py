from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.domain.days import DayKind, Days, SpecialDay
from broadcast.domain.guards import (
    Breach,
    Guards,
    Passed,
    Span,
    VolumeHours,
    airtime,
    confirmation,
    first_quiet,
    in_the_way,
    loudest,
    pass_on_purpose,
)
from broadcast.domain.refusals import Refusal
from broadcast.domain.schedule import QuietHours
from broadcast.wording import refusal, say
from devices.vocabulary import Level

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NIGHT = QuietHours(time(22), time(5))
NONE = Days()
R = Level.ROUTINE


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def span(text, seconds=60.0):
    return Span(local(text), seconds)


def breaches(what, guards, *others, level=R, days=NONE, **more):
    return [f.breach for f in in_the_way(what, level, guards, days, ZONE, others, **more)]


@pytest.mark.parametrize(
    ("at", "seconds", "quiet"),
    [
        ("2026-11-25T21:59:00", 60, False),
        ("2026-11-25T21:59:00", 60.001, True),
        ("2026-11-25T22:00:00", 1, True),
        ("2026-11-25T22:00:00", 0, True),
        ("2026-11-26T03:15:00", 60, True),
        ("2026-11-26T04:59:59", 1, True),
        ("2026-11-26T05:00:00", 60, False),
        ("2026-11-25T17:00:00", 900, False),
        ("2026-11-25T17:00:00", 86_400, True),
    ],
)
def test_nothing_reaches_into_the_quiet_hours(at, seconds, quiet):
    assert (Breach.QUIET_HOURS in breaches(span(at, seconds), Guards(NIGHT))) is quiet


def test_it_is_told_when_they_begin():
    assert first_quiet(span("2026-11-25T21:58:00", 300), NIGHT, ZONE) == local("2026-11-25T22:00:00")
    assert first_quiet(span("2026-11-26T03:15:00"), NIGHT, ZONE) == local("2026-11-26T03:15:00")


def test_quiet_hours_within_a_day_and_none():
    noon = Guards(QuietHours(time(11, 30), time(13)))
    assert breaches(span("2026-11-25T12:00:00"), noon) == [Breach.QUIET_HOURS]
    assert breaches(span("2026-11-25T13:00:00"), noon) == []
    assert breaches(span("2026-11-25T03:15:00"), Guards(QuietHours(time(0), time(0)))) == []


def test_an_emergency_passes_everything():
    strict = Guards(NIGHT, timedelta(), (VolumeHours(time(0), time(0), 10),))
    mourning = Days(once=(SpecialDay(date(2026, 11, 26), DayKind.MOURNING, "Quốc tang"),))
    what = span("2026-11-26T03:15:00", 3600)
    assert breaches(what, strict, level=Level.EMERGENCY, days=mourning, volume=100, music=True) == []
    assert breaches(what, strict, level=Level.PRIORITY, days=mourning, volume=100, music=True) == list(Breach)


def test_a_day_has_so_much_airtime_and_not_a_second_more():
    guards = Guards(longest_day=timedelta(minutes=30))
    morning = span("2026-11-25T05:00:00", 900)
    assert breaches(span("2026-11-25T17:00:00", 900), guards, morning) == []
    assert breaches(span("2026-11-25T17:00:00", 901), guards, morning) == [Breach.DAY_TOO_LONG]
    yesterday = span("2026-11-24T17:00:00", 9_000)
    assert breaches(span("2026-11-25T17:00:00", 900), guards, morning, yesterday) == []


def test_what_lasts_over_midnight_is_counted_on_both_days():
    what = span("2026-11-25T23:50:00", 1_200)
    assert airtime([what], date(2026, 11, 25), ZONE) == timedelta(minutes=10)
    assert airtime([what], date(2026, 11, 26), ZONE) == timedelta(minutes=10)
    assert airtime([what], date(2026, 11, 27), ZONE) == timedelta()
    assert Breach.DAY_TOO_LONG not in breaches(what, Guards(longest_day=timedelta(minutes=10)))


VOLUMES = (VolumeHours(time(5), time(6), 60), VolumeHours(time(19), time(7), 80))


@pytest.mark.parametrize(
    ("at", "seconds", "most"),
    [
        ("2026-11-25T05:30:00", 60, 60),
        ("2026-11-25T05:59:30", 60, 60),
        ("2026-11-25T06:00:00", 60, 80),
        ("2026-11-25T07:00:00", 60, 100),
        ("2026-11-25T18:59:00", 60, 100),
        ("2026-11-25T18:59:00", 61, 80),
        ("2026-11-26T00:30:00", 60, 80),
    ],
)
def test_it_is_no_louder_than_its_loudest_hour_allows(at, seconds, most):
    assert loudest(span(at, seconds), VOLUMES, ZONE) == most
    guards = Guards(QuietHours(time(0), time(0)), volumes=VOLUMES)
    assert breaches(span(at, seconds), guards, volume=most) == []
    assert breaches(span(at, seconds), guards, volume=most + 1) == [Breach.TOO_LOUD]


def test_no_music_sounds_on_a_day_of_mourning_unless_the_place_lets_it():
    mourning = Days(once=(SpecialDay(date(2026, 11, 25), DayKind.MOURNING, "Quốc tang"),))
    what = span("2026-11-25T17:00:00")
    assert breaches(what, Guards(), days=mourning, music=True) == [Breach.MOURNING]
    assert breaches(what, Guards(), days=mourning) == []
    assert breaches(what, Guards(music_in_mourning=True), days=mourning, music=True) == []
    assert breaches(span("2026-11-26T17:00:00"), Guards(), days=mourning, music=True) == []
    holiday = Days(once=(SpecialDay(date(2026, 11, 25), DayKind.HOLIDAY, "Lễ"),))
    assert breaches(what, Guards(), days=holiday, music=True) == []


def test_one_passes_by_typing_hour_and_place_and_saying_why():
    at = local("2026-11-26T03:15:00")
    found = in_the_way(Span(at, 60), R, Guards(NIGHT), NONE, ZONE)
    assert confirmation(at, "Xã Thạnh Đức", ZONE) == "03:15 Xã Thạnh Đức"
    passed = pass_on_purpose(found, at, "Xã Thạnh Đức", ZONE, " 03:15  xã thạnh đức", "Báo động lũ")
    assert passed == Passed((Breach.QUIET_HOURS,), "Báo động lũ")
    assert pass_on_purpose((), at, "Xã Thạnh Đức", ZONE, "", "") is None


@pytest.mark.parametrize(
    ("typed", "reason", "code"),
    [
        ("03:15", "Báo động lũ", "guards"),
        ("03:16 Xã Thạnh Đức", "Báo động lũ", "guards"),
        ("03:15 Xã Cẩm Giang", "Báo động lũ", "guards"),
        ("", "Báo động lũ", "guards"),
        ("03:15 Xã Thạnh Đức", " ", "reason-short"),
    ],
)
def test_anything_less_does_not_pass(typed, reason, code):
    at = local("2026-11-26T03:15:00")
    found = in_the_way(Span(at, 60), R, Guards(NIGHT), NONE, ZONE)
    with pytest.raises(Refusal) as no:
        pass_on_purpose(found, at, "Xã Thạnh Đức", ZONE, typed, reason)
    assert no.value.code == code
    assert "hãy" in refusal(no.value).casefold()


def test_every_guard_says_what_is_wrong():
    mourning = Days(once=(SpecialDay(date(2026, 11, 26), DayKind.MOURNING, "Quốc tang"),))
    strict = Guards(NIGHT, timedelta(), (VolumeHours(time(0), time(0), 10),))
    found = in_the_way(span("2026-11-26T03:15:00"), R, strict, mourning, ZONE, volume=100, music=True)
    said = [say(f"programme.guard-{f.breach}", **f.facts) for f in found]
    assert len(said) == len(Breach)
    assert "03:15" in said[0]


instants = st.integers(0, 94_000_000).map(lambda s: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=s))
hours = st.times().map(lambda t: t.replace(microsecond=0))


@given(instants, st.floats(0, 90_000), hours, hours)
def test_quiet_is_broken_exactly_where_some_moment_of_it_is_quiet(at, seconds, start, end):
    quiet, what = QuietHours(start, end), Span(at, seconds)
    since = first_quiet(what, quiet, ZONE)
    moments = [at + timedelta(seconds=seconds * share / 40) for share in range(40)]
    if any(quiet.hold(m, ZONE) for m in moments):
        assert since is not None
    if since is not None:
        assert at <= since <= what.ends
        assert quiet.hold(since, ZONE)


@given(st.lists(st.tuples(instants, st.floats(0, 90_000)), max_size=5))
def test_airtime_of_all_days_is_all_the_airtime(some):
    spans = [Span(at, round(seconds)) for at, seconds in some]
    days = {s.at.astimezone(ZONE).date() + timedelta(days=i) for s in spans for i in range(3)}
    total = sum((airtime(spans, d, ZONE) for d in days), timedelta())
    assert total == timedelta(seconds=sum(s.seconds for s in spans))

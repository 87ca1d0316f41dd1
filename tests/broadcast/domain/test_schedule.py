from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.domain.refusals import Refusal
from broadcast.domain.schedule import (
    FARTHEST,
    GRACE,
    Airing,
    QuietHours,
    airing_id,
    clashes,
    require_time,
)
from devices.vocabulary import AiringId, AreaId, ClipHash, Level, is_slug

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
NIGHT = QuietHours(time(22), time(5))


def local(hour, minute=0):
    return datetime(2026, 11, 25, hour, minute, tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("hour", "minute", "quiet"),
    [(21, 59, False), (22, 0, True), (23, 59, True), (0, 0, True), (3, 15, True), (4, 59, True), (5, 0, False)],
)
def test_quiet_hours_cross_midnight(hour, minute, quiet):
    assert NIGHT.hold(local(hour, minute), ZONE) is quiet


@pytest.mark.parametrize(("hour", "quiet"), [(11, False), (12, True), (13, True), (14, False), (0, False)])
def test_quiet_hours_within_a_day(hour, quiet):
    assert QuietHours(time(12), time(14)).hold(local(hour), ZONE) is quiet


moments = st.integers(900_000_000, 4_000_000_000).map(lambda s: datetime.fromtimestamp(s, UTC))
minutes = st.times().map(lambda t: t.replace(microsecond=0))


@given(st.times(), moments)
def test_equal_ends_mean_no_quiet_hours(end, moment):
    assert not QuietHours(end, end).hold(moment, ZONE)


@given(minutes, minutes, moments)
def test_a_moment_is_quiet_by_day_or_by_night_never_both(start, end, moment):
    one, other = QuietHours(start, end).hold(moment, ZONE), QuietHours(end, start).hold(moment, ZONE)
    assert (one != other) == (start != end)


def test_the_past_is_refused_but_for_the_second_in_which_the_button_was_pressed():
    require_time(NOW - GRACE, NOW)
    require_time(NOW, NOW)
    with pytest.raises(Refusal, match="time-past"):
        require_time(NOW - GRACE - timedelta(milliseconds=1), NOW)


def test_farther_than_a_year_is_a_typing_error():
    require_time(NOW + FARTHEST, NOW)
    with pytest.raises(Refusal, match="time-far"):
        require_time(NOW + FARTHEST + timedelta(seconds=1), NOW)


def airing(number, start_s, seconds=60.0):
    at = NOW + timedelta(seconds=start_s)
    return Airing(
        id=airing_id(number, at),
        slot=number,
        bulletin=1,
        title=f"Bản tin {number}",
        level=Level.ROUTINE,
        areas=(AreaId("xa-thanh-duc-25657"),),
        at=at,
        clip=ClipHash("ab" * 32),
        seconds=seconds,
        size=1_000,
    )


def test_an_airing_has_one_name():
    assert airing_id(7, NOW) == AiringId("s7-20261125t100000z")
    assert is_slug(airing_id(2**40, NOW))


def test_airings_that_touch_do_not_clash():
    first, next_ = airing(1, 0), airing(2, 60)
    assert clashes(first, [next_]) == ()
    assert clashes(first, [airing(2, 59.9)]) != ()


spans = st.lists(st.tuples(st.integers(0, 600), st.integers(1, 300)), min_size=2, max_size=8)


@given(spans)
def test_a_clash_is_mutual_and_never_with_oneself(spans):
    all_ = [airing(i, start, seconds) for i, (start, seconds) in enumerate(spans)]
    for one in all_:
        assert one not in clashes(one, all_)
        assert list(clashes(one, all_)) == sorted(clashes(one, all_), key=lambda a: (a.at, a.id))
        assert all(one in clashes(other, all_) for other in clashes(one, all_))

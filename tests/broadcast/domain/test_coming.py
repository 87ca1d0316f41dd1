"""What is foretold of a place is what a receiver there decides from the plans that are published."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from broadcast.domain.coming import SPAN, Listener, Mark, compare, span, upcoming
from broadcast.domain.plans import plan_for
from broadcast.domain.schedule import Airing
from devices.messages import Assignment
from devices.receiver.playlist import Knows, due, merge
from devices.vocabulary import AiringId, AreaId, ClipHash, Level, Why

NOON = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
PATH = (AreaId("xa"), AreaId("huyen"), AreaId("tinh"))
HERE = Listener(PATH, "22:00", "05:00", "Asia/Ho_Chi_Minh")
CLIP = ClipHash("a" * 64)


def airing(id_, minutes=60.0, *, area="xa", seconds=60.0, level=Level.ROUTINE, **more):
    at = NOON + timedelta(minutes=minutes)
    areas = (AreaId(area),)
    return Airing(AiringId(id_), 1, 1, id_, level, areas, at, CLIP, seconds, 10, **more)


def heard(*airings, listener=HERE):
    return [
        (u.airing.id, u.starts and (u.starts - NOON).total_seconds() / 60) for u in told(*airings, listener=listener)
    ]


def told(*airings, listener=HERE):
    return upcoming(listener, airings, NOON, NOON + SPAN)


def test_what_is_aimed_at_the_place_or_above_it_sounds_there_and_nothing_else():
    assert heard(airing("a"), airing("b", 70, area="tinh"), airing("c", area="noi-khac")) == [("a", 60), ("b", 70)]


def test_of_two_at_one_hour_the_higher_goes_first_and_the_other_waits():
    both = (airing("a"), airing("b", area="tinh", level=Level.PRIORITY))
    assert heard(*both) == [("a", 61), ("b", 60)]


def test_what_sounds_already_holds_up_what_comes():
    assert heard(airing("a", -1, seconds=180), airing("b", 1)) == [("a", -1), ("b", 2)]


def test_quiet_hours_and_a_hold_are_told_of():
    night = airing("a", 11 * 60)
    (line,) = told(night)
    assert (line.starts, line.why) == (None, Why.QUIET_HOURS)
    held = Listener(PATH, "", "", "Asia/Ho_Chi_Minh", NOON + timedelta(hours=2))
    assert [(u.airing.id, u.why) for u in told(airing("a"), airing("b", 119), listener=held)] == [
        ("a", Why.HELD),
        ("b", None),
    ]


@given(
    st.lists(
        st.tuples(st.integers(0, 1439), st.integers(1, 1800), st.sampled_from(Level), st.sampled_from(["xa", "tinh"])),
        max_size=6,
    )
)
def test_the_first_thing_foretold_is_what_a_receiver_would_start(planned):
    airings = [
        airing(f"a{i}", minutes, seconds=float(seconds), level=level, area=area)
        for i, (minutes, seconds, level, area) in enumerate(planned)
    ]
    first = min((u.starts for u in told(*airings) if u.starts is not None), default=None)
    if first is None:
        return
    plans = [plan_for(area, airings, NOON, 1) for area in PATH]
    assignment = Assignment(
        target="receiver/r", number=1, issued=NOON, expires=NOON + SPAN, areas=PATH, clips_url="",
        quiet_from="22:00", quiet_to="05:00",
    )  # fmt: skip
    start = due(merge(plans, NOON), Knows(clips={CLIP}), assignment, first).start
    assert start is not None
    assert next(u for u in told(*airings) if u.airing.id == start.id).starts == first


def test_a_change_is_told_line_by_line():
    before = told(airing("stays", 10), airing("waits", 60), airing("goes", 90))
    after = told(airing("stays", 10), airing("waits", 60), airing("new", 60, level=Level.PRIORITY))
    marks = {c.last.airing.id: c.mark for c in compare(before, after)}
    assert marks == {"stays": Mark.SAME, "waits": Mark.CHANGED, "new": Mark.NEW, "goes": Mark.GONE}


def test_one_looks_at_the_next_hours_or_at_the_local_day_of_what_lies_beyond():
    assert span(NOON + timedelta(hours=2), NOON, ZONE) == (NOON, NOON + SPAN)
    begin, end = span(NOON + timedelta(days=3), NOON, ZONE)
    assert begin.astimezone(ZONE).isoformat() == "2026-11-28T00:00:00+07:00"
    assert end - begin == SPAN

"""A hold silences a receiver at once, by its own clock, and never for ever."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from devices.messages import Assignment, Finished, Hold, HoldEnded, Missed, Plan, PlannedAiring, Started, Stop
from devices.receiver.holdings import Holdings
from devices.receiver.playlist import Knows, Mark, MarkState, due, preview
from devices.vocabulary import HOLD_LONGEST, Level, Outcome, Part, Why

NOON = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
FAR = NOON + timedelta(days=400)
CLIP = "a" * 64
S = timedelta(seconds=1)
OPEN = Assignment(target="receiver/r", number=1, issued=NOON, expires=FAR, areas=("xa",), clips_url="")
HAS = Knows(clips=frozenset({CLIP}))


def airing(id_="a", at=NOON, **more):
    return PlannedAiring(**{"id": id_, "at": at, "clip": CLIP, "seconds": 30.0, "size": 10, **more})


# what is decided


def test_nothing_but_an_emergency_begins_while_a_hold_is_in_force():
    held = NOON + 600 * S
    for level in Level:
        start = due([airing(level=level)], HAS, OPEN, NOON, held_until=held).start
        assert (start is not None) == (level is Level.EMERGENCY)


def test_what_is_held_wakes_at_its_end_and_begins_if_its_window_is_open():
    a, held = airing(), NOON + 60 * S
    answer = due([a], HAS, OPEN, NOON, held_until=held)
    assert (answer.start, answer.over, answer.wake) == (None, (), held)
    assert due([a], HAS, OPEN, held).start == a


def test_what_is_planned_for_the_instant_at_which_a_hold_ends_is_made_ready_before():
    a = airing(at=NOON + 60 * S)
    assert due([a], HAS, OPEN, NOON + 57 * S, lead=5 * S, held_until=NOON + 60 * S).start == a


def test_what_a_hold_outlasts_is_missed_because_of_it():
    a = airing()
    assert due([a], HAS, OPEN, NOON + 301 * S, held_until=NOON + 3600 * S).over == ((a, Why.HELD),)


def test_what_a_hold_broke_off_goes_on_as_long_as_its_time_is_not_over():
    a, knows = airing(), Knows({"a": Mark(MarkState.HELD, 12_000)}, {CLIP})
    for seconds, goes_on in ((20, True), (330, True), (331, False)):
        answer = due([a], knows, OPEN, NOON + seconds * S)
        assert (answer.start is not None, answer.from_ms) == (goes_on, 12_000 if goes_on else 0)
        assert answer.over == (), "its end was told already"


@given(
    st.lists(st.tuples(st.integers(0, 3600), st.integers(1, 600), st.sampled_from(Level)), max_size=8),
    st.integers(0, 4000),
)
def test_a_preview_lets_nothing_but_emergencies_begin_before_the_end_of_a_hold(planned, lasts):
    airings = tuple(
        airing(f"a{i}", NOON + at * S, seconds=float(seconds), level=level)
        for i, (at, seconds, level) in enumerate(planned)
    )
    plan = Plan(target="area/xa", number=1, issued=NOON, expires=FAR, airings=airings)
    held = NOON + lasts * S
    told = preview([plan], OPEN, NOON, NOON + timedelta(days=1), held)
    assert {u.airing.id for u in told} == {a.id for a in airings}, "each is told of, once"
    assert len(told) == len(airings)
    for each in told:
        if each.starts is not None and each.airing.level is not Level.EMERGENCY:
            assert each.starts >= held
        if each.why is Why.HELD:
            assert each.airing.at < held


# which holds are in force


def hold(target="area/xa", issued=NOON, until=NOON + 3600 * S):
    return Hold(target=target, number=1, issued=issued, expires=FAR, until=until)


def test_the_longest_of_several_holds_counts_and_each_ends_by_itself():
    holdings = Holdings("r")
    holdings.assign(OPEN)
    holdings.take_hold(hold())
    holdings.take_hold(hold("receiver/r", until=NOON + 7200 * S))
    holdings.take_hold(hold("area/khac", until=NOON + 9000 * S))
    assert holdings.held_until(NOON) == NOON + 7200 * S
    holdings.take_hold(HoldEnded(target="receiver/r", number=2, issued=NOON, expires=FAR))
    assert holdings.held_until(NOON) == NOON + 3600 * S
    assert holdings.held_until(NOON + 3600 * S) is None


def test_nobody_is_silenced_for_longer_than_a_day():
    holdings = Holdings("r")
    holdings.assign(OPEN)
    holdings.take_hold(hold(until=FAR))
    assert holdings.held_until(NOON) == NOON + HOLD_LONGEST
    assert holdings.held_until(NOON + HOLD_LONGEST) is None


# a running receiver


async def test_a_hold_silences_what_sounds_and_says_so(house):
    house.have()
    await house.say(house.plan(house.airing("a", 10)), retain=True)
    await house.pass_time(22)
    await house.say(house.hold(), retain=True)
    await house.pass_time(1)
    (finished,) = house.told(Finished)
    assert finished.outcome is Outcome.STOPPED
    assert 11_900 <= finished.played_ms <= 12_200, "at once, but for its fade"
    assert house.state.held_until == house.in_(3600 - 1)
    assert house.state.playing is None


async def test_released_in_time_it_goes_on_where_it_was_broken_off(house):
    house.have()
    await house.say(house.plan(house.airing("a", 10), house.airing("b", 100)), retain=True)
    await house.pass_time(22)
    await house.say(house.hold(), retain=True)
    await house.pass_time(130)
    assert house.heard == [("a", "airing")]
    await house.say(house.hold_ended(), retain=True)
    assert house.state.held_until is None
    await house.pass_time(60)
    assert house.heard == [("a", "airing"), ("a", "airing"), ("b", "airing")]
    first, again, late = house.told(Started)
    assert (first.subject, again.subject, late.subject) == ("a", "a", "b")
    assert 11_900 <= again.resumed_from_ms <= 12_200
    assert sum(f.played_ms for f in house.told(Finished) if f.subject == "a") == 30_000


async def test_a_hold_ends_by_the_receivers_own_clock_without_a_server(house):
    house.have()
    await house.say(house.plan(house.airing("a", 100)), retain=True)
    await house.say(house.hold(lasts=200), retain=True)
    house.exchange.go_down()
    await house.pass_time(199)
    assert house.heard == []
    await house.pass_time(5)
    assert house.heard == [("a", "airing")]


async def test_a_hold_survives_a_restart_and_the_same_one_read_again_is_no_attack(house):
    house.have()
    message = house.hold(lasts=600)
    await house.say(house.plan(house.airing("a", 60)), retain=True)
    await house.say(message, retain=True)
    await house.kill()
    await house.start()
    await house.say(message, retain=True)
    await house.pass_time(300)
    assert house.heard == []
    assert house.state.refused == 0
    await house.pass_time(200)
    assert [(m.subject, m.why) for m in house.told(Missed)] == [("a", Why.HELD)]


async def test_what_was_broken_off_before_a_restart_still_goes_on(house):
    house.have()
    await house.say(house.plan(house.airing("a", 10)), retain=True)
    await house.pass_time(22)
    await house.say(house.hold(), retain=True)
    await house.pass_time(5)
    await house.kill()
    await house.start()
    await house.say(house.hold_ended(), retain=True)
    await house.pass_time(60)
    assert house.heard == [("a", "airing")]
    assert house.told(Started)[-1].resumed_from_ms >= 11_900


async def test_an_alarm_sounds_under_a_hold(house):
    await house.say(house.hold(), retain=True)
    await house.say(house.alarm(), retain=True)
    await house.pass_time(3)
    assert house.heard == [("bao-so-1", Part.SIREN.value)]


async def test_an_emergency_that_sounds_is_broken_off_for_good_and_a_later_one_passes(house):
    house.have()
    await house.say(
        house.plan(house.airing("a", 10, level=Level.EMERGENCY), house.airing("b", 60, level=Level.EMERGENCY))
    )
    await house.pass_time(20)
    await house.say(house.hold(), retain=True)
    await house.pass_time(30)
    assert [(f.subject, f.outcome) for f in house.told(Finished)] == [("a", Outcome.STOPPED)]
    await house.pass_time(60)
    assert house.heard == [("a", "airing"), ("b", "airing")]


async def test_a_hold_just_before_an_instant_costs_nothing_when_it_is_released(house):
    house.have()
    await house.say(house.plan(house.airing("a", 10)), retain=True)
    await house.pass_time(9.5)
    await house.say(house.hold(), retain=True)
    await house.pass_time(20)
    assert (house.heard, house.reports) == ([], [])
    await house.say(house.hold_ended(), retain=True)
    await house.pass_time(40)
    assert house.heard == [("a", "airing")]
    assert [f.outcome for f in house.told(Finished)] == [Outcome.PLAYED]


async def test_a_hold_that_is_forged_expired_or_older_silences_nobody(house):
    await house.say(house.hold(), mangle=lambda raw: raw.replace(b"A", b"B", 1))
    late = house.hold()
    await house.say(Hold(**{**{f: getattr(late, f) for f in late.__struct_fields__}, "expires": house.in_(-1)}))
    assert house.state.held_until is None
    older, newer = house.hold(), house.hold_ended()
    await house.say(newer)
    await house.say(older)
    assert house.state.held_until is None
    await house.pass_time(35)
    assert house.state.refused == 3


async def test_a_stop_still_breaks_off_for_good(house):
    house.have()
    await house.say(house.plan(house.airing("a", 10)), retain=True)
    await house.pass_time(22)
    await house.say(Stop(**house.head("area/xa", 60)))
    await house.say(house.hold(), retain=True)
    await house.say(house.hold_ended(), retain=True)
    await house.pass_time(60)
    assert house.heard == [("a", "airing")]

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.domain.deliveries import (
    ENDED,
    MOVES,
    REPORT_GRACE,
    WAITING,
    Delivery,
    DeliveryState,
    after_report,
    after_silence,
    after_state,
    move,
)
from devices.messages import Failed, Finished, Missed, Refused, Started, State
from devices.vocabulary import START_WINDOW, ClipHash, Outcome, Part

D = DeliveryState
T0 = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
LATER = T0 + timedelta(minutes=1)
CLIP = ClipHash("ab" * 32)

MOVES_TOLD = {
    "planned": "sent received ready playing played stopped interrupted missed failed withdrawn unknown",
    "sent": "received ready playing played stopped interrupted missed failed withdrawn unknown",
    "received": "ready playing played stopped interrupted missed failed withdrawn unknown",
    "ready": "received playing played stopped interrupted missed failed withdrawn unknown",
    "playing": "played stopped interrupted missed failed unknown",
    "played": "",
    "stopped": "playing played",
    "interrupted": "playing played stopped",
    "missed": "",
    "failed": "playing played stopped interrupted",
    "withdrawn": "playing played stopped interrupted missed failed",
    "unknown": "playing played stopped interrupted missed failed",
}


def at(state: DeliveryState) -> Delivery:
    return Delivery("s1-20261125t100000z", "loa-1", state, T0, T0)


def report(kind, number=1, **fields):
    return kind(receiver="loa-1", journal="j1", number=number, at=T0, subject="s1-20261125t100000z", **fields)


def started(number=1, started_at=T0, **fields):
    return report(Started, number, started_at=started_at, **fields)


def finished(outcome, number=2, played_ms=4_000, **fields):
    return report(Finished, number, outcome=outcome, played_ms=played_ms, frames=played_ms * 48, **fields)


@pytest.mark.parametrize(("here", "there"), list(product(D, D)))
def test_every_pair_of_states_is_decided(here, there):
    moved = move(at(here), there, LATER, "why")
    if there.value in MOVES_TOLD[here.value].split():
        assert moved == replace(at(there), news_at=LATER, why="why")
    else:
        assert moved == at(here)


def test_every_state_has_its_moves():
    assert set(MOVES) == set(D)
    assert set(MOVES_TOLD) == {d.value for d in D}


def test_an_airing_plays_and_has_played():
    playing = after_report(at(D.READY), started(start_error_ms=3.5), LATER)
    assert (playing.state, playing.started_at, playing.start_error_ms) == (D.PLAYING, T0, 3.5)
    played = after_report(playing, finished(Outcome.PLAYED), LATER)
    assert (played.state, played.played_ms, played.why) == (D.PLAYED, 4_000, "")


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome.PLAYED, D.PLAYED),
        (Outcome.STOPPED, D.STOPPED),
        (Outcome.INTERRUPTED, D.INTERRUPTED),
        (Outcome.PREEMPTED, D.INTERRUPTED),
    ],
)
def test_every_outcome_has_its_state(outcome, state):
    assert after_report(at(D.PLAYING), finished(outcome), LATER).state is state


@given(st.permutations([started(start_error_ms=2.0), finished(Outcome.PLAYED, started_at=T0)] * 2))
def test_reports_doubled_and_out_of_order_tell_the_same(reports):
    now = at(D.READY)
    for one in reports:
        now = after_report(now, one, LATER)
    assert (now.state, now.played_ms, now.started_at, now.start_error_ms) == (D.PLAYED, 4_000, T0, 2.0)


@given(st.permutations([started(start_error_ms=2.0), finished(Outcome.INTERRUPTED, started_at=T0), started()]))
def test_a_start_that_comes_late_or_twice_does_not_wake_what_was_interrupted(reports):
    now = at(D.READY)
    for one in reports:
        now = after_report(now, one, LATER)
    assert (now.state, now.played_ms, now.started_at) == (D.INTERRUPTED, 4_000, T0)


def test_a_resumed_airing_has_played_both_parts():
    now = at(D.READY)
    for one in (
        started(1),
        finished(Outcome.INTERRUPTED, 2, 1_500),
        started(3, T0 + timedelta(seconds=30), resumed_from_ms=1_500),
        finished(Outcome.PLAYED, 4, 2_500),
    ):
        now = after_report(now, one, LATER)
    assert (now.state, now.played_ms, now.started_at) == (D.PLAYED, 4_000, T0)


def test_sound_that_came_after_a_failure_counts():
    failed = after_report(at(D.RECEIVED), report(Failed, why="wrong-hash"), LATER)
    assert (failed.state, failed.why) == (D.FAILED, "wrong-hash")
    playing = after_report(failed, started(2), LATER)
    assert after_report(playing, finished(Outcome.PLAYED, 3), LATER).state is D.PLAYED


def test_a_missed_airing_says_why():
    missed = after_report(at(D.SENT), report(Missed, planned_at=T0, why="quiet-hours"), LATER)
    assert (missed.state, missed.why) == (D.MISSED, "quiet-hours")


def test_a_refused_message_is_no_news_of_a_delivery():
    refused = Refused(receiver="loa-1", journal="j1", number=1, at=T0, topic="loalang/v1/area/x/plan", why="forged")
    assert after_report(at(D.READY), refused, LATER) == at(D.READY)


def told(*reports):
    now = at(D.SENT)
    for one in reports:
        now = after_report(now, one, LATER)
    return now


def siren(number=1, started_at=T0, **fields):
    return started(number, started_at, part=Part.SIREN, **fields)


def test_a_siren_that_ended_well_is_only_the_beginning_of_an_alarm():
    now = told(siren(start_error_ms=40.0), finished(Outcome.PLAYED, part=Part.SIREN))
    assert (now.state, now.played_ms, now.start_error_ms) == (D.PLAYING, None, 40.0)


def test_an_alarm_is_heard_once_its_words_have_sounded():
    now = told(
        siren(start_error_ms=40.0),
        finished(Outcome.PLAYED, 2, part=Part.SIREN),
        started(3, T0 + timedelta(seconds=8), part=Part.WORDS, start_error_ms=1.0),
        finished(Outcome.PLAYED, 4, 6_000, part=Part.WORDS),
    )
    assert (now.state, now.played_ms, now.started_at, now.start_error_ms) == (D.PLAYED, 6_000, T0, 40.0)
    again = after_report(now, siren(5, T0 + timedelta(seconds=20)), LATER)
    assert after_report(again, finished(Outcome.STOPPED, 6, part=Part.SIREN), LATER) == now


def test_the_words_change_nothing_while_the_alarm_sounds():
    sounding = told(siren(start_error_ms=40.0), finished(Outcome.PLAYED, 2, part=Part.SIREN))
    words = started(3, T0 + timedelta(seconds=8), part=Part.WORDS, start_error_ms=1.0)
    assert after_report(sounding, words, LATER) == sounding


@pytest.mark.parametrize(("outcome", "state"), [(Outcome.STOPPED, D.STOPPED), (Outcome.INTERRUPTED, D.INTERRUPTED)])
def test_a_siren_broken_off_before_any_words_ends_the_alarm_so(outcome, state):
    assert told(siren(), finished(outcome, part=Part.SIREN)).state is state


def test_an_alarm_goes_on_after_a_power_cut():
    now = told(
        siren(1),
        finished(Outcome.INTERRUPTED, 2, 2_000, part=Part.SIREN, started_at=T0),
        siren(3, T0 + timedelta(seconds=40)),
    )
    assert now.state is D.PLAYING


def test_news_of_a_siren_whose_start_was_lost_says_that_it_sounds():
    now = told(finished(Outcome.PLAYED, part=Part.SIREN, started_at=T0))
    assert (now.state, now.started_at) == (D.PLAYING, T0)


def state(number=7, missing=()):
    return State(receiver="loa-1", session=1, at=T0, online=True, plans={"area/x": number}, missing=missing)


@pytest.mark.parametrize("here", D)
def test_a_state_moves_only_what_waits(here):
    ready = after_state(at(here), state(), CLIP, 7, "area/x", LATER)
    assert ready.state is (D.READY if here in WAITING else here)


@pytest.mark.parametrize(
    ("number", "missing", "end"),
    [(6, (), D.SENT), (7, (CLIP,), D.RECEIVED), (8, (CLIP,), D.RECEIVED), (8, (), D.READY)],
)
def test_a_receiver_is_ready_when_it_holds_plan_and_sound(number, missing, end):
    assert after_state(at(D.SENT), state(number, missing), CLIP, 7, "area/x", LATER).state is end


def test_a_receiver_that_lost_its_disk_is_no_longer_ready():
    assert after_state(at(D.READY), state(missing=(CLIP,)), CLIP, 7, "area/x", LATER).state is D.RECEIVED


def test_the_same_news_is_no_news():
    ready = at(D.READY)
    assert after_state(ready, state(), CLIP, 7, "area/x", LATER) is ready


@pytest.mark.parametrize("here", D)
def test_silence_is_a_result_only_after_the_last_moment(here):
    last = T0 + START_WINDOW + timedelta(seconds=10) + REPORT_GRACE
    assert after_silence(at(here), 10, last) == at(here)
    silent = after_silence(at(here), 10, last + timedelta(milliseconds=1))
    if here in ENDED or here in {D.WITHDRAWN, D.UNKNOWN}:
        assert silent == at(here)
    else:
        assert (silent.state, silent.why) == (D.UNKNOWN, "no-report")

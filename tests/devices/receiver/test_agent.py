import sqlite3

from devices.messages import Ack, Failed, Finished, Identify, Missed, SetVolume, Started, Stop, VolumeCap
from devices.receiver.modes import Mode
from devices.receiver.sound import NoSoundCard
from devices.vocabulary import Level, Outcome, Part, Why


async def test_an_airing_sounds_on_time_and_is_told(house):
    house.have()
    airing = house.airing("a", 60)
    await house.say(house.plan(airing), retain=True)
    await house.pass_time(59)
    assert house.heard == []
    await house.pass_time(40)
    assert house.heard == [("a", "airing")]
    started, finished = house.reports
    assert isinstance(started, Started)
    assert isinstance(finished, Finished)
    assert (started.subject, started.planned_at, started.clip) == ("a", airing.at, airing.clip)
    assert abs(started.start_error_ms or 0) <= 20
    assert (finished.outcome, finished.played_ms, finished.frames) == (Outcome.PLAYED, 30_000, 1_440_000)
    assert house.player.heard[0].cue.volume == 70


async def test_it_plays_without_the_server(house):
    house.have()
    await house.say(house.plan(house.airing("a", 60), house.airing("b", 200)), retain=True)
    house.exchange.go_down()
    await house.pass_time(100)
    assert house.agent.mode is Mode.OFFLINE
    house.exchange.forget()
    await house.stop()
    await house.start()
    await house.pass_time(200)
    assert house.heard == [("b", "airing")]
    assert house.reports == []
    house.exchange.come_up()
    await house.pass_time(1)
    assert [(type(r), r.subject) for r in house.reports] == [
        (Started, "a"),
        (Finished, "a"),
        (Started, "b"),
        (Finished, "b"),
    ]


async def test_reports_are_sent_until_the_server_has_them(house):
    house.have()
    await house.say(house.plan(house.airing("a", 10)))
    await house.pass_time(50)

    def sent():
        return sum(1 for r in house.exchange.published if r.topic.endswith("/report"))

    before = sent()
    await house.pass_time(25)
    assert sent() == before + 2, "both again"
    await house.acknowledge(2)
    before = sent()
    await house.pass_time(60)
    assert sent() == before
    assert house.state.unacknowledged == 0


async def test_an_acknowledgement_of_another_journal_lets_nothing_go(house):
    house.have()
    await house.say(house.plan(house.airing("a", 10)))
    await house.pass_time(50)
    await house.acknowledge(2, journal="other")
    await house.pass_time(31)
    assert house.state.unacknowledged == 2


async def test_killed_in_the_middle_it_says_so_and_does_not_sound_again(house):
    house.have()
    await house.say(house.plan(house.airing("a", 10)), retain=True)
    await house.pass_time(25)
    await house.kill()
    await house.pass_time(2)
    await house.start()
    await house.pass_time(120)
    assert house.heard == []
    finished = house.told(Finished)
    assert [(f.subject, f.outcome) for f in finished] == [("a", Outcome.INTERRUPTED)]
    assert 12_000 <= finished[0].played_ms <= 15_100


async def test_killed_in_the_middle_it_goes_on_where_the_plan_says_so(house):
    house.have()
    await house.say(house.plan(house.airing("a", 10, resume=True)), retain=True)
    await house.pass_time(25)
    await house.kill()
    await house.start()
    await house.pass_time(60)
    assert house.heard == [("a", "airing")]
    resumed = house.told(Started)[-1]
    assert 12_000 <= resumed.resumed_from_ms <= 15_100
    assert resumed.start_error_ms is None
    interrupted, played = house.told(Finished)
    assert interrupted.played_ms + played.played_ms == 30_000
    assert played.outcome is Outcome.PLAYED


async def test_ended_in_order_it_says_where_it_broke_off(house):
    house.have()
    await house.say(house.plan(house.airing("a", 10)), retain=True)
    await house.pass_time(25)
    await house.stop()
    assert not house.state.online
    assert house.told(Finished)[0].outcome is Outcome.INTERRUPTED
    await house.start()
    await house.pass_time(60)
    assert house.heard == []


async def test_switched_off_just_before_its_instant_it_sounds_after_the_next_start(house):
    house.have()
    await house.say(house.plan(house.airing("a", 10)), retain=True)
    await house.pass_time(9.5)
    await house.stop()
    await house.start()
    await house.pass_time(60)
    assert house.heard == [("a", "airing")]


async def test_the_clock_set_back_doubles_nothing(house):
    house.have()
    await house.say(house.plan(house.airing("a", 10), house.airing("b", 100)), retain=True)
    await house.pass_time(50)
    house.clock.jump(-50)
    await house.pass_time(200)
    assert house.heard == [("a", "airing"), ("b", "airing")]


async def test_the_clock_set_while_a_start_waits_moves_the_start(house):
    house.have()
    airing = house.airing("a", 10)
    await house.say(house.plan(airing), retain=True)
    await house.pass_time(9)
    house.clock.jump(-100)
    await house.pass_time(99)
    assert house.heard == []
    await house.pass_time(40)
    started = house.told(Started)
    assert [s.subject for s in started] == ["a"]
    assert abs(started[0].start_error_ms) <= 20


async def test_the_clock_set_far_forward_is_a_missed_airing(house):
    house.have()
    await house.say(house.plan(house.airing("a", 10)), retain=True)
    house.clock.jump(1000)
    await house.pass_time(2)
    assert [(m.subject, m.why) for m in house.told(Missed)] == [("a", Why.WINDOW_PASSED)]


async def test_an_airing_in_the_quiet_hours_is_refused_and_told(house):
    house.have()
    await house.say(house.assignment(quiet_from="12:00", quiet_to="13:00"))
    await house.say(house.plan(house.airing("a", 10), house.airing("b", 10, level=Level.EMERGENCY)))
    await house.pass_time(60)
    assert house.heard == [("b", "airing")]
    assert [(m.subject, m.why) for m in house.told(Missed)] == [("a", Why.QUIET_HOURS)]


async def test_an_airing_whose_sound_never_came_is_missed(house):
    await house.say(house.plan(house.airing("a", 10, window_s=60)))
    await house.pass_time(5)
    assert len(house.state.missing) == 1
    await house.pass_time(100)
    assert [(m.subject, m.why) for m in house.told(Missed)] == [("a", Why.NO_SOUND)]


async def test_a_pushed_clip_is_kept_and_sounds(house):
    airing = house.airing("a", 10)
    await house.say(house.plan(airing))
    house.exchange.take(f"loalang/v1/area/xa/clip/{airing.clip}", b"sound", retain=False)
    await house.pass_time(31)
    assert house.state.missing == ()
    await house.pass_time(20)
    assert house.heard == [("a", "airing")]


async def test_a_withdrawn_airing_falls_silent(house):
    house.have()
    a, b = house.airing("a", 10), house.airing("b", 100)
    await house.say(house.plan(a, b))
    await house.pass_time(20)
    await house.say(house.plan(b))
    await house.pass_time(2)
    assert house.told(Finished)[0].outcome is Outcome.STOPPED
    assert house.told(Finished)[0].played_ms < 13_000
    await house.pass_time(150)
    assert house.heard == [("a", "airing"), ("b", "airing")]


async def test_an_airing_withdrawn_while_it_waits_never_sounds(house):
    house.have()
    await house.say(house.plan(house.airing("a", 10)))
    await house.pass_time(9)
    await house.say(house.plan())
    await house.pass_time(60)
    assert house.heard == []
    assert house.reports == []


async def test_a_higher_level_takes_the_horn_and_the_lower_is_told_as_pre_empted(house):
    house.have()
    await house.say(house.plan(house.airing("a", 10), house.airing("b", 20, level=Level.PRIORITY)))
    await house.pass_time(60)
    assert house.heard == [("a", "airing"), ("b", "airing")]
    assert [(f.subject, f.outcome) for f in house.told(Finished)] == [
        ("a", Outcome.PREEMPTED),
        ("b", Outcome.PLAYED),
    ]


async def test_of_equals_the_first_ends_and_the_second_follows(house):
    house.have()
    await house.say(house.plan(house.airing("a", 10), house.airing("b", 20)))
    await house.pass_time(80)
    assert [f.outcome for f in house.told(Finished)] == [Outcome.PLAYED, Outcome.PLAYED]
    second = house.told(Started)[1]
    assert 20_000 <= second.start_error_ms <= 20_500


async def test_a_stop_order_ends_what_sounds_and_nothing_else(house):
    house.have()
    await house.say(house.plan(house.airing("a", 10), house.airing("b", 60)))
    await house.pass_time(20)
    await house.say(Stop(**house.head("area/huyen"), airing="other"))
    await house.pass_time(1)
    assert house.told(Finished) == []
    await house.say(Stop(**house.head("area/huyen")))
    await house.pass_time(1)
    assert [(f.subject, f.outcome) for f in house.told(Finished)] == [("a", Outcome.STOPPED)]
    await house.pass_time(100)
    assert house.heard == [("a", "airing"), ("b", "airing")]


async def test_a_stop_order_just_before_the_first_frame_counts(house):
    house.have()
    await house.say(house.plan(house.airing("a", 10)))
    await house.pass_time(9.5)
    await house.say(Stop(**house.head("area/xa")))
    await house.pass_time(60)
    assert house.heard == []
    assert [(f.subject, f.outcome, f.frames) for f in house.told(Finished)] == [("a", Outcome.STOPPED, 0)]


async def test_the_volume_that_was_ordered_lasts_over_a_restart_until_the_next_assignment(house):
    house.have()
    await house.say(SetVolume(**house.head("receiver/ch-xa-01"), volume=33))
    await house.stop()
    await house.start()
    assert house.state.volume == 33
    await house.say(house.plan(house.airing("a", 10)))
    await house.pass_time(60)
    assert house.player.heard[0].cue.volume == 33
    await house.say(house.assignment(volume=55))
    assert house.state.volume == 55


async def test_in_softer_hours_it_is_no_louder_than_they_allow_whatever_was_ordered(house):
    house.have()
    await house.say(house.assignment(caps=(VolumeCap(start="00:00", end="00:00", most=40),)))
    await house.say(SetVolume(**house.head("receiver/ch-xa-01"), volume=90))
    await house.say(house.plan(house.airing("a", 10)))
    await house.pass_time(60)
    assert house.player.heard[0].cue.volume == 40


async def test_identify_sounds_three_tones_unless_something_sounds(house):
    await house.say(Identify(**house.head("receiver/ch-xa-01")))
    await house.pass_time(5)
    assert house.heard == [("identify", "airing")]
    house.have()
    await house.say(house.plan(house.airing("a", 10)))
    await house.pass_time(20)
    await house.say(Identify(**house.head("receiver/ch-xa-01")))
    await house.pass_time(40)
    assert house.heard == [("identify", "airing"), ("a", "airing")]
    assert house.told(Finished)[0].outcome is Outcome.PLAYED
    assert len(house.reports) == 2


async def test_a_sound_card_that_comes_back_within_the_window_sounds(house):
    house.have()
    await house.say(house.plan(house.airing("a", 10)))
    house.player.broken = NoSoundCard("pulled out")
    await house.pass_time(40)
    assert house.reports == []
    house.player.broken = None
    await house.pass_time(60)
    assert house.heard == [("a", "airing")]


async def test_without_a_sound_card_the_airing_has_failed_when_its_window_passes(house):
    house.have()
    await house.say(house.plan(house.airing("a", 10, window_s=60)))
    house.player.broken = NoSoundCard("pulled out")
    await house.pass_time(120)
    assert [(f.subject, f.why) for f in house.reports if isinstance(f, Failed)] == [("a", Why.SOUND_CARD)]
    assert len(house.reports) == 1


async def test_a_sound_card_pulled_out_in_the_middle_is_told(house):
    house.have()
    await house.say(house.plan(house.airing("a", 10)))
    await house.pass_time(20)
    house.player.broken = NoSoundCard("pulled out")
    await house.pass_time(60)
    assert [(type(r), getattr(r, "outcome", getattr(r, "why", ""))) for r in house.reports[1:]] == [
        (Finished, Outcome.INTERRUPTED),
        (Failed, Why.SOUND_CARD),
    ]
    assert house.heard == [("a", "airing")]


async def test_a_clip_that_rotted_on_the_disk_does_not_sound(house):
    house.have()
    airing = house.airing("a", 10)
    await house.say(house.plan(airing))
    house.agent.cache.path(airing.clip).write_bytes(b"soUnd")
    await house.pass_time(8)
    assert house.state.missing == (airing.clip,)
    await house.pass_time(30)
    assert house.heard == []


async def test_the_state_tells_what_it_holds_and_what_sounds(house):
    house.have()
    plan = house.plan(house.airing("a", 10))
    await house.say(plan)
    state = house.state
    assert state.online
    assert (state.mode, state.plans, state.missing) == (Mode.ONLINE, {"area/xa": plan.number}, ())
    assert state.disk_free_mb is not None
    assert set(state.versions) == {"loalang", "python", "machine"}
    await house.pass_time(15)
    playing = house.state.playing
    assert (playing.subject, playing.part, playing.total_ms) == ("a", Part.AIRING, 30_000)
    assert 2_000 <= playing.position_ms <= 5_000


async def test_every_connection_is_a_session_and_its_will_speaks_for_it(house):
    first = house.state.session
    house.exchange.cut(house.link)
    assert (house.state.online, house.state.session) == (False, first)
    await house.pass_time(1)
    assert house.state.online
    assert house.state.session > first
    again = house.state.session
    house.clock.jump(-86_400)
    await house.stop()
    await house.start()
    assert house.state.session > again


async def test_the_clocks_difference_is_told_from_live_acknowledgements(house):
    assert house.state.clock_offset_ms is None
    house.clock.jump(2)
    head = house.head("receiver/ch-xa-01")
    house.clock.jump(-2)
    await house.say(Ack(**head, journal="other", up_to=0))
    await house.pass_time(31)
    assert -2_100 < (house.state.clock_offset_ms or 0) < -1_900


async def test_an_unassigned_receiver_listens_to_its_own_topics_only(new_house):
    house = new_house
    assert house.state.mode == Mode.UNASSIGNED
    house.have()
    await house.say(house.plan(house.airing("a", 10)), retain=True)
    await house.pass_time(5)
    assert house.state.plans == {}
    await house.say(house.assignment())
    await house.pass_time(60)
    assert house.state.mode == Mode.ONLINE
    assert house.heard == [("a", "airing")], "the retained plan comes with the subscription"


async def test_a_new_assignment_takes_it_out_of_its_old_areas(house):
    house.have()
    await house.say(house.plan(house.airing("a", 60)), retain=True)
    await house.say(house.assignment(areas=("xa-khac",)))
    await house.pass_time(120)
    assert house.heard == []
    before = house.agent.tally.total
    await house.say(house.plan(house.airing("b", 60)))
    assert house.agent.tally.total == before, "not even subscribed"
    assert house.state.plans == {}


async def test_marks_and_clips_of_long_ago_are_let_go(house):
    house.have()
    await house.say(house.plan(house.airing("a", 10)))
    await house.pass_time(60)
    assert "a" in house.agent.conductor.marks
    house.clock.jump(6 * 86400)
    await house.say(house.plan())
    await house.pass_time(3700)
    assert house.agent.conductor.marks == {}


async def test_killed_just_before_its_instant_it_sounds_if_there_is_time_and_else_says_so(house):
    house.have()
    await house.say(house.plan(house.airing("a", 10), house.airing("b", 60)), retain=True)
    await house.pass_time(9.5)
    await house.kill()
    await house.start()
    await house.pass_time(49)
    await house.kill()
    assert house.heard == [("a", "airing")]
    await house.pass_time(3)
    await house.start()
    await house.pass_time(60)
    assert house.heard == []
    assert [(f.subject, f.outcome, f.played_ms) for f in house.told(Finished)] == [
        ("a", Outcome.PLAYED, 30_000),
        ("b", Outcome.INTERRUPTED, 0),
    ]


async def test_with_a_full_disk_it_plays_and_reports_when_there_is_room_again(house):
    house.have()
    await house.say(house.plan(house.airing("a", 10), house.airing("b", 100)))
    book = house.agent.scribe._book
    commit = book._commit

    def full(_step):
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    book._commit = full
    await house.pass_time(150)
    assert house.heard == [("a", "airing"), ("b", "airing")]
    assert house.reports == []
    assert house.state.unacknowledged >= 4
    book._commit = commit
    await house.pass_time(25)
    assert [(f.subject, f.outcome) for f in house.told(Finished)] == [
        ("a", Outcome.PLAYED),
        ("b", Outcome.PLAYED),
    ]
    assert [r.number for r in house.reports] == [1, 2, 3, 4]


async def test_a_stop_order_while_a_higher_level_is_about_to_start_means_both(house):
    house.have()
    await house.say(house.plan(house.airing("a", 10), house.airing("b", 20, level=Level.PRIORITY)))
    soon = house.agent.scribe.soon

    def stop_while_it_is_written(step, *args):
        if step == house.agent.scribe.journal.intend and args[0].id == "b":
            house.agent.conductor.stop(None)
        return soon(step, *args)

    house.agent.scribe.soon = stop_while_it_is_written
    await house.pass_time(60)
    assert {(f.subject, f.outcome) for f in house.told(Finished)} == {
        ("a", Outcome.STOPPED),
        ("b", Outcome.STOPPED),
    }
    assert house.heard == [("a", "airing")]


async def test_one_airing_that_breaks_us_does_not_keep_the_next_from_sounding(house, caplog):
    house.have()
    house.have(b"other")
    prove = house.agent.cache.prove

    def break_on_the_first(clip):
        if clip == house.airing("a", 0).clip and house.now < broken_until:
            raise ZeroDivisionError
        return prove(clip)

    broken_until = house.in_(20)
    house.agent.cache.prove = break_on_the_first
    await house.say(house.plan(house.airing("a", 10, window_s=2), house.airing("b", 30, b"other")))
    await house.pass_time(90)
    assert house.heard == [("b", "airing")]
    assert "a turn broke" in caplog.text

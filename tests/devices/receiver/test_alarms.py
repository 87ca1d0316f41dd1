import hashlib
import itertools

import pytest

from devices.messages import Failed, Finished, Started
from devices.receiver.alarms import MOVES, Happening, Phase, after
from devices.receiver.sound import NoSoundCard, Undecodable
from devices.vocabulary import Level, Outcome, Part, Why

SIREN, WORDS = ("bao-so-1", "siren"), ("bao-so-1", "words")
VOICE = b"the words"


def spoken(house, **more):
    return house.alarm(words="Bão", clip=hashlib.sha256(VOICE).hexdigest(), seconds=6.0, size=9, **more)


@pytest.mark.parametrize(("phase", "happening"), [*itertools.product(Phase, Happening)])
def test_every_pair_of_phase_and_happening_has_its_answer(phase, happening):
    moved = after(phase, happening)
    if (phase, happening) in MOVES:
        assert moved is MOVES[phase, happening]
    else:
        assert moved is phase
    if phase is Phase.OVER:
        assert moved is Phase.OVER, "nothing wakes an alarm that is over"


def test_every_phase_can_be_reached_and_left():
    assert set(MOVES.values()) == set(Phase)
    assert {p for p, _ in MOVES} == set(Phase)


async def test_the_siren_sounds_then_the_words_as_often_as_asked(house):
    house.have(VOICE)
    await house.say(spoken(house), retain=True)
    await house.pass_time(60)
    assert house.heard == [SIREN, WORDS, SIREN, WORDS]
    assert [s.ms for s in house.player.heard] == [4000, 6000, 4000, 6000]
    assert {s.cue.volume for s in house.player.heard} == {100}
    started = house.told(Started)
    assert [(s.subject, s.part) for s in started] == [
        ("bao-so-1", Part.SIREN),
        ("bao-so-1", Part.WORDS),
        ("bao-so-1", Part.SIREN),
        ("bao-so-1", Part.WORDS),
    ]
    assert 0 <= started[0].start_error_ms <= 100
    assert started[1].clip is not None
    assert [f.outcome for f in house.told(Finished)] == [Outcome.PLAYED] * 4


async def test_the_player_is_told_before_anything_is_written_or_sent(house):
    seen = []
    start, soon = house.player.start, house.agent.scribe.soon
    publish = house.link.publish

    def seeing(what, do):
        def done(*args, **more):
            seen.append(what)
            return do(*args, **more)

        return done

    house.player.start = seeing("player", start)
    house.agent.scribe.soon = seeing("disk", soon)
    house.link.publish = seeing("link", publish)
    await house.say(house.alarm())
    assert seen[0] == "player"
    assert "disk" in seen


async def test_it_takes_the_horn_from_an_airing_at_once(house):
    house.have()
    await house.say(house.plan(house.airing("a", 10, level=Level.EMERGENCY), house.airing("b", 25)))
    await house.pass_time(20)
    await house.say(house.alarm())
    await house.pass_time(0.1)
    assert house.heard == [("a", "airing"), SIREN]
    await house.pass_time(60)
    assert house.heard == [("a", "airing"), SIREN, SIREN, ("b", "airing")], "the next waits for its turn"
    ends = [(f.subject, f.outcome) for f in house.told(Finished)]
    assert ends[0] == ("a", Outcome.PREEMPTED)


async def test_an_airing_that_waits_for_its_instant_comes_after_the_alarm(house):
    house.have()
    await house.say(house.plan(house.airing("a", 10)))
    await house.pass_time(9.5)
    await house.say(house.alarm(repeats=1))
    await house.pass_time(60)
    assert house.heard == [SIREN, ("a", "airing")]


async def test_words_that_come_late_follow_the_siren(house):
    await house.say(house.alarm(words="Bão"), retain=True)
    await house.pass_time(3)
    await house.say(spoken(house), retain=True)
    house.exchange.take("loalang/v1/area/xa/clip/" + house.agent.fetcher.missing[0], VOICE, retain=False)
    await house.pass_time(60)
    assert house.heard == [SIREN, WORDS, SIREN, WORDS]


async def test_until_the_words_come_the_siren_repeats(house):
    await house.say(house.alarm(words="Bão", pause_s=5.0))
    await house.pass_time(34)
    assert house.heard == [SIREN] * 4
    await house.say(spoken(house))
    house.have(VOICE)
    house.agent._clip_came("x")
    await house.pass_time(1)
    assert house.heard == [SIREN] * 4 + [WORDS], "in the middle of the pause"
    await house.pass_time(60)
    assert house.heard[4:] == [WORDS, SIREN, WORDS]


async def test_its_end_is_silence_at_once_and_it_stays_silent(house):
    alarm = house.alarm()
    await house.say(alarm, retain=True)
    await house.pass_time(2)
    await house.say(house.alarm_ended(), retain=True)
    await house.pass_time(0.2)
    assert house.told(Finished)[0].outcome is Outcome.STOPPED
    assert house.told(Finished)[0].played_ms <= 2_200
    await house.say(alarm)
    await house.stop()
    await house.start()
    await house.pass_time(60)
    assert house.heard == []


async def test_it_ends_by_itself(house):
    await house.say(house.alarm(lasts=30, repeats=1000, pause_s=1.0))
    await house.pass_time(300)
    assert len(house.heard) == 6
    last = house.player.heard[-1]
    assert last.monotonic + last.ms / 1000 <= 31 + house.player.heard[0].monotonic
    assert not house.agent.warden.holds_horn


async def test_after_a_power_cut_in_the_middle_it_goes_on(house):
    house.have(VOICE)
    await house.say(spoken(house, repeats=3), retain=True)
    await house.pass_time(12)
    await house.kill()
    house.exchange.go_down()
    await house.start()
    await house.pass_time(60)
    assert house.heard == [SIREN, WORDS, SIREN, WORDS], "one of three rounds had sounded"
    house.exchange.come_up()
    await house.pass_time(2)
    assert Outcome.INTERRUPTED not in [f.outcome for f in house.told(Finished)], "it was killed in a pause"


async def test_killed_while_the_siren_sounds_it_says_so(house):
    await house.say(house.alarm(), retain=True)
    await house.pass_time(2)
    await house.kill()
    await house.start()
    await house.pass_time(1)
    assert [(f.subject, f.part, f.outcome) for f in house.told(Finished)] == [
        ("bao-so-1", Part.SIREN, Outcome.INTERRUPTED)
    ]
    assert house.heard == [SIREN]


async def test_it_does_not_start_again_when_its_rounds_are_done(house):
    await house.say(house.alarm(repeats=1), retain=True)
    await house.pass_time(10)
    house.exchange.cut(house.link)
    await house.pass_time(1)
    await house.say(house.alarm(repeats=1), retain=True)
    await house.pass_time(10)
    await house.stop()
    await house.start()
    await house.pass_time(30)
    assert house.heard == []


async def test_the_same_alarm_for_two_areas_sounds_once(house):
    for area in ("area/xa", "area/tinh"):
        await house.say(house.alarm(target=area, repeats=1))
    await house.pass_time(30)
    assert house.heard == [SIREN]
    await house.say(house.alarm("bao-so-2", repeats=1))
    await house.pass_time(1)
    await house.say(house.alarm("bao-so-2", target="area/xa", repeats=1))
    await house.say(house.alarm_ended("bao-so-2"))
    await house.pass_time(30)
    assert house.heard == [SIREN, ("bao-so-2", "siren")]
    assert house.told(Finished)[-1].outcome is Outcome.STOPPED


async def test_a_newer_alarm_takes_the_horn_from_an_older_one(house):
    await house.say(house.alarm())
    await house.pass_time(2)
    await house.say(house.alarm("lu-2", target="area/xa", repeats=1))
    await house.pass_time(60)
    assert house.heard == [SIREN, ("lu-2", "siren"), SIREN, SIREN]
    assert house.told(Finished)[0].outcome is Outcome.PREEMPTED


async def test_a_sound_card_that_comes_back_sounds_the_alarm(house):
    house.player.broken = NoSoundCard("pulled out")
    await house.say(house.alarm(repeats=1))
    await house.pass_time(30)
    house.player.broken = None
    await house.pass_time(30)
    assert house.heard == [SIREN]
    assert [(f.part, f.why) for f in house.told(Failed)] == [(Part.SIREN, Why.SOUND_CARD)]


async def test_words_that_cannot_be_decoded_do_not_sound_for_ever(house):
    house.have(VOICE)
    await house.say(spoken(house))
    await house.pass_time(4.05)
    house.player.broken = Undecodable("no sound in it")
    await house.pass_time(2)
    house.player.broken = None
    await house.pass_time(60)
    assert house.heard[0] == SIREN
    assert house.heard.count(SIREN) == 2
    assert [(f.part, f.why) for f in house.told(Failed)] == [(Part.WORDS, Why.UNDECODABLE)]


async def test_an_alarm_sounds_in_the_quiet_hours(house):
    await house.say(house.assignment(quiet_from="12:00", quiet_to="13:00", alarm_volume=90))
    await house.say(house.alarm(repeats=1))
    await house.pass_time(1)
    assert house.heard == [SIREN]
    assert house.player.heard[0].cue.volume == 90
    assert house.state.playing.part is Part.SIREN

import asyncio
import errno
import threading
import unicodedata
from datetime import timedelta

import pytest

from broadcast import emergency as emergency_module
from broadcast.alarm.ledger import Ledger
from broadcast.domain.alarms import CONFIRMATION
from broadcast.domain.refusals import Refusal
from broadcast.emergency import Emergency
from devices.messages import Alarm, AlarmEnded
from devices.topics import Leaf
from devices.vocabulary import ClipHash, Siren

WORDS = "Lũ quét. Sơ tán ngay lên chỗ cao."
CLIP = ClipHash("ab" * 32)


def make(house, ledger):
    desk = house.desk
    return Emergency(house.wire, ledger, desk.tree, desk.settings.emergency, house.hands.now, desk.bell)


@pytest.fixture
def ledger(tmp_path):
    return Ledger(tmp_path / "alarms.jsonl")


@pytest.fixture
def emergency(house, ledger):
    return make(house, ledger)


def raised(emergency, actor, areas, **more):
    facts = {"siren": Siren.HI_LO, "words": WORDS, "typed": CONFIRMATION} | more
    return emergency.raise_alarm(actor, areas, **facts)


async def test_an_alarm_is_one_signed_retained_publish_an_area_and_nothing_before_it(house, emergency, province):
    areas = house.communes(3)
    alarm = await raised(emergency, province, areas)
    out = house.exchange.published
    assert [m.topic for m in out] == [f"loalang/v1/area/{a}/alarm" for a in house.tree.fewest(areas)]
    assert all(m.retained for m in out)
    said = house.said(out[0])
    terms = house.desk.settings.emergency
    assert isinstance(said, Alarm)
    assert (said.alarm, said.words, said.siren, said.clip) == (alarm.id, WORDS, Siren.HI_LO, None)
    assert (said.siren_s, said.repeats, said.pause_s) == (terms.siren_s, terms.repeats, terms.pause_s)
    assert said.expires == said.until == alarm.until == house.hands.now() + timedelta(minutes=terms.lasts_min)
    assert alarm.unsent == ()


async def test_what_lies_under_a_chosen_area_costs_no_publish_of_its_own(house, emergency, province):
    await raised(emergency, province, [house.tree.root.id, *house.communes(10)])
    assert [m.topic for m in house.exchange.published] == [f"loalang/v1/area/{house.tree.root.id}/alarm"]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"typed": "KHAN CAP"}, "alarm-unconfirmed"),
        ({"typed": ""}, "alarm-unconfirmed"),
        ({"words": "   "}, "text-empty"),
        ({"words": "🔥🔥"}, "text-empty"),
        ({"words": "a" * 4001}, "text-long"),
    ],
)
async def test_what_is_not_meant_or_cannot_be_said_is_refused_and_nothing_goes_out(
    house, emergency, province, ledger, more, code
):
    with pytest.raises(Refusal) as no:
        await raised(emergency, province, house.communes(1), **more)
    assert no.value.code == code
    assert house.exchange.published == []
    assert emergency.alarms() == ()
    assert ledger.read() == []


async def test_an_alarm_for_nowhere_is_refused(emergency, province):
    with pytest.raises(Refusal) as no:
        await raised(emergency, province, [])
    assert no.value.code == "no-areas"


async def test_only_the_province_raises_and_ends(house, emergency, province, operator):
    with pytest.raises(Refusal) as no:
        await raised(emergency, operator, operator.areas)
    assert no.value.code == "not-allowed"
    alarm = await raised(emergency, province, operator.areas)
    with pytest.raises(Refusal) as no:
        await emergency.end_alarm(operator, alarm.id)
    assert no.value.code == "not-allowed"


async def test_the_confirmation_is_taken_in_any_case_and_encoding(house, emergency, province):
    typed = unicodedata.normalize("NFD", " khẩn cấp ")
    await raised(emergency, province, house.communes(1), typed=typed)
    assert len(house.exchange.published) == 1


async def test_ending_is_one_publish_an_area_and_outlives_the_alarm_on_the_wire(house, emergency, province):
    areas = house.communes(2)
    alarm = await raised(emergency, province, areas)
    ended = await emergency.end_alarm(province, alarm.id)
    out = [house.said(m) for m in house.exchange.published]
    assert [type(m) for m in out] == [Alarm, Alarm, AlarmEnded, AlarmEnded]
    assert out[2].number > out[0].number
    assert out[2].expires > alarm.until
    assert not ended.in_force(house.hands.now())
    assert all(isinstance(house.said(_retained(house, a)), AlarmEnded) for a in areas)


def _retained(house, area):
    topic = f"loalang/v1/area/{area}/alarm"
    return next(m for m in reversed(house.exchange.published) if m.topic == topic)


async def test_ending_what_is_not_there_is_refused_and_ending_twice_is_harmless(house, emergency, province):
    with pytest.raises(Refusal) as no:
        await emergency.end_alarm(province, "a-none")
    assert no.value.code == "no-such-alarm"
    alarm = await raised(emergency, province, house.communes(1))
    first = await emergency.end_alarm(province, alarm.id)
    house.hands.turn(seconds=5)
    assert await emergency.end_alarm(province, alarm.id) == first
    assert len(house.exchange.published) == 2


async def test_two_presses_of_one_button_are_one_alarm(house, emergency, province):
    first = await raised(emergency, province, house.communes(1))
    house.hands.turn(seconds=1)
    assert await raised(emergency, province, house.communes(1)) == first
    assert len(house.exchange.published) == 1
    await raised(emergency, province, house.communes(1), words="Nước đã rút.")
    house.hands.turn(seconds=2)
    await raised(emergency, province, house.communes(1))
    assert len({a.id for a in emergency.alarms()}) == 3


# it depends on nothing


@pytest.mark.parametrize("harm", ["closed", "locked", "gone"])
async def test_the_alarm_goes_out_without_the_store(house, emergency, province, tmp_path, harm):
    if harm == "closed":
        await house.store.close()
    elif harm == "gone":
        (tmp_path / "books.sqlite3").unlink()
    else:
        lock = house.store.engine.raw_connection()
        lock.execute("BEGIN EXCLUSIVE")
    await raised(emergency, province, house.communes(2))
    assert len(house.exchange.published) == 2
    if harm == "locked":
        lock.rollback()
        lock.close()


class BrokenLedger(Ledger):
    def __init__(self, path):
        super().__init__(path)
        self.broken = True

    def append(self, standings):
        if self.broken:
            raise OSError(errno.ENOSPC, "No space left on device")
        super().append(standings)


async def test_a_full_disk_stops_no_alarm_and_the_ledger_is_written_later(house, province, tmp_path):
    ledger = BrokenLedger(tmp_path / "alarms.jsonl")
    emergency = make(house, ledger)
    alarm = await raised(emergency, province, house.communes(2))
    assert len(house.exchange.published) == 2
    assert emergency.ledger_failed
    ended = await emergency.end_alarm(province, alarm.id)
    ledger.broken = False
    await emergency.catch_up()
    assert not emergency.ledger_failed
    assert [s.alarm for s in ledger.read()] == [ended]


async def test_a_disk_that_hangs_holds_up_neither_the_alarm_nor_the_person(house, province, tmp_path, monkeypatch):
    monkeypatch.setattr(emergency_module, "LEDGER_WAIT_S", 0.01)
    released, asked = threading.Event(), threading.Event()
    seen = []

    class Hanging(Ledger):
        def append(self, standings):
            seen.append(len(house.exchange.published))
            asked.set()
            released.wait(30)
            super().append(standings)

    emergency = make(house, Hanging(tmp_path / "alarms.jsonl"))
    await raised(emergency, province, house.communes(3))
    await asyncio.to_thread(asked.wait, 30)
    assert seen == [3], "every publish comes before the disk is asked"
    released.set()
    await emergency.close()
    assert len(Ledger(tmp_path / "alarms.jsonl").read()) == 1


async def test_followers_hear_of_an_alarm_once_it_went_out(house, emergency, province):
    heard = []
    emergency.followers.append(lambda alarm: heard.append((alarm.id, len(house.exchange.published))))
    alarm = await raised(emergency, province, house.communes(2))
    assert heard == [(alarm.id, 2)]


# the link, and the broker's memory


async def test_with_the_link_down_it_is_in_force_and_unsent_and_goes_out_at_the_next_connection(
    house, emergency, province
):
    areas = house.tree.fewest(house.communes(2))
    house.exchange.go_down()
    alarm = await raised(emergency, province, areas)
    assert alarm.in_force(house.hands.now())
    assert alarm.unsent == areas
    house.exchange.come_up()
    await emergency.on_up()
    assert len(house.sent(Leaf.ALARM)) == 2
    assert emergency.alarms()[0].unsent == ()


async def test_what_a_carrier_did_not_take_is_tried_again_without_a_new_connection(house, emergency, province):
    house.exchange.go_down()
    await raised(emergency, province, house.communes(1))
    house.exchange.come_up()
    await emergency.catch_up()
    await emergency.catch_up()
    assert len(house.sent(Leaf.ALARM)) == 1


async def test_an_end_that_could_not_be_sent_is_shown_and_sent_later(house, emergency, province):
    areas = tuple(house.communes(1))
    alarm = await raised(emergency, province, areas)
    house.exchange.go_down()
    ended = await emergency.end_alarm(province, alarm.id)
    assert ended.unsent == areas
    house.exchange.come_up()
    await emergency.end_alarm(province, alarm.id)
    assert isinstance(house.said(house.exchange.published[-1]), AlarmEnded)
    assert emergency.alarms()[0].unsent == ()


async def test_everything_in_force_is_said_again_byte_for_byte_after_the_broker_forgot(house, emergency, province):
    await raised(emergency, province, house.communes(3))
    held = dict(house.exchange.retained)
    house.exchange.go_down()
    house.exchange.forget()
    house.exchange.come_up()
    await emergency.on_up()
    assert house.exchange.retained == held


async def test_a_server_that_starts_again_knows_the_alarm_from_its_ledger_and_numbers_above(
    house, emergency, ledger, province
):
    (area,) = house.communes(1)
    alarm = await raised(emergency, province, [area])
    await emergency.add_words(alarm.id, CLIP, 4.0, 9000)
    house.exchange.forget()
    house.hands.turn(minutes=-5)
    again = make(house, ledger)
    again.load()
    assert [a.id for a in again.alarms()] == [alarm.id]
    assert again.alarms()[0].unsent == (area,)
    await again.on_up()
    messages = [house.said(m) for m in house.sent(Leaf.ALARM)]
    assert [m.number for m in messages] == sorted({m.number for m in messages})
    assert messages[-1].clip == CLIP
    assert again.alarms()[0].words_ready


async def test_an_alarm_that_was_ended_is_still_ended_after_a_start(house, emergency, ledger, province):
    alarm = await raised(emergency, province, house.communes(1))
    await emergency.end_alarm(province, alarm.id)
    house.exchange.forget()
    again = make(house, ledger)
    again.load()
    await again.on_up()
    assert isinstance(house.said(house.exchange.published[-1]), AlarmEnded)


async def test_an_alarm_ends_by_itself_and_whoever_comes_later_reads_that_it_is_over(house, emergency, province):
    alarm = await raised(emergency, province, house.communes(1))
    house.hands.turn(minutes=house.desk.settings.emergency.lasts_min)
    await emergency.catch_up()
    await emergency.catch_up()
    assert [type(house.said(m)) for m in house.exchange.published] == [Alarm, AlarmEnded]
    assert emergency.alarms()[0].ended_at == alarm.until
    house.hands.turn(days=3)
    await emergency.catch_up()
    assert emergency.alarms() == ()


# words


async def test_words_come_in_a_newer_message_of_the_same_alarm(house, emergency, province):
    alarm = await raised(emergency, province, house.communes(1))
    assert await emergency.add_words(alarm.id, CLIP, 4.0, 9000)
    first, second = (house.said(m) for m in house.exchange.published)
    assert second.number > first.number
    assert (second.alarm, second.clip, second.seconds, second.size) == (alarm.id, CLIP, 4.0, 9000)
    assert emergency.alarms()[0].words_ready


async def test_words_that_come_after_the_end_say_nothing(house, emergency, province):
    alarm = await raised(emergency, province, house.communes(1))
    await emergency.end_alarm(province, alarm.id)
    assert not await emergency.add_words(alarm.id, CLIP, 4.0, 9000)
    assert not await emergency.add_words("a-none", CLIP, 4.0, 9000)
    assert len(house.exchange.published) == 2


# one topic, several alarms


async def test_a_second_alarm_takes_the_first_ones_place_and_the_firsts_end_does_not_silence_it(
    house, emergency, province
):
    one, two = house.tree.fewest(house.communes(2))
    first = await raised(emergency, province, [one, two])
    house.hands.turn(seconds=1)
    second = await raised(emergency, province, [two], words="Hết đường lên cầu.")
    await emergency.end_alarm(province, first.id)
    assert isinstance(house.said(_retained(house, one)), AlarmEnded)
    assert house.said(_retained(house, two)).alarm == second.id
    assert isinstance(house.said(_retained(house, two)), Alarm)


async def test_an_alarm_whose_every_area_was_taken_by_a_newer_one_is_over(house, emergency, ledger, province):
    areas = house.communes(1)
    first = await raised(emergency, province, areas)
    house.hands.turn(seconds=1)
    await raised(emergency, province, areas, words="Hết đường lên cầu.")
    over = {a.id: a.ended_at for a in emergency.alarms()}[first.id]
    assert over == house.hands.now()
    assert {s.alarm.id: s.alarm.ended_at for s in ledger.read()}[first.id] == over

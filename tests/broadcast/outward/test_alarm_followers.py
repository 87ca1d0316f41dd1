"""What follows an alarm: its words, and its place in the books."""

import asyncio
import hashlib
import itertools
from datetime import timedelta

import pytest

from broadcast.alarm import alarm_words as alarm_words_module
from broadcast.alarm.alarm_books import AlarmBooks
from broadcast.alarm.alarm_words import AlarmWords, waiting
from broadcast.alarm.ledger import Ledger
from broadcast.domain.alarms import CONFIRMATION
from broadcast.domain.bulletins import Sound
from broadcast.domain.refusals import Refusal
from broadcast.emergency import Emergency
from broadcast.receivers import report_books
from broadcast.records import AlarmRow, DeliveryRow
from devices.messages import Started
from devices.topics import Leaf
from devices.vocabulary import ClipHash, Part, Siren

SPOKEN = b"spoken words" * 100
CLIP = ClipHash(hashlib.sha256(SPOKEN).hexdigest())
LIMIT_S = 30


@pytest.fixture
def emergency(house, tmp_path):
    desk = house.desk
    ledger = Ledger(tmp_path / "alarms.jsonl")
    return Emergency(house.wire, ledger, desk.tree, desk.settings.emergency, house.hands.now, desk.bell)


@pytest.fixture
def library(house, tmp_path):
    file = tmp_path / "spoken.opus"
    file.write_bytes(SPOKEN)
    house.desk.library.keep(file)
    return house.desk.library


def raised(emergency, actor, areas):
    return emergency.raise_alarm(actor, areas, Siren.HI_LO, "Lũ quét.", CONFIRMATION)


def follower(house, emergency, speak):
    words = AlarmWords(speak, emergency.add_words, house.wire, house.desk.library, house.hands.now)
    emergency.followers.append(words.follow)
    return words


async def until(true):
    async with asyncio.timeout(LIMIT_S):
        while True:
            if true():
                return
            await asyncio.sleep(0.002)


async def test_words_follow_the_siren_named_first_and_then_pushed_to_each_area(house, emergency, province, library):
    go_on, asked = asyncio.Event(), []

    async def speak(text, areas, tell):
        asked.append(text)
        await go_on.wait()
        return Sound(CLIP, 4.0, len(SPOKEN), "espeak")

    words = follower(house, emergency, speak)
    areas = house.tree.fewest(house.communes(2))
    await raised(emergency, province, areas)
    assert len(house.exchange.published) == 2, "the alarm waited for no engine"
    go_on.set()
    await until(lambda: len(house.sent(Leaf.CLIP)) == 2)
    assert asked == ["Lũ quét."]
    leaves = [m.topic.split("/")[4] for m in house.exchange.published]
    assert leaves == ["alarm"] * 4 + ["clip"] * 2
    assert house.said(house.sent(Leaf.ALARM)[-1]).clip == CLIP
    assert {m.topic.split("/")[3] for m in house.sent(Leaf.CLIP)} == set(areas)
    await words.stop()


async def test_words_too_long_to_push_are_named_and_fetched(house, emergency, province, library):
    async def speak(text, areas, tell):
        return Sound(CLIP, 400.0, 600 * 1024, "espeak")

    words = follower(house, emergency, speak)
    await raised(emergency, province, house.communes(1))
    await until(lambda: emergency.alarms()[0].words_ready and not words._tasks)
    assert house.sent(Leaf.CLIP) == []


async def test_an_engine_that_fails_is_asked_again_while_the_alarm_holds(
    house, emergency, province, library, monkeypatch
):
    monkeypatch.setattr(alarm_words_module, "TRY_AGAIN_S", 0.0)
    tries = itertools.count(1)

    async def speak(text, areas, tell):
        if next(tries) < 3:
            raise Refusal("speech-failed", detail="none")
        return Sound(CLIP, 4.0, len(SPOKEN), "espeak")

    words = follower(house, emergency, speak)
    await raised(emergency, province, house.communes(1))
    await until(lambda: house.sent(Leaf.CLIP))
    await words.stop()


async def test_words_for_an_alarm_that_is_over_are_not_sent(house, emergency, province, library):
    go_on = asyncio.Event()

    async def speak(text, areas, tell):
        await go_on.wait()
        return Sound(CLIP, 4.0, len(SPOKEN), "espeak")

    words = follower(house, emergency, speak)
    alarm = await raised(emergency, province, house.communes(1))
    await emergency.end_alarm(province, alarm.id)
    go_on.set()
    await until(lambda: not words._tasks)
    assert house.sent(Leaf.CLIP) == []
    assert len(house.sent(Leaf.ALARM)) == 2


async def test_a_server_that_starts_again_takes_up_words_that_were_not_sent(house, emergency, province):
    alarm = await raised(emergency, province, house.communes(1))
    now = house.hands.now()
    assert [a.id for a in waiting(emergency.alarms(), now)] == [alarm.id]
    await emergency.add_words(alarm.id, CLIP, 4.0, 9000)
    assert waiting(emergency.alarms(), now) == ()


# the books


async def keep_books(house, emergency):
    books = AlarmBooks(house.desk, emergency.alarms)
    await books.catch_up()
    return books


async def test_an_alarm_is_entered_with_a_delivery_for_every_receiver_it_reaches(house, emergency, province):
    here, there, elsewhere = house.communes(3)
    await house.hang(here, "loa-1", "loa-2")
    await house.hang(there, "loa-3")
    await house.hang(elsewhere, "loa-4")
    alarm = await raised(emergency, province, [here, there])
    await keep_books(house, emergency)
    (row,) = await house.rows(AlarmRow)
    assert (row.id, row.raised_name, row.ended_at) == (alarm.id, province.name, None)
    assert await house.states(alarm.id) == {"loa-1": "sent", "loa-2": "sent", "loa-3": "sent"}
    assert {(d.kind, d.planned_at) for d in await house.rows(DeliveryRow)} == {("alarm", alarm.raised_at)}


async def test_where_nothing_was_sent_the_books_say_so_until_it_was(house, emergency, province):
    (here,) = house.communes(1)
    await house.hang(here, "loa-1")
    house.exchange.go_down()
    alarm = await raised(emergency, province, [here])
    books = await keep_books(house, emergency)
    assert await house.states(alarm.id) == {"loa-1": "planned"}
    house.exchange.come_up()
    await emergency.on_up()
    await books.catch_up()
    assert await house.states(alarm.id) == {"loa-1": "sent"}


async def test_entering_again_changes_nothing_and_the_end_is_entered(house, emergency, province):
    (here,) = house.communes(1)
    await house.hang(here, "loa-1")
    alarm = await raised(emergency, province, [here])
    await keep_books(house, emergency)
    before = await house.rows(DeliveryRow)
    house.hands.turn(seconds=9)
    await emergency.end_alarm(province, alarm.id)
    await keep_books(house, emergency)
    assert await house.rows(DeliveryRow) == before
    (row,) = await house.rows(AlarmRow)
    assert row.ended_at == house.hands.now()


async def test_a_siren_that_sounded_before_the_alarm_stood_in_the_books_is_not_lost(house, emergency, province):
    (here,) = house.communes(1)
    await house.hang(here, "loa-1")
    alarm = await raised(emergency, province, [here])
    at = house.hands.now() + timedelta(milliseconds=80)
    report = Started(
        receiver="loa-1",
        journal="j1",
        number=1,
        at=at,
        subject=alarm.id,
        part=Part.SIREN,
        started_at=at,
        start_error_ms=80.0,
    )
    await house.store.write(lambda session: report_books.enter(session, [report], at))
    await keep_books(house, emergency)
    (row,) = await house.rows(DeliveryRow)
    assert (row.state, row.started_at, row.start_error_ms) == ("playing", at, 80.0)


async def test_books_that_cannot_be_written_are_tried_again(house, emergency, province, monkeypatch):
    books = AlarmBooks(house.desk, emergency.alarms)
    emergency.followers.append(books.follow)
    write = house.store.write

    async def broken(work):
        raise Refusal("store-failed")

    monkeypatch.setattr(house.store, "write", broken)
    alarm = await raised(emergency, province, house.communes(1))
    await books.stop()
    with pytest.raises(Refusal):
        await books.catch_up()
    monkeypatch.setattr(house.store, "write", write)
    await books.catch_up()
    assert [r.id for r in await house.rows(AlarmRow)] == [alarm.id]

"""The server's end of the wire: what goes out is signed, what comes in is believed only from its owner."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from structlog.testing import capture_logs

from broadcast.wire import BAD_TOPIC, BADLY_TAKEN, Wire
from devices import topics
from devices.link import LinkDown, LinkState, Received
from devices.loopback import Exchange, LoopbackLink
from devices.messages import Ack, Identify, Plan, PlannedAiring, ReceiverReport, Started, State, decode, encode
from devices.signing import Keyring, Signer, TooLong, unseal
from devices.topics import Leaf
from devices.vocabulary import PUSH_LIMIT, AreaId, ClipHash, Why

NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
SERVER = Signer("server-1", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
HORN = Signer("cum-1", Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))
OTHER = Signer("cum-2", Ed25519PrivateKey.from_private_bytes(bytes(range(2, 34))))
STATE = State(receiver="cum-1", session=1, at=NOW, online=True)
STARTED = Started(receiver="cum-1", journal="j", number=1, at=NOW, subject="s1-1", started_at=NOW)
IDENTIFY = Identify(target="receiver/cum-1", number=1, issued=NOW, expires=NOW + timedelta(minutes=1))
ORDER = topics.receiver("cum-1", Leaf.ORDER)
STATE_TOPIC = topics.receiver("cum-1", Leaf.STATE)
REPORT_TOPIC = topics.receiver("cum-1", Leaf.REPORT)


async def settled() -> None:
    """The loopback hands over in a later turn of the loop."""
    for _ in range(5):
        await asyncio.sleep(0)


@dataclass
class House:
    exchange: Exchange
    wire: Wire
    states: list[tuple[State, bool]] = field(default_factory=list)
    reports: list[ReceiverReport] = field(default_factory=list)

    async def comes(self, topic: str, raw: bytes) -> None:
        self.exchange.take(topic, raw, retain=False)
        await settled()


@pytest.fixture
async def house() -> AsyncIterator[House]:
    exchange = Exchange()
    house = House(exchange, Wire(LoopbackLink(exchange), SERVER))
    house.wire.on_state = lambda state, retained: house.states.append((state, retained))
    house.wire.on_report = house.reports.append
    house.wire.trust("cum-1", HORN.public)
    house.wire.trust("cum-2", OTHER.public)
    await house.wire.open()
    await settled()
    yield house
    await house.wire.close()


# what goes out


async def test_what_is_sent_is_signed_by_the_server_for_just_that_topic(house):
    raw = await house.wire.send(ORDER, IDENTIFY)
    (published,) = house.exchange.published
    assert published == Received(str(ORDER), raw, retained=False)
    assert decode(unseal(ORDER, raw, Keyring({"server-1": SERVER.public}))) == IDENTIFY


async def test_a_sealed_plan_can_be_published_again_as_it_was(house):
    topic = topics.area("xa-a", Leaf.PLAN)
    plan = Plan(target="area/xa-a", number=7, issued=NOW, expires=NOW + timedelta(hours=73), airings=())
    raw = house.wire.seal(topic, plan)
    await house.wire.publish(topic, raw, retain=True)
    await house.wire.publish(topic, raw, retain=True)
    assert [m.payload for m in house.exchange.published] == [raw, raw]
    assert house.exchange.retained == {str(topic): raw}
    await house.wire.clear(topic)
    assert not house.exchange.retained


async def test_a_message_for_another_is_never_sealed(house):
    with pytest.raises(ValueError, match="cum-1"):
        house.wire.seal(topics.receiver("cum-2", Leaf.ORDER), IDENTIFY)


async def test_what_no_receiver_would_read_is_not_sent(house):
    airings = tuple(
        PlannedAiring(id=f"s{n}", at=NOW, clip="0" * 64, seconds=1, size=1, title="đ" * 200) for n in range(1000)
    )
    largest = Plan(target="area/xa-a", number=1, issued=NOW, expires=NOW, airings=airings)
    assert house.wire.seal(topics.area("xa-a", Leaf.PLAN), largest)  # the largest plan there is fits
    ack = Ack(target="receiver/cum-1", number=1, issued=NOW, expires=NOW, journal="j", up_to=1)
    assert house.wire.seal(topics.receiver("cum-1", Leaf.ACK), ack)
    with pytest.raises(TooLong):
        await house.wire.push_clip(AreaId("xa-a"), ClipHash("0" * 64), bytes(PUSH_LIMIT + 1))
    assert not house.exchange.published


async def test_a_pushed_clip_goes_out_as_it_is_and_is_not_retained(house):
    await house.wire.push_clip(AreaId("xa-a"), ClipHash("a" * 64), b"OggS")
    assert house.exchange.published == [Received(f"loalang/v1/area/xa-a/clip/{'a' * 64}", b"OggS", retained=False)]


async def test_sending_while_the_link_is_down_raises_and_the_reason_is_a_sentence(house):
    house.exchange.go_down()
    with pytest.raises(LinkDown):
        await house.wire.send(ORDER, IDENTIFY)
    assert house.wire.state is LinkState.CONNECTING
    assert "máy chủ tin nhắn" in house.wire.reason
    house.exchange.come_up()
    assert house.wire.reason == ""


async def test_everyone_who_must_publish_again_is_called_at_every_connection(house):
    ups: list[int] = []
    changes: list[LinkState] = []
    house.wire.on_up.append(lambda: ups.append(1))
    house.wire.on_changed.append(changes.append)
    house.exchange.go_down()
    house.exchange.come_up()
    assert ups == [1]
    assert changes == [LinkState.CONNECTING, LinkState.UP]


@pytest.mark.parametrize(
    ("topic", "urgent"),
    [
        (topics.area("xa-a", Leaf.ALARM), True),
        (ORDER, True),
        (topics.area("xa-a", Leaf.PLAN), False),
        (topics.receiver("cum-1", Leaf.ACK), False),
    ],
    ids=str,
)
async def test_alarms_and_orders_do_not_stand_in_line(topic, urgent):
    asked = []

    class Watched(LoopbackLink):
        async def publish(self, *_, **how):
            asked.append(how["urgent"])

    await Wire(Watched(Exchange()), SERVER).publish(topic, b"sealed")
    assert asked == [urgent]


# what comes in


async def test_a_state_and_a_report_reach_whoever_asked_for_them(house):
    await house.comes(str(STATE_TOPIC), HORN.seal(STATE_TOPIC, encode(STATE)))
    await house.comes(str(REPORT_TOPIC), HORN.seal(REPORT_TOPIC, encode(STARTED)))
    assert house.states == [(STATE, False)]
    assert house.reports == [STARTED]
    assert not house.wire.refused


async def test_a_retained_state_is_marked_as_such():
    exchange = Exchange()
    exchange.take(str(STATE_TOPIC), HORN.seal(STATE_TOPIC, encode(STATE)), retain=True)
    wire = Wire(LoopbackLink(exchange), SERVER, Keyring({"cum-1": HORN.public}))
    heard = []
    wire.on_state = lambda state, retained: heard.append((state, retained))
    await wire.open()
    await settled()
    assert heard == [(STATE, True)]
    await wire.close()


async def test_a_cleared_state_is_no_message(house):
    await house.comes(str(STATE_TOPIC), b"")
    assert not house.states
    assert not house.wire.refused


PLAN_TOPIC = topics.area("xa-a", Leaf.PLAN)
UNKNOWN = HORN.seal(REPORT_TOPIC, b'{"kind":"danced"}')
BROKEN = HORN.seal(REPORT_TOPIC, b'{"kind":"started"}')


@pytest.mark.parametrize(
    ("topic", "raw", "why"),
    [
        (STATE_TOPIC, OTHER.seal(STATE_TOPIC, encode(STATE)), Why.FORGED),
        (STATE_TOPIC, Signer("cum-1", OTHER.private).seal(STATE_TOPIC, encode(STATE)), Why.FORGED),
        (STATE_TOPIC, SERVER.seal(STATE_TOPIC, encode(STATE)), Why.FORGED),
        (STATE_TOPIC, HORN.seal(REPORT_TOPIC, encode(STATE)), Why.FORGED),
        (STATE_TOPIC, b"no envelope", Why.UNREADABLE),
        (STATE_TOPIC, b"x" * (STATE_TOPIC.max_bytes + 1), Why.OVERSIZED),
        (REPORT_TOPIC, UNKNOWN, Why.UNKNOWN_KIND),
        (REPORT_TOPIC, BROKEN, Why.UNREADABLE),
        (REPORT_TOPIC, HORN.seal(REPORT_TOPIC, encode(STATE)), Why.FOREIGN),
        (STATE_TOPIC, HORN.seal(STATE_TOPIC, encode(STARTED)), Why.FOREIGN),
        (STATE_TOPIC, HORN.seal(STATE_TOPIC, encode(IDENTIFY)), Why.FOREIGN),
    ],
    ids=lambda value: str(value)[:30],
)
async def test_what_cannot_be_believed_is_counted_by_reason_and_changes_nothing(house, topic, raw, why):
    await house.comes(str(topic), raw)
    assert house.wire.refused == {why: 1}
    assert not house.states
    assert not house.reports


async def test_a_receiver_cannot_speak_for_another(house):
    topic = topics.receiver("cum-2", Leaf.STATE)
    await house.comes(str(topic), OTHER.seal(topic, encode(STATE)))
    assert house.wire.refused == {Why.FOREIGN: 1}
    assert not house.states


async def test_a_topic_that_is_none_of_ours_is_counted(house):
    await house.comes("loalang/v1/receiver/CUM/state", b"x")
    assert house.wire.refused == {BAD_TOPIC: 1}


async def test_whoever_is_no_longer_trusted_is_no_longer_heard(house):
    house.wire.distrust("cum-1")
    await house.comes(str(STATE_TOPIC), HORN.seal(STATE_TOPIC, encode(STATE)))
    assert house.wire.refused == {Why.FORGED: 1}


async def test_a_handler_that_stumbles_costs_nothing_but_that_call(house):
    def stumble(*_):
        raise RuntimeError("stumbled")

    house.wire.on_report = stumble
    house.wire.on_up.insert(0, stumble)
    ups = []
    house.wire.on_up.append(lambda: ups.append(1))
    with capture_logs():
        house.exchange.go_down()
        house.exchange.come_up()
        await house.comes(str(REPORT_TOPIC), HORN.seal(REPORT_TOPIC, encode(STARTED)))
        await house.comes(str(STATE_TOPIC), HORN.seal(STATE_TOPIC, encode(STATE)))
    assert ups == [1]
    assert house.states == [(STATE, False)]
    assert house.wire.refused == {BADLY_TAKEN: 2}


async def test_a_flood_is_counted_in_full_and_logged_once(house):
    with capture_logs() as logged:
        for _ in range(500):
            await house.comes(str(STATE_TOPIC), b"rubbish")
    assert house.wire.refused == {Why.UNREADABLE: 500}
    assert len(logged) == 1

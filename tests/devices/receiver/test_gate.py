"""What is refused on a running receiver: refused, counted, reported, and nothing else changes."""

import hashlib
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from devices import topics
from devices.link import Received
from devices.messages import Plan, Refused, SetVolume, State, Stop, encode
from devices.receiver.gate import Turned
from devices.receiver.tally import KINDS, Tally
from devices.signing import Signer
from devices.topics import Leaf
from devices.vocabulary import Why

ME = "ch-xa-01"
OURS = Signer("server-1", Ed25519PrivateKey.from_private_bytes(b"s" * 32))
MINE = Signer(ME, Ed25519PrivateKey.from_private_bytes(b"r" * 32))
STRANGER = Signer("server-1", Ed25519PrivateKey.from_private_bytes(b"x" * 32))


def held(house):
    """Everything a message could change."""
    holdings = house.agent.holdings
    return (
        holdings.assignment,
        holdings.plans,
        holdings.alarms(),
        holdings.volume,
        dict(holdings.numbers),
        house.agent.scribe.shelf.held(),
        house.agent.fetcher.missing,
        list(house.heard),
    )


async def forged(house):
    await house.say(house.plan(house.airing("x", 10)), signer=STRANGER)


async def signed_by_someone_else(house):
    await house.say(house.plan(house.airing("x", 10)), signer=Signer("server-9", OURS.private))


async def signed_by_itself(house):
    await house.say(house.plan(house.airing("x", 10)), signer=MINE)


async def altered(house):
    await house.say(house.plan(), mangle=lambda raw: raw.replace(b'"payload":"ey', b'"payload":"eY'))


async def not_an_envelope(house):
    await house.say(house.plan(), mangle=lambda raw: b"\xff" + raw)


async def cut_off(house):
    await house.say(house.plan(), mangle=lambda raw: raw[:-20])


async def expired(house):
    await house.say(house.plan(house.airing("x", 10), expires=house.now))


async def an_old_order(house):
    order = SetVolume(**house.head("area/xa", lasts=60), volume=1)
    house.clock.jump(61)
    await house.say(order)


async def for_another_area(house):
    plan = house.plan(house.airing("x", 10), target="area/xa-khac")
    await house.say(plan, topic=topics.area("xa", Leaf.PLAN))


async def taken_from_another_area(house):
    plan = house.plan(house.airing("x", 10), target="area/xa-khac")
    raw = OURS.seal(topics.area("xa-khac", Leaf.PLAN), encode(plan))
    await house.say(house.plan(), mangle=lambda _raw: raw)


async def on_the_wrong_leaf(house):
    await house.say(SetVolume(**house.head("area/xa"), volume=1), leaf=Leaf.PLAN)


async def a_state_where_an_order_belongs(house):
    state = State(receiver=ME, session=1, at=house.now, online=True)
    topic = topics.receiver(ME, Leaf.ORDER)
    house.exchange.take(str(topic), OURS.seal(topic, encode(state)), retain=False)
    await house.pass_time(0)


async def oversized(house):
    order = SetVolume(**house.head("area/xa"), volume=1)
    await house.say(order, mangle=lambda raw: raw + b" " * 8 * 1024)


async def of_unknown_kind(house):
    topic = topics.area("xa", Leaf.ORDER)
    raw = OURS.seal(topic, b'{"kind":"dance","target":"area/xa","number":5}')
    await house.say(SetVolume(**house.head("area/xa"), volume=1), mangle=lambda _raw: raw)


async def out_of_bounds(house):
    topic = topics.area("xa", Leaf.ORDER)
    order = encode(SetVolume(**house.head("area/xa"), volume=99)).replace(b'"volume":99', b'"volume":999')
    house.exchange.take(str(topic), OURS.seal(topic, order), retain=False)
    await house.pass_time(0)


async def in_a_zone_that_is_none(house):
    await house.say(house.assignment(timezone="Asia/Nowhere"))


REFUSED = [
    (forged, Why.FORGED),
    (signed_by_someone_else, Why.FORGED),
    (signed_by_itself, Why.FORGED),
    (altered, Why.FORGED),
    (not_an_envelope, Why.UNREADABLE),
    (cut_off, Why.UNREADABLE),
    (expired, Why.EXPIRED),
    (an_old_order, Why.EXPIRED),
    (for_another_area, Why.FOREIGN),
    (taken_from_another_area, Why.FORGED),
    (on_the_wrong_leaf, Why.FOREIGN),
    (a_state_where_an_order_belongs, Why.FOREIGN),
    (oversized, Why.OVERSIZED),
    (of_unknown_kind, Why.UNKNOWN_KIND),
    (out_of_bounds, Why.UNREADABLE),
    (in_a_zone_that_is_none, Why.UNREADABLE),
]


@pytest.mark.parametrize(("do", "why"), REFUSED, ids=lambda x: getattr(x, "__name__", str(x)))
async def test_it_is_refused_counted_and_reported_and_changes_nothing(house, do, why):
    await house.say(house.plan(house.airing("a", 3000)))
    before = held(house)
    await do(house)
    await house.pass_time(31)
    assert [(r.why, r.count) for r in house.told(Refused)] == [(why, 1)]
    assert held(house) == before
    assert house.state.refused == 1


async def test_an_order_that_comes_twice_acts_once(house):
    order = SetVolume(**house.head("area/xa"), volume=11)
    await house.say(order)
    await house.say(SetVolume(**house.head("area/xa"), volume=22))
    before = held(house)
    await house.say(order)
    await house.pass_time(1)
    assert held(house) == before
    assert [r.why for r in house.told(Refused)] == [Why.REPLAYED]
    assert house.state.volume == 22


async def test_the_newest_order_a_second_time_is_a_replay_too(house):
    stop = Stop(**house.head("area/xa"))
    await house.say(stop)
    await house.say(stop)
    await house.pass_time(1)
    assert [r.why for r in house.told(Refused)] == [Why.REPLAYED]


async def test_a_replay_is_refused_after_a_restart_as_well(house):
    order = SetVolume(**house.head("area/xa"), volume=11)
    await house.say(order)
    await house.say(SetVolume(**house.head(f"receiver/{ME}"), volume=22))
    await house.stop()
    await house.start()
    await house.say(order)
    await house.pass_time(1)
    assert house.state.volume == 22
    assert [r.why for r in house.told(Refused)] == [Why.REPLAYED]


async def test_an_older_plan_is_refused_and_the_same_is_quietly_known(house):
    old, new = house.plan(house.airing("a", 3000)), house.plan(house.airing("b", 3000))
    await house.say(new)
    before = held(house)
    await house.say(new)
    assert house.agent.tally.total == 0
    await house.say(old)
    await house.pass_time(1)
    assert held(house) == before
    assert [r.why for r in house.told(Refused)] == [Why.OLDER]


async def test_one_number_with_two_payloads_is_a_replay(house):
    plan = house.plan()
    await house.say(plan)
    await house.say(
        Plan(
            target=plan.target,
            number=plan.number,
            issued=plan.issued,
            expires=plan.expires,
            airings=(house.airing("x", 10),),
        )
    )
    await house.pass_time(1)
    assert [r.why for r in house.told(Refused)] == [Why.REPLAYED]
    assert house.agent.holdings.airings(house.now) == ()


async def test_everything_published_again_at_a_reconnect_is_no_attack(house):
    alarm = house.alarm(lasts=5)
    for message in (house.plan(), alarm):
        await house.say(message, retain=True)
    house.clock.jump(10)
    house.exchange.cut(house.link)
    await house.pass_time(1)
    assert house.agent.tally.total == 0


async def test_a_cleared_topic_says_nothing(house):
    await house.say(house.plan(house.airing("a", 3000)), retain=True)
    before = held(house)
    house.exchange.take("loalang/v1/area/xa/plan", b"", retain=True)
    await house.pass_time(1)
    assert held(house) == before
    assert house.agent.tally.total == 0


async def test_a_pushed_clip_that_is_another_is_counted_and_not_kept(house):
    airing = house.airing("a", 3000)
    await house.say(house.plan(airing))
    house.exchange.take(f"loalang/v1/area/xa/clip/{airing.clip}", b"poison", retain=False)
    await house.pass_time(1)
    assert house.agent.cache.here == set()
    refused = house.told(Refused)
    assert [(r.why, r.topic) for r in refused] == [(Why.WRONG_HASH, "loalang/v1/area/xa/clip/+")]


async def test_a_pushed_clip_nobody_asked_for_is_not_even_looked_at(house):
    sound = b"nobody asked"
    house.exchange.take(f"loalang/v1/area/xa/clip/{hashlib.sha256(sound).hexdigest()}", sound, retain=False)
    await house.pass_time(1)
    assert house.agent.cache.here == set()
    assert house.agent.tally.total == 0


async def test_what_stands_on_no_topic_of_ours_is_foreign(house):
    for topic in ("loalang/v1/area/xa-khac/plan", "loalang/v1/receiver/another/order", "đài/v1", f"x/{ME}"):
        house.agent._take(Received(topic, b"{}", retained=False))
    await house.pass_time(1)
    assert house.agent.tally.total == 4
    assert {r.why for r in house.told(Refused)} == {Why.FOREIGN}


async def test_a_flood_fills_no_journal(house):
    for _ in range(300):
        house.agent._take(Received("loalang/v1/area/xa/plan", b"{}", retained=False))
        await house.pass_time(0.3)
    await house.pass_time(40)
    refused = house.told(Refused)
    assert len(refused) <= 5
    assert sum(r.count for r in refused) == 300


def test_a_flood_of_many_kinds_is_counted_together():
    tally = Tally()
    for n in range(1000):
        tally.count(Turned(f"topic-{n}", Why.FORGED))
    ripe = tally.ripe(0.0)
    assert len(ripe) == KINDS + 1
    assert sum(n for _, n in ripe) == 1000
    assert tally.ripe(1.0) == []


async def test_a_tampered_disk_voices_nothing(house):
    house.have()
    await house.say(house.plan(house.airing("a", 60)))
    await house.stop()
    other = Signer("server-1", STRANGER.private)
    await house.start(signers=other)
    await house.pass_time(100)
    assert house.heard == []
    assert house.agent.holdings.plans == ()


async def test_a_clock_that_is_wrong_refuses_and_recovers(house):
    house.clock.jump(timedelta(days=4).total_seconds())
    plan = house.plan(house.airing("a", 60))
    house.clock.jump(timedelta(days=4).total_seconds())
    await house.say(plan, retain=True)
    assert house.state.plans == {}
    house.clock.jump(-timedelta(days=4).total_seconds())
    await house.say(plan, retain=True)
    assert house.state.plans == {"area/xa": plan.number}

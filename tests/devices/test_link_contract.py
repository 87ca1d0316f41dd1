"""One contract, three carriers: memory, the embedded broker in its watched process, mosquitto."""

import asyncio

import pytest

from devices.link import PAYLOAD_LIMIT, LinkDown, LinkReason, LinkRefused, LinkState, Will
from devices.loopback import LoopbackLink

A, B, STATE = "loalang/v1/area/a/plan", "loalang/v1/area/b/plan", "loalang/v1/receiver/r/state"
MARK = "loalang/v1/area/mark/order"
"""Published last and waited for: whatever else was on its way has come by then."""


async def marked(speaker, hearer, until) -> None:
    before = len(hearer.payloads(MARK))
    await speaker.link.publish(MARK, b"mark")
    await until(lambda: len(hearer.payloads(MARK)) > before, "the mark")


async def test_a_message_arrives_as_it_was_said(carrier, until):
    hearer = await carrier.client("hearer").open(A, MARK)
    speaker = await carrier.client("speaker").open()
    every_byte = bytes(range(256))
    await speaker.link.publish(A, every_byte)
    await speaker.link.publish(B, b"not asked for")
    await marked(speaker, hearer, until)
    assert hearer.payloads(A) == [every_byte]
    assert not hearer.took[0].retained
    assert not hearer.payloads(B)


async def test_opening_returns_at_once_and_tells_of_connecting_and_then_up(carrier):
    client = carrier.client("one")
    assert client.link.state is LinkState.CLOSED
    await client.open(A)
    assert client.states == [LinkState.CONNECTING, LinkState.UP]
    assert client.link.reason == ""
    assert client.link.why is LinkReason.NONE


async def test_what_is_retained_comes_to_whoever_subscribes_later_and_is_marked(carrier, until):
    speaker = await carrier.client("speaker").open()
    await speaker.link.publish(A, b"old", retain=True)
    await speaker.link.publish(A, b"new", retain=True)
    hearer = await carrier.client("hearer").open(A)
    await until(lambda: hearer.took, "the retained message")
    assert [(m.payload, m.retained) for m in hearer.took] == [(b"new", True)]


async def test_nothing_is_handed_over_before_up_was_told(carrier, until):
    speaker = await carrier.client("speaker").open()
    for n in range(20):
        await speaker.link.publish(f"loalang/v1/area/a{n}/plan", b"x", retain=True)
    client = carrier.client("hearer")
    states_at = []
    await client.link.subscribe(("loalang/v1/area/+/plan",))
    await client.link.open(lambda _: states_at.append(client.states[-1]), client.states.append)
    await until(lambda: len(states_at) == 20, "twenty retained messages")
    assert set(states_at) == {LinkState.UP}


async def test_an_empty_payload_clears_what_was_retained(carrier, until):
    speaker = await carrier.client("speaker").open()
    await speaker.link.publish(A, b"old", retain=True)
    await speaker.link.publish(A, b"", retain=True)
    hearer = await carrier.client("hearer").open(A, MARK)
    await marked(speaker, hearer, until)
    assert not hearer.payloads(A)


async def test_whoever_listens_hears_that_something_was_cleared(carrier, until):
    hearer = await carrier.client("hearer").open(A)
    speaker = await carrier.client("speaker").open()
    await speaker.link.publish(A, b"old", retain=True)
    await speaker.link.publish(A, b"", retain=True)
    await until(lambda: len(hearer.took) == 2, "both messages")
    assert hearer.payloads(A) == [b"old", b""]


async def test_the_will_is_published_and_retained_when_a_client_vanishes(carrier, until):
    hearer = await carrier.client("hearer").open(STATE)
    lost = await carrier.client("lost", will=Will(STATE, b"gone")).open()
    await carrier.cut(lost)
    await until(lambda: hearer.payloads(STATE) == [b"gone"], "the will")
    late = await carrier.client("late").open(STATE)
    await until(lambda: late.took, "the retained will")
    assert late.took[0].retained


async def test_the_will_is_not_published_when_a_client_says_good_bye(carrier, until):
    hearer = await carrier.client("hearer").open(STATE, MARK)
    speaker = await carrier.client("speaker").open()
    leaver = await carrier.client("leaver", will=Will(STATE, b"gone")).open()
    await leaver.link.close()
    assert leaver.states[-1] is LinkState.CLOSED
    await leaver.link.close()
    await marked(speaker, hearer, until)
    assert not hearer.payloads(STATE)
    assert leaver.states.count(LinkState.CLOSED) == 1


async def test_the_will_is_asked_for_anew_before_every_connection(carrier, until):
    hearer = await carrier.client("hearer").open(STATE)
    client = carrier.client("lost", will=Will(STATE, b"session 1"))
    await client.open()
    assert client.wills_asked == 1
    client.will = Will(STATE, b"session 2")
    await carrier.cut(client)
    await until(lambda: client.wills_asked == 2 and client.link.state is LinkState.UP, "the second connection")
    await carrier.cut(client)
    await until(lambda: hearer.payloads(STATE) == [b"session 1", b"session 2"], "both wills")


async def test_after_a_cut_cable_everything_is_subscribed_again(carrier, until):
    hearer = await carrier.client("hearer").open(A, B)
    speaker = await carrier.client("speaker").open()
    await carrier.cut(hearer)
    await until(lambda: hearer.states.count(LinkState.UP) == 2, "the second connection")
    await speaker.link.publish(A, b"1")
    await speaker.link.publish(B, b"2")
    await until(lambda: hearer.payloads(A) == [b"1"] and hearer.payloads(B) == [b"2"], "both messages")
    assert hearer.states == [LinkState.CONNECTING, LinkState.UP, LinkState.CONNECTING, LinkState.UP]


async def test_a_carrier_that_comes_back_without_memory_is_found_again(carrier, until):
    client = await carrier.client("one").open(A)
    await client.link.publish(A, b"before", retain=True)
    await until(lambda: client.took, "the first message")
    await carrier.down()
    await until(lambda: client.link.state is LinkState.CONNECTING, "the loss noticed")
    assert client.link.reason
    assert client.link.why in {LinkReason.LOST, LinkReason.UNREACHABLE}
    await carrier.start()
    await client.up()
    await client.link.publish(A, b"after")
    await until(lambda: client.payloads(A) == [b"before", b"after"], "a message after the restart")


async def test_publishing_while_nothing_carries_raises_link_down_at_once(carrier, until):
    client = carrier.client("one")
    with pytest.raises(LinkDown):
        await client.link.publish(A, b"never opened")
    await client.open(A)
    await carrier.down()
    await until(lambda: client.link.state is LinkState.CONNECTING, "the loss noticed")
    async with asyncio.timeout(5):
        with pytest.raises(LinkDown):
            await client.link.publish(A, b"lost")
        with pytest.raises(LinkDown):
            await client.link.publish(A, b"lost", qos=0)
    await client.link.close()
    with pytest.raises(LinkDown):
        await client.link.publish(A, b"closed")


async def test_what_raised_link_down_is_not_said_later(carrier, until):
    hearer = await carrier.client("hearer").open(A, MARK)
    speaker = await carrier.client("speaker").open()
    await carrier.down()
    await until(lambda: speaker.link.state is LinkState.CONNECTING, "the loss noticed")
    with pytest.raises(LinkDown):
        await speaker.link.publish(A, b"an order nobody waits for any more")
    await carrier.start()
    await hearer.up()
    await speaker.up()
    await marked(speaker, hearer, until)
    assert not hearer.payloads(A)


async def test_a_link_may_be_opened_before_its_carrier_is_there(carrier):
    await carrier.down()
    client = await carrier.client("early").open(A, wait=False)
    assert client.link.state is LinkState.CONNECTING
    await carrier.start()
    await client.up()


async def test_the_order_of_one_speaker_is_kept(carrier, until):
    hearer = await carrier.client("hearer").open("loalang/v1/area/+/plan")
    speaker = await carrier.client("speaker").open()
    said = [str(n).encode() for n in range(400)]
    await asyncio.gather(*(speaker.link.publish(A, s) for s in said))
    await until(lambda: len(hearer.took) == len(said), "four hundred messages")
    assert hearer.payloads(A) == said


async def test_any_number_of_messages_may_be_handed_over_at_once_and_what_is_urgent_goes_first(carrier, until):
    hearer = await carrier.client("hearer").open(A, B)
    speaker = await carrier.client("speaker").open()
    many = [asyncio.create_task(speaker.link.publish(A, bytes([n % 256]) * 20_000)) for n in range(300)]
    await asyncio.sleep(0)
    urgent = [asyncio.create_task(speaker.link.publish(B, b"alarm", urgent=True)) for _ in range(30)]
    await asyncio.gather(*urgent)
    await asyncio.gather(*many)
    await until(lambda: len(hearer.took) == 330, "all of them")
    assert len(hearer.payloads(A)) == 300
    topics_heard = [m.topic for m in hearer.took]
    if not isinstance(speaker.link, LoopbackLink):  # in memory nothing has to wait
        assert topics_heard.index(B) < 100


async def test_filters_are_replaced_and_retained_messages_come_for_new_ones_only(carrier, until):
    speaker = await carrier.client("speaker").open()
    await speaker.link.publish(A, b"a", retain=True)
    await speaker.link.publish(B, b"b", retain=True)
    hearer = await carrier.client("hearer").open(A, MARK)
    await until(lambda: hearer.payloads(A), "the first retained message")
    await hearer.link.subscribe((A, B, MARK))
    await until(lambda: hearer.payloads(B), "the second retained message")
    await hearer.link.subscribe((B, MARK))
    await speaker.link.publish(A, b"unheard")
    await speaker.link.publish(B, b"heard")
    await marked(speaker, hearer, until)
    assert hearer.payloads(A) == [b"a"]
    assert hearer.payloads(B) == [b"b", b"heard"]


async def test_filters_given_while_down_hold_from_the_next_connection_on(carrier, until):
    hearer = await carrier.client("hearer").open(A)
    speaker = await carrier.client("speaker").open()
    await carrier.down()
    await until(lambda: hearer.link.state is LinkState.CONNECTING, "the loss noticed")
    await hearer.link.subscribe((B, MARK))
    await carrier.start()
    await hearer.up()
    await speaker.up()
    await speaker.link.publish(A, b"a")
    await speaker.link.publish(B, b"b")
    await marked(speaker, hearer, until)
    assert not hearer.payloads(A)
    assert hearer.payloads(B) == [b"b"]


@pytest.mark.parametrize("qos", [0, 1])
async def test_the_largest_clip_and_the_largest_plan_pass(carrier, until, qos):
    hearer = await carrier.client("hearer").open(A)
    speaker = await carrier.client("speaker").open()
    for size in (512 * 1024, PAYLOAD_LIMIT):
        payload = bytes([size % 251]) * size
        await speaker.link.publish(A, payload, qos=qos)
        await until(lambda want=payload: hearer.took and hearer.took[-1].payload == want, f"{size} bytes")


async def test_more_than_a_carrier_takes_is_refused_and_costs_nothing(carrier, until):
    hearer = await carrier.client("hearer").open(A, MARK)
    speaker = await carrier.client("speaker").open()
    with pytest.raises(LinkRefused):
        await speaker.link.publish(A, bytes(PAYLOAD_LIMIT + 1))
    with pytest.raises(LinkRefused):
        await speaker.link.publish("đài/a", b"a topic that kills a broker")
    await marked(speaker, hearer, until)
    assert not hearer.payloads(A)
    assert speaker.states == [LinkState.CONNECTING, LinkState.UP]


async def test_a_taker_that_stumbles_loses_nothing_but_that_message(carrier, until):
    took = []

    def take(message):
        took.append(message.payload)
        if message.payload == b"1":
            raise ValueError("stumbled")

    hearer = carrier.client("hearer")
    await hearer.link.subscribe((A,))
    await hearer.link.open(take, hearer.states.append)
    await hearer.up()
    speaker = await carrier.client("speaker").open()
    for payload in (b"1", b"2", b"3"):
        await speaker.link.publish(A, payload)
    await until(lambda: took == [b"1", b"2", b"3"], "all three")
    assert hearer.link.state is LinkState.UP

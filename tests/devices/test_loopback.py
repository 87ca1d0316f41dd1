"""What the link contract does not reach of the broker in memory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.client import topic_matches_sub

from devices.loopback import Exchange, LoopbackLink, matches

levels = st.sampled_from(["a", "b", "ab", "", "$s"])
topics = st.lists(levels, min_size=1, max_size=4).map("/".join).filter(bool)
patterns = st.builds(
    lambda head, tail: "/".join(head + tail),
    st.lists(st.one_of(levels, st.just("+")), min_size=1, max_size=4),
    st.sampled_from([[], ["#"]]),
).filter(bool)


@given(patterns, topics)
def test_filters_match_as_in_mqtt(pattern, topic):
    assert matches(pattern, topic) == topic_matches_sub(pattern, topic)


@pytest.mark.parametrize(
    ("pattern", "topic", "does"),
    [("#", "a/b", True), ("a/#", "a", True), ("+/b", "a/b", True), ("+", "a/b", False), ("#", "$SYS/a", False)],
)
def test_the_corners_of_matching(pattern, topic, does):
    assert matches(pattern, topic) is does


async def test_an_exchange_remembers_what_it_took_and_forgets_on_demand():
    exchange = Exchange()
    link = LoopbackLink(exchange)
    await link.open(lambda _: None, lambda _: None)
    await link.publish("a", b"1", retain=True)
    await link.publish("a", b"2")
    assert [m.payload for m in exchange.published] == [b"1", b"2"]
    assert exchange.retained == {"a": b"1"}
    exchange.forget()
    assert not exchange.retained
    await link.close()

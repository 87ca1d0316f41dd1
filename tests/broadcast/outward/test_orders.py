from datetime import timedelta

import pytest

from broadcast.domain.refusals import Refusal
from broadcast.receivers.orders import HOLDS, Orders
from devices.messages import Identify, Stop
from devices.topics import Leaf


@pytest.fixture
def orders(house):
    return Orders(house.desk, house.wire)


async def test_stop_is_one_signed_publish_that_is_void_after_a_minute_and_not_kept(house, orders, operator):
    (area,) = operator.areas
    await orders.stop(operator, area)
    (message,) = house.exchange.published
    said = house.said(message)
    assert isinstance(said, Stop)
    assert said.target == f"area/{area}"
    assert said.expires - said.issued == HOLDS == timedelta(seconds=60)
    assert not message.retained


async def test_orders_are_numbered_apart_even_within_one_moment(house, orders, operator):
    (area,) = operator.areas
    await orders.stop(operator, area)
    await orders.stop(operator, area)
    first, second = (house.said(m) for m in house.exchange.published)
    assert second.number > first.number


async def test_stop_elsewhere_is_refused_and_nothing_goes_out(house, orders, operator):
    with pytest.raises(Refusal) as no:
        await orders.stop(operator, house.tree.root.id)
    assert no.value.code == "not-your-area"
    assert house.exchange.published == []


async def test_what_cannot_be_sent_now_is_refused_and_does_not_come_later(house, orders, operator):
    house.exchange.go_down()
    with pytest.raises(Refusal) as no:
        await orders.stop(operator, operator.areas[0])
    assert no.value.code == "link-down"
    house.exchange.come_up()
    assert house.sent(Leaf.ORDER) == []


async def test_identify_goes_to_that_receiver_alone(house, orders, operator):
    await house.hang(operator.areas[0], "loa-1")
    await orders.identify(operator, "loa-1")
    (message,) = house.exchange.published
    assert isinstance(house.said(message), Identify)
    assert house.said(message).target == "receiver/loa-1"


async def test_identify_asks_for_a_receiver_that_is_there_and_theirs(house, orders, operator):
    other = house.communes(2)[1]
    await house.hang(other, "loa-2")
    for receiver, code in (("loa-9", "no-such-receiver"), ("loa-2", "not-your-area")):
        with pytest.raises(Refusal) as no:
            await orders.identify(operator, receiver)
        assert no.value.code == code
    assert house.exchange.published == []

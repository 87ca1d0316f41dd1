"""Stop everything in a commune and undo it: at once, retained, in the books, and over by itself."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import Session

from broadcast.agenda.holding import Holding
from broadcast.domain.audit import Deed, doing
from broadcast.domain.people import Actor
from broadcast.domain.refusals import Refusal
from broadcast.records import AuditRow, PersonRow
from broadcast.tables.air_records import HoldRow
from devices.messages import Hold, HoldEnded, State
from devices.topics import Leaf
from devices.vocabulary import HOLD_LONGEST


@pytest.fixture
async def holding(house, operator: Actor, province: Actor):
    def work(session: Session) -> None:
        for who in (operator, province):
            session.add(
                PersonRow(id=who.id, login=who.login, name=who.name, password_hash="", made_at=house.hands.now())
            )

    await house.store.write(work)
    return Holding(house.desk, house.presence, house.wire)


def said(house):
    return [house.said(m) for m in house.sent(Leaf.HOLD) if m.payload]


async def test_one_touch_is_one_retained_signed_publish_that_ends_by_itself(house, holding, operator):
    (area,) = operator.areas
    await house.hang(area, "loa-1", "loa-2")
    view = await holding.hold(operator, area)
    (message,) = house.sent(Leaf.HOLD)
    hold = house.said(message)
    assert isinstance(hold, Hold)
    assert message.retained
    assert hold.target == f"area/{area}"
    assert hold.until == house.hands.now() + timedelta(hours=12) <= hold.issued + HOLD_LONGEST
    assert (view.until, view.by_name, view.sent, view.receivers, view.silent) == (hold.until, "Trần Thị Xã", True, 2, 0)
    assert holding.held_until([area]) == hold.until


async def test_who_is_silent_is_told_only_by_the_receivers_themselves(house, holding, operator):
    (area,) = operator.areas
    await house.hang(area, "loa-1", "loa-2")
    view = await holding.hold(operator, area)
    now = house.hands.now()
    for name, held in (("loa-1", view.until), ("loa-2", None)):
        house.presence.take(State(receiver=name, session=1, at=now, online=True, held_until=held), now)
    (view,) = await holding.holds(operator)
    assert (view.silent, view.receivers) == (1, 2)


async def test_one_touch_undoes_it_under_a_higher_number(house, holding, operator):
    (area,) = operator.areas
    await holding.hold(operator, area)
    await holding.release(operator, area)
    hold, ended = said(house)
    assert isinstance(ended, HoldEnded)
    assert ended.number > hold.number
    assert await holding.holds(operator) == ()
    assert holding.held_until([area]) is None
    with pytest.raises(Refusal) as no:
        await holding.release(operator, area)
    assert no.value.code == "not-held"


async def test_elsewhere_and_above_are_refused_and_nothing_goes_out(house, holding, operator):
    other = house.communes(2)[1]
    for area in (other, house.tree.root.id):
        for attempt in (holding.hold, holding.release):
            with pytest.raises(Refusal) as no:
                await attempt(operator, area)
            assert no.value.code == "not-your-area"
    assert house.exchange.published == []


async def test_a_hold_of_the_province_is_seen_in_the_commune_and_not_theirs_to_release(
    house, holding, province, operator
):
    await holding.hold(province, house.tree.root.id)
    (view,) = await holding.holds(operator)
    assert (view.area, view.theirs) == (house.tree.root.id, False)
    assert (await holding.holds(province))[0].theirs
    assert holding.held_until(house.tree.path(operator.areas[0])) == view.until


async def test_with_the_link_down_it_goes_out_at_the_next_connection(house, holding, operator):
    (area,) = operator.areas
    house.exchange.go_down()
    assert not (await holding.hold(operator, area)).sent
    assert said(house) == []
    house.exchange.come_up()
    await asyncio.sleep(0)
    await holding.catch_up()
    assert [type(m) for m in said(house)] == [Hold]
    assert (await holding.holds(operator))[0].sent


async def test_everything_is_said_again_in_the_same_words_also_by_a_server_that_started_anew(house, holding, operator):
    (area,) = operator.areas
    await holding.hold(operator, area)
    again = Holding(house.desk, house.presence, house.wire)
    await again.load()
    await again.on_up()
    first, second = said(house)
    assert first == second, "receivers know it already"
    house.hands.turn(minutes=5)
    await again.release(operator, area)
    third = Holding(house.desk, house.presence, house.wire)
    await third.load()
    await third.on_up()
    assert said(house)[-1] == said(house)[-2]
    assert isinstance(said(house)[-1], HoldEnded), "whoever was away reads that it is over"


async def test_what_is_over_is_cleared_from_the_broker(house, holding, operator):
    (area,) = operator.areas
    await holding.hold(operator, area)
    house.hands.turn(hours=12)
    assert await holding.holds(operator) == ()
    await holding.catch_up()
    assert house.sent(Leaf.HOLD)[-1].payload == b""
    assert not [t for t in house.exchange.retained if t.endswith("/hold")]


async def test_pressed_again_it_lasts_longer(house, holding, operator):
    (area,) = operator.areas
    await holding.hold(operator, area)
    house.hands.turn(hours=2)
    view = await holding.hold(operator, area)
    assert view.until == house.hands.now() + timedelta(hours=12)
    assert [m.number for m in said(house)] == sorted({m.number for m in said(house)})
    assert len(await holding.holds(operator)) == 1


async def test_it_goes_out_though_the_books_cannot_be_written_and_is_caught_up_with(
    house, holding, operator, monkeypatch
):
    (area,) = operator.areas
    right = house.store.write

    async def full(_):
        raise Refusal("disk-full")

    monkeypatch.setattr(house.store, "write", full)
    with doing(Deed("hold", operator.id, operator.login, operator.name, "10.0.0.1")):
        await holding.hold(operator, area)
    assert len(said(house)) == 1
    assert await house.rows(HoldRow) == []
    monkeypatch.setattr(house.store, "write", right)
    await holding.catch_up()
    (row,) = await house.rows(HoldRow)
    assert (row.area, row.by, row.ended_at) == (area, operator.id, None)
    assert [(a.action, a.login) for a in await house.rows(AuditRow) if a.subject.startswith("hold/")] == [
        ("hold", "xa")
    ]


async def test_who_stopped_and_who_released_is_kept(house, holding, operator, province):
    (area,) = operator.areas
    await holding.hold(operator, area)
    house.hands.turn(minutes=1)
    await holding.release(province, area)
    (row,) = await house.rows(HoldRow)
    assert (row.by, row.by_name, row.ended_by) == (operator.id, operator.name, province.id)
    assert row.ended_at == house.hands.now()

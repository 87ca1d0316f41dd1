import asyncio
from datetime import timedelta

import pytest

from broadcast.domain.plans import EXPIRY
from broadcast.domain.refusals import Refusal
from broadcast.planning import FRESH, Planner
from broadcast.records import AiringRow, DeliveryRow, PlanRow
from devices import topics
from devices.link import LinkDown
from devices.messages import Plan
from devices.topics import Leaf

SOUND = b"x" * 1000


@pytest.fixture
def planner(house):
    return Planner(house.desk, house.wire)


async def withdraw(house, name):
    def work(session):
        row = session.get(AiringRow, name)
        row.withdrawn = True
        session.add(row)

    await house.store.write(work)


@pytest.mark.parametrize("receivers", [1, 40])
async def test_a_change_costs_one_publish_an_area_however_many_receivers_hear_it(house, planner, receivers):
    areas = house.communes(5)
    for i, area in enumerate(areas):
        await house.hang(area, *(f"loa-{i}-{n}" for n in range(receivers)))
    await house.place(areas, house.hands.now() + timedelta(hours=1))
    await planner.replan(areas)
    assert len(house.exchange.published) == len(areas)
    assert {m.topic for m in house.exchange.published} == {f"loalang/v1/area/{a}/plan" for a in areas}
    assert {d.state for d in await house.rows(DeliveryRow)} == {"sent"}


async def test_a_plan_goes_out_signed_retained_and_lies_in_the_books_just_so(house, planner):
    (area,) = house.communes(1)
    name = await house.place([area], house.hands.now() + timedelta(hours=1))
    await planner.replan([area])
    (message,) = house.sent(Leaf.PLAN)
    plan = house.said(message)
    (row,) = await house.rows(PlanRow)
    (airing,) = await house.rows(AiringRow)
    assert isinstance(plan, Plan)
    assert message.retained
    assert [a.id for a in plan.airings] == [name]
    assert plan.expires == house.hands.now() + EXPIRY
    assert (row.envelope, row.number, row.published_number) == (message.payload, plan.number, plan.number)
    assert airing.numbers == {area: plan.number}


async def test_numbers_grow_and_an_airing_keeps_the_number_it_first_appeared_under(house, planner):
    (area,) = house.communes(1)
    name = await house.place([area], house.hands.now() + timedelta(hours=1))
    await planner.replan([area])
    await house.place([area], house.hands.now() + timedelta(hours=2))
    house.hands.turn(days=-1)
    await planner.replan([area])
    first, second = (house.said(m) for m in house.sent(Leaf.PLAN))
    assert second.number > first.number
    assert {a.id: a.numbers[area] for a in await house.rows(AiringRow)}[name] == first.number


async def test_what_was_withdrawn_is_in_no_plan(house, planner):
    (area,) = house.communes(1)
    name = await house.place([area], house.hands.now() + timedelta(hours=1))
    await planner.replan([area])
    await withdraw(house, name)
    await planner.replan([area])
    assert house.said(house.sent(Leaf.PLAN)[-1]).airings == ()


async def test_with_the_link_down_the_plan_is_kept_and_goes_out_at_the_next_connection(house, planner):
    (area,) = house.communes(1)
    await house.hang(area, "loa-1")
    name = await house.place([area], house.hands.now() + timedelta(hours=1))
    house.exchange.go_down()
    await planner.replan([area])
    assert await house.states(name) == {"loa-1": "planned"}
    assert house.exchange.published == []
    house.exchange.come_up()
    await planner.publish_everything()
    (message,) = house.sent(Leaf.PLAN)
    assert [a.id for a in house.said(message).airings] == [name]
    assert await house.states(name) == {"loa-1": "sent"}


async def test_a_plan_that_no_carrier_took_is_sent_by_the_next_roll(house, planner):
    (area,) = house.communes(1)
    await house.place([area], house.hands.now() + timedelta(hours=1))
    house.exchange.go_down()
    await planner.replan([area])
    house.exchange.come_up()
    await planner.roll()
    assert len(house.sent(Leaf.PLAN)) == 1
    await planner.roll()
    assert len(house.sent(Leaf.PLAN)) == 1


async def test_everything_is_said_again_byte_for_byte_after_the_broker_forgot(house, planner):
    areas = house.communes(4)
    await house.place(areas, house.hands.now() + timedelta(hours=1))
    await planner.replan(areas)
    held = dict(house.exchange.retained)
    house.exchange.go_down()
    house.exchange.forget()
    house.exchange.come_up()
    await planner.publish_everything()
    assert house.exchange.retained == held


async def test_a_plan_that_grew_old_while_the_server_was_away_is_made_anew(house, planner):
    (area,) = house.communes(1)
    name = await house.place([area], house.hands.now() + timedelta(days=8))
    await planner.replan([area])
    house.hands.turn(days=7)
    await Planner(house.desk, house.wire).publish_everything()
    old, new = (house.said(m) for m in house.sent(Leaf.PLAN))
    assert (old.airings, [a.id for a in new.airings]) == ((), [name])
    assert new.number > old.number
    assert new.expires > house.hands.now()


async def test_rolling_publishes_only_where_time_has_brought_something(house, planner):
    near, far = house.communes(2)
    await house.place([near], house.hands.now() + timedelta(hours=1))
    name = await house.place([far], house.hands.now() + timedelta(hours=80))
    await planner.replan([near, far])
    house.exchange.published.clear()
    await planner.roll()
    assert house.exchange.published == []
    house.hands.turn(hours=9)
    await planner.roll()
    (message,) = house.sent(Leaf.PLAN)
    assert [a.id for a in house.said(message).airings] == [name]
    house.hands.turn(seconds=FRESH.total_seconds())
    house.exchange.published.clear()
    await planner.roll()
    assert len(house.sent(Leaf.PLAN)) == 2


async def test_only_receivers_of_the_area_that_was_sent_are_said_to_be_sent(house, planner):
    here, there = house.communes(2)
    await house.hang(here, "loa-1")
    await house.hang(there, "loa-2")
    name = await house.place([here, there], house.hands.now() + timedelta(hours=1))
    await planner.replan([here])
    assert await house.states(name) == {"loa-1": "sent", "loa-2": "planned"}


async def test_a_plan_for_the_province_reaches_every_receiver_below_with_one_publish(house, planner):
    for i, area in enumerate(house.communes(3)):
        await house.hang(area, f"loa-{i}")
    name = await house.place([house.tree.root.id], house.hands.now() + timedelta(hours=1))
    await planner.replan([house.tree.root.id])
    assert len(house.exchange.published) == 1
    assert set((await house.states(name)).values()) == {"sent"}


async def keep(house, tmp_path, sound):
    file = tmp_path / "new.opus"
    file.write_bytes(sound)
    return house.desk.library.keep(file)


async def test_sound_needed_within_two_minutes_is_pushed_after_the_plan_once_a_connection(house, planner, tmp_path):
    (area,) = house.communes(1)
    clip = await keep(house, tmp_path, SOUND)
    await house.place([area], house.hands.now() + timedelta(seconds=5), sound=SOUND)
    await planner.replan([area])
    await planner.replan([area])
    assert [m.topic.split("/")[4] for m in house.exchange.published] == ["plan", "clip", "plan"]
    assert house.sent(Leaf.CLIP)[0].payload == SOUND
    assert house.sent(Leaf.CLIP)[0].topic.endswith(clip)
    await planner.publish_everything()
    assert len(house.sent(Leaf.CLIP)) == 2


@pytest.mark.parametrize(("size", "ahead_s"), [(600 * 1024, 5), (1000, 200)])
async def test_sound_that_is_large_or_needed_later_is_not_pushed(house, planner, tmp_path, size, ahead_s):
    (area,) = house.communes(1)
    await keep(house, tmp_path, b"y" * size)
    await house.place([area], house.hands.now() + timedelta(seconds=ahead_s), sound=b"y" * size)
    await planner.replan([area])
    assert house.sent(Leaf.CLIP) == []


async def test_a_clip_that_cannot_be_pushed_takes_nothing_from_the_plan(house, planner, tmp_path, monkeypatch):
    async def down(*args):
        raise LinkDown("gone")

    (area,) = house.communes(1)
    await house.hang(area, "loa-1")
    await keep(house, tmp_path, SOUND)
    name = await house.place([area], house.hands.now() + timedelta(seconds=5), sound=SOUND)
    monkeypatch.setattr(house.wire, "push_clip", down)
    await planner.replan([area])
    assert await house.states(name) == {"loa-1": "sent"}


async def test_many_changes_at_once_leave_the_newest_plan_on_the_wire(house, planner):
    areas = house.communes(3)
    for i in range(8):
        await house.place(areas, house.hands.now() + timedelta(hours=1 + i))
    await asyncio.gather(*(planner.replan(reversed(areas) if i % 2 else areas) for i in range(8)))
    rows = {r.target: r for r in await house.rows(PlanRow)}
    for area in areas:
        said = house.exchange.retained[f"loalang/v1/area/{area}/plan"]
        assert said == rows[f"area/{area}"].envelope
    numbers = [house.said(m).number for m in house.sent(Leaf.PLAN) if areas[0] in m.topic]
    assert numbers == sorted(set(numbers))


async def test_an_older_plan_that_is_slow_on_its_way_never_lies_on_top_of_a_newer(house, planner, monkeypatch):
    (area,) = house.communes(1)
    slow, begun = asyncio.Event(), asyncio.Event()
    publish = house.wire.publish

    async def first_is_slow(topic, raw, **options):
        if not begun.is_set():
            begun.set()
            await slow.wait()
        await publish(topic, raw, **options)

    monkeypatch.setattr(house.wire, "publish", first_is_slow)
    await house.place([area], house.hands.now() + timedelta(hours=1))
    older = asyncio.create_task(planner.replan([area]))
    await begun.wait()
    await house.place([area], house.hands.now() + timedelta(hours=2))
    newer = asyncio.create_task(planner.replan([area]))
    await asyncio.wait({newer}, timeout=0.2)
    slow.set()
    await asyncio.gather(older, newer)
    assert [len(house.said(m).airings) for m in house.sent(Leaf.PLAN)] == [1, 2]


async def test_when_the_books_could_not_be_read_at_the_connection_the_next_roll_says_everything(
    house, planner, monkeypatch
):
    (area,) = house.communes(1)
    await house.place([area], house.hands.now() + timedelta(hours=1))
    await planner.replan([area])
    held = dict(house.exchange.retained)
    house.exchange.forget()
    read = house.store.read

    async def broken(work):
        raise Refusal("store-failed")

    monkeypatch.setattr(house.store, "read", broken)
    with pytest.raises(Refusal):
        await planner.publish_everything()
    monkeypatch.setattr(house.store, "read", read)
    await planner.roll()
    assert house.exchange.retained == held


async def test_a_plan_the_carrier_did_not_take_again_is_sent_by_the_next_roll(house, planner, monkeypatch):
    async def down(*args, **options):
        raise LinkDown("slow")

    (area,) = house.communes(1)
    await house.place([area], house.hands.now() + timedelta(hours=1))
    await planner.replan([area])
    publish = house.wire.publish
    monkeypatch.setattr(house.wire, "publish", down)
    await planner.publish_everything()
    monkeypatch.setattr(house.wire, "publish", publish)
    await planner.roll()
    await planner.roll()
    assert len(house.sent(Leaf.PLAN)) == 2


async def test_a_plan_too_long_for_the_wire_leaves_its_latest_airings_for_later(house, planner, monkeypatch):
    (area,) = house.communes(1)
    names = [await house.place([area], house.hands.now() + timedelta(hours=1 + i)) for i in range(12)]
    monkeypatch.setitem(topics.MAX_BYTES, Leaf.PLAN, 3000)
    await planner.replan([area])
    plan = house.said(house.sent(Leaf.PLAN)[0])
    held = [a.id for a in plan.airings]
    assert 0 < len(held) < len(names)
    assert held == names[: len(held)]
    unplanned = {a.id for a in await house.rows(AiringRow) if not a.numbers}
    assert unplanned == set(names[len(held) :])

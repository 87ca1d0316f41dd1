"""What communes answer, down to the signed plans on the wire, also when the server is gone before the deadline."""

from datetime import timedelta

import pytest

from broadcast.agenda import offer_books, offering
from broadcast.domain.people import Actor, Role, held
from broadcast.planning import Planner
from broadcast.records import AiringRow, GrantRow, SlotRow
from broadcast.tables.offer_records import OfferRow
from devices.messages import Plan
from devices.topics import Leaf


@pytest.fixture
def planner(house):
    return Planner(house.desk, house.wire)


@pytest.fixture
async def offered(house, planner):
    """A slot of the province that reaches two communes, offered to both; the communes."""
    one, other = house.communes(2)
    await house.hang(one, "loa-1")
    await house.hang(other, "loa-2")
    root = house.tree.root.id
    await house.place([root], house.hands.now() + timedelta(hours=2))

    def work(session):
        session.add(GrantRow(person=1, role=Role.PROVINCE.value, area=root))
        session.flush()
        return offer_books.make(house.desk, session, session.get_one(SlotRow, 1))

    await planner.replan(await house.store.write(work))
    return one, other


def plans(house):
    """What a receiver that listens to an area finds in its newest plans: area > airings."""
    return {p.target.removeprefix("area/"): [a.id for a in p.airings] for p in map(house.said, house.sent(Leaf.PLAN))}


async def test_it_is_in_the_signed_plan_at_once_and_stays_there_if_the_server_is_gone(house, offered):
    root = house.tree.root.id
    (airing,) = plans(house)[root]
    plan = house.said(house.sent(Leaf.PLAN)[-1])
    assert isinstance(plan, Plan)
    assert plan.expires > house.hands.now() + timedelta(hours=2), "nobody needs to say anything more"
    house.hands.turn(hours=1.6)  # a server that is started anew after the deadline
    again = Planner(house.desk, house.wire)
    await offering.settle(house.desk)
    await again.publish_everything()
    assert plans(house)[root] == [airing]
    assert {o.state for o in await house.rows(OfferRow)} == {"left"}


async def test_who_declines_is_left_out_of_every_plan_and_the_neighbours_are_not(house, planner, offered):
    one, other = offered
    actor = Actor(1, "a", "A", held(Role.OPERATOR, one))
    (offer,) = (await offering.inbox(house.desk, actor)).waiting
    (airing,) = plans(house)[house.tree.root.id]
    await offering.decline(house.desk, planner.replan, actor, offer.id, "Trùng lễ")
    found = plans(house)
    assert not any(airing in found.get(area, ()) for area in house.tree.path(one))
    assert any(airing in found.get(area, ()) for area in house.tree.path(other))


async def test_taken_after_all_it_is_ready_only_where_the_new_plan_is_held(house, planner, offered):
    one, _ = offered
    root, actor = house.tree.root.id, Actor(1, "a", "A", held(Role.OPERATOR, one))
    (before,) = await house.rows(AiringRow)
    (offer,) = (await offering.inbox(house.desk, actor)).waiting
    await offering.decline(house.desk, planner.replan, actor, offer.id, "Nhầm")
    await offering.take(house.desk, planner.replan, actor, offer.id)
    (after,) = await house.rows(AiringRow)
    assert set(before.numbers) == set(after.numbers) == {root}
    assert after.numbers[root] > before.numbers[root]
    assert set((await house.states(after.id)).values()) == {"sent"}

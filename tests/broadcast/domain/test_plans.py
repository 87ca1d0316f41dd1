from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.domain.plans import EXPIRY, LOOK_BACK, plan_for, target
from broadcast.domain.schedule import Airing, airing_id
from devices import messages
from devices.messages import PLAN_AIRINGS
from devices.vocabulary import PLAN_HORIZON, AreaId, ClipHash, Level

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
HERE, ELSEWHERE = AreaId("xa-thanh-duc-25657"), AreaId("xa-cam-giang-25660")
S = timedelta(seconds=1)


def airing(at, *, slot=1, areas=(HERE,), seconds=60.0, **fields):
    return Airing(
        id=airing_id(slot, at),
        slot=slot,
        bulletin=1,
        title="Bản tin sáng",
        level=Level.PRIORITY,
        areas=areas,
        at=at,
        clip=ClipHash("ab" * 32),
        seconds=seconds,
        size=1_000,
        **fields,
    )


@pytest.mark.parametrize(
    ("at", "held"),
    [
        (NOW, True),
        (NOW + PLAN_HORIZON, True),
        (NOW + PLAN_HORIZON + S, False),
        (NOW - LOOK_BACK - 60 * S, True),
        (NOW - LOOK_BACK - 61 * S, False),
    ],
)
def test_a_plan_holds_72_hours_and_a_little_of_what_was(at, held):
    assert len(plan_for(HERE, [airing(at)], NOW, 1).airings) == held


def test_a_plan_is_of_one_area():
    both, other = airing(NOW, areas=(HERE, ELSEWHERE)), airing(NOW, slot=2, areas=(ELSEWHERE,))
    plan = plan_for(HERE, [both, other], NOW, 5)
    assert [a.id for a in plan.airings] == [both.id]
    assert (plan.target, plan.number, plan.issued, plan.expires) == (target(HERE), 5, NOW, NOW + EXPIRY)
    assert plan.expires - plan.issued > PLAN_HORIZON


def test_a_plan_says_everything_a_receiver_needs():
    until = NOW + timedelta(hours=3)
    (planned,) = plan_for(HERE, [airing(NOW, quiet_hours_confirmed=True, valid_until=until)], NOW, 1).airings
    assert (planned.at, planned.clip, planned.seconds, planned.size) == (NOW, "ab" * 32, 60.0, 1_000)
    assert (planned.level, planned.title, planned.window_s) == (Level.PRIORITY, "Bản tin sáng", 300)
    assert (planned.quiet_hours_confirmed, planned.valid_until) == (True, until)


@given(st.lists(st.integers(-7_200, 400_000), unique=True, max_size=30), st.randoms())
def test_the_order_in_the_books_does_not_matter(starts, random):
    airings = [airing(NOW + s * S, slot=i + 1) for i, s in enumerate(starts)]
    plan = plan_for(HERE, airings, NOW, 1)
    random.shuffle(airings)
    assert plan_for(HERE, airings, NOW, 1) == plan
    assert list(plan.airings) == sorted(plan.airings, key=lambda a: (a.at, a.id))


def test_a_plan_that_is_full_leaves_the_latest_for_later():
    airings = [airing(NOW + i * S, slot=i + 1) for i in range(PLAN_AIRINGS + 5)]
    plan = plan_for(HERE, reversed(airings), NOW, 1)
    assert [a.id for a in plan.airings] == [a.id for a in airings[:PLAN_AIRINGS]]
    assert messages.decode(messages.encode(plan)) == plan

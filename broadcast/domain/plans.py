"""From airings to the signed-to-be plans of areas: one per area aimed at, however many receivers hear it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from broadcast.domain.schedule import Airing
from devices.messages import PLAN_AIRINGS, Plan, PlannedAiring
from devices.vocabulary import PLAN_HORIZON, PUSH_AHEAD, PUSH_LIMIT, START_WINDOW, AreaId, ClipHash

LOOK_BACK: Final = START_WINDOW
"""An airing stays in the plan this long after its end: a receiver that was off may still have to report it missed."""
EXPIRY: Final = PLAN_HORIZON + timedelta(hours=1)
"""A plan is void after this; it is rolled forward long before."""


def target(area: AreaId) -> str:
    """Whom the plan of an area is for."""
    return f"area/{area}"


def plan_for(area: AreaId, airings: Iterable[Airing], now: datetime, number: int) -> Plan:
    """The plan of one area: every airing aimed at just this area from a little ago to 72 hours ahead.

    Airings come in order of time; where there are more than a plan may hold, the latest are left for a later plan.
    """
    mine = sorted(
        (a for a in airings if area in a.areas and a.ends + LOOK_BACK >= now and a.at <= now + PLAN_HORIZON),
        key=lambda a: (a.at, a.id),
    )
    return Plan(
        target=target(area),
        number=number,
        issued=now,
        expires=now + EXPIRY,
        airings=tuple(_planned(a) for a in mine[:PLAN_AIRINGS]),
    )


def area_of(plan_target: str) -> AreaId:
    """The area whose plan has that target."""
    return AreaId(plan_target.removeprefix("area/"))


def pushed(airings: Iterable[PlannedAiring], now: datetime) -> tuple[ClipHash, ...]:
    """Clips needed so soon that they are sent along, if they are small enough: each once, the earliest first."""
    soon = (a for a in airings if a.at <= now + PUSH_AHEAD and a.size <= PUSH_LIMIT)
    waiting = (ClipHash(a.clip) for a in soon if now <= a.at + timedelta(seconds=a.window_s))
    return tuple(dict.fromkeys(waiting))


def _planned(airing: Airing) -> PlannedAiring:
    return PlannedAiring(
        id=airing.id,
        at=airing.at,
        clip=airing.clip,
        seconds=airing.seconds,
        size=airing.size,
        level=airing.level,
        title=airing.title,
        window_s=int(START_WINDOW.total_seconds()),
        quiet_hours_confirmed=airing.quiet_hours_confirmed,
        valid_until=airing.valid_until,
    )

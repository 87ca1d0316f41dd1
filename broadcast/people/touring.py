"""How far somebody new is through the first steps: kept with their account, so that any browser leads on from there."""

import re
from typing import Final

from sqlmodel import Session

from broadcast.domain.people import Actor
from broadcast.newsroom.desk import Desk
from broadcast.people.account_types import TOUR_STEPS, Tour
from broadcast.tables.account_records import TourRow

_PLACE: Final = re.compile(r"/(?:bulletins|slots)/\d{1,12}")


async def tour(desk: Desk, actor: Actor) -> Tour:
    """Where they are; the first step for whoever has never begun."""

    def work(session: Session) -> Tour:
        row = session.get(TourRow, actor.id)
        return Tour() if row is None else Tour(row.step, row.place, row.has_left)

    return await desk.store.read(work)


async def tour_on(desk: Desk, actor: Actor, to: Tour) -> None:
    """Keep that they are there now; a step or a page that there is not is taken for the nearest."""
    step = min(max(to.step, 1), TOUR_STEPS + 1)
    place = to.place if _PLACE.fullmatch(to.place) else ""

    def work(session: Session) -> None:
        row = session.get(TourRow, actor.id) or TourRow(person=actor.id, step=step, at=desk.now())
        row.step, row.place, row.has_left, row.at = step, place, to.left, desk.now()
        session.add(row)

    await desk.store.write(work)

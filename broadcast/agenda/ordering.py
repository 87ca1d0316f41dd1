"""Two priority bulletins at one time in a commune: whoever answers for it says which sounds first."""

from datetime import timedelta
from typing import Final

import structlog
from sqlmodel import Session, col, func, select

from broadcast import books
from broadcast.agenda import airing_books, meeting_books
from broadcast.agenda.offer_types import MeetingView, Meets
from broadcast.agenda.sending import Replan, send_plans
from broadcast.domain.meetings import First, Rule
from broadcast.domain.people import Action, Actor, require
from broadcast.domain.refusals import Refusal
from broadcast.newsroom.desk import Desk
from broadcast.records import AiringRow, SlotRow
from broadcast.sight import area_name, person, sight
from broadcast.tables.offer_records import MeetingRow
from devices.vocabulary import AreaId

SHOWN: Final = timedelta(hours=12)
"""Two that have met are shown this long after the first began."""
MOST: Final = 50

_log = structlog.stdlib.get_logger(__name__)


async def meetings(desk: Desk, actor: Actor) -> tuple[MeetingView, ...]:
    """What meets in the communes for which they may answer, the nearest first. Raises Refusal("not-allowed")."""
    require(actor, Action.ANSWER_OFFERS, (), desk.tree)
    mine = sight(desk, actor, Action.ANSWER_OFFERS)
    near = select(MeetingRow).where(mine.rows(MeetingRow.area), col(MeetingRow.at) > desk.now() - SHOWN)
    nearest = near.order_by(col(MeetingRow.at), col(MeetingRow.id)).limit(MOST)

    def work(session: Session) -> tuple[MeetingView, ...]:
        views = (_view(desk, session, row) for row in session.exec(nearest).all())
        return tuple(v for v in views if v is not None)

    return await desk.store.read(work)


async def of_slot(desk: Desk, actor: Actor, slot: int) -> tuple[MeetingView, ...]:
    """What a slot meets in the actor's areas, for who sent it. Raises Refusal("not-allowed")."""
    require(actor, Action.SEE_LOG, (), desk.tree)
    mine = sight(desk, actor, Action.SEE_LOG)

    def work(session: Session) -> tuple[MeetingView, ...]:
        theirs = (row for row in meeting_books.of_slot(session, slot) if mine.holds(row.area))
        views = (_view(desk, session, row) for row in theirs)
        return tuple(sorted((v for v in views if v is not None), key=lambda v: v.area_name))

    return await desk.store.read(work)


async def waiting_count(desk: Desk, actor: Actor) -> int:
    """How many nobody has ordered yet."""
    if not actor.may(Action.ANSWER_OFFERS):
        return 0
    mine = sight(desk, actor, Action.ANSWER_OFFERS)
    asked = select(func.count()).where(
        mine.rows(MeetingRow.area), col(MeetingRow.at) > desk.now(), col(MeetingRow.by).is_(None)
    )
    return await desk.store.read(lambda session: session.exec(asked).one())


async def order(desk: Desk, replan: Replan, actor: Actor, meeting: int, first: First) -> MeetingView:
    """Let one of them sound first, and the other right after it.

    Raises Refusal: not-..., no-such-meeting, meeting-begun, meeting-guards, bulletin-expired.
    """
    require(actor, Action.ANSWER_OFFERS, (), desk.tree)

    def work(session: Session) -> tuple[MeetingView, tuple[AreaId, ...]]:
        row = session.get(MeetingRow, meeting)
        if row is None or row.area not in desk.tree.areas:
            raise Refusal("no-such-meeting")
        require(actor, Action.ANSWER_OFFERS, (AreaId(row.area),), desk.tree)
        if row.at <= desk.now():
            raise Refusal("meeting-begun", at=row.at)
        touched: tuple[AreaId, ...] = ()
        if row.first != first.value or meeting_books.leading(session, row) is not first:
            touched = meeting_books.let_go(desk, session, row)
            row.first = first.value
            touched += meeting_books.put_in_turn(desk, session, row, strict=True)
        row.by, row.ordered_at = actor.id, desk.now()
        session.add(row)
        session.flush()
        view = _view(desk, session, row)
        if view is None:
            raise Refusal("no-such-meeting")
        return view, tuple(dict.fromkeys(touched))

    view, touched = await desk.store.write(work)
    desk.bell.ring()
    # the commune hears of the new hour before the old one is taken away
    for areas in ((view.area,) if touched else (), tuple(a for a in touched if a != view.area)):
        await send_plans(replan, areas)
    return view


def _view(desk: Desk, session: Session, row: MeetingRow) -> MeetingView | None:
    """None where one of the two is gone."""
    above = airing_books.standing(session, row.above_slot)
    own = airing_books.standing(session, row.own_slot)
    if above is None or own is None:
        return None
    commune = AreaId(row.area)
    one, other = (meeting_books.here(session, slot, commune) for slot in (row.above_slot, row.own_slot))
    if one is None or other is None:
        return None
    leading = meeting_books.leading(session, row)
    first, second = (one, other) if leading is First.ABOVE else (other, one)

    def meets(airing: AiringRow) -> Meets:
        slot = session.get_one(SlotRow, airing.slot)
        leads = (leading is First.ABOVE) is (airing is above)
        sounds_at = first.at if leads else max(second.at, first.ends)
        name = person(session, slot.placed_by)
        return Meets(airing.slot, airing.title, airing.clip, airing.at, airing.seconds, name, sounds_at)

    return MeetingView(
        id=books.stored(row.id),
        area=AreaId(row.area),
        area_name=area_name(desk, row.area),
        above=meets(above),
        own=meets(own),
        first=leading,
        rule=Rule(row.rule),
        open=row.at > desk.now(),
        by_name=person(session, row.by) if row.by is not None else "",
        ordered_at=row.ordered_at,
    )

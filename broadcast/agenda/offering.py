"""The inbox of a commune: what came from above, and what the commune makes of it; what the sender sees of that."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import and_
from sqlmodel import Session, col, func, select

from broadcast import books
from broadcast.agenda import airing_books, offer_books, programme_books
from broadcast.agenda.guard_books import in_the_way_of
from broadcast.agenda.offer_types import InboxView, OfferView
from broadcast.agenda.offer_views import views
from broadcast.agenda.sending import Replan, send_plans
from broadcast.domain.offers import OfferEvent, OfferState, after
from broadcast.domain.people import Action, Actor, require
from broadcast.domain.programmes import Part, PartKind, with_part, without_part
from broadcast.domain.refusals import Refusal
from broadcast.domain.schedule import require_time
from broadcast.domain.warnings import clean_reason
from broadcast.newsroom.desk import Desk
from broadcast.records import AiringRow, SlotRow
from broadcast.sight import sight
from broadcast.tables.offer_records import OfferAnswerRow, OfferRow
from broadcast.tables.programme_records import ProgrammeRow
from devices.vocabulary import AreaId

SHOWN: Final = timedelta(days=1)
"""What was answered is shown this long after it has sounded."""
MOST: Final = 150
"""Offers told of at most, of those that wait and of the others."""

_log = structlog.stdlib.get_logger(__name__)


async def inbox(desk: Desk, actor: Actor) -> InboxView:
    """What came to the communes for which they may answer. Raises Refusal("not-allowed")."""
    require(actor, Action.ANSWER_OFFERS, (), desk.tree)
    mine, now = sight(desk, actor, Action.ANSWER_OFFERS), desk.now()
    theirs = select(OfferRow).where(mine.rows(OfferRow.area))
    unanswered = col(OfferRow.state) == OfferState.OFFERED.value, col(OfferRow.deadline) > now, col(OfferRow.at) > now
    waiting = theirs.where(*unanswered).order_by(col(OfferRow.deadline), col(OfferRow.id)).limit(MOST)
    others = (
        theirs.where(~and_(*unanswered), col(OfferRow.at) > now - SHOWN)
        .where(OfferRow.state != OfferState.TAKEN_BACK.value)
        .order_by(col(OfferRow.at).desc(), col(OfferRow.id).desc())
        .limit(MOST)
    )

    def work(session: Session) -> InboxView:
        found = (views(desk, session, session.exec(asked).all()) for asked in (waiting, others))
        first, then = found
        return InboxView(tuple(sorted(first, key=lambda v: (v.deadline, v.area_name, v.id))), tuple(then))

    return await desk.store.read(work)


async def waiting_count(desk: Desk, actor: Actor) -> int:
    """How much waits for an answer of theirs; 0 for who may not answer."""
    if not actor.may(Action.ANSWER_OFFERS):
        return 0
    mine, now = sight(desk, actor, Action.ANSWER_OFFERS), desk.now()
    asked = select(func.count()).where(
        mine.rows(OfferRow.area),
        OfferRow.state == OfferState.OFFERED.value,
        col(OfferRow.deadline) > now,
        col(OfferRow.at) > now,
    )
    return await desk.store.read(lambda session: session.exec(asked).one())


async def answers(desk: Desk, actor: Actor, slot: int) -> tuple[OfferView, ...]:
    """What the communes made of a slot: those in the actor's areas. Raises Refusal("not-allowed")."""
    require(actor, Action.SEE_LOG, (), desk.tree)
    mine = sight(desk, actor, Action.SEE_LOG)
    theirs = select(OfferRow).where(OfferRow.slot == slot, mine.rows(OfferRow.area))
    found = await desk.store.read(lambda session: views(desk, session, session.exec(theirs).all()))
    return tuple(sorted(found, key=lambda v: v.area_name))


async def take(desk: Desk, replan: Replan, actor: Actor, offer: int) -> OfferView:
    """It sounds in the commune at its hour. Raises Refusal: no-such-offer, offer-over, -begun, -taken-back."""
    return await _answer(desk, replan, actor, offer, OfferEvent.TAKE)


async def take_in(desk: Desk, replan: Replan, actor: Actor, offer: int, programme: int) -> OfferView:
    """It goes into a programme of the commune, and sounds when that does; not at the hour it came with.

    Raises Refusal as `take`, and no-such-programme, not-..., programme-..., bulletin-life.
    """
    return await _answer(desk, replan, actor, offer, OfferEvent.TAKE_IN, programme=programme)


async def decline(desk: Desk, replan: Replan, actor: Actor, offer: int, reason: str) -> OfferView:
    """It does not sound in the commune. Raises Refusal as `take`, and reason-short, reason-long."""
    return await _answer(desk, replan, actor, offer, OfferEvent.DECLINE, reason=clean_reason(reason))


async def put_off(desk: Desk, replan: Replan, actor: Actor, offer: int, at: datetime) -> OfferView:
    """It sounds in the commune at another hour, in a slot of the commune's own.

    Raises Refusal as `take`, and time-past, time-far, bulletin-expired, offer-guards, no-sound.
    """
    require_time(at, desk.now())
    return await _answer(desk, replan, actor, offer, OfferEvent.PUT_OFF, at=at)


async def settle(desk: Desk) -> None:
    """What nobody touched by its deadline is left to the rule of its area; done twice it is as once."""
    late = select(OfferRow).where(
        OfferRow.state == OfferState.OFFERED.value, col(OfferRow.deadline) <= desk.now()
    )  # fmt: skip
    if not await desk.store.read(lambda session: session.exec(late.limit(1)).first()):
        return

    def work(session: Session) -> None:
        for row in session.exec(late).all():
            row.state = after(offer_books.offer(row), OfferEvent.DEADLINE, desk.now()).value
            session.add(row)

    await desk.store.write(work)
    desk.bell.ring()


async def _answer(
    desk: Desk,
    replan: Replan,
    actor: Actor,
    offer: int,
    event: OfferEvent,
    at: datetime | None = None,
    reason: str = "",
    programme: int | None = None,
) -> OfferView:
    require(actor, Action.ANSWER_OFFERS, (), desk.tree)

    def work(session: Session) -> tuple[OfferView, tuple[AreaId, ...], tuple[AreaId, ...]]:
        row = session.get(OfferRow, offer)
        if row is None or row.area not in desk.tree.areas:
            raise Refusal("no-such-offer")
        commune = AreaId(row.area)
        require(actor, Action.ANSWER_OFFERS, (commune,), desk.tree)
        state = after(offer_books.offer(row), event, desk.now())
        slot, airing = session.get_one(SlotRow, row.slot), airing_books.standing(session, row.slot)
        if airing is None:
            raise Refusal("offer-taken-back")
        own: SlotRow | None = None
        touched = offer_books.drop_own(session, row, desk.now())
        _take_out(desk, session, actor, row, slot.bulletin)
        if at is not None:
            own = _own_slot(desk, session, actor, slot, airing, commune, at)
            touched += (commune,)
        if programme is not None:
            _take_in(desk, session, actor, commune, programme, slot.bulletin)
        row.state = state.value
        session.add(row)
        session.flush()
        session.add(
            OfferAnswerRow(
                offer=offer,
                area=row.area,
                answer=event.value,
                at=desk.now(),
                by=actor.id,
                reason=reason,
                own_slot=own.id if own else None,
                programme=programme,
            )
        )
        session.flush()
        touched += offer_books.arrange(desk, session, slot, airing)
        (view,) = views(desk, session, [row])
        first = tuple(dict.fromkeys(a for a in touched if a in airing.areas or a == commune))
        return view, first, tuple(dict.fromkeys(a for a in touched if a not in first))

    view, first, then = await desk.store.write(work)
    desk.bell.ring()
    # where it is new before where it is taken away: whoever goes from one plan to another is never without
    for areas in (first, then):
        await send_plans(replan, areas)
    return view


def _own_slot(
    desk: Desk, session: Session, actor: Actor, slot: SlotRow, airing: AiringRow, commune: AreaId, at: datetime
) -> SlotRow:
    """The same bulletin in a slot of the commune's own; no guard is passed by putting off."""
    what = replace(books.airing(airing), areas=(commune,), at=at, quiet_hours_confirmed=False)
    if what.valid_until is not None and at > what.valid_until:
        raise Refusal("bulletin-expired", until=what.valid_until)
    if desk.library.path(what.clip) is None:
        raise Refusal("no-sound")
    heard = airing_books.homes(desk, session, (commune,))
    if in_the_way_of(desk, session, what, heard.values()):
        raise Refusal("offer-guards", at=at)
    own = SlotRow(
        bulletin=slot.bulletin,
        areas=[commune],
        at=at,
        placed_by=actor.id,
        origin=commune,
        placed_at=desk.now(),
        version=slot.version,
    )
    airing_books.enter(desk, session, own, what)
    return own


def _take_in(desk: Desk, session: Session, actor: Actor, commune: AreaId, programme: int, bulletin: int) -> None:
    row = programme_books.programme_row(session, desk, actor, programme, Action.WRITE)
    if row.area != commune:
        raise Refusal("no-such-programme")
    programme_books.require_bulletin(session, desk, actor, row, bulletin)
    part = Part(PartKind.BULLETIN, "", bulletin=bulletin, key=programme_books.new_key())
    programme_books.enter(desk, row, with_part(programme_books.programme(session, desk, row), part), actor)
    session.add(row)


def _take_out(desk: Desk, session: Session, actor: Actor, offer: OfferRow, bulletin: int) -> None:
    """Out of the programme into which it was taken, if it is still there: it is not to sound twice."""
    answer = offer_books.answered(session, offer) if offer.state == OfferState.IN_PROGRAMME else None
    row = session.get(ProgrammeRow, answer.programme) if answer is not None else None
    if row is None or row.removed_at is not None:
        return
    what = programme_books.programme(session, desk, row)
    for part in [p for p in what.parts if p.bulletin == bulletin]:
        what = without_part(what, part.key)
    programme_books.enter(desk, row, what, actor)
    session.add(row)

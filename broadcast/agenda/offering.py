"""The inbox of a commune: what came from above, and what the commune makes of it; what the sender sees of that."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlmodel import Session, col, func, select

from broadcast import books
from broadcast.agenda import airing_books, offer_books
from broadcast.agenda.guard_books import in_the_way_of
from broadcast.agenda.offer_types import InboxView, OfferView
from broadcast.domain.offers import OfferEvent, OfferState, after
from broadcast.domain.people import Action, Actor, require
from broadcast.domain.refusals import Refusal
from broadcast.domain.schedule import require_time
from broadcast.domain.warnings import clean_reason
from broadcast.newsroom.desk import Desk
from broadcast.records import AiringRow, SlotRow
from broadcast.sight import area_name, person, sight
from broadcast.tables.offer_records import OfferAnswerRow, OfferRow
from devices.link import LinkError
from devices.vocabulary import AreaId

Replan = Callable[[tuple[AreaId, ...]], Awaitable[None]]

SHOWN: Final = timedelta(days=1)
"""What was answered is shown this long after it has sounded."""
MOST: Final = 300
"""Offers told of at most."""

_log = structlog.stdlib.get_logger(__name__)


async def inbox(desk: Desk, actor: Actor) -> InboxView:
    """What came to the communes for which they may answer. Raises Refusal("not-allowed")."""
    require(actor, Action.ANSWER_OFFERS, (), desk.tree)
    mine, now = sight(desk, actor, Action.ANSWER_OFFERS), desk.now()
    near = (
        select(OfferRow)
        .where(mine.rows(OfferRow.area), col(OfferRow.at) > now - SHOWN, OfferRow.state != OfferState.TAKEN_BACK.value)
        .order_by(col(OfferRow.at), col(OfferRow.id))
        .limit(MOST)
    )
    views = await desk.store.read(lambda session: _views(desk, session, session.exec(near).all()))
    waiting = [v for v in views if v.open and v.state is OfferState.OFFERED]
    others = [v for v in views if v not in waiting]
    return InboxView(
        tuple(sorted(waiting, key=lambda v: (v.deadline, v.area_name, v.id))),
        tuple(sorted(others, key=lambda v: (v.at, v.id), reverse=True)),
    )


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
    views = await desk.store.read(lambda session: _views(desk, session, session.exec(theirs).all()))
    return tuple(sorted(views, key=lambda v: v.area_name))


async def take(desk: Desk, replan: Replan, actor: Actor, offer: int) -> OfferView:
    """It sounds in the commune at its hour. Raises Refusal: no-such-offer, offer-over, -begun, -taken-back."""
    return await _answer(desk, replan, actor, offer, OfferEvent.TAKE)


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
        if at is not None:
            own = _own_slot(desk, session, actor, slot, airing, commune, at)
            touched += (commune,)
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
            )
        )
        session.flush()
        touched += offer_books.arrange(desk, session, slot, airing)
        (view,) = _views(desk, session, [row])
        first = tuple(dict.fromkeys(a for a in touched if a in airing.areas or a == commune))
        return view, first, tuple(dict.fromkeys(a for a in touched if a not in first))

    view, first, then = await desk.store.write(work)
    desk.bell.ring()
    # where it is new before where it is taken away: whoever goes from one plan to another is never without
    for areas in (first, then):
        await _publish(replan, areas)
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


def _views(desk: Desk, session: Session, rows: Iterable[OfferRow]) -> list[OfferView]:
    """Rows as pages show them; what lost its airing is left out."""
    found, slots = [], {}
    for row in rows:
        if row.slot not in slots:
            slot = session.get_one(SlotRow, row.slot)
            airing = airing_books.standing(session, row.slot) or session.exec(
                select(AiringRow).where(AiringRow.slot == row.slot).order_by(col(AiringRow.at).desc())
            ).first()  # fmt: skip
            slots[row.slot] = slot, airing, person(session, slot.placed_by)
        slot, airing, sender = slots[row.slot]
        if airing is None:
            continue
        offer, answer = offer_books.offer(row), offer_books.answered(session, row)
        holds = answer is not None and offer.state in {OfferState.TAKEN, OfferState.PUT_OFF, OfferState.DECLINED}
        view = OfferView(
            id=books.stored(row.id),
            slot=row.slot,
            area=AreaId(row.area),
            area_name=area_name(desk, row.area),
            title=airing.title,
            clip=airing.clip,
            seconds=airing.seconds,
            from_name=sender,
            from_area=", ".join(area_name(desk, a) for a in slot.areas),
            at=row.at,
            deadline=row.deadline,
            state=offer.state,
            airs=offer.airs,
            sounds=offer.sounds(),
            open=offer.open(desk.now()),
            valid_until=airing.valid_until,
        )
        if answer is not None and holds:
            own = session.get(SlotRow, answer.own_slot) if answer.own_slot is not None else None
            view = replace(
                view,
                by_name=person(session, answer.by),
                answered_at=answer.at,
                reason=answer.reason,
                own_slot=answer.own_slot,
                own_at=own.at if own is not None and own.withdrawn_at is None else None,
            )
        found.append(view)
    return found


async def _publish(replan: Replan, areas: tuple[AreaId, ...]) -> None:
    if not areas:
        return
    try:
        await replan(areas)
    except (LinkError, Refusal) as error:
        _log.warning("plan-not-sent", areas=areas, why=str(error))

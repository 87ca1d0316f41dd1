"""Offers as pages show them, out of the books: a few questions, however many there are."""

from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import Session, col, select

from broadcast import books
from broadcast.agenda import offer_books
from broadcast.agenda.offer_types import OfferView
from broadcast.domain.offers import OfferState
from broadcast.newsroom.desk import Desk
from broadcast.records import AiringRow, PersonRow, SlotRow
from broadcast.sight import area_name
from broadcast.tables.offer_records import OfferAnswerRow, OfferRow
from broadcast.tables.programme_records import ProgrammeRow
from devices.vocabulary import AreaId

_ANSWERED = frozenset({OfferState.TAKEN, OfferState.IN_PROGRAMME, OfferState.PUT_OFF, OfferState.DECLINED})


def views(desk: Desk, session: Session, rows: Sequence[OfferRow]) -> list[OfferView]:
    """Rows as pages show them; what has no airing at all is left out."""
    answers = _answers(session, [books.stored(r.id) for r in rows])
    slots = _slots(session, {r.slot for r in rows} | {a.own_slot for a in answers.values() if a.own_slot is not None})
    airings = _airings(session, {r.slot for r in rows})
    titles = _titles(session, {a.programme for a in answers.values() if a.programme is not None})
    people = _people(session, {s.placed_by for s in slots.values()} | {a.by for a in answers.values()})
    found = []
    for row in rows:
        slot, airing = slots[row.slot], airings.get(row.slot)
        if airing is None:
            continue
        offer, answer = offer_books.offer(row), answers.get(books.stored(row.id))
        view = OfferView(
            id=books.stored(row.id),
            slot=row.slot,
            area=AreaId(row.area),
            area_name=area_name(desk, row.area),
            title=airing.title,
            clip=airing.clip,
            seconds=airing.seconds,
            from_name=people.get(slot.placed_by, ""),
            from_area=", ".join(area_name(desk, a) for a in slot.areas),
            at=row.at,
            deadline=row.deadline,
            state=offer.state,
            airs=offer.airs,
            sounds=offer.sounds(),
            open=offer.open(desk.now()),
            valid_until=airing.valid_until,
        )
        if answer is not None and offer.state in _ANSWERED:
            own = slots.get(answer.own_slot) if answer.own_slot is not None else None
            view = replace(
                view,
                by_name=people.get(answer.by, ""),
                answered_at=answer.at,
                reason=answer.reason,
                own_slot=answer.own_slot,
                own_at=own.at if own is not None and own.withdrawn_at is None else None,
                programme=answer.programme,
                programme_title=titles.get(answer.programme, "") if answer.programme is not None else "",
            )
        found.append(view)
    return found


def _answers(session: Session, offers: list[int]) -> dict[int, OfferAnswerRow]:
    """The newest answer to each."""
    asked = select(OfferAnswerRow).where(col(OfferAnswerRow.offer).in_(offers)).order_by(col(OfferAnswerRow.id))
    return {row.offer: row for row in session.exec(asked)}


def _slots(session: Session, ids: set[int]) -> dict[int, SlotRow]:
    return {books.stored(s.id): s for s in session.exec(select(SlotRow).where(col(SlotRow.id).in_(ids)))}


def _airings(session: Session, slots: set[int]) -> dict[int, AiringRow]:
    """Of each slot the airing that stands; the last one, where all were taken back."""
    asked = select(AiringRow).where(col(AiringRow.slot).in_(slots))
    return {a.slot: a for a in session.exec(asked.order_by(col(AiringRow.withdrawn).desc(), col(AiringRow.at)))}


def _titles(session: Session, programmes: set[int]) -> dict[int, str]:
    rows = session.exec(select(ProgrammeRow).where(col(ProgrammeRow.id).in_(programmes)))
    return {books.stored(row.id): row.title for row in rows}


def _people(session: Session, ids: set[int]) -> dict[int, str]:
    return {books.stored(p.id): p.name for p in session.exec(select(PersonRow).where(col(PersonRow.id).in_(ids)))}

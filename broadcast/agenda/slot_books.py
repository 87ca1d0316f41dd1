"""The slots of a bulletin that have not ended, and taking them back when it must not air any more."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from broadcast import books
from broadcast.agenda import airing_books, meeting_books, offer_books
from broadcast.domain.deliveries import OVER
from broadcast.newsroom.desk import Desk
from broadcast.records import AiringRow, DeliveryRow, SlotRow
from broadcast.tables.air_records import SeriesRow
from broadcast.tables.programme_records import MadeOfRow
from devices.vocabulary import START_WINDOW, AreaId


def coming(session: Session, bulletin: int, now: datetime) -> list[SlotRow]:
    """What is still to sound of it, or sounds, in order; also of programmes that it is a part of."""
    aimed = select(DeliveryRow.subject).where(DeliveryRow.subject == AiringRow.id).correlate(AiringRow)
    over = col(DeliveryRow.state).in_([state.value for state in OVER])
    asked = (
        select(SlotRow)
        .where(AiringRow.slot == SlotRow.id, _says(bulletin), col(SlotRow.withdrawn_at).is_(None))
        .where(~col(AiringRow.withdrawn), col(AiringRow.ends) >= now - START_WINDOW)
        .where(or_(aimed.where(~over).exists(), ~aimed.exists()))
        .order_by(col(SlotRow.at), col(SlotRow.id))
    )
    return list(session.exec(asked).unique().all())


def repeating(session: Session, slots: Iterable[SlotRow]) -> frozenset[int]:
    """The series of these that come back."""
    named = {slot.series for slot in slots if slot.series is not None}
    running = select(SeriesRow.id).where(col(SeriesRow.id).in_(sorted(named)), col(SeriesRow.ended_at).is_(None))
    return frozenset(books.stored(id_) for id_ in session.exec(running).all())


def silence(desk: Desk, session: Session, bulletin: int, *, begun: bool) -> tuple[AreaId, ...]:
    """Take them all back and let none come again; `begun`: what sounds now is broken off too.

    Gives the areas whose plans change by it.
    """
    now, touched = desk.now(), dict[AreaId, None]()
    for slot in coming(session, bulletin, now):
        if begun or slot.at > now:
            touched.update(dict.fromkeys(airing_books.withdraw(session, slot, now)))
            touched.update(dict.fromkeys(offer_books.taken_back(session, books.stored(slot.id), now)))
            touched.update(dict.fromkeys(meeting_books.dissolve(desk, session, books.stored(slot.id))))
    running = select(SeriesRow).where(SeriesRow.slot == AiringRow.slot, _says(bulletin))
    for series in session.exec(running.where(col(SeriesRow.ended_at).is_(None))).unique().all():
        series.ended_at = now
        session.add(series)
    session.flush()
    return tuple(touched)


def _says(bulletin: int) -> ColumnElement[bool]:
    """The condition that an airing is of it, or of a programme's sound with it."""
    within = select(MadeOfRow.clip).where(MadeOfRow.part == bulletin, MadeOfRow.bulletin == AiringRow.bulletin)
    return or_(col(AiringRow.bulletin) == bulletin, col(AiringRow.clip).in_(within.correlate(AiringRow)))

"""The slots of a bulletin that have not ended, and taking them back when it must not air any more."""

from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from broadcast import books
from broadcast.agenda import airing_books, meeting_books, offer_books
from broadcast.domain.deliveries import OVER, DeliveryState
from broadcast.newsroom.desk import Desk
from broadcast.records import AiringRow, DeliveryRow, SlotRow
from broadcast.tables.air_records import SeriesRow
from broadcast.tables.programme_records import MadeOfRow
from devices.vocabulary import START_WINDOW, AreaId


def coming(session: Session, bulletin: int, now: datetime) -> list[SlotRow]:
    """What is still to sound of it, or sounds, in order; also of programmes that it is a part of."""
    asked = (
        select(SlotRow)
        .where(AiringRow.slot == SlotRow.id, _says(bulletin), col(SlotRow.withdrawn_at).is_(None))
        .where(~col(AiringRow.withdrawn), col(AiringRow.ends) >= now - START_WINDOW)
        .order_by(col(SlotRow.at), col(SlotRow.id))
    )
    return [slot for slot in session.exec(asked).unique().all() if not _over(session, slot)]


def repeats(session: Session, slot: SlotRow) -> bool:
    """Whether it comes back."""
    series = session.get(SeriesRow, slot.series) if slot.series is not None else None
    return series is not None and series.ended_at is None


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


def _over(session: Session, slot: SlotRow) -> bool:
    """Whether every receiver has done with it."""
    airing = airing_books.standing(session, books.stored(slot.id))
    states = session.exec(select(DeliveryRow.state).where(DeliveryRow.subject == (airing.id if airing else ""))).all()
    return bool(states) and all(DeliveryState(s) in OVER for s in states)

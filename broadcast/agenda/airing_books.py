"""Airings in the books: put there with their deliveries, moved, taken back, aimed at fewer areas."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, col, select

from broadcast import books
from broadcast.domain.deliveries import WAITING, DeliveryState, move
from broadcast.domain.refusals import Refusal
from broadcast.domain.schedule import Airing, airing_id
from broadcast.newsroom.desk import Desk
from broadcast.records import AiringRow, DeliveryRow, SlotRow
from devices.vocabulary import AreaId


def homes(desk: Desk, session: Session, areas: Iterable[AreaId]) -> dict[str, AreaId]:
    """The receivers that hear what is aimed at `areas`, and where they hang."""
    hung = {r: home for r, home in books.homes(session).items() if home in desk.tree.areas}
    return {r: hung[r] for r in desk.tree.reached(areas, hung)}


def standing(session: Session, slot: int) -> AiringRow | None:
    """The airing that a slot has now; None where it was withdrawn."""
    return session.exec(select(AiringRow).where(AiringRow.slot == slot, ~col(AiringRow.withdrawn))).first()


def enter(desk: Desk, session: Session, slot: SlotRow, airing: Airing) -> AiringRow:
    """Write a new slot with `airing` at its instant, and a delivery for every receiver it reaches."""
    session.add(slot)
    session.flush()
    id_ = books.stored(slot.id)
    known = replace(airing, id=airing_id(id_, airing.at), slot=id_)
    row = books.airing_row(known)
    session.add(row)
    session.flush()
    reached = homes(desk, session, known.areas)
    session.add_all(books.planned(known, r, home, desk.now()) for r, home in reached.items())
    session.flush()
    return row


def take_back(session: Session, old: AiringRow, now: datetime) -> None:
    """No plan names it any more. Its deliveries stay: a receiver that is away may yet sound it, and say so."""
    for delivery in session.exec(select(DeliveryRow).where(DeliveryRow.subject == old.id)):
        books.enter(delivery, move(books.delivery(delivery), DeliveryState.WITHDRAWN, now))
    old.withdrawn = True
    session.add(old)


def forget(session: Session, airing: str) -> None:
    """A slot comes back to where it once was: unless it sounded there after all. Raises Refusal("slot-begun")."""
    before = session.get(AiringRow, airing)
    if before is None:
        return
    for delivery in session.exec(select(DeliveryRow).where(DeliveryRow.subject == airing)):
        if delivery.state != DeliveryState.WITHDRAWN:
            raise Refusal("slot-begun")
        session.delete(delivery)
    session.flush()
    session.delete(before)
    session.flush()


def withdraw(session: Session, slot: SlotRow, now: datetime) -> tuple[AreaId, ...]:
    """Take a whole slot back; the areas whose plans held it."""
    slot.withdrawn_at = now
    session.add(slot)
    touched: dict[AreaId, None] = {}
    for airing in session.exec(select(AiringRow).where(AiringRow.slot == slot.id, ~col(AiringRow.withdrawn))).all():
        take_back(session, airing, now)
        touched.update(dict.fromkeys(AreaId(a) for a in airing.areas))
    return tuple(touched)


def aim(desk: Desk, session: Session, row: AiringRow, areas: tuple[AreaId, ...]) -> tuple[AreaId, ...]:
    """Aim an airing that has not begun at other areas; those whose plans change by it."""
    changed = tuple(sorted(set(row.areas) ^ set(areas)))
    if not changed:
        return ()
    row.areas = list(areas)
    row.numbers = {area: number for area, number in row.numbers.items() if area in areas}
    session.add(row)
    airing, reached = books.airing(row), homes(desk, session, areas)
    known = {d.receiver: d for d in session.exec(select(DeliveryRow).where(DeliveryRow.subject == row.id))}
    for receiver, delivery in known.items():
        if receiver not in reached and DeliveryState(delivery.state) in WAITING:
            books.enter(delivery, move(books.delivery(delivery), DeliveryState.WITHDRAWN, desk.now()))
            session.add(delivery)
    for receiver, home in reached.items():
        there = known.get(receiver)
        if there is None or there.state == DeliveryState.WITHDRAWN:
            session.merge(books.planned(airing, receiver, home, desk.now()))
    session.flush()
    return tuple(AreaId(a) for a in changed)

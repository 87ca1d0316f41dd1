"""Priority airings that meet in a commune, in the books: found, put one after the other, let go again."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from broadcast import books
from broadcast.agenda import airing_books, offer_books
from broadcast.agenda.guard_books import in_the_way_of
from broadcast.domain.guards import Span
from broadcast.domain.meetings import GAP, First, by_rule, free, turn
from broadcast.domain.offers import asked, commune_of
from broadcast.domain.refusals import Refusal
from broadcast.domain.schedule import Airing
from broadcast.newsroom.desk import Desk
from broadcast.records import AiringRow, PersonRow, SlotRow
from broadcast.tables.offer_records import MeetingRow
from devices.vocabulary import AreaId, Level


def span(row: AiringRow) -> Span:
    """When an airing sounds."""
    return Span(row.at, row.seconds)


def of_slot(session: Session, slot: int) -> list[MeetingRow]:
    """Every meeting of a slot."""
    theirs = or_(col(MeetingRow.above_slot) == slot, col(MeetingRow.own_slot) == slot)
    return list(session.exec(select(MeetingRow).where(theirs)))


def leading(session: Session, row: MeetingRow) -> First:
    """Which of the two sounds first there as things stand: a third one may have pushed one of them."""
    above, own = (here(session, slot, AreaId(row.area)) for slot in (row.above_slot, row.own_slot))
    if above is None or own is None or above.at == own.at:
        return First(row.first)
    return First.ABOVE if above.at < own.at else First.OWN


def in_order(row: MeetingRow) -> tuple[int, int]:
    """The slots, the one that sounds first first."""
    return (row.above_slot, row.own_slot) if row.first == First.ABOVE else (row.own_slot, row.above_slot)


def settle(desk: Desk, session: Session, slot: SlotRow) -> tuple[AreaId, ...]:
    """Find what a slot that was just placed meets, and let the rule decide; the areas whose plans change by it."""
    airing = airing_books.standing(session, books.stored(slot.id))
    moved = select(MeetingRow.id).where(MeetingRow.later_slot == slot.id)
    if airing is None or airing.level != Level.PRIORITY.value or session.exec(moved.limit(1)).first() is not None:
        return ()
    near = list(session.exec(_urgent(airing.at, airing.ends, [airing.id])))
    touched: tuple[AreaId, ...] = ()
    if not near:
        return ()
    reached = airing_books.homes(desk, session, [AreaId(a) for a in airing.areas]).values()
    communes = {commune for home in reached if (commune := commune_of(desk.tree, home)) is not None}
    for commune in sorted(communes):
        from_above = _from_above(desk, session, slot, commune)
        for other in _heard(desk, session, near, commune):
            theirs = session.get_one(SlotRow, _original(session, other.slot))
            if theirs.id == slot.id or _from_above(desk, session, theirs, commune) is from_above:
                continue
            above, own = (airing, other) if from_above else (other, airing)
            first, rule = by_rule(span(above), span(own))
            pair = (slot, theirs) if from_above else (theirs, slot)
            above_slot, own_slot = (books.stored(s.id) for s in pair)
            known = (m for m in of_slot(session, own_slot) if m.area == commune and m.above_slot == above_slot)
            if next(known, None) is not None:
                continue
            row = MeetingRow(
                area=commune,
                above_slot=above_slot,
                own_slot=own_slot,
                first=first.value,
                rule=rule.value,
                at=min(above.at, own.at),
            )
            session.add(row)
            session.flush()
            touched += put_in_turn(desk, session, row, strict=False)
    return touched


def here(session: Session, slot: int, commune: AreaId) -> AiringRow | None:
    """The airing by which a slot sounds in that commune: its own, or the later one; None where it was taken back."""
    later = (m.later_slot for m in of_slot(session, slot) if m.area == commune and in_order(m)[1] == slot)
    return airing_books.standing(session, next((one for one in later if one is not None), slot))


def put_in_turn(desk: Desk, session: Session, row: MeetingRow, *, strict: bool) -> tuple[AreaId, ...]:
    """Let the second sound after the first in that commune; the areas whose plans change by it.

    Where that cannot be (its validity, the guards of the commune): with `strict` raises Refusal bulletin-expired,
    meeting-guards; without it stays as it is.
    """
    commune = AreaId(row.area)
    first, second = in_order(row)
    one, now, base = (
        here(session, first, commune),
        here(session, second, commune),
        airing_books.standing(session, second),
    )
    if one is None or now is None or base is None:
        return ()
    if now is not base and now.at >= one.ends + GAP:  # something else has put it behind already
        row.later_slot = now.slot
        session.add(row)
        session.flush()
        return ()
    urgent = session.exec(_urgent(one.at, datetime.max.replace(tzinfo=one.at.tzinfo), [one.id, base.id, now.id]))
    others = [span(a) for a in _heard(desk, session, urgent, commune)]
    at = turn(span(one), span(base), others) if now is base else free(one.ends + GAP, base.seconds, others)
    if at == base.at:
        return ()
    slot = session.get_one(SlotRow, second)
    what = replace(books.airing(base), areas=(commune,), at=at)
    no = _why_not(desk, session, slot, what, frozenset({base.id, now.id}))
    if no is not None:
        if strict:
            raise no
        return ()
    later = SlotRow(
        bulletin=slot.bulletin,
        areas=[commune],
        at=what.at,
        placed_by=slot.placed_by,
        origin=slot.origin,
        placed_at=desk.now(),
        reason=slot.reason,
        version=slot.version,
    )
    airing_books.enter(desk, session, later, what)
    for other in of_slot(session, second):
        if now is not base and other.later_slot == now.slot:
            other.later_slot = later.id
            session.add(other)
    if now is not base:
        airing_books.withdraw(session, session.get_one(SlotRow, now.slot), desk.now())
    row.later_slot = later.id
    session.add(row)
    session.flush()
    return (commune, *offer_books.arrange(desk, session, slot, base))


def _why_not(desk: Desk, session: Session, slot: SlotRow, what: Airing, without: frozenset[str]) -> Refusal | None:
    """What keeps it from sounding at that instant: its validity, or a guard that was not passed for its slot."""
    if what.valid_until is not None and what.at > what.valid_until:
        return Refusal("bulletin-expired", until=what.valid_until)
    heard = airing_books.homes(desk, session, what.areas).values()
    if not slot.reason and in_the_way_of(desk, session, what, heard, without):
        return Refusal("meeting-guards", at=what.at)
    return None


def let_go(desk: Desk, session: Session, row: MeetingRow) -> tuple[AreaId, ...]:
    """The second is kept from its own hour by this no more; the areas whose plans change by it."""
    later, second = row.later_slot, in_order(row)[1]
    row.later_slot = None
    session.add(row)
    session.flush()
    if later is None or any(other.later_slot == later for other in of_slot(session, second)):
        return ()
    touched = airing_books.withdraw(session, session.get_one(SlotRow, later), desk.now())
    airing = airing_books.standing(session, second)
    if airing is not None:
        touched += offer_books.arrange(desk, session, session.get_one(SlotRow, second), airing)
    return touched


def dissolve(desk: Desk, session: Session, slot: int) -> tuple[AreaId, ...]:
    """A slot was withdrawn or is about to be moved: what it met is free of it. The areas whose plans change by it."""
    touched: tuple[AreaId, ...] = ()
    for row in of_slot(session, slot):
        later = session.get(SlotRow, row.later_slot) if row.later_slot is not None else None
        second = session.get_one(SlotRow, in_order(row)[1])
        if later is not None and (later.at <= desk.now() or (second.id != slot and second.at <= desk.now())):
            continue  # it has sounded later already, or has no hour of its own any more
        touched += let_go(desk, session, row)
        session.delete(row)
    session.flush()
    return touched


def _urgent(begin: datetime, end: datetime, without: Iterable[str]) -> SelectOfScalar[AiringRow]:
    return select(AiringRow).where(
        ~col(AiringRow.withdrawn),
        AiringRow.level == Level.PRIORITY.value,
        col(AiringRow.at) < end,
        col(AiringRow.ends) > begin,
        col(AiringRow.id).not_in(list(without)),
    )


def _heard(desk: Desk, session: Session, rows: Iterable[AiringRow], commune: AreaId) -> list[AiringRow]:
    """Those that sound at any receiver of the commune, in time order."""
    homes = set(airing_books.homes(desk, session, (commune,)).values())
    above = {up for home in homes for up in desk.tree.path(home)}
    return sorted((r for r in rows if above.intersection(r.areas)), key=lambda r: (r.at, r.id))


def _original(session: Session, slot: int) -> int:
    """The slot that sounds later in this one; itself, where it is none of those."""
    row = session.exec(select(MeetingRow).where(MeetingRow.later_slot == slot).limit(1)).first()
    return slot if row is None else in_order(row)[1]


def _from_above(desk: Desk, session: Session, slot: SlotRow, commune: AreaId) -> bool:
    if slot.origin in desk.tree.areas:
        return slot.origin != commune and desk.tree.holds(AreaId(slot.origin), commune)
    sender = books.actor(session, session.get_one(PersonRow, slot.placed_by))
    return bool(asked(desk.tree, sender, [commune]))

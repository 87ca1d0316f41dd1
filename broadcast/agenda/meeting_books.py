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
from broadcast.domain.meetings import First, by_rule, by_themselves, turn
from broadcast.domain.offers import asked, commune_of
from broadcast.domain.refusals import Refusal
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


def in_order(row: MeetingRow) -> tuple[int, int]:
    """The slots, the one that sounds first first."""
    return (row.above_slot, row.own_slot) if row.first == First.ABOVE else (row.own_slot, row.above_slot)


def settle(desk: Desk, session: Session, slot: SlotRow) -> tuple[AreaId, ...]:
    """Find what a slot that was just placed meets, and let the rule decide; the areas whose plans change by it."""
    airing = airing_books.standing(session, books.stored(slot.id))
    if airing is None or airing.level != Level.PRIORITY.value:
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
            theirs = session.get_one(SlotRow, other.slot)
            if _from_above(desk, session, theirs, commune) is from_above:
                continue
            above, own = (airing, other) if from_above else (other, airing)
            first, rule = by_rule(span(above), span(own))
            row = MeetingRow(
                area=commune,
                above_slot=above.slot,
                own_slot=own.slot,
                first=first.value,
                rule=rule.value,
                at=min(above.at, own.at),
            )
            session.add(row)
            session.flush()
            touched += put_in_turn(desk, session, row, strict=False)
    return touched


def put_in_turn(desk: Desk, session: Session, row: MeetingRow, *, strict: bool) -> tuple[AreaId, ...]:
    """Let the second sound after the first in that commune; the areas whose plans change by it.

    Where that cannot be (its validity, the guards of the commune): with `strict` raises Refusal bulletin-expired,
    meeting-guards; without it stays as it is.
    """
    commune = AreaId(row.area)
    slots = tuple(session.get_one(SlotRow, s) for s in in_order(row))
    one, other = (airing_books.standing(session, books.stored(s.id)) for s in slots)
    if one is None or other is None or by_themselves(span(one), span(other)):
        return ()
    urgent = session.exec(_urgent(one.at, datetime.max.replace(tzinfo=one.at.tzinfo), [one.id, other.id]))
    others = [span(a) for a in _heard(desk, session, urgent, commune)]
    second = slots[1]
    what = replace(books.airing(other), areas=(commune,), at=turn(span(one), span(other), others))
    heard = airing_books.homes(desk, session, (commune,)).values()
    if what.valid_until is not None and what.at > what.valid_until:
        if strict:
            raise Refusal("bulletin-expired", until=what.valid_until)
        return ()
    if not second.reason and in_the_way_of(desk, session, what, heard, frozenset({other.id})):
        if strict:
            raise Refusal("meeting-guards", at=what.at)
        return ()
    later = SlotRow(
        bulletin=second.bulletin,
        areas=[commune],
        at=what.at,
        placed_by=second.placed_by,
        origin=second.origin,
        placed_at=desk.now(),
        reason=second.reason,
        version=second.version,
    )
    airing_books.enter(desk, session, later, what)
    row.later_slot = later.id
    session.add(row)
    session.flush()
    return (commune, *offer_books.arrange(desk, session, second, other))


def let_go(desk: Desk, session: Session, row: MeetingRow) -> tuple[AreaId, ...]:
    """The second sounds at its own hour again; the areas whose plans change by it."""
    if row.later_slot is None:
        return ()
    touched = airing_books.withdraw(session, session.get_one(SlotRow, row.later_slot), desk.now())
    row.later_slot = None
    session.add(row)
    session.flush()
    second = session.get_one(SlotRow, in_order(row)[1])
    airing = airing_books.standing(session, books.stored(second.id))
    return touched + (offer_books.arrange(desk, session, second, airing) if airing is not None else ())


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


def _from_above(desk: Desk, session: Session, slot: SlotRow, commune: AreaId) -> bool:
    if slot.origin in desk.tree.areas:
        return slot.origin != commune and desk.tree.holds(AreaId(slot.origin), commune)
    sender = books.actor(session, session.get_one(PersonRow, slot.placed_by))
    return bool(asked(desk.tree, sender, [commune]))

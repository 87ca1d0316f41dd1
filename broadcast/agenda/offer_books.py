"""Offers in the books: made when something from above is placed, and what they make of its airing."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, or_, select

from broadcast import books
from broadcast.agenda import airing_books
from broadcast.agenda.guard_books import Rules, rules
from broadcast.domain.area_rules import AreaRule, offer_rule
from broadcast.domain.meetings import First
from broadcast.domain.offers import Offer, OfferEvent, OfferRule, OfferState, after, asked, commune_of, deadline
from broadcast.domain.people import Actor
from broadcast.newsroom.desk import Desk
from broadcast.records import AiringRow, PersonRow, SlotRow
from broadcast.tables.offer_records import MeetingRow, OfferAnswerRow, OfferRow
from devices.vocabulary import AreaId, Level


def offer(row: OfferRow) -> Offer:
    """The offer of a row."""
    return Offer(OfferState(row.state), row.at, row.deadline, row.airs)


def of_slot(session: Session, slot: int) -> list[OfferRow]:
    """Every offer of a slot, by commune."""
    return list(session.exec(select(OfferRow).where(OfferRow.slot == slot).order_by(col(OfferRow.area))))


def rule_at(desk: Desk, known: Rules, area: AreaId) -> OfferRule:
    """What holds in an area for what nobody touched."""
    schedule = desk.settings.schedule
    usual = AreaRule(untouched_airs=schedule.untouched_airs, answer_min=schedule.answer_min)
    return offer_rule(desk.tree.path(area), known, usual)


def foretold(
    desk: Desk, session: Session, sender: Actor, level: Level, homes: Iterable[AreaId]
) -> tuple[tuple[AreaId, ...], tuple[AreaId, ...]]:
    """Which communes would be asked if it were placed now, and which of them are out until they take it."""
    if level is not Level.ROUTINE:
        return (), ()
    communes, known = asked(desk.tree, sender, homes), rules(session)
    return communes, tuple(c for c in communes if not rule_at(desk, known, c).airs)


def make(desk: Desk, session: Session, slot: SlotRow, like: int | None = None) -> tuple[AreaId, ...]:
    """Offer a slot that was just placed to the communes below its sender, if it is routine; where it sounds.

    `like`: a slot of the same series; who was asked of that one is asked of this one too.
    """
    id_ = books.stored(slot.id)
    airing = airing_books.standing(session, id_)
    if airing is None:
        return ()
    if airing.level == Level.ROUTINE.value:
        reached = airing_books.homes(desk, session, [AreaId(a) for a in airing.areas]).values()
        sender = books.actor(session, session.get_one(PersonRow, slot.placed_by))
        communes = set(asked(desk.tree, sender, reached))
        if like is not None:
            hearing = {commune_of(desk.tree, home) for home in reached}
            communes |= {AreaId(o.area) for o in of_slot(session, like) if o.area in hearing}
        known = rules(session)
        for commune in sorted(communes):
            rule = rule_at(desk, known, commune)
            until = deadline(airing.at, desk.now(), rule.lead)
            session.add(
                OfferRow(
                    slot=id_,
                    area=commune,
                    state=OfferState.OFFERED.value,
                    airs=rule.airs,
                    at=airing.at,
                    deadline=until,
                )
            )
        session.flush()
        arrange(desk, session, slot, airing)
    return tuple(AreaId(a) for a in airing.areas)


def arrange(desk: Desk, session: Session, slot: SlotRow, airing: AiringRow) -> tuple[AreaId, ...]:
    """Aim the airing of a slot at the communes that hear it; the areas whose plans change by it."""
    offers = of_slot(session, books.stored(slot.id))
    silent = [AreaId(o.area) for o in offers if o.area in desk.tree.areas and not offer(o).sounds()]
    silent += [a for a in elsewhere(session, books.stored(slot.id)) if a in desk.tree.areas]
    aimed = [AreaId(a) for a in slot.areas if a in desk.tree.areas]
    return airing_books.aim(desk, session, airing, desk.tree.covering(aimed, silent))


def elsewhere(session: Session, slot: int) -> list[AreaId]:
    """Communes in which a slot sounds later, in another one, because it met something as urgent."""
    own = (col(MeetingRow.first) == First.ABOVE.value) & (col(MeetingRow.own_slot) == slot)
    above = (col(MeetingRow.first) == First.OWN.value) & (col(MeetingRow.above_slot) == slot)
    found = select(MeetingRow.area).where(col(MeetingRow.later_slot).is_not(None), or_(own, above))
    return [AreaId(a) for a in session.exec(found)]


def moved(desk: Desk, session: Session, slot: SlotRow, airing: AiringRow) -> tuple[AreaId, ...]:
    """A slot stands at another hour: who would hear it is asked anew. The areas whose plans change by it."""
    known = rules(session)
    for row in of_slot(session, books.stored(slot.id)):
        row.state = after(offer(row), OfferEvent.MOVE, desk.now()).value
        rule = rule_at(desk, known, AreaId(row.area)) if row.area in desk.tree.areas else OfferRule()
        row.at, row.airs, row.deadline = airing.at, rule.airs, deadline(airing.at, desk.now(), rule.lead)
        session.add(row)
    session.flush()
    return arrange(desk, session, slot, airing)


def taken_back(session: Session, slot: int, now: datetime) -> tuple[AreaId, ...]:
    """The sender withdrew a slot: so is what communes put off of it. The areas whose plans change by it."""
    touched: tuple[AreaId, ...] = ()
    for row in of_slot(session, slot):
        if row.state == OfferState.PUT_OFF.value:
            touched += drop_own(session, row, now)
        row.state = after(offer(row), OfferEvent.TAKE_BACK, now).value
        session.add(row)
    return touched


def answered(session: Session, row: OfferRow) -> OfferAnswerRow | None:
    """The answer that holds."""
    newest = select(OfferAnswerRow).where(OfferAnswerRow.offer == row.id).order_by(col(OfferAnswerRow.id).desc())
    return session.exec(newest.limit(1)).first()


def drop_own(session: Session, row: OfferRow, now: datetime) -> tuple[AreaId, ...]:
    """Take back the commune's own slot of an offer that was put off, unless it has begun."""
    answer = answered(session, row)
    slot = session.get(SlotRow, answer.own_slot) if answer is not None and answer.own_slot is not None else None
    if slot is None or slot.withdrawn_at is not None or slot.at <= now:
        return ()
    return airing_books.withdraw(session, slot, now)

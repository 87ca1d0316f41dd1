"""The next 24 hours at a place, and what a change would make of them."""

from datetime import datetime

from sqlmodel import Session, col, select

from broadcast import books
from broadcast.agenda.air_types import NextGroup, NextView
from broadcast.agenda.coming_books import HeldUntil, groups
from broadcast.domain.coming import SPAN, span
from broadcast.domain.people import Action, Actor, require
from broadcast.domain.plans import target
from broadcast.domain.refusals import Refusal
from broadcast.newsroom.desk import Desk
from broadcast.receivers.presence import Presence
from broadcast.records import AiringRow, PlanRow, ReceiverRow, SlotRow
from broadcast.sight import area_name, present
from devices.vocabulary import AreaId


async def next_hours(
    desk: Desk, presence: Presence, held_until: HeldUntil, actor: Actor, area: str, receiver: str
) -> NextView:
    """What will sound in an area, or at one receiver. Raises Refusal: no-such-area, no-such-receiver, not-..."""
    now = desk.now()

    def work(session: Session) -> NextView:
        if receiver:
            row = session.get(ReceiverRow, receiver)
            if row is None or row.area not in desk.tree.areas:
                raise Refusal("no-such-receiver")
            require(actor, Action.SEE_RECEIVERS, (AreaId(row.area),), desk.tree)
            found = groups(desk, held_until, session, {receiver: AreaId(row.area)}, now, now + SPAN)
            newest, missing = _held(desk, presence, session, row)
            return NextView(row.name, found, AreaId(row.area), receiver, newest, missing)
        here = desk.tree.get(area).id
        require(actor, Action.SEE_RECEIVERS, (here,), desk.tree)
        hung = {r: home for r, home in books.homes(session).items() if home in desk.tree.areas}
        reached = {r: hung[r] for r in desk.tree.reached((here,), hung)}
        found = groups(desk, held_until, session, reached or {"": here}, now, now + SPAN)
        return NextView(area_name(desk, here), found, here, hung=len(reached))

    return await desk.store.read(work)


async def without(desk: Desk, held_until: HeldUntil, actor: Actor, slot: int) -> tuple[NextGroup, ...]:
    """The hours around a slot, before and after it is withdrawn. Raises Refusal: no-such-slot, not-..."""
    now = desk.now()

    def work(session: Session) -> tuple[NextGroup, ...]:
        rows = session.exec(select(AiringRow).where(AiringRow.slot == slot, ~col(AiringRow.withdrawn))).all()
        if not rows:
            raise Refusal("no-such-slot")
        areas = {AreaId(a) for row in rows for a in row.areas if a in desk.tree.areas}
        books.require_slot(session.get_one(SlotRow, slot), actor, desk.tree)
        hung = {r: home for r, home in books.homes(session).items() if home in desk.tree.areas}
        reached = {r: hung[r] for r in desk.tree.reached(areas, hung)}
        begin, end = span(_next(list(rows), now), now, desk.zone)
        return groups(desk, held_until, session, reached, begin, end, removed=frozenset(row.id for row in rows))

    return await desk.store.read(work)


def _next(rows: list[AiringRow], now: datetime) -> datetime:
    """The instant at which it sounds next, or last sounded."""
    return min((r.at for r in rows if r.ends > now), default=max(r.at for r in rows))


def _held(desk: Desk, presence: Presence, session: Session, row: ReceiverRow) -> tuple[bool | None, frozenset[str]]:
    """Whether it says that it holds the newest plans (None: it is not there), and which airings lack sound."""
    heard = presence.of(row.id)
    if heard is None or not present(desk, heard):
        return None, frozenset()
    targets = [target(a) for a in desk.tree.path(AreaId(row.area))]
    plans = session.exec(select(PlanRow).where(col(PlanRow.target).in_(targets))).all()
    newest = all(heard.state.plans.get(p.target, 0) >= p.number for p in plans)
    short = select(AiringRow.id).where(col(AiringRow.clip).in_(heard.state.missing))
    return newest, frozenset(session.exec(short).all())

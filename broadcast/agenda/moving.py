"""A slot is moved to another hour: looked at before with the same eyes as a placing, then done whole or not at all."""

from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlmodel import Session, col, select

from broadcast import books
from broadcast.agenda import airing_books, meeting_books, offer_books
from broadcast.agenda.air_types import BreachView, NextGroup
from broadcast.agenda.coming_books import HeldUntil, groups
from broadcast.agenda.guard_books import clashing, in_the_way_of, is_quiet, place_name
from broadcast.agenda.sending import Replan, send_plans
from broadcast.domain.coming import span
from broadcast.domain.deliveries import ENDED, DeliveryState
from broadcast.domain.guards import Found, confirmation, pass_on_purpose
from broadcast.domain.people import Actor
from broadcast.domain.refusals import Refusal
from broadcast.domain.schedule import Airing, Slot, airing_id, require_time
from broadcast.newsroom.desk import Desk
from broadcast.receivers.presence import Presence
from broadcast.records import AiringRow, DeliveryRow, SlotRow
from broadcast.sight import area_name, present
from broadcast.view_types import SlotPreview
from devices.vocabulary import AreaId

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Move:
    """A slot that may be moved, and its airing as it would be."""

    slot: SlotRow
    old: AiringRow
    new: Airing
    homes: dict[str, AreaId]
    """The receivers it reaches, and where they hang."""
    found: tuple[tuple[AreaId, Found], ...]

    @property
    def areas(self) -> tuple[AreaId, ...]:
        """Where it is aimed."""
        return self.new.areas


async def preview_move(
    desk: Desk, presence: Presence, held_until: HeldUntil, actor: Actor, slot: int, at: datetime
) -> SlotPreview:
    """What would become of it. Raises Refusal as `move_slot`, but for guards: it tells what to type."""

    def work(session: Session) -> tuple[_Move, tuple[Airing, ...], tuple[NextGroup, ...]]:
        wish = _move(desk, session, actor, slot, at)
        begin, end = span(at, desk.now(), desk.zone)
        new, removed = replace(wish.new, quiet_hours_confirmed=is_quiet(wish.found)), frozenset({wish.old.id})
        coming = groups(desk, held_until, session, wish.homes, begin, end, added=(new,), removed=removed)
        return wish, clashing(desk, session, new, wish.homes, removed), coming

    wish, others, coming = await desk.store.read(work)
    place = place_name(desk, wish.areas)
    return SlotPreview(
        title=wish.new.title,
        at=at,
        now=False,
        seconds=wish.new.seconds,
        areas=tuple(area_name(desk, a) for a in wish.areas),
        receivers=len(wish.homes),
        receivers_offline=sum(not present(desk, presence.of(r)) for r in wish.homes),
        clashes=tuple(f"{o.title} ({o.at.astimezone(desk.zone):%H:%M})" for o in others),
        quiet_confirmation=confirmation(at, place, desk.zone) if wish.found else "",
        breaches=tuple(BreachView(area_name(desk, a), f.breach.value, f.facts) for a, f in wish.found),
        next=coming,
    )


async def move_slot(desk: Desk, replan: Replan, actor: Actor, slot: int, at: datetime, typed: str, reason: str) -> Slot:
    """Move a slot that has not begun.

    Raises Refusal: not-..., no-such-slot, slot-over, slot-begun, time-past, time-far, bulletin-expired, guards,
    reason-short, reason-long.
    """

    def work(session: Session) -> tuple[Slot, tuple[AreaId, ...]]:
        wish = _move(desk, session, actor, slot, at)
        if wish.new.id == wish.old.id:
            return books.slot(wish.slot, wish.new.title), ()
        every = tuple(f for _, f in wish.found)
        passed = pass_on_purpose(every, at, place_name(desk, wish.areas), desk.zone, typed, reason)
        freed = meeting_books.dissolve(desk, session, slot)
        airing_books.take_back(session, wish.old, desk.now())
        airing_books.forget(session, wish.new.id)
        new = replace(wish.new, quiet_hours_confirmed=is_quiet(wish.found))
        row = books.airing_row(new)
        session.add(row)
        session.flush()
        session.add_all(books.planned(new, r, home, desk.now()) for r, home in wish.homes.items())
        wish.slot.at, wish.slot.reason = at, passed.reason if passed else ""
        session.add(wish.slot)
        session.flush()
        touched = wish.areas + freed + offer_books.moved(desk, session, wish.slot, row)
        touched += meeting_books.settle(desk, session, wish.slot)
        return books.slot(wish.slot, new.title), tuple(dict.fromkeys(touched))

    done, touched = await desk.store.write(work)
    desk.bell.ring()
    await send_plans(replan, touched)
    return done


def _move(desk: Desk, session: Session, actor: Actor, slot: int, at: datetime) -> _Move:
    row = session.get(SlotRow, slot)
    if row is None:
        raise Refusal("no-such-slot")
    books.require_slot(row, actor, desk.tree)
    now = desk.now()
    old = session.exec(select(AiringRow).where(AiringRow.slot == slot, col(AiringRow.withdrawn).is_(False))).first()
    if row.withdrawn_at is not None or old is None:
        raise Refusal("slot-over")
    states = session.exec(select(DeliveryRow.state).where(DeliveryRow.subject == old.id)).all()
    if old.at <= now or any(s in ENDED or s == DeliveryState.PLAYING for s in states):
        raise Refusal("slot-begun")
    require_time(at, now)
    if old.valid_until is not None and at > old.valid_until:
        raise Refusal("bulletin-expired", until=old.valid_until)
    new = replace(books.airing(old), id=airing_id(slot, at), at=at, quiet_hours_confirmed=False)
    hung = {r: home for r, home in books.homes(session).items() if home in desk.tree.areas}
    homes = {r: hung[r] for r in desk.tree.reached(new.areas, hung)}
    found = in_the_way_of(desk, session, new, homes.values(), frozenset({old.id}))
    return _Move(row, old, new, homes, found)

"""Where and when a bulletin airs: looked at before, placed whole or not at all, taken back."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlmodel import Session, col, select

from broadcast import books
from broadcast.agenda import airing_books, meeting_books, offer_books
from broadcast.agenda.air_types import BreachView, NextGroup
from broadcast.agenda.coming_books import HeldUntil, groups
from broadcast.agenda.guard_books import clashing, in_the_way_of, is_quiet, place_name
from broadcast.agenda.sending import Replan, send_plans
from broadcast.domain.bulletins import Bulletin, clean_title
from broadcast.domain.coming import span
from broadcast.domain.deliveries import OVER, DeliveryState
from broadcast.domain.guards import Found, confirmation, pass_on_purpose
from broadcast.domain.people import Action, Actor, placed_from, require
from broadcast.domain.refusals import Refusal
from broadcast.domain.schedule import (
    Airing,
    Slot,
    airing_id,
    require_time,
)
from broadcast.newsroom import version_books
from broadcast.newsroom.desk import Desk
from broadcast.receivers.presence import Presence
from broadcast.records import AiringRow, BulletinRow, DeliveryRow, SlotRow
from broadcast.view_types import SlotPreview
from devices.vocabulary import START_WINDOW, AreaId

ONE_PRESS: Final = timedelta(seconds=2)
"""The same sound in the same areas closer than this is one press that arrived twice."""

_Breaches = tuple[tuple[AreaId, Found], ...]
_Asked = tuple[tuple[AreaId, ...], tuple[AreaId, ...]]

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is to sound where and when, after everything but the hour was looked at."""

    bulletin: Bulletin
    title: str
    areas: tuple[AreaId, ...]
    receivers: tuple[str, ...]
    homes: dict[str, AreaId]
    at: datetime

    @property
    def heard(self) -> tuple[AreaId, ...]:
        """Where the receivers hang that it reaches."""
        return tuple(self.homes[r] for r in self.receivers)

    def airing(self, slot: int, *, confirmed: bool) -> Airing:
        """Its airing as the airing of that slot."""
        if self.bulletin.sound is None:
            raise Refusal("no-sound")
        return Airing(
            id=airing_id(slot, self.at),
            slot=slot,
            bulletin=self.bulletin.id,
            title=self.title,
            level=self.bulletin.level,
            areas=self.areas,
            at=self.at,
            clip=self.bulletin.sound.clip,
            seconds=self.bulletin.sound.seconds,
            size=self.bulletin.sound.size,
            quiet_hours_confirmed=confirmed,
            valid_until=self.bulletin.valid_until,
        )


async def preview(
    desk: Desk,
    presence: Presence,
    held_until: HeldUntil,
    actor: Actor,
    bulletin: int,
    areas: tuple[AreaId, ...],
    at: datetime | None,
) -> SlotPreview:
    """What will sound where and when. Raises Refusal as `place`, but for the quiet hours: it tells what to type."""

    def work(session: Session) -> tuple[_Wish, Airing, tuple[Airing, ...], tuple[NextGroup, ...], _Breaches, _Asked]:
        wish = _wish(desk, session, actor, bulletin, areas, at)
        airing = wish.airing(0, confirmed=False)
        found = in_the_way_of(desk, session, airing, wish.heard)
        asked, silent = offer_books.foretold(desk, session, actor, wish.bulletin.level, wish.heard)
        aimed = desk.tree.covering(wish.areas, silent)
        airing = replace(wish.airing(0, confirmed=is_quiet(found)), areas=aimed)  # else it will not be placed
        begin, end = span(wish.at, desk.now(), desk.zone)
        homes = {r: wish.homes[r] for r in wish.receivers}
        coming = groups(desk, held_until, session, homes, begin, end, added=(airing,))
        return wish, airing, clashing(desk, session, airing, homes), coming, found, (asked, silent)

    fewest = _require_areas(desk, actor, areas)
    wish, airing, others, coming, found, (asked, silent) = await desk.store.read(work)
    stale = timedelta(seconds=desk.settings.receivers.stale_s)
    present = [h for h in map(presence.of, wish.receivers) if h and h.state.online and desk.now() - h.at <= stale]
    return SlotPreview(
        title=wish.title,
        at=airing.at,
        now=at is None,
        seconds=airing.seconds,
        areas=tuple(desk.tree.get(a).name for a in fewest),
        receivers=len(wish.receivers),
        receivers_offline=len(wish.receivers) - len(present),
        clashes=tuple(f"{o.title} ({_hours(desk, o)})" for o in others),
        quiet_confirmation=confirmation(wish.at, place_name(desk, wish.areas), desk.zone) if found else "",
        breaches=tuple(BreachView(desk.tree.get(a).name, f.breach.value, f.facts) for a, f in found),
        next=coming,
        asked=len(asked),
        silent=tuple(desk.tree.get(a).name for a in silent),
    )


async def place(
    desk: Desk,
    replan: Replan,
    actor: Actor,
    bulletin: int,
    areas: tuple[AreaId, ...],
    at: datetime | None,
    typed: str,
    reason: str = "",
) -> Slot:
    """Put a bulletin on the air: the version that was approved.

    Who may approve vouches for what was not by placing it, and so does who wrote it alone, if it is routine and no area
    that hears it demands two people. The same sound in the same areas within `ONE_PRESS` is not placed twice: the slot
    there is the answer.

    Raises Refusal: not-allowed, not-your-area, no-such-bulletin, bulletin-life, approval-..., bulletin-expired,
    title-empty, no-sound, no-areas, no-receivers, time-past, time-far, guards, reason-short, reason-long.
    """
    _require_areas(desk, actor, areas)

    def work(session: Session) -> tuple[Slot, tuple[AreaId, ...] | None]:
        wish = _wish(desk, session, actor, bulletin, areas, at)
        there = _placed_already(session, wish)
        if there is not None:
            return books.slot(there, wish.title), None
        found = in_the_way_of(desk, session, wish.airing(0, confirmed=False), wish.heard)
        every = tuple(f for _, f in found)
        passed = pass_on_purpose(every, wish.at, place_name(desk, wish.areas), desk.zone, typed, reason)
        written = books.bulletin_row(session, bulletin, actor, desk.tree, Action.PLACE)
        version = version_books.vouch(session, desk.tree, written, wish.areas, actor, desk.now())
        row = SlotRow(
            bulletin=bulletin,
            areas=list(wish.areas),
            at=wish.at,
            placed_by=actor.id,
            placed_at=desk.now(),
            origin=placed_from(actor, wish.areas, desk.tree) or "",
            reason=passed.reason if passed else "",
            version=version,
        )
        session.add(row)
        session.flush()
        airing = wish.airing(books.stored(row.id), confirmed=is_quiet(found))
        session.add(books.airing_row(airing))
        session.flush()
        session.add_all(books.planned(airing, r, wish.homes[r], desk.now()) for r in wish.receivers)
        session.flush()
        sounds_in = offer_books.make(desk, session, row)
        return books.slot(row, wish.title), sounds_in + meeting_books.settle(desk, session, row)

    slot, sounds_in = await desk.store.write(work)
    if sounds_in is not None:
        desk.bell.ring()
        await send_plans(replan, sounds_in)
    return slot


async def withdraw_slot(desk: Desk, replan: Replan, actor: Actor, slot: int) -> Slot:
    """Take a slot back; where it sounds already it is broken off. Raises Refusal: no-such-slot, slot-over."""
    require(actor, Action.PLACE, (), desk.tree)

    def work(session: Session) -> tuple[Slot, tuple[AreaId, ...]]:
        row = session.get(SlotRow, slot)
        if row is None:
            raise Refusal("no-such-slot")
        books.require_slot(row, actor, desk.tree)
        airings = session.exec(select(AiringRow).where(AiringRow.slot == slot)).all()
        deliveries = session.exec(
            select(DeliveryRow).where(col(DeliveryRow.subject).in_([a.id for a in airings]))
        ).all()
        now = desk.now()
        past = all(a.ends + START_WINDOW < now for a in airings)
        if row.withdrawn_at or past or all(DeliveryState(d.state) in OVER for d in deliveries):
            raise Refusal("slot-over")
        touched = airing_books.withdraw(session, row, now) + offer_books.taken_back(session, slot, now)
        touched += meeting_books.dissolve(desk, session, slot)
        bulletin = session.get_one(BulletinRow, row.bulletin)
        return books.slot(row, airings[0].title if airings else bulletin.title), touched

    done, touched = await desk.store.write(work)
    desk.bell.ring()
    await send_plans(replan, tuple(dict.fromkeys(touched)))
    return done


def _require_areas(desk: Desk, actor: Actor, areas: Iterable[AreaId]) -> tuple[AreaId, ...]:
    """The fewest areas that reach what was chosen, all of them the actor's."""
    fewest = desk.tree.fewest(areas)
    require(actor, Action.PLACE, fewest, desk.tree)
    if not fewest:
        raise Refusal("no-areas")
    return fewest


def _wish(
    desk: Desk, session: Session, actor: Actor, bulletin: int, areas: Iterable[AreaId], at: datetime | None
) -> _Wish:
    row = books.bulletin_row(session, bulletin, actor, desk.tree, Action.PLACE)
    found = books.bulletin(session, row)
    title = clean_title(found.title)
    fewest = desk.tree.fewest(areas)
    version_books.require_airable(session, desk.tree, row, fewest, actor)
    if found.sound is None or desk.library.path(found.sound.clip) is None:
        raise Refusal("no-sound")
    homes = books.homes(session)
    hung = {r: home for r, home in homes.items() if home in desk.tree.areas}
    for area in fewest:
        if not desk.tree.reached([area], hung):
            raise Refusal("no-receivers", area=desk.tree.get(area).name)
    now = desk.now()
    when = at or now + timedelta(seconds=desk.settings.schedule.now_lead_s)
    require_time(when, now)
    if found.valid_until is not None and when > found.valid_until:
        raise Refusal("bulletin-expired", until=found.valid_until)
    return _Wish(found, title, fewest, desk.tree.reached(fewest, hung), hung, when)


def _placed_already(session: Session, wish: _Wish) -> SlotRow | None:
    near = (
        select(SlotRow, AiringRow)
        .where(AiringRow.slot == SlotRow.id)
        .where(SlotRow.bulletin == wish.bulletin.id, col(SlotRow.withdrawn_at).is_(None))
        .where(col(AiringRow.at) > wish.at - ONE_PRESS, col(AiringRow.at) < wish.at + ONE_PRESS)
    )
    for slot, airing in session.exec(near):
        if wish.bulletin.sound and airing.clip == wish.bulletin.sound.clip and slot.areas == list(wish.areas):
            return slot
    return None


def _hours(desk: Desk, airing: Airing) -> str:
    first, last = (t.astimezone(desk.zone) for t in (airing.at, airing.ends))
    return f"{first:%H:%M}–{last:%H:%M}"

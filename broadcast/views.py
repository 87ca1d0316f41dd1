"""What pages read: pictures of the books at one moment, only of what the actor may see."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, func, select

from broadcast import books
from broadcast.domain.alarms import AlarmInForce
from broadcast.domain.areas import Area
from broadcast.domain.deliveries import DeliveryState
from broadcast.domain.people import Action, Actor, require
from broadcast.domain.refusals import Refusal
from broadcast.newsroom.desk import Desk
from broadcast.receivers.presence import Heard, Presence
from broadcast.records import AiringRow, AlarmRow, DeliveryRow, ReceiverRow, SlotRow
from broadcast.sight import Sight, area_name, bulletin_views, delivery, names, present, sight
from broadcast.view_types import AlarmView, AreaNode, BulletinView, DeliveryView, ReceiverView, SlotView
from broadcast.wording import say
from devices.vocabulary import AlarmId, AreaId, Siren

Board = Callable[[], tuple[AlarmInForce, ...]]
"""The alarms the server holds in memory, with or without a store."""

MOST: Final = 500
"""Lines a list gives at most, whatever is asked for."""
STORE_LIMIT_S: Final = 2.0
"""How long alarms wait for the books: an alarm is shown without them rather than late."""
ALARM_SHOWN: Final = timedelta(days=1)
SHORT: Final = timedelta(hours=2)
"""Sound that is still missing so shortly before it is needed is trouble; earlier, it is on its way."""


async def areas(desk: Desk, actor: Actor, action: Action | None = None) -> tuple[AreaNode, ...]:
    """The trees in which they may do `action` (None: in which they hold anything): one root for each of their areas."""

    def work(session: Session) -> Counter[AreaId]:
        return Counter(books.homes(session).values())

    at_home = await desk.store.read(work)

    def node(area: Area) -> AreaNode:
        children = tuple(node(child) for child in desk.tree.children(area.id))
        count = at_home[area.id] + sum(c.receivers for c in children)
        return AreaNode(area.id, area.name, area.kind, count, children)

    held = actor.areas if action is None else actor.where(action)
    mine = desk.tree.fewest(a for a in held if a in desk.tree.areas)
    return tuple(node(desk.tree.get(a)) for a in mine)


async def bulletin(desk: Desk, actor: Actor, bulletin_id: int) -> BulletinView:
    """One they may read. Raises Refusal("no-such-bulletin")."""

    def work(session: Session) -> BulletinView:
        row = books.audible_row(session, bulletin_id, actor, desk.tree)
        return bulletin_views(session, [row])[0]

    return await desk.store.read(work)


async def slots(desk: Desk, actor: Actor, how_many: int) -> tuple[SlotView, ...]:
    """Those that reach receivers in their areas: coming and sounding ones in order, then the newest past ones."""
    require(actor, Action.SEE_LOG, (), desk.tree)
    mine, now, most = sight(desk, actor, Action.SEE_LOG), desk.now(), _bounded(how_many)

    def work(session: Session) -> tuple[SlotView, ...]:
        heard = (
            select(DeliveryRow.receiver)
            .where(DeliveryRow.subject == AiringRow.id, mine.rows(DeliveryRow.area))
            .correlate(AiringRow)
            .exists()
        )
        theirs = select(SlotRow, AiringRow).where(AiringRow.slot == SlotRow.id, heard, _not_moved_away())
        coming = theirs.where(col(AiringRow.ends) >= now).order_by(col(AiringRow.at), col(AiringRow.id)).limit(most)
        found = list(session.exec(coming).all())
        past = theirs.where(col(AiringRow.ends) < now).order_by(col(AiringRow.at).desc(), col(AiringRow.id).desc())
        found += session.exec(past.limit(most - len(found))).all()
        counts = _counts(session, [airing.id for _, airing in found], mine)
        return tuple(
            SlotView(
                slot=books.slot(row, airing.title),
                area_names=tuple(area_name(desk, a) for a in row.areas),
                seconds=airing.seconds,
                counts=counts.get(airing.id, {}),
            )
            for row, airing in found
        )

    return await desk.store.read(work)


async def deliveries(desk: Desk, presence: Presence, actor: Actor, slot: int) -> tuple[DeliveryView, ...]:
    """How a slot goes at each receiver in their areas. Raises Refusal("no-such-slot")."""
    require(actor, Action.SEE_RECEIVERS, (), desk.tree)
    mine = sight(desk, actor, Action.SEE_RECEIVERS)

    def work(session: Session) -> list[tuple[DeliveryRow, str, str]]:
        known = names(session)
        theirs = (
            select(DeliveryRow, AiringRow.title)
            .where(DeliveryRow.subject == AiringRow.id, AiringRow.slot == slot, mine.rows(DeliveryRow.area))
            .where(SlotRow.id == AiringRow.slot, or_(_not_moved_away(), col(DeliveryRow.state) != "withdrawn"))
            .order_by(DeliveryRow.receiver)
        )
        return [(row, title, known.get(row.receiver, row.receiver)) for row, title in session.exec(theirs)]

    found = await desk.store.read(work)
    if not found:
        raise Refusal("no-such-slot")
    return tuple(delivery(desk, presence, row, title, name) for row, title, name in found)


async def receivers(desk: Desk, presence: Presence, actor: Actor) -> tuple[ReceiverView, ...]:
    """Every receiver in their areas as last heard of, by area and name."""
    require(actor, Action.SEE_RECEIVERS, (), desk.tree)
    mine, heard = sight(desk, actor, Action.SEE_RECEIVERS), presence.all()
    subjects = {h.state.playing.subject for h in heard.values() if h.state.playing}

    def work(session: Session) -> tuple[Sequence[ReceiverRow], dict[str, str], frozenset[str]]:
        rows = session.exec(select(ReceiverRow).where(mine.rows(ReceiverRow.area))).all()
        titles = select(AiringRow.id, AiringRow.title).where(col(AiringRow.id).in_(list(subjects)))
        soon = select(AiringRow.clip).where(
            col(AiringRow.ends) > desk.now(), col(AiringRow.at) < desk.now() + SHORT, ~col(AiringRow.withdrawn)
        )
        return rows, dict(session.exec(titles).all()), frozenset(session.exec(soon.distinct()).all())

    rows, titles, soon = await desk.store.read(work)
    seen = (_receiver(desk, row, presence.of(row.id), titles, soon) for row in rows)
    return tuple(sorted(seen, key=lambda r: (r.area_name, r.name, r.id)))


async def alarms(desk: Desk, presence: Presence, board: Board, actor: Actor) -> tuple[AlarmView, ...]:
    """In force, and those of the last day, newest first; what touches their areas. Answers without the store too."""
    mine, since = sight(desk, actor, None), desk.now() - ALARM_SHOWN
    held = {a.id: a for a in board()}

    def work(session: Session) -> tuple[list[AlarmInForce], list[tuple[DeliveryRow, str]]]:
        written = session.exec(select(AlarmRow).where(col(AlarmRow.raised_at) >= since)).all()
        ids = [row.id for row in written] + list(held)
        known = names(session)
        heard = select(DeliveryRow).where(col(DeliveryRow.subject).in_(ids), mine.rows(DeliveryRow.area))
        rows = session.exec(heard.order_by(DeliveryRow.receiver)).all()
        return [_alarm(row) for row in written], [(row, known.get(row.receiver, row.receiver)) for row in rows]

    try:
        written, rows = await asyncio.wait_for(desk.store.read(work), STORE_LIMIT_S)
    except (Refusal, TimeoutError):
        written, rows = [], []
    every = {a.id: a for a in written} | held
    shown = sorted(
        (a for a in every.values() if (a.raised_at >= since or a.in_force(desk.now())) and mine.touches(desk, a.areas)),
        key=lambda a: (a.in_force(desk.now()), a.raised_at),
        reverse=True,
    )
    return tuple(
        _alarm_view(
            desk, a, (delivery(desk, presence, row, a.words, name) for row, name in rows if row.subject == a.id)
        )
        for a in shown
    )


def _counts(session: Session, subjects: list[str], mine: Sight) -> dict[str, dict[DeliveryState, int]]:
    grouped = (
        select(DeliveryRow.subject, DeliveryRow.state, func.count())
        .where(col(DeliveryRow.subject).in_(subjects), mine.rows(DeliveryRow.area))
        .group_by(col(DeliveryRow.subject), col(DeliveryRow.state))
    )
    found: dict[str, dict[DeliveryState, int]] = {}
    for subject, state, count in session.exec(grouped):
        found.setdefault(subject, {})[DeliveryState(state)] = count
    return found


def _receiver(
    desk: Desk, row: ReceiverRow, heard: Heard | None, titles: dict[str, str], soon: frozenset[str]
) -> ReceiverView:
    state = heard.state if heard else None
    playing = state.playing if state and present(desk, heard) else None
    return ReceiverView(
        id=row.id,
        name=row.name,
        area=AreaId(row.area),
        area_name=area_name(desk, row.area),
        online=present(desk, heard),
        heard_at=heard.at if heard else row.heard_at,
        mode=state.mode if state else "",
        playing_title=titles.get(playing.subject, say("log.alarm")) if playing else "",
        position_ms=playing.position_ms if playing else None,
        total_ms=playing.total_ms if playing else None,
        volume=state.volume if state else None,
        clock_offset_ms=state.clock_offset_ms if state else None,
        disk_free_mb=state.disk_free_mb if state else None,
        temperature_c=state.temperature_c if state else None,
        version=state.versions.get("loalang", "") if state else "",
        clips_missing=len(state.missing) if state else 0,
        refused=state.refused if state else 0,
        short_of=len(soon.intersection(state.missing)) if state else 0,
    )


def _alarm(row: AlarmRow) -> AlarmInForce:
    return AlarmInForce(
        id=AlarmId(row.id),
        areas=tuple(AreaId(a) for a in row.areas),
        siren=Siren(row.siren),
        words=row.words,
        raised_by=row.raised_by,
        raised_name=row.raised_name,
        raised_at=row.raised_at,
        until=row.until,
        ended_at=row.ended_at,
    )


def _alarm_view(desk: Desk, alarm: AlarmInForce, heard: Iterable[DeliveryView]) -> AlarmView:
    return AlarmView(
        id=alarm.id,
        area_names=tuple(area_name(desk, a) for a in alarm.areas),
        siren=alarm.siren.value,
        words=alarm.words,
        raised_name=alarm.raised_name,
        raised_at=alarm.raised_at,
        until=alarm.until,
        ended_at=alarm.ended_at,
        in_force=alarm.in_force(desk.now()),
        words_ready=alarm.words_ready,
        unsent=tuple(area_name(desk, a) for a in alarm.unsent),
        deliveries=tuple(heard),
    )


def _not_moved_away() -> ColumnElement[bool]:
    """Of the airings of a slot that was moved only the one it has now; of one that was withdrawn, all."""
    return or_(~col(AiringRow.withdrawn), col(SlotRow.withdrawn_at).is_not(None))


def _bounded(how_many: int) -> int:
    return max(1, min(how_many, MOST))

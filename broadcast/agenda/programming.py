"""Programmes as people make them: begun from a usual one, filled, ordered. Each call changes one thing there.

So nothing of two people at one programme is lost: a part is known by its key wherever somebody else has dragged it, and
of the frame only what one changed is changed. What is put together of it is in `broadcast.agenda.assembling`.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from sqlmodel import Session, col, func, select

from broadcast import books
from broadcast.agenda import programme_books
from broadcast.agenda.programme_types import Frame, ProgrammeLine, ProgrammeView
from broadcast.domain.bulletins import BulletinState, clean_title
from broadcast.domain.people import Action, Actor, require
from broadcast.domain.programme_patterns import LONGEST_SLOT_S, SHORTEST_SLOT_S, Pattern, is_sound
from broadcast.domain.programmes import (
    OWN,
    Part,
    PartKind,
    Programme,
    from_pattern,
    laid_out,
    put_before,
    with_part,
    without_part,
)
from broadcast.domain.refusals import Refusal
from broadcast.newsroom import version_books
from broadcast.newsroom.desk import Desk
from broadcast.records import BulletinRow, SlotRow
from broadcast.sight import area_name, person, sight
from broadcast.tables.programme_records import ProgrammeRow
from devices.vocabulary import AreaId

MOST: Final = 100
"""Programmes in the list."""
PLAIN: Final = Pattern("-", "-", None, 15 * 60.0, 1.0, 2.0, ())
"""What a programme is that was begun from nothing."""


async def programmes(desk: Desk, actor: Actor) -> tuple[ProgrammeLine, ...]:
    """Those they may see, what was changed last first. Raises Refusal: not-allowed."""
    require(actor, Action.SEE_BULLETINS, (), desk.tree)
    mine = sight(desk, actor, Action.SEE_BULLETINS)
    asked = select(ProgrammeRow).where(mine.rows(ProgrammeRow.area), col(ProgrammeRow.removed_at).is_(None))

    def work(session: Session) -> tuple[ProgrammeLine, ...]:
        rows = session.exec(asked.order_by(col(ProgrammeRow.changed_at).desc()).limit(MOST)).all()
        held = programme_books.loaded(session, rows)
        ids = [row.bulletin for row in rows if row.bulletin is not None]
        ahead = select(SlotRow.bulletin, func.min(SlotRow.at)).where(
            col(SlotRow.bulletin).in_(ids), col(SlotRow.withdrawn_at).is_(None), col(SlotRow.at) > desk.now()
        )
        coming = dict(session.exec(ahead.group_by(col(SlotRow.bulletin))).all())
        lines = tuple(_line(session, desk, row, coming.get(row.bulletin or 0)) for row in rows)
        del held  # what is not held is read again, one by one
        return lines

    return await desk.store.read(work)


async def programme(desk: Desk, actor: Actor, programme: int) -> ProgrammeView:
    """One of them, laid out. Raises Refusal: no-such-programme, not-..."""

    def work(session: Session) -> ProgrammeView:
        row = programme_books.programme_row(session, desk, actor, programme, Action.SEE_BULLETINS)
        return programme_books.view(session, desk, actor, row)

    return await desk.store.read(work)


async def of_bulletin(desk: Desk, actor: Actor, bulletin: int) -> int | None:
    """Which programme a bulletin was put together from; None for every other."""
    require(actor, Action.SEE_BULLETINS, (), desk.tree)
    mine = sight(desk, actor, Action.SEE_BULLETINS)
    asked = select(ProgrammeRow.id).where(
        ProgrammeRow.bulletin == bulletin, mine.rows(ProgrammeRow.area), col(ProgrammeRow.removed_at).is_(None)
    )
    return await desk.store.read(lambda session: session.exec(asked).first())


async def make(
    desk: Desk,
    actor: Actor,
    area: AreaId,
    pattern: Pattern | None,
    title: str,
    day: date | None,
    bulletins: tuple[int, ...] = (),
) -> ProgrammeView:
    """A new programme of an area, as a usual one has it, with these bulletins: urgent ones first.

    Raises Refusal: not-..., title-..., no-such-bulletin, programme-inside, programme-twice, bulletin-life.
    """
    here = desk.tree.get(area).id
    require(actor, Action.WRITE, (here,), desk.tree)
    usual = pattern or PLAIN

    def work(session: Session) -> ProgrammeView:
        at = datetime.combine(day, usual.hour, desk.zone) if day and usual.hour else None
        row = ProgrammeRow(
            area=here,
            title=clean_title(title),
            at=at,
            slot_s=usual.slot_s,
            gap_s=usual.gap_s,
            fade_s=usual.fade_s,
            by=actor.id,
            changed_by=actor.id,
            changed_at=desk.now(),
        )
        some = []
        for bulletin in dict.fromkeys(bulletins):
            found = programme_books.require_bulletin(session, desk, actor, row, bulletin)
            level = books.bulletin(session, found).level
            some.append(Part(PartKind.BULLETIN, "", bulletin=bulletin, level=level, key=programme_books.new_key()))
        parts = [replace(p, key=programme_books.new_key()) if p else None for p in usual.parts]
        row.parts = programme_books.kept(from_pattern(parts, some).parts)
        session.add(row)
        session.flush()
        return programme_books.view(session, desk, actor, row)

    made = await desk.store.write(work)
    desk.bell.ring()
    return made


async def take_into(desk: Desk, actor: Actor, programme: int, bulletin: int) -> ProgrammeView:
    """Put a bulletin into a programme, before its closing: the way of the search there and of a commune's inbox.

    It may be any that they may see, or one that was approved in an area above the programme's.
    Raises Refusal: no-such-programme, not-..., no-such-bulletin, programme-inside, programme-twice, programme-bounds,
    bulletin-life.
    """

    def change(session: Session, row: ProgrammeRow, what: Programme) -> Programme:
        programme_books.require_bulletin(session, desk, actor, row, bulletin)
        part = Part(PartKind.BULLETIN, "", bulletin=bulletin, key=programme_books.new_key())
        return with_part(what, part)

    return await _changed(desk, actor, programme, change)


async def add_part(desk: Desk, actor: Actor, programme: int, kind: PartKind, sound: str) -> ProgrammeView:
    """Put in what is no bulletin: an opening or a closing (instead of the one there), music, room for a relay.

    Raises Refusal: no-such-programme, not-..., no-such-sound, programme-bounds.
    """

    def change(session: Session, row: ProgrammeRow, what: Programme) -> Programme:
        if kind is PartKind.BULLETIN:
            raise Refusal("no-such-part")
        _require_sound(session, desk, row, sound)
        return with_part(what, Part(kind, "", key=programme_books.new_key(), sound=sound))

    return await _changed(desk, actor, programme, change)


async def set_sound(desk: Desk, actor: Actor, programme: int, key: str, sound: str) -> ProgrammeView:
    """Let a part that is no bulletin sound like that. Raises Refusal as `add_part`, and no-such-part."""

    def change(session: Session, row: ProgrammeRow, what: Programme) -> Programme:
        _require_sound(session, desk, row, sound)
        if not any(p.key == key and p.bulletin is None for p in what.parts):
            raise Refusal("no-such-part")
        return replace(what, parts=tuple(replace(p, sound=sound) if p.key == key else p for p in what.parts))

    return await _changed(desk, actor, programme, change)


async def move_part(desk: Desk, actor: Actor, programme: int, key: str, before: str) -> ProgrammeView:
    """Put a part in front of another ("": at the end). Raises Refusal: no-such-programme, not-..., no-such-part."""
    return await _changed(desk, actor, programme, lambda _, __, what: put_before(what, key, before))


async def drop_part(desk: Desk, actor: Actor, programme: int, key: str) -> ProgrammeView:
    """Take a part out; its bulletin stays what it is. Raises Refusal as `move_part`."""
    return await _changed(desk, actor, programme, lambda _, __, what: without_part(what, key))


async def set_frame(desk: Desk, actor: Actor, programme: int, before: Frame, after: Frame) -> ProgrammeView:
    """What somebody changed from `before` to `after`; what others changed meanwhile stays.

    Raises Refusal: no-such-programme, not-..., title-..., programme-bounds.
    """

    def work(session: Session) -> ProgrammeView:
        row = programme_books.programme_row(session, desk, actor, programme, Action.WRITE)
        held = programme_books.frame(row)
        now = held.merged(before, after)
        if now != held:
            if not SHORTEST_SLOT_S <= now.slot_s <= LONGEST_SLOT_S:
                raise Refusal("programme-slot", least=SHORTEST_SLOT_S / 60, most=LONGEST_SLOT_S / 60)
            if now.title != held.title:
                row.title = clean_title(now.title)
                row.edition += 1
            row.at, row.slot_s = now.at, now.slot_s
            what = programme_books.programme(session, desk, row)
            programme_books.enter(desk, row, replace(what, gap_s=now.gap_s, fade_s=now.fade_s), actor)
            programme_books.touch(desk, row, actor)
        return programme_books.view(session, desk, actor, row)

    return await _rung(desk, work)


async def drop(desk: Desk, actor: Actor, programme: int) -> None:
    """Take a programme off the list; what it became stays a bulletin. Raises Refusal: no-such-programme, not-..."""

    def work(session: Session) -> None:
        row = programme_books.programme_row(session, desk, actor, programme, Action.WRITE)
        row.removed_at = desk.now()

    await desk.store.write(work)
    desk.bell.ring()


Change = Callable[[Session, ProgrammeRow, Programme], Programme]


async def _changed(desk: Desk, actor: Actor, programme: int, change: Change) -> ProgrammeView:
    def work(session: Session) -> ProgrammeView:
        row = programme_books.programme_row(session, desk, actor, programme, Action.WRITE)
        what = programme_books.programme(session, desk, row)
        programme_books.enter(desk, row, change(session, row, what), actor)
        return programme_books.view(session, desk, actor, row)

    return await _rung(desk, work)


async def _rung(desk: Desk, work: Callable[[Session], ProgrammeView]) -> ProgrammeView:
    done = await desk.store.write(work)
    desk.bell.ring()
    return done


def _require_sound(session: Session, desk: Desk, row: ProgrammeRow, sound: str) -> None:
    own = sound.startswith(OWN)
    if not is_sound(sound) or (
        own and programme_books.clip_of(session, desk, sound, programme_books.home(desk, row)) is None
    ):
        raise Refusal("no-such-sound")


def _line(session: Session, desk: Desk, row: ProgrammeRow, next_at: datetime | None) -> ProgrammeLine:
    what = programme_books.programme(session, desk, row)
    made = session.get(BulletinRow, row.bulletin) if row.bulletin is not None else None
    return ProgrammeLine(
        id=books.stored(row.id),
        title=row.title,
        area_name=area_name(desk, row.area),
        at=row.at,
        parts=len(row.parts),
        total_s=laid_out(what, row.slot_s).total,
        slot_s=row.slot_s,
        made=BulletinState(made.state) if made is not None and made.clip is not None else None,
        stale=made is not None and bool(version_books.stale(session, made)),
        next_at=next_at,
        changed_name=person(session, row.changed_by),
        changed_at=row.changed_at,
    )

"""Usual programmes: those that ship, and an area's own, which hold there and below instead of those of the same key."""

from datetime import time
from functools import cache
from importlib.resources import files
from typing import Final

from sqlmodel import Session, col, select

from broadcast.agenda import programme_books
from broadcast.agenda.programme_types import PatternView
from broadcast.domain.people import Action, Actor, require
from broadcast.domain.programme_patterns import Pattern, clean_name, is_sound, parts_of, written
from broadcast.domain.programmes import OWN
from broadcast.domain.refusals import Refusal
from broadcast.newsroom.desk import Desk
from broadcast.sight import area_name
from broadcast.tables.programme_records import ProgrammePatternRow
from devices.vocabulary import AreaId, is_slug, slug

MOST: Final = 50
"""Usual programmes of an area."""
NEW: Final = "-"
"""The key of a usual programme that has none yet."""


async def patterns(desk: Desk, actor: Actor, area: AreaId) -> tuple[PatternView, ...]:
    """Those that hold at an area, by their hour. Raises Refusal: no-such-area, not-..."""
    here = desk.tree.get(area).id
    require(actor, Action.SEE_BULLETINS, (here,), desk.tree)
    return await desk.store.read(lambda session: _holding(session, desk, here))


async def put_pattern(desk: Desk, actor: Actor, area: AreaId, what: Pattern) -> None:
    """Let that be a usual programme of an area and below; `NEW` as its key: one more.

    Raises Refusal: not-..., sound-name-..., no-such-pattern, no-such-sound, patterns-many.
    """
    here = desk.tree.get(area).id
    require(actor, Action.WRITE, (here,), desk.tree)
    name = clean_name(what.name)
    if what.key != NEW and not is_slug(what.key):
        raise Refusal("no-such-pattern")

    def work(session: Session) -> None:
        mine = session.exec(select(ProgrammePatternRow).where(ProgrammePatternRow.area == here)).all()
        key = what.key if what.key != NEW else _new_key(name, {row.key for row in mine})
        row = next((row for row in mine if row.key == key), None)
        if row is None and len(mine) >= MOST:
            raise Refusal("patterns-many", limit=MOST)
        for part in what.parts:
            sound = part.sound if part else ""
            if not is_sound(sound) or (
                sound.startswith(OWN) and programme_books.clip_of(session, desk, sound, here) is None
            ):
                raise Refusal("no-such-sound")
        row = row or ProgrammePatternRow(
            area=here, key=key, name=name, hour="", slot_s=0, gap_s=0, fade_s=0, parts=[], by=actor.id, at=desk.now()
        )
        row.name, row.hour = name, f"{what.hour:%H:%M}" if what.hour else ""
        row.slot_s, row.gap_s, row.fade_s, row.parts = what.slot_s, what.gap_s, what.fade_s, written(what.parts)
        row.by, row.at = actor.id, desk.now()
        session.add(row)

    await desk.store.write(work)
    desk.bell.ring()


async def drop_pattern(desk: Desk, actor: Actor, area: AreaId, key: str) -> None:
    """What the area above has holds again. Raises Refusal: not-..., no-such-pattern."""
    here = desk.tree.get(area).id
    require(actor, Action.WRITE, (here,), desk.tree)

    def work(session: Session) -> None:
        row = session.get(ProgrammePatternRow, (here, key))
        if row is None:
            raise Refusal("no-such-pattern")
        session.delete(row)

    await desk.store.write(work)
    desk.bell.ring()


@cache
def shipped() -> tuple[Pattern, ...]:
    """Those in broadcast/data/programmes. Raises Refusal("pattern-bounds")."""
    folder = files("broadcast").joinpath("data", "programmes")
    return tuple(Pattern.from_toml(f.name.removesuffix(".toml"), f.read_text("utf-8")) for f in folder.iterdir())


def _holding(session: Session, desk: Desk, area: AreaId) -> tuple[PatternView, ...]:
    found = {one.key: PatternView(one, None, "") for one in shipped()}
    path = desk.tree.path(area)
    rows = session.exec(select(ProgrammePatternRow).where(col(ProgrammePatternRow.area).in_(path))).all()
    for row in sorted(rows, key=lambda row: -path.index(AreaId(row.area))):  # the nearest last: it decides
        found[row.key] = PatternView(_pattern(row), AreaId(row.area), area_name(desk, row.area))
    return tuple(sorted(found.values(), key=lambda v: (v.pattern.hour is None, str(v.pattern.hour), v.pattern.name)))


def _pattern(row: ProgrammePatternRow) -> Pattern:
    hour = time.fromisoformat(row.hour) if row.hour else None
    return Pattern(row.key, row.name, hour, row.slot_s, row.gap_s, row.fade_s, parts_of(row.parts))


def _new_key(name: str, taken: set[str]) -> str:
    stem = slug(name)[:60].strip("-") or "mau"
    return next(key for i in range(MOST + 1) if (key := f"{stem}-{i}" if i else stem) not in taken)

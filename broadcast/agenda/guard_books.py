"""The rules of areas, out of the books, and which of them an airing passes."""

from collections.abc import Iterable, Mapping
from datetime import time, timedelta
from typing import Final

from sqlmodel import Session, col, select

from broadcast import books
from broadcast.domain.area_rules import AreaRule, guards
from broadcast.domain.bulletins import Origin
from broadcast.domain.guards import Breach, Found, Guards, Span, VolumeHours, in_the_way
from broadcast.domain.schedule import Airing, QuietHours, clashes
from broadcast.newsroom.desk import Desk
from broadcast.records import AiringRow, BulletinRow
from broadcast.tables.air_records import AreaRuleRow
from broadcast.tables.programme_records import ProgrammeRow
from devices.vocabulary import AreaId, Level

Rules = Mapping[AreaId, AreaRule]
NEAR: Final = timedelta(days=2)
"""Airings farther away are of other days."""


def rules(session: Session) -> Rules:
    """What every area says of itself."""
    return {AreaId(row.area): rule_of(row) for row in session.exec(select(AreaRuleRow))}


def rule_of(row: AreaRuleRow) -> AreaRule:
    """The rule of a row."""
    quiet = None
    if row.quiet_from is not None and row.quiet_to is not None:
        quiet = QuietHours(time.fromisoformat(row.quiet_from), time.fromisoformat(row.quiet_to))
    soft = None
    if row.soft_from is not None and row.soft_to is not None and row.soft_most is not None:
        soft = VolumeHours(time.fromisoformat(row.soft_from), time.fromisoformat(row.soft_to), row.soft_most)
    return AreaRule(quiet, row.longest_min, row.untouched_airs, row.answer_min, soft)


def guards_at(desk: Desk, known: Rules, home: AreaId) -> Guards:
    """What holds at a place."""
    usual = AreaRule(QuietHours(*desk.settings.quiet), desk.settings.schedule.longest_min)
    return guards(desk.tree.path(home), known, usual)


def hours(held: Guards) -> tuple[str, str]:
    """The quiet hours as the wire says them: "" and "" for none."""
    quiet = held.quiet
    return ("", "") if quiet.start == quiet.end else (f"{quiet.start:%H:%M}", f"{quiet.end:%H:%M}")


def in_the_way_of(
    desk: Desk, session: Session, airing: Airing, homes: Iterable[AreaId], without: frozenset[str] = frozenset()
) -> tuple[tuple[AreaId, Found], ...]:
    """The guards that stand in the way of an airing, and where; none does for an emergency."""
    known = rules(session)
    near = select(AiringRow).where(
        col(AiringRow.withdrawn).is_(False),
        col(AiringRow.at) >= airing.at - NEAR,
        col(AiringRow.at) <= airing.ends + NEAR,
        col(AiringRow.level) != Level.EMERGENCY.value,
    )
    music = _has_music(session, airing)
    others = [a for a in map(books.airing, session.exec(near)) if a.id not in without and a.id != airing.id]
    found: list[tuple[AreaId, Found]] = []
    for home in sorted(set(homes)):
        path = set(desk.tree.path(home))
        heard = [Span(o.at, o.seconds) for o in others if path.intersection(o.areas)]
        span, held = Span(airing.at, airing.seconds), guards_at(desk, known, home)
        found += [(home, f) for f in in_the_way(span, airing.level, held, desk.days, desk.zone, heard, music=music)]
    return tuple(found)


def _has_music(session: Session, airing: Airing) -> bool:
    """Whether it is a programme with music in it, or a jingle that is some: both are out of place on a day of mourning.

    A programme that is no longer in the books as it was placed is taken to have some.
    """
    bulletin = session.get(BulletinRow, airing.bulletin)
    if bulletin is None or bulletin.origin != Origin.PROGRAMME:
        return False
    programme = session.exec(select(ProgrammeRow).where(ProgrammeRow.bulletin == bulletin.id)).first()
    if programme is None or airing.clip != bulletin.clip or programme.made_edition != programme.edition:
        return True
    return any(part["bulletin"] is None and part["sound"] for part in programme.parts)


def is_quiet(found: Iterable[tuple[AreaId, Found]]) -> bool:
    """Whether the quiet hours are in the way anywhere: then receivers must know that they were passed on purpose."""
    return any(f.breach is Breach.QUIET_HOURS for _, f in found)


def clashing(
    desk: Desk, session: Session, airing: Airing, homes: Mapping[str, AreaId], without: frozenset[str] = frozenset()
) -> tuple[Airing, ...]:
    """What sounds at the same moment at any of these receivers, in time order."""
    near = select(AiringRow).where(
        col(AiringRow.withdrawn).is_(False), col(AiringRow.at) < airing.ends, col(AiringRow.ends) > airing.at
    )
    others = (books.airing(row) for row in session.exec(near) if row.id not in without)
    heard = {area for home in set(homes.values()) for area in desk.tree.path(home)}
    return clashes(airing, [o for o in others if heard.intersection(o.areas)])


def place_name(desk: Desk, areas: tuple[AreaId, ...]) -> str:
    """The place as it is typed to pass a guard: its name, or how many there are."""
    return desk.tree.get(areas[0]).name if len(areas) == 1 else f"{len(areas)} địa bàn"

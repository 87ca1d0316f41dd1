"""What will sound where, out of the books: one list for all places that will hear the same."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final

from sqlmodel import Session, col, select

from broadcast import books
from broadcast.agenda.air_types import NextGroup, NextLine
from broadcast.agenda.guard_books import Rules, guards_at, hours, rules
from broadcast.domain.coming import Compared, Listener, Mark, compare, upcoming
from broadcast.domain.schedule import Airing
from broadcast.newsroom.desk import Desk
from broadcast.records import AiringRow
from broadcast.sight import area_name
from devices.vocabulary import AiringId, AreaId, Level

HeldUntil = Callable[[Iterable[str]], datetime | None]
"""Until when a receiver that listens to these areas is silent."""

GROUPS: Final = 40
"""Places that hear different things, told of at most; the rest are counted."""


def airings(session: Session, begin: datetime, end: datetime) -> list[Airing]:
    """Every airing in the books that could sound between the two."""
    near = select(AiringRow).where(
        col(AiringRow.withdrawn).is_(False), col(AiringRow.at) < end, col(AiringRow.ends) > begin
    )
    return [books.airing(row) for row in session.exec(near)]


def around(desk: Desk, session: Session, area: AreaId, begin: datetime, end: datetime) -> list[Airing]:
    """What is aimed at an area, above it and below it between the two, in time order."""
    concerned = {a.id for a in desk.tree.under(area)}.union(desk.tree.path(area))
    found = [a for a in airings(session, begin, end) if concerned.intersection(a.areas)]
    return sorted(found, key=lambda a: (a.at, a.id))


def groups(
    desk: Desk,
    held_until: HeldUntil,
    session: Session,
    homes: Mapping[str, AreaId],
    begin: datetime,
    end: datetime,
    added: tuple[Airing, ...] = (),
    removed: frozenset[str] = frozenset(),
) -> tuple[NextGroup, ...]:
    """What the receivers of `homes` will sound, and what becomes of it with `added` and without `removed`.

    Places that hear the same are one group; those first where something is changed or does not sound.
    """
    said = rules(session)
    aimed_at: defaultdict[AreaId, list[Airing]] = defaultdict(list)
    for airing in airings(session, begin, end):
        for area in airing.areas:
            aimed_at[area].append(airing)
    hung = Counter(homes.values())
    alike: defaultdict[tuple[object, ...], list[AreaId]] = defaultdict(list)
    listeners: dict[tuple[object, ...], tuple[Listener, list[Airing]]] = {}
    for home in sorted(hung):
        listener = _listener(desk, held_until, said, home)
        mine = list({a.id: a for area in listener.path for a in aimed_at[area]}.values())
        quiet = listener.quiet_from, listener.quiet_to
        new = tuple(a.id for a in added if set(a.areas).intersection(listener.path))
        key: tuple[object, ...] = (tuple(sorted(a.id for a in mine)), new, quiet, listener.held_until)
        alike[key].append(home)
        listeners.setdefault(key, (listener, mine))
    found = []
    for key, places in alike.items():
        listener, mine = listeners[key]
        more = [a for a in added if set(a.areas).intersection(listener.path)]
        before = upcoming(listener, mine, begin, end)
        changed = [*(a for a in mine if a.id not in removed), *more]
        after = upcoming(listener, changed, begin, end) if added or removed else before
        aimed = {a.id: a.areas for a in (*mine, *more)}
        lines = tuple(_line(desk, listener, c, aimed[AiringId(c.last.airing.id)]) for c in compare(before, after))
        names = tuple(area_name(desk, p) for p in places)
        found.append(NextGroup(names, sum(hung[p] for p in places), listener.held_until, begin, end, lines))
    return tuple(sorted(found, key=lambda g: (not _troubled(g), -g.receivers, g.places))[:GROUPS])


def _listener(desk: Desk, held_until: HeldUntil, known: Rules, home: AreaId) -> Listener:
    path = desk.tree.path(home)
    quiet_from, quiet_to = hours(guards_at(desk, known, home))
    return Listener(
        path=path,
        quiet_from=quiet_from,
        quiet_to=quiet_to,
        timezone=desk.settings.schedule.timezone,
        held_until=held_until(path),
    )


def _line(desk: Desk, listener: Listener, compared: Compared, areas: tuple[AreaId, ...]) -> NextLine:
    last, before = compared.last, compared.before
    aimed = next(a for a in listener.path if a in areas)
    return NextLine(
        subject=last.airing.id,
        title=last.airing.title,
        level=Level(last.airing.level),
        at=last.airing.at,
        seconds=last.airing.seconds,
        starts=last.starts,
        ends=last.ends,
        why=last.why.value if last.why else "",
        cut_short=last.cut_short,
        mark=compared.mark,
        started_before=before.starts if before and compared.mark is Mark.CHANGED else None,
        area_name=area_name(desk, aimed),
        area_kind=desk.tree.get(aimed).kind,
    )


def _troubled(group: NextGroup) -> bool:
    return any(line.mark is Mark.CHANGED or line.why for line in group.lines)

"""Programmes out of the books and into them: parts with their lengths, what is wrong with each, what was made of it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from secrets import token_hex
from typing import Any, Final

from sqlmodel import Session, col, select

from broadcast import books
from broadcast.agenda.programme_types import Frame, MadeView, PartView, ProgrammeView, SoundView, Stale
from broadcast.domain.bulletins import BulletinState, Origin
from broadcast.domain.people import Action, Actor, require
from broadcast.domain.programmes import OWN, SHIPPED, STOPS, Fault, Part, PartKind, Programme, laid_out
from broadcast.domain.refusals import Refusal
from broadcast.newsroom import version_books
from broadcast.newsroom.desk import Desk
from broadcast.records import BulletinRow, ClipRow, PersonRow
from broadcast.sight import area_name, person
from broadcast.tables.programme_records import AreaSoundRow, ProgrammeRow
from devices.vocabulary import AreaId, Level

_BARRED: Final = frozenset({BulletinState.WITHDRAWN, BulletinState.REJECTED})


def programme_row(session: Session, desk: Desk, actor: Actor, programme: int, action: Action) -> ProgrammeRow:
    """The row of one to which they may do `action`. Raises Refusal: no-such-programme, not-allowed, not-your-area."""
    row = session.get(ProgrammeRow, programme)
    if row is None or row.removed_at is not None or not books.holds(actor, row.area, desk.tree, Action.SEE_BULLETINS):
        raise Refusal("no-such-programme")
    require(actor, action, [home(desk, row)], desk.tree)
    return row


def home(desk: Desk, row: ProgrammeRow) -> AreaId:
    """Its area; one that a reform took away is nobody's but the root's."""
    return AreaId(row.area) if row.area in desk.tree.areas else desk.tree.root.id


def kept(parts: Iterable[Part]) -> list[dict[str, Any]]:
    """Parts as the row has them."""
    return [{"key": p.key, "kind": p.kind.value, "bulletin": p.bulletin, "sound": p.sound} for p in parts]


def new_key() -> str:
    """What a new part is known by."""
    return token_hex(4)


def frame(row: ProgrammeRow) -> Frame:
    """What it is beside its parts."""
    return Frame(row.title, row.at, row.slot_s, row.gap_s, row.fade_s)


def enter(desk: Desk, row: ProgrammeRow, what: Programme, who: Actor) -> None:
    """Write what sounds in it, if that is another now."""
    parts = kept(what.parts)
    if (row.parts, row.gap_s, row.fade_s) == (parts, what.gap_s, what.fade_s):
        return
    row.parts, row.gap_s, row.fade_s = parts, what.gap_s, what.fade_s
    row.edition += 1
    touch(desk, row, who)


def touch(desk: Desk, row: ProgrammeRow, who: Actor) -> None:
    """From here on they changed it last."""
    row.changed_by, row.changed_at = who.id, desk.now()


def programme(session: Session, desk: Desk, row: ProgrammeRow) -> Programme:
    """It with its parts as they are now: titles, lengths, levels."""
    return Programme(tuple(_part(session, desk, row, each) for each in row.parts), row.gap_s, row.fade_s)


def loaded(session: Session, rows: Iterable[ProgrammeRow]) -> tuple[object, ...]:
    """What these programmes are made of, read at once: as long as it is held, nothing of it is read one by one."""
    some = list(rows)
    parts = [part for row in some for part in row.parts]
    ids = {part["bulletin"] for part in parts} | {row.bulletin for row in some}
    own = {int(p["sound"].removeprefix(OWN)) for p in parts if p["sound"].startswith(OWN)}
    bulletins = session.exec(select(BulletinRow).where(col(BulletinRow.id).in_(ids - {None}))).all()
    sounds_ = session.exec(select(AreaSoundRow).where(col(AreaSoundRow.id).in_(own))).all()
    clips = {b.clip for b in bulletins if b.clip} | {one.clip for one in sounds_}
    names = {row.changed_by for row in some}
    return (
        bulletins,
        sounds_,
        session.exec(select(ClipRow).where(col(ClipRow.sha256).in_(clips))).all(),
        session.exec(select(PersonRow).where(col(PersonRow.id).in_(names))).all(),
    )


def sounds(session: Session, desk: Desk, actor: Actor, area: AreaId) -> tuple[SoundView, ...]:
    """The sounds of an area and those above it, the newest first, behind those that ship."""
    path = desk.tree.path(area)
    asked = select(AreaSoundRow, ClipRow).where(
        AreaSoundRow.clip == ClipRow.sha256, col(AreaSoundRow.area).in_(path), col(AreaSoundRow.removed_at).is_(None)
    )
    shipped = [SoundView(name, 0, "", seconds, "", "", theirs=False) for name, seconds in SHIPPED.items()]
    own = [
        SoundView(
            f"{OWN}{row.id}",
            books.stored(row.id),
            row.name,
            clip.seconds,
            clip.sha256,
            area_name(desk, row.area),
            theirs=books.holds(actor, row.area, desk.tree, Action.WRITE),
        )
        for row, clip in session.exec(asked.order_by(col(AreaSoundRow.id).desc()))
    ]
    return (*shipped, *own)


def clip_of(session: Session, desk: Desk, sound: str, area: AreaId) -> ClipRow | None:
    """The clip of an area's sound, as long as it is there; None also for what ships."""
    row = session.get(AreaSoundRow, int(sound.removeprefix(OWN))) if sound.startswith(OWN) else None
    if row is None or row.removed_at is not None or row.area not in desk.tree.path(area):
        return None
    return session.get(ClipRow, row.clip)


def faults_of(session: Session, desk: Desk, part: Part, areas: tuple[AreaId, ...]) -> tuple[Fault, ...]:
    """What is wrong with a bulletin in a programme for these areas, whatever stands beside it."""
    row = session.get(BulletinRow, part.bulletin) if part.bulletin is not None else None
    if row is None:
        return ()
    found = []
    if BulletinState(row.state) in _BARRED:
        found.append(Fault.BARRED)
    elif row.state == BulletinState.EXPIRED or (row.valid_until is not None and row.valid_until <= desk.now()):
        found.append(Fault.EXPIRED)
    elif version_books.airable(session, desk.tree, row, areas) is None:
        found.append(Fault.UNAPPROVED)
    return tuple(found)


def view(session: Session, desk: Desk, actor: Actor, row: ProgrammeRow) -> ProgrammeView:
    """A programme as a page shows it."""
    area = home(desk, row)
    held = loaded(session, [row])
    what = programme(session, desk, row)
    layout = laid_out(what, row.slot_s, row.at)
    at = {placed.index: placed for placed in layout.placed}
    wrong = Counter(layout.faults)
    parts = []
    for i, part in enumerate(what.parts):
        placed = at.get(i)
        found = dict.fromkeys([f for f, of in wrong if of == i])
        found.update(dict.fromkeys(faults_of(session, desk, part, (area,))))
        parts.append(
            PartView(
                key=part.key,
                kind=part.kind,
                title=part.title,
                seconds=part.seconds,
                start=placed.start if placed else None,
                sound=part.sound,
                bulletin=part.bulletin,
                level=part.level,
                state=_state(session, part),
                valid_until=part.valid_until,
                faults=tuple(found),
            )
        )
    whole = tuple(f for f, of in wrong if of is None)
    del held
    return ProgrammeView(
        id=books.stored(row.id),
        area=area,
        area_name=area_name(desk, row.area),
        frame=frame(row),
        parts=tuple(parts),
        total_s=layout.total,
        over_s=layout.over,
        left_s=layout.left,
        faults=whole,
        ready=not STOPS.intersection((*whole, *(f for p in parts for f in p.faults))),
        made=made(session, row),
        edition=row.edition,
        changed_name=person(session, row.changed_by),
        changed_at=row.changed_at,
        writable=books.holds(actor, row.area, desk.tree, Action.WRITE),
    )


def made(session: Session, row: ProgrammeRow) -> MadeView | None:
    """What it became, and why that is no longer what should sound; None before it was put together."""
    found = session.get(BulletinRow, row.bulletin) if row.bulletin is not None else None
    if found is None or found.clip is None:
        return None
    stale = tuple((title, Stale(why)) for title, why in version_books.stale(session, found))
    return MadeView(books.bulletin(session, found), stale)


def require_bulletin(session: Session, desk: Desk, actor: Actor, row: ProgrammeRow, bulletin: int) -> BulletinRow:
    """A bulletin that may go into it: one they may see, or one that was let through above its area.

    Raises Refusal: no-such-bulletin, programme-inside, bulletin-life.
    """
    found = session.get(BulletinRow, bulletin)
    above = found is not None and found.area in desk.tree.path(home(desk, row))
    if found is None or not (
        books.holds(actor, found.area, desk.tree, Action.SEE_BULLETINS)
        or (above and found.state == BulletinState.APPROVED)
    ):
        raise Refusal("no-such-bulletin")
    if found.origin == Origin.PROGRAMME:
        raise Refusal("programme-inside")
    if BulletinState(found.state) in {*_BARRED, BulletinState.EXPIRED}:
        raise Refusal("bulletin-life", state=found.state)
    return found


def _state(session: Session, part: Part) -> BulletinState | None:
    row = session.get(BulletinRow, part.bulletin) if part.bulletin is not None else None
    return BulletinState(row.state) if row else None


def _part(session: Session, desk: Desk, row: ProgrammeRow, each: dict[str, Any]) -> Part:
    part = Part(PartKind(each["kind"]), "", bulletin=each["bulletin"], key=each["key"], sound=each["sound"])
    if part.bulletin is None:
        if part.sound in SHIPPED:
            return replace(part, seconds=SHIPPED[part.sound])
        own = session.get(AreaSoundRow, int(part.sound.removeprefix(OWN))) if part.sound else None
        clip = clip_of(session, desk, part.sound, home(desk, row))
        return replace(part, title=own.name if own else "", seconds=clip.seconds if clip else None)
    found = session.get_one(BulletinRow, part.bulletin)
    clip = session.get(ClipRow, found.clip) if found.clip else None
    return replace(
        part,
        title=found.title,
        seconds=clip.seconds if clip else None,
        level=Level(found.level),
        valid_until=found.valid_until,
    )

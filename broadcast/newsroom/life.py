"""A bulletin's life: handed in, heard, approved or rejected. One approves a version's hash. Its end is in `ending`."""

from collections.abc import Callable
from typing import Final

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from broadcast import books
from broadcast.agenda import slot_books
from broadcast.domain.bulletins import Bulletin, BulletinEvent, BulletinState, Origin, after, clean_title, sayable
from broadcast.domain.people import Action, Actor, require
from broadcast.domain.refusals import Refusal
from broadcast.domain.versions import Verdict, clean_reason, require_second
from broadcast.newsroom import version_books
from broadcast.newsroom.desk import Desk
from broadcast.newsroom.life_types import ComingSlot, DecisionView, LifeView, VersionView, Waiting
from broadcast.records import BulletinRow, ClipRow
from broadcast.sight import area_name, people, person, sight
from broadcast.tables.version_records import DecisionRow, HearingRow, TwoPeopleRow, VersionRow
from devices.vocabulary import AreaId, Level

MOST: Final = 200
"""Versions of one bulletin that are shown."""
LINE: Final = 48
"""Bulletins that wait and are listed, unless more are asked for."""
WAITING: Final = 500
"""Of those at most, whatever is asked for."""
UNHEARD_S: Final = 1.0
"""A sound is heard to its end if less than this is missing: players stop a little early."""


async def submit(desk: Desk, actor: Actor, bulletin: int) -> Bulletin:
    """Hand it in as it is now: a version that is never changed.

    Raises Refusal: not-allowed, no-such-bulletin, bulletin-life, title-..., text-..., no-sound, bulletin-over,
    programme-....
    """
    require(actor, Action.WRITE, (), desk.tree)

    def work(session: Session) -> Bulletin:
        row = books.bulletin_row(session, bulletin, actor, desk.tree, Action.WRITE)
        state = after(BulletinState(row.state), BulletinEvent.SUBMIT)
        row.title = clean_title(row.title)
        if row.origin == Origin.TEXT:
            sayable(row.text, desk.settings.speech.text_limit)
        _require_sound(desk, row.clip)
        _require_valid(desk, row)
        version_books.require_fresh(session, row)
        version_books.cut(session, row, actor.id, desk.now())
        return _now(desk, session, row, state)

    return await _rung(desk, work)


async def hear(desk: Desk, actor: Actor, bulletin: int, hash_: str, seconds: float) -> None:
    """Keep that someone has heard so much of what waits there; only the whole counts.

    Raises Refusal: not-allowed, no-such-bulletin, version-other, not-heard.
    """
    require(actor, Action.APPROVE, (), desk.tree)

    def work(session: Session) -> None:
        row = books.bulletin_row(session, bulletin, actor, desk.tree, Action.APPROVE)
        version = _pending(session, row, hash_)
        clip = session.get_one(ClipRow, version.clip)
        if not seconds >= clip.seconds - UNHEARD_S:
            raise Refusal("not-heard")
        if session.get(HearingRow, (version.bulletin, version.number, actor.id)) is None:
            session.add(HearingRow(bulletin=version.bulletin, number=version.number, person=actor.id, at=desk.now()))

    await desk.store.write(work)
    desk.bell.ring()


async def approve(desk: Desk, actor: Actor, bulletin: int, hash_: str, waived: str = "") -> Bulletin:
    """Let the version of that hash go on the air. `waived`: why it need not be heard by who approves it.

    Raises Refusal: not-allowed, not-your-area, no-such-bulletin, bulletin-life, version-other, no-sound, bulletin-over,
    approval-own, approval-own-priority, programme-..., not-heard, reason-....
    """
    require(actor, Action.APPROVE, (), desk.tree)

    def work(session: Session) -> Bulletin:
        row = books.bulletin_row(session, bulletin, actor, desk.tree, Action.APPROVE)
        state = after(BulletinState(row.state), BulletinEvent.APPROVE)
        version = _pending(session, row, hash_)
        _require_sound(desk, version.clip)
        _require_valid(desk, row)
        version_books.require_fresh(session, row)
        where = version_books.demanding(session, desk.tree, row.area, row.areas)
        require_second(actor.id, tuple(version.writers), Level(row.level), where)
        heard = session.get(HearingRow, (version.bulletin, version.number, actor.id))
        if heard is None and not waived.strip():
            raise Refusal("not-heard")
        why = "" if heard is not None else clean_reason(waived)
        version_books.decide(session, version, Verdict.APPROVED, actor.id, desk.now(), waived=why)
        return _now(desk, session, row, state)

    return await _rung(desk, work)


async def reject(desk: Desk, actor: Actor, bulletin: int, hash_: str, reason: str) -> Bulletin:
    """Send the version of that hash back to its author, who reads why.

    Raises Refusal: not-allowed, no-such-bulletin, bulletin-life, version-other, reason-....
    """
    require(actor, Action.APPROVE, (), desk.tree)

    def work(session: Session) -> Bulletin:
        row = books.bulletin_row(session, bulletin, actor, desk.tree, Action.APPROVE)
        state = after(BulletinState(row.state), BulletinEvent.REJECT)
        version = _pending(session, row, hash_)
        version_books.decide(session, version, Verdict.REJECTED, actor.id, desk.now(), reason=clean_reason(reason))
        return _now(desk, session, row, state)

    return await _rung(desk, work)


async def life(desk: Desk, actor: Actor, bulletin: int) -> LifeView:
    """Its versions and what became of them, and what this person may do now. Raises Refusal: no-such-bulletin."""

    def work(session: Session) -> LifeView:
        row = books.bulletin_row(session, bulletin, actor, desk.tree, Action.SEE_BULLETINS)
        asked = select(VersionRow).where(VersionRow.bulletin == bulletin).order_by(col(VersionRow.number).desc())
        rows = session.exec(asked.limit(MOST)).all()
        versions = tuple(_version(desk, session, one) for one in rows)
        waits = row.state == BulletinState.SUBMITTED and bool(rows) and versions[0].decision is None
        why_not = why_area = ""
        may_decide = waits and books.holds(actor, row.area, desk.tree, Action.APPROVE)
        if may_decide:
            try:
                why_area = version_books.demanding(session, desk.tree, row.area, row.areas)
                require_second(actor.id, tuple(rows[0].writers), Level(row.level), why_area)
            except Refusal as no:
                why_not = no.code
        heard = waits and session.get(HearingRow, (bulletin, rows[0].number, actor.id)) is not None
        return LifeView(
            bulletin=books.bulletin(session, row),
            author_name=person(session, row.author),
            writer_name=person(session, row.writers[-1] if row.writers else row.author),
            area_names=tuple(area_name(desk, a) for a in row.areas),
            versions=versions,
            waits=waits,
            may_decide=may_decide,
            why_not=why_not,
            why_area=why_area,
            heard=heard,
            coming=_coming(desk, session, bulletin),
        )

    return await desk.store.read(work)


async def waiting(desk: Desk, actor: Actor, how_many: int = LINE) -> tuple[Waiting, ...]:
    """So many of what waits for approval where this person may approve: what is urgent first, then the oldest.

    Raises Refusal: not-allowed.
    """
    require(actor, Action.APPROVE, (), desk.tree)
    mine = sight(desk, actor, Action.APPROVE)

    def work(session: Session) -> tuple[Waiting, ...]:
        later = aliased(VersionRow)
        newer = select(later.number).where(later.bulletin == VersionRow.bulletin, later.number > VersionRow.number)
        asked = (
            select(BulletinRow, VersionRow, ClipRow.seconds)
            .join(VersionRow, col(VersionRow.bulletin) == BulletinRow.id)
            .join(ClipRow, col(ClipRow.sha256) == VersionRow.clip)
            .where(BulletinRow.state == BulletinState.SUBMITTED.value, mine.rows(BulletinRow.area))
            .where(~newer.correlate(VersionRow).exists())
            .order_by(col(BulletinRow.level) == Level.ROUTINE.value, col(VersionRow.at), col(BulletinRow.id))
        )
        found = session.exec(asked.limit(max(1, min(how_many, WAITING)))).all()
        names = people(session, (version.by for _, version, _ in found))
        listed = books.bulletins(session, [row for row, _, _ in found])
        return tuple(
            Waiting(
                bulletin=bulletin,
                by_name=names.get(version.by, ""),
                at=version.at,
                number=version.number,
                seconds=seconds,
                own=actor.id in version.writers,
            )
            for bulletin, (_, version, seconds) in zip(listed, found, strict=True)
        )

    return await desk.store.read(work)


async def waiting_count(desk: Desk, actor: Actor) -> int:
    """How many of those there are; 0 for who may not approve."""
    if not actor.may(Action.APPROVE):
        return 0
    asked = select(func.count()).where(
        BulletinRow.state == BulletinState.SUBMITTED.value, sight(desk, actor, Action.APPROVE).rows(BulletinRow.area)
    )
    return await desk.store.read(lambda session: session.exec(asked).one())


async def two_people(desk: Desk, actor: Actor) -> tuple[tuple[AreaId, str], ...]:
    """The areas, with their names, where author and approver must be two people; of those that reach the actor's."""
    mine = sight(desk, actor, Action.SEE_BULLETINS)

    def work(session: Session) -> tuple[tuple[AreaId, str], ...]:
        areas = session.exec(select(TwoPeopleRow.area)).all()
        found = ((AreaId(a), area_name(desk, a)) for a in areas if mine.touches(desk, [a]))
        return tuple(sorted(found, key=lambda pair: pair[1]))

    return await desk.store.read(work)


async def set_two_people(desk: Desk, actor: Actor, area: AreaId, demanded: bool) -> None:
    """Demand two people in an area and below, or no longer. Raises Refusal: not-allowed, not-your-area."""
    require(actor, Action.SET_RULES, (area,), desk.tree)

    def work(session: Session) -> None:
        row = session.get(TwoPeopleRow, area)
        if row is None and demanded:
            session.add(TwoPeopleRow(area=area, by=actor.id, at=desk.now()))
        elif row is not None and not demanded:
            session.delete(row)

    await desk.store.write(work)
    desk.bell.ring()


def _pending(session: Session, row: BulletinRow, hash_: str) -> VersionRow:
    """What waits, if it is what was looked at. Raises Refusal: bulletin-life, version-other."""
    after(BulletinState(row.state), BulletinEvent.APPROVE)
    version = version_books.pending(session, row)
    if version.hash != hash_:
        raise Refusal("version-other")
    return version


def _require_sound(desk: Desk, clip: str | None) -> None:
    if clip is None or desk.library.path(clip) is None:
        raise Refusal("no-sound")


def _require_valid(desk: Desk, row: BulletinRow) -> None:
    if row.valid_until is not None and row.valid_until <= desk.now():
        raise Refusal("bulletin-over", until=row.valid_until)


def _now(desk: Desk, session: Session, row: BulletinRow, state: BulletinState) -> Bulletin:
    row.state, row.updated_at = state.value, desk.now()
    return books.bulletin(session, row)


def _coming(desk: Desk, session: Session, bulletin: int) -> tuple[ComingSlot, ...]:
    slots = slot_books.coming(session, bulletin, desk.now())
    back = slot_books.repeating(session, slots)
    return tuple(
        ComingSlot(books.stored(s.id), s.at, tuple(area_name(desk, a) for a in s.areas), s.series in back)
        for s in slots
    )


def _version(desk: Desk, session: Session, row: VersionRow) -> VersionView:
    clip = session.get_one(ClipRow, row.clip)
    decided = version_books.decision(session, row)
    hearings = session.exec(
        select(HearingRow).where(HearingRow.bulletin == row.bulletin, HearingRow.number == row.number)
    ).all()
    content = version_books.content(row)
    return VersionView(
        number=row.number,
        hash=row.hash,
        content=content,
        area_names=tuple(area_name(desk, a) for a in content.fields.areas),
        seconds=clip.seconds,
        by_name=person(session, row.by),
        at=row.at,
        decision=None if decided is None else _decision(session, decided),
        heard=tuple((person(session, h.person), h.at) for h in sorted(hearings, key=lambda h: h.at)),
    )


def _decision(session: Session, row: DecisionRow) -> DecisionView:
    return DecisionView(Verdict(row.verdict), person(session, row.by), row.at, row.reason, row.waived)


async def _rung(desk: Desk, work: Callable[[Session], Bulletin]) -> Bulletin:
    done = await desk.store.write(work)
    desk.bell.ring()
    return done

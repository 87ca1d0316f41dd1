"""Versions in the books: made when a bulletin is handed in, decided once, and the only thing that goes on the air."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, func, select

from broadcast import books
from broadcast.domain.areas import AreaTree
from broadcast.domain.bulletins import BulletinEvent, BulletinState, Origin, after
from broadcast.domain.fields import Category, Fields, Language
from broadcast.domain.people import Action, Actor
from broadcast.domain.programmes import OWN
from broadcast.domain.refusals import Refusal
from broadcast.domain.versions import Content, Verdict, fingerprint, require_second
from broadcast.records import BulletinRow
from broadcast.tables.programme_records import MadeOfRow, ProgrammeRow
from broadcast.tables.version_records import DecisionRow, TwoPeopleRow, VersionRow
from devices.vocabulary import AreaId, Level

LETS_THROUGH = frozenset({Verdict.APPROVED, Verdict.VOUCHED})


def content(row: BulletinRow | VersionRow) -> Content:
    """Everything of a bulletin, or of a version of it, that will be heard and shown."""
    fields = Fields(
        level=Level(row.level),
        category=Category(row.category),
        source=row.source,
        issued_by=row.issued_by,
        valid_until=row.valid_until,
        areas=tuple(AreaId(a) for a in row.areas),
        language=Language(row.language),
        tags=tuple(row.tags),
    )
    return Content(row.title, row.text, row.clip or "", fields)


def newest(session: Session, bulletin: int) -> VersionRow | None:
    """The version that was handed in last."""
    asked = select(VersionRow).where(VersionRow.bulletin == bulletin).order_by(col(VersionRow.number).desc()).limit(1)
    return session.exec(asked).one_or_none()


def decision(session: Session, version: VersionRow) -> DecisionRow | None:
    """What became of a version."""
    return session.get(DecisionRow, (version.bulletin, version.number))


def cut(session: Session, row: BulletinRow, who: int, now: datetime) -> VersionRow:
    """A new version of a bulletin as it is. Raises Refusal("no-sound")."""
    if row.clip is None:
        raise Refusal("no-sound")
    bulletin = books.stored(row.id)
    last = session.exec(select(func.max(VersionRow.number)).where(VersionRow.bulletin == bulletin)).one()
    made = VersionRow(
        bulletin=bulletin,
        number=(last or 0) + 1,
        hash=fingerprint(content(row)),
        title=row.title,
        text=row.text,
        clip=row.clip,
        level=row.level,
        category=row.category,
        source=row.source,
        issued_by=row.issued_by,
        valid_until=row.valid_until,
        areas=list(row.areas),
        language=row.language,
        tags=list(row.tags),
        writers=list(dict.fromkeys((row.author, *row.writers, who))),
        by=who,
        at=now,
    )
    session.add(made)
    session.flush()
    return made


def pending(session: Session, row: BulletinRow) -> VersionRow:
    """The version that waits for a decision; cut off what was handed in before there were versions, it is refused.

    Raises Refusal("version-other"): the bulletin is no longer what was handed in.
    """
    found = newest(session, books.stored(row.id))
    if found is None or found.hash != fingerprint(content(row)) or decision(session, found) is not None:
        raise Refusal("version-other")
    return found


def decide(session: Session, version: VersionRow, verdict: Verdict, who: int, now: datetime, **more: str) -> None:
    """Enter what became of a version; `more`: reason, waived."""
    session.add(
        DecisionRow(bulletin=version.bulletin, number=version.number, verdict=verdict.value, by=who, at=now, **more)
    )
    session.flush()


def demanding(session: Session, tree: AreaTree, home: str, heard: Iterable[str]) -> str:
    """The name of an area that demands two people; "" where none does.

    What is written in `home` meets the demands there and above, what is heard in `heard` also those below.
    """
    demand = [AreaId(a) for a in session.exec(select(TwoPeopleRow.area)).all() if a in tree.areas]
    reached = [AreaId(a) for a in dict.fromkeys(heard) if a in tree.areas]
    for one in demand:
        at_home = home in tree.areas and tree.holds(one, AreaId(home))
        if at_home or any(tree.holds(one, area) or tree.holds(area, one) for area in reached):
            return tree.get(one).name
    return ""


def airable(session: Session, tree: AreaTree, row: BulletinRow, areas: Iterable[str]) -> VersionRow | None:
    """The version that may sound in `areas` as the bulletin is now: the newest, let through; None if there is none.

    One that was let through by who wrote it does not sound where two people are demanded.
    """
    if row.state != BulletinState.APPROVED:
        return None
    found = newest(session, books.stored(row.id))
    if found is None or found.hash != fingerprint(content(row)):
        return None
    decided = decision(session, found)
    if decided is None or Verdict(decided.verdict) not in LETS_THROUGH:
        return None
    if _of_bulletins_alone(session, row) and all(airable(session, tree, p, areas) for p, _ in _made_of(session, row)):
        return found
    try:
        where = demanding(session, tree, row.area, (*row.areas, *areas))
        require_second(decided.by, tuple(found.writers), Level(row.level), where)
    except Refusal:
        return None
    return found


def stale(session: Session, row: BulletinRow) -> tuple[tuple[str, str], ...]:
    """Why what a programme was put together from is no longer what should sound: (title of the part or "", why).

    "order": the programme itself was changed; "changed", "barred", "expired": a bulletin in it. Nothing of others.
    """
    if row.origin != Origin.PROGRAMME:
        return ()
    programme = session.exec(select(ProgrammeRow).where(ProgrammeRow.bulletin == row.id)).first()
    order = programme is not None and programme.made_edition != programme.edition
    return ((("", "order"),) if order else ()) + stale_parts(session, row)


def stale_parts(session: Session, row: BulletinRow) -> tuple[tuple[str, str], ...]:
    """The bulletins in a programme that are no longer as it has them."""
    found = []
    for part, hash_ in _made_of(session, row):
        if part.state in {BulletinState.WITHDRAWN, BulletinState.REJECTED}:
            found.append((part.title, "barred"))
        elif part.state == BulletinState.EXPIRED:
            found.append((part.title, "expired"))
        elif fingerprint(content(part)) != hash_:
            found.append((part.title, "changed"))
    return tuple(found)


def require_fresh(session: Session, row: BulletinRow) -> None:
    """Let through a programme that sounds as it should now, and every other bulletin.

    Raises Refusal: programme-order, programme-stale (part).
    """
    for title, why in stale(session, row):
        raise Refusal("programme-order") if why == "order" else Refusal("programme-stale", part=title)


def _of_bulletins_alone(session: Session, row: BulletinRow) -> bool:
    """Whether a programme holds nothing but bulletins and jingles of ours; False of what is no programme.

    Then the people it needs look at it part by part.
    """
    programme = session.exec(select(ProgrammeRow).where(ProgrammeRow.bulletin == row.id)).first()
    if row.origin != Origin.PROGRAMME or programme is None:
        return False
    return not any(str(part["sound"]).startswith(OWN) for part in programme.parts)


def _made_of(session: Session, row: BulletinRow) -> Iterable[tuple[BulletinRow, str]]:
    asked = select(BulletinRow, MadeOfRow.hash).where(
        MadeOfRow.bulletin == row.id, MadeOfRow.clip == row.clip, BulletinRow.id == MadeOfRow.part
    )
    return session.exec(asked.order_by(col(MadeOfRow.place))).all() if row.origin == Origin.PROGRAMME else ()


def require_airable(session: Session, tree: AreaTree, row: BulletinRow, areas: Iterable[str], who: Actor) -> None:
    """Let through what was approved, and what `who` may vouch for by placing it: what they may approve, or wrote alone.

    A programme of which nothing is anybody's own sound is let through with its bulletins: who may place it may, if each
    of them was let through, or may be by the same person.
    Raises Refusal: bulletin-life, approval-needed (neither is so), approval-priority, approval-two (area),
    programme-order, programme-stale, programme-part (part).
    """
    require_fresh(session, row)
    if airable(session, tree, row, areas) is not None:
        return
    state = BulletinState(row.state)
    if state in {BulletinState.DRAFT, BulletinState.APPROVED}:  # approved, but something else: as if it were new
        state = after(BulletinState.DRAFT, BulletinEvent.SUBMIT)
    after(state, BulletinEvent.APPROVE)
    for part, _ in _made_of(session, row):
        try:
            require_airable(session, tree, part, areas, who)
        except Refusal as no:
            raise Refusal("programme-part", part=part.title) from no
    covered = _of_bulletins_alone(session, row)
    if Level(row.level) is not Level.ROUTINE and not covered:
        raise Refusal("approval-priority")
    if not covered and (where := demanding(session, tree, row.area, (*row.areas, *areas))):
        raise Refusal("approval-two", area=where)
    alone = covered or {row.author, *row.writers} == {who.id}
    may_place = books.holds(who, row.area, tree, Action.PLACE)
    if not ((alone and may_place) or books.holds(who, row.area, tree, Action.APPROVE)):
        raise Refusal("approval-needed")


def vouch(session: Session, tree: AreaTree, row: BulletinRow, areas: Iterable[str], who: Actor, now: datetime) -> int:
    """The number of the version that will sound: the approved one, or one that `who` vouches for by placing it.

    Raises Refusal as `require_airable`, and no-sound.
    """
    held = tuple(areas)
    require_airable(session, tree, row, held, who)
    found = airable(session, tree, row, held)
    if found is not None:
        return found.number
    for part, _ in _made_of(session, row):
        vouch(session, tree, part, held, who, now)
    try:
        made = pending(session, row)
    except Refusal:
        made = cut(session, row, who.id, now)
    decide(session, made, Verdict.VOUCHED, who.id, now)
    if row.state != BulletinState.APPROVED:
        row.state, row.updated_at = BulletinState.APPROVED.value, now
    return made.number

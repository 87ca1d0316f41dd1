"""The door between rows and what the domain speaks of: nothing else turns one into the other."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from broadcast.domain.areas import AreaTree
from broadcast.domain.bulletins import Bulletin, BulletinState, Origin, Sound
from broadcast.domain.deliveries import Delivery, DeliveryState
from broadcast.domain.fields import Category, Language
from broadcast.domain.holds import Held
from broadcast.domain.people import Action, Actor, Grant, Role, require
from broadcast.domain.refusals import Refusal
from broadcast.domain.schedule import Airing, Slot
from broadcast.domain.voices import VoiceChoice
from broadcast.records import (
    AiringRow,
    BulletinRow,
    ClipRow,
    DeliveryRow,
    GrantRow,
    PersonRow,
    ReceiverRow,
    SlotRow,
)
from broadcast.tables.air_records import HoldRow
from devices.vocabulary import AiringId, AreaId, ClipHash, Level


def stored(id_: int | None) -> int:
    """The id of a row that has been written."""
    if id_ is None:
        raise ValueError("a row that was not written yet")
    return id_


def actor(session: Session, row: PersonRow) -> Actor:
    """The person of a row, with what they hold."""
    person = stored(row.id)
    return Actor(person, row.login, row.name, grants(session, [person]).get(person, ()))


def grants(session: Session, people: Collection[int] | None) -> dict[int, tuple[Grant, ...]]:
    """What these people (None: all) hold, in the order in which it was given."""
    asked = select(GrantRow) if people is None else select(GrantRow).where(col(GrantRow.person).in_(people))
    found: dict[int, tuple[Grant, ...]] = {}
    for row in session.exec(asked.order_by(col(GrantRow.place), col(GrantRow.area), col(GrantRow.role))):
        found[row.person] = (*found.get(row.person, ()), Grant(Role(row.role), AreaId(row.area)))
    return found


def grant_rows(person: int, given: Iterable[Grant]) -> list[GrantRow]:
    """The rows of what someone is given, in that order."""
    return [
        GrantRow(person=person, role=grant.role.value, area=grant.area, place=place)
        for place, grant in enumerate(given)
    ]


def bulletin_row(session: Session, bulletin: int, who: Actor, tree: AreaTree, action: Action) -> BulletinRow:
    """The row of a bulletin to which they may do `action` as it is now.

    Raises Refusal: no-such-bulletin where they may not even see it, not-allowed, not-your-area, bulletin-life.
    """
    row = session.get(BulletinRow, bulletin)
    if row is None or not (holds(who, row.area, tree, action) or holds(who, row.area, tree, Action.SEE_BULLETINS)):
        raise Refusal("no-such-bulletin")
    # an area that a reform took away is nobody's but the root's
    area = AreaId(row.area) if row.area in tree.areas else tree.root.id
    require(who, action, [area], tree, BulletinState(row.state))
    return row


def audible_row(session: Session, bulletin: int, who: Actor, tree: AreaTree) -> BulletinRow:
    """The row of a bulletin they may read and hear: one of their areas, or one from above that airs there as it is now.

    Raises Refusal("no-such-bulletin").
    """
    row = session.get(BulletinRow, bulletin)
    if row is not None and not holds(who, row.area, tree, Action.SEE_BULLETINS) and _airs_at(session, row, who, tree):
        return row
    return bulletin_row(session, bulletin, who, tree, Action.SEE_BULLETINS)


def _airs_at(session: Session, row: BulletinRow, who: Actor, tree: AreaTree) -> bool:
    """Whether what was approved has a slot that is heard where they may see bulletins."""
    if row.state != BulletinState.APPROVED:
        return False
    above = {a for mine in who.where(Action.SEE_BULLETINS) if mine in tree.areas for a in tree.path(mine)}
    placed = select(SlotRow).where(SlotRow.bulletin == row.id, col(SlotRow.withdrawn_at).is_(None))
    return any(not above.isdisjoint(slot.areas) for slot in session.exec(placed))


def worded_row(session: Session, bulletin: int, who: Actor, tree: AreaTree) -> BulletinRow:
    """The row of a bulletin whose words and sound they may change. Raises Refusal as above, and programme-bulletin."""
    row = bulletin_row(session, bulletin, who, tree, Action.WRITE)
    if row.origin == Origin.PROGRAMME:
        raise Refusal("programme-bulletin")
    return row


def clip_row(session: Session, made: Sound, now: datetime) -> ClipRow:
    """The row of a sound that was just made."""
    clip = session.get(ClipRow, made.clip)
    if clip is None:
        clip = ClipRow(sha256=made.clip, seconds=made.seconds, size=made.size, made_at=now)
    clip.before_lufs, clip.integrated_lufs, clip.true_peak_db = (
        made.before_lufs,
        made.integrated_lufs,
        made.true_peak_db,
    )
    clip.masked = made.masked
    session.add(clip)
    session.flush()
    return clip


def holds(who: Actor, area: str, tree: AreaTree, action: Action) -> bool:
    """Whether they may do `action` in an area. One that a reform took away is nobody's but the root's."""
    above = tree.path(AreaId(area)) if area in tree.areas else (tree.root.id,)
    return any(mine in above for mine in who.where(action))


def sound(row: BulletinRow, clip: ClipRow | None) -> Sound | None:
    """The finished sound of a bulletin's row, and its clip's."""
    if clip is None:
        return None
    return Sound(
        ClipHash(clip.sha256),
        clip.seconds,
        clip.size,
        row.engine,
        row.voice,
        row.fell_back,
        before_lufs=clip.before_lufs,
        integrated_lufs=clip.integrated_lufs,
        true_peak_db=clip.true_peak_db,
        raw=row.raw,
        masked=clip.masked,
    )


def bulletin(session: Session, row: BulletinRow) -> Bulletin:
    """The bulletin of a row, with its sound."""
    return bulletins(session, [row])[0]


def bulletins(session: Session, rows: Sequence[BulletinRow]) -> list[Bulletin]:
    """The bulletins of rows, with their sounds."""
    named = [row.clip for row in rows if row.clip]
    asked = select(ClipRow).where(col(ClipRow.sha256).in_(named))
    clips = {clip.sha256: clip for clip in session.exec(asked)} if named else {}
    return [_bulletin(row, clips.get(row.clip or "")) for row in rows]


def _bulletin(row: BulletinRow, clip: ClipRow | None) -> Bulletin:
    return Bulletin(
        id=stored(row.id),
        title=row.title,
        text=row.text,
        level=Level(row.level),
        state=BulletinState(row.state),
        origin=Origin(row.origin),
        author=row.author,
        area=AreaId(row.area),
        sound=sound(row, clip),
        updated_at=row.updated_at,
        valid_until=row.valid_until,
        upload_name=row.upload_name,
        choice=VoiceChoice(row.chosen_engine, row.chosen_voice, row.chosen_rate),
        category=Category(row.category),
        source=row.source,
        issued_by=row.issued_by,
        areas=tuple(AreaId(a) for a in row.areas),
        language=Language(row.language),
        tags=tuple(row.tags),
        writers=tuple(row.writers),
    )


def wrote(row: BulletinRow, who: int) -> None:
    """From here on these are their words too."""
    if row.writers or who != row.author:
        row.writers = [*(w for w in row.writers if w != who), who]


def silence(row: BulletinRow) -> None:
    """Take the sound away: its words are others now."""
    row.clip, row.engine, row.voice, row.fell_back, row.raw = None, "", "", "", ""


def require_slot(row: SlotRow, who: Actor, tree: AreaTree) -> None:
    """Let through who may move or take back a slot: whoever may place where it sounds and where it came from.

    A commune answers what comes from above in its inbox. Raises Refusal: not-..., slot-from-above (area).
    """
    require(who, Action.PLACE, [AreaId(a) for a in row.areas if a in tree.areas], tree)
    if row.origin in tree.areas and not holds(who, row.origin, tree, Action.PLACE):
        raise Refusal("slot-from-above", area=tree.get(AreaId(row.origin)).name)


def slot(row: SlotRow, title: str) -> Slot:
    """The slot of a row."""
    return Slot(
        id=stored(row.id),
        bulletin=row.bulletin,
        title=title,
        areas=tuple(AreaId(a) for a in row.areas),
        at=row.at,
        placed_by=row.placed_by,
        withdrawn=row.withdrawn_at is not None,
        origin=AreaId(row.origin) if row.origin else None,
    )


def airing(row: AiringRow) -> Airing:
    """The airing of a row."""
    return Airing(
        id=AiringId(row.id),
        slot=row.slot,
        bulletin=row.bulletin,
        title=row.title,
        level=Level(row.level),
        areas=tuple(AreaId(a) for a in row.areas),
        at=row.at,
        clip=ClipHash(row.clip),
        seconds=row.seconds,
        size=row.size,
        quiet_hours_confirmed=row.quiet_hours_confirmed,
        valid_until=row.valid_until,
    )


def airing_row(what: Airing) -> AiringRow:
    """The row of a new airing."""
    return AiringRow(
        id=what.id,
        slot=what.slot,
        bulletin=what.bulletin,
        title=what.title,
        level=what.level.value,
        areas=list(what.areas),
        at=what.at,
        ends=what.ends,
        clip=what.clip,
        seconds=what.seconds,
        size=what.size,
        quiet_hours_confirmed=what.quiet_hours_confirmed,
        valid_until=what.valid_until,
    )


def delivery(row: DeliveryRow) -> Delivery:
    """The delivery of a row."""
    return Delivery(
        subject=row.subject,
        receiver=row.receiver,
        state=DeliveryState(row.state),
        planned_at=row.planned_at,
        news_at=row.news_at,
        started_at=row.started_at,
        start_error_ms=row.start_error_ms,
        played_ms=row.played_ms,
        why=row.why,
    )


def planned(what: Airing, receiver: str, area: AreaId, now: datetime) -> DeliveryRow:
    """The row of a new delivery: nobody has heard of it yet."""
    return DeliveryRow(
        subject=what.id,
        receiver=receiver,
        kind="airing",
        area=area,
        state=DeliveryState.PLANNED.value,
        planned_at=what.at,
        seconds=what.seconds,
        news_at=now,
    )


def held(row: HoldRow) -> Held:
    """The hold of a row."""
    return Held(AreaId(row.area), row.at, row.until, row.by, row.by_name, row.number, row.ended_at, row.ended_by)


def hold_row(what: Held) -> HoldRow:
    """The row of a new hold."""
    return HoldRow(area=what.area, at=what.at, until=what.until, by=what.by, by_name=what.by_name, number=what.number)


def enter(row: DeliveryRow, news: Delivery) -> None:
    """Write what is new of a delivery into its row."""
    row.state = news.state.value
    row.news_at = news.news_at
    row.started_at = news.started_at
    row.start_error_ms = news.start_error_ms
    row.played_ms = news.played_ms
    row.why = news.why


def homes(session: Session) -> dict[str, AreaId]:
    """Where every receiver hangs."""
    rows: Iterable[tuple[str, str]] = session.exec(select(ReceiverRow.id, ReceiverRow.area)).all()
    return {receiver: AreaId(area) for receiver, area in rows}

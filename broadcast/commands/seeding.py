"""Books full of years of work, written in one go: for figures, and to see pages with something in them."""

import asyncio
import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from importlib.resources import files
from typing import Any, Final
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert
from sqlmodel import Session, SQLModel

from broadcast.areas_data import load_tree
from broadcast.domain.areas import Area, AreaTree
from broadcast.domain.audit import Change, Deed, chained, entry
from broadcast.domain.finding import folded
from broadcast.domain.people import Role
from broadcast.domain.schedule import airing_id
from broadcast.domain.versions import Verdict, fingerprint
from broadcast.library import ClipLibrary
from broadcast.newsroom.version_books import content
from broadcast.receivers.presence import Presence
from broadcast.records import (
    AiringRow,
    AlarmRow,
    AuditHeadRow,
    AuditRow,
    BulletinRow,
    ClipRow,
    DeliveryRow,
    GrantRow,
    LexiconRow,
    PersonRow,
    ReceiverRow,
    SlotRow,
)
from broadcast.settings import Settings
from broadcast.store import Store
from broadcast.tables.finding_records import FoundRow, MeantRow
from broadcast.tables.version_records import DecisionRow, HearingRow, VersionRow
from devices.messages import State
from devices.vocabulary import AreaId, Level, ReceiverId

AHEAD: Final = 2
"""Days that are placed already."""
HOURS: Final = (time(17), time(5))
_SECONDS: Final = 42.0
_STATES: Final = ("submitted", "draft", "rejected", "withdrawn")
"""Of every fiftieth bulletin; all others were approved and have aired, or will."""
_LEVELS: Final = (Level.ROUTINE, Level.ROUTINE, Level.ROUTINE, Level.PRIORITY)
_MOST: Final = 5_000
"""Rows of one statement."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is to be: what the issue of a province asks for, unless told otherwise."""

    bulletins: int = 10_000
    receivers: int = 2_000
    people: int = 300
    words: int = 200


@dataclass(frozen=True, slots=True)
class Around:
    """What the rows are of. `clip`: a sound that lies in the library; `key`: the public key of every receiver."""

    tree: AreaTree
    now: datetime
    zone: ZoneInfo
    clip: str
    key: str


async def seed(settings: Settings, size: Size) -> None:
    """Fill the empty books of these settings, which no server has open."""
    settings.data.mkdir(parents=True, exist_ok=True)
    store = Store(settings.database_url)
    await asyncio.to_thread(store.migrate)
    sound = settings.data / "seeded-sound"
    sound.write_bytes(b"a sound that nobody will hear")
    around = Around(
        tree=load_tree(settings.areas.tree),
        now=datetime.now(UTC),
        zone=ZoneInfo(settings.schedule.timezone),
        clip=ClipLibrary(settings.data / "clips").keep(sound),
        key=base64.b64encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw()).decode("ascii"),
    )
    try:
        await store.write(lambda session: fill(session, around, size))
    finally:
        await store.close()


def fill(session: Session, around: Around, size: Size) -> None:
    """Write people, receivers, bulletins with what became of them, an alarm of the province, the trail.

    The tables must be empty. The chain of the trail is whole, and what is found by words is found.
    """
    communes = [area for area in around.tree.areas.values() if area.kind == "commune"]
    _put(session, [ClipRow(sha256=around.clip, seconds=_SECONDS, size=100_000, made_at=around.now)])
    _put(session, _people(around, communes, size.people))
    _put(session, _grants(around, communes, size.people))
    receivers = list(_receivers(around, communes, size.receivers))
    _put(session, receivers)
    hung: dict[str, list[str]] = {}
    for row in receivers:
        hung.setdefault(row.area, []).append(row.id)
    bulletins = [_bulletin(around, communes, size.people, n) for n in range(1, size.bulletins + 1)]
    _put(session, bulletins)
    _put(session, (FoundRow(bulletin=b.id or 0, folded=folded(f"{b.title} {b.text}")) for b in bulletins))
    _put(session, (MeantRow(bulletin=b.id or 0, area=area) for b in bulletins for area in b.areas))
    handed_in = [_version(around, b) for b in bulletins if b.state != "draft"]
    _put(session, handed_in)
    decided = [d for b, v in zip((b for b in bulletins if b.state != "draft"), handed_in, strict=True)
               for d in _decision(b, v)]  # fmt: skip
    _put(session, decided)
    _put(session, (HearingRow(bulletin=d.bulletin, number=1, person=d.by, at=d.at) for d in decided))
    aired = [b for b in bulletins if b.state == "approved"]
    slots = [_slot(around, len(communes), n, b) for n, b in enumerate(aired)]
    _put(session, slots)
    airings = [_airing(around, b, s) for b, s in zip(aired, slots, strict=True)]
    _put(session, airings)
    _put(session, (_delivery(around, a, area, r, n) for a in airings for area in a.areas
                   for n, r in enumerate(hung.get(area, ()))))  # fmt: skip
    _alarm(session, around, receivers)
    _put(session, _words(around, size.words))
    _trail(session, bulletins)


def presence(known: Presence, receivers: Iterable[str], now: datetime) -> None:
    """As if they had just been heard of: every twentieth is away, one in fifty lacks sound or is hot."""
    for n, receiver in enumerate(receivers):
        state = State(
            receiver=receiver, session=1, at=now, online=not _one_in(20, n), mode="idle", volume=80,
            clock_offset_ms=3.2, disk_free_mb=21_400, temperature_c=79.0 if _one_in(50, n) else 48.5,
            versions={"loalang": "0.1.0"},
        )  # fmt: skip
        known.take(state, now)


def _one_in(many: int, n: int) -> bool:
    return n % many == many // 3


def receiver_ids(count: int) -> tuple[ReceiverId, ...]:
    """Of the receivers `fill` makes."""
    return tuple(ReceiverId(f"cum-{n + 1:04}") for n in range(count))


def _put(session: Session, rows: Iterable[SQLModel]) -> None:
    batch: list[dict[str, Any]] = []
    model: type[SQLModel] | None = None
    for row in rows:
        model = type(row)
        batch.append({name: getattr(row, name) for name in model.model_fields})
        if len(batch) == _MOST:
            session.execute(insert(model), batch)
            batch = []
    if model is not None and batch:
        session.execute(insert(model), batch)


def _people(around: Around, communes: list[Area], count: int) -> Iterator[PersonRow]:
    for n in range(count):
        name = f"Nguyễn Văn {n + 1}, {communes[n % len(communes)].name}"
        yield PersonRow(id=n + 1, login=f"nguoi-{n + 1}", name=name, password_hash="", made_at=around.now)


def _grants(around: Around, communes: list[Area], count: int) -> Iterator[GrantRow]:
    roles = (Role.STAFF, Role.OPERATOR, Role.APPROVER)
    for n in range(count):
        commune = communes[n % len(communes)]
        role = roles[n % len(roles)]
        area = commune.id if role is Role.OPERATOR else commune.parent or around.tree.root.id
        yield GrantRow(person=n + 1, role=role.value, area=area)


def _receivers(around: Around, communes: list[Area], count: int) -> Iterator[ReceiverRow]:
    for n, id_ in enumerate(receiver_ids(count)):
        area = communes[n % len(communes)]
        yield ReceiverRow(
            id=id_, area=area.id, name=f"Cụm loa ấp {n // len(communes) + 1}", public_key=around.key, volume=80,
            alarm_volume=100, enrolled_at=around.now - timedelta(days=200), heard_at=around.now,
        )  # fmt: skip


_SENTENCES: Final = files("broadcast").joinpath("data", "bench-sentences.txt")


def _bulletin(around: Around, communes: list[Area], people: int, n: int) -> BulletinRow:
    sentences = _lines()
    commune = communes[n % len(communes)]
    rare = n % 50 if n % 50 < len(_STATES) else None
    return BulletinRow(
        id=n,
        title=f"Thông báo số {n}: {sentences[n % len(sentences)][:60]}",
        text="\n".join(sentences[(n + k) % len(sentences)] for k in range(5)),
        level=_LEVELS[n % len(_LEVELS)].value,
        state="approved" if rare is None else _STATES[rare],
        origin="text",
        author=n % people + 1,
        area=commune.parent or around.tree.root.id,
        updated_at=around.now - timedelta(minutes=7 * n),
        clip=around.clip,
        engine="espeak",
        voice="vi-vn-x-south",
        issued_by=f"UBND {commune.name}",
        areas=[commune.id],
    )


def _lines() -> list[str]:
    if not _KEPT:
        _KEPT.extend(line for line in _SENTENCES.read_text("utf-8").splitlines() if line)
    return _KEPT


_KEPT: Final[list[str]] = []


def _version(around: Around, row: BulletinRow) -> VersionRow:
    what = content(row)
    return VersionRow(
        bulletin=row.id or 0, number=1, hash=fingerprint(what), title=row.title, text=row.text, clip=around.clip,
        level=row.level, category=row.category, source=row.source, issued_by=row.issued_by, areas=row.areas,
        language=row.language, tags=row.tags, writers=[row.author], by=row.author, at=row.updated_at,
    )  # fmt: skip


def _decision(row: BulletinRow, version: VersionRow) -> Iterator[DecisionRow]:
    if row.state in {"approved", "rejected"}:
        verdict = Verdict.APPROVED if row.state == "approved" else Verdict.REJECTED
        reason = "" if row.state == "approved" else "Thiếu ngày giờ."
        by = row.author + 1 if row.author == 1 else row.author - 1
        yield DecisionRow(
            bulletin=version.bulletin, number=1, verdict=verdict.value, by=by, at=version.at, reason=reason
        )


def _slot(around: Around, communes: int, n: int, bulletin: BulletinRow) -> SlotRow:
    """Two a day in every commune, from those days ahead backwards."""
    half = n // communes
    day = around.now.astimezone(around.zone).date() + timedelta(days=AHEAD - half // 2)
    at = datetime.combine(day, HOURS[half % 2], around.zone) + timedelta(seconds=n % communes)
    at = at.astimezone(around.now.tzinfo)
    return SlotRow(
        id=n + 1, bulletin=bulletin.id or 0, areas=bulletin.areas, at=at, placed_by=bulletin.author,
        placed_at=min(at, around.now) - timedelta(hours=3), version=1,
    )  # fmt: skip


def _airing(around: Around, bulletin: BulletinRow, slot: SlotRow) -> AiringRow:
    return AiringRow(
        id=airing_id(slot.id or 0, slot.at), slot=slot.id or 0, bulletin=slot.bulletin, title=bulletin.title,
        level=bulletin.level, areas=slot.areas, at=slot.at, ends=slot.at + timedelta(seconds=_SECONDS),
        clip=around.clip, seconds=_SECONDS, size=100_000,
    )  # fmt: skip


def _delivery(around: Around, airing: AiringRow, area: str, receiver: str, n: int) -> DeliveryRow:
    past = airing.ends < around.now
    missed = past and _one_in(20, n)
    played = past and not missed
    return DeliveryRow(
        subject=airing.id, receiver=receiver, kind="airing", area=area,
        state="missed" if missed else "played" if past else "planned", planned_at=airing.at, seconds=_SECONDS,
        news_at=airing.ends if past else around.now, started_at=airing.at if played else None,
        start_error_ms=2.0 if played else None, played_ms=round(_SECONDS * 1000) if played else None,
        why="window-passed" if missed else "",
    )  # fmt: skip


def _alarm(session: Session, around: Around, receivers: list[ReceiverRow]) -> None:
    """One that was over some hours ago, in the whole province: the page of alarms still shows it."""
    at = around.now - timedelta(hours=5)
    root: AreaId = around.tree.root.id
    made = AlarmRow(
        id="lu-ve", areas=[root], siren="wail", words="Nước lũ đang lên nhanh.", raised_by=1,
        raised_name="Nguyễn Văn 1", raised_at=at, until=at + timedelta(hours=1), ended_at=at + timedelta(minutes=20),
    )  # fmt: skip
    _put(session, [made])
    _put(session, (
        DeliveryRow(
            subject=made.id, receiver=r.id, kind="alarm", area=r.area, state="played", planned_at=at, seconds=30.0,
            news_at=at, started_at=at, start_error_ms=1.0, played_ms=30_000,
        )
        for r in receivers
    ))  # fmt: skip


def _words(around: Around, count: int) -> Iterator[LexiconRow]:
    for n in range(count):
        yield LexiconRow(area=around.tree.root.id, written=f"TĐ{n}", words=f"tổ dân phố {n}", by=1, at=around.now)


def _trail(session: Session, bulletins: list[BulletinRow]) -> None:
    """Two entries for every bulletin: written, approved."""
    head = session.get_one(AuditHeadRow, 1)
    hash_, rows = head.hash, []
    deeds = [(b, action) for b in reversed(bulletins) for action in ("draft", "approve")]
    for seq, (row, action) in enumerate(deeds, head.seq + 1):
        deed = Deed(action, row.author, f"nguoi-{row.author}", f"Nguyễn Văn {row.author}", "10.0.0.1")
        key = f"bulletin/{row.id}"
        change = Change({}, {key: {"title": row.title, "state": row.state}}, (row.area, *row.areas))
        made = entry(seq, row.updated_at, deed, change)
        hash_ = chained(hash_, made)
        rows.append(AuditRow(**{name: getattr(made, name) for name in made.__slots__}, hash=hash_))
        head.seq = seq
    head.hash = hash_
    session.add(head)
    session.flush()
    _put(session, rows)

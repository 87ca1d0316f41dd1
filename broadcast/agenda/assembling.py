"""A programme becomes one sound, and with it a bulletin: handed in, approved, placed and logged like every other.

It is made of the bulletins as they are at that moment, which is written down: what is changed later makes it stale.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlmodel import Session, select

from audio.made import Piece
from broadcast import books
from broadcast.agenda import programme_books
from broadcast.agenda.programme_types import ProgrammeView
from broadcast.domain.bulletins import BulletinEvent, BulletinState, Origin, Sound, after, clean_title
from broadcast.domain.house import Tell
from broadcast.domain.people import Action, Actor
from broadcast.domain.programmes import MUSICAL, SHIPPED, STOPS, Layout, Programme, laid_out
from broadcast.domain.refusals import Refusal
from broadcast.domain.versions import fingerprint
from broadcast.newsroom import version_books
from broadcast.newsroom.desk import Desk
from broadcast.records import BulletinRow
from broadcast.studio import Studio
from broadcast.tables.programme_records import MadeOfRow, ProgrammeRow
from broadcast.wording import say
from devices.vocabulary import Level

_HEIGHT: Final = {Level.ROUTINE: 0, Level.PRIORITY: 1, Level.EMERGENCY: 2}


@dataclass(frozen=True, slots=True)
class _Order:
    """What is put together: of which edition, from what, in which bulletins' versions."""

    edition: int
    pieces: tuple[Piece, ...]
    made_of: tuple[tuple[int, str], ...]
    """(bulletin, its fingerprint), in order."""


async def assemble(desk: Desk, studio: Studio, actor: Actor, programme: int, tell: Tell) -> ProgrammeView:
    """Put a programme together. Of what did not change comes the same sound, and what was decided about it stays.

    Raises Refusal: no-such-programme, not-..., programme-faults, programme-changed (while it was being made),
    speech-busy, disk-full, sound-lost.
    """
    order = await desk.store.read(lambda session: _order(session, desk, actor, programme))
    sound = await studio.assemble(order.pieces, tell)

    def enter(session: Session) -> ProgrammeView:
        now = _order(session, desk, actor, programme)
        if (now.edition, now.made_of) != (order.edition, order.made_of):
            raise Refusal("programme-changed")
        row = session.get_one(ProgrammeRow, programme)
        _enter(session, desk, actor, row, sound, now)
        return programme_books.view(session, desk, actor, row)

    done = await desk.store.write(enter)
    desk.bell.ring()
    return done


def _order(session: Session, desk: Desk, actor: Actor, programme: int) -> _Order:
    row = programme_books.programme_row(session, desk, actor, programme, Action.WRITE)
    clean_title(row.title)
    what = programme_books.programme(session, desk, row)
    layout = laid_out(what, row.slot_s, row.at)
    area = programme_books.home(desk, row)
    wrong = [
        *(f for f, _ in layout.faults),
        *(f for p in what.parts for f in programme_books.faults_of(session, desk, p, (area,))),
    ]
    if STOPS.intersection(wrong):
        raise Refusal("programme-faults")
    made_of = tuple((b, _hash(session, b)) for p in what.parts if (b := p.bulletin) is not None)
    return _Order(row.edition, tuple(_pieces(session, desk, row, layout)), made_of)


def _pieces(session: Session, desk: Desk, row: ProgrammeRow, layout: Layout) -> Iterable[Piece]:
    for placed in layout.placed:
        part, source = placed.part, placed.part.sound
        file: Path | None = None
        if part.bulletin is not None:
            file = desk.library.path(session.get_one(BulletinRow, part.bulletin).clip or "")
        elif (clip := programme_books.clip_of(session, desk, source, programme_books.home(desk, row))) is not None:
            file = desk.library.path(clip.sha256)
        elif source in SHIPPED:
            yield Piece(source, placed.start, placed.seconds, part.kind in MUSICAL)
            continue
        if file is None:
            raise Refusal("sound-lost", part=part.title)
        yield Piece(str(file), placed.start, placed.seconds, part.kind in MUSICAL)


def _hash(session: Session, bulletin: int) -> str:
    return fingerprint(version_books.content(session.get_one(BulletinRow, bulletin)))


def _enter(session: Session, desk: Desk, actor: Actor, row: ProgrammeRow, sound: Sound, order: _Order) -> None:
    what = programme_books.programme(session, desk, row)
    books.clip_row(session, sound, desk.now())
    made = session.get(BulletinRow, row.bulletin) if row.bulletin is not None else None
    if made is None or made.state == BulletinState.WITHDRAWN:
        made = BulletinRow(
            title=row.title,
            text="",
            level=Level.ROUTINE.value,
            state=BulletinState.DRAFT.value,
            origin=Origin.PROGRAMME.value,
            author=actor.id,
            area=row.area,
            updated_at=desk.now(),
        )
        session.add(made)
        session.flush()
        row.bulletin = made.id
    before = fingerprint(version_books.content(made))
    parts = [session.get_one(BulletinRow, b) for b, _ in order.made_of]
    made.title, made.text, made.clip = row.title, _contents(desk, row, what), sound.clip
    made.level = max((Level(p.level) for p in parts), key=lambda level: _HEIGHT[level], default=Level.ROUTINE).value
    made.valid_until = min((p.valid_until for p in parts if p.valid_until is not None), default=None)
    made.category = _common(p.category for p in parts)
    made.areas = [programme_books.home(desk, row)]
    made.writers = list(dict.fromkeys(w for p in parts for w in (p.author, *p.writers)) | {actor.id: None})
    if fingerprint(version_books.content(made)) != before:
        made.state = after(BulletinState(made.state), BulletinEvent.EDIT).value
        made.updated_at = desk.now()
    row.made_edition = row.edition
    for old in session.exec(select(MadeOfRow).where(MadeOfRow.bulletin == made.id, MadeOfRow.clip == sound.clip)).all():
        session.delete(old)
    session.flush()
    whole = books.stored(made.id)
    session.add_all(
        MadeOfRow(bulletin=whole, clip=sound.clip, place=i, part=b, hash=h) for i, (b, h) in enumerate(order.made_of)
    )
    session.flush()


def _contents(desk: Desk, row: ProgrammeRow, what: Programme) -> str:
    """What sounds when, as whoever approves it reads it: "00:07 Mời họp"."""
    lines = [
        f"{int(p.start) // 60:02}:{int(p.start) % 60:02} {p.part.title or say(f'programme.kind-{p.part.kind.value}')}"
        for p in laid_out(what, row.slot_s).placed
    ]
    return "\n".join(lines)[: desk.settings.speech.text_limit]


def _common(categories: Iterable[str]) -> str:
    """The category of all of them, if they have one."""
    found = Counter(categories)
    return next(iter(found)) if len(found) == 1 else ""

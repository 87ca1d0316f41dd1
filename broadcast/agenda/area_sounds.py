"""Sounds of an area for its programmes: jingles and music, uploaded once, there for everything below."""

from pathlib import Path
from typing import Final

from sqlmodel import Session, col, func, select

from broadcast import books
from broadcast.agenda import programme_books
from broadcast.agenda.programme_types import SoundView
from broadcast.domain.house import Tell
from broadcast.domain.people import Action, Actor, require
from broadcast.domain.programme_patterns import clean_name
from broadcast.domain.refusals import Refusal
from broadcast.newsroom.desk import Desk
from broadcast.studio import Studio
from broadcast.tables.programme_records import AreaSoundRow
from devices.vocabulary import AreaId

MOST: Final = 200
"""Sounds of one area."""
_MB: Final = 1024 * 1024


async def sounds(desk: Desk, actor: Actor, area: AreaId) -> tuple[SoundView, ...]:
    """What may be put into a programme of an area: what ships, its own and those from above. Raises Refusal."""
    here = desk.tree.get(area).id
    require(actor, Action.SEE_BULLETINS, (here,), desk.tree)
    return await desk.store.read(lambda session: programme_books.sounds(session, desk, actor, here))


async def add_sound(
    desk: Desk, studio: Studio, actor: Actor, area: AreaId, name: str, file: Path, tell: Tell
) -> SoundView:
    """A file becomes a sound of an area, as loud as everything else; `file` stays the caller's.

    Raises Refusal: not-..., sound-name-..., sounds-many, upload-large, sound-..., speech-busy, disk-full.
    """
    here = desk.tree.get(area).id
    require(actor, Action.WRITE, (here,), desk.tree)
    kept = clean_name(Path(name).stem)

    def ask(session: Session) -> None:
        there = select(func.count()).where(AreaSoundRow.area == here, col(AreaSoundRow.removed_at).is_(None))
        if session.exec(there).one() >= MOST:
            raise Refusal("sounds-many", limit=MOST)
        if file.stat().st_size > desk.settings.upload.limit_mb * _MB:
            raise Refusal("upload-large", name=kept, limit=desk.settings.upload.limit_mb)

    await desk.store.read(ask)
    made = await studio.take_in_bare(kept, file, tell)

    def enter(session: Session) -> SoundView:
        clip = books.clip_row(session, made, desk.now())
        row = AreaSoundRow(area=here, name=kept, clip=clip.sha256, by=actor.id, at=desk.now())
        session.add(row)
        session.flush()
        key = books.stored(row.id)
        return next(one for one in programme_books.sounds(session, desk, actor, here) if one.id == key)

    done = await desk.store.write(enter)
    desk.bell.ring()
    return done


async def drop_sound(desk: Desk, actor: Actor, sound: int) -> None:
    """It is offered no more, and programmes that are put together from now on sound without it.

    Raises Refusal: no-such-sound, not-...
    """
    require(actor, Action.WRITE, (), desk.tree)

    def work(session: Session) -> None:
        row = session.get(AreaSoundRow, sound)
        if row is None or row.removed_at is not None:
            raise Refusal("no-such-sound")
        require(
            actor, Action.WRITE, [AreaId(row.area) if row.area in desk.tree.areas else desk.tree.root.id], desk.tree
        )
        row.removed_at = desk.now()

    await desk.store.write(work)
    desk.bell.ring()

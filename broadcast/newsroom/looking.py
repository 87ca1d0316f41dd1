"""What a writer should look at once more in a bulletin, and why they leave it as it is."""

import asyncio
import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlmodel import Session, col, func, select

from audio.marks import marks
from broadcast import books
from broadcast.domain.concerns import Answer, Code, Concern, Warned
from broadcast.domain.people import Action, Actor, require
from broadcast.domain.refusals import Refusal
from broadcast.domain.warnings import LOOKED_AT, MOST, Aired, Look, clean_reason, look
from broadcast.newsroom.desk import Desk
from broadcast.newsroom.newsroom_data import load_cues
from broadcast.records import BulletinRow, PersonRow, SlotRow
from broadcast.sight import sight
from broadcast.tables.warning_records import WarningAnswerRow
from devices.vocabulary import AreaId

OF_LATE: Final = timedelta(days=2)
"""What was aired this long ago is compared with."""
COMPARED: Final = 50
"""Bulletins that are compared."""
ANSWERS: Final = 200
"""Reasons kept with a bulletin."""
_KEY: Final = re.compile(rf"(?:{'|'.join(map(re.escape, Code))})-[0-9a-f]{{12}}")


@dataclass(frozen=True, slots=True)
class _Held:
    """What the books say of the bulletin."""

    what: Look
    answers: dict[str, Answer]


async def warnings(desk: Desk, actor: Actor, bulletin: int, text: str) -> tuple[Warned, ...]:
    """Everything worth a second look in the text as it is being written, with the reasons given; places are in its NFC.

    Raises Refusal: not-allowed, no-such-bulletin, cues-file.
    """
    require(actor, Action.SEE_BULLETINS, (), desk.tree)
    kept = unicodedata.normalize("NFC", text[:LOOKED_AT])
    held = await desk.store.read(lambda session: _held(desk, session, actor, bulletin, kept))

    def work() -> tuple[Warned, ...]:
        found = sorted((*look(held.what, load_cues(desk.settings.data), desk.tree), *_marks(kept)), key=_place)
        return tuple(Warned(concern, held.answers.get(concern.key)) for concern in found)

    return await asyncio.to_thread(work)


async def answer_warning(desk: Desk, actor: Actor, bulletin: int, key: str, reason: str) -> None:
    """Keep why what was warned about stands; "" takes the reason back. `key` is the concern's.

    Raises Refusal: not-allowed, not-your-area, no-such-bulletin, bulletin-life, no-such-warning, answers-many,
    reason-short, reason-long.
    """
    require(actor, Action.WRITE, (), desk.tree)
    if not _KEY.fullmatch(key):
        raise Refusal("no-such-warning")
    why = clean_reason(reason) if reason.strip() else ""

    def work(session: Session) -> None:
        home = books.bulletin_row(session, bulletin, actor, desk.tree, Action.WRITE).area
        row = session.get(WarningAnswerRow, (bulletin, key))
        if not why:
            if row is not None:
                session.delete(row)
            return
        if row is None:
            mine = select(func.count()).where(WarningAnswerRow.bulletin == bulletin)
            if session.exec(mine).one() >= ANSWERS:
                raise Refusal("answers-many", limit=ANSWERS)
            row = WarningAnswerRow(bulletin=bulletin, key=key, area=home, reason=why, by=actor.id, at=desk.now())
            session.add(row)
        elif row.reason != why:
            row.reason, row.by, row.at = why, actor.id, desk.now()

    await desk.store.write(work)
    desk.bell.ring()


def _marks(text: str) -> list[Concern]:
    """What stands in brackets, says nothing to a voice, and would be missed by whoever wrote it to be read out."""
    unknown = [mark for mark in marks(text) if not mark.known]
    return [
        Concern(Code.MARK, one.start, one.end, {"words": text[one.start : one.end]}, text[one.start : one.end])
        for one in unknown[:MOST]
    ]


def _place(concern: Concern) -> int:
    return concern.start


def _held(desk: Desk, session: Session, actor: Actor, bulletin: int, text: str) -> _Held:
    row = books.bulletin_row(session, bulletin, actor, desk.tree, Action.SEE_BULLETINS)
    given = (
        select(WarningAnswerRow, PersonRow.name)
        .join(PersonRow, col(PersonRow.id) == WarningAnswerRow.by)
        .where(WarningAnswerRow.bulletin == bulletin)
    )
    areas = tuple(AreaId(a) for a in row.areas or [row.area] if a in desk.tree.areas)
    what = Look(
        text,
        desk.now().astimezone(desk.zone).date(),
        valid_until=row.valid_until,
        areas=areas,
        recent=_of_late(desk, session, actor, bulletin),
    )
    return _Held(what, {a.key: Answer(a.reason, name, a.at) for a, name in session.exec(given).all()})


def _of_late(desk: Desk, session: Session, actor: Actor, bulletin: int) -> tuple[Aired, ...]:
    """Other bulletins that have just been aired, of those they may see: a title must not tell what they may not."""
    now = desk.now()
    aired = (
        select(BulletinRow.id, BulletinRow.title, BulletinRow.text, func.max(SlotRow.at))
        .join(SlotRow, col(SlotRow.bulletin) == BulletinRow.id)
        .where(
            BulletinRow.id != bulletin,
            col(SlotRow.withdrawn_at).is_(None),
            col(SlotRow.at) <= now,
            col(SlotRow.at) > now - OF_LATE,
            sight(desk, actor, Action.SEE_BULLETINS).rows(BulletinRow.area),
        )
        .group_by(col(BulletinRow.id), col(BulletinRow.title), col(BulletinRow.text))
        .order_by(func.max(SlotRow.at).desc())
        .limit(COMPARED)
    )
    return tuple(Aired(books.stored(id_), title, text, at) for id_, title, text, at in session.exec(aired).all())

"""A bulletin gets its sound: its words are spoken, or an uploaded file is taken in."""

from pathlib import Path
from typing import Final

from sqlmodel import Session

from audio.estimate import counted
from audio.reading import Lexicon
from audio.speech import FASTEST, SLOWEST
from broadcast import books, paces
from broadcast.domain.arrivals import shown_name
from broadcast.domain.bulletins import Bulletin, BulletinEvent, BulletinState, Origin, after, sayable
from broadcast.domain.house import Tell
from broadcast.domain.people import Action, Actor, require
from broadcast.domain.refusals import Refusal
from broadcast.domain.voices import AS_USUAL, VoiceChoice
from broadcast.newsroom import lexicon_books
from broadcast.newsroom.desk import Desk
from broadcast.records import BulletinRow
from broadcast.studio import Studio
from broadcast.studio_tools import Made
from broadcast.tables.listening_records import SpokenRow

_MB: Final = 1024 * 1024


async def render(
    desk: Desk, studio: Studio, actor: Actor, bulletin: int, tell: Tell, choice: VoiceChoice = AS_USUAL
) -> Bulletin:
    """Have the text spoken, as someone chose, read as its corrections and its area's lexicon say.

    Its sound is set only if the words are still those that were spoken.

    Raises Refusal: not-allowed, no-such-bulletin, bulletin-life, upload-in-place, programme-bulletin, text-...,
    speech-busy, speech-failed, text-changed, disk-full.
    """
    require(actor, Action.WRITE, (), desk.tree)

    def ask(session: Session) -> tuple[tuple[str, dict[str, str]], str, Lexicon]:
        row = _editable(desk, session, actor, bulletin)
        if row.origin != Origin.TEXT:
            raise Refusal("upload-in-place")
        lexicon = lexicon_books.of_bulletin(session, desk.tree, row)
        return (row.text, row.readings), sayable(row.text, desk.settings.speech.text_limit), lexicon

    as_written, words, lexicon = await desk.store.read(ask)
    made = await studio.speak_in_turn(words, tell, choice, lexicon)

    def enter(session: Session) -> Bulletin:
        row = _editable(desk, session, actor, bulletin)
        if (row.text, row.readings) != as_written or row.origin != Origin.TEXT:
            raise Refusal("text-changed")
        row.chosen_engine, row.chosen_voice, row.chosen_rate = choice.engine, choice.voice, choice.rate
        rate = min(FASTEST, max(SLOWEST, desk.settings.speech.rate * choice.rate))
        paces.learn(session, made.sound.engine, made.sound.voice, rate, counted(made.words), made.spoken_s)
        return _enter(desk, session, row, made)

    done = await desk.store.write(enter)
    desk.bell.ring()
    return done


async def upload(
    desk: Desk, studio: Studio, actor: Actor, bulletin: int, name: str, file: Path, tell: Tell
) -> Bulletin:
    """Make an uploaded file the bulletin's sound; `file` stays the caller's.

    Raises Refusal: not-allowed, no-such-bulletin, bulletin-life, upload-large, sound-..., speech-busy, disk-full.
    """
    require(actor, Action.WRITE, (), desk.tree)
    shown = shown_name(name)

    def ask(session: Session) -> None:
        _editable(desk, session, actor, bulletin)
        limit = desk.settings.upload.limit_mb
        if file.stat().st_size > limit * _MB:
            raise Refusal("upload-large", name=shown, limit=limit)

    await desk.store.read(ask)
    made = await studio.take_in(shown, file, tell)

    def enter(session: Session) -> Bulletin:
        row = _editable(desk, session, actor, bulletin)
        row.origin, row.upload_name = Origin.UPLOAD.value, shown
        books.wrote(row, actor.id)
        return _enter(desk, session, row, made)

    done = await desk.store.write(enter)
    desk.bell.ring()
    return done


def _editable(desk: Desk, session: Session, actor: Actor, bulletin: int) -> BulletinRow:
    row = books.worded_row(session, bulletin, actor, desk.tree)
    after(BulletinState(row.state), BulletinEvent.EDIT)
    return row


def _enter(desk: Desk, session: Session, row: BulletinRow, made: Made) -> Bulletin:
    sound = made.sound
    books.clip_row(session, sound, desk.now())
    row.clip, row.engine, row.voice, row.fell_back = sound.clip, sound.engine, sound.voice, sound.fell_back
    row.raw = sound.raw
    session.merge(SpokenRow(bulletin=books.stored(row.id), clip=sound.clip, lead_s=made.lead_s, lines=_lines(made)))
    row.state = after(BulletinState(row.state), BulletinEvent.EDIT).value
    row.updated_at = desk.now()
    return books.bulletin(session, row)


def _lines(made: Made) -> list[list[object]]:
    """As `SpokenRow` has them."""
    return [
        [round(line.start_s * 1000), round(line.end_s * 1000), [[p.start, p.end, p.words] for p in line.parts]]
        for line in made.lines
    ]

"""How fast each voice was heard to read: kept in the books, so that the next length is told better."""

from sqlmodel import Session, col, select

from audio import estimate
from audio.estimate import KEPT, Counted, Pace
from broadcast.domain.voices import VoiceChoice
from broadcast.records import BulletinRow
from broadcast.tables.listening_records import PaceRow


def learn(session: Session, engine: str, voice: str, rate: float, what: Counted, heard_s: float) -> None:
    """A text that lasted `heard_s` seconds, without chimes. Paces are kept as at rate 1: a voice is its own measure."""
    taught = estimate.sample(what, estimate.shipped(engine), rate, heard_s)
    if taught is None:
        return
    row = session.get(PaceRow, (engine, voice)) or PaceRow(engine=engine, voice=voice)
    row.samples = [*row.samples, list(taught)][-KEPT:]
    session.add(row)


def pace(session: Session, engine: str, voice: str) -> tuple[Pace, bool]:
    """A voice's pace, and whether it was ever heard: measured before it was shipped, or learned since."""
    row = session.get(PaceRow, (engine, voice))
    samples = row.samples if row else []
    return estimate.learned(engine, samples), bool(samples) or engine in estimate.MEASURED


def likely(session: Session, engine: str, voice: str) -> VoiceChoice:
    """Who will speak when that engine is asked first: another, if another spoke in its stead the last time."""
    newest = (
        select(BulletinRow.engine, BulletinRow.voice, BulletinRow.fell_back)
        .where(BulletinRow.engine != "")
        .order_by(col(BulletinRow.updated_at).desc())
        .limit(1)
    )
    last = session.exec(newest).first()
    if last is not None:
        spoke, with_voice, fell_back = last
        if any(part.rpartition(": ")[0] == engine for part in fell_back.split("; ")):
            return VoiceChoice(spoke, with_voice)
    return VoiceChoice(engine, voice)

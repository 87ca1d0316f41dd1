"""What an alarm is, and what must be true before one is raised. Asks no store and no engine."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from broadcast.domain.people import Actor
from broadcast.domain.plain import paragraphs
from broadcast.domain.refusals import Refusal
from devices.messages import WORDS_LENGTH, Alarm, AlarmEnded
from devices.vocabulary import AlarmId, AreaId, ClipHash, Siren

CONFIRMATION: Final = "KHẨN CẤP"
"""What a person types before an alarm is raised: long enough not to be a slip of the thumb."""
LASTS: Final = timedelta(minutes=30)
"""An alarm ends by itself after this: receivers fall silent without being told."""


@dataclass(frozen=True, slots=True)
class AlarmInForce:
    """An alarm as the server holds it. `ended_at` is set once it was ended."""

    id: AlarmId
    areas: tuple[AreaId, ...]
    siren: Siren
    words: str
    raised_by: int
    raised_name: str
    raised_at: datetime
    until: datetime
    ended_at: datetime | None = None
    words_ready: bool = False
    """The spoken words were sent after the siren."""
    unsent: tuple[AreaId, ...] = ()
    """Areas whose publish no carrier took: they go out at the next connection."""
    raised_login: str = ""
    raised_from: str = ""
    """The address at which it was raised."""
    ended_by: int | None = None
    """Who ended it; None where its time ran out."""
    ended_login: str = ""
    ended_name: str = ""
    ended_from: str = ""

    def in_force(self, now: datetime) -> bool:
        """Whether it still holds."""
        return self.ended_at is None and now < self.until


ENDED_HOLDS: Final = timedelta(days=400)
"""How long word of an end is kept on the wire: whoever comes back late reads that it is over, and refuses nothing."""


@dataclass(frozen=True, slots=True)
class Standing:
    """An alarm with everything its messages say. `numbers`: the newest number given to it, by area."""

    alarm: AlarmInForce
    siren_s: float
    repeats: int
    pause_s: float
    clip: ClipHash | None = None
    seconds: float = 0.0
    size: int = 0
    numbers: dict[AreaId, int] = field(default_factory=dict)

    def ended(self, at: datetime, by: Actor | None = None, whence: str = "") -> "Standing":
        """The same, over since `at`; `by` None: its time ran out."""
        over = replace(self.alarm, ended_at=at)
        if by is not None:
            over = replace(over, ended_by=by.id, ended_login=by.login, ended_name=by.name, ended_from=whence)
        return replace(self, alarm=over)

    def spoken(self, clip: ClipHash, seconds: float, size: int) -> "Standing":
        """The same, with its words as a clip of `seconds` and `size` bytes."""
        alarm = replace(self.alarm, words_ready=True)
        return replace(self, alarm=alarm, clip=clip, seconds=seconds, size=size)

    def message(self, area: AreaId, now: datetime) -> Alarm | AlarmEnded:
        """What is said of it in one area, under the number it has there."""
        alarm, target, number = self.alarm, f"area/{area}", self.numbers[area]
        if alarm.ended_at is not None:
            return AlarmEnded(target=target, number=number, issued=now, expires=now + ENDED_HOLDS, alarm=alarm.id)
        return Alarm(
            target=target,
            number=number,
            issued=now,
            expires=alarm.until,
            alarm=alarm.id,
            siren=alarm.siren,
            siren_s=self.siren_s,
            words=alarm.words,
            clip=self.clip,
            seconds=self.seconds,
            size=self.size,
            repeats=self.repeats,
            pause_s=self.pause_s,
            until=alarm.until,
        )


def holders(standings: Iterable[Standing]) -> dict[AreaId, AlarmId]:
    """Whose word each area hears: one topic holds one alarm, and the one raised last takes it."""
    held: dict[AreaId, AlarmId] = {}
    for standing in sorted(standings, key=lambda s: (s.alarm.raised_at, s.alarm.id)):
        held.update(dict.fromkeys(standing.alarm.areas, standing.alarm.id))
    return held


def require_confirmation(typed: str) -> None:
    """Raises Refusal("alarm-unconfirmed") unless the word was typed (case and tone encoding do not matter)."""
    if unicodedata.normalize("NFC", typed).strip().casefold() != CONFIRMATION.casefold():
        raise Refusal("alarm-unconfirmed", confirmation=CONFIRMATION)


def require_words(words: str) -> str:
    """The words as they go out, NFC, nothing unseen in them. Raises Refusal("text-empty") or Refusal("text-long")."""
    kept = paragraphs(words, WORDS_LENGTH).strip()
    if not any(c.isalnum() for c in kept):
        raise Refusal("text-empty")
    if len(kept) > WORDS_LENGTH:
        raise Refusal("text-long", limit=WORDS_LENGTH, length=len(kept))
    return kept

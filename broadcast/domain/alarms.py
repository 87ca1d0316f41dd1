"""What an alarm is, and what must be true before one is raised. Asks no store and no engine."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from broadcast.domain.refusals import Refusal
from devices.messages import WORDS_LENGTH
from devices.vocabulary import AlarmId, AreaId, Siren

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

    def in_force(self, now: datetime) -> bool:
        """Whether it still holds."""
        return self.ended_at is None and now < self.until


def require_confirmation(typed: str) -> None:
    """Raises Refusal("alarm-unconfirmed") unless the word was typed (case and tone encoding do not matter)."""
    if unicodedata.normalize("NFC", typed).strip().casefold() != CONFIRMATION.casefold():
        raise Refusal("alarm-unconfirmed", confirmation=CONFIRMATION)


def require_words(words: str) -> str:
    """The words as they go out, NFC. Raises Refusal("text-empty") or Refusal("text-long")."""
    kept = unicodedata.normalize("NFC", words).strip()
    if not any(c.isalnum() for c in kept):
        raise Refusal("text-empty")
    if len(kept) > WORDS_LENGTH:
        raise Refusal("text-long", limit=WORDS_LENGTH, length=len(kept))
    return kept

"""What a bulletin is, what may be said in it, and its life."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from broadcast.domain.fields import Category, Fields, Language
from broadcast.domain.plain import seen
from broadcast.domain.refusals import Refusal
from broadcast.domain.voices import AS_USUAL, VoiceChoice
from devices.vocabulary import AreaId, ClipHash, Level

TITLE_LENGTH: Final = 200


class BulletinState(StrEnum):
    """Where a bulletin is in its life."""

    DRAFT = "draft"
    """Being written; nobody else relies on it."""
    SUBMITTED = "submitted"
    """Its author says it is ready; it waits for approval."""
    APPROVED = "approved"
    """It may go on the air, just as it is."""
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    """It may never air again."""
    EXPIRED = "expired"
    """Its validity has ended; with a later end it may be handed in again."""


class BulletinEvent(StrEnum):
    """What happens to a bulletin."""

    EDIT = "edit"
    SUBMIT = "submit"
    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"


_S, _E = BulletinState, BulletinEvent
LIFE: Final[dict[tuple[BulletinState, BulletinEvent], BulletinState]] = {
    (_S.DRAFT, _E.EDIT): _S.DRAFT,
    (_S.DRAFT, _E.SUBMIT): _S.SUBMITTED,
    (_S.DRAFT, _E.WITHDRAW): _S.WITHDRAWN,
    (_S.SUBMITTED, _E.EDIT): _S.DRAFT,
    (_S.SUBMITTED, _E.APPROVE): _S.APPROVED,
    (_S.SUBMITTED, _E.REJECT): _S.REJECTED,
    (_S.SUBMITTED, _E.WITHDRAW): _S.WITHDRAWN,
    (_S.APPROVED, _E.EDIT): _S.DRAFT,
    (_S.APPROVED, _E.WITHDRAW): _S.WITHDRAWN,
    (_S.REJECTED, _E.EDIT): _S.DRAFT,
    (_S.REJECTED, _E.WITHDRAW): _S.WITHDRAWN,
    (_S.SUBMITTED, _E.EXPIRE): _S.EXPIRED,
    (_S.APPROVED, _E.EXPIRE): _S.EXPIRED,
    (_S.EXPIRED, _E.EDIT): _S.DRAFT,
    (_S.EXPIRED, _E.WITHDRAW): _S.WITHDRAWN,
}


class Origin(StrEnum):
    """Where its sound comes from."""

    TEXT = "text"
    UPLOAD = "upload"
    PROGRAMME = "programme"
    """Put together from others: it is changed where its programme is, and nowhere else."""


@dataclass(frozen=True, slots=True)
class Sound:
    """The finished sound of a bulletin, and who spoke it ("" for an upload)."""

    clip: ClipHash
    seconds: float
    size: int
    engine: str = ""
    voice: str = ""
    fell_back: str = ""
    """Why the engine before this one did not speak; "" where the first one did."""
    before_lufs: float | None = None
    """How loud it was before mastering, and what came out; None for a sound of before these were kept."""
    integrated_lufs: float | None = None
    true_peak_db: float | None = None
    raw: str = ""
    """The hash of the sound before mastering; "" where that was not kept."""
    masked: bool = False
    """Speech in an upload is hard to make out: what sounds below it is too loud."""


@dataclass(frozen=True, slots=True)
class Bulletin:
    """What is said. `sound` is None until it was rendered, and again after every change of the words."""

    id: int
    title: str
    text: str
    level: Level
    state: BulletinState
    origin: Origin
    author: int
    area: AreaId
    sound: Sound | None
    updated_at: datetime
    valid_until: datetime | None = None
    upload_name: str = ""
    choice: VoiceChoice = AS_USUAL
    """Who was last chosen to read it."""
    category: Category = Category.NONE
    source: str = ""
    issued_by: str = ""
    areas: tuple[AreaId, ...] = ()
    """Where it is meant to be heard."""
    language: Language = Language.VIETNAMESE
    tags: tuple[str, ...] = ()
    writers: tuple[int, ...] = ()
    """Everybody whose words these are; who wrote last stands last."""

    @property
    def fields(self) -> Fields:
        """What it tells of itself beside its words."""
        return Fields(
            self.level,
            self.category,
            self.source,
            self.issued_by,
            self.valid_until,
            self.areas,
            self.language,
            self.tags,
        )


def after(state: BulletinState, event: BulletinEvent) -> BulletinState:
    """The state that follows. Raises Refusal("bulletin-life") for what cannot happen."""
    try:
        return LIFE[state, event]
    except KeyError:
        raise Refusal("bulletin-life", state=state.value, event=event.value) from None


_MARKUP = re.compile(r"</?[a-zA-Z][^<>]{0,200}>|<!--")


def unfinished(text: str, limit: int) -> str:
    """A text in the making as it is kept: NFC, no control characters. Raises Refusal("text-long"), nothing else."""
    kept = _plain(text, limit)
    if len(kept) > limit:
        raise Refusal("text-long", limit=limit, length=len(kept))
    return kept


def unfinished_title(title: str) -> str:
    """A title in the making as it is kept: NFC, one line. Raises Refusal("title-long"), nothing else."""
    kept = " ".join(_plain(title, TITLE_LENGTH).split())
    if len(kept) > TITLE_LENGTH:
        raise Refusal("title-long", limit=TITLE_LENGTH, length=len(kept))
    return kept


def clean_title(title: str) -> str:
    """The title as it goes on the air. Raises Refusal("title-empty") or Refusal("title-long")."""
    kept = unfinished_title(title)
    if not kept:
        raise Refusal("title-empty")
    return kept


def _plain(text: str, limit: int) -> str:
    # decomposed Vietnamese is up to three times as long: what is far beyond is not looked at, only counted
    if len(text) > 4 * limit:
        return text
    kept = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    return seen(kept)


def sayable(text: str, limit: int) -> str:
    """The text as it is spoken: NFC, no control characters. Raises Refusal for what cannot be read aloud.

    Refused: nothing in it, longer than `limit` characters, no letter or digit at all, HTML in it.
    """
    kept = unfinished(text, limit).strip()
    if not kept:
        raise Refusal("text-empty")
    if not any(c.isalnum() for c in kept):
        raise Refusal("text-silent")
    markup = _MARKUP.search(kept)
    if markup:
        raise Refusal("text-markup", found=markup.group()[:40])
    return kept

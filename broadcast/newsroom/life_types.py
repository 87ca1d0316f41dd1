"""What pages read of bulletins and their lives; as in `broadcast.view_types`, plain frozen pictures."""

from dataclasses import dataclass
from datetime import datetime

from broadcast.domain.bulletins import Bulletin, BulletinState
from broadcast.domain.versions import Content, Verdict
from broadcast.view_types import BulletinView
from devices.vocabulary import AreaId, Level


@dataclass(frozen=True, slots=True)
class BulletinAsk:
    """Which bulletins are asked for: those with all these words, with tone marks or without; None: whatever it is.

    `area`: written there or below, or meant for there.
    """

    words: str = ""
    state: BulletinState | None = None
    level: Level | None = None
    area: AreaId | None = None
    page: int = 0
    page_size: int = 48


@dataclass(frozen=True, slots=True)
class BulletinPage:
    """Bulletins, newest first, and how many there are in all."""

    views: tuple[BulletinView, ...]
    total: int


@dataclass(frozen=True, slots=True)
class DecisionView:
    """What became of a version. `reason`: of a rejection; `waived`: why it was approved without being heard."""

    verdict: Verdict
    by_name: str
    at: datetime
    reason: str
    waived: str


@dataclass(frozen=True, slots=True)
class VersionView:
    """A bulletin as it was handed in. `heard`: who heard it to its end, and when."""

    number: int
    hash: str
    content: Content
    area_names: tuple[str, ...]
    seconds: float
    by_name: str
    at: datetime
    decision: DecisionView | None
    heard: tuple[tuple[str, datetime], ...]


@dataclass(frozen=True, slots=True)
class LifeView:
    """A bulletin with its versions, newest first, and what whoever looks may do about the newest."""

    bulletin: Bulletin
    author_name: str
    writer_name: str
    """Who wrote in it last."""
    area_names: tuple[str, ...]
    """Where it is meant to be heard."""
    versions: tuple[VersionView, ...]
    waits: bool
    may_decide: bool
    why_not: str
    """The code of the Refusal that an approval by them would meet, and the area it names; "" for none."""
    why_area: str
    heard: bool
    """They have heard what waits."""
    coming: tuple["ComingSlot", ...] = ()
    """What would be taken back with it."""


@dataclass(frozen=True, slots=True)
class ComingSlot:
    """A slot that has not ended; `repeats`: it comes back."""

    id: int
    at: datetime
    area_names: tuple[str, ...]
    repeats: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """A bulletin that waits for approval: who handed it in and when, as which version. `own`: by whoever looks."""

    bulletin: Bulletin
    by_name: str
    at: datetime
    number: int
    seconds: float
    own: bool

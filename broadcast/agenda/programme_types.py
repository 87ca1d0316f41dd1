"""What pages read of programmes: plain frozen pictures, as in `broadcast.view_types`."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from broadcast.domain.bulletins import Bulletin, BulletinState
from broadcast.domain.programme_patterns import Pattern
from broadcast.domain.programmes import Fault, PartKind
from devices.vocabulary import AreaId, Level


@dataclass(frozen=True, slots=True)
class Frame:
    """What a programme is beside its parts. `at`: when it is to begin; None: that is not settled."""

    title: str
    at: datetime | None
    slot_s: float
    gap_s: float
    fade_s: float

    def merged(self, before: "Frame", after: "Frame") -> "Frame":
        """With what somebody changed from `before` to `after`; what others changed meanwhile stays."""
        changed = {
            name: getattr(after, name) for name in self.__slots__ if getattr(after, name) != getattr(before, name)
        }
        return replace(self, **changed)


@dataclass(frozen=True, slots=True)
class PartView:
    """One part: its length and when it begins in the programme (None: it does not sound), and what is wrong with it."""

    key: str
    kind: PartKind
    title: str
    seconds: float | None
    start: float | None
    sound: str
    bulletin: int | None
    level: Level
    state: BulletinState | None
    valid_until: datetime | None
    faults: tuple[Fault, ...]


class Stale(StrEnum):
    """Why what was put together is no longer what should sound."""

    ORDER = "order"
    """The programme itself was changed."""
    CHANGED = "changed"
    """A bulletin in it was."""
    BARRED = "barred"
    """A bulletin in it was withdrawn or rejected."""
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class MadeView:
    """What a programme became: a bulletin like any other. `stale`: (title of the part or "", why)."""

    bulletin: Bulletin
    stale: tuple[tuple[str, Stale], ...]


@dataclass(frozen=True, slots=True)
class ProgrammeView:
    """A programme laid out. `faults`: of the whole; those of a part stand with it."""

    id: int
    area: AreaId
    area_name: str
    frame: Frame
    parts: tuple[PartView, ...]
    total_s: float
    over_s: float
    left_s: float
    faults: tuple[Fault, ...]
    ready: bool
    """Nothing keeps it from being put together."""
    made: MadeView | None
    edition: int
    changed_name: str
    changed_at: datetime
    writable: bool


@dataclass(frozen=True, slots=True)
class ProgrammeLine:
    """A programme in the list. `made`: its bulletin's state, None before it was put together; `next_at`: its slot."""

    id: int
    title: str
    area_name: str
    at: datetime | None
    parts: int
    total_s: float
    slot_s: float
    made: BulletinState | None
    stale: bool
    next_at: datetime | None
    changed_name: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class PatternView:
    """A usual programme that holds at an area. `own`: of which area; None for one that ships."""

    pattern: Pattern
    own: AreaId | None
    own_name: str


@dataclass(frozen=True, slots=True)
class SoundView:
    """A sound one may put into a programme. `sound` is what a part calls it; `id` 0: it ships, and has no name."""

    sound: str
    id: int
    name: str
    seconds: float
    clip: str
    area_name: str
    theirs: bool
    """Whether who looks may take it away."""

"""When something may sound: not in the past, not too far ahead, in the quiet hours only on purpose."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from broadcast.domain.refusals import Refusal
from devices.vocabulary import AiringId, AreaId, ClipHash, Level, slug

FARTHEST: Final = timedelta(days=366)
"""How far ahead a slot may be placed: beyond a year it is a typing error."""
GRACE: Final = timedelta(seconds=1)
"""A chosen minute may have begun while the button was pressed."""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Local hours in which nothing sounds unless a person confirmed it; may cross midnight. Equal ends: none."""

    start: time
    end: time

    def hold(self, instant: datetime, zone: ZoneInfo) -> bool:
        """Whether they hold at that instant; the start belongs to them, the end does not."""
        local = instant.astimezone(zone).time()
        if self.start <= self.end:
            return self.start <= local < self.end
        return local >= self.start or local < self.end


@dataclass(frozen=True, slots=True)
class Airing:
    """One slot at one instant, with everything a receiver needs to sound it."""

    id: AiringId
    slot: int
    bulletin: int
    title: str
    level: Level
    areas: tuple[AreaId, ...]
    at: datetime
    clip: ClipHash
    seconds: float
    size: int
    quiet_hours_confirmed: bool = False
    valid_until: datetime | None = None

    @property
    def ends(self) -> datetime:
        """When its last frame sounds, if it begins on time."""
        return self.at + timedelta(seconds=self.seconds)


@dataclass(frozen=True, slots=True)
class Slot:
    """When and where a bulletin airs."""

    id: int
    bulletin: int
    title: str
    areas: tuple[AreaId, ...]
    at: datetime
    placed_by: int
    withdrawn: bool = False
    origin: AreaId | None = None
    """From where it was placed, where that is one area."""


def airing_id(slot: int, at: datetime) -> AiringId:
    """The name of one slot at one instant: the same whenever it is computed."""
    return AiringId(slug(f"s{slot} {at:%Y%m%dt%H%M%Sz}"))


def require_time(at: datetime, now: datetime) -> None:
    """Raises Refusal("time-past") or Refusal("time-far")."""
    if at < now - GRACE:
        raise Refusal("time-past", at=at)
    if at > now + FARTHEST:
        raise Refusal("time-far", at=at, days=FARTHEST.days)


def clashes(candidate: Airing, others: Iterable[Airing]) -> tuple[Airing, ...]:
    """Those of `others` that sound at a moment at which `candidate` sounds, in time order."""
    found = (o for o in others if o.id != candidate.id and o.at < candidate.ends and candidate.at < o.ends)
    return tuple(sorted(found, key=lambda o: (o.at, o.id)))

"""A hold: an area falls silent at one touch, until it is released or its time is over, whichever comes first."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from devices.messages import Hold, HoldEnded
from devices.vocabulary import HOLD_LONGEST, AreaId

TOLD: Final = timedelta(days=400)
"""How long word of a hold is valid on the wire: whoever reads it late finds its time over, and refuses nothing."""


@dataclass(frozen=True, slots=True)
class Held:
    """An area that was silenced. `number` is that of its newest message; `ended_at` is set once it was released."""

    area: AreaId
    at: datetime
    until: datetime
    by: int
    by_name: str
    number: int
    ended_at: datetime | None = None
    ended_by: int | None = None

    def in_force(self, now: datetime) -> bool:
        """Whether it still silences."""
        return self.ended_at is None and now < self.until

    def released(self, at: datetime, by: int, number: int) -> "Held":
        """The same, over since `at`."""
        return replace(self, ended_at=at, ended_by=by, number=number)

    def message(self) -> Hold | HoldEnded:
        """What is said of it: the same whenever it is made."""
        target = f"area/{self.area}"
        if self.ended_at is not None:
            ends = self.ended_at + TOLD
            return HoldEnded(target=target, number=self.number, issued=self.ended_at, expires=ends)
        return Hold(target=target, number=self.number, issued=self.at, expires=self.at + TOLD, until=self.until)


def until(now: datetime, hours: float) -> datetime:
    """The end of a hold that begins now: never farther than a receiver would obey."""
    return now + min(timedelta(hours=hours), HOLD_LONGEST)

"""What a receiver at one place will sound in the hours to come: told by the very function that will play it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from broadcast.domain.plans import plan_for
from broadcast.domain.schedule import Airing
from devices.messages import Assignment
from devices.receiver.playlist import Upcoming, preview
from devices.vocabulary import AreaId

SPAN: Final = timedelta(hours=24)
"""How far is looked ahead."""
NAMELESS: Final = "receiver/preview"


@dataclass(frozen=True, slots=True)
class Listener:
    """What decides what a receiver sounds, besides plans: its area and all above, its quiet hours, a hold."""

    path: tuple[AreaId, ...]
    quiet_from: str
    quiet_to: str
    timezone: str
    held_until: datetime | None = None


class Mark(StrEnum):
    """How a line of the list stands after a change."""

    SAME = "same"
    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Compared:
    """One airing before and after a change; None where it is not in the list then."""

    before: Upcoming | None
    after: Upcoming | None
    mark: Mark

    @property
    def last(self) -> Upcoming:
        """As it will be; as it was, where it is gone."""
        found = self.after or self.before
        if found is None:
            raise ValueError("neither before nor after")
        return found


def span(at: datetime, now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From when to when one looks: the next 24 hours, or the local day of an instant that lies beyond."""
    if at < now + SPAN:
        return now, now + SPAN
    day = at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
    return day, day + SPAN


def upcoming(listener: Listener, airings: Iterable[Airing], begin: datetime, end: datetime) -> tuple[Upcoming, ...]:
    """Every airing that a receiver there is told of and that could sound between `begin` and `end`."""
    heard = [a for a in airings if a.ends > begin and set(a.areas).intersection(listener.path)]
    plans = [plan_for(area, heard, begin, 1) for area in listener.path]
    assignment = Assignment(
        target=NAMELESS,
        number=1,
        issued=begin,
        expires=end + SPAN,
        areas=listener.path,
        clips_url="",
        quiet_from=listener.quiet_from,
        quiet_to=listener.quiet_to,
        timezone=listener.timezone,
    )
    first = min([begin, *(a.at for a in heard)])  # what sounds already may hold up what comes
    return preview(plans, assignment, first, end, listener.held_until)


def compare(before: Iterable[Upcoming], after: Iterable[Upcoming]) -> tuple[Compared, ...]:
    """Both lists in one, in the order of time, each airing once."""
    was, will = {u.airing.id: u for u in before}, {u.airing.id: u for u in after}
    lines = [Compared(was.get(id_), will.get(id_), _mark(was.get(id_), will.get(id_))) for id_ in was | will]
    return tuple(sorted(lines, key=lambda c: (c.last.airing.at, c.last.airing.id)))


def _mark(was: Upcoming | None, will: Upcoming | None) -> Mark:
    if was is None:
        return Mark.NEW
    if will is None:
        return Mark.GONE
    same = (was.starts, was.ends, was.why, was.cut_short) == (will.starts, will.ends, will.why, will.cut_short)
    return Mark.SAME if same else Mark.CHANGED

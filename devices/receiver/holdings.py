"""What a receiver holds and believes at this moment, in memory: the assignment, plans, alarms, holds, numbers.

Filled from the shelf at the start and by the gate afterwards. Nothing here touches the disk.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from devices.messages import Alarm, AlarmEnded, AlarmMessage, Assignment, Hold, HoldMessage, Plan, PlannedAiring
from devices.receiver.playlist import merge, newest
from devices.receiver.shelf import Held
from devices.vocabulary import HOLD_LONGEST

_EVER: Final = datetime.min.replace(tzinfo=UTC)
_NEVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A clip that held plans or alarms name: how large it is said to be (0: not said), and when it is first needed."""

    clip: str
    size: int
    at: datetime


class Holdings:
    """See the module. `targets` are those whose messages concern this receiver."""

    def __init__(self, receiver: str) -> None:
        self._own = f"receiver/{receiver}"
        self.numbers: dict[str, Held] = {}
        """The highest number accepted, by topic."""
        self.assignment: Assignment | None = None
        self.ordered_volume: int | None = None
        """What a SetVolume said since the last assignment."""
        self._plans: dict[str, Plan] = {}
        self._alarms: dict[str, AlarmMessage] = {}
        self._holds: dict[str, HoldMessage] = {}
        self._merged: tuple[PlannedAiring, ...] | None = None
        self._merged_from = _EVER
        self._merged_until = _NEVER

    @property
    def areas(self) -> tuple[str, ...]:
        """Its area and every area above."""
        return self.assignment.areas if self.assignment else ()

    @property
    def targets(self) -> frozenset[str]:
        """Its own target and those of its areas."""
        return frozenset({self._own, *(f"area/{a}" for a in self.areas)})

    @property
    def volume(self) -> int:
        """Volume of airings."""
        if self.ordered_volume is not None:
            return self.ordered_volume
        return self.assignment.volume if self.assignment else 0

    @property
    def plans(self) -> tuple[Plan, ...]:
        """Held plans of its targets, also those that have expired."""
        targets = self.targets
        return tuple(p for t, p in self._plans.items() if t in targets)

    @property
    def plan_numbers(self) -> dict[str, int]:
        """Number of the newest plan held, by target."""
        return {p.target: p.number for p in self.plans}

    @property
    def named(self) -> frozenset[str]:
        """Every airing that any held plan names, in force or not."""
        return frozenset(a.id for p in self._plans.values() for a in p.airings)

    def assign(self, assignment: Assignment) -> None:
        """Take a new assignment."""
        self.assignment = assignment
        self._merged = None

    def take_plan(self, plan: Plan) -> None:
        """Take a plan; a lower number than the held one changes nothing."""
        held = self._plans.get(plan.target)
        self._plans[plan.target] = plan if held is None else newest((held, plan))[0]
        self._merged = None

    def take_alarm(self, message: AlarmMessage) -> None:
        """Take what holds now on an area's alarm topic."""
        self._alarms[message.target] = message

    def alarms(self) -> tuple[Alarm, ...]:
        """The alarms that hold on the topics of its areas and were not ended on any; one for each identifier."""
        targets = self.targets
        mine = [m for t, m in self._alarms.items() if t in targets]
        ended = {m.alarm for m in mine if isinstance(m, AlarmEnded)}
        found: dict[str, Alarm] = {}
        for message in sorted(mine, key=lambda m: (m.issued, m.target)):
            if isinstance(message, Alarm) and message.alarm not in ended:
                found[message.alarm] = message
        return tuple(found.values())

    def take_hold(self, message: HoldMessage) -> None:
        """Take what holds now on a hold topic."""
        self._holds[message.target] = message

    def held_until(self, now: datetime) -> datetime | None:
        """Until when no airing may begin; None where nothing holds it."""
        targets = self.targets
        mine = (m for t, m in self._holds.items() if t in targets and isinstance(m, Hold))
        ends = [min(m.until, m.issued + HOLD_LONGEST) for m in mine]
        return max((end for end in ends if end > now), default=None)

    def airings(self, now: datetime) -> tuple[PlannedAiring, ...]:
        """The merged airings of all plans in force, in the order of time."""
        if self._merged is None or not self._merged_from <= now < self._merged_until:
            plans = self.plans
            self._merged = merge(plans, now)
            # plans fall out at their expiry, and come back if the clock is set back
            self._merged_from = max((p.expires for p in plans if p.expires <= now), default=_EVER)
            self._merged_until = min((p.expires for p in plans if p.expires > now), default=_NEVER)
        return self._merged

    def wanted(self, now: datetime, done: Iterable[str] = ()) -> tuple[Wanted, ...]:
        """Clips to be had, the most urgent first, each once; those of airings that are `done` are not wanted."""
        found: dict[str, Wanted] = {}
        for alarm in self.alarms():
            if alarm.clip is not None and now < alarm.until:
                found[alarm.clip] = Wanted(alarm.clip, alarm.size, now)
        skip = frozenset(done)
        for airing in self.airings(now):
            if airing.id not in skip:
                found.setdefault(airing.clip, Wanted(airing.clip, airing.size, airing.at))
        return tuple(found.values())

    def named_clips(self) -> frozenset[str]:
        """Every clip that a held plan or alarm names: what must not be let go."""
        planned = {a.clip for p in self._plans.values() for a in p.airings}
        return frozenset(planned | {a.clip for a in self.alarms() if a.clip is not None})

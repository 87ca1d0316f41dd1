"""What sounds now: decided from plans, marks, assignment and time alone. Asks no disk, no clock, no network.

The server calls `preview` to show the next hours with the very code that will play them.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from devices.messages import Assignment, Plan, PlannedAiring, encode
from devices.vocabulary import Level, Why

_JUST_AFTER: Final = timedelta(milliseconds=1)


class MarkState(StrEnum):
    """How far an airing came on this receiver, as its journal knows."""

    INTENDED = "intended"
    """Written just before the sound was opened: frames may have sounded."""
    BEGUN = "begun"
    BROKEN_OFF = "broken-off"
    """The receiver died or was ended in the middle, and said so."""
    HELD = "held"
    """A Hold broke it off: it goes on afterwards, where its time is not over."""
    FINISHED = "finished"
    MISSED = "missed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Mark:
    """What the journal knows of one airing. An airing without a mark has never been touched."""

    state: MarkState
    position_ms: int = 0


@dataclass(frozen=True, slots=True)
class Knows:
    """What a decision rests on besides plans and time."""

    marks: Mapping[str, Mark] = field(default_factory=dict)
    clips: Container[str] = frozenset()
    """Hashes of the clips that are on the disk."""
    benched: Container[str] = frozenset()
    """Airings that cannot be tried at this moment (the sound card is gone)."""


@dataclass(frozen=True, slots=True)
class Due:
    """The decision. `start` may lie ahead by the lead that was asked for: it is to be made ready."""

    start: PlannedAiring | None = None
    from_ms: int = 0
    over: tuple[tuple[PlannedAiring, Why], ...] = ()
    """Airings that will not sound any more, and have no mark yet."""
    wake: datetime | None = None
    """The next instant at which time alone may change the decision."""


def merge(plans: Iterable[Plan], now: datetime) -> tuple[PlannedAiring, ...]:
    """The airings of all plans in force, each once, in the order of time. The order of `plans` does not matter.

    Of several plans for one target the highest number holds; an airing that several targets name is taken from the
    plan issued last.
    """
    found: dict[str, PlannedAiring] = {}
    in_force = (p for p in newest(plans) if p.expires > now)
    for plan in sorted(in_force, key=lambda p: (p.issued, p.target)):
        found.update((a.id, a) for a in sorted(plan.airings, key=_by_time))
    return tuple(sorted(found.values(), key=_by_time))


def newest(plans: Iterable[Plan]) -> tuple[Plan, ...]:
    """Of each target the plan with the highest number."""
    found: dict[str, Plan] = {}
    for plan in plans:
        held = found.get(plan.target)
        if held is None or (plan.number, encode(plan)) > (held.number, encode(held)):
            found[plan.target] = plan
    return tuple(found.values())


def withdrawn(airing: PlannedAiring, plans: Iterable[Plan]) -> bool:
    """Whether an airing that sounds was taken back: no plan names it, though it would still have a place in one."""
    held = newest(plans)
    if any(a.id == airing.id for p in held for a in p.airings):
        return False
    latest = max((p.issued for p in held), default=airing.at)
    return latest < airing.at + timedelta(seconds=airing.seconds)


def due(
    airings: Sequence[PlannedAiring],
    knows: Knows,
    assignment: Assignment,
    now: datetime,
    sounding: PlannedAiring | None = None,
    lead: timedelta = timedelta(0),
    held_until: datetime | None = None,
) -> Due:
    """What to start at `now` (or within `lead` of it), given `airings` in the order of time.

    Until `held_until` only what is of level emergency may start. While something sounds only what is of a higher level
    may start, at its instant and not ahead of it; of several, the highest level, then the earliest.
    """
    over: list[tuple[PlannedAiring, Why]] = []
    open_: list[PlannedAiring] = []
    wakes: list[datetime] = []
    for airing in airings:
        mark = knows.marks.get(airing.id)
        if mark is not None and not _goes_on(airing, mark):
            continue
        if airing.at > now + lead:
            wakes.append(airing.at if sounding is not None else airing.at - lead)
            break  # in the order of time: nothing after it can be due
        held = held_until is not None and is_held(airing, held_until, max(now, airing.at))
        why = _over(airing, mark, knows, assignment, now, held=held)
        if why is None:
            if not held:
                open_.append(airing)
            elif held_until is not None:
                wakes.append(held_until)
            wakes.append(_deadline(airing, mark) + _JUST_AFTER if airing.at <= now else airing.at)
        elif mark is None:
            over.append((airing, why))
    ready = [a for a in open_ if a.clip in knows.clips and a.id not in knows.benched]
    start = _choose(ready, now, sounding)
    mark = knows.marks.get(start.id) if start else None
    return Due(
        start=start,
        from_ms=mark.position_ms if mark else 0,
        over=tuple(over),
        wake=min((w for w in wakes if w > now), default=None),
    )


def _choose(ready: list[PlannedAiring], now: datetime, sounding: PlannedAiring | None) -> PlannedAiring | None:
    come = [a for a in ready if a.at <= now]
    if sounding is not None:
        come = [a for a in come if a.level.rank > sounding.level.rank and a.id != sounding.id]
        return min(come, key=_by_level, default=None)
    return min(come, key=_by_level, default=None) or min(ready, key=_by_time, default=None)


def is_held(airing: PlannedAiring, held_until: datetime, at: datetime) -> bool:
    """Whether a hold until then keeps an airing from sounding at that instant: an emergency passes."""
    return airing.level is not Level.EMERGENCY and at < held_until


def _over(
    airing: PlannedAiring, mark: Mark | None, knows: Knows, assignment: Assignment, now: datetime, *, held: bool
) -> Why | None:
    """Why it will not start any more; None while it may."""
    if now < airing.at:
        return None
    hushed = airing.level is not Level.EMERGENCY and not airing.quiet_hours_confirmed
    if hushed and mark is None and quiet(assignment, airing.at):
        return Why.QUIET_HOURS
    if airing.valid_until is not None and airing.valid_until < airing.at:
        return Why.EXPIRED
    if now > _deadline(airing, mark):
        if held:
            return Why.HELD
        return Why.WINDOW_PASSED if airing.clip in knows.clips else Why.NO_SOUND
    if airing.valid_until is not None and now > airing.valid_until:
        return Why.EXPIRED
    if hushed and quiet(assignment, now):
        return Why.QUIET_HOURS
    return None


def _goes_on(airing: PlannedAiring, mark: Mark) -> bool:
    may = mark.state is MarkState.HELD or (mark.state is MarkState.BROKEN_OFF and airing.resume)
    return may and mark.position_ms < airing.seconds * 1000


def _deadline(airing: PlannedAiring, mark: Mark | None) -> datetime:
    longest = airing.window_s + (airing.seconds if mark is not None else 0.0)
    return airing.at + timedelta(seconds=longest)


def _by_time(airing: PlannedAiring) -> tuple[datetime, int, str]:
    return airing.at, -airing.level.rank, airing.id


def _by_level(airing: PlannedAiring) -> tuple[int, datetime, str]:
    return -airing.level.rank, airing.at, airing.id


def quiet(assignment: Assignment, instant: datetime) -> bool:
    """Whether the receiver's quiet hours hold; the start belongs to them, the end does not; equal ends: none."""
    if not assignment.quiet_from or not assignment.quiet_to:
        return False
    start, end = time.fromisoformat(assignment.quiet_from), time.fromisoformat(assignment.quiet_to)
    local = instant.astimezone(ZoneInfo(assignment.timezone)).time()
    if start <= end:
        return start <= local < end
    return local >= start or local < end


def loudest(assignment: Assignment, airing: PlannedAiring, start: datetime) -> int:
    """How loud an airing that starts then may be in every moment of it, percent; an emergency as loud as ever."""
    most = 100
    if airing.level is Level.EMERGENCY:
        return most
    zone = ZoneInfo(assignment.timezone)
    end = start + timedelta(seconds=max(airing.seconds, 0.001))
    for cap in assignment.caps:
        begins, ends = time.fromisoformat(cap.start), time.fromisoformat(cap.end)
        day = start.astimezone(zone).date() - timedelta(days=1)
        while day <= end.astimezone(zone).date():
            until = day + timedelta(days=1) if ends <= begins else day
            if start < datetime.combine(until, ends, zone) and datetime.combine(day, begins, zone) < end:
                most = min(most, cap.most)
            day += timedelta(days=1)
    return most


@dataclass(frozen=True, slots=True)
class Upcoming:
    """What will become of one airing. `starts` is None where it does not sound, and `why` says why."""

    airing: PlannedAiring
    starts: datetime | None
    ends: datetime | None
    why: Why | None = None
    cut_short: bool = False
    """Something of a higher level takes the horn at `ends`."""


def preview(
    plans: Iterable[Plan],
    assignment: Assignment,
    begin: datetime,
    end: datetime,
    held_until: datetime | None = None,
) -> tuple[Upcoming, ...]:
    """What a receiver that has every clip and loses no power will sound of the airings from `begin` until `end`.

    `held_until`: a hold that is in force at `begin`.
    """
    airings = [a for a in merge(plans, begin) if begin <= a.at < end]
    clips = frozenset(a.clip for a in airings)
    marks: dict[str, Mark] = {}
    told: list[Upcoming] = []
    now = begin
    sounding: PlannedAiring | None = None
    ends: datetime | None = None
    while True:
        if ends is not None and now >= ends and sounding is not None:
            told[-1] = Upcoming(sounding, told[-1].starts, ends)
            sounding, ends = None, None
        answer = due(airings, Knows(marks, clips), assignment, now, sounding, held_until=held_until)
        for airing, why in answer.over:
            marks[airing.id] = Mark(MarkState.MISSED)
            told.insert(len(told) - (sounding is not None), Upcoming(airing, None, None, why))
        if answer.start is not None:
            if sounding is not None:
                told[-1] = Upcoming(sounding, told[-1].starts, now, cut_short=True)
            sounding, ends = answer.start, now + timedelta(seconds=answer.start.seconds)
            marks[sounding.id] = Mark(MarkState.BEGUN)
            told.append(Upcoming(sounding, now, ends))
            continue  # more may be due at this very instant
        nexts = [instant for instant in (answer.wake, ends) if instant is not None]
        if not nexts:
            return tuple(sorted(told, key=lambda u: (u.airing.at, u.airing.id)))
        now = min(nexts)

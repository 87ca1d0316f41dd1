"""What stands guard over a commune's ears: quiet hours, a day's longest airtime, volume by the hour, days of mourning.

An emergency passes them all. Anything else passes only if somebody types the hour and the place, and says why.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from broadcast.domain.days import DayKind, Days
from broadcast.domain.refusals import Refusal
from broadcast.domain.schedule import QuietHours
from broadcast.domain.warnings import clean_reason
from devices.vocabulary import Level

LOUDEST: Final = 100
_A_DAY: Final = timedelta(days=1)
_NIGHT: Final = QuietHours(time(22), time(5))


@dataclass(frozen=True, slots=True)
class VolumeHours:
    """From `start` to `end` (local, may cross midnight) nothing is louder than `most` percent."""

    start: time
    end: time
    most: int


@dataclass(frozen=True)
class Guards:
    """What holds at one place."""

    quiet: QuietHours = _NIGHT
    longest_day: timedelta | None = None
    """Most airtime of one local day, emergencies not counted."""
    volumes: tuple[VolumeHours, ...] = ()
    music_in_mourning: bool = False
    """Whether music may sound on days of mourning."""


@dataclass(frozen=True, slots=True)
class Span:
    """Something that sounds from one instant for some seconds."""

    at: datetime
    seconds: float

    @property
    def ends(self) -> datetime:
        """When it is over."""
        return self.at + timedelta(seconds=self.seconds)


class Breach(StrEnum):
    """Which guard is in the way."""

    QUIET_HOURS = "quiet-hours"
    DAY_TOO_LONG = "day-too-long"
    TOO_LOUD = "too-loud"
    MOURNING = "mourning"


@dataclass(frozen=True, slots=True)
class Found:
    """One guard that is in the way, with the facts of its sentence."""

    breach: Breach
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Passed:
    """That guards were passed on purpose: which, and why. It is kept."""

    breaches: tuple[Breach, ...]
    reason: str


def in_the_way(
    what: Span,
    level: Level,
    guards: Guards,
    days: Days,
    zone: ZoneInfo,
    others: Iterable[Span] = (),
    *,
    volume: int | None = None,
    music: bool = False,
) -> tuple[Found, ...]:
    """The guards that `what` would break. `others`: everything else that sounds at the place on the same days."""
    if level is Level.EMERGENCY:
        return ()
    found = []
    if (since := first_quiet(what, guards.quiet, zone)) is not None:
        found.append(Found(Breach.QUIET_HOURS, {"at": since}))
    found += _long_days(what, guards, zone, others)
    most = loudest(what, guards.volumes, zone)
    if volume is not None and volume > most:
        found.append(Found(Breach.TOO_LOUD, {"volume": volume, "most": most}))
    if music and not guards.music_in_mourning:
        mourned = [d for day in _days(what, zone) for d in days.on(day) if d.kind is DayKind.MOURNING]
        if mourned:
            found.append(Found(Breach.MOURNING, {"day": mourned[0].day, "name": mourned[0].name}))
    return tuple(found)


def first_quiet(what: Span, quiet: QuietHours, zone: ZoneInfo) -> datetime | None:
    """The first instant at which it would sound in the quiet hours; None: it does not reach into them."""
    if quiet.start == quiet.end:
        return None
    ends = max(what.ends, what.at + timedelta(microseconds=1))
    for start, end in _windows(what, quiet.start, quiet.end, zone):
        if what.at < end and start < ends:
            return max(what.at, start)
    return None


def loudest(what: Span, volumes: Iterable[VolumeHours], zone: ZoneInfo) -> int:
    """How loud it may be in every moment of it, percent."""
    most = LOUDEST
    for hours in volumes:
        for start, end in _windows(what, hours.start, hours.end, zone):
            if what.at < end and start < max(what.ends, what.at + timedelta(microseconds=1)):
                most = min(most, hours.most)
    return most


def airtime(spans: Iterable[Span], day: date, zone: ZoneInfo) -> timedelta:
    """How long these sound on a local day, each counted for itself; only the part that lies in it."""
    begins = datetime.combine(day, time(), zone)
    ends = datetime.combine(day + _A_DAY, time(), zone)
    parts = (min(s.ends, ends) - max(s.at, begins) for s in spans)
    return sum((p for p in parts if p > timedelta()), timedelta())


def confirmation(at: datetime, place: str, zone: ZoneInfo) -> str:
    """What is typed to pass: hour and place, such as "03:15 Xã Thạnh Đức"."""
    return f"{at.astimezone(zone):%H:%M} {place}"


def pass_on_purpose(
    found: tuple[Found, ...], at: datetime, place: str, zone: ZoneInfo, typed: str, reason: str
) -> Passed | None:
    """Pass guards; None where none is in the way.

    Raises Refusal("guards", confirmation=...) unless hour and place were typed, and reason-short, reason-long.
    """
    if not found:
        return None
    wanted = confirmation(at, place, zone)
    if _plain(typed) != _plain(wanted):
        raise Refusal("guards", confirmation=wanted)
    return Passed(tuple(f.breach for f in found), clean_reason(reason))


def _long_days(what: Span, guards: Guards, zone: ZoneInfo, others: Iterable[Span]) -> Iterable[Found]:
    if guards.longest_day is None:
        return
    everything = [*others, what]
    for day in _days(what, zone):
        sum_ = airtime(everything, day, zone)
        if sum_ > guards.longest_day:
            facts = {"minutes": _minutes(sum_), "most": _minutes(guards.longest_day), "day": day}
            yield Found(Breach.DAY_TOO_LONG, facts)


def _days(what: Span, zone: ZoneInfo) -> list[date]:
    """Local days in which it sounds; the last one only if it sounds in it, not if it ends with its beginning."""
    first = what.at.astimezone(zone).date()
    last = max(first, (what.ends - timedelta(microseconds=1)).astimezone(zone).date())
    return [first + timedelta(days=i) for i in range((last - first).days + 1)]


def _windows(what: Span, start: time, end: time, zone: ZoneInfo) -> Iterable[tuple[datetime, datetime]]:
    """Those hours on each day around it, in time order. Equal ends are the whole day."""
    day = what.at.astimezone(zone).date() - _A_DAY
    while day <= what.ends.astimezone(zone).date():
        until = day + _A_DAY if end <= start else day
        yield datetime.combine(day, start, zone), datetime.combine(until, end, zone)
        day += _A_DAY


def _minutes(length: timedelta) -> str:
    seconds = round(length.total_seconds())
    return f"{seconds // 60}:{seconds % 60:02}"


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())

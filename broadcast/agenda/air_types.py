"""What pages read of what sounds when and where: plain frozen pictures, as in `broadcast.view_types`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from broadcast.domain.coming import Mark
from devices.vocabulary import AreaId, Level


@dataclass(frozen=True, slots=True)
class HoldView:
    """An area that is silenced. `silent` of its `receivers` say so themselves."""

    area: AreaId
    area_name: str
    at: datetime
    until: datetime
    by_name: str
    sent: bool
    """A carrier has taken it."""
    receivers: int
    silent: int
    theirs: bool
    """Whether who looks may release it."""


@dataclass(frozen=True, slots=True)
class NextLine:
    """One airing in the list of the next hours. `starts` None: it will not sound, and `why` says why."""

    subject: str
    title: str
    level: Level
    at: datetime
    seconds: float
    starts: datetime | None
    ends: datetime | None
    why: str
    cut_short: bool
    """Something of a higher level takes the horn at `ends`."""
    mark: Mark
    started_before: datetime | None
    """When it would have started without the change that is looked at; None where it would not have."""
    area_name: str
    area_kind: str
    """At which area, here or above, it was aimed."""


@dataclass(frozen=True, slots=True)
class NextGroup:
    """Places that will hear the same between `begin` and `end`, and what."""

    places: tuple[str, ...]
    receivers: int
    held_until: datetime | None
    begin: datetime
    end: datetime
    lines: tuple[NextLine, ...]


@dataclass(frozen=True, slots=True)
class NextView:
    """The next 24 hours at a place. `receiver` is "" for an area; `hung` are the receivers in it."""

    name: str
    groups: tuple[NextGroup, ...]
    area: AreaId
    receiver: str = ""
    newest: bool | None = None
    """Whether that receiver says that it holds the newest plans; None: it is not there to say so."""
    missing: frozenset[str] = frozenset()
    """Airings for which that receiver says it lacks the sound."""
    hung: int = 1


@dataclass(frozen=True, slots=True)
class BreachView:
    """A guard in the way of something in an area. `breach` and `facts` make a sentence of section "programme"."""

    area_name: str
    breach: str
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class RuleView:
    """The hours of an area: what it says itself (None: nothing), and what holds there."""

    area: AreaId
    area_name: str
    own_quiet: tuple[str, str] | None
    own_longest_min: int | None
    quiet_from: str
    quiet_to: str
    """"" and "": there are none."""
    longest_min: int
    """0: as long as one likes."""
    own_soft: tuple[str, str, int] | None
    """From when to when, and how loud at most, percent."""
    soft: tuple[str, str, int] | None
    by_name: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One airing in the calendar. `origin`: the kind of the highest area it is aimed at."""

    slot: int
    subject: str
    title: str
    level: Level
    at: datetime
    seconds: float
    areas: tuple[str, ...]
    origin: str
    movable: bool
    foreseen: bool = False
    """By its rule it will come, but it is not made yet; `slot` is the first one of its series."""


@dataclass(frozen=True, slots=True)
class FeedView:
    """A secret address of an area that still holds, made when and by whom."""

    id: int
    at: datetime
    by_name: str


@dataclass(frozen=True, slots=True)
class Repeat:
    """How a slot is to come back, at its own hour: by an RRULE (RFC 5545), or on days of the lunar month."""

    rule: str = ""
    lunar_days: tuple[int, ...] = ()
    except_holidays: bool = False
    except_mourning: bool = False


@dataclass(frozen=True, slots=True)
class SeriesView:
    """How a slot comes back, and when next."""

    repeat: Repeat
    coming: tuple[datetime, ...]
    hour: str = ""
    areas: tuple[AreaId, ...] = ()


@dataclass(frozen=True, slots=True)
class SeriesAsk:
    """How a series is to come from now on: `hour` is local, such as "17:00"."""

    how: Repeat
    hour: str
    areas: tuple[AreaId, ...]


@dataclass(frozen=True, slots=True)
class SeriesChange:
    """When a series comes as it is and as it would be, where, and what would be in its way the first time."""

    before: tuple[datetime, ...]
    after: tuple[datetime, ...]
    areas: tuple[str, ...]
    clashes: tuple[str, ...]
    breaches: tuple[BreachView, ...]
    confirmation: str
    """What is to be typed to pass the guards; "" where none is in the way."""

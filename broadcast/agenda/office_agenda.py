"""The part of the office that hands the calendar on: a file, secret addresses; the rules of `broadcast.office` hold."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from broadcast.agenda.air_types import CalendarEntry, FeedView, Repeat, RuleView, SeriesAsk, SeriesChange, SeriesView
from broadcast.agenda.office_inbox import Inbox
from broadcast.domain.people import Actor
from devices.vocabulary import AreaId


@dataclass(frozen=True)
class Agenda:
    """What comes when at a place, by which rules, and how others read it."""

    calendar: Callable[[Actor, AreaId, datetime, datetime], Awaitable[tuple[CalendarEntry, ...]]]
    """(actor, area, first, last): what is aimed at the area, above and below it, between the two."""
    csv: Callable[[Actor, AreaId, datetime, datetime], Awaitable[bytes]]
    """As the calendar between the two; UTF-8 with a byte order mark."""
    area_rule: Callable[[Actor, AreaId], Awaitable[RuleView]]
    """The hours of an area: what it says itself, and what holds there."""
    set_rule: Callable[[Actor, AreaId, str, str, int | None], Awaitable[RuleView]]
    """(actor, area, quiet from, quiet to ("" and "": as above), longest minutes a day (None: as above))."""
    set_soft: Callable[[Actor, AreaId, str, str, int | None], Awaitable[RuleView]]
    """(actor, area, from, to, loudest in percent; all empty: as above; 100: none here). Refusal: volume-bad."""
    series: Callable[[Actor, int], Awaitable[SeriesView | None]]
    """(actor, slot): how it comes back; None where it does not."""
    look_repeat: Callable[[Actor, int, Repeat], Awaitable[tuple[datetime, ...]]]
    """(actor, slot, how): the next occurrences it would have. Refusal: recurrence-..."""
    repeat: Callable[[Actor, int, Repeat], Awaitable[SeriesView]]
    """Let it come back. Refusal: slot-over, slot-repeats, recurrence-..."""
    look_change: Callable[[Actor, int, SeriesAsk], Awaitable[SeriesChange]]
    """(actor, slot, how): when its series comes and would come. Refusal as change_series, but guards."""
    change_series: Callable[[Actor, int, SeriesAsk, str, str], Awaitable[int]]
    """(actor, slot, how, typed, reason): from now on; the slot of its next occurrence. Refusal: guards, slot-once..."""
    end_repeat: Callable[[Actor, int], Awaitable[None]]
    """(actor, slot): the others that have not begun are withdrawn. Refusal: slot-once."""
    feeds: Callable[[Actor, AreaId], Awaitable[tuple[FeedView, ...]]]
    make_feed: Callable[[Actor, AreaId], Awaitable[str]]
    """A new secret address, told this once: /feeds/{secret}.ics. Refusal: feeds-many."""
    revoke_feed: Callable[[Actor, int], Awaitable[None]]
    inbox: Inbox
    """What comes to communes from above."""
    ics: Callable[[str], Awaitable[bytes | None]]
    """What is behind a secret."""

"""The part of the office that hands the calendar on: a file, secret addresses; the rules of `broadcast.office` hold."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from broadcast.air_types import CalendarEntry, FeedView
from broadcast.domain.people import Actor
from devices.vocabulary import AreaId


@dataclass(frozen=True)
class Agenda:
    """What airs at a place, for others to read."""

    calendar: Callable[[Actor, AreaId, datetime, datetime], Awaitable[tuple[CalendarEntry, ...]]]
    """(actor, area, first, last): what is aimed at the area, above and below it, between the two."""
    csv: Callable[[Actor, AreaId, datetime, datetime], Awaitable[bytes]]
    """As the calendar between the two; UTF-8 with a byte order mark."""
    feeds: Callable[[Actor, AreaId], Awaitable[tuple[FeedView, ...]]]
    make_feed: Callable[[Actor, AreaId], Awaitable[str]]
    """A new secret address, told this once: /feeds/{secret}.ics. Refusal: feeds-many."""
    revoke_feed: Callable[[Actor, int], Awaitable[None]]
    ics: Callable[[str], Awaitable[bytes | None]]
    """What is behind a secret."""

"""What pages read: plain frozen pictures of the books at one moment, made by `broadcast.views`."""

from dataclasses import dataclass
from datetime import datetime

from broadcast.agenda.air_types import BreachView, NextGroup
from broadcast.domain.bulletins import Bulletin
from broadcast.domain.deliveries import DeliveryState
from broadcast.domain.schedule import Slot
from devices.vocabulary import AreaId


@dataclass(frozen=True, slots=True)
class AreaNode:
    """One area in the tree a person may choose from, with everything below it."""

    id: AreaId
    name: str
    kind: str
    receivers: int
    """Receivers in it and below it."""
    children: tuple["AreaNode", ...]


@dataclass(frozen=True, slots=True)
class SlotPreview:
    """What will sound where and when, before it is placed."""

    title: str
    at: datetime
    now: bool
    """Play now: `at` is only about when it will begin."""
    seconds: float
    areas: tuple[str, ...]
    """Names."""
    receivers: int
    receivers_offline: int
    clashes: tuple[str, ...]
    """Titles of what sounds there at that time already, with their hours."""
    quiet_confirmation: str
    """What must be typed because a guard is passed, such as "03:15 Xã Thạnh Đức"; "" where nothing needs to be."""
    breaches: tuple[BreachView, ...] = ()
    """The guards in its way, and where."""
    next: tuple[NextGroup, ...] = ()
    """The hours around it at the places aimed at, before and after."""
    asked: int = 0
    """Communes that answer for themselves, in their inboxes."""
    silent: tuple[str, ...] = ()
    """Those of them in which it does not sound until they take it."""


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One airing at one receiver, as a page shows it."""

    subject: str
    title: str
    receiver: str
    receiver_name: str
    area_name: str
    state: DeliveryState
    planned_at: datetime
    news_at: datetime
    """Its age is shown beside the state."""
    started_at: datetime | None
    start_error_ms: float | None
    played_ms: int | None
    position_ms: int | None
    """While it plays: how far, at `news_at`."""
    total_ms: int
    why: str


@dataclass(frozen=True, slots=True)
class SlotView:
    """A slot and how it went, for lists."""

    slot: Slot
    area_names: tuple[str, ...]
    seconds: float
    counts: dict[DeliveryState, int]


@dataclass(frozen=True, slots=True)
class BulletinView:
    """A bulletin and its slots, newest first."""

    bulletin: Bulletin
    author_name: str
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class ReceiverView:
    """A receiver as last heard of. `heard_at` None: never; `online` None: not known since the server started."""

    id: str
    name: str
    area: AreaId
    area_name: str
    online: bool | None
    heard_at: datetime | None
    mode: str
    playing_title: str
    position_ms: int | None
    total_ms: int | None
    volume: int | None
    clock_offset_ms: float | None
    disk_free_mb: int | None
    temperature_c: float | None
    version: str
    clips_missing: int
    refused: int
    short_of: int = 0
    """Of the missing sounds, those that an airing of the next hours needs: fetching them takes its time."""


@dataclass(frozen=True, slots=True)
class LogAsk:
    """What of the log book is asked for: local days (ISO, both ends included), one area and all below, a page."""

    first_day: str
    last_day: str
    area: AreaId | None = None
    page: int = 0
    page_size: int = 50


@dataclass(frozen=True, slots=True)
class LogRow:
    """One line of the log book (sổ nhật ký phát thanh)."""

    kind: str
    """"airing" or "alarm"."""
    title: str
    receiver_name: str
    area_name: str
    planned_at: datetime
    started_at: datetime | None
    start_error_ms: float | None
    played_ms: int | None
    state: DeliveryState
    why: str
    news_at: datetime
    placed_by: str
    engine: str = ""
    voice: str = ""
    """Who spoke it, "" for uploads, alarms and what has been spoken anew since."""
    fell_back: str = ""
    """Why those who were asked first did not, as codes."""


@dataclass(frozen=True, slots=True)
class LogPage:
    """Lines of the log book, newest first, and how many there are in all."""

    rows: tuple[LogRow, ...]
    total: int


@dataclass(frozen=True, slots=True)
class AlarmView:
    """An alarm and who heard it."""

    id: str
    area_names: tuple[str, ...]
    siren: str
    words: str
    raised_name: str
    raised_at: datetime
    until: datetime
    ended_at: datetime | None
    in_force: bool
    words_ready: bool
    unsent: tuple[str, ...]
    deliveries: tuple[DeliveryView, ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """That something is read in a way of one's own: in one bulletin (`area` None), or in an area and below."""

    written: str
    words: str
    area: AreaId | None = None
    area_name: str = ""
    by_name: str = ""
    at: datetime | None = None
    """Who entered it and when; not known of a bulletin's own."""


@dataclass(frozen=True, slots=True)
class ReadingToken:
    """A stretch of the text: what it was taken for, by which rule, the words said, other readings one may pick."""

    start: int
    end: int
    kind: str
    rule: str
    words: str
    others: tuple[str, ...]
    corrected: Correction | None
    """The correction that was followed."""


@dataclass(frozen=True, slots=True)
class ReadingView:
    """How a text will be read. Places of tokens are in `text`, which is the text given, out of old encodings."""

    text: str
    tokens: tuple[ReadingToken, ...]
    area: AreaId
    """Of the bulletin."""
    area_name: str
    for_area: bool
    """Whether the person may correct for the whole area."""


@dataclass(frozen=True, slots=True)
class LexiconView:
    """The entries that hold in an area, its own and those of the areas above, by what is written."""

    area: AreaId
    area_name: str
    entries: tuple[Correction, ...]


@dataclass(frozen=True, slots=True)
class TrailAsk:
    """What of the trail is asked for: local days (ISO, both included), whose, which deed, an area and all below."""

    first_day: str
    last_day: str
    person: int | None = None
    action: str = ""
    area: AreaId | None = None
    page: int = 0
    page_size: int = 50


@dataclass(frozen=True, slots=True)
class TrailLine:
    """One entry of the trail. `before` and `after` are JSON: what changed, by "table/key" and column."""

    seq: int
    at: datetime
    name: str
    login: str
    whence: str
    action: str
    subject: str
    area_names: tuple[str, ...]
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class TrailPage:
    """Entries, newest first, how many there are in all, and the people one may filter by (id, name)."""

    lines: tuple[TrailLine, ...]
    total: int
    people: tuple[tuple[int, str], ...]

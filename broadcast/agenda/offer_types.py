"""What pages read of what comes from above: plain frozen pictures, as in `broadcast.view_types`."""

from dataclasses import dataclass
from datetime import datetime

from broadcast.domain.meetings import First, Rule
from broadcast.domain.offers import OfferState
from devices.vocabulary import AreaId


@dataclass(frozen=True, slots=True)
class OfferView:
    """A routine bulletin from above in the inbox of one commune, and what became of it."""

    id: int
    slot: int
    area: AreaId
    area_name: str
    title: str
    clip: str
    seconds: float
    from_name: str
    """Who sent it."""
    from_area: str
    """Where it is aimed, in names."""
    at: datetime
    deadline: datetime
    state: OfferState
    airs: bool
    """What holds where nobody answers."""
    sounds: bool
    """Whether the commune hears it at `at`."""
    open: bool
    """Whether it may still be answered."""
    valid_until: datetime | None
    by_name: str = ""
    answered_at: datetime | None = None
    reason: str = ""
    own_slot: int | None = None
    own_at: datetime | None = None
    """Where it was put off to; None where that was withdrawn."""
    programme: int | None = None
    programme_title: str = ""
    """Into which programme of the commune it was taken."""


@dataclass(frozen=True, slots=True)
class InboxView:
    """What comes from above to the communes of a person: what waits for an answer first, the nearest deadline first."""

    waiting: tuple[OfferView, ...]
    others: tuple[OfferView, ...]
    """Answered or decided by the rule; of the last day and to come, the newest hour first."""


@dataclass(frozen=True, slots=True)
class AnswerRuleView:
    """What an area does with what nobody touched: what it says itself (None: as above), and what holds there."""

    area: AreaId
    area_name: str
    own_airs: bool | None
    own_minutes: int | None
    airs: bool
    minutes: int


@dataclass(frozen=True, slots=True)
class Meets:
    """One of two priority bulletins that meet. `sounds_at`: when it sounds in that commune, as they are ordered."""

    slot: int
    title: str
    clip: str
    at: datetime
    seconds: float
    by_name: str
    """Who placed it."""
    sounds_at: datetime


@dataclass(frozen=True, slots=True)
class MeetingView:
    """A priority bulletin from above and one of the commune's own at one time, and which sounds first."""

    id: int
    area: AreaId
    area_name: str
    above: Meets
    own: Meets
    first: First
    rule: Rule
    open: bool
    """Whether their order may still be changed."""
    by_name: str
    """Who ordered them; "": nobody, the rule decides."""
    ordered_at: datetime | None

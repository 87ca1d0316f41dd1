"""What pages read of what comes from above: plain frozen pictures, as in `broadcast.view_types`."""

from dataclasses import dataclass
from datetime import datetime

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

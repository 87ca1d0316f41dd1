"""What a commune makes of a routine bulletin that comes from above (Circular 39/2020).

It takes the bulletin (at its hour, or into a programme of its own), puts it off, or declines; what nobody touched by
the deadline follows the area's setting. Until the deadline one answer may take the place of another.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from broadcast.domain.areas import AreaTree
from broadcast.domain.people import Action, Actor
from broadcast.domain.refusals import Refusal
from devices.vocabulary import AreaId


class OfferState(StrEnum):
    """How far a commune is with what was offered to it."""

    OFFERED = "offered"
    TAKEN = "taken"
    IN_PROGRAMME = "in-programme"
    """Out of the airing it was offered in; it sounds when that programme of the commune does."""
    PUT_OFF = "put-off"
    """Out of the airing it was offered in; it sounds in a slot of the commune's own."""
    DECLINED = "declined"
    LEFT = "left"
    """Nobody answered by the deadline: the area's rule decided."""
    TAKEN_BACK = "taken-back"
    """The sender withdrew it."""


class OfferEvent(StrEnum):
    """What happens to an offer: four answers, the deadline, the sender."""

    TAKE = "take"
    TAKE_IN = "take-in"
    PUT_OFF = "put-off"
    DECLINE = "decline"
    DEADLINE = "deadline"
    MOVE = "move"
    """The sender moved it to another hour: who was to hear it is asked anew."""
    TAKE_BACK = "take-back"


ANSWERS: Final = frozenset({OfferEvent.TAKE, OfferEvent.TAKE_IN, OfferEvent.PUT_OFF, OfferEvent.DECLINE})

_TABLE: Final = """
state         take   take-in       put-off  decline   deadline  move     take-back
offered       taken  in-programme  put-off  declined  left      offered  taken-back
taken         taken  in-programme  put-off  declined  -         offered  taken-back
in-programme  taken  in-programme  put-off  declined  -         -        taken-back
put-off       taken  in-programme  put-off  declined  -         -        taken-back
declined      taken  in-programme  put-off  declined  -         -        taken-back
left          -      -             -        -         -         offered  taken-back
taken-back    -      -             -        -         -         -        -
"""


def _parsed(table: str) -> dict[tuple[OfferState, OfferEvent], OfferState]:
    head, *lines = (line.split() for line in table.strip().splitlines())
    events = [OfferEvent(name) for name in head[1:]]
    return {
        (OfferState(name), event): OfferState(cell)
        for name, *cells in lines
        for event, cell in zip(events, cells, strict=True)
        if cell != "-"
    }


MOVES: Final = _parsed(_TABLE)
"""(state, event) > the state after it; what is not in it does not happen."""

LONGEST_LEAD: Final = timedelta(hours=24)
USUAL: Final = (time(5), time(17))
OFFERED: Final = 3
"""Usual hours that are offered at a touch."""


@dataclass(frozen=True, slots=True)
class OfferRule:
    """What an area does with what nobody touched, and how long before the airing one answers."""

    airs: bool = True
    lead: timedelta = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Offer:
    """What was offered to one commune. `airs`: whether it sounds there as long as nobody touches it."""

    state: OfferState
    at: datetime
    deadline: datetime
    airs: bool

    def sounds(self) -> bool:
        """Whether the commune hears it in the airing it was offered in."""
        untouched = self.state in {OfferState.OFFERED, OfferState.LEFT}
        return self.state is OfferState.TAKEN or (untouched and self.airs)

    def open(self, now: datetime) -> bool:
        """Whether it may still be answered: before its deadline, and before it sounds."""
        return now < min(self.deadline, self.at) and (self.state, OfferEvent.TAKE) in MOVES


def after(offer: Offer, event: OfferEvent, now: datetime) -> OfferState:
    """The state after that.

    Raises Refusal: offer-over, offer-begun (it sounds or has sounded), offer-taken-back.
    """
    if event in ANSWERS:
        if offer.state is OfferState.TAKEN_BACK:
            raise Refusal("offer-taken-back")
        if now >= offer.at:
            raise Refusal("offer-begun", at=offer.at)
        if now >= offer.deadline:
            raise Refusal("offer-over", at=offer.deadline)
    return MOVES.get((offer.state, event), offer.state)


def deadline(at: datetime, now: datetime, lead: timedelta) -> datetime:
    """Until when one may answer: `lead` before it sounds; until it sounds, where it was placed later than that."""
    return at - lead if at - lead > now else at


def commune_of(tree: AreaTree, home: AreaId) -> AreaId | None:
    """The commune in which something hangs; None where it hangs above all of them."""
    return next((a for a in tree.path(home) if tree.get(a).kind == "commune"), None)


def asked(tree: AreaTree, sender: Actor, homes: Iterable[AreaId]) -> tuple[AreaId, ...]:
    """The communes below the sender's own areas that hear it: who places in their own commune asks nobody."""
    mine = set(sender.where(Action.PLACE))
    reached = {commune for home in set(homes) if (commune := commune_of(tree, home)) is not None}
    return tuple(sorted(c for c in reached if c not in mine and mine.intersection(tree.path(c)[1:])))


def usual_hours(after_: datetime, zone: ZoneInfo, until: datetime | None = None) -> tuple[datetime, ...]:
    """The next hours at which communes air by custom, after that instant and while it is still true."""
    day = after_.astimezone(zone).date()
    hours = (datetime.combine(day + timedelta(days=i), hour, zone) for i in range(3) for hour in USUAL)
    return tuple(h for h in hours if h > after_ and (until is None or h <= until))[:OFFERED]

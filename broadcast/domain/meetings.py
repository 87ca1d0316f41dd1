"""Two priority bulletins at one time in a commune, one from above and one of its own: which sounds first.

Whoever answers for the commune orders them. Until they do, this rule: what begins earlier sounds first; of two that
begin at the same instant, the one from above.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from broadcast.domain.guards import Span
from devices.vocabulary import START_WINDOW


class First(StrEnum):
    """Which of the two sounds first."""

    ABOVE = "above"
    OWN = "own"


class Rule(StrEnum):
    """By what it was decided, as long as nobody ordered them."""

    EARLIER = "earlier"
    ABOVE = "above"


GAP: Final = timedelta(seconds=2)
"""Of silence between the two."""
WAITS: Final = START_WINDOW - timedelta(minutes=1)
"""As long a receiver may be left to wait by itself for its turn, well before it would call the second missed."""


def by_rule(above: Span, own: Span) -> tuple[First, Rule]:
    """Which sounds first while nobody has ordered them, and why."""
    if above.at == own.at:
        return First.ABOVE, Rule.ABOVE
    return (First.ABOVE if above.at < own.at else First.OWN), Rule.EARLIER


def meet(one: Span, other: Span) -> bool:
    """Whether there is a moment at which both would sound."""
    return one.at < other.ends and other.at < one.ends


def by_themselves(first: Span, second: Span) -> bool:
    """Whether receivers play them in this order without being told: the second waits, and is not missed."""
    return first.at < second.at and first.ends + GAP <= second.at + WAITS


def free(at: datetime, seconds: float, others: Iterable[Span]) -> datetime:
    """The first instant from `at` on at which something of that length meets none of `others`."""
    for other in sorted(others, key=lambda o: o.at):
        if meet(Span(at, seconds), other):
            at = other.ends + GAP
    return at


def turn(first: Span, second: Span, others: Iterable[Span]) -> datetime:
    """When the second begins so that it sounds after the first, and with none of `others` (as urgent, same place)."""
    urgent = list(others)
    whole = Span(second.at, max(timedelta(), first.ends - second.at).total_seconds() + second.seconds)
    if by_themselves(first, second) and not any(meet(whole, other) for other in urgent):
        return second.at
    return free(first.ends + GAP, second.seconds, urgent)

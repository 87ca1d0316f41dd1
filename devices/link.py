"""The seam between what we say and what carries it: a Link publishes, subscribes, and tells when it is up.

    LinkError
      LinkDown       publish while nothing carries, or the carrier went away before it took the message
      LinkRefused    the carrier will not have us (wrong password, not allowed, too large)

Three carriers are kept to one contract (`tests/devices/test_link_contract.py`): `devices.loopback` in memory,
`devices.mqtt` on the embedded broker, `devices.mqtt` on mosquitto.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class LinkError(Exception):
    """Base of what can go wrong with a link."""


class LinkDown(LinkError):
    """Raised when a message could not be handed to the carrier, or it is not known whether it took it."""


class LinkRefused(LinkError):
    """Raised when the carrier refuses us; trying again without a change is no use."""


class LinkState(StrEnum):
    """What is true of a link."""

    CLOSED = "closed"
    """Not opened, or closed by us: nothing is tried."""
    CONNECTING = "connecting"
    """No connection; one is being tried, with growing pauses."""
    UP = "up"
    """Connected, and every subscription is granted."""


@dataclass(frozen=True, slots=True)
class Received:
    """One message as the carrier handed it over."""

    topic: str
    payload: bytes
    retained: bool


@dataclass(frozen=True, slots=True)
class Will:
    """What the carrier publishes for us when we vanish. QoS 1, retained."""

    topic: str
    payload: bytes


Take = Callable[[Received], None]
Changed = Callable[[LinkState], None]
MakeWill = Callable[[], Will | None]


class Link(ABC):
    """A carrier. All calls and callbacks happen on one event loop; callbacks must not block.

    `make_will` is asked anew before every connection, so that a will carries the session it belongs to.
    """

    state: LinkState = LinkState.CLOSED
    reason: str = ""
    """Why it is not up, for people; "" while it is."""

    @abstractmethod
    async def open(self, take: Take, changed: Changed, make_will: MakeWill | None = None) -> None:
        """Start connecting and keep at it until closed. Returns at once; `changed(UP)` tells of success."""

    @abstractmethod
    async def close(self) -> None:
        """Say good-bye (the will is not published) and let go of everything. May be called twice."""

    @abstractmethod
    async def subscribe(self, filters: tuple[str, ...]) -> None:
        """From now on, and after every reconnect, receive exactly what these filters match (QoS 1).

        Replaces the earlier filters. While the link is down it takes effect at the next connection. Retained
        messages come for every filter that is new.
        """

    @abstractmethod
    async def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> None:
        """Hand a message over; with QoS 1 returns when the carrier has taken it.

        An empty payload with `retain` clears what was retained. Raises LinkDown at once while the link is not up,
        or after the limit of the carrier.
        """

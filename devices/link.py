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
from typing import Final

from devices.topics import MAX_BYTES

PAYLOAD_LIMIT: Final = max(MAX_BYTES.values())
"""Longest payload a link hands over, bytes: that of the longest topic. Carriers are set up to take it."""


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


class LinkReason(StrEnum):
    """Why a link is not up, for programs and for sentences; the details are in `Link.reason`."""

    NONE = ""
    UNREACHABLE = "unreachable"
    """Nothing answers at that address, or it does not answer as it should."""
    LOST = "lost"
    """There was a connection, and it went away."""
    CREDENTIALS = "credentials"
    """The carrier does not know this name and password."""
    NOT_ALLOWED = "not-allowed"
    """The carrier knows us and does not let us receive what we ask for."""
    UNTRUSTED = "untrusted"
    """The carrier could not prove who it is (TLS)."""


@dataclass(frozen=True, slots=True)
class Received:
    """One message as the carrier handed it over."""

    topic: str
    payload: bytes
    retained: bool


@dataclass(frozen=True, slots=True)
class Will:
    """What the carrier publishes for us when we vanish. QoS 1, retained; MQTT allows it 65,535 bytes."""

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
    why: LinkReason = LinkReason.NONE
    """Why it is not up; NONE while it is, and while the first connection is tried."""
    reason: str = ""
    """The same in detail, for logs and for people; "" while it is up."""

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
    async def publish(
        self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False, urgent: bool = False
    ) -> None:
        """Hand a message over; with QoS 1 returns when the carrier has taken it.

        What is urgent does not wait its turn behind what is not.

        An empty payload with `retain` clears what was retained. Raises LinkDown at once while the link is not up,
        or after the limit of the carrier; LinkRefused for more than PAYLOAD_LIMIT bytes, a topic that is not ASCII,
        and what the carrier declines.
        """

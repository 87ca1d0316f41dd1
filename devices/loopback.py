"""An honest twin of a broker, in memory: retained messages, last wills, filters, order kept per topic.

For tests and for trying things out in one process. `Exchange` is the broker, `LoopbackLink` a client of it. What
MQTT promises and this keeps: QoS 1 publishes return after hand-over; a retained message comes to a new filter once;
an empty retained payload clears; a vanished client's will is published; nothing is delivered to a closed link.
"""

import asyncio
from dataclasses import dataclass, field

from devices.link import (
    PAYLOAD_LIMIT,
    Changed,
    Link,
    LinkDown,
    LinkReason,
    LinkRefused,
    LinkState,
    MakeWill,
    Received,
    Take,
    Will,
)


def matches(pattern: str, topic: str) -> bool:
    """Whether an MQTT filter (with + and #) matches a topic (MQTT 5, 4.7)."""
    want, have = pattern.split("/"), topic.split("/")
    if topic.startswith("$") and want[0] in {"+", "#"}:
        return False
    for i, level in enumerate(want):
        if level == "#":
            return True
        if i >= len(have) or level not in {"+", have[i]}:
            return False
    return len(want) == len(have)


@dataclass
class Exchange:
    """The broker. `go_down` and `come_up` pull and mend its cable; `forget` loses its memory, as a kill does."""

    up: bool = True
    retained: dict[str, bytes] = field(default_factory=dict)
    published: list[Received] = field(default_factory=list)
    """Everything it ever took, for tests to count."""
    _links: list["LoopbackLink"] = field(default_factory=list)

    def go_down(self) -> None:
        """Every client loses its connection; none can connect."""
        self.up = False
        for link in list(self._links):
            link.lose()

    def come_up(self) -> None:
        """Clients that want to may connect again."""
        self.up = True
        for link in list(self._links):
            link.try_connect()

    def forget(self) -> None:
        """Lose every retained message."""
        self.retained.clear()

    def cut(self, link: "LoopbackLink") -> None:
        """One client vanishes: its will is published."""
        link.lose()

    def take(self, topic: str, payload: bytes, *, retain: bool) -> None:
        """Accept a publish and hand it to whoever subscribed."""
        self.published.append(Received(topic, payload, retain))
        if retain:
            if payload:
                self.retained[topic] = payload
            else:
                self.retained.pop(topic, None)
        for link in list(self._links):
            link.offer(Received(topic, payload, retained=False))


class LoopbackLink(Link):
    """A client of an Exchange."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._filters: tuple[str, ...] = ()
        self._take: Take | None = None
        self._changed: Changed | None = None
        self._make_will: MakeWill | None = None
        self._will: Will | None = None

    async def open(self, take: Take, changed: Changed, make_will: MakeWill | None = None) -> None:
        """See Link."""
        self._take, self._changed, self._make_will = take, changed, make_will
        self._exchange._links.append(self)
        self._become(LinkState.CONNECTING)
        self.try_connect()

    async def close(self) -> None:
        """See Link."""
        if self in self._exchange._links:
            self._exchange._links.remove(self)
        self._will = None
        if self.state is not LinkState.CLOSED:
            self._become(LinkState.CLOSED)

    async def subscribe(self, filters: tuple[str, ...]) -> None:
        """See Link."""
        new = tuple(f for f in filters if f not in self._filters)
        self._filters = filters
        if self.state is LinkState.UP:
            self._offer_retained(new)

    async def publish(
        self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False, urgent: bool = False
    ) -> None:
        """See Link."""
        del qos, urgent
        if self.state is not LinkState.UP:
            raise LinkDown("loopback is down")
        if len(payload) > PAYLOAD_LIMIT or not topic.isascii():
            raise LinkRefused(f"{len(payload)} bytes on {topic}")
        self._exchange.take(topic, payload, retain=retain)
        await asyncio.sleep(0)

    def try_connect(self) -> None:
        """Connect if the exchange lets us."""
        if self._exchange.up and self.state is LinkState.CONNECTING:
            self._will = self._make_will() if self._make_will else None
            self._become(LinkState.UP)
            self._offer_retained(self._filters)

    def lose(self) -> None:
        """The cable is pulled: the will speaks for us."""
        if self.state is LinkState.UP:
            self._become(LinkState.CONNECTING)
            will, self._will = self._will, None
            if will is not None:
                self._exchange.take(will.topic, will.payload, retain=True)
            asyncio.get_running_loop().call_soon(self.try_connect)

    def offer(self, message: Received) -> None:
        """The exchange has a message; it is handed over in a later turn of the loop, as a network would."""
        if self.state is LinkState.UP and any(matches(f, message.topic) for f in self._filters):
            asyncio.get_running_loop().call_soon(self._hand_over, message)

    def _hand_over(self, message: Received) -> None:
        if self.state is LinkState.UP and self._take is not None:
            self._take(message)

    def _offer_retained(self, filters: tuple[str, ...]) -> None:
        for topic, payload in self._exchange.retained.items():
            if any(matches(f, topic) for f in filters):
                asyncio.get_running_loop().call_soon(self._hand_over, Received(topic, payload, retained=True))

    def _become(self, state: LinkState) -> None:
        self.state = state
        self.why = LinkReason.LOST if state is LinkState.CONNECTING else LinkReason.NONE
        self.reason = "" if state is LinkState.UP else "loopback is down"
        if self._changed is not None:
            self._changed(state)

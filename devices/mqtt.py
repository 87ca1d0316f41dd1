"""Links over MQTT 5: dial, subscribe, be UP, wait for the end, pause, again.

One connection, from dialling to its end, is in `devices.mqtt_connection`.
"""

import asyncio
import contextlib
import logging
import random
from typing import Final

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
)
from devices.mqtt_connection import ANSWER_S, IN_FLIGHT, IN_FLIGHT_URGENT, Connection, Ended, MqttAddress

__all__ = ["MqttAddress", "MqttLink"]

_log = logging.getLogger(__name__)

_FIRST_PAUSE_S: Final = 0.5
_LONGEST_PAUSE_S: Final = 30.0
"""Two thousand receivers that come back after a power cut are spread over this."""


class MqttLink(Link):
    """A client of a broker that speaks MQTT 5."""

    def __init__(self, address: MqttAddress) -> None:
        self._address = address
        self._filters: tuple[str, ...] = ()
        self._connection: Connection | None = None
        self._running: asyncio.Task[None] | None = None
        self._turns = asyncio.Semaphore(IN_FLIGHT - IN_FLIGHT_URGENT)
        self._urgent_turns = asyncio.Semaphore(IN_FLIGHT_URGENT)
        self._hurry = asyncio.Event()
        self._take: Take | None = None
        self._changed: Changed | None = None
        self._make_will: MakeWill | None = None

    async def open(self, take: Take, changed: Changed, make_will: MakeWill | None = None) -> None:
        """See Link."""
        if self._running is not None:
            raise RuntimeError("this link is open")
        self._take, self._changed, self._make_will = take, changed, make_will
        self._become(LinkState.CONNECTING)
        self._running = asyncio.create_task(self._run(), name=f"link {self._address.client_id}")

    async def close(self) -> None:
        """See Link."""
        running, self._running = self._running, None
        if running is None:
            return
        self._become(LinkState.CLOSED)
        if self._connection is not None:
            await self._connection.say_goodbye()
        running.cancel()
        await asyncio.wait({running})

    async def subscribe(self, filters: tuple[str, ...]) -> None:
        """See Link. Where the broker refuses a filter the link is not up any more, and `why` is NOT_ALLOWED."""
        self._filters = tuple(dict.fromkeys(filters))
        connection = self._connection
        if connection is not None and self.state is LinkState.UP:
            try:
                await connection.hold(lambda: self._filters)
            except Ended as end:
                connection.end(end)

    async def publish(
        self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False, urgent: bool = False
    ) -> None:
        """See Link."""
        if len(payload) > PAYLOAD_LIMIT or not topic.isascii():
            raise LinkRefused(f"{len(payload)} bytes on {topic!a}: more than {PAYLOAD_LIMIT}, or not ASCII")
        self._up()
        async with self._urgent_turns if urgent else self._turns:
            connection = self._up()
            try:
                async with asyncio.timeout(ANSWER_S):
                    await connection.publish(topic, payload, qos=qos, retain=retain)
            except TimeoutError as error:
                connection.doubt()
                raise LinkDown(f"the broker did not take it within {ANSWER_S:.0f} s") from error
            except Ended as end:
                raise LinkDown(end.detail) from end

    def hurry(self) -> None:
        """Cut the pause short: somebody knows that the broker is back."""
        self._hurry.set()

    async def _run(self) -> None:
        tries = 0
        while True:
            try:
                await self._be_connected()
            except Ended as end:
                if self.state is LinkState.CLOSED:
                    return
                tries = 1 if self.state is LinkState.UP else tries + 1
                if end.why in {LinkReason.CREDENTIALS, LinkReason.NOT_ALLOWED}:
                    tries = 10  # only a change at the broker helps, and people are not that quick
                self._become(LinkState.CONNECTING, end)
            except Exception:  # noqa: BLE001 - a receiver that stops trying needs a person and a ladder
                _log.exception("%s: dialling failed in a way nobody thought of", self._address.client_id)
                tries += 1
            self._hurry.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_pause(tries)):
                    await self._hurry.wait()

    async def _be_connected(self) -> None:
        """Connect, be UP, and stay until the end. Raises Ended, always."""
        self._connection = connection = Connection(self._address, self._deliver)
        try:
            await connection.dial(self._make_will() if self._make_will else None)
            await connection.hold(lambda: self._filters)
            self._become(LinkState.UP)
            connection.deliver()
            await connection.over()
        finally:
            self._connection = None
            connection.drop()

    def _up(self) -> Connection:
        if self._connection is None or self.state is not LinkState.UP:
            raise LinkDown(self.reason or "not connected")
        return self._connection

    def _deliver(self, message: Received) -> None:
        if self.state is not LinkState.UP or self._take is None:
            return
        try:
            self._take(message)
        except Exception:  # noqa: BLE001 - one message taken badly must not cost the connection
            _log.exception("a message on %s was taken badly", message.topic)

    def _become(self, state: LinkState, end: Ended | None = None) -> None:
        self.state = state
        self.why = end.why if end else LinkReason.NONE
        self.reason = end.detail if end else ("" if state is LinkState.UP else state.value)
        if end:
            _log.info("%s: %s (%s)", self._address.client_id, end.detail, end.why)
        if self._changed is not None:
            self._changed(state)


def _pause(tries: int) -> float:
    """Seconds before the next try: doubling, and spread so that not everyone comes back in the same instant."""
    longest = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2 ** (max(tries, 1) - 1))
    return random.uniform(longest / 4, longest)  # noqa: S311 - spreads load, keeps no secret

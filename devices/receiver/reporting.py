"""What the server is told: reports, again and again until it has them, and the state of the receiver."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final

from devices import topics
from devices.link import Link, LinkError, LinkState
from devices.messages import ReceiverReport, State, encode
from devices.receiver.clock import Clock, sleep_or
from devices.receiver.scribe import Scribe
from devices.signing import Signer
from devices.topics import Leaf

AGAIN_S: Final = 20.0
"""Reports the server has not acknowledged are sent again after this."""
WINDOW: Final = 500
"""Reports under way at a time, counted from the oldest that is kept."""
AT_ONCE: Final = 20
STATE_S: Final = 30.0
STATE_PLAYING_S: Final = 2.0


class Reporter:
    """Sends what the journal keeps. `poke` when there may be something new, `start_over` at every connect."""

    def __init__(self, link: Link, signer: Signer, scribe: Scribe, clock: Clock) -> None:
        self._link = link
        self._signer = signer
        self._scribe = scribe
        self._clock = clock
        self._poked = asyncio.Event()
        self._sent = 0
        self._again_at = 0.0

    def poke(self) -> None:
        """Something was written."""
        self._poked.set()

    def start_over(self) -> None:
        """Send all that is kept again."""
        self._sent = 0
        self._poked.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await sleep_or(self._poked, self._clock, AGAIN_S)
            self._poked.clear()
            if self._clock.monotonic() >= self._again_at:
                self._sent = 0
                self._again_at = self._clock.monotonic() + AGAIN_S
            if self._link.state is LinkState.UP:
                try:
                    await self._send()
                except LinkError:
                    self._sent = 0

    async def send_last(self) -> None:
        """Send what has not been sent yet, before good-bye."""
        if self._link.state is LinkState.UP:
            with contextlib.suppress(LinkError):
                await self._send()

    async def _send(self) -> None:
        while reports := await self._scribe.soon_quietly(self._scribe.journal.pending, self._sent, AT_ONCE):
            due = [r for r in reports if r.number < r.oldest + WINDOW]
            if not due:
                return
            await asyncio.gather(*(self._publish(report) for report in due))
            self._sent = due[-1].number

    async def _publish(self, report: ReceiverReport) -> None:
        topic = topics.receiver(report.receiver, Leaf.REPORT)
        await self._link.publish(str(topic), self._signer.seal(topic, encode(report)))


class Teller:
    """Publishes the state: when it has changed, every half minute, and every two seconds while something sounds."""

    def __init__(self, link: Link, signer: Signer, clock: Clock, look: Callable[[], State]) -> None:
        self._link = link
        self._signer = signer
        self._clock = clock
        self._look = look
        self._changed = asyncio.Event()

    def changed(self) -> None:
        """Tell it soon."""
        self._changed.set()

    async def run(self) -> None:
        """Until cancelled."""
        pause = STATE_S
        while True:
            await sleep_or(self._changed, self._clock, pause)
            self._changed.clear()
            state = self._look()
            pause = STATE_S if state.playing is None else STATE_PLAYING_S
            await self.tell(state)

    async def tell(self, state: State) -> None:
        """Publish this state, if the link is up."""
        if self._link.state is not LinkState.UP:
            return
        topic, payload = self.sealed(state)
        try:
            await self._link.publish(topic, payload, retain=True)
        except LinkError:
            return  # told anew at the next connect

    def sealed(self, state: State) -> tuple[str, bytes]:
        """Topic and envelope of a state: also a last will."""
        topic = topics.receiver(state.receiver, Leaf.STATE)
        return str(topic), self._signer.seal(topic, encode(state))

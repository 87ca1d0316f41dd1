"""The embedded broker, watched over: its process is kept alive, and what it carries must come back.

A router inside the broker can die while its process lives (one publish to a topic that begins with a character outside
ASCII does it). So a message to ourselves must return all the time; where it stays away the process is replaced.
"""

import asyncio
import contextlib
import logging
import os
import random
import socket
import sys
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Final

import structlog

from broadcast.broker_child import HOST
from broadcast.wording import say
from devices import topics
from devices.link import PAYLOAD_LIMIT, LinkError, LinkState, Received
from devices.mqtt import MqttAddress, MqttLink

_log = structlog.get_logger(__name__)


class BrokerState(StrEnum):
    """What is true of the broker."""

    STOPPED = "stopped"
    """Not started, or stopped by us."""
    STARTING = "starting"
    """Its process runs; no probe has come back yet."""
    SERVING = "serving"
    """The last probe came back in time."""
    FAILING = "failing"
    """A probe is overdue; the broker gets a last chance."""
    RESTARTING = "restarting"
    """Its process is gone; a new one comes after a pause."""
    EXTERNAL = "external"
    """Not ours: `broker.kind` is "external", and somebody else looks after it."""


TRANSITIONS: Final[dict[BrokerState, frozenset[BrokerState]]] = {
    BrokerState.STOPPED: frozenset({BrokerState.STARTING}),
    BrokerState.STARTING: frozenset({BrokerState.SERVING, BrokerState.RESTARTING, BrokerState.STOPPED}),
    BrokerState.SERVING: frozenset({BrokerState.FAILING, BrokerState.RESTARTING, BrokerState.STOPPED}),
    BrokerState.FAILING: frozenset({BrokerState.SERVING, BrokerState.RESTARTING, BrokerState.STOPPED}),
    BrokerState.RESTARTING: frozenset({BrokerState.STARTING, BrokerState.STOPPED}),
    BrokerState.EXTERNAL: frozenset(),
}
"""From each state, where it may go."""

PROBE_EVERY_S: Final = 1.0
PROBE_LIMIT_S: Final = 2.0
"""A probe comes back within milliseconds; on a busy machine within this."""
LAST_CHANCE_S: Final = 3.0
"""Silence after a missed probe that costs the process its life."""
START_LIMIT_S: Final = 20.0
"""From the start of a process to its first probe: interpreter, library, listener, on a slow disk."""
_FIRST_PAUSE_S: Final = 0.25
_LONGEST_PAUSE_S: Final = 10.0
_WELL_AFTER_S: Final = 30.0
"""Having served this long, the next pause is short again."""

Changed = Callable[[BrokerState], None]


class BrokerFailed(Exception):
    """Raised when the broker does not come to serve. Its text tells a person what to do."""


class PortTaken(BrokerFailed):
    """Raised when another program listens on the port."""

    def __init__(self, port: int) -> None:
        super().__init__(say("broker.port-taken", port=port, setting="broker.port"))
        self.port = port
        self.setting = "broker.port"


class EmbeddedBroker:
    """Broker and watchman. All calls and callbacks on one event loop.

    `reason` is a sentence of `broadcast/words/broker.toml`, "" where all is well. `name` tells its probe from others'.
    """

    def __init__(self, port: int, *, name: str = "server", changed: Changed | None = None) -> None:
        self.port = port
        self.state = BrokerState.STOPPED
        self.reason = ""
        self.restarts = 0
        self._name = name
        self._changed = changed
        self._watching: asyncio.Task[None] | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._first = asyncio.Event()
        self._served_at = 0.0

    @property
    def host(self) -> str:
        """Where it listens: loopback, always."""
        return HOST

    @property
    def pid(self) -> int | None:
        """The process that serves now."""
        return self._process.pid if self._process is not None else None

    async def start(self) -> None:
        """Returns once it serves. Raises PortTaken, or BrokerFailed after START_LIMIT_S."""
        require_free(self.port)
        self._first.clear()
        self._watching = asyncio.create_task(self._watch(), name="broker")
        try:
            async with asyncio.timeout(START_LIMIT_S):
                await self._first.wait()
        except TimeoutError:
            reason = self.reason or say("broker.reason-slow", seconds=int(START_LIMIT_S))
            await self.stop()
            raise BrokerFailed(reason) from None
        except asyncio.CancelledError:
            await self.stop()
            raise

    async def stop(self) -> None:
        """End the process and wait for it. May be called twice."""
        watching, self._watching = self._watching, None
        if watching is None:
            return
        watching.cancel()
        await asyncio.wait({watching})
        self._become(BrokerState.STOPPED)
        if not watching.cancelled():
            watching.result()

    async def _watch(self) -> None:
        pause = _FIRST_PAUSE_S
        while True:
            self._become(BrokerState.STARTING, self.reason)
            self._served_at = 0.0
            reason = await self._serve_once()
            if self._served_at and time.monotonic() - self._served_at > _WELL_AFTER_S:
                pause = _FIRST_PAUSE_S
            self.restarts += 1
            self._become(BrokerState.RESTARTING, reason)
            await asyncio.sleep(random.uniform(pause / 2, pause))  # noqa: S311 - no secret, only not in step
            pause = min(_LONGEST_PAUSE_S, pause * 2)

    async def _serve_once(self) -> str:
        """One process from its start to its end; why it came to its end."""
        try:
            require_free(self.port)
            self._process = process = await _spawn(self.port)
        except (PortTaken, OSError) as error:
            return str(error)
        ended = asyncio.create_task(process.wait())
        heard = asyncio.create_task(_listen_to(process))
        probed = asyncio.create_task(self._probe_on())
        try:
            await asyncio.wait({ended, probed}, return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                return say("broker.reason-died", code=ended.result())
            return probed.result()
        finally:
            probed.cancel()
            await asyncio.wait({probed})
            await _end(process, ended)
            await heard
            self._process = None

    async def _probe_on(self) -> str:
        """Probe until a probe stays away; why the broker is given up."""
        prober = _Prober(self.port, self._name)
        try:
            await _listens(self.port)
            await prober.open()
            began = time.monotonic()
            while not await prober.returns(PROBE_LIMIT_S):
                if time.monotonic() - began > START_LIMIT_S:
                    return say("broker.reason-slow", seconds=int(START_LIMIT_S))
            self._served_at = time.monotonic()
            self._become(BrokerState.SERVING)
            self._first.set()
            while True:
                await asyncio.sleep(PROBE_EVERY_S)
                if await prober.returns(PROBE_LIMIT_S):
                    continue
                self._become(BrokerState.FAILING, say("broker.reason-silent"))
                if not await prober.returns(LAST_CHANCE_S):
                    return say("broker.reason-silent")
                self._become(BrokerState.SERVING)
        finally:
            await prober.close()

    def _become(self, state: BrokerState, reason: str = "") -> None:
        if state is self.state:
            return
        if state not in TRANSITIONS[self.state]:
            raise AssertionError(f"broker: {self.state} does not become {state}")
        self.state, self.reason = state, reason
        level = logging.WARNING if state in {BrokerState.FAILING, BrokerState.RESTARTING} else logging.INFO
        _log.log(level, "broker", state=state.value, reason=reason, restarts=self.restarts)
        if self._changed is not None:
            self._changed(state)


class _Prober:
    """A client that sends messages to itself."""

    def __init__(self, port: int, name: str) -> None:
        self._topic = topics.probe(name)
        self._link = MqttLink(MqttAddress(HOST, port, f"probe-{name}"))
        self._sent = 0
        self._came = 0
        self._news = asyncio.Event()

    async def open(self) -> None:
        await self._link.subscribe((self._topic,))
        await self._link.open(self._take, self._look)

    async def close(self) -> None:
        await self._link.close()

    async def returns(self, limit_s: float) -> bool:
        """Send one, and tell whether it comes back within `limit_s`."""
        self._sent += 1
        mine = self._sent
        with contextlib.suppress(TimeoutError, LinkError):
            async with asyncio.timeout(limit_s):
                await self._until(lambda: self._link.state is LinkState.UP)
                await self._link.publish(self._topic, str(mine).encode(), qos=0)
                await self._until(lambda: self._came >= mine)
        return self._came >= mine

    async def _until(self, true: Callable[[], bool]) -> None:
        while not true():
            self._news.clear()
            await self._news.wait()

    def _take(self, message: Received) -> None:
        if message.payload.isdigit():
            self._came = max(self._came, int(message.payload))
        self._news.set()

    def _look(self, _state: LinkState) -> None:
        self._news.set()


def require_free(port: int) -> None:
    """Raises PortTaken."""
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((HOST, port))
        except OSError as error:
            raise PortTaken(port) from error


async def _spawn(port: int) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "broadcast.broker_child", str(port), str(PAYLOAD_LIMIT)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "RUST_BACKTRACE": "0"},
        start_new_session=True,  # Ctrl-C is for the parent, which stops us in its order
    )


async def _listen_to(process: asyncio.subprocess.Process) -> None:
    """What the process complains about belongs into the log and not onto the terminal."""
    assert process.stderr is not None  # noqa: S101 - it was started with a pipe
    while complaint := await process.stderr.read(4096):
        _log.debug("broker complains", text=complaint.decode("utf-8", "replace"))


async def _listens(port: int) -> None:
    while True:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection(HOST, port)
            writer.close()
            return
        await asyncio.sleep(0.05)


async def _end(process: asyncio.subprocess.Process, ended: "asyncio.Task[int]") -> None:
    """Kill it: it keeps nothing on disk, and a process that hangs would not hear anything milder."""
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await ended
    if process.stdin is not None:
        process.stdin.close()

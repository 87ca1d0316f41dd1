"""Time as the receiver sees it: the wall to compare with plans, the monotonic clock to wait by.

Nothing else in this room asks the system for the time, so that tests can turn the hands.
"""

import asyncio
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta


class Clock(ABC):
    """A clock: `now` may be set and may jump; `monotonic` only grows."""

    @abstractmethod
    def now(self) -> datetime:
        """The wall time, aware, UTC."""

    @abstractmethod
    def monotonic(self) -> float:
        """Seconds since some moment, never going back: what waits are counted in."""

    @abstractmethod
    async def sleep(self, seconds: float) -> None:
        """Let `seconds` of monotonic time pass."""


class SystemClock(Clock):
    """The clock of the machine."""

    def now(self) -> datetime:
        """See Clock."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """See Clock."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """See Clock."""
        await asyncio.sleep(seconds)


@dataclass
class SteppedClock(Clock):
    """A clock that stands until it is turned: `advance` lets time pass, `jump` sets the wall alone."""

    wall: datetime = field(default_factory=lambda: datetime(2026, 11, 25, 5, 0, tzinfo=UTC))
    elapsed: float = 0.0
    _sleepers: list[tuple[float, "asyncio.Future[None]"]] = field(default_factory=list)

    def now(self) -> datetime:
        """See Clock."""
        return self.wall

    def monotonic(self) -> float:
        """See Clock."""
        return self.elapsed

    async def sleep(self, seconds: float) -> None:
        """See Clock: returns once `advance` has gone that far."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        future = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.elapsed + seconds, future))
        await future

    def jump(self, seconds: float) -> None:
        """Set the wall forward or back, as a wrong time server or an empty battery does; no time passes."""
        self.wall += timedelta(seconds=seconds)

    async def advance(self, seconds: float) -> None:
        """Let time pass, waking sleepers one after the other in the order of their instants."""
        end = self.elapsed + seconds
        while True:
            await _let_others_run()
            due = sorted((s for s in self._sleepers if s[0] <= end and not s[1].done()), key=lambda s: s[0])
            if not due:
                break
            self._move_to(max(due[0][0], self.elapsed))
            self._sleepers.remove(due[0])
            due[0][1].set_result(None)
        self._move_to(end)
        self._sleepers = [s for s in self._sleepers if not s[1].done()]
        await _let_others_run()

    def _move_to(self, instant: float) -> None:
        self.wall += timedelta(seconds=instant - self.elapsed)
        self.elapsed = instant


async def sleep_or(event: asyncio.Event, clock: Clock, seconds: float) -> None:
    """Let `seconds` of monotonic time pass, or less if `event` is set before."""
    if event.is_set():
        return
    both = {asyncio.ensure_future(clock.sleep(seconds)), asyncio.ensure_future(event.wait())}
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in both:
            task.cancel()
        await asyncio.gather(*both, return_exceptions=True)


async def _let_others_run() -> None:
    for _ in range(20):  # a task may hand on to another several times before it sleeps again
        await asyncio.sleep(0)

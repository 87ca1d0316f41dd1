"""What is missing is fetched ahead of time: the most urgent first, spread out so that two thousand do not ask at once.

A clip needed within `PUSH_AHEAD` is pulled at once; one small enough to be pushed is given a moment to come that way.
"""

import asyncio
import contextlib
import errno
import logging
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from devices.receiver.cache import SPARE_BYTES, Cache, WrongHash
from devices.receiver.clock import Clock
from devices.receiver.holdings import Wanted
from devices.receiver.pulling import FULL, Pull, PullFailed, Untruthful
from devices.vocabulary import PUSH_AHEAD, PUSH_LIMIT, Why

log = logging.getLogger(__name__)

AT_ONCE: Final = 2
"""Pulls at the same time: a 4G link carries no more."""
SPREAD_S: Final = 120.0
"""What is not urgent starts anywhere in this time."""
PUSH_HEAD_START_S: Final = 1.5
FIRST_PAUSE_S: Final = 2.0
LONGEST_PAUSE_S: Final = 300.0
URGENT_PAUSE_S: Final = 10.0
TELL_AGAIN_S: Final = 600.0
"""The same fault of the same clip is reported again after this."""

CLOSE_S: Final = 2.0
"""A worker that still waits for the network after this is left behind."""


@dataclass
class _Errand:
    """One clip on its way. Times are monotonic seconds."""

    wanted: Wanted
    not_before: float
    failures: int = 0
    pull: Pull | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """A clip could not be had: what is reported as Failed."""

    clip: str
    why: Why
    detail: str


class Fetcher:
    """Keeps the cache filled. `came` is called with every clip that arrived, `failed` with what is to be reported."""

    def __init__(
        self,
        cache: Cache,
        clock: Clock,
        came: Callable[[str], None],
        failed: Callable[[Fault], None],
        chance: random.Random | None = None,
    ) -> None:
        self._cache = cache
        self._clock = clock
        self._came = came
        self._failed = failed
        self._chance = chance or random.Random()  # noqa: S311 - spreads load, guards nothing
        self._errands: dict[str, _Errand] = {}
        self._told: dict[tuple[str, Why], float] = {}
        self._url = ""
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def missing(self) -> tuple[str, ...]:
        """Clips that are wanted and not there, in hash order."""
        return tuple(sorted(c for c in self._errands if c not in self._cache.here))

    def want(self, wanted: tuple[Wanted, ...], url: str) -> None:
        """From now on fetch just these, from under `url`."""
        if url != self._url:
            self.hurry()
        self._url = url
        fresh: dict[str, _Errand] = {}
        for want in wanted:
            if want.clip in self._cache.here:
                continue
            errand = self._errands.get(want.clip)
            if errand is None:
                errand = _Errand(want, self._clock.monotonic() + self._first_wait(want))
            elif want.at < errand.wanted.at:
                errand.not_before = min(errand.not_before, self._clock.monotonic() + self._first_wait(want))
            errand.wanted = want
            fresh[want.clip] = errand
        for clip, errand in self._errands.items():
            if clip not in fresh and errand.pull is not None:
                errand.pull.cancel()
        self._errands = fresh
        self.turn()

    def hurry(self) -> None:
        """The network is back, or the address has changed: what was put off is tried soon."""
        for errand in self._errands.values():
            soon = self._clock.monotonic() + self._chance.uniform(0, FIRST_PAUSE_S)
            errand.not_before, errand.failures = min(errand.not_before, soon), 0

    def arrived(self, clip: str) -> None:
        """It came another way."""
        errand = self._errands.pop(clip, None)
        if errand is not None and errand.pull is not None:
            errand.pull.cancel()
        self._came(clip)

    def turn(self) -> float | None:
        """Start what may start; seconds until there is more to start, None if nothing waits."""
        now = self._clock.monotonic()
        waiting = [e for e in self._errands.values() if e.pull is None]
        for errand in sorted(waiting, key=lambda e: (e.wanted.at, e.wanted.clip)):
            if errand.not_before <= now and len(self._tasks) < AT_ONCE and self._url:
                errand.pull = Pull(self._clock.monotonic)
                task = asyncio.create_task(self._fetch(errand, errand.pull), name=f"fetch {errand.wanted.clip[:8]}")
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        times = [e.not_before - now for e in self._errands.values() if e.pull is None]
        return max(0.5, min(times)) if times else None

    async def close(self) -> None:
        """Break off what is under way; what came is kept."""
        errands, self._errands = self._errands, {}
        for errand in errands.values():
            if errand.pull is not None:
                errand.pull.cancel()
        tasks = set(self._tasks)
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=CLOSE_S)
            for task in late:
                task.cancel()

    def _first_wait(self, want: Wanted) -> float:
        left = want.at - self._clock.now()
        if left > PUSH_AHEAD:
            return self._chance.uniform(0, min(SPREAD_S, (left - PUSH_AHEAD / 2) / timedelta(seconds=1)))
        if want.size and want.size <= PUSH_LIMIT:
            patience = max(0.0, left / timedelta(seconds=4))  # a quarter of the time that is left
            return self._chance.uniform(0, min(PUSH_HEAD_START_S, patience))
        return 0.0

    async def _fetch(self, errand: _Errand, pull: Pull) -> None:
        want = errand.wanted
        try:
            await _aside(lambda: self._pull(want, pull, f"{self._url}/{want.clip}"))
        except WrongHash:
            self._put_off(errand, Fault(want.clip, Why.WRONG_HASH, "SHA-256"))
        except Untruthful as error:
            self._put_off(errand, Fault(want.clip, Why.WRONG_HASH, str(error)[:500]))
        except OSError as error:
            why = Why.DISK_FULL if error.errno in FULL else Why.NO_SOUND
            self._put_off(errand, Fault(want.clip, why, str(error)[:500]))
        except PullFailed as error:
            log.info("clip %s: %s", want.clip[:12], error)
            self._put_off(errand, None)
        else:
            if self._errands.pop(want.clip, None) is not None:
                self._came(want.clip)
        finally:
            errand.pull = None

    def _pull(self, want: Wanted, pull: Pull, url: str) -> None:
        if want.clip in self._cache.here:
            return  # it was pushed meanwhile
        if self._cache.free < want.size + SPARE_BYTES // 4:
            raise OSError(errno.ENOSPC, "no room for the clip")
        pull.run(url, self._cache.partial(want.clip), want.size)
        self._cache.finish(want.clip)

    def _put_off(self, errand: _Errand, fault: Fault | None) -> None:
        errand.failures += 1
        pause = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(errand.failures - 1, 10))
        if errand.wanted.at - self._clock.now() <= PUSH_AHEAD:
            pause = min(pause, URGENT_PAUSE_S)
        now = self._clock.monotonic()
        errand.not_before = now + pause * self._chance.uniform(0.5, 1.5)
        if fault is None:
            return
        log.warning("clip %s: %s (%s)", fault.clip[:12], fault.why, fault.detail)
        self._told = {key: at for key, at in self._told.items() if now - at < TELL_AGAIN_S}
        if (fault.clip, fault.why) not in self._told:
            self._told[fault.clip, fault.why] = now
            self._failed(fault)


async def _aside(work: Callable[[], None]) -> None:
    """Do `work` in a thread of its own, which does not keep the program alive if it hangs on the network."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def settle(error: BaseException | None) -> None:
        if done.done():
            return
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)

    def run() -> None:
        outcome: BaseException | None = None
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - handed over to whoever waits
            outcome = error
        with contextlib.suppress(RuntimeError):  # the loop is gone: nobody waits
            loop.call_soon_threadsafe(settle, outcome)

    threading.Thread(target=run, name="fetch", daemon=True).start()
    await done

"""The server's recurring work, by name. APScheduler keeps the hours; the jobs are data, rebuilt at every start."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

_log = structlog.get_logger(__name__)

STOP_WAIT_S: Final = 10.0
"""How long a job that is under way may take to its end when the server stops."""


@dataclass(frozen=True, slots=True)
class Job:
    """Do `work` every so often, first after `first` (at once, unless told otherwise)."""

    name: str
    every: timedelta
    work: Callable[[], Awaitable[None]]
    first: timedelta = timedelta(0)


class Timetable:
    """Runs jobs on the event loop. A job that fails is logged and counted, and runs again at its next hour."""

    def __init__(self, jobs: Iterable[Job], now: Callable[[], datetime]) -> None:
        self.jobs = tuple(jobs)
        self.failures: Counter[str] = Counter()
        self.runs: Counter[str] = Counter()
        self._now = now
        self._running: set[asyncio.Task[None]] = set()
        self._scheduler: AsyncIOScheduler | None = None

    def start(self) -> None:
        """Hang up the timetable. Raises ValueError where two jobs have one name."""
        if len({job.name for job in self.jobs}) != len(self.jobs):
            raise ValueError("two jobs of one name")
        # by default a job a second late is dropped without a word; late is right for all of ours, once
        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=defaults)
        for job in self.jobs:
            self._scheduler.add_job(
                self._do,
                IntervalTrigger(seconds=job.every.total_seconds(), timezone=UTC),
                args=[job],
                id=job.name,
                next_run_time=self._now() + job.first,
            )
        self._scheduler.start()

    async def stop(self) -> None:
        """Take it down: nothing begins any more, what is under way may end. May be called twice."""
        scheduler, self._scheduler = self._scheduler, None
        if scheduler is None:
            return
        scheduler.remove_all_jobs()
        if self._running:
            await asyncio.wait(self._running, timeout=STOP_WAIT_S)
        scheduler.shutdown(wait=False)
        await asyncio.sleep(0)  # it takes itself down in the next turn of the loop
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _do(self, job: Job) -> None:
        # a task of ours, which the scheduler's shutdown does not cancel in the middle of a publish
        task = asyncio.ensure_future(self._try(job))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        await asyncio.shield(task)

    async def _try(self, job: Job) -> None:
        self.runs[job.name] += 1
        try:
            await job.work()
        except Exception:  # noqa: BLE001 - one job's fault, whatever it is, must not end the others
            self.failures[job.name] += 1
            _log.exception("a job failed, it is tried again", job=job.name, every=str(job.every))

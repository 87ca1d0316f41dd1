"""Long actions that go on when the page that began them is closed or loaded again."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from broadcast.domain.house import Progress, Tell


@dataclass
class Work:
    """One long action on one bulletin. `task` ends with what the office said of it."""

    task: "asyncio.Task[object]"
    progress: Progress

    async def wait(self) -> None:
        """Until it is over. Raises what it raised; a page that stops waiting does not stop the work."""
        await asyncio.shield(self.task)


class Works:
    """The long actions under way: at most one for each bulletin."""

    def __init__(self) -> None:
        self._by_bulletin: dict[int, Work] = {}

    def of(self, bulletin: int) -> Work | None:
        """What is being done to that bulletin, if anything is."""
        return self._by_bulletin.get(bulletin)

    def begin(self, bulletin: int, action: Callable[[Tell], Awaitable[object]]) -> Work:
        """Start `action`, or join what is under way."""
        under_way = self.of(bulletin)
        if under_way is not None:
            return under_way

        def told(progress: Progress) -> None:
            work.progress = progress

        async def run() -> object:
            return await action(told)

        def over(task: "asyncio.Task[object]") -> None:
            # here, and not in `run`: a task that is cancelled before its first step never runs
            del self._by_bulletin[bulletin]
            if not task.cancelled():
                task.exception()  # one that comes after the page was closed is nobody's: the next page shows the state

        work = Work(asyncio.ensure_future(run()), Progress("waiting"))
        work.task.add_done_callback(over)
        self._by_bulletin[bulletin] = work
        return work

    async def close(self) -> None:
        """Break off everything, and wait until it has been."""
        tasks = [work.task for work in self._by_bulletin.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

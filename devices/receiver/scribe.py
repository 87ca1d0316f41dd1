"""Writes journal and shelf in a worker, step by step in the order asked for: the loop never waits for a disk."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from typing import ParamSpec, TypeVar

from devices.receiver.book import Book
from devices.receiver.journal import Journal
from devices.receiver.shelf import Shelf

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")


class Scribe:
    """`soon(journal.begun, report)` returns a future; nobody needs to wait for it. `wrote` is called after every step.

    `journal` and `shelf` exist once it is open, and only their methods given to `soon` may touch them.
    """

    journal: Journal
    shelf: Shelf

    def __init__(self, path: Path, receiver: str, executor: Executor | None = None) -> None:
        self._path = path
        self._receiver = receiver
        self._executor = executor or ThreadPoolExecutor(1, "scribe")
        self._last: asyncio.Future[object] | None = None
        self.wrote: Callable[[], None] = lambda: None

    async def open(self) -> None:
        """Open the file. Raises OSError or sqlite3.Error."""
        await self._run(self._open)

    def soon(self, step: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> "asyncio.Future[T]":
        """Do a step after all that were asked for before. Awaited, it gives the step's answer."""
        future = self._run(lambda: step(*args, **kwargs))
        future.add_done_callback(self._done)
        return future

    def soon_quietly(self, step: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> "asyncio.Future[T]":
        """As `soon`, for a step that only reads: nobody is told."""
        return self._run(lambda: step(*args, **kwargs))

    def try_again(self) -> None:
        """Have what the disk would not take written now, if it takes it."""
        if self._book.waiting:
            self.soon(self._book.catch_up)

    async def close(self) -> None:
        """Do what was asked for, then let go of the file."""
        await self._run(self._book.close)
        self._executor.shutdown()

    def _open(self) -> None:
        self._book = Book(self._path)
        self.journal = Journal(self._book, self._receiver)
        self.shelf = Shelf(self._book)

    def _run(self, step: Callable[[], T]) -> "asyncio.Future[T]":
        return asyncio.get_running_loop().run_in_executor(self._executor, step)

    def _done(self, future: "asyncio.Future[T]") -> None:
        if future.cancelled():
            return
        error = future.exception()
        if error is not None:
            log.error("a step of the journal failed: %s", error, exc_info=error)
        self.wrote()

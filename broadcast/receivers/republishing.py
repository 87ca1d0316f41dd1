"""Nothing depends on the broker's memory: whenever the link has come up, everything in force is said again."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from broadcast.domain.refusals import Refusal

AGAIN_S: Final = 5.0
"""Pause before everything is published again after the books could not be read."""

_log = structlog.get_logger(__name__)


class Republish:
    """Says everything again, part after part, at each `up`; starts over where the books did not answer."""

    def __init__(self, parts: tuple[Callable[[], Awaitable[None]], ...], is_up: Callable[[], bool]) -> None:
        self._parts, self._is_up = parts, is_up
        self._due = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def up(self) -> None:
        """The link has come up."""
        self._due.set()

    def start(self) -> None:
        """Begin to listen for that."""
        self._task = asyncio.create_task(self._run(), name="republish")

    async def stop(self) -> None:
        """Say nothing more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await self._due.wait()
            self._due.clear()
            for part in self._parts:
                try:
                    await part()
                except Exception as error:  # noqa: BLE001 - whatever one part does, the others must be said, and again
                    crash = not isinstance(error, Refusal)
                    _log.error(
                        "not everything was published again, it is tried once more", why=str(error), exc_info=crash
                    )
                    await asyncio.sleep(AGAIN_S)
                    if self._is_up():
                        self._due.set()

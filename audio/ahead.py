"""An iterator that works in a thread of its own, a little ahead of whoever reads it: decoding beside measuring."""

import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeVar

T = TypeVar("T")

AHEAD: Final = 32
"""Items that may wait."""


@dataclass(frozen=True, slots=True)
class _End:
    error: BaseException | None


def ahead(items: Iterator[T]) -> Iterator[T]:
    """The same items in the same order; what the iterator raises is raised here."""
    waiting: queue.Queue[T | _End] = queue.Queue(AHEAD)
    gone = threading.Event()

    def offer(item: T | _End) -> None:
        while not gone.is_set():
            try:
                waiting.put(item, timeout=0.1)
            except queue.Full:
                continue
            return

    def work() -> None:
        error = None
        try:
            for item in items:
                offer(item)
                if gone.is_set():
                    break
        except BaseException as met:  # noqa: BLE001 - whatever it is, it is raised where somebody waits for the items
            error = met
        offer(_End(error))

    worker = threading.Thread(target=work, name="ahead", daemon=True)
    worker.start()
    try:
        while not isinstance(item := waiting.get(), _End):
            yield item
        if item.error is not None:
            raise item.error
    finally:
        gone.set()
        worker.join()

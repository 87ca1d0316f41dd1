"""Spoken sentences kept on disk, so that a corrected bulletin speaks anew only what changed.

A sentence is found again by its words, engine, voice, pace and the engine's settings. The shelf is a cache: it may be
deleted at any time, and what has not been asked for longest goes first when it is full.
"""

import hashlib
import json
import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

SPARED_S: Final = 3600.0
"""What was asked for within the last hour stays, however full the shelf is: someone may be joining it just now."""
_MAKING: Final = "making"


class Shelf:
    """A folder of spoken sentences, at most about `limit_bytes` in all. Threads and processes may share it."""

    def __init__(self, folder: Path, limit_bytes: int) -> None:
        self.folder, self._limit = folder, limit_bytes
        self._tidying = threading.Lock()

    @staticmethod
    def key(words: str, engine: str, voice: str, rate: float, settings: str) -> str:
        """The name of a sentence on the shelf."""
        said = json.dumps([words, engine, voice, round(rate, 4), settings], ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()

    def get(self, key: str) -> Path | None:
        """Where that sentence lies, if it is here."""
        path = self._place(key)
        try:
            os.utime(path)
        except OSError:
            return None
        return path

    def keep(self, key: str, file: Path) -> Path:
        """Take a sentence in (the file is moved); where it lies now. Raises OSError."""
        path = self._place(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        file.replace(path)
        return path

    def drop(self, key: str) -> None:
        """Throw a sentence away that turned out spoilt."""
        self._place(key).unlink(missing_ok=True)

    @contextmanager
    def making(self) -> Iterator[Path]:
        """A folder for sentences in the making, gone afterwards. Raises OSError."""
        place = self.folder / _MAKING
        place.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=place, ignore_cleanup_errors=True) as folder:
            yield Path(folder)

    def tidy(self) -> None:
        """Let go of what was longest not asked for, until the rest fits."""
        if not self._tidying.acquire(blocking=False):
            return
        try:
            self._sweep()
            kept = sorted(self._kept(), key=lambda entry: entry[0])
            over = sum(size for _, size, _ in kept) - self._limit
            for asked, size, path in kept:
                if over <= 0 or asked > time.time() - SPARED_S:
                    return
                path.unlink(missing_ok=True)
                over -= size
        finally:
            self._tidying.release()

    def _sweep(self) -> None:
        """Throw away what a process that was killed left half made."""
        for left in self.folder.glob(f"{_MAKING}/*"):
            with suppress(OSError):
                if left.stat().st_mtime < time.time() - SPARED_S:
                    shutil.rmtree(left, ignore_errors=True)

    def _kept(self) -> Iterator[tuple[float, int, Path]]:
        for path in self.folder.glob("??/*"):
            with suppress(OSError):  # someone else tidied it away
                stat = path.stat()
                yield stat.st_mtime, stat.st_size, path

    def _place(self, key: str) -> Path:
        return self.folder / key[:2] / key

"""Clips on the disk, each under its SHA-256: there completely and proven, or not there.

`<hash>` is a whole clip, `<hash>.part` the beginning of one. A clip is written aside, compared with its name, forced
to the disk and only then renamed. Methods block and belong in a worker; `here` is memory.
"""

import contextlib
import hashlib
import os
import shutil
from collections.abc import Container
from pathlib import Path
from typing import Final

from devices.vocabulary import is_hash

KEEP_S: Final = 7 * 24 * 3600
"""A clip nobody names stays this long after it came: what was withdrawn may be placed again."""
SPARE_BYTES: Final = 64 * 1024 * 1024
"""Less than this free, and clips that nobody names go at once, and none are fetched that would not fit."""
_CHUNK: Final = 256 * 1024


class WrongHash(Exception):
    """Raised when bytes are not what their name says; they are thrown away."""


class Cache:
    """The folder of clips. Raises OSError where the disk does."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.here: set[str] = {p.name for p in folder.iterdir() if is_hash(p.name)}
        """Hashes of the clips that are on the disk."""

    def path(self, clip: str) -> Path:
        """Where a whole clip lies."""
        return self._folder / clip

    def partial(self, clip: str) -> Path:
        """Where the beginning of a clip lies."""
        return self._folder / f"{clip}.part"

    def add(self, clip: str, sound: bytes) -> None:
        """Keep a clip that came in one piece. Raises WrongHash."""
        if hashlib.sha256(sound).hexdigest() != clip:
            raise WrongHash(clip)
        pushed = self._folder / f"{clip}.pushed"
        try:
            with pushed.open("wb") as file:
                file.write(sound)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            pushed.unlink(missing_ok=True)
            raise
        self._rename(pushed, clip)
        self.partial(clip).unlink(missing_ok=True)

    def finish(self, clip: str) -> None:
        """The partial is whole: prove it and keep it. Raises WrongHash."""
        partial = self.partial(clip)
        if _digest(partial) != clip:
            partial.unlink()
            raise WrongHash(clip)
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        self._rename(partial, clip)

    def prove(self, clip: str) -> bool:
        """Whether the clip on the disk is still what its name says; one that is not is thrown away."""
        with contextlib.suppress(OSError):
            if _digest(self.path(clip)) == clip:
                return True
        self.here.discard(clip)
        with contextlib.suppress(OSError):  # a card that has become read-only
            self.path(clip).unlink()
        return False

    def tidy(self, named: Container[str], now: float, *, short: bool = False) -> None:
        """Let go of clips that nobody names: the old ones at `now` (since 1970), or all where the disk is `short`."""
        short = short or self.free < SPARE_BYTES
        for path in list(self._folder.iterdir()):
            name = path.name.partition(".")[0]
            if name in named:
                continue
            if short or now - path.stat().st_mtime > KEEP_S or path.name != name:
                path.unlink(missing_ok=True)
                self.here.discard(path.name)

    @property
    def free(self) -> int:
        """Bytes free on the disk."""
        return shutil.disk_usage(self._folder).free

    def _rename(self, path: Path, clip: str) -> None:
        path.replace(self.path(clip))
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        self.here.add(clip)


def _digest(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()

"""The clip library: finished sound on disk, each file named by its SHA-256, never changed once it is there."""

import hashlib
import os
from pathlib import Path
from typing import Final

from devices.vocabulary import ClipHash, is_hash

_CHUNK: Final = 1024 * 1024


class ClipLibrary:
    """A folder of clips, `ab/abcdef....opus`, so that no folder grows beyond a few hundred entries."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, clip: ClipHash | str) -> Path | None:
        """Where that clip lies, if it is here. Anything that is not a hash is not here."""
        if not is_hash(clip):
            return None
        path = self._place(clip)
        return path if path.is_file() else None

    def keep(self, file: Path) -> ClipHash:
        """Take a finished file in (it is moved); its name from now on. Blocks: call it in a worker. Raises OSError."""
        digest = hashlib.sha256()
        with file.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
            os.fsync(stream.fileno())
        clip = ClipHash(digest.hexdigest())
        place = self._place(clip)
        place.parent.mkdir(parents=True, exist_ok=True)
        file.replace(place)
        return clip

    def _place(self, clip: str) -> Path:
        return self.folder / clip[:2] / f"{clip}.opus"

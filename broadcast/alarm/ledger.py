"""The alarm ledger: a file of JSON lines, one for every change of an alarm, fsynced; the last line of an alarm holds.

It is what an alarm leaves behind before any database is asked, and what a server that starts again knows of it.
"""

import os
from collections.abc import Iterable
from pathlib import Path

import msgspec
import structlog

from broadcast.domain.alarms import Standing

_log = structlog.get_logger(__name__)
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Standing)


class Ledger:
    """One file. Its calls block: make them in a worker, or at the start."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, standings: Iterable[Standing]) -> None:
        """Write them down; when this returns they are on the disk. Raises OSError, then they may be written again."""
        lines = b"".join(_encoder.encode(s) + b"\n" for s in standings)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a+b") as file:
            if _torn(file.fileno()):
                lines = b"\n" + lines
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())

    def read(self) -> list[Standing]:
        """Every alarm as it was last written down, oldest first. A line that is torn or strange is passed over."""
        try:
            lines = self.path.read_bytes().splitlines()
        except FileNotFoundError:
            return []
        found: dict[str, Standing] = {}
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                standing = _decoder.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                _log.warning(
                    "a line of the alarm ledger is passed over", line=number, file=str(self.path), why=str(error)
                )
                continue
            found[standing.alarm.id] = standing
        return sorted(found.values(), key=lambda s: (s.alarm.raised_at, s.alarm.id))


def _torn(file: int) -> bool:
    """Whether the last line was cut off by a crash or a full disk: the next must not be glued to it."""
    size = os.fstat(file).st_size
    return size > 0 and os.pread(file, 1, size - 1) != b"\n"

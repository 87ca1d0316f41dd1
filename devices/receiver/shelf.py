"""What a receiver holds on its disk besides its journal: messages as they came, their numbers, alarms, small values.

Messages are kept sealed and are unsealed again when read: a disk that was tampered with, or has rotted, voices
nothing either.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from devices.receiver.book import Book
from devices.receiver.journal import keep


@dataclass(frozen=True, slots=True)
class Held:
    """The highest number that was accepted on a topic, the SHA-256 of its payload, and the envelope if it lasts."""

    topic: str
    number: int
    digest: bytes
    envelope: bytes | None = None


@dataclass(frozen=True, slots=True)
class AlarmProgress:
    """How far an alarm came: `rounds` of siren and words done since it `arrived`."""

    alarm: str
    arrived: datetime
    rounds: int = 0
    over: bool = False


class Shelf:
    """The shelf in a Book. Methods that write return whether the disk took it (see Book)."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def hold(self, held: Held) -> bool:
        """Keep a message, in the place of the earlier one on its topic."""
        row = (held.topic, held.number, held.digest, held.envelope)
        return self._book.write(lambda db: _hold(db, row))

    def held(self) -> list[Held]:
        """Everything that is held."""
        rows = self._book.database.execute("SELECT topic, number, digest, envelope FROM held ORDER BY topic")
        return [Held(*row) for row in rows]

    def keep(self, key: str, value: str) -> bool:
        """Keep a small value."""
        return self._book.write(lambda db: keep(db, key, value))

    def kept(self, key: str) -> str | None:
        """A small value that was kept."""
        row = self._book.database.execute("SELECT value FROM kept WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else None

    def keep_alarm(self, progress: AlarmProgress) -> bool:
        """Keep how far an alarm came."""
        row = (progress.alarm, progress.arrived.isoformat(), progress.rounds, int(progress.over))
        return self._book.write(lambda db: _keep_alarm(db, row))

    def alarms(self) -> dict[str, AlarmProgress]:
        """Progress of every alarm that is remembered."""
        rows = self._book.database.execute("SELECT id, arrived, rounds, over FROM alarm")
        return {
            id_: AlarmProgress(id_, datetime.fromisoformat(arrived), rounds, bool(over))
            for id_, arrived, rounds, over in rows
        }


def _hold(db: sqlite3.Connection, row: tuple[str, int, bytes, bytes | None]) -> None:
    db.execute("INSERT OR REPLACE INTO held VALUES (?, ?, ?, ?)", row)


_REMEMBERED = 500
"""Alarms of the past that are remembered, so that none is started twice."""


def _keep_alarm(db: sqlite3.Connection, row: tuple[str, str, int, int]) -> None:
    db.execute("INSERT OR REPLACE INTO alarm VALUES (?, ?, ?, ?)", row)
    db.execute("DELETE FROM alarm WHERE id NOT IN (SELECT id FROM alarm ORDER BY arrived DESC LIMIT ?)", (_REMEMBERED,))

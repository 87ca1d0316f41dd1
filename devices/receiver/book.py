"""The receiver's one database file: every step is one transaction, on the disk before it counts as done.

SQLite in WAL mode with `synchronous=FULL`: a step whose `write` returned True survives SIGKILL and power cuts. While
the disk is full, steps wait in memory in their order and are done later; a reserve on the disk is given up first, so
that the last reports before it fills still find room.
"""

import contextlib
import logging
import os
import sqlite3
import uuid
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Final

log = logging.getLogger(__name__)

Step = Callable[[sqlite3.Connection], None]

RESERVE_BYTES: Final = 512 * 1024
LATER: Final = 5_000
"""Steps kept in memory while the disk takes none; the oldest go first."""

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS report (number INTEGER PRIMARY KEY, kind TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS airing (
    id TEXT PRIMARY KEY, at REAL NOT NULL, state TEXT NOT NULL, position_ms INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS sounding (
    subject TEXT PRIMARY KEY, part TEXT NOT NULL, started_at TEXT,
    from_ms INTEGER NOT NULL, position_ms INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS held (
    topic TEXT PRIMARY KEY, number INTEGER NOT NULL, digest BLOB NOT NULL, envelope BLOB);
CREATE TABLE IF NOT EXISTS alarm (
    id TEXT PRIMARY KEY, arrived TEXT NOT NULL, rounds INTEGER NOT NULL, over INTEGER NOT NULL);
"""

_WAITS: Final = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_NOMEM,
    }
)
"""What may pass: the disk is full, or the card has a bad moment."""


class Book:
    """The database, used by one thread at a time. A file that is damaged is put aside, and a new one begun."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._later: deque[Step] = deque(maxlen=LATER)
        self.waiting = 0
        """Steps the disk would not take so far."""
        try:
            self.database = _open(path)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            aside = path.with_name(f"{path.name}.broken-{uuid.uuid4().hex[:8]}")
            log.error("the journal %s is damaged (%s): put aside as %s", path, error, aside.name)  # noqa: TRY400 - said
            path.replace(aside)
            for tail in ("-wal", "-shm"):
                path.with_name(path.name + tail).unlink(missing_ok=True)
            self.database = _open(path)
        self._make_reserve()

    def write(self, step: Step) -> bool:
        """Do a step as one transaction. False: the disk takes nothing now, the step is done when it does."""
        self._later.append(step)
        return self.catch_up()

    def write_lightly(self, step: Step) -> None:
        """Do a step that a power cut may forget and SIGKILL may not: it is not forced to the disk."""
        if self._later:
            return
        self.database.execute("PRAGMA synchronous=NORMAL")
        with contextlib.suppress(sqlite3.OperationalError):
            self._commit(step)
        self.database.execute("PRAGMA synchronous=FULL")

    def catch_up(self) -> bool:
        """Do what waits, in its order; whether nothing waits any more."""
        while self._later:
            try:
                self._commit(self._later[0])
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF not in _WAITS:
                    self._later.popleft()
                    raise
                if self._give_up_reserve():
                    continue
                if not self.waiting:
                    log.warning("the disk takes nothing (%s): what is to be written waits in memory", error)
                self.waiting = len(self._later)
                return False
            except sqlite3.Error:
                self._later.popleft()
                raise
            self._later.popleft()
        self.waiting = 0
        return True

    def close(self) -> None:
        """Let go of the file. May be called twice."""
        with contextlib.suppress(sqlite3.OperationalError):
            self.catch_up()
        self.database.close()

    def _commit(self, step: Step) -> None:
        self.database.execute("BEGIN IMMEDIATE")
        try:
            step(self.database)
            self.database.execute("COMMIT")
        except BaseException:
            if self.database.in_transaction:
                self.database.execute("ROLLBACK")
            raise

    @property
    def _reserve(self) -> Path:
        return self._path.with_name(self._path.name + ".reserve")

    def _make_reserve(self) -> None:
        if self._reserve.exists():
            return
        try:
            with self._reserve.open("wb") as file:
                file.write(os.urandom(RESERVE_BYTES))  # zeros might take no room on a file system that compresses
        except OSError:
            self._reserve.unlink(missing_ok=True)

    def _give_up_reserve(self) -> bool:
        try:
            self._reserve.unlink()
        except OSError:
            return False
        log.warning("the disk is full: the reserve of the journal is given up")
        return True


def _open(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
    try:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.execute("PRAGMA journal_size_limit=1048576")
        database.executescript(_SCHEMA)
    except BaseException:
        database.close()
        raise
    return database

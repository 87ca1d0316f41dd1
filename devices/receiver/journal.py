"""What this receiver did: numbered reports kept until the server has them, and a mark for every airing touched.

Written before it is sent, and before it sounds: `intend` stands on the disk before the sound is opened, so that no
airing is begun twice, whatever dies when. Bounded: past `KEPT` reports the oldest refusals go first, then the oldest
of all; `Report.oldest` tells the server what is gone. Marks go four days after their airing, never while a held plan
names it. All methods are called from one thread; methods that write return whether the disk took it (see Book).
"""

import sqlite3
import uuid
from collections.abc import Container
from datetime import datetime, timedelta
from typing import Final

import msgspec

from devices.messages import Finished, PlannedAiring, ReceiverReport, Started, encode
from devices.receiver.book import Book
from devices.receiver.playlist import Mark, MarkState
from devices.vocabulary import SAMPLE_RATE, Outcome, Part

KEPT: Final = 20_000
"""Reports kept for the server: about 6 MB, and a month of reports without a server."""
MARKS_KEPT: Final = timedelta(days=4)
"""Longer than any plan reaches (72 h)."""

_reports: "msgspec.json.Decoder[ReceiverReport]" = msgspec.json.Decoder(ReceiverReport)


class Journal:
    """The journal in a Book. `id` is made at random when the file is new: numbers mean something only inside it."""

    def __init__(self, book: Book, receiver: str, kept: int = KEPT) -> None:
        self._book = book
        self._receiver = receiver
        self._bound = kept
        found = book.database.execute("SELECT value FROM kept WHERE key = 'journal'").fetchone()
        self.id: str = found[0] if found else uuid.uuid4().hex
        if not found:
            book.write(lambda db: keep(db, "journal", self.id))
        self._count = _count(book.database)

    # --- what sounds -----------------------------------------------------------------------------------------------

    def intend(self, airing: PlannedAiring, from_ms: int) -> bool:
        """Write that `airing` is about to be opened: from now on it counts as touched."""

        def step(db: sqlite3.Connection) -> None:
            _mark(db, airing.id, airing.at.timestamp(), MarkState.INTENDED, from_ms)
            _sounds(db, airing.id, Part.AIRING, None, from_ms)

        return self._book.write(step)

    def take_back(self, airing: PlannedAiring, mark: Mark | None) -> bool:
        """Nothing of it sounded: the mark is again what it was before `intend`."""

        def step(db: sqlite3.Connection) -> None:
            _sounds_no_more(db, airing.id)
            if mark is None:
                db.execute("DELETE FROM airing WHERE id = ?", (airing.id,))
            else:
                _mark(db, airing.id, airing.at.timestamp(), mark.state, mark.position_ms)

        return self._book.write(step)

    def begun(self, report: Started) -> bool:
        """A first frame was taken."""

        def step(db: sqlite3.Connection) -> None:
            if report.part is Part.AIRING:
                db.execute("UPDATE airing SET state = ? WHERE id = ?", (MarkState.BEGUN, report.subject))
            _sounds(db, report.subject, report.part, report.started_at, report.resumed_from_ms)
            self._add(db, report)

        return self._book.write(step)

    def progress(self, subject: str, position_ms: int) -> None:
        """How far it has come; a power cut may forget it."""

        def step(db: sqlite3.Connection) -> None:
            db.execute("UPDATE sounding SET position_ms = ? WHERE subject = ?", (position_ms, subject))
            db.execute("UPDATE airing SET position_ms = ? WHERE id = ?", (position_ms, subject))

        self._book.write_lightly(step)

    def ended(self, mark: Mark | None, *reports: ReceiverReport) -> bool:
        """What sounded has ended, and why; `mark` is what an airing's mark becomes, None for an alarm."""

        def step(db: sqlite3.Connection) -> None:
            subject = getattr(reports[0], "subject", "")
            _sounds_no_more(db, subject)
            if mark is not None:
                values = (mark.state, mark.position_ms, subject)
                db.execute("UPDATE airing SET state = ?, position_ms = ? WHERE id = ?", values)
            for report in reports:
                self._add(db, report)

        return self._book.write(step)

    def over(self, airing: PlannedAiring, state: MarkState, report: ReceiverReport) -> bool:
        """An airing that never began will not begin any more."""

        def step(db: sqlite3.Connection) -> None:
            _mark(db, airing.id, airing.at.timestamp(), state, 0)
            self._add(db, report)

        return self._book.write(step)

    def recover(self, now: datetime) -> bool:
        """Report what sounded when this receiver died as interrupted. True if there was something.

        What was only intended, and for an instant that is still to come, has not sounded: it is taken back.
        """
        self._book.write(lambda db: _take_back_the_future(db, now.timestamp()))
        rows = self._book.database.execute("SELECT * FROM sounding ORDER BY started_at").fetchall()
        for row in rows:
            self._interrupted(now, *row)
        return bool(rows)

    def _interrupted(
        self, now: datetime, subject: str, part: str, started_at: str | None, from_ms: int, position_ms: int
    ) -> None:
        played_ms = max(0, position_ms - from_ms)
        report = Finished(
            receiver=self._receiver,
            journal=self.id,
            number=1,
            at=now,
            subject=subject,
            part=Part(part),
            outcome=Outcome.INTERRUPTED,
            played_ms=played_ms,
            frames=played_ms * SAMPLE_RATE // 1000,
            started_at=datetime.fromisoformat(started_at) if started_at else None,
        )
        mark = Mark(MarkState.BROKEN_OFF, position_ms) if report.part is Part.AIRING else None
        self.ended(mark, report)

    def marks(self) -> dict[str, Mark]:
        """What is known of every airing."""
        rows = self._book.database.execute("SELECT id, state, position_ms FROM airing")
        return {id_: Mark(MarkState(state), position) for id_, state, position in rows}

    def forget_marks(self, now: datetime, named: Container[str]) -> list[str]:
        """Let go of marks of airings four days past that no held plan names; returns whose."""
        old = (now - MARKS_KEPT).timestamp()
        rows = self._book.database.execute("SELECT id FROM airing WHERE at < ?", (old,)).fetchall()
        gone = [id_ for (id_,) in rows if id_ not in named]
        if gone:
            self._book.write(lambda db: _forget(db, gone))
        return gone

    # --- reports ---------------------------------------------------------------------------------------------------

    def say(self, report: ReceiverReport) -> bool:
        """Add a report that changes no mark. Its number and journal are given here."""
        return self._book.write(lambda db: self._add(db, report))

    def pending(self, after: int, limit: int) -> list[ReceiverReport]:
        """At most `limit` unacknowledged reports numbered above `after`, in order, each with the present `oldest`."""
        oldest = self._book.database.execute("SELECT min(number) FROM report").fetchone()[0]
        rows = self._book.database.execute(
            "SELECT body FROM report WHERE number > ? ORDER BY number LIMIT ?", (after, limit)
        )
        return [msgspec.structs.replace(_reports.decode(body), oldest=oldest) for (body,) in rows]

    def acknowledge(self, up_to: int) -> bool:
        """The server has all reports up to that number."""

        def step(db: sqlite3.Connection) -> None:
            db.execute("DELETE FROM report WHERE number <= ?", (up_to,))
            self._count = _count(db)

        return self._book.write(step)

    @property
    def unacknowledged(self) -> int:
        """Reports kept, also those the disk has not taken yet."""
        return self._count + self._book.waiting

    def _add(self, db: sqlite3.Connection, report: ReceiverReport) -> None:
        found = db.execute("SELECT value FROM kept WHERE key = 'next'").fetchone()
        number = int(found[0]) if found else 1
        keep(db, "next", str(number + 1))
        numbered = msgspec.structs.replace(report, number=number, journal=self.id)
        kind = str(type(report).__struct_config__.tag)
        db.execute("INSERT INTO report VALUES (?, ?, ?)", (number, kind, encode(numbered)))
        self._count = _count(db)
        if self._count > self._bound:
            db.execute(
                "DELETE FROM report WHERE number = coalesce("
                "(SELECT min(number) FROM report WHERE kind = 'refused'), (SELECT min(number) FROM report))"
            )
            self._count -= 1


def keep(db: sqlite3.Connection, key: str, value: str) -> None:
    """Keep one value under a name."""
    db.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (key, value))


def _mark(db: sqlite3.Connection, airing: str, at: float, state: MarkState, position_ms: int) -> None:
    db.execute("INSERT OR REPLACE INTO airing VALUES (?, ?, ?, ?)", (airing, at, state, position_ms))


def _sounds(db: sqlite3.Connection, subject: str, part: Part, started_at: datetime | None, from_ms: int) -> None:
    values = (subject, part, started_at.isoformat() if started_at else None, from_ms, from_ms)
    db.execute("INSERT OR REPLACE INTO sounding VALUES (?, ?, ?, ?, ?)", values)


def _sounds_no_more(db: sqlite3.Connection, subject: str) -> None:
    db.execute("DELETE FROM sounding WHERE subject = ?", (subject,))


def _forget(db: sqlite3.Connection, airings: list[str]) -> None:
    db.executemany("DELETE FROM airing WHERE id = ?", [(a,) for a in airings])


def _count(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT count(*) FROM report").fetchone()[0])


def _take_back_the_future(db: sqlite3.Connection, now: float) -> None:
    rows = db.execute(
        "SELECT id, from_ms FROM airing JOIN sounding ON id = subject "
        "WHERE state = ? AND started_at IS NULL AND at > ?",
        (MarkState.INTENDED, now),
    ).fetchall()
    for airing, from_ms in rows:
        _sounds_no_more(db, airing)
        if from_ms:
            db.execute("UPDATE airing SET state = ? WHERE id = ?", (MarkState.BROKEN_OFF, airing))
        else:
            db.execute("DELETE FROM airing WHERE id = ?", (airing,))

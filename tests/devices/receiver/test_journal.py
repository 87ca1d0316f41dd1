import os
import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from devices.messages import Finished, Missed, PlannedAiring, Refused, Started
from devices.receiver.book import Book
from devices.receiver.journal import Journal
from devices.receiver.playlist import Mark, MarkState
from devices.receiver.shelf import AlarmProgress, Held, Shelf
from devices.vocabulary import Outcome, Part

NOON = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
A = PlannedAiring(id="a", at=NOON, clip="a" * 64, seconds=30, size=10)
HEAD: dict[str, Any] = {"receiver": "r", "journal": "none", "number": 1, "at": NOON}


def started(subject="a", part=Part.AIRING, **more):
    return Started(**HEAD, subject=subject, part=part, started_at=NOON, **more)


def finished(subject="a", part=Part.AIRING, outcome=Outcome.PLAYED):
    return Finished(**HEAD, subject=subject, part=part, outcome=outcome, played_ms=30_000, frames=1_440_000)


def refused(n=1):
    return Refused(**HEAD, topic="t", why="forged", count=n)


@pytest.fixture
def book(tmp_path):
    book = Book(tmp_path / "receiver.sqlite3")
    yield book
    book.close()


@pytest.fixture
def journal(book):
    return Journal(book, "r")


def test_reports_are_numbered_and_kept_until_the_server_has_them(journal):
    journal.intend(A, 0)
    journal.begun(started())
    journal.ended(Mark(MarkState.FINISHED), finished())
    reports = journal.pending(0, 10)
    assert [(r.number, r.journal, r.oldest) for r in reports] == [(1, journal.id, 1), (2, journal.id, 1)]
    journal.acknowledge(1)
    assert [(r.number, r.oldest) for r in journal.pending(0, 10)] == [(2, 2)]
    assert journal.unacknowledged == 1
    journal.acknowledge(2)
    journal.say(refused())
    assert [r.number for r in journal.pending(0, 10)] == [3]


def test_the_journal_has_the_same_name_when_it_is_opened_again(tmp_path):
    first = Book(tmp_path / "x.sqlite3")
    name = Journal(first, "r").id
    first.close()
    again, other = Book(tmp_path / "x.sqlite3"), Book(tmp_path / "y.sqlite3")
    assert Journal(again, "r").id == name != Journal(other, "r").id
    again.close()
    other.close()


def test_what_sounded_when_the_power_went_is_interrupted_once(journal):
    journal.intend(A, 2_000)
    journal.begun(started(resumed_from_ms=2_000))
    journal.progress("a", 12_000)
    assert journal.recover(NOON + timedelta(minutes=1))
    last = journal.pending(1, 10)[0]
    assert isinstance(last, Finished)
    assert (last.outcome, last.played_ms, last.started_at) == (Outcome.INTERRUPTED, 10_000, NOON)
    assert journal.marks() == {"a": Mark(MarkState.BROKEN_OFF, 12_000)}
    assert not journal.recover(NOON)


def test_two_sounds_that_overlapped_at_the_moment_of_death_are_both_told(journal):
    journal.intend(A, 0)
    journal.begun(started())
    journal.begun(started("alarm", Part.SIREN))
    journal.recover(NOON)
    interrupted = [r for r in journal.pending(2, 10) if isinstance(r, Finished)]
    assert {(r.subject, r.part) for r in interrupted} == {("a", Part.AIRING), ("alarm", Part.SIREN)}
    assert "alarm" not in journal.marks()


def test_what_never_sounded_is_taken_back(journal):
    journal.intend(A, 0)
    journal.take_back(A, None)
    assert journal.marks() == {}
    journal.intend(A, 5)
    journal.take_back(A, Mark(MarkState.BROKEN_OFF, 5))
    assert journal.marks() == {"a": Mark(MarkState.BROKEN_OFF, 5)}
    assert not journal.recover(NOON)


def test_intended_for_an_instant_still_to_come_it_has_not_sounded(journal):
    journal.intend(A, 0)
    assert not journal.recover(NOON - timedelta(seconds=1))
    assert journal.marks() == {}
    journal.intend(A, 700)
    assert not journal.recover(NOON - timedelta(seconds=1))
    assert journal.marks() == {"a": Mark(MarkState.BROKEN_OFF, 700)}
    journal.intend(A, 0)
    assert journal.recover(NOON)
    assert journal.marks() == {"a": Mark(MarkState.BROKEN_OFF, 0)}


def test_marks_stay_four_days_and_as_long_as_a_plan_names_them(journal):
    missed = Missed(**HEAD, subject="a", planned_at=NOON, why="no-sound")
    journal.over(A, MarkState.MISSED, missed)
    assert journal.forget_marks(NOON + timedelta(days=4), ()) == []
    assert journal.forget_marks(NOON + timedelta(days=5), {"a"}) == []
    assert journal.forget_marks(NOON + timedelta(days=5), ()) == ["a"]
    assert journal.marks() == {}


def test_a_full_journal_lets_refusals_go_first(book):
    journal = Journal(book, "r", kept=3)
    for report in (started(), refused(), finished(), refused(), started("b")):
        journal.say(report)
    assert [r.number for r in journal.pending(0, 10)] == [1, 3, 5]
    journal.say(finished("b"))
    assert [(r.number, r.oldest) for r in journal.pending(0, 10)] == [(3, 3), (5, 3), (6, 3)]
    assert journal.unacknowledged == 3


def test_while_the_disk_is_full_reports_wait_in_memory_in_their_order(tmp_path):
    book = Book(tmp_path / "x.sqlite3")
    journal = Journal(book, "r")
    pages = book.database.execute("PRAGMA page_count").fetchone()[0]
    book.database.execute(f"PRAGMA max_page_count={pages}")
    fits = 0
    while journal.say(refused(fits + 1)):
        fits += 1
    assert not (tmp_path / "x.sqlite3.reserve").exists(), "the reserve was to be given up first"
    assert not journal.intend(A, 0)
    assert journal.unacknowledged == fits + 2
    book.database.execute("PRAGMA max_page_count=100000")
    assert journal.say(refused(999))
    counts = [r.count for r in journal.pending(0, 1000) if isinstance(r, Refused)]
    assert counts == [*range(1, fits + 2), 999]
    assert journal.marks() == {"a": Mark(MarkState.INTENDED)}
    book.close()


def test_a_damaged_journal_is_put_aside_and_a_new_one_begun(tmp_path):
    path = tmp_path / "x.sqlite3"
    path.write_bytes(b"no database at all, " * 500)
    book = Book(path)
    assert Journal(book, "r").pending(0, 10) == []
    book.close()
    assert [p.name.split("-")[0] for p in tmp_path.glob("*.broken-*")] == ["x.sqlite3.broken"]


def test_the_shelf_keeps_what_it_is_given(book):
    shelf = Shelf(book)
    held = Held("loalang/v1/area/xa/plan", 7, b"d" * 32, b"{}")
    shelf.hold(Held(held.topic, 6, b"", b""))
    shelf.hold(held)
    shelf.keep("volume", "70")
    shelf.keep_alarm(AlarmProgress("bao-1", NOON, 2, over=True))
    assert shelf.held() == [held]
    assert (shelf.kept("volume"), shelf.kept("nothing")) == ("70", None)
    assert shelf.alarms() == {"bao-1": AlarmProgress("bao-1", NOON, 2, over=True)}


# --- killed at each step ------------------------------------------------------------------------------------------

CHILD = """
import os, signal, sys
from pathlib import Path
from typing import Any
sys.path.insert(0, sys.argv[2])
from test_journal import scenario
folder = Path(sys.argv[1])
for n in range(1, 400):
    place = folder / f"{n:03}"
    place.mkdir()
    pid = os.fork()
    if pid == 0:
        scenario(place, n)
        os._exit(0)
    if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0:
        print(n)
        break
"""


def scenario(place: Path, kill_at: int) -> None:
    """A receiver's day, killed before statement `kill_at`. What its loudspeaker did stands in `heard`."""
    book = Book(place / "x.sqlite3")
    statements = 0

    def count(_statement: str) -> None:
        nonlocal statements
        statements += 1
        if statements == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    book.database.set_trace_callback(count)
    heard = os.open(place / "heard", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    journal = Journal(book, "r")
    for name in ("a", "b"):
        airing = PlannedAiring(id=name, at=NOON, clip="a" * 64, seconds=30, size=10)
        journal.intend(airing, 0)
        os.write(heard, f"begun {name}\n".encode())
        journal.begun(started(name))
        journal.progress(name, 9_000)
        os.write(heard, f"ended {name}\n".encode())
        journal.ended(Mark(MarkState.FINISHED), finished(name))
        for report in journal.pending(0, 10):
            os.write(heard, f"sent {report.number}\n".encode())
        journal.acknowledge(1)


def test_killed_at_any_statement_it_forgets_nothing_and_doubles_nothing(tmp_path):
    child = [sys.executable, "-c", CHILD, str(tmp_path), str(Path(__file__).parent)]
    steps = int(subprocess.run(child, check=True, capture_output=True, text=True, timeout=120).stdout)
    assert steps > 30
    for n in range(1, steps + 1):
        place = tmp_path / f"{n:03}"
        lines = (place / "heard").read_text().split("\n") if (place / "heard").exists() else []
        book = Book(place / "x.sqlite3")
        assert book.database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        journal = Journal(book, "r")
        journal.recover(NOON + timedelta(hours=1))
        reports = journal.pending(0, 100)
        marks = journal.marks()
        numbers = [r.number for r in reports]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else True
        sent = [int(line.split()[1]) for line in lines if line.startswith("sent")]
        assert not sent or max(sent) < (numbers[-1] if numbers else 0) + 1, "sent before it was written"
        for name in ("a", "b"):
            if f"begun {name}" in lines:
                assert name in marks, "it would sound again"
                assert marks[name].state in {MarkState.BROKEN_OFF, MarkState.FINISHED}
                ends = [r for r in reports if isinstance(r, Finished) and r.subject == name]
                assert len(ends) == 1, f"killed at {n}: its end is told once"
                assert (ends[0].outcome is Outcome.PLAYED) == (marks[name].state is MarkState.FINISHED)
            if f"ended {name}" not in lines and name in marks:
                assert marks[name].state is MarkState.BROKEN_OFF
        book.close()


def test_a_card_with_a_bad_moment_raises_nothing(book, journal, monkeypatch):
    def bad(_db: sqlite3.Connection) -> None:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR
        raise error

    assert not book.write(bad)
    assert not journal.say(refused())
    assert book.waiting == 2

import sqlite3
from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.exc import StatementError
from sqlmodel import Session, SQLModel, select

from broadcast.domain.refusals import Refusal
from broadcast.records import ClipRow, SlotRow
from broadcast.store import Store

MADE = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


def clip(number, made_at=MADE):
    return ClipRow(sha256=f"{number:064x}", seconds=1.5, size=10, made_at=made_at)


def test_the_migrations_lead_to_the_tables_of_the_records(store):
    with store.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)
    assert differences == []


async def test_migrating_twice_changes_nothing(store, whole):
    await store.write(lambda session: session.add(clip(1)))
    before = whole()
    store.migrate()
    assert whole() == before


async def test_what_was_written_is_there_and_its_instants_are_aware(store, rows):
    await store.write(lambda session: session.add(clip(1)))
    assert [(c.sha256, c.made_at) for c in rows(ClipRow)] == [(f"{1:064x}", MADE)]
    assert await store.read(lambda session: len(session.exec(select(ClipRow)).all())) == 1


async def test_a_naive_instant_is_never_guessed(store, rows):
    naive = MADE.replace(tzinfo=None)
    with pytest.raises(StatementError, match="without a time zone"):
        await store.write(lambda session: session.add(clip(1, naive)))
    assert rows(ClipRow) == []


@pytest.mark.parametrize("error", [Refusal("no-sound"), KeyError("a mistake of ours")])
async def test_work_that_raises_is_undone_whole(store, rows, error):
    def work(session: Session) -> None:
        session.add(clip(1))
        session.flush()
        raise error

    with pytest.raises(type(error)):
        await store.write(work)
    assert rows(ClipRow) == []
    await store.write(lambda session: session.add(clip(2)))
    assert len(rows(ClipRow)) == 1


async def test_what_a_reader_changes_is_not_kept(store, rows):
    await store.read(lambda session: session.add(clip(1)))
    assert rows(ClipRow) == []


async def test_a_row_that_points_nowhere_is_refused(store, rows):
    slot = SlotRow(bulletin=404, areas=[], at=MADE, placed_by=404, placed_at=MADE)
    with pytest.raises(Refusal, match="store-failed"):
        await store.write(lambda session: session.add(slot))
    assert rows(SlotRow) == []


async def test_a_full_disk_is_told_as_such_and_nothing_is_kept(store, rows):
    await store.write(lambda session: session.add(clip(1)))

    def work(session: Session) -> None:
        raw = session.connection()
        raw.exec_driver_sql(f"PRAGMA max_page_count = {raw.exec_driver_sql('PRAGMA page_count').scalar()}")
        session.add_all([clip(n) for n in range(2, 5_000)])

    with pytest.raises(Refusal, match="disk-full"):
        await store.write(work)
    assert len(rows(ClipRow)) == 1


async def test_books_that_are_none_are_told_as_such(tmp_path):
    file = tmp_path / "books.sqlite3"
    sqlite3.connect(file).close()
    empty = Store(f"sqlite:///{file}")
    with pytest.raises(Refusal, match="store-failed"):
        await empty.read(lambda session: session.exec(select(ClipRow)).all())
    await empty.close()

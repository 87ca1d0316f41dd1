"""The books: the only module that opens a session. Work runs in threads, so the event loop never waits for a disk."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, create_engine

from broadcast import trail
from broadcast.domain.audit import Change, Deed, deed
from broadcast.domain.refusals import Refusal
from broadcast.tables import finding_records

T = TypeVar("T")
Work = Callable[[Session], T]

BESIDE: Final = (finding_records,)
"""What follows every write of its own accord; importing it is enough."""
READERS: Final = 4
"""Threads that read; one more writes: SQLite has one writer at a time, and so nobody waits for a lock."""
LOCK_WAIT_S: Final = 10
"""How long to wait for another process (a backup) that holds the file."""


class Store:
    """The database at an SQLAlchemy address. Its tables are brought up to date by `migrate`.

    What a write changes is entered in the trail in the same transaction, under the deed that is being done
    (`broadcast.domain.audit.deed`).
    """

    def __init__(self, url: str, now: Callable[[], datetime] | None = None) -> None:
        self._url = url
        self._now = now or partial(datetime.now, UTC)
        self.engine = _engine(url)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-read")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="store-write")

    def migrate(self) -> None:
        """Bring the tables to this version (Alembic); blocking, for start-up."""
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        with self.engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    async def read(self, work: Work[T]) -> T:
        """What `work` finds; nothing it changes is kept. Raises Refusal("store-failed")."""
        return await self._run(self._readers, work)

    async def write(self, work: Work[T]) -> T:
        """Do `work` whole or not at all; it may raise to undo. Raises Refusal("store-failed") or ("disk-full")."""
        return await self._run(self._writer, partial(self._write, work, deed.get()))

    async def note(self, what: Deed, change: Change) -> None:
        """An entry of the trail for what changed nothing in the books, such as an order. Raises Refusal as `write`."""
        await self.write(lambda session: trail.append(session, what, change, self._now()))

    async def close(self) -> None:
        """Let running work end, then let go of the file."""
        for pool in (self._writer, self._readers):
            await asyncio.to_thread(pool.shutdown)
        self.engine.dispose()

    async def _run(self, pool: ThreadPoolExecutor, work: Work[T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(pool, partial(self._in_session, work))

    def _write(self, work: Work[T], what: Deed | None, session: Session) -> T:
        watch = trail.Watch(session)
        result = work(session)
        session.flush()
        if (change := watch.change()) is not None:
            trail.append(session, what or Deed(trail.UNNAMED), change, self._now())
        session.commit()
        return result

    def _in_session(self, work: Work[T]) -> T:
        try:
            with Session(self.engine, expire_on_commit=False) as session:
                return work(session)
        except DBAPIError as error:
            full = getattr(error.orig, "sqlite_errorname", "") == "SQLITE_FULL"
            raise Refusal("disk-full" if full else "store-failed") from error


def _engine(url: str) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"timeout": LOCK_WAIT_S, "check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, record: object) -> None:  # noqa: ANN401 - SQLAlchemy hands over a bare DBAPI object
    del record
    cursor = connection.cursor()
    # FULL: a report is acknowledged once it is written, and the receiver then forgets it; it must survive a power cut
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()

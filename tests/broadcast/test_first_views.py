"""What a page reads does not grow with the books: as many statements for a thousand bulletins as for a hundred."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlmodel import Session, SQLModel, func, select

from broadcast import auditing, logbook, scheduling, views
from broadcast.agenda import calendaring, coming
from broadcast.commands.seeding import Around, Size, fill, presence, receiver_ids
from broadcast.domain.bulletins import BulletinState
from broadcast.domain.people import Actor, Role, held
from broadcast.newsroom import finding, lexicons, life
from broadcast.newsroom.desk import Desk
from broadcast.newsroom.life_types import BulletinAsk
from broadcast.people import administration
from broadcast.people.account_types import PeopleAsk
from broadcast.receivers.presence import Presence
from broadcast.records import AuditRow, BulletinRow, DeliveryRow, SlotRow
from broadcast.store import Store
from broadcast.view_types import LogAsk, TrailAsk

RECEIVERS = 188
PAGE = 48
MOST_ROWS = 1_000
"""Rows one view turns into objects: a page of everything it shows, the receivers, and what airs in its days."""


@pytest.fixture
async def full(desk: Desk, tmp_path: Path, _migrated: bytes):
    """Makes a desk over so many bulletins."""
    opened: list[Store] = []

    def full(bulletins: int) -> Desk:
        file = tmp_path / f"{bulletins}.sqlite3"
        file.write_bytes(_migrated)
        opened.append(Store(f"sqlite:///{file}", desk.now))
        (tmp_path / "sound").write_bytes(b"sound")
        clip = desk.library.keep(tmp_path / "sound")
        with Session(opened[-1].engine) as session:
            around = Around(desk.tree, desk.now(), desk.zone, clip, "")
            fill(session, around, Size(bulletins, RECEIVERS, people=30, words=50))
            session.commit()
        return replace(desk, store=opened[-1])

    yield full
    for store in opened:
        await store.close()


class Counted:
    statements = 0
    rows = 0


@contextmanager
def counting(desk: Desk) -> Iterator[Counted]:
    counted = Counted()

    def statement(*_: object) -> None:
        counted.statements += 1

    def row(*_: object) -> None:
        counted.rows += 1

    event.listen(desk.store.engine, "before_cursor_execute", statement)
    event.listen(SQLModel, "load", row, propagate=True)
    try:
        yield counted
    finally:
        event.remove(desk.store.engine, "before_cursor_execute", statement)
        event.remove(SQLModel, "load", row)


def looks(desk: Desk) -> dict[str, Callable[[], Awaitable[object]]]:
    """What pages ask first, and what is asked on them."""
    root = desk.tree.root.id
    actor = Actor(1, "nguoi-1", "Nguyễn Văn 1", (*held(Role.PROVINCE, root), *held(Role.ADMINISTRATOR, root)))
    known = Presence()
    presence(known, receiver_ids(RECEIVERS), desk.now())
    noon = datetime.combine(desk.now().date() + timedelta(days=1), time(5), UTC)
    today = f"{desk.now():%Y-%m-%d}"
    asked = lists(actor)
    return {
        **{f"bulletins {name}": partial(finding.bulletins, desk, actor, ask) for name, ask in asked.items()},
        "bulletin": lambda: views.bulletin(desk, actor, 5),
        "life": lambda: life.life(desk, actor, 5),
        "waiting": lambda: life.waiting(desk, actor),
        "slots": lambda: views.slots(desk, actor, PAGE),
        "deliveries": lambda: views.deliveries(desk, known, actor, 5),
        "receivers": lambda: views.receivers(desk, known, actor),
        "alarms": lambda: views.alarms(desk, known, lambda: (), actor),
        "areas": lambda: views.areas(desk, actor),
        "log": lambda: logbook.log(desk, actor, LogAsk("2026-01-01", today, None, 0, PAGE)),
        "trail": lambda: auditing.trail(desk, actor, TrailAsk("2026-01-01", today, None, "", None, 0, PAGE)),
        "calendar": lambda: calendaring.calendar(desk, actor, root, desk.now(), desk.now() + timedelta(days=2)),
        "next": lambda: coming.next_hours(desk, known, lambda _: None, actor, root, ""),
        "without": lambda: coming.without(desk, lambda _: None, actor, 5),
        "preview": lambda: scheduling.preview(desk, known, lambda _: None, actor, 5, (root,), noon),
        "people": lambda: administration.people(desk, actor, PeopleAsk(page_size=PAGE)),
        "lexicon": lambda: lexicons.lexicon(desk, actor, root),
    }


def lists(actor: Actor) -> dict[str, BulletinAsk]:
    return {
        "newest": BulletinAsk(page_size=PAGE),
        "found": BulletinAsk(words="thong bao so", page_size=PAGE),
        "narrowed": BulletinAsk(state=BulletinState.APPROVED, area=actor.areas[0], page_size=PAGE),
    }


async def test_a_view_asks_as_much_of_a_thousand_bulletins_as_of_a_hundred(full):
    told: dict[int, dict[str, tuple[int, int]]] = {}
    for bulletins in (100, 1_000):
        desk = await asyncio.to_thread(full, bulletins)
        told[bulletins] = {}
        for name, look in looks(desk).items():
            with counting(desk) as counted:
                await look()
            told[bulletins][name] = counted.statements, counted.rows
    assert {n: s for n, (s, _) in told[100].items()} == {n: s for n, (s, _) in told[1_000].items()}
    assert not {n: rows for n, (_, rows) in told[1_000].items() if rows > MOST_ROWS}
    assert max(s for s, _ in told[1_000].values()) <= 16, told[1_000]  # a bulletin's life: versions, warnings, people


async def test_what_is_filled_in_is_what_was_asked_for_and_its_trail_is_whole(full):
    desk = await asyncio.to_thread(full, 60)
    with Session(desk.store.engine) as session:
        counts = [session.exec(select(func.count()).select_from(t)).one() for t in (BulletinRow, SlotRow, AuditRow)]
        assert counts == [60, 53, 120]
        assert auditing.check(session).fault is None
        assert session.exec(select(func.count()).select_from(DeliveryRow)).one() == 53 * 2 + RECEIVERS
    found = await finding.bulletins(
        desk, Actor(1, "a", "A", held(Role.PROVINCE, desk.tree.root.id)), BulletinAsk("so 7")
    )
    assert 7 in {view.bulletin.id for view in found.views}


async def test_whether_a_commune_heard_a_slot_is_not_found_by_walking_all_it_ever_heard(full):
    desk = await asyncio.to_thread(full, 100)
    commune = next(a.id for a in desk.tree.areas.values() if a.kind == "commune")
    operator, asked = Actor(1, "nguoi-1", "Nguyễn Văn 1", held(Role.OPERATOR, commune)), []

    def keep(_conn: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        asked.append((statement, parameters))

    event.listen(desk.store.engine, "before_cursor_execute", keep)
    await views.slots(desk, operator, PAGE)
    event.remove(desk.store.engine, "before_cursor_execute", keep)
    with desk.store.engine.connect() as books:
        plans = [row[3] for s, p in asked for row in books.exec_driver_sql(f"EXPLAIN QUERY PLAN {s}", p)]
    assert [plan for plan in plans if "delivery_subject_area" in plan]
    assert not [plan for plan in plans if "ix_delivery_area" in plan]

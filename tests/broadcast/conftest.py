"""A newsroom to try use cases in: real books on disk, a clock that stands until it is moved, people and receivers."""

import base64
import os
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlmodel import Session, SQLModel, select

from audio.calls import Cancelled, IsCancelled, Tell
from audio.made import Finished, Inspected
from audio.speaker import Choice
from audio.speech import Spoken
from broadcast import books
from broadcast.areas_data import load_tree
from broadcast.domain.areas import AreaTree
from broadcast.domain.house import Bell
from broadcast.domain.people import Actor, Role, held
from broadcast.domain.refusals import Refusal
from broadcast.library import ClipLibrary
from broadcast.newsroom.desk import Desk
from broadcast.records import BulletinRow, ClipRow, PersonRow, ReceiverRow
from broadcast.settings import Server, Settings
from broadcast.store import Store
from broadcast.studio import Studio
from broadcast.studio_tools import Tools
from broadcast.wording import refusal
from devices.vocabulary import AreaId

PROVINCE = AreaId("tinh-tay-ninh-72")
DISTRICT = AreaId("huyen-go-dau-710")
COMMUNE = AreaId("xa-thanh-duc-25657")
NEIGHBOUR = AreaId("xa-cam-giang-25660")
DESERTED = AreaId("xa-phuoc-trach-25675")
ELSEWHERE = AreaId("huyen-ben-cau-711")

Hire = Callable[..., Actor]

RECEIVERS = {
    "thanh-duc-1": COMMUNE,
    "thanh-duc-2": COMMUNE,
    "cam-giang-1": NEIGHBOUR,
    "ben-cau-1": AreaId("xa-tien-thuan-25693"),
}


@dataclass
class Clock:
    """17:00 local on a Wednesday, until it is moved."""

    time: datetime = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def on(self, **ahead: float) -> datetime:
        self.time += timedelta(**ahead)
        return self.time


@dataclass
class Replan:
    """The planner's door: remembers what it was asked, fails when told to."""

    asked: list[tuple[AreaId, ...]] = field(default_factory=list)
    fail: Exception | None = None

    async def __call__(self, areas: tuple[AreaId, ...]) -> None:
        self.asked.append(areas)
        if self.fail is not None:
            raise self.fail


class FastTools:
    """Tools of sound that make a few bytes at once; tests bend them, or hold the voice up at `gate`."""

    def __init__(self) -> None:
        self.spoken: list[str] = []
        self.choices: list[Choice] = []
        self.cancelled = threading.Event()
        self.gate = threading.Event()
        self.gate.set()
        self.fail_speech: Exception | None = None
        self.fail_inspect: Exception | None = None
        self.fail_finish: Exception | None = None
        self.fell_back = ""

    def speak(
        self, text: str, out: Path, tell: Tell, cancelled: IsCancelled, choice: Choice, heard: Callable[[float], None]
    ) -> Spoken:
        self.spoken.append(text)
        self.choices.append(choice)
        heard(2.5)
        tell(0.5)
        while not self.gate.wait(0.01):
            if cancelled():
                self.cancelled.set()
                raise Cancelled
        if self.fail_speech:
            raise self.fail_speech
        out.write_text(text)
        return Spoken(out, "espeak", "vi-vn-x-south", self.fell_back)

    def inspect(self, _file: Path, _name: str, _minutes: int, tell: Tell, _cancelled: IsCancelled) -> Inspected:
        if self.fail_inspect:
            raise self.fail_inspect
        tell(1.0)
        return Inspected(3.0, "mp3", "mp3", 1, -10.0)

    def finish(self, sound: Path, clip: Path, tell: Tell, _cancelled: IsCancelled) -> Finished:
        clip.write_bytes(b"half")
        if self.fail_finish:
            raise self.fail_finish
        clip.write_bytes(b"clip of " + sound.read_bytes())
        tell(1.0)
        return Finished(4.5, clip.stat().st_size, 0.0)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def tree() -> AreaTree:
    return load_tree("tay-ninh-2024")


@pytest.fixture(scope="session")
def _migrated(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of empty books: migrating takes longer than copying."""
    file = tmp_path_factory.mktemp("books") / "empty.sqlite3"
    store = Store(f"sqlite:///{file}")
    store.migrate()
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store.engine.dispose()
    return file.read_bytes()


@pytest.fixture
async def store(tmp_path: Path, _migrated: bytes, clock: Clock) -> AsyncIterator[Store]:
    file = tmp_path / "loalang.sqlite3"
    file.write_bytes(_migrated)
    opened = Store(f"sqlite:///{file}", clock)
    yield opened
    await opened.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return msgspec.structs.replace(Settings(), server=Server(data=str(tmp_path)))


@pytest.fixture
def desk(store: Store, tree: AreaTree, settings: Settings, clock: Clock, tmp_path: Path) -> Desk:
    return Desk(
        store=store, library=ClipLibrary(tmp_path / "clips"), tree=tree, settings=settings, now=clock, bell=Bell()
    )


@pytest.fixture
def hire(desk: Desk) -> Hire:
    """Someone who works here, in the books at once; nobody can log in as them."""

    def hire(login: str, role: Role, *areas: AreaId) -> Actor:
        with Session(desk.store.engine) as session:
            row = PersonRow(login=login, name=f"Người {login}", password_hash="none", made_at=desk.now())
            session.add(row)
            session.flush()
            session.add_all(books.grant_rows(books.stored(row.id), held(role, *areas)))
            session.commit()
            return books.actor(session, row)

    return hire


@pytest.fixture
def province(hire: Hire) -> Actor:
    return hire("tinh", Role.PROVINCE, PROVINCE)


@pytest.fixture
def staff(hire: Hire) -> Actor:
    return hire("canbo", Role.STAFF, DISTRICT)


@pytest.fixture
def operator(hire: Hire) -> Actor:
    return hire("xa", Role.OPERATOR, COMMUNE)


@pytest.fixture
def auditor(hire: Hire) -> Actor:
    """Reads all of the commune, changes nothing."""
    return hire("kiemtra", Role.AUDITOR, COMMUNE)


@pytest.fixture
def administrator(hire: Hire) -> Actor:
    """Looks after accounts; has nothing to do with bulletins."""
    return hire("quantri", Role.ADMINISTRATOR, DISTRICT)


@pytest.fixture
def stranger(hire: Hire) -> Actor:
    """Staff of another district."""
    return hire("bencau", Role.STAFF, ELSEWHERE)


@pytest.fixture
def receivers(desk: Desk) -> dict[str, AreaId]:
    """Enrolled receivers: two in the commune, one next door, one in another district."""
    with Session(desk.store.engine) as session:
        for name, area in RECEIVERS.items():
            key = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
            session.add(
                ReceiverRow(
                    id=name,
                    area=area,
                    name=f"Loa {name}",
                    public_key=base64.b64encode(key).decode(),
                    volume=80,
                    alarm_volume=100,
                    enrolled_at=desk.now(),
                )
            )
        session.commit()
    return dict(RECEIVERS)


@pytest.fixture
def spoken(desk: Desk, tmp_path: Path) -> Callable[..., int]:
    """A bulletin of ten seconds with its sound, in the books at once."""

    def spoken(author: Actor, title: str = "Mời họp", *, seconds: float = 10.0, **fields: object) -> int:
        file = tmp_path / "made.opus"
        file.write_bytes(f"sound of {title} {seconds}".encode())
        size = file.stat().st_size
        clip = desk.library.keep(file)
        with Session(desk.store.engine) as session:
            if session.get(ClipRow, clip) is None:
                session.add(ClipRow(sha256=clip, seconds=seconds, size=size, made_at=desk.now()))
                session.commit()
            row = BulletinRow(
                title=title,
                text="Mời bà con đi họp.",
                level="routine",
                state="draft",
                origin="text",
                author=author.id,
                area=author.areas[0],
                updated_at=desk.now(),
                clip=clip,
                engine="espeak",
                voice="vi",
            )
            for name, value in fields.items():
                setattr(row, name, value)
            session.add(row)
            session.commit()
            return books.stored(row.id)

    return spoken


@pytest.fixture
def rows(desk: Desk) -> Callable[..., list[Any]]:
    """Every row of a table, as it is on disk now."""

    def rows(table: type[SQLModel]) -> list[Any]:
        with Session(desk.store.engine) as session:
            return list(session.exec(select(table)).all())

    return rows


@pytest.fixture
def whole(desk: Desk) -> Callable[[], list[Any]]:
    """Everything in the books and in the library, to see that nothing has changed."""

    def whole() -> list[Any]:
        with desk.store.engine.connect() as connection:
            tables = [
                (table.name, sorted(map(repr, connection.execute(table.select()))))
                for table in SQLModel.metadata.sorted_tables
            ]
        # os.walk: a folder may be cleared meanwhile
        return [*tables, sorted(f"{at}/{name}" for at, _, names in os.walk(desk.library.folder) for name in names)]

    return whole


@pytest.fixture
def refused(whole: Callable[[], list[Any]]) -> Callable[[Awaitable[object]], Awaitable[Refusal]]:
    """The Refusal of an attempt that changed nothing and whose sentence says what to do."""

    async def refused(attempt: Awaitable[object]) -> Refusal:
        before = whole()
        with pytest.raises(Refusal) as no:
            await attempt
        assert whole() == before
        assert "hãy" in refusal(no.value).casefold()
        return no.value

    return refused


@pytest.fixture
def replan() -> Replan:
    return Replan()


@pytest.fixture
def tools() -> FastTools:
    return FastTools()


@pytest.fixture
async def studio(tools: FastTools, desk: Desk) -> AsyncIterator[Studio]:
    made = Studio(Tools(tools.speak, tools.inspect, tools.finish), desk.library, at_once=1, limit_minutes=90)
    yield made
    tools.gate.set()
    await made.close()
    unfinished = desk.library.folder / "unfinished"
    assert not unfinished.exists() or list(unfinished.iterdir()) == []

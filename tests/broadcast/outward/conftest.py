"""One server's outward half on a broker in memory and real books on disk."""

import hashlib
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlmodel import select

from broadcast.areas_data import load_tree
from broadcast.books import stored
from broadcast.domain.areas import AreaTree
from broadcast.domain.house import Bell
from broadcast.domain.people import Actor, Role, held
from broadcast.domain.schedule import airing_id
from broadcast.library import ClipLibrary
from broadcast.newsroom.desk import Desk
from broadcast.receivers.presence import Presence
from broadcast.records import AiringRow, BulletinRow, ClipRow, DeliveryRow, PersonRow, ReceiverRow, SlotRow
from broadcast.settings import Settings
from broadcast.store import Store
from broadcast.wire import Wire
from devices import topics
from devices.link import Received
from devices.loopback import Exchange, LoopbackLink
from devices.messages import decode, encode
from devices.signing import Keyring, Signer, unseal
from devices.topics import Leaf
from devices.vocabulary import AreaId

START = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


@dataclass
class Hands:
    """A clock that stands until it is turned."""

    instant: datetime = START

    def now(self):
        return self.instant

    def turn(self, **by):
        self.instant += timedelta(**by)


@dataclass
class House:
    """The parts, and short ways to fill the books and to read what went out."""

    desk: Desk
    wire: Wire
    link: LoopbackLink
    exchange: Exchange
    hands: Hands
    presence: Presence
    keys: dict[str, Signer] = field(default_factory=dict)

    @property
    def store(self) -> Store:
        return self.desk.store

    @property
    def tree(self) -> AreaTree:
        return self.desk.tree

    def communes(self, count: int) -> list[AreaId]:
        return [a.id for a in self.tree.areas.values() if a.kind == "commune"][:count]

    async def hang(self, area: AreaId, *names: str) -> None:
        """Enrol receivers there."""

        def work(session):
            for name in names:
                signer = self.keys.setdefault(name, Signer(name, Ed25519PrivateKey.generate()))
                session.add(
                    ReceiverRow(
                        id=name,
                        area=area,
                        name=name,
                        public_key="",
                        volume=70,
                        alarm_volume=100,
                        enrolled_at=self.hands.now(),
                    )
                )
                self.wire.trust(name, signer.public)

        await self.store.write(work)

    async def place(self, areas, at: datetime, *, seconds: float = 30.0, sound: bytes = b"sound") -> str:
        """An airing in the books with a delivery for every receiver it reaches; its id."""
        clip = hashlib.sha256(sound).hexdigest()

        def work(session):
            if session.get(PersonRow, 1) is None:
                session.add(PersonRow(id=1, login="a", name="A", password_hash="", made_at=self.hands.now()))
            if session.get(ClipRow, clip) is None:
                session.add(ClipRow(sha256=clip, seconds=seconds, size=len(sound), made_at=self.hands.now()))
            session.flush()
            bulletin = BulletinRow(
                title="Bản tin",
                text="",
                level="routine",
                state="approved",
                origin="text",
                author=1,
                area=self.tree.root.id,
                updated_at=self.hands.now(),
                clip=clip,
            )
            session.add(bulletin)
            session.flush()
            slot = SlotRow(
                bulletin=stored(bulletin.id), areas=list(areas), at=at, placed_by=1, placed_at=self.hands.now()
            )
            session.add(slot)
            session.flush()
            name = airing_id(stored(slot.id), at)
            session.add(
                AiringRow(
                    id=name,
                    slot=stored(slot.id),
                    bulletin=stored(bulletin.id),
                    title="Bản tin",
                    level="routine",
                    areas=list(areas),
                    at=at,
                    ends=at + timedelta(seconds=seconds),
                    clip=clip,
                    seconds=seconds,
                    size=len(sound),
                )
            )
            homes = {r.id: AreaId(r.area) for r in session.exec(select(ReceiverRow))}
            for receiver in self.tree.reached(areas, homes):
                session.add(
                    DeliveryRow(
                        subject=name,
                        receiver=receiver,
                        kind="airing",
                        area=homes[receiver],
                        state="planned",
                        planned_at=at,
                        seconds=seconds,
                        news_at=self.hands.now(),
                    )
                )
            return name

        return await self.store.write(work)

    async def rows(self, table):
        return await self.store.read(lambda session: list(session.exec(select(table)).all()))

    async def states(self, subject: str) -> dict[str, str]:
        return {d.receiver: d.state for d in await self.rows(DeliveryRow) if d.subject == subject}

    def sent(self, leaf: Leaf) -> list[Received]:
        """What went out on topics of that leaf, in order."""
        return [m for m in self.exchange.published if topics.parse(m.topic).leaf is leaf]

    def said(self, message: Received):
        """The message of what went out, once its signature holds."""
        topic = topics.parse(message.topic)
        ring = Keyring({"server-1": self.wire._signer.public})
        return decode(unseal(topic, message.payload, ring))

    def speak(self, message) -> None:
        """A receiver says something: a State or a Report."""
        leaf = Leaf.STATE if type(message).__name__ == "State" else Leaf.REPORT
        topic = topics.receiver(message.receiver, leaf)
        self.exchange.take(
            str(topic), self.keys[message.receiver].seal(topic, encode(message)), retain=leaf is Leaf.STATE
        )


@pytest.fixture(scope="session")
def template(tmp_path_factory) -> Path:
    path: Path = tmp_path_factory.mktemp("books") / "empty.sqlite3"
    store = Store(f"sqlite:///{path}")
    store.migrate()
    store.engine.dispose()
    return path


@pytest.fixture(scope="session")
def whole_tree() -> AreaTree:
    return load_tree("tay-ninh-2024")


@pytest.fixture
async def house(tmp_path, template, whole_tree):
    shutil.copy(template, tmp_path / "books.sqlite3")
    store = Store(f"sqlite:///{tmp_path / 'books.sqlite3'}")
    hands = Hands()
    desk = Desk(store, ClipLibrary(tmp_path / "clips"), whole_tree, Settings(), hands.now, Bell())
    exchange = Exchange()
    link = LoopbackLink(exchange)
    wire = Wire(link, Signer("server-1", Ed25519PrivateKey.generate()))
    await wire.open()
    yield House(desk, wire, link, exchange, hands, Presence())
    await wire.close()
    await store.close()


@pytest.fixture
def province(whole_tree) -> Actor:
    return Actor(7, "tinh", "Nguyễn Văn Tỉnh", held(Role.PROVINCE, whole_tree.root.id))


@pytest.fixture
def operator(whole_tree) -> Actor:
    commune = next(a for a in whole_tree.areas.values() if a.kind == "commune")
    return Actor(8, "xa", "Trần Thị Xã", held(Role.OPERATOR, commune.id))

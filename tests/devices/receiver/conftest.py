"""A receiver on a loopback exchange, with a clock that is turned by hand, and the server that speaks to it."""

import asyncio
import hashlib
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from devices import topics
from devices.loopback import Exchange, LoopbackLink
from devices.messages import (
    Ack,
    Alarm,
    AlarmEnded,
    Assignment,
    Hold,
    HoldEnded,
    Plan,
    PlannedAiring,
    ReceiverReport,
    State,
    decode,
    encode,
)
from devices.receiver import sirens
from devices.receiver.agent import Agent, Identity
from devices.receiver.clock import SteppedClock
from devices.receiver.sound import BLOCK_FRAMES, FRAME_BYTES, Source
from devices.receiver.stepped import SteppedPlayer
from devices.signing import Keyring, Signer, unseal
from devices.topics import Leaf
from devices.vocabulary import SAMPLE_RATE, Siren

ME = "ch-xa-01"
AREAS = ("xa", "huyen", "tinh")
OURS = Signer("server-1", Ed25519PrivateKey.from_private_bytes(b"s" * 32))
MINE = Signer(ME, Ed25519PrivateKey.from_private_bytes(b"r" * 32))
STRANGER = Signer("server-1", Ed25519PrivateKey.from_private_bytes(b"x" * 32))


class Inline(Executor):
    """Does the work at once, on the spot: a clock that is turned by hand cannot wait for a thread."""

    def submit(self, fn, /, *args, **kwargs):
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001 - handed over to whoever waits
            future.set_exception(error)
        return future


@dataclass
class Noise(Source):
    """A sound of that length."""

    ms: int

    @property
    def total_ms(self):
        return self.ms

    def blocks(self, from_ms=0):
        left = (self.ms - from_ms) * SAMPLE_RATE // 1000
        while left > 0:
            frames = min(BLOCK_FRAMES, left)
            yield b"\x01\x02" * frames
            left -= frames
        assert FRAME_BYTES == 2


@dataclass
class House:
    """The world around one receiver."""

    folder: Path
    clock: SteppedClock = field(default_factory=SteppedClock)
    exchange: Exchange = field(default_factory=Exchange)
    agent: Agent = None  # type: ignore[assignment]  # there from `start` on
    player: SteppedPlayer = None  # type: ignore[assignment]  # there from `start` on
    link: LoopbackLink = None  # type: ignore[assignment]  # there from `start` on
    numbers: int = 0
    _running: asyncio.Task[None] | None = None

    @property
    def now(self):
        return self.clock.now()

    def in_(self, seconds):
        return self.now + timedelta(seconds=seconds)

    async def start(self, *, signers=OURS):
        """Switch the receiver on."""
        self.link = LoopbackLink(self.exchange)
        self.player = SteppedPlayer(self.clock)
        me = Identity(ME, MINE, Keyring({signers.key_id: signers.public}))
        self.agent = Agent(me, self.folder, self.link, self.player, self.clock, lambda _p, ms: Noise(ms), Inline())
        await self.agent.open()
        self._running = asyncio.create_task(self.agent.run())
        await self.pass_time(0)

    async def stop(self):
        """Switch it off in order."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
            self._running = None
            closing = asyncio.create_task(self.agent.close())
            while not closing.done():
                await self.pass_time(0.1)
            await closing

    async def kill(self):
        """The power goes: nothing more is written or sent."""
        running, self._running = self._running, None
        assert running is not None
        running.cancel()
        self.player._tell = None
        self.agent.scribe.soon = lambda *_a, **_k: asyncio.get_running_loop().create_future()  # type: ignore[method-assign]  # the disk has no power either
        await self.player.close()
        await asyncio.gather(running, return_exceptions=True)
        self.exchange.cut(self.link)
        await self.link.close()
        self.agent.scribe._book.database.close()

    async def pass_time(self, seconds):
        await self.clock.advance(seconds)
        for _ in range(50):
            await asyncio.sleep(0)
        if self._running is not None and self._running.done():
            self._running.result()

    # the server

    def head(self, target, lasts=3600.0, **more):
        self.numbers += 1
        number = int(self.now.timestamp() * 1000) + self.numbers
        head = {"target": target, "number": number, "issued": self.now, "expires": self.in_(lasts)}
        return {**head, **more}

    async def say(self, message, *, leaf=None, signer=OURS, retain=False, topic=None, mangle=lambda raw: raw):
        topic = topic or topics.of_target(message.target, leaf or LEAVES[type(message).__name__])
        self.exchange.take(str(topic), mangle(signer.seal(topic, encode(message))), retain=retain)
        await self.pass_time(0)

    def assignment(self, **more):
        more = {"areas": AREAS, "clips_url": "", "volume": 70, **more}
        return Assignment(**self.head(f"receiver/{ME}", 400 * 86400), **more)

    def plan(self, *airings, target="area/xa", **more):
        return Plan(**self.head(target, 3 * 86400, **more), airings=airings)

    def airing(self, id_, in_s, sound=b"sound", **more):
        clip = hashlib.sha256(sound).hexdigest()
        fields = {"id": id_, "at": self.in_(in_s), "clip": clip, "seconds": 30.0, "size": len(sound), **more}
        return PlannedAiring(**fields)

    def alarm(self, id_="bao-so-1", target="area/tinh", lasts=600.0, **more):
        fields = {"alarm": id_, "siren": Siren.STEADY, "siren_s": 4.0, "until": self.in_(lasts), "repeats": 2, **more}
        return Alarm(**self.head(target, lasts), **fields)

    def alarm_ended(self, id_="bao-so-1", target="area/tinh"):
        return AlarmEnded(**self.head(target), alarm=id_)

    def hold(self, lasts=3600.0, target="area/xa"):
        return Hold(**self.head(target, 400 * 86400), until=self.in_(lasts))

    def hold_ended(self, target="area/xa"):
        return HoldEnded(**self.head(target, 400 * 86400))

    def have(self, sound=b"sound"):
        """Put a clip on the receiver's disk."""
        self.agent.cache.add(hashlib.sha256(sound).hexdigest(), sound)

    async def acknowledge(self, up_to, journal=None):
        journal = journal or self.agent.scribe.journal.id
        await self.say(Ack(**self.head(f"receiver/{ME}"), journal=journal, up_to=up_to))

    # what it hears

    @property
    def reports(self):
        """Every report that was sent, each number once."""
        found = {}
        for received in self.exchange.published:
            topic = topics.parse(received.topic)
            if topic.leaf is Leaf.REPORT:
                report = decode(unseal(topic, received.payload, Keyring({ME: MINE.public})))
                assert isinstance(report, ReceiverReport)
                found[report.number] = report
        return list(found.values())

    def told(self, kind):
        return [r for r in self.reports if isinstance(r, kind)]

    @property
    def state(self):
        topic = topics.receiver(ME, Leaf.STATE)
        state = decode(unseal(topic, self.exchange.retained[str(topic)], Keyring({ME: MINE.public})))
        assert isinstance(state, State)
        return state

    @property
    def heard(self):
        """Subject and part of everything that sounded."""
        return [(s.cue.subject, s.cue.part.value) for s in self.player.heard]


LEAVES = {
    "Plan": Leaf.PLAN,
    "Assignment": Leaf.ASSIGNMENT,
    "Alarm": Leaf.ALARM,
    "AlarmEnded": Leaf.ALARM,
    "Hold": Leaf.HOLD,
    "HoldEnded": Leaf.HOLD,
    "Ack": Leaf.ACK,
    "Stop": Leaf.ORDER,
    "SetVolume": Leaf.ORDER,
    "Identify": Leaf.ORDER,
}


@pytest.fixture(scope="session")
def siren_files(tmp_path_factory):
    """Made once for all tests: making them takes seconds."""
    folder = tmp_path_factory.mktemp("sirens")
    sirens.ensure(folder)
    return folder


@pytest.fixture
async def new_house(tmp_path, siren_files):
    """A receiver that is running and has never been told its areas."""
    (tmp_path / "sirens").symlink_to(siren_files)
    house = House(tmp_path)
    await house.start()
    yield house
    await house.stop()


@pytest.fixture
async def house(new_house):
    """A receiver that is running and knows its areas."""
    await new_house.say(new_house.assignment(), retain=True)
    return new_house

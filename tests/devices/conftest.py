"""The three carriers, each with the same handles: a link, a cut cable, going down, coming up again."""

import asyncio
import contextlib
import os
import shutil
import socket
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from broadcast.broker import EmbeddedBroker
from broadcast.commands.free_ports import free_ports
from devices.link import Link, LinkState, Received, Will
from devices.loopback import Exchange, LoopbackLink
from devices.mqtt import MqttAddress, MqttLink

LIMIT_S = 30
"""For anything that is waited for; never reached where all is well."""


async def wait_until(true: Callable[[], bool], what: str = "it") -> None:
    """Wait until something holds, and say what did not if it never does."""
    try:
        async with asyncio.timeout(LIMIT_S):
            while not true():  # noqa: ASYNC110 - any condition, also one that has no event
                await asyncio.sleep(0.01)
    except TimeoutError:
        pytest.fail(f"{what} did not come true within {LIMIT_S} s")


def free_port() -> int:
    return free_ports(1)[0]


@dataclass
class Client:
    """A link, what it took, and every state it went through."""

    link: Link
    took: list[Received] = field(default_factory=list)
    states: list[LinkState] = field(default_factory=list)
    will: Will | None = None
    wills_asked: int = 0

    async def open(self, *filters: str, wait: bool = True) -> "Client":
        await self.link.subscribe(filters)
        await self.link.open(self.took.append, self.states.append, self._make_will)
        if wait:
            await self.up()
        return self

    async def up(self) -> None:
        await wait_until(lambda: self.link.state is LinkState.UP, f"up (it is {self.link.state}: {self.link.reason})")

    def payloads(self, topic: str) -> list[bytes]:
        return [m.payload for m in self.took if m.topic == topic]

    def _make_will(self) -> Will | None:
        self.wills_asked += 1
        return self.will


class Carrier(ABC):
    """What carries, with the handles a test needs."""

    def __init__(self) -> None:
        self.clients: list[Client] = []

    def client(self, name: str, will: Will | None = None) -> Client:
        client = Client(self.make_link(name), will=will)
        self.clients.append(client)
        return client

    async def close(self) -> None:
        for client in self.clients:
            await client.link.close()
        await self.down()

    @abstractmethod
    def make_link(self, name: str) -> Link: ...

    @abstractmethod
    async def start(self) -> None: ...

    @abstractmethod
    async def down(self) -> None:
        """Gone, and everything it kept in memory with it."""

    @abstractmethod
    async def cut(self, client: Client) -> None:
        """Pull one client's cable, without a word of good-bye, and plug it in again."""


class Loopback(Carrier):
    def __init__(self) -> None:
        super().__init__()
        self.exchange = Exchange()

    def make_link(self, name: str) -> Link:
        del name
        return LoopbackLink(self.exchange)

    async def start(self) -> None:
        self.exchange.come_up()

    async def down(self) -> None:
        self.exchange.go_down()
        self.exchange.forget()

    async def cut(self, client: Client) -> None:
        assert isinstance(client.link, LoopbackLink)
        self.exchange.cut(client.link)


class Cable:
    """A TCP relay between one client and the broker, whose connections can be torn."""

    def __init__(self, broker_port: int) -> None:
        self.port = free_port()
        self._broker_port = broker_port
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._relays: set[asyncio.Task[None]] = set()

    async def plug_in(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    def tear(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()

    async def put_away(self) -> None:
        if self._server is not None:
            self._server.close()
        self.tear()
        if self._relays:
            await asyncio.wait(self._relays)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._broker_port)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, far_writer}
        for source, sink in ((reader, far_writer), (far_reader, writer)):
            relay = asyncio.create_task(self._relay(source, sink))
            self._relays.add(relay)
            relay.add_done_callback(self._relays.discard)

    async def _relay(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                sink.write(data)
                await sink.drain()
        sink.close()
        self._writers.discard(sink)


class Mqtt(Carrier):
    """A broker of its own; every client behind a cable."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.port = port
        self._cables: dict[int, Cable] = {}
        self.address = MqttAddress("127.0.0.1", port, "")

    def make_link(self, name: str) -> Link:
        cable = Cable(self.port)
        link = _PluggedLink(cable, replace(self.address, port=cable.port, client_id=name))
        self._cables[id(link)] = cable
        return link

    async def cut(self, client: Client) -> None:
        self._cables[id(client.link)].tear()

    async def close(self) -> None:
        await super().close()
        for cable in self._cables.values():
            await cable.put_away()


class _PluggedLink(MqttLink):
    """Plugs its cable in before it is opened: only then is there a loop to serve it."""

    def __init__(self, cable: Cable, address: MqttAddress) -> None:
        super().__init__(address)
        self._cable = cable

    async def open(self, *args, **kwargs) -> None:
        await self._cable.plug_in()
        await super().open(*args, **kwargs)


class Embedded(Mqtt):
    def __init__(self) -> None:
        super().__init__(free_port())
        self.broker = EmbeddedBroker(self.port)

    async def start(self) -> None:
        await self.broker.start()

    async def down(self) -> None:
        await self.broker.stop()


class Mosquitto(Mqtt):
    """`settings` are further lines of its configuration."""

    def __init__(self, folder: Path, *settings: str) -> None:
        super().__init__(free_port())
        self._process: asyncio.subprocess.Process | None = None
        self._configuration = folder / "mosquitto.conf"
        access = () if any("password_file" in s for s in settings) else ("allow_anonymous true",)
        user = ("user root",) if os.geteuid() == 0 else ()
        lines = (f"listener {self.port} 127.0.0.1", *user, *access, *settings)
        self._configuration.write_text("\n".join(lines) + "\n", "utf-8")

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            mosquitto_program(),
            *("-c", str(self._configuration)),
            stderr=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
        )
        await wait_until(self._listens, "mosquitto listens")

    async def down(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            await process.wait()

    def _listens(self) -> bool:
        with socket.socket() as sock:
            return sock.connect_ex(("127.0.0.1", self.port)) == 0


def mosquitto_program() -> str:
    found = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("mosquitto is not installed, and with CI set nothing is skipped: apt install mosquitto")
        pytest.skip("mosquitto is not installed: apt install mosquitto")
    return found


@pytest.fixture
def until() -> Callable[..., Awaitable[None]]:
    """`await until(lambda: ..., "what")`"""
    return wait_until


@pytest.fixture(params=["loopback", "embedded", "mosquitto"])
async def carrier(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Carrier]:
    made: Carrier
    if request.param == "loopback":
        made = Loopback()
    elif request.param == "embedded":
        made = Embedded()
    else:
        made = Mosquitto(tmp_path)
    await made.start()
    try:
        yield made
    finally:
        await made.close()


@pytest.fixture
async def mosquitto(tmp_path: Path) -> AsyncIterator[Callable[..., Mosquitto]]:
    """Makes a mosquitto with settings of one's own; the test starts it."""
    made: list[Mosquitto] = []

    def make(*settings: str) -> Mosquitto:
        made.append(Mosquitto(tmp_path, *settings))
        return made[-1]

    mosquitto_program()
    yield make
    for one in made:
        await one.close()

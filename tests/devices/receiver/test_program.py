"""The real program: started, spoken to over a real broker, killed, started again."""

import asyncio
import contextlib
import hashlib
import io
import json
import math
import signal
import sys
import wave
from array import array
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from devices import topics
from devices.messages import Ack, Assignment, Finished, Plan, PlannedAiring, Started, State, decode, encode
from devices.receiver.book import Book
from devices.receiver.enrolment import make_kit
from devices.receiver.settings import Broker, Sound
from devices.receiver.shelf import Held, Shelf
from devices.signing import Keyring, Signer, unseal
from devices.topics import Leaf
from devices.vocabulary import Outcome

ME = "ch-xa-01"
SERVER = Signer("server-1", Ed25519PrivateKey.from_private_bytes(b"s" * 32))
LIMIT_S = 30


def tone(seconds):
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        frames = int(seconds * 48_000)
        file.writeframes(array("h", [int(9000 * math.sin(i / 17)) for i in range(frames)]).tobytes())
    return out.getvalue()


class Program:
    """One receiver's folder and the process that runs on it."""

    def __init__(self, folder, port, siren_files):
        sound = Sound(sink="wav")
        public = make_kit(folder, ME, Broker(port=port), {"server-1": SERVER.public}, sound)
        (folder / "sirens").symlink_to(siren_files)
        self.folder = folder
        self.keys = Keyring({ME: public})
        self.process: asyncio.subprocess.Process | None = None

    async def start(self):
        command = [sys.executable, "-m", "devices.receiver.main", "--config", str(self.folder / "receiver.toml")]
        self.process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
        return self.process

    async def end(self, how=signal.SIGTERM):
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(how)
        _, err = await asyncio.wait_for(self.process.communicate(), LIMIT_S)
        return self.process.returncode, err.decode()

    @property
    def wavs(self):
        return sorted((self.folder / "wav").glob("*.wav"))


@pytest.fixture
async def program(tmp_path, mosquitto, siren_files):
    carrier = mosquitto()
    await carrier.start()
    program = Program(tmp_path / "kit", carrier.port, siren_files)
    yield carrier, program
    if program.process is not None and program.process.returncode is None:
        await program.end(signal.SIGKILL)


class Server:
    """Speaks for the server, and keeps what the receiver told."""

    def __init__(self, client, keys):
        self.client = client
        self.keys = keys
        self.number = int(datetime.now(UTC).timestamp() * 1000)

    def head(self, target):
        self.number += 1
        now = datetime.now(UTC)
        return {"target": target, "number": self.number, "issued": now, "expires": now + timedelta(hours=1)}

    async def say(self, message, leaf):
        topic = topics.of_target(message.target, leaf)
        await self.client.link.publish(str(topic), SERVER.seal(topic, encode(message)), retain=True)

    def told(self, kind):
        found = {}
        for received in list(self.client.took):
            topic = topics.parse(received.topic)
            message = decode(unseal(topic, received.payload, self.keys))
            if isinstance(message, kind):
                found[getattr(message, "number", getattr(message, "at", None))] = message
        return list(found.values())


@pytest.mark.slow
async def test_killed_in_the_middle_of_an_airing_it_says_so_and_has_sounded_once(program, until):
    carrier, receiver = program
    client = await carrier.client("server").open(*topics.SERVER_FILTERS)
    server = Server(client, receiver.keys)
    sound = tone(5)
    clip = hashlib.sha256(sound).hexdigest()
    await server.say(Assignment(**server.head(f"receiver/{ME}"), areas=("xa",), clips_url=""), Leaf.ASSIGNMENT)
    await receiver.start()
    await until(lambda: any(s.mode == "online" for s in server.told(State)), "online")

    at = datetime.now(UTC) + timedelta(seconds=2.5)
    airing = PlannedAiring(id="a", at=at, clip=clip, seconds=5, size=len(sound))
    await server.say(Plan(**server.head("area/xa"), airings=(airing,)), Leaf.PLAN)
    await until(lambda: any(clip in s.missing for s in server.told(State)), "it says what is missing")
    await client.link.publish(f"loalang/v1/area/xa/clip/{clip}", sound, qos=0)
    await until(lambda: any(s.playing and s.playing.position_ms > 1000 for s in server.told(State)), "it plays")
    code, _ = await receiver.end(signal.SIGKILL)
    assert code == -signal.SIGKILL
    await until(lambda: not server.told(State)[-1].online, "its last will speaks")

    await receiver.start()
    await until(lambda: server.told(Finished), "it tells what happened")
    started, finished = server.told(Started), server.told(Finished)
    assert [s.subject for s in started] == ["a"]
    assert abs(started[0].start_error_ms) < 500, "a busy machine, but not another airing"
    assert [(f.subject, f.outcome) for f in finished] == [("a", Outcome.INTERRUPTED)]
    assert finished[0].played_ms < 5000
    journal = finished[0].journal
    await server.say(Ack(**server.head(f"receiver/{ME}"), journal=journal, up_to=finished[0].number), Leaf.ACK)
    await until(lambda: server.told(State)[-1].unacknowledged == 0, "it lets go of what the server has")
    assert len(receiver.wavs) == 1

    code, _ = await receiver.end()
    assert code == 0
    assert not server.told(State)[-1].online
    assert server.told(State)[-1].mode == "stopping"


@pytest.mark.slow
async def test_with_no_network_at_all_it_plays_what_it_holds_and_ends_in_order(tmp_path, siren_files, until):
    receiver = Program(tmp_path, 1, siren_files)  # nobody listens on port 1
    sound = tone(1)
    clip = hashlib.sha256(sound).hexdigest()
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / clip).write_bytes(sound)
    server = Server(None, receiver.keys)
    assignment = Assignment(**server.head(f"receiver/{ME}"), areas=("xa",), clips_url="")
    at = datetime.now(UTC) + timedelta(seconds=4)
    plan = Plan(**server.head("area/xa"), airings=(PlannedAiring(id="a", at=at, clip=clip, seconds=1, size=9),))
    hold(tmp_path, (topics.receiver(ME, Leaf.ASSIGNMENT), assignment), (topics.area("xa", Leaf.PLAN), plan))
    await receiver.start()
    try:
        await until(lambda: receiver.wavs and receiver.wavs[0].stat().st_size > 90_000, "it sounds")
        second = Program.__new__(Program)
        second.folder = tmp_path
        process = await second.start()
        _, err = await asyncio.wait_for(process.communicate(), LIMIT_S)
        assert process.returncode == 3
        assert "Đã có một chương trình" in err.decode()
    finally:
        code, err = await receiver.end()
    assert code == 0, err
    assert len(receiver.wavs) == 1


def hold(folder, *messages):
    """Put messages on the receiver's disk, as if it had taken them last week."""

    book = Book(folder / "receiver.sqlite3")
    for topic, message in messages:
        payload = encode(message)
        envelope = SERVER.seal(topic, payload)
        Shelf(book).hold(Held(str(topic), message.number, hashlib.sha256(payload).digest(), envelope))
    book.close()


@pytest.mark.slow
async def test_faults_of_the_settings_are_told_in_words_and_a_code(tmp_path):
    file = tmp_path / "receiver.toml"
    file.write_text(f'id = "x"\n[server_keys]\nserver-1 = "{b64encode(bytes(32)).decode()}"\n[brokr]\n')
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "devices.receiver.main", "--config", str(file)), stderr=asyncio.subprocess.PIPE
    )
    _, err = await process.communicate()
    assert process.returncode == 2
    assert "broker" in err.decode()
    assert "Traceback" not in err.decode()


@pytest.mark.slow
async def test_every_line_of_its_log_is_one_object_if_asked(tmp_path, siren_files):
    receiver = Program(tmp_path, 1, siren_files)
    with (tmp_path / "receiver.toml").open("a") as file:
        file.write('[log]\nformat = "json"\n')
    process = await receiver.start()
    line = await asyncio.wait_for(process.stderr.readline(), LIMIT_S)
    code, rest = await receiver.end()
    assert code == 0
    for text in (line.decode(), *rest.splitlines()):
        assert set(json.loads(text)) >= {"at", "level", "from", "message"}


ALONE = """
import sys
sys.modules.update(dict.fromkeys(["broadcast", "audio", "ui", "nicegui", "fastapi", "sqlmodel", "pydub", "numpy"]))
import pkgutil, devices, devices.receiver
for module in (*pkgutil.iter_modules(devices.__path__, "devices."),
               *pkgutil.iter_modules(devices.receiver.__path__, "devices.receiver.")):
    __import__(module.name)
"""


@pytest.mark.slow
async def test_it_stands_alone():
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", ALONE)
    assert await process.wait() == 0

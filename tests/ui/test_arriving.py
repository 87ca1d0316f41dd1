"""Sound sent in pieces to the real server over real connections, by whoever is logged in."""

import asyncio
import base64
import hashlib
import resource
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import msgspec
import pytest
import uvicorn
from fastapi import FastAPI
from nicegui.storage import Storage
from nicegui.testing.general import nicegui_reset_globals

from broadcast.bootstrap import open_house
from broadcast.domain.people import Actor, Role, held
from broadcast.office import Office
from broadcast.settings import Settings
from devices.loopback import Exchange, LoopbackLink

MB = 1024 * 1024
LENGTH = 200 * MB
PIECE = 8 * MB
BLOCK = bytes(range(256)) * 256
TUS = {"Tus-Resumable": "1.0.0"}


@dataclass
class There:
    """A server with somebody logged in, and another person besides."""

    port: int
    office: Office
    lan: Actor
    cookie: str
    other: str
    data: Path

    def http(self, cookie: str | None = None) -> httpx.AsyncClient:
        cookies = {"loa_phien": self.cookie if cookie is None else cookie}
        return httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", headers=TUS, cookies=cookies, timeout=60)

    async def create(self, http: httpx.AsyncClient, bulletin: int, length: int) -> httpx.Response:
        meta = ", ".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in _META(bulletin))
        return await http.post("/sounds", headers={"Upload-Length": str(length), "Upload-Metadata": meta})


def _META(bulletin: int) -> list[tuple[str, str]]:  # noqa: N802 - what stands in the head of that name
    return [("bulletin", str(bulletin)), ("filename", "họp dân.mp3")]


@pytest.fixture
async def there(tmp_path: Path) -> AsyncIterator[There]:
    plain, before, word = Settings(), Storage.path, "một câu dài dễ nhớ"
    settings = msgspec.structs.replace(
        plain,
        server=msgspec.structs.replace(plain.server, data=str(tmp_path / "data")),
        speech=msgspec.structs.replace(plain.speech, engines=("espeak",)),
    )
    with nicegui_reset_globals():
        from ui.panel import attach  # noqa: PLC0415 - every test has new modules

        async with open_house(settings, LoopbackLink(Exchange())) as house:
            cookies = []
            for login in ("lan", "cuc"):
                person = await house.add_user(login, login, held(Role.PROVINCE, house.tree.root.id), word)
                cookies.append((person, await house.office.accounts.begin(person, "10.0.0.1", "Firefox", "password")))
            app = FastAPI()
            attach(app, house.office, storage_secret="for this test alone", storage=tmp_path / "sessions")
            with socket.socket() as ear:
                ear.bind(("127.0.0.1", 0))
                server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
                serving = asyncio.ensure_future(server.serve(sockets=[ear]))
                (lan, mine), (_, other) = cookies
                yield There(ear.getsockname()[1], house.office, lan, mine, other, tmp_path / "data")
                server.should_exit = True
                await serving
    Storage.path = before


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def _cut(there: There, place: str, offset: int, sent: int) -> None:
    """A piece whose connection dies after `sent` bytes."""
    _, line = await asyncio.open_connection("127.0.0.1", there.port)
    heads = [
        f"PATCH {place} HTTP/1.1",
        "Host: loa",
        f"Cookie: loa_phien={there.cookie}",
        "Tus-Resumable: 1.0.0",
        f"Upload-Offset: {offset}",
        f"Content-Length: {PIECE}",
        "Content-Type: application/offset+octet-stream",
    ]
    line.write(("\r\n".join(heads) + "\r\n\r\n").encode())
    for _ in range(sent // len(BLOCK)):
        line.write(BLOCK)
        await line.drain()
    line.transport.abort()


async def _blocks(offset: int, size: int) -> AsyncIterator[bytes]:
    """What stands at `offset` in a file that is one block again and again."""
    while size:
        block = BLOCK[offset % len(BLOCK) :][:size]
        yield block
        offset, size = offset + len(block), size - len(block)


async def test_200_mb_cut_twice_come_whole_and_in_little_memory(there: There) -> None:
    bulletin = (await there.office.draft(there.lan, "Họp", "")).id
    early = 0.0
    async with there.http() as http:
        made = await there.create(http, bulletin, LENGTH)
        assert made.status_code == 201
        place, cuts = made.headers["location"], [50 * MB, 120 * MB]
        offset = 0
        while offset < LENGTH:
            if cuts and offset >= cuts[0]:
                cuts.pop(0)
                await _cut(there, place, offset, PIECE // 2)
                look = await http.head(place)
                assert look.headers["upload-length"] == str(LENGTH)
                assert offset <= int(look.headers["upload-offset"]) < offset + PIECE
                offset = int(look.headers["upload-offset"])
                continue
            size = min(PIECE, LENGTH - offset)
            heads = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
            heads["Content-Length"] = str(size)
            answer = await http.patch(place, headers=heads, content=_blocks(offset, size))
            assert answer.status_code == 204
            offset = int(answer.headers["upload-offset"])
            early = early or (_peak_mb() if offset >= 40 * MB else 0.0)
    assert _peak_mb() - early < 30, "what comes must not be held in memory"
    assert not cuts
    arrival = await there.office.sound.waiting(there.lan, bulletin)
    assert arrival is not None
    assert (arrival.name, arrival.length) == ("họp dân.mp3", LENGTH)
    wanted, found = hashlib.sha256(), hashlib.sha256()
    with (there.data / "arriving" / arrival.key / "sound").open("rb") as stream:
        for _ in range(LENGTH // len(BLOCK)):
            wanted.update(BLOCK)
            found.update(stream.read(len(BLOCK)))
        assert not stream.read()
    assert found.digest() == wanted.digest()


async def test_what_does_not_fit_is_answered_with_a_code_and_writes_nothing(there: There) -> None:
    bulletin = (await there.office.draft(there.lan, "Họp", "")).id
    piece = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    async with there.http() as http, there.http(there.other) as other, there.http("") as nobody:
        able = await http.options("/sounds")
        assert able.headers["tus-max-size"] == str(LENGTH)
        for length, bound in ((LENGTH + 1, 413), (0, 400)):
            assert (await there.create(http, bulletin, length)).status_code == bound
        assert (await there.create(http, 999, 10)).status_code == 404
        assert (await http.post("/sounds", headers={"Upload-Length": "10"})).status_code == 400
        assert (await there.create(nobody, bulletin, 10)).status_code == 401
        place = (await there.create(http, bulletin, 1000)).headers["location"]
        asked = [
            (other.head(place), 404),
            (other.patch(place, headers=piece, content=b"x"), 404),
            (other.delete(place), 404),
            (nobody.patch(place, headers=piece, content=b"x"), 401),
            (http.patch(place, headers={**piece, "Tus-Resumable": "0.2"}, content=b"x"), 412),
            (http.patch(place, headers={**piece, "Upload-Offset": "1"}, content=b"x"), 409),
            (http.patch(place, headers={**piece, "Upload-Offset": "-1"}, content=b"x"), 400),
            (http.patch(place, headers={**piece, "Content-Type": "text/plain"}, content=b"x"), 415),
            (http.patch(place, headers=piece, content=bytes(1001)), 413),
            (http.patch(place, headers=piece, content=_blocks(0, 3 * len(BLOCK))), 413),
            (http.get(place), 405),
        ]
        for answer, status in asked:
            got = await answer
            assert got.status_code == status, (got.request.method, got.request.headers, got.text)
        assert (await http.head(place)).headers["upload-offset"] == "0"
        override = {**piece, "X-HTTP-Method-Override": "PATCH"}
        assert (await http.post(place, headers=override, content=bytes(1000))).headers["upload-offset"] == "1000"
        assert (await http.delete(place)).status_code == 204
        assert (await http.head(place)).status_code == 404

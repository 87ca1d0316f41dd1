import hashlib

import httpx
import pytest
from fastapi import FastAPI

from broadcast.api import add_routes
from broadcast.domain.house import HouseHealth
from broadcast.library import ClipLibrary
from broadcast.telemetry import METRICS, Figures, exposition

SOUND = bytes(range(256)) * 40
WELL = HouseHealth("serving", "embedded", "", 0, "up", "")


def figures() -> Figures:
    return Figures(
        receivers=lambda: {"online": 2},
        link_up=lambda: True,
        broker_serving=lambda: True,
        broker_restarts=lambda: 1,
        refused=lambda: {"forged": 3},
        reports=lambda: 4,
        reports_dropped=lambda: 0,
        receivers_refused=lambda: {"replayed": 1},
        ledger_failed=lambda: False,
        publishes=lambda: 5,
        alarms=lambda: 0,
        jobs_failed=lambda: 0,
    )


@pytest.fixture
def library(tmp_path):
    return ClipLibrary(tmp_path / "clips")


@pytest.fixture
def kept(library, tmp_path):
    file = tmp_path / "made.opus"
    file.write_bytes(SOUND)
    return library.keep(file)


async def feed(secret: str) -> bytes | None:
    return b"BEGIN:VCALENDAR" if secret == "bi-mat" else None


def client(library, health=WELL, books: bool = True) -> httpx.AsyncClient:
    async def answers() -> bool:
        return books

    app = FastAPI()
    add_routes(app, library.path, lambda: health, answers, exposition(figures()), feed)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://loa")


def test_a_clip_is_named_by_its_hash_and_moved_in(library, kept, tmp_path):
    assert kept == hashlib.sha256(SOUND).hexdigest()
    assert library.path(kept).read_bytes() == SOUND
    assert not (tmp_path / "made.opus").exists()


async def test_a_clip_is_served_whole_and_for_ever(library, kept):
    async with client(library) as http:
        answer = await http.get(f"/clips/{kept}")
        head = await http.head(f"/clips/{kept}")
    assert answer.content == SOUND
    assert answer.headers["content-type"] == "audio/ogg"
    assert "immutable" in answer.headers["cache-control"]
    assert head.headers["content-length"] == str(len(SOUND))


async def test_a_fetch_that_broke_off_goes_on_where_it_was(library, kept):
    async with client(library) as http:
        rest = await http.get(f"/clips/{kept}", headers={"Range": "bytes=10000-", "If-Range": f'"{kept}"'})
        beyond = await http.get(f"/clips/{kept}", headers={"Range": f"bytes={len(SOUND)}-"})
    assert rest.status_code == 206
    assert rest.content == SOUND[10_000:]
    assert rest.headers["content-range"] == f"bytes 10000-{len(SOUND) - 1}/{len(SOUND)}"
    assert beyond.status_code == 416


@pytest.mark.parametrize("name", ["0" * 64, "x", "..%2f..%2fkeys%2fserver.key", "A" * 64, "0" * 63, "%00" * 64])
async def test_what_is_no_clip_is_not_found(library, kept, name):
    async with client(library) as http:
        assert (await http.get(f"/clips/{name}")).status_code == 404


async def test_health_is_well_while_books_and_link_are(library):
    async with client(library) as http:
        answer = await http.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {
        "well": True,
        "store": "answers",
        "broker": "serving",
        "broker_kind": "embedded",
        "broker_reason": "",
        "broker_restarts": 0,
        "link": "up",
        "link_reason": "",
    }


@pytest.mark.parametrize(
    ("health", "books"),
    [(WELL, False), (HouseHealth("restarting", "embedded", "", 3, "connecting", "no broker"), True)],
)
async def test_health_says_what_fails(library, health, books):
    async with client(library, health, books) as http:
        answer = await http.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["well"] is False
    assert answer.json()["store"] == ("answers" if books else "failing")
    assert answer.json()["link"] == health.link


async def test_every_figure_is_exposed_under_its_name(library):
    async with client(library) as http:
        text = (await http.get("/metrics")).text
    for name in METRICS:
        assert f"# HELP {name} " in text
    assert 'loalang_receivers{presence="online"} 2.0' in text
    assert 'loalang_wire_refused_total{why="forged"} 3.0' in text
    assert 'loalang_receiver_refused_total{why="replayed"} 1.0' in text


async def test_a_calendar_is_served_to_who_knows_the_secret_and_never_kept(library):
    async with client(library) as http:
        found = await http.get("/feeds/bi-mat.ics")
        assert (found.status_code, found.content) == (200, b"BEGIN:VCALENDAR")
        assert found.headers["content-type"].startswith("text/calendar")
        assert found.headers["cache-control"] == "private, no-store"
        for guess in ("bi-mac", "x" * 65, "%00"):
            assert (await http.get(f"/feeds/{guess}.ics")).status_code == 404

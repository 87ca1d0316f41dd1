import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from broadcast.domain.arrivals import MOST
from broadcast.domain.people import Actor, Role, held
from broadcast.domain.refusals import Refusal
from broadcast.newsroom.arriving import SPARE, Arriving
from tests.broadcast.conftest import DISTRICT

SOUND = bytes(range(256)) * 4000
ROOM = 10 * SPARE


@pytest.fixture
def here(desk, tmp_path) -> Arriving:
    return Arriving(desk, tmp_path / "arriving", free=lambda _: ROOM)


@pytest.fixture
def write(spoken: Callable[[Actor], int]) -> Callable[[Actor], int]:
    return spoken


@pytest.fixture
def bulletin(write: Callable[[Actor], int], staff: Actor) -> int:
    return write(staff)


def untold(_: object) -> None:
    pass


async def pieces(content: bytes, broken: bool = False) -> AsyncIterator[bytes]:
    for at in range(0, len(content), 64 * 1024):
        yield content[at : at + 64 * 1024]
    if broken:
        raise ConnectionError


async def sent_in_two(here: Arriving, actor, bulletin: int, name: str = "hop.mp3") -> str:
    made = await here.begin(actor, bulletin, name, len(SOUND))
    with pytest.raises(ConnectionError):
        await here.take(actor, made.key, 0, pieces(SOUND[:300_000], broken=True))
    offset = (await here.arrived(actor, made.key)).offset
    assert offset == 300_000
    assert (await here.take(actor, made.key, offset, pieces(SOUND[offset:]))).whole
    return made.key


async def test_what_came_before_the_line_broke_stays_and_the_rest_follows(here, staff, bulletin, tmp_path):
    taken: list[tuple[int, str, str]] = []

    async def upload(actor, bulletin, name, file: Path, tell):
        content = file.read_bytes()  # noqa: ASYNC240 - a small file of a test
        taken.append((bulletin, name, hashlib.sha256(content).hexdigest()))

    assert await here.waiting(staff, bulletin) is None
    key = await sent_in_two(here, staff, bulletin, "C:\\Ghi âm\\họp\n.mp3")
    assert (await here.waiting(staff, bulletin)).key == key
    await here.use(upload, staff, key, untold)
    assert taken == [(bulletin, "họp.mp3", hashlib.sha256(SOUND).hexdigest())]
    assert await here.waiting(staff, bulletin) is None
    assert not list((tmp_path / "arriving").iterdir())


async def test_a_restart_of_the_server_costs_nothing(here, desk, staff, bulletin, tmp_path):
    made = await here.begin(staff, bulletin, "a.mp3", len(SOUND))
    await here.take(staff, made.key, 0, pieces(SOUND[:1000]))
    again = Arriving(desk, tmp_path / "arriving", free=lambda _: ROOM)
    assert (await again.arrived(staff, made.key)).offset == 1000


async def test_bytes_that_do_not_follow_or_were_not_announced_are_not_written(here, staff, bulletin, refused):
    made = await here.begin(staff, bulletin, "a.mp3", 1000)
    for offset in (1, 999, 10**12):
        no = await refused(here.take(staff, made.key, offset, pieces(b"x")))
        assert (no.code, no.facts) == ("upload-offset", {"offset": 0})
    assert (await refused(here.take(staff, made.key, 0, pieces(bytes(1001))))).code == "upload-long"
    assert (await here.arrived(staff, made.key)).offset == 0
    assert (await here.take(staff, made.key, 0, pieces(bytes(1000)))).whole


async def test_what_is_on_its_way_is_there_for_its_sender_alone(here, staff, bulletin, hire, refused):
    made = await here.begin(staff, bulletin, "a.mp3", 1000)
    other = hire("khac", held(Role.STAFF, DISTRICT))
    calls = (
        here.arrived(other, made.key),
        here.take(other, made.key, 0, pieces(b"x")),
        here.drop(other, made.key),
        here.use(None, other, made.key, untold),
        here.arrived(staff, "../" * 8),
        here.arrived(staff, "A" * 24),
    )
    for call in calls:
        assert (await refused(call)).code == "no-such-upload"
    assert (await here.arrived(staff, made.key)).offset == 0


async def test_sizes_are_looked_at_before_anything_is_written(here, staff, bulletin, refused, tmp_path):
    large = (await refused(here.begin(staff, bulletin, "a.mp3", 200 * 1024 * 1024 + 1))).code
    assert [large, (await refused(here.begin(staff, bulletin, "a.mp3", 0))).code] == ["upload-large", "upload-empty"]
    assert not (tmp_path / "arriving").exists()
    await here.begin(staff, bulletin, "a.mp3", 200 * 1024 * 1024)


async def test_who_may_not_write_that_bulletin_sends_nothing_for_it(here, bulletin, hire, refused, staff, stranger):
    auditor = hire("xem", held(Role.AUDITOR, DISTRICT))
    assert (await refused(here.begin(auditor, bulletin, "a.mp3", 10))).code == "not-allowed"
    for person, which in ((stranger, bulletin), (staff, 999)):
        with pytest.raises(Refusal, match="no-such-bulletin"):
            await here.begin(person, which, "a.mp3", 10)


async def test_room_is_kept_for_what_was_promised_to_others(desk, staff, bulletin, write, refused, tmp_path):
    narrow = Arriving(desk, tmp_path / "arriving", free=lambda _: SPARE + 1500)
    await narrow.begin(staff, bulletin, "a.mp3", 1000)
    assert (await refused(narrow.begin(staff, write(staff), "b.mp3", 501))).code == "disk-full"
    await narrow.begin(staff, write(staff), "b.mp3", 500)


async def test_a_disk_that_fills_up_meanwhile_keeps_what_went_onto_it(here, staff, bulletin, refused, monkeypatch):
    made = await here.begin(staff, bulletin, "a.mp3", len(SOUND))
    await here.take(staff, made.key, 0, pieces(SOUND[:5000]))

    def full(*_: object) -> None:
        raise OSError(28, "no space left on device")

    with monkeypatch.context() as bent:
        bent.setattr("broadcast.newsroom.arriving.os.write", full)
        assert (await refused(here.take(staff, made.key, 5000, pieces(SOUND[5000:])))).code == "disk-full"
    assert (await here.take(staff, made.key, 5000, pieces(SOUND[5000:]))).whole


async def test_a_file_for_the_same_bulletin_takes_the_place_of_the_one_before(here, staff, bulletin, write, refused):
    first = await here.begin(staff, bulletin, "a.mp3", 10)
    await here.begin(staff, bulletin, "b.mp3", 10)
    assert (await refused(here.arrived(staff, first.key))).code == "no-such-upload"
    for _ in range(MOST - 1):
        await here.begin(staff, write(staff), "c.mp3", 10)
    assert (await refused(here.begin(staff, write(staff), "d.mp3", 10))).code == "uploads-many"


async def test_what_stopped_coming_is_let_go_of_after_a_day(here, clock, staff, bulletin, write, refused, tmp_path):
    made = await here.begin(staff, bulletin, "a.mp3", 10)
    other = await here.begin(staff, write(staff), "b.mp3", 10)
    clock.on(hours=23)
    await here.take(staff, made.key, 0, pieces(b"12345"))
    clock.on(hours=2)
    assert (await refused(here.arrived(staff, other.key))).code == "no-such-upload"
    assert (await here.arrived(staff, made.key)).offset == 5
    await here.sweep()
    assert [folder.name for folder in (tmp_path / "arriving").iterdir()] == [made.key]
    assert (await here.take(staff, made.key, 5, pieces(b"67890"))).whole


async def test_whoever_comes_back_ends_the_line_that_hangs(here, staff, bulletin, refused):
    made = await here.begin(staff, bulletin, "a.mp3", 10)
    hung = asyncio.Event()

    async def hanging() -> AsyncIterator[bytes]:
        yield b"123"
        hung.set()
        await asyncio.Event().wait()

    old = asyncio.ensure_future(here.take(staff, made.key, 0, hanging()))
    await hung.wait()
    assert (await here.arrived(staff, made.key)).offset == 3
    with pytest.raises(Refusal, match="upload-elsewhere"):
        await old
    assert (await here.take(staff, made.key, 3, pieces(b"4567890"))).whole


@pytest.mark.parametrize(("code", "kept"), [("speech-busy", True), ("sound-not-sound", False)])
async def test_what_cannot_be_taken_in_now_waits_and_what_never_can_goes(here, staff, bulletin, refused, code, kept):
    async def upload(*_: object):
        raise Refusal(code, name="a")

    key = await sent_in_two(here, staff, bulletin)
    assert (await refused(here.use(upload, staff, key, untold))).code == code
    assert (await here.waiting(staff, bulletin) is not None) is kept


async def test_another_file_does_not_take_away_the_one_that_is_being_made_a_sound(here, staff, bulletin):
    first, seen = await sent_in_two(here, staff, bulletin), []

    async def upload(actor, bulletin, name, file: Path, tell):
        await here.begin(actor, bulletin, "b.mp3", 10)
        seen.append(file.is_file())  # noqa: ASYNC240 - a small file of a test

    await here.use(upload, staff, first, untold)
    assert seen == [True]
    assert await here.waiting(staff, bulletin) is None


async def test_what_is_not_whole_is_no_sound_yet_and_can_be_dropped(here, staff, bulletin, refused):
    made = await here.begin(staff, bulletin, "a.mp3", 10)
    assert (await refused(here.use(None, staff, made.key, untold))).code == "no-such-upload"
    await here.drop(staff, made.key)
    assert (await refused(here.arrived(staff, made.key))).code == "no-such-upload"

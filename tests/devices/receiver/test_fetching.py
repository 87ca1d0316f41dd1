"""Clips pulled from a real little HTTP server that behaves in every way a server should not."""

import asyncio
import hashlib
import os
import random
import socketserver
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler

import pytest

from devices.receiver.cache import Cache, WrongHash
from devices.receiver.clock import SteppedClock, SystemClock
from devices.receiver.fetching import SPREAD_S, Fault, Fetcher
from devices.receiver.holdings import Wanted
from devices.receiver.pulling import MARGIN, Pull, PullFailed, Untruthful
from devices.vocabulary import Why

SOUND = random.Random(1).randbytes(300_000)
CLIP = hashlib.sha256(SOUND).hexdigest()


class Server(socketserver.ThreadingTCPServer):
    """`manner` says how it behaves; `asked` has the Range header of every request."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.manner = "well"
        self.asked: list[str | None] = []
        self.release = threading.Event()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/clips"

    def handle_error(self, request, client_address):
        pass  # a client that breaks off is what some tests are about


class Handler(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, *args):
        pass

    def do_GET(self):
        asked = self.headers.get("Range")
        self.server.asked.append(asked)
        manner, first = self.server.manner, len(self.server.asked) == 1
        begin = int(asked.removeprefix("bytes=").removesuffix("-")) if asked and manner != "ignores range" else 0
        body = SOUND[begin:]
        if manner == "lies":
            body = bytes(len(SOUND))[begin:]
        if manner == "lies once" and first:
            body = bytes(len(SOUND))
        if manner in {"never ends", "announces too much"}:
            body = SOUND * 4
        if manner == "refuses":
            self.send_error(503)
            return
        if manner == "moved":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()
            return
        self.send_response(206 if begin else 200)
        if begin:
            shown = 7 if manner == "another range" else begin
            self.send_header("Content-Range", f"bytes {shown}-{len(SOUND) - 1}/{len(SOUND)}")
        if manner != "never ends":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if manner == "cuts" and first:
            self.wfile.write(body[:100_000])
            self.wfile.flush()
            return
        if manner == "hangs":
            self.wfile.write(body[:100_000])
            self.wfile.flush()
            self.server.release.wait(20)
            return
        self.wfile.write(body)


@pytest.fixture
def server():
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.release.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path / "clips")


def pull(server, cache, size=300_000, **more):
    Pull().run(f"{server.url}/{CLIP}", cache.partial(CLIP), size, **more)
    cache.finish(CLIP)


def test_a_clip_is_pulled_proven_and_kept(server, cache):
    pull(server, cache)
    assert cache.path(CLIP).read_bytes() == SOUND
    assert cache.here == {CLIP}
    assert not cache.partial(CLIP).exists()
    assert Cache(cache.path(CLIP).parent).here == {CLIP}


def test_what_broke_off_goes_on_where_it_was(server, cache):
    server.manner = "cuts"
    with pytest.raises(PullFailed, match="broke off after 100000"):
        pull(server, cache)
    pull(server, cache)
    assert server.asked == [None, "bytes=100000-"]
    assert cache.path(CLIP).read_bytes() == SOUND


def test_a_server_without_ranges_sends_all_of_it_again(server, cache):
    cache.partial(CLIP).write_bytes(SOUND[:1000])
    server.manner = "ignores range"
    pull(server, cache)
    assert cache.path(CLIP).read_bytes() == SOUND


def test_another_range_than_the_one_asked_for_is_thrown_away(server, cache):
    cache.partial(CLIP).write_bytes(SOUND[:1000])
    server.manner = "another range"
    with pytest.raises(PullFailed):
        pull(server, cache)
    assert not cache.partial(CLIP).exists()


def test_a_partial_of_something_else_is_found_out_at_the_end(server, cache):
    cache.partial(CLIP).write_bytes(b"x" * 1000)
    with pytest.raises(WrongHash):
        pull(server, cache)
    assert not cache.partial(CLIP).exists()
    pull(server, cache)


def test_all_of_it_on_the_disk_asks_nobody(server, cache):
    cache.partial(CLIP).write_bytes(SOUND)
    pull(server, cache)
    assert server.asked == []


@pytest.mark.parametrize("manner", ["never ends", "announces too much"])
def test_it_never_takes_more_than_was_announced(server, cache, manner):
    server.manner = manner
    with pytest.raises(Untruthful):
        pull(server, cache)
    assert not cache.partial(CLIP).exists()


def test_of_an_unannounced_size_it_takes_what_the_server_announces(server, cache):
    pull(server, cache, size=0)
    assert cache.here == {CLIP}


def test_a_size_that_is_a_little_off_is_no_lie(server, cache):
    with pytest.raises(Untruthful):
        pull(server, cache, size=len(SOUND) - MARGIN - 1)
    pull(server, cache, size=len(SOUND) - MARGIN)


@pytest.mark.parametrize("manner", ["refuses", "moved"])
def test_no_answer_but_the_clip_is_taken(server, cache, manner):
    server.manner = manner
    with pytest.raises(PullFailed, match="HTTP"):
        pull(server, cache)


def test_a_server_that_hangs_is_given_up(server, cache):
    server.manner = "hangs"
    with pytest.raises(PullFailed, match=r"[Tt]ime"):
        pull(server, cache, quiet_s=0.2)
    assert cache.partial(CLIP).stat().st_size == 100_000


def test_nobody_there_is_a_failed_pull(cache):
    for url in ("http://127.0.0.1:1/x", "ftp://127.0.0.1/x", "https:///x", "nonsense"):
        with pytest.raises(PullFailed):
            Pull().run(url, cache.partial(CLIP), 10)


# --- the fetcher --------------------------------------------------------------------------------------------------


async def until(condition):
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        await asyncio.sleep(0.01)


def a_fetcher(cache, clock):
    came: list[str] = []
    failed: list[Fault] = []
    return Fetcher(cache, clock, came.append, failed.append, random.Random(1)), came, failed


async def test_what_is_urgent_is_fetched_at_once(server, cache):
    clock = SystemClock()
    fetcher, came, failed = a_fetcher(cache, clock)
    fetcher.want((Wanted(CLIP, len(SOUND), clock.now()),), server.url)
    assert fetcher.missing == (CLIP,)
    await until(lambda: came)
    assert (came, failed, fetcher.missing) == ([CLIP], [], ())
    await fetcher.close()


async def test_a_wrong_clip_is_thrown_away_told_once_and_tried_again(server, cache):
    server.manner = "lies"
    clock = SteppedClock()
    fetcher, came, failed = a_fetcher(cache, clock)
    fetcher.want((Wanted(CLIP, len(SOUND), clock.now()),), server.url)
    for tries in (1, 2, 3):
        await until(lambda tries=tries: len(server.asked) == tries)
        await until(lambda: not fetcher._tasks)
        clock.elapsed += 30
        if tries == 3:
            server.manner = "well"
        fetcher.turn()
    await until(lambda: came)
    assert [(f.clip, f.why) for f in failed] == [(CLIP, Why.WRONG_HASH)]
    assert server.asked == [None] * 4
    await fetcher.close()


async def test_failures_are_put_off_longer_and_longer_until_the_network_is_back(server, cache):
    server.manner = "refuses"
    clock = SteppedClock()
    fetcher, came, failed = a_fetcher(cache, clock)
    wanted = Wanted(CLIP, len(SOUND), clock.now() + timedelta(hours=9))
    fetcher.want((wanted,), server.url)
    assert server.asked == [], "spread out"
    clock.elapsed += SPREAD_S
    pauses = []
    for _ in range(6):
        before = len(server.asked)
        fetcher.turn()
        await until(lambda before=before: len(server.asked) > before)
        await until(lambda: not fetcher._tasks)
        pauses.append(fetcher.turn())
        clock.elapsed += 500
    assert pauses[-1] > 20
    assert pauses[-1] > pauses[0]
    assert failed == [], "a network that is away is no fault of the clip"
    server.manner = "well"
    clock.elapsed -= 499
    fetcher.hurry()
    clock.elapsed += 5
    fetcher.turn()
    await until(lambda: came)
    await fetcher.close()


async def test_the_most_urgent_come_first_and_two_at_a_time(server, cache):
    server.manner = "hangs"
    clock = SteppedClock()
    fetcher, _, _ = a_fetcher(cache, clock)
    wanted = tuple(Wanted(f"{n:064x}", 10**6, clock.now() + timedelta(seconds=n)) for n in (30, 10, 20))
    fetcher.want(wanted, server.url)
    await until(lambda: len(server.asked) == 2)
    assert {c for c, e in fetcher._errands.items() if e.pull} == {f"{10:064x}", f"{20:064x}"}
    started = time.monotonic()
    await fetcher.close()
    assert time.monotonic() - started < 15, "closing waits for no hanging server"


async def test_what_is_wanted_no_longer_is_broken_off(server, cache):
    server.manner = "hangs"
    clock = SystemClock()
    fetcher, came, _ = a_fetcher(cache, clock)
    fetcher.want((Wanted(CLIP, 10**6, clock.now()),), server.url)
    await until(lambda: server.asked)
    fetcher.want((), server.url)
    assert fetcher.missing == ()
    await until(lambda: not fetcher._tasks)
    assert came == []
    await fetcher.close()


async def test_a_clip_small_enough_to_be_pushed_is_given_a_moment(server, cache):
    clock = SteppedClock()
    fetcher, came, _ = a_fetcher(cache, clock)
    fetcher.want((Wanted(CLIP, len(SOUND), clock.now() + timedelta(seconds=20)),), server.url)
    assert fetcher.turn() is not None
    assert server.asked == []
    cache.add(CLIP, SOUND)
    fetcher.arrived(CLIP)
    clock.elapsed += 10
    fetcher.turn()
    await asyncio.sleep(0.05)
    assert server.asked == []
    assert came == [CLIP]
    await fetcher.close()


async def test_a_full_disk_fetches_nothing_and_says_so(server, cache, monkeypatch):
    monkeypatch.setattr(Cache, "free", property(lambda _self: 1000))
    clock = SystemClock()
    fetcher, _, failed = a_fetcher(cache, clock)
    fetcher.want((Wanted(CLIP, len(SOUND) * 2, clock.now()),), server.url)
    await until(lambda: failed)
    assert failed[0].why is Why.DISK_FULL
    assert server.asked == []
    await fetcher.close()


# --- the cache ----------------------------------------------------------------------------------------------------


def test_only_what_it_says_it_is_is_kept(cache):
    with pytest.raises(WrongHash):
        cache.add(CLIP, SOUND + b"!")
    assert cache.here == set()
    assert list(cache.path(CLIP).parent.iterdir()) == []


def test_a_clip_that_rotted_is_thrown_away(cache):
    cache.add(CLIP, SOUND)
    assert cache.prove(CLIP)
    cache.path(CLIP).write_bytes(SOUND[:-1])
    assert not cache.prove(CLIP)
    assert cache.here == set()
    assert not cache.prove(CLIP)


def test_clips_nobody_names_go_after_a_week_or_when_room_is_short(cache, monkeypatch):
    other = b"other"
    named = hashlib.sha256(other).hexdigest()
    cache.add(CLIP, SOUND)
    cache.add(named, other)
    cache.partial("c" * 64).write_bytes(b"a beginning")
    monkeypatch.setattr(Cache, "free", property(lambda _self: 10**12))
    cache.tidy({named}, time.time())
    assert cache.here == {CLIP, named}
    assert not cache.partial("c" * 64).exists()
    old = time.time() - 8 * 86400
    for clip in (CLIP, named):
        os.utime(cache.path(clip), (old, old))
    cache.tidy({named}, time.time())
    assert cache.here == {named}
    cache.tidy((), time.time(), short=True)
    assert cache.here == set()

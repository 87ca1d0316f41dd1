import asyncio
import threading
import time
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from devices.receiver.clock import Clock, SteppedClock, SystemClock
from devices.receiver.player import ThreadPlayer
from devices.receiver.reel import FADE_FRAMES
from devices.receiver.sound import (
    BLOCK_FRAMES,
    FRAME_BYTES,
    Begun,
    Broken,
    Cue,
    Ended,
    News,
    NoSoundCard,
    Player,
    Sink,
    Source,
    Undecodable,
)
from devices.receiver.stepped import SteppedPlayer
from devices.vocabulary import SAMPLE_RATE, Outcome, Part

LIMIT_S = 30


class Level(Source):
    """Frames of one value; `fails_after` blocks it cannot be decoded any further."""

    def __init__(self, ms: int, value: int = 10_000, fails_after: int | None = None) -> None:
        self.ms, self.value, self.fails_after = ms, value, fails_after
        self.asked_from: int | None = None

    @property
    def total_ms(self) -> int:
        return self.ms

    def blocks(self, from_ms: int = 0) -> Iterator[bytes]:
        self.asked_from = from_ms
        left = (self.ms - from_ms) * SAMPLE_RATE // 1000
        done = 0
        while left > 0:
            if self.fails_after is not None and done >= self.fails_after:
                raise Undecodable("broken here")
            frames = min(left, BLOCK_FRAMES)
            yield array("h", [self.value]).tobytes() * frames
            left -= frames
            done += 1


class MemorySink(Sink):
    """Paced by the machine's clock, like a card with a buffer of 60 ms."""

    def __init__(self) -> None:
        self.sounds: dict[str, bytearray] = {}
        self.opened: list[str] = []
        self.closed: list[bool] = []
        self.refuses: Exception | None = None
        self.breaks_after: int | None = None
        self._label = ""
        self._taken = 0
        self._empty_at = 0.0

    def open(self, label: str) -> None:
        if self.refuses:
            raise self.refuses
        self.opened.append(label)
        self._label, self._taken = label, 0

    def write(self, pcm: bytes) -> None:
        frames = len(pcm) // FRAME_BYTES
        if self.breaks_after is not None and self._taken >= self.breaks_after:
            raise NoSoundCard("pulled out")
        wait = self._empty_at + frames / SAMPLE_RATE - 0.060 - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        self._empty_at = max(self._empty_at, time.monotonic()) + frames / SAMPLE_RATE
        self.sounds.setdefault(self._label, bytearray()).extend(pcm)
        self._taken += frames

    def close(self, *, drain: bool) -> None:
        self.closed.append(drain)

    @property
    def frames_taken(self) -> int:
        return self._taken

    @property
    def latency_s(self) -> float:
        return 0.0


@dataclass
class Stage:
    """A player, its clock, and what it told."""

    clock: Clock
    player: Player
    sounds: Callable[[], dict[str, bytes]]
    break_card: Callable[[], None]
    news: list[News] = field(default_factory=list)
    threads: set[int] = field(default_factory=set)

    def take(self, news: News) -> None:
        self.threads.add(threading.get_ident())
        self.news.append(news)

    async def until(self, condition: Callable[[], bool]) -> None:
        limit = time.monotonic() + LIMIT_S
        while not condition():
            assert time.monotonic() < limit, self.news
            if isinstance(self.clock, SteppedClock):
                await self.clock.advance(0.005)
            else:
                await asyncio.sleep(0.005)

    async def ends(self, count: int = 1) -> list[Any]:
        await self.until(lambda: sum(not isinstance(n, Begun) for n in self.news) >= count)
        return [n for n in self.news if not isinstance(n, Begun)]


@pytest.fixture(params=["thread", "stepped"])
async def stage(request):
    if request.param == "thread":
        sink = MemorySink()
        clock: Clock = SystemClock()
        player: Player = ThreadPlayer(sink, clock)
        made = Stage(
            clock,
            player,
            lambda: {k: bytes(v) for k, v in sink.sounds.items()},
            lambda: setattr(sink, "breaks_after", 0),
        )
    else:
        clock = SteppedClock()
        stepped = SteppedPlayer(clock)
        made = Stage(
            clock,
            stepped,
            lambda: {h.label: bytes(h.pcm) for h in stepped.heard},
            lambda: setattr(stepped, "broken", NoSoundCard("pulled out")),
        )
    made.player.open(made.take)
    yield made
    await made.player.close()


def cue(subject="a", ms=200, *, value=10_000, volume=100, at=None, from_ms=0, part=Part.AIRING, fails_after=None):
    return Cue(subject, part, Level(ms, value, fails_after), volume, at, from_ms)


async def test_a_cue_sounds_whole_and_says_so_after_it_has_begun(stage):
    mine = cue(ms=250)
    stage.player.start(mine)
    (ended,) = await stage.ends()
    assert [type(n) for n in stage.news] == [Begun, Ended]
    assert ended == Ended(mine, Outcome.PLAYED, SAMPLE_RATE // 4, 250)
    assert stage.sounds() == {"a": array("h", [10_000]).tobytes() * (SAMPLE_RATE // 4)}
    assert stage.player.cue is None
    assert stage.player.position_ms == 0
    assert stage.threads == {threading.get_ident()}


async def test_it_begins_at_its_instant_and_never_before(stage):
    at = stage.clock.monotonic() + 0.3
    stage.player.start(cue(at=at))
    assert stage.player.cue is not None
    await stage.until(lambda: bool(stage.news))
    (begun,) = stage.news
    assert isinstance(begun, Begun)
    assert begun.monotonic >= at
    assert begun.at.utcoffset() is not None


async def test_an_instant_that_has_passed_means_now(stage):
    stage.player.start(cue(at=stage.clock.monotonic() - 5))
    (ended,) = await stage.ends()
    assert ended.played_ms == 200


async def test_it_goes_on_in_the_middle_and_counts_from_there(stage):
    mine = cue(ms=300, from_ms=200)
    stage.player.start(mine)
    await stage.until(lambda: stage.player.position_ms > 200)
    (ended,) = await stage.ends()
    assert mine.source.asked_from == 200
    assert ended.played_ms == 100


async def test_stop_fades_over_thirty_milliseconds_and_counts_what_was_heard(stage):
    stage.player.start(cue(ms=10_000))
    await stage.until(lambda: stage.player.position_ms >= 60)
    stage.player.stop()
    (ended,) = await stage.ends()
    assert ended.outcome is Outcome.STOPPED
    samples = array("h", stage.sounds()["a"])
    assert ended.frames == len(samples) < 9 * SAMPLE_RATE
    tail = samples[-FADE_FRAMES:]
    assert samples[-FADE_FRAMES - 1] == 10_000
    assert list(tail) == sorted(tail, reverse=True)
    assert tail[-1] == 0
    assert stage.player.cue is None


async def test_stop_ends_with_the_outcome_it_is_given(stage):
    stage.player.start(cue(ms=10_000))
    await stage.until(lambda: stage.player.position_ms > 0)
    stage.player.stop(Outcome.PREEMPTED)
    stage.player.stop(Outcome.STOPPED)
    (ended,) = await stage.ends()
    assert ended.outcome is Outcome.PREEMPTED


async def test_a_new_cue_takes_the_horn_and_the_old_one_ends_first(stage):
    old, new = cue("old", 10_000), cue("new", 100, part=Part.SIREN)
    stage.player.start(old)
    await stage.until(lambda: stage.player.position_ms > 0)
    stage.player.start(new)
    assert stage.player.cue is new
    await stage.ends(2)
    assert [(type(n), n.cue.subject) for n in stage.news] == [
        (Begun, "old"),
        (Ended, "old"),
        (Begun, "new"),
        (Ended, "new"),
    ]
    assert [n.outcome for n in stage.news if isinstance(n, Ended)] == [Outcome.PREEMPTED, Outcome.PLAYED]
    assert len(stage.sounds()["new-siren"]) == SAMPLE_RATE // 10 * FRAME_BYTES


async def test_a_cue_that_waits_gives_way_without_a_sound(stage):
    late = cue("late", at=stage.clock.monotonic() + 3600)
    stage.player.start(late)
    await stage.until(lambda: True)
    stage.player.start(cue("now"), ending=Outcome.STOPPED)
    first, second = await stage.ends(2)
    assert first == Ended(late, Outcome.STOPPED, 0, 0)
    assert second.cue.subject == "now"
    assert "late" not in stage.sounds()


async def test_cues_that_follow_each_other_at_once_each_end_once_and_only_the_last_sounds_whole(stage):
    cues = [cue(f"c{i}", 100) for i in range(5)]
    for each in cues:
        stage.player.start(each)
    ends = await stage.ends(5)
    assert [e.cue for e in ends] == cues
    assert [e.outcome for e in ends] == [Outcome.PREEMPTED] * 4 + [Outcome.PLAYED]


async def test_stop_with_nothing_there_does_nothing(stage):
    stage.player.stop()
    stage.player.start(cue())
    (ended,) = await stage.ends()
    assert ended.outcome is Outcome.PLAYED


@pytest.mark.parametrize(("volume", "decibels"), [(100, 0), (90, -3), (50, -15), (10, -27)])
async def test_each_step_of_volume_is_three_decibels(stage, volume, decibels):
    stage.player.start(cue(ms=40, volume=volume))
    await stage.ends()
    heard = array("h", stage.sounds()["a"])[0]
    assert heard == pytest.approx(10_000 * 10 ** (decibels / 20), rel=0.01)


async def test_volume_zero_is_silence(stage):
    stage.player.start(cue(ms=40, volume=0))
    (ended,) = await stage.ends()
    assert ended.played_ms == 40
    assert set(array("h", stage.sounds()["a"])) == {0}


async def test_a_clip_that_cannot_be_decoded_breaks_without_having_begun(stage):
    stage.player.start(cue(fails_after=0))
    (broken,) = await stage.ends()
    assert stage.news == [broken]
    assert isinstance(broken, Broken)
    assert isinstance(broken.error, Undecodable)
    assert stage.player.cue is None


async def test_a_clip_that_breaks_in_the_middle_tells_how_far_it_came(stage):
    stage.player.start(cue(ms=1000, fails_after=5))
    (broken,) = await stage.ends()
    assert isinstance(stage.news[0], Begun)
    assert isinstance(broken, Broken)
    assert 0 < broken.played_ms <= 100
    assert broken.frames == len(stage.sounds()["a"]) // FRAME_BYTES


async def test_a_fault_inside_a_decoder_is_news_and_the_player_lives_on(stage):
    class Faulty(Level):
        def blocks(self, from_ms=0):
            del from_ms
            raise ZeroDivisionError

    stage.player.start(Cue("a", Part.AIRING, Faulty(100), 100))
    (broken,) = await stage.ends()
    assert isinstance(broken.error, Undecodable)
    stage.player.start(cue("b"))
    ends = await stage.ends(2)
    assert ends[1].outcome is Outcome.PLAYED


async def test_a_card_that_is_gone_breaks_the_cue(stage):
    stage.break_card()
    stage.player.start(cue())
    (broken,) = await stage.ends()
    assert isinstance(broken, Broken)
    assert isinstance(broken.error, NoSoundCard)
    assert broken.frames == 0


async def test_close_tells_the_last_news_and_may_be_called_twice(stage):
    stage.player.start(cue(ms=10_000))
    await stage.until(lambda: stage.player.position_ms > 0)
    await stage.player.close()
    assert [type(n) for n in stage.news] == [Begun, Ended]
    assert stage.news[-1].outcome is Outcome.STOPPED
    await stage.player.close()


async def test_the_card_stays_open_from_the_siren_to_the_words():
    sink = MemorySink()
    player = ThreadPlayer(sink, SystemClock())
    stage = Stage(SystemClock(), player, dict, lambda: None)
    player.open(stage.take)
    player.start(cue("x", 60, part=Part.SIREN))
    await stage.ends(1)
    player.start(cue("x", 60, part=Part.WORDS))
    await stage.ends(2)
    assert sink.opened == ["x-siren", "x-words"]
    assert sink.closed == []
    await player.close()
    assert sink.closed == [True]


async def test_whatever_a_driver_throws_is_news_and_the_next_cue_tries_again():
    sink = MemorySink()
    sink.refuses = RuntimeError("driver")
    player = ThreadPlayer(sink, SystemClock())
    stage = Stage(SystemClock(), player, dict, lambda: None)
    player.open(stage.take)
    player.start(cue("a"))
    (broken,) = await stage.ends(1)
    assert isinstance(broken.error, NoSoundCard)
    sink.refuses = None
    player.start(cue("b"))
    ends = await stage.ends(2)
    assert ends[1].outcome is Outcome.PLAYED
    await player.close()

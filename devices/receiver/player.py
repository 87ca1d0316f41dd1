"""The player: a thread of its own that hands frames to a sink at the planned instant and can break off at once.

The event loop only says what to sound; nothing that happens there delays a frame that is under way. What the player
calls the first frame is the moment the sink took it; the card's own latency comes on top and is the same under
every horn with the same card.
"""

import asyncio
import contextlib
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

from devices.receiver.clock import Clock
from devices.receiver.reel import Reel, label
from devices.receiver.sound import (
    Begun,
    Broken,
    Cue,
    Ended,
    News,
    NoSoundCard,
    Player,
    Sink,
    SoundError,
    Undecodable,
)
from devices.vocabulary import Outcome

AHEAD_S: Final = 2.0
"""A sink is opened and a first block decoded this long before the instant: a card on USB needs up to a second."""
NEAR_S: Final = 0.002
"""The last stretch is slept exactly rather than waited for on the condition, which wakes late on a busy machine."""
LINGER_S: Final = 3.0
"""A sink stays open this long after a sound, so that the words after a siren follow at once."""
NICE: Final = -10
"""Priority of the player's thread alone (Linux counts it by thread): before our own journal and downloads."""


class ThreadPlayer(Player):
    """Plays on a sink, timed by the monotonic clock of `clock`."""

    def __init__(self, sink: Sink, clock: Clock) -> None:
        self._sink = sink
        self._clock = clock
        self._wake = threading.Condition()
        self._waiting: deque[Reel] = deque()
        self._turning: Reel | None = None
        self._closing = False
        self._sink_open = False
        self._cue: Cue | None = None
        self._tell: Callable[[News], None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    # on the event loop

    def open(self, tell: Callable[[News], None]) -> None:
        """See Player."""
        self._tell = tell
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, name="player", daemon=True)
        self._thread.start()

    def start(self, cue: Cue, *, ending: Outcome = Outcome.PREEMPTED) -> None:
        """See Player."""
        with self._wake:
            self._break_off(ending)
            self._waiting.append(Reel(cue))
            self._wake.notify()
        self._cue = cue

    def stop(self, outcome: Outcome = Outcome.STOPPED) -> None:
        """See Player."""
        with self._wake:
            self._break_off(outcome)
            self._wake.notify()
        self._cue = None

    @property
    def cue(self) -> Cue | None:
        """See Player."""
        return self._cue

    @property
    def position_ms(self) -> int:
        """See Player."""
        reel = self._turning
        return reel.position_ms if reel is not None else 0

    async def close(self) -> None:
        """See Player."""
        if self._thread is None:
            return
        with self._wake:
            self._break_off(Outcome.STOPPED)
            self._closing = True
            self._wake.notify()
        thread, self._thread = self._thread, None
        await asyncio.to_thread(thread.join)
        self._cue = None

    def _break_off(self, outcome: Outcome) -> None:
        for reel in (self._turning, *self._waiting):
            if reel is not None and reel.ending is None:
                reel.ending = outcome

    def _deliver(self, news: News) -> None:
        if not isinstance(news, Begun) and self._cue is news.cue:
            self._cue = None
        if self._tell is not None:
            self._tell(news)

    # in the player's thread

    def _run(self) -> None:
        with contextlib.suppress(OSError):  # not allowed everywhere; without it a busy machine may be late at times
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
        while (reel := self._next_reel()) is not None:
            try:
                news: Ended | Broken = reel.ended(self._play(reel))
            except Undecodable as error:
                news = reel.broken(error)
            except Exception as error:  # noqa: BLE001 - whatever a driver throws ends as news: the thread must live on
                known = error if isinstance(error, SoundError) else NoSoundCard(f"{type(error).__name__}: {error}")
                news = reel.broken(known)
                self._close_sink(drain=False)
            reel.close()
            with self._wake:
                self._turning = None
            self._say(news)
        self._close_sink(drain=True)

    def _next_reel(self) -> Reel | None:
        with self._wake:
            while not self._waiting:
                if self._closing:
                    return None
                if not self._wake.wait(LINGER_S if self._sink_open else None) and not self._waiting:
                    self._close_sink(drain=True)
            self._turning = self._waiting.popleft()
            return self._turning

    def _play(self, reel: Reel) -> Outcome:
        at = reel.cue.at_monotonic
        if not self._wait_until(reel, None if at is None else at - AHEAD_S):
            return reel.ending or Outcome.STOPPED
        reel.load()
        self._sink.open(label(reel.cue))
        self._sink_open = True
        if not self._wait_until(reel, at):
            return reel.ending or Outcome.STOPPED
        while reel.ending is None:
            pcm = reel.next()
            if not pcm:
                return Outcome.PLAYED
            self._hand_over(reel, pcm)
        self._hand_over(reel, reel.fade())
        return reel.ending

    def _hand_over(self, reel: Reel, pcm: bytes) -> None:
        if not pcm:
            return
        before = self._sink.frames_taken
        try:
            self._sink.write(pcm)
        finally:
            reel.frames += self._sink.frames_taken - before
            if reel.begun is None and reel.frames:
                reel.begun = Begun(reel.cue, self._clock.now(), self._clock.monotonic())
                self._say(reel.begun)

    def _wait_until(self, reel: Reel, instant: float | None) -> bool:
        """Wait; False as soon as the reel is to end."""
        if instant is not None:
            with self._wake:
                while reel.ending is None and (left := instant - NEAR_S - self._clock.monotonic()) > 0:
                    self._wake.wait(left)
            left = instant - self._clock.monotonic()
            if reel.ending is None and left > 0:
                time.sleep(left)
        return reel.ending is None

    def _close_sink(self, *, drain: bool) -> None:
        if self._sink_open:
            self._sink_open = False
            self._sink.close(drain=drain)

    def _say(self, news: News) -> None:
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop is gone: the process is ending, nobody listens
                self._loop.call_soon_threadsafe(self._deliver, news)

"""An honest twin of the player on the event loop: for tests that turn the clock's hands, and for simulators.

It turns the same reels at the same pace and keeps the same contract; what sounded can be looked at afterwards.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from devices.receiver.clock import Clock
from devices.receiver.reel import Reel, label
from devices.receiver.sound import FRAME_BYTES, Begun, Cue, News, Player, SoundError
from devices.vocabulary import SAMPLE_RATE, Outcome


@dataclass
class Sounded:
    """One sound that was heard: from when (monotonic), what, and whether it came to an end of its own."""

    cue: Cue
    label: str
    monotonic: float
    pcm: bytearray = field(default_factory=bytearray)
    outcome: Outcome | None = None
    """None while it sounds, and for one that broke."""

    @property
    def ms(self) -> int:
        """How long it sounded."""
        return len(self.pcm) // FRAME_BYTES * 1000 // SAMPLE_RATE


class SteppedPlayer(Player):
    """Plays into memory. `heard` has every sound of which a frame was played, in order.

    `broken` may be set: from then on every cue breaks with it, as with a sound card that was pulled out.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.heard: list[Sounded] = []
        self.broken: SoundError | None = None
        self._tell: Callable[[News], None] | None = None
        self._cue: Cue | None = None
        self._waiting: list[Reel] = []
        self._turning: Reel | None = None
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._closing = False

    def open(self, tell: Callable[[News], None]) -> None:
        """See Player."""
        self._tell = tell
        self._task = asyncio.create_task(self._run(), name="stepped player")

    def start(self, cue: Cue, *, ending: Outcome = Outcome.PREEMPTED) -> None:
        """See Player."""
        self._break_off(ending)
        self._waiting.append(Reel(cue))
        self._cue = cue
        self._changed.set()

    def stop(self, outcome: Outcome = Outcome.STOPPED) -> None:
        """See Player."""
        self._break_off(outcome)
        self._cue = None
        self._changed.set()

    @property
    def cue(self) -> Cue | None:
        """See Player."""
        return self._cue

    @property
    def position_ms(self) -> int:
        """See Player."""
        return self._turning.position_ms if self._turning is not None else 0

    async def close(self) -> None:
        """See Player. What sounds is cut without waiting for its fade, as the clock may never be turned again."""
        if self._task is None:
            return
        task, self._task = self._task, None
        self._break_off(Outcome.STOPPED)
        self._closing = True
        self._changed.set()
        await task
        self._cue = None

    def _break_off(self, outcome: Outcome) -> None:
        for reel in (self._turning, *self._waiting):
            if reel is not None and reel.ending is None:
                reel.ending = outcome

    async def _run(self) -> None:
        while True:
            while self._waiting:
                self._turning = self._waiting.pop(0)
                await self._turn(self._turning)
            if self._closing:
                return
            self._changed.clear()
            await self._changed.wait()

    async def _turn(self, reel: Reel) -> None:
        sounded: Sounded | None = None
        try:
            outcome = None if await self._wait_until(reel, reel.cue.at_monotonic) else reel.ending
            began = self._clock.monotonic()
            while outcome is None:
                if self.broken is not None:
                    raise self.broken
                ending = reel.ending
                pcm = reel.next() if ending is None else reel.fade()
                if pcm and sounded is None:
                    sounded = Sounded(reel.cue, label(reel.cue), began)
                    self.heard.append(sounded)
                    self._say(Begun(reel.cue, self._clock.now(), began))
                if sounded is not None:
                    sounded.pcm += pcm
                reel.frames += len(pcm) // FRAME_BYTES
                await self._pass_time(began + reel.frames / SAMPLE_RATE)
                outcome = ending or (None if pcm else Outcome.PLAYED)
            if sounded is not None:
                sounded.outcome = outcome
            news: News = reel.ended(outcome)
        except SoundError as error:
            news = reel.broken(error)
        reel.close()
        self._turning = None
        self._say(news)

    async def _wait_until(self, reel: Reel, instant: float | None) -> bool:
        """Wait; False as soon as the reel is to end."""
        while reel.ending is None and instant is not None and self._clock.monotonic() < instant:
            await self._sleep_until(instant)
        return reel.ending is None

    async def _pass_time(self, instant: float) -> None:
        while not self._closing and self._clock.monotonic() < instant:
            await self._sleep_until(instant)

    async def _sleep_until(self, instant: float) -> None:
        """Sleep; return early when something was asked of the player."""
        self._changed.clear()
        sleep = asyncio.create_task(self._clock.sleep(instant - self._clock.monotonic()))
        changed = asyncio.create_task(self._changed.wait())
        await asyncio.wait({sleep, changed}, return_when=asyncio.FIRST_COMPLETED)
        for task in (sleep, changed):
            task.cancel()
        await asyncio.gather(sleep, changed, return_exceptions=True)

    def _say(self, news: News) -> None:
        if not isinstance(news, Begun) and self._cue is news.cue:
            self._cue = None
        if self._tell is not None:
            self._tell(news)

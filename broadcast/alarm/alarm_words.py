"""An alarm's words, after its siren: spoken, named in a newer message of the alarm, and pushed to its areas."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Final

import structlog

from broadcast.domain.alarms import AlarmInForce
from broadcast.domain.bulletins import Sound
from broadcast.domain.house import Progress, Tell
from broadcast.domain.refusals import Refusal
from broadcast.library import ClipLibrary
from broadcast.wire import Wire
from devices.link import LinkError
from devices.vocabulary import PUSH_LIMIT, AlarmId, AreaId, ClipHash

_log = structlog.get_logger(__name__)

TRY_AGAIN_S: Final = 5.0
"""Pause after no engine could speak; the siren goes on meanwhile."""

Speak = Callable[[str, tuple[AreaId, ...], Tell], Awaitable[Sound]]
"""(text, areas that hear it, tell): the finished clip, in the library. Raises Refusal."""
AddWords = Callable[[AlarmId, ClipHash, float, int], Awaitable[bool]]
"""See `Emergency.add_words`."""


class AlarmWords:
    """Follows alarms. `follow` is told of each that was raised, and of those in force at the start."""

    def __init__(
        self, speak: Speak, add_words: AddWords, wire: Wire, library: ClipLibrary, now: Callable[[], datetime]
    ) -> None:
        self._speak, self._add_words = speak, add_words
        self._wire, self._library, self._now = wire, library, now
        self._tasks: dict[AlarmId, asyncio.Task[None]] = {}

    def follow(self, alarm: AlarmInForce) -> None:
        """Have its words spoken, if they were not; returns at once."""
        if alarm.words_ready or not alarm.in_force(self._now()) or alarm.id in self._tasks:
            return
        task = self._tasks[alarm.id] = asyncio.create_task(self._bring(alarm), name=f"words {alarm.id}")
        task.add_done_callback(lambda _: self._tasks.pop(alarm.id, None))

    async def stop(self) -> None:
        """Let go of what is under way; a server that starts again takes it up."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _bring(self, alarm: AlarmInForce) -> None:
        sound = await self._spoken(alarm)
        # named first: a receiver takes no pushed sound that nothing it holds asks for
        if sound is not None and await self._add_words(alarm.id, sound.clip, sound.seconds, sound.size):
            await self._push(alarm, sound)

    async def _spoken(self, alarm: AlarmInForce) -> Sound | None:
        while alarm.in_force(self._now()):
            try:
                return await self._speak(alarm.words, alarm.areas, _untold)
            except Exception as no:  # noqa: BLE001 - whatever an engine does, an alarm's words are asked for again
                strange = not isinstance(no, Refusal)
                _log.error(
                    "an alarm's words were not spoken, tried again", alarm=alarm.id, why=str(no), exc_info=strange
                )
            await asyncio.sleep(TRY_AGAIN_S)
        return None

    async def _push(self, alarm: AlarmInForce, sound: Sound) -> None:
        path = self._library.path(sound.clip)
        if path is None or sound.size > PUSH_LIMIT:
            return  # too long to push: receivers fetch it
        try:
            data = await asyncio.to_thread(path.read_bytes)
        except OSError as error:
            _log.error("an alarm's words cannot be read", alarm=alarm.id, why=str(error))
            return
        outcomes = await asyncio.gather(
            *(self._wire.push_clip(area, sound.clip, data) for area in alarm.areas), return_exceptions=True
        )
        for area, outcome in zip(alarm.areas, outcomes, strict=True):
            if isinstance(outcome, LinkError):
                _log.warning("words not pushed, they are fetched", area=area, why=str(outcome))
            elif isinstance(outcome, BaseException):
                raise outcome


def _untold(progress: Progress) -> None:
    """Nobody watches: the page of the alarm shows whether its words are ready."""


def waiting(alarms: Iterable[AlarmInForce], now: datetime) -> tuple[AlarmInForce, ...]:
    """Those in force whose words were not sent: taken up again at the start."""
    return tuple(a for a in alarms if a.in_force(now) and not a.words_ready)

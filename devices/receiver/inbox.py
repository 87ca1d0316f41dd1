"""What the gate lets in, acts: each kind of message has its few lines here. An alarm acts before it is written."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from typing import Final

from devices import topics
from devices.link import Received
from devices.messages import Ack, Alarm, AlarmEnded, Assignment, Hold, HoldEnded, Identify, Plan, SetVolume, Stop
from devices.receiver.cache import WrongHash
from devices.receiver.conductor import Conductor
from devices.receiver.fetching import Fetcher
from devices.receiver.gate import Accepted, Gate, Known, PushedClip, Turned
from devices.receiver.parts import Parts
from devices.receiver.sirens import identify_source
from devices.receiver.sound import Begun, Broken, Cue, News
from devices.receiver.tally import Tally
from devices.receiver.warden import Warden
from devices.topics import Leaf
from devices.vocabulary import Part, Why

log = logging.getLogger(__name__)

IDENTIFY: Final = "identify"
_OFFSETS: Final = 20
"""Acknowledgements over which the clock is compared: the quickest of them tells best."""


class Inbox:
    """Takes messages on the loop. `assigned` is called after a new assignment, `changed` when the state has changed."""

    def __init__(
        self,
        parts: Parts,
        gate: Gate,
        tally: Tally,
        conductor: Conductor,
        warden: Warden,
        fetcher: Fetcher,
        assigned: Callable[[], None],
        changed: Callable[[], None],
    ) -> None:
        self._parts = parts
        self._gate = gate
        self._tally = tally
        self._conductor = conductor
        self._warden = warden
        self._fetcher = fetcher
        self._assigned = assigned
        self._changed = changed
        self._offsets: deque[float] = deque(maxlen=_OFFSETS)
        self._storing: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def clock_offset_ms(self) -> float | None:
        """Own clock minus the server's: the time an acknowledgement took is in it, so the least is the nearest."""
        return min(self._offsets, default=None)

    def take(self, received: Received) -> None:
        """Judge a message, and let it act or count it.

        A refusal changes the state too, and is told at its next turn: a stranger must not make us talk.
        """
        match self._gate.judge(received):
            case Known():
                pass
            case Turned() as refusal:
                self._tally.count(refusal)
            case PushedClip() as pushed:
                self._take_clip(pushed)
            case Accepted() as accepted:
                self._parts.holdings.numbers[accepted.held.topic] = accepted.held
                self._act(accepted, retained=received.retained)
                self._parts.poke()
                if not isinstance(accepted.message, Ack):
                    self._changed()

    async def restore(self) -> None:
        """Believe again what lies on the disk, after the same proofs."""
        scribe, holdings = self._parts.scribe, self._parts.holdings
        volume = await scribe.soon(scribe.shelf.kept, "volume")
        held = await scribe.soon(scribe.shelf.held)
        for each in held:
            holdings.numbers[each.topic] = each
        for each in sorted(held, key=lambda h: topics.parse(h.topic).leaf is not Leaf.ASSIGNMENT):
            if each.envelope is None:
                continue
            opened = self._gate.open(topics.parse(each.topic), each.envelope)
            match opened:
                case Turned():
                    log.error("what is held of %s is not believed any more: %s", each.topic, opened.why)
                    # forget its number too, so that the server can send it again
                    del holdings.numbers[each.topic]
                case Accepted(message=Assignment() as assignment):
                    holdings.assign(assignment)
                case Accepted(message=Plan() as plan):
                    holdings.take_plan(plan)
                case Accepted(message=(Alarm() | AlarmEnded()) as alarm):
                    holdings.take_alarm(alarm)
                case Accepted(message=(Hold() | HoldEnded()) as hold):
                    holdings.take_hold(hold)
        holdings.ordered_volume = int(volume) if volume else None

    def take_news(self, news: News) -> None:
        """The player's news of the three tones."""
        if isinstance(news, Broken):
            log.error("identify: %s", news.error)
            scribe, drafts = self._parts.scribe, self._parts.drafts
            scribe.soon(scribe.journal.say, drafts.failed(IDENTIFY, Part.AIRING, Why.SOUND_CARD, str(news.error)))
        if not isinstance(news, Begun):
            self._parts.poke()

    def _act(self, accepted: Accepted, *, retained: bool) -> None:
        parts, scribe = self._parts, self._parts.scribe
        match accepted.message:
            case (Alarm() | AlarmEnded()) as alarm:
                parts.holdings.take_alarm(alarm)
                self._warden.changed(parts.clock.now())
            case Plan() as plan:
                parts.holdings.take_plan(plan)
            case Assignment() as assignment:
                self._assign(assignment)
            case (Hold() | HoldEnded()) as hold:
                parts.holdings.take_hold(hold)
                if isinstance(hold, Hold):
                    self._conductor.hold(hold.issued)
            case Stop(airing=airing):
                self._conductor.stop(airing)
            case SetVolume(volume=volume):
                parts.holdings.ordered_volume = volume
                scribe.soon(scribe.shelf.keep, "volume", str(volume))
            case Identify():
                self._sound_tones()
            case Ack() as ack:
                self._take_ack(ack, retained=retained)
        scribe.soon(scribe.shelf.hold, accepted.held)

    def _assign(self, assignment: Assignment) -> None:
        parts, scribe = self._parts, self._parts.scribe
        parts.holdings.assign(assignment)
        parts.holdings.ordered_volume = None
        scribe.soon(scribe.shelf.keep, "volume", "")
        self._warden.changed(parts.clock.now())
        self._assigned()

    def _take_ack(self, ack: Ack, *, retained: bool) -> None:
        scribe = self._parts.scribe
        if not retained:
            self._offsets.append((self._parts.clock.now() - ack.issued).total_seconds() * 1000)
        if ack.journal == scribe.journal.id:
            done = scribe.soon(scribe.journal.acknowledge, ack.up_to)
            done.add_done_callback(lambda _: self._changed())

    def _sound_tones(self) -> None:
        player, holdings = self._parts.player, self._parts.holdings
        if player.cue is not None or self._warden.holds_horn:
            return  # whoever stands under the horn hears it already
        player.start(Cue(IDENTIFY, Part.AIRING, identify_source(), holdings.volume))

    def _take_clip(self, pushed: PushedClip) -> None:
        if pushed.clip not in self._fetcher.missing or pushed.clip in self._storing:
            return
        self._storing.add(pushed.clip)
        task = asyncio.create_task(self._store(pushed), name=f"store {pushed.clip[:8]}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _store(self, pushed: PushedClip) -> None:
        parts = self._parts
        try:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(parts.worker, parts.cache.add, pushed.clip, pushed.sound)
        except WrongHash:
            self._tally.count(Turned(f"{topics.ROOT}/{pushed.topic.target}/{Leaf.CLIP}/+", Why.WRONG_HASH))
        except OSError as error:
            log.warning("clip %s was pushed and cannot be kept: %s", pushed.clip[:12], error)
        else:
            self._fetcher.arrived(pushed.clip)
        finally:
            self._storing.discard(pushed.clip)
            parts.poke()

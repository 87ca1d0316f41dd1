"""The receiver itself: what comes in passes the gate and acts; what is due sounds; what happened is told.

link > Gate > Holdings > Conductor, Warden > Player > Scribe > Reporter, Teller > link
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import Coroutine
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from devices import topics
from devices.link import Link, LinkState, Received, Will
from devices.messages import PLAN_AIRINGS, State
from devices.receiver import health, modes, sirens
from devices.receiver.cache import Cache
from devices.receiver.clock import Clock, sleep_or
from devices.receiver.conductor import Conductor
from devices.receiver.drafts import Drafts
from devices.receiver.fetching import Fault, Fetcher
from devices.receiver.gate import Gate
from devices.receiver.holdings import Holdings
from devices.receiver.inbox import Inbox
from devices.receiver.modes import Event, Mode
from devices.receiver.parts import MakeSource, Parts
from devices.receiver.reporting import STATE_PLAYING_S, Reporter, Teller
from devices.receiver.scribe import Scribe
from devices.receiver.sound import News, Player
from devices.receiver.tally import Tally
from devices.receiver.warden import Warden
from devices.signing import Keyring, Signer
from devices.vocabulary import Part

log = logging.getLogger(__name__)

DATABASE: Final = "receiver.sqlite3"
TICK_S: Final = 1.0
"""The wall clock is looked at no less often: it may be set while we wait."""
TIDY_S: Final = 3600.0
AGAIN_S: Final = 10.0
"""How often a disk that took nothing is tried again."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a receiver is, and whom it believes."""

    receiver: str
    signer: Signer
    server_keys: Keyring


class Agent:
    """One receiver. `open`, then `run` until cancelled or something breaks, then `close`.

    `folder` is everything it keeps; `executor`, where given, does all its blocking work (tests: at once).
    """

    def __init__(
        self,
        identity: Identity,
        folder: Path,
        link: Link,
        player: Player,
        clock: Clock,
        make_source: MakeSource,
        executor: Executor | None = None,
        chance: random.Random | None = None,
    ) -> None:
        self._me = identity
        self._folder = folder
        self._link = link
        self._player = player
        self._clock = clock
        self.mode = Mode.STARTING
        self.holdings = Holdings(identity.receiver)
        self.scribe = Scribe(folder / DATABASE, identity.receiver, executor)
        self.cache = Cache(folder / "clips")
        self.tally = Tally()
        self._poked = asyncio.Event()
        self._parts = Parts(
            player=player,
            clock=clock,
            scribe=self.scribe,
            holdings=self.holdings,
            cache=self.cache,
            drafts=Drafts(identity.receiver, clock),
            sirens=folder / "sirens",
            make_source=make_source,
            worker=executor or ThreadPoolExecutor(1, "worker"),
            poke=self._poke,
        )
        self.warden = Warden(self._parts)
        self.conductor = Conductor(self._parts, lambda: self.warden.holds_horn)
        self.fetcher = Fetcher(self.cache, clock, self._clip_came, self._clip_failed, chance)
        self.reporter = Reporter(link, identity.signer, self.scribe, clock)
        self.teller = Teller(link, identity.signer, clock, self._state)
        self.scribe.wrote = self.reporter.poke
        gate = Gate(identity.receiver, identity.server_keys, self.holdings, clock)
        self.inbox = Inbox(
            self._parts,
            gate,
            self.tally,
            self.conductor,
            self.warden,
            self.fetcher,
            self._assigned,
            self.teller.changed,
        )
        self._session = 0
        self._tidy_at = 0.0
        self._progress_at = 0.0
        self._again_at = 0.0
        self._versions: dict[str, str] = {}
        self._aside: set[asyncio.Task[None]] = set()

    # --- life ------------------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Read the disk, be ready to sound, start connecting. Raises OSError or sqlite3.Error from the disk."""
        await self.scribe.open()
        await self.scribe.soon(self.scribe.journal.recover, self._clock.now())
        self.conductor.marks = await self.scribe.soon(self.scribe.journal.marks)
        self._session = int(await self.scribe.soon(self.scribe.shelf.kept, "session") or 0)
        self.warden.remember(await self.scribe.soon(self.scribe.shelf.alarms))
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._parts.worker, self._make_sirens)
        self._versions = await loop.run_in_executor(self._parts.worker, health.versions)
        self._player.open(self._heard)
        await self.inbox.restore()
        self._become(Event.READ_ASSIGNMENT if self.holdings.assignment else Event.READ_NOTHING)
        self.warden.changed(self._clock.now())
        await self._link.subscribe(topics.receiver_filters(self._me.receiver, self.holdings.areas))
        await self._link.open(self._take, self._link_changed, self._will)

    async def run(self) -> None:
        """Work until cancelled. Raises what broke."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._conduct(), name="conduct")
                group.create_task(self.reporter.run(), name="report")
                group.create_task(self.teller.run(), name="tell")
        except ExceptionGroup as broken:
            raise broken.exceptions[0] from broken

    async def close(self) -> None:
        """Fade out, write and send the last reports, say good-bye. What sounded is reported as interrupted."""
        self._become(Event.STOP)
        self.warden.break_off()
        self.conductor.break_off()
        await self._player.close()
        await self.fetcher.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.reporter.send_last(), 2)
            await asyncio.wait_for(self.teller.tell(self._state(online=False)), 2)
        await self._link.close()
        for task in self._aside:
            task.cancel()
        await asyncio.gather(*self._aside, return_exceptions=True)
        await self.scribe.close()
        self._parts.worker.shutdown()

    async def _conduct(self) -> None:
        while True:
            if self._poked.is_set():
                self._poked.clear()
                self._want()
            try:
                self.warden.turn()
                await self.conductor.turn()
                self.fetcher.turn()
                self._report_refusals()
                self._keep_house()
            except Exception:
                # one airing that breaks us must not keep the next from sounding
                log.exception("a turn broke")
                await self._clock.sleep(TICK_S)
            waits = [w for w in (self.conductor.wakes_in(), self.warden.wakes_in()) if w is not None]
            await sleep_or(self._poked, self._clock, min([TICK_S, *(max(w, 0.001) for w in waits)]))

    # --- what happens ----------------------------------------------------------------------------------------------

    def _take(self, received: Received) -> None:
        try:
            self.inbox.take(received)
        except Exception:
            # whatever a message does to us, the next one may be an alarm
            log.exception("a message on %s broke something", received.topic)

    def _heard(self, news: News) -> None:
        if not self.warden.take(news) and not self.conductor.take(news):
            self.inbox.take_news(news)
        self.teller.changed()

    def _link_changed(self, state: LinkState) -> None:
        if state is LinkState.UP:
            self._become(Event.LINK_UP)
            self.reporter.start_over()
            self.fetcher.hurry()
            self._poke()
        else:
            self._become(Event.LINK_DOWN)

    def _assigned(self) -> None:
        self._become(Event.ASSIGNED)
        self._do_aside(self._link.subscribe(topics.receiver_filters(self._me.receiver, self.holdings.areas)))

    def _clip_came(self, clip: str) -> None:
        log.info("clip %s is here", clip[:12])
        self._poke()
        self.teller.changed()

    def _clip_failed(self, fault: Fault) -> None:
        draft = self._parts.drafts.failed(fault.clip, Part.AIRING, fault.why, fault.detail)
        self.scribe.soon(self.scribe.journal.say, draft)

    def _become(self, event: Event) -> None:
        mode = modes.after(self.mode, event)
        if mode is not self.mode:
            log.info("%s: %s > %s", event, self.mode, mode)
            self.mode = mode
            self.teller.changed()

    def _poke(self) -> None:
        self._poked.set()

    # --- housekeeping ----------------------------------------------------------------------------------------------

    def _want(self) -> None:
        assignment, missing = self.holdings.assignment, self.fetcher.missing
        if assignment is not None:
            self.fetcher.want(self.holdings.wanted(self._clock.now(), self.conductor.marks), assignment.clips_url)
        if self.fetcher.missing != missing:
            self.teller.changed()

    def _report_refusals(self) -> None:
        for refusal, count in self.tally.ripe(self._clock.monotonic()):
            log.warning("refused on %s: %s, %d times", refusal.topic, refusal.why, count)
            self.scribe.soon(self.scribe.journal.say, self._parts.drafts.refused(refusal, count))

    def _keep_house(self) -> None:
        now = self._clock.monotonic()
        if now >= self._progress_at and self._player.cue is not None:
            self._progress_at = now + STATE_PLAYING_S
            self.conductor.note_progress()
            self.warden.note_progress()
        if now >= self._again_at:
            self._again_at = now + AGAIN_S
            self.scribe.try_again()
        if now >= self._tidy_at:
            self._tidy_at = now + TIDY_S
            self._do_aside(self._tidy())

    async def _tidy(self) -> None:
        named, now = self.holdings.named, self._clock.now().timestamp()
        gone = await self.scribe.soon(self.scribe.journal.forget_marks, self._clock.now(), named)
        for airing in gone:
            self.conductor.marks.pop(airing, None)
        clips = self.holdings.named_clips()
        await asyncio.get_running_loop().run_in_executor(self._parts.worker, lambda: self.cache.tidy(clips, now))

    def _make_sirens(self) -> None:
        try:
            sirens.ensure(self._parts.sirens)
        except OSError as error:
            log.error("the sirens cannot be kept on the disk (%s): they are made when needed", error)  # noqa: TRY400

    def _do_aside(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._aside.add(task)
        task.add_done_callback(self._done_aside)

    def _done_aside(self, task: asyncio.Task[None]) -> None:
        self._aside.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("%s", error, exc_info=error)

    # --- how it is -------------------------------------------------------------------------------------------------

    def _state(self, *, online: bool = True) -> State:
        look = health.look(self._folder)
        return State(
            receiver=self._me.receiver,
            session=max(1, self._session),
            at=self._clock.now(),
            online=online,
            journal=self.scribe.journal.id,
            mode=self.mode,
            playing=self.warden.playing or self.conductor.playing,
            plans=self.holdings.plan_numbers,
            missing=self.fetcher.missing[:PLAN_AIRINGS],
            volume=self.holdings.volume,
            clock_offset_ms=self.inbox.clock_offset_ms,
            disk_free_mb=look.disk_free_mb,
            temperature_c=look.temperature_c,
            versions=self._versions,
            refused=self.tally.total,
            unacknowledged=self.scribe.journal.unacknowledged,
            held_until=self.holdings.held_until(self._clock.now()),
        )

    def _will(self) -> Will:
        """A session begins with every connection; should it break, this is said of it. Short, as MQTT wants it."""
        now = self._clock.now()
        self._session = max(self._session + 1, int(now.timestamp() * 1000))
        self.scribe.soon(self.scribe.shelf.keep, "session", str(self._session))
        last = State(receiver=self._me.receiver, session=self._session, at=now, online=False, mode=Mode.OFFLINE)
        return Will(*self.teller.sealed(last))

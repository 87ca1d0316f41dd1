"""Airings in their turn: made ready a few seconds ahead, written as intended, sounded, and written as ended."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from devices.messages import NowPlaying, PlannedAiring
from devices.receiver.parts import Parts
from devices.receiver.playlist import Due, Knows, Mark, MarkState, due, is_held, loudest, withdrawn
from devices.receiver.sound import Begun, Broken, Cue, Ended, News, NoSoundCard, Source
from devices.vocabulary import Level, Outcome, Part, Why

log = logging.getLogger(__name__)

READY_AHEAD: Final = timedelta(seconds=5)
"""A clip is read and proven this long before its instant."""
ARM_AHEAD: Final = timedelta(seconds=1.5)
"""The intent is written, and the player told, this long before: enough for a slow disk and a slow sound card."""
TOLERANCE_S: Final = 0.010
"""A start that waits is set anew when the wall clock has moved by more than this..."""
TOO_LATE_S: Final = 0.3
"""...unless it is nearer than this."""
BENCH_S: Final = 10.0
"""How soon a sound card that failed is tried again."""


@dataclass(eq=False, slots=True)
class Turn:
    """One airing on its way through the player. `before` is its mark from before the intent."""

    airing: PlannedAiring
    before: Mark | None
    cue: Cue | None = None
    """None while its intent is being written."""
    begun: Begun | None = None
    given_up: bool = False
    """A Stop order meant it before it began."""
    held: bool = False
    """A hold broke it off: it may go on afterwards."""


class Conductor:
    """Gives airings to the player. `turn` is called by one task; everything else on the loop, and does not wait."""

    def __init__(self, parts: Parts, horn_taken: Callable[[], bool]) -> None:
        self._parts = parts
        self._horn_taken = horn_taken
        """Whether an alarm keeps the horn: nothing starts."""
        self.marks: dict[str, Mark] = {}
        self._turns: list[Turn] = []
        """Those that have not ended: one being armed, one in the player, and what fades out."""
        self._ready: tuple[PlannedAiring, Source] | None = None
        self._benched: dict[str, float] = {}
        self._cardless: set[str] = set()
        """Airings for which the sound card failed: that, and not the window, is why they will have been missed."""

    @property
    def current(self) -> Turn | None:
        """The airing that waits or sounds in the player."""
        cue = self._parts.player.cue
        return next((t for t in self._turns if cue is not None and t.cue is cue), None)

    @property
    def playing(self) -> NowPlaying | None:
        """What a State tells of it."""
        turn = self.current
        if turn is None or turn.begun is None:
            return None
        return NowPlaying(
            subject=turn.airing.id,
            part=Part.AIRING,
            position_ms=self._parts.player.position_ms,
            total_ms=_length_ms(turn.airing),
        )

    async def turn(self) -> None:
        """Do what is due now."""
        assignment = self._parts.holdings.assignment
        if assignment is None:
            return
        self._look_after_current()
        answer = self._due()
        for airing, why in answer.over:
            self._give_up(airing, why)
        if answer.start is not None and not self._horn_taken():
            await self._approach(answer.start, answer.from_ms)

    def wakes_in(self) -> float | None:
        """Seconds until time alone changes what is due; None if nothing is planned."""
        answer = self._due()
        now = self._parts.clock.now()
        wakes = [answer.wake] if answer.wake is not None else []
        if answer.start is not None and answer.start.at - ARM_AHEAD > now:
            wakes.append(answer.start.at - ARM_AHEAD)
        return min((w - now).total_seconds() for w in wakes) if wakes else None

    def stop(self, airing: str | None) -> None:
        """A Stop order: break off the airing that sounds or is about to, if it is the one that is meant."""
        current = self.current
        for turn in self._turns:
            if airing in {None, turn.airing.id}:
                turn.given_up = True
                if turn is current:
                    self._parts.player.stop(Outcome.STOPPED)

    def hold(self, issued: datetime) -> None:
        """A Hold came: break off what sounds or is about to. An emergency that was planned for later goes on."""
        current = self.current
        if current is None:
            return
        if current.airing.level is not Level.EMERGENCY:
            self._hold_back(current)
        elif current.airing.at <= issued:
            current.given_up = True
            self._parts.player.stop(Outcome.STOPPED)

    def break_off(self) -> None:
        """The receiver is being ended: an airing that sounds may go on after the next start."""
        if self.current is not None:
            self._parts.player.stop(Outcome.INTERRUPTED)

    def note_progress(self) -> None:
        """Have the journal know how far the airing has come."""
        turn = self.current
        if turn is not None and turn.begun is not None:
            scribe = self._parts.scribe
            scribe.soon(scribe.journal.progress, turn.airing.id, self._parts.player.position_ms)

    # --- decisions -------------------------------------------------------------------------------------------------

    def _due(self) -> Due:
        parts = self._parts
        if parts.holdings.assignment is None:
            return Due()
        now, monotonic = parts.clock.now(), parts.clock.monotonic()
        self._benched = {a: until for a, until in self._benched.items() if until > monotonic}
        current = self.current
        return due(
            parts.holdings.airings(now),
            Knows(self.marks, parts.cache.here, self._benched),
            parts.holdings.assignment,
            now,
            current.airing if current else None,
            READY_AHEAD,
            parts.holdings.held_until(now),
        )

    def _look_after_current(self) -> None:
        turn, parts = self.current, self._parts
        if turn is None or turn.cue is None:
            return
        now = parts.clock.now()
        held_until = parts.holdings.held_until(now)
        if withdrawn(turn.airing, parts.holdings.plans):
            parts.player.stop(Outcome.STOPPED)
        elif held_until is not None and is_held(turn.airing, held_until, now):
            self._hold_back(turn)
        elif turn.begun is None and turn.cue.at_monotonic is not None:
            monotonic = parts.clock.monotonic()
            moved = abs(monotonic + (turn.airing.at - now).total_seconds() - turn.cue.at_monotonic)
            changed = turn.airing not in parts.holdings.airings(now)
            if (moved > TOLERANCE_S or changed) and turn.cue.at_monotonic - monotonic > TOO_LATE_S:
                parts.player.stop(Outcome.STOPPED)  # it has not begun: it is taken back and decided anew

    def _hold_back(self, turn: Turn) -> None:
        turn.held = True
        self._parts.player.stop(Outcome.STOPPED)

    def _give_up(self, airing: PlannedAiring, why: Why) -> None:
        parts = self._parts
        log.info("airing %s will not sound: %s", airing.id, why)
        if airing.id in self._cardless:
            self._cardless.discard(airing.id)
            state, report = MarkState.FAILED, parts.drafts.failed(airing.id, Part.AIRING, Why.SOUND_CARD)
            self.marks[airing.id] = Mark(state)
            parts.scribe.soon(parts.scribe.journal.over, airing, state, report)
            return
        self.marks[airing.id] = Mark(MarkState.MISSED)
        parts.scribe.soon(parts.scribe.journal.over, airing, MarkState.MISSED, parts.drafts.missed(airing, why))

    async def _approach(self, airing: PlannedAiring, from_ms: int) -> None:
        parts = self._parts
        if self._ready is None or self._ready[0] != airing:
            self._ready = None
            source = await asyncio.get_running_loop().run_in_executor(parts.worker, self._make_ready, airing)
            if source is None:
                log.error("clip %s is not what it was: it is fetched again", airing.clip[:12])
                parts.poke()
                return
            self._ready = (airing, source)
        if airing.at - parts.clock.now() <= ARM_AHEAD:
            await self._arm(airing, self._ready[1], from_ms)

    def _make_ready(self, airing: PlannedAiring) -> Source | None:
        if not self._parts.cache.prove(airing.clip):
            return None
        return self._parts.make_source(self._parts.cache.path(airing.clip), _length_ms(airing))

    async def _arm(self, airing: PlannedAiring, source: Source, from_ms: int) -> None:
        parts = self._parts
        turn = Turn(airing, self.marks.get(airing.id))
        if self._due().start != airing:
            return  # something came while it was made ready
        self._turns.append(turn)
        await parts.scribe.soon(parts.scribe.journal.intend, airing, from_ms)
        self._turns.remove(turn)
        if turn.given_up:
            cue = Cue(airing.id, Part.AIRING, source, 0, None, from_ms)
            self._finish(turn, Ended(cue, Outcome.STOPPED, 0, 0))
            return
        if self._horn_taken() or self._due().start != airing:
            parts.scribe.soon(parts.scribe.journal.take_back, airing, turn.before)
            parts.poke()
            return
        now = parts.clock.now()
        ahead = (airing.at - now).total_seconds()
        at = parts.clock.monotonic() + ahead if ahead > 0 else None
        turn.cue = Cue(airing.id, Part.AIRING, source, self._volume(airing, now), at, from_ms)
        self._turns.append(turn)
        self._ready = None
        self.marks[airing.id] = Mark(MarkState.INTENDED, from_ms)
        parts.player.start(turn.cue)

    def _volume(self, airing: PlannedAiring, now: datetime) -> int:
        """How loud it sounds: as loud as the receiver is set, and as its hours allow."""
        holdings = self._parts.holdings
        most = loudest(holdings.assignment, airing, max(airing.at, now)) if holdings.assignment else 0
        return min(holdings.volume, most)

    # --- what the player tells -------------------------------------------------------------------------------------

    def take(self, news: News) -> bool:
        """Take the player's news if it is of an airing."""
        turn = next((t for t in self._turns if t.cue is news.cue), None)
        if turn is None:
            return False
        match news:
            case Begun():
                self._began(turn, news)
            case Ended() | Broken():
                self._turns.remove(turn)
                self._finish(turn, news)
        self._parts.poke()
        return True

    def _began(self, turn: Turn, begun: Begun) -> None:
        turn.begun = begun
        self._cardless.discard(turn.airing.id)
        scribe = self._parts.scribe
        self.marks[turn.airing.id] = Mark(MarkState.BEGUN, begun.cue.from_ms)
        scribe.soon(scribe.journal.begun, self._parts.drafts.airing_started(turn.airing, begun))

    def _finish(self, turn: Turn, news: Ended | Broken) -> None:
        scribe, drafts, id_ = self._parts.scribe, self._parts.drafts, turn.airing.id
        if isinstance(news, Broken) and isinstance(news.error, NoSoundCard):
            log.error("sound card: %s", news.error)
            self._benched[id_] = self._parts.clock.monotonic() + BENCH_S
            self._cardless.add(id_)
        if turn.begun is None and _may_come_again(turn, news):
            if turn.before is None:
                self.marks.pop(id_, None)
            else:
                self.marks[id_] = turn.before
            scribe.soon(scribe.journal.take_back, turn.airing, turn.before)
            return
        held = turn.held and isinstance(news, Ended) and news.outcome is Outcome.STOPPED
        mark = Mark(MarkState.HELD if held else _state(news), news.cue.from_ms + news.played_ms)
        self.marks[id_] = mark
        reports = []
        if not isinstance(news, Broken) or turn.begun is not None:
            reports.append(drafts.finished(news, turn.begun.at if turn.begun else None))
        if isinstance(news, Broken):
            scribe.soon(scribe.journal.ended, mark, *reports, drafts.broken(news))
        else:
            scribe.soon(scribe.journal.ended, mark, *reports)


def _may_come_again(turn: Turn, news: Ended | Broken) -> bool:
    """Of one that never began: whether it is as if it had never been tried."""
    if isinstance(news, Broken):
        return isinstance(news.error, NoSoundCard)
    return not turn.given_up and news.outcome is not Outcome.PLAYED


def _state(news: Ended | Broken) -> MarkState:
    if isinstance(news, Ended):
        return MarkState.BROKEN_OFF if news.outcome is Outcome.INTERRUPTED else MarkState.FINISHED
    if isinstance(news.error, NoSoundCard):
        return MarkState.BROKEN_OFF
    return MarkState.FINISHED if news.frames else MarkState.FAILED


def _length_ms(airing: PlannedAiring) -> int:
    return round(airing.seconds * 1000)

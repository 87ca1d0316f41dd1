"""Alarms: sounded first, written afterwards. From a message to the siren `changed` is the way, and nothing is in it."""

import logging
from dataclasses import dataclass, replace
from datetime import datetime

from devices.messages import Alarm, NowPlaying
from devices.receiver.alarms import Course, Phase, begin, broke, ended, foremost, sounded, waited
from devices.receiver.parts import Parts
from devices.receiver.shelf import AlarmProgress
from devices.receiver.sirens import siren_source
from devices.receiver.sound import Begun, Broken, Cue, Ended, News, NoSoundCard
from devices.vocabulary import Outcome, Part

log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class Turn:
    """One siren, or the words once, that was given to the player and has not ended."""

    alarm: Alarm
    cue: Cue
    begun: Begun | None = None


class Warden:
    """Gives alarms to the player. Everything on the loop; nothing waits."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._past: dict[str, AlarmProgress] = {}
        self._courses: dict[str, Course] = {}
        self._arrived: dict[str, float] = {}
        """When alarms arrived whose first siren has not begun yet, monotonic."""
        self._turns: list[Turn] = []
        self._faults: set[tuple[str, Part]] = set()
        self._closing = False

    def remember(self, past: dict[str, AlarmProgress]) -> None:
        """What the disk knows of alarms, before the first `changed`."""
        self._past = past

    @property
    def holds_horn(self) -> bool:
        """Whether an alarm keeps the horn, its pauses included."""
        return foremost(self._courses.values(), self._parts.clock.now()) is not None

    @property
    def current(self) -> Turn | None:
        """What waits or sounds in the player."""
        turn = self._turns[-1] if self._turns else None
        return turn if turn is not None and turn.cue is self._parts.player.cue else None

    @property
    def playing(self) -> NowPlaying | None:
        """What a State tells of it."""
        turn = self.current
        if turn is None or turn.begun is None:
            return None
        position = self._parts.player.position_ms
        total = _words_ms(turn.alarm) if turn.cue.part is Part.WORDS else turn.cue.source.total_ms
        return NowPlaying(subject=turn.alarm.alarm, part=turn.cue.part, position_ms=position, total_ms=total)

    def changed(self, now: datetime) -> None:
        """The alarm topics say something else: sound it, or fall silent, before anything else is done."""
        in_force = {a.alarm: a for a in self._parts.holdings.alarms()}
        for id_, course in self._courses.items():
            if id_ not in in_force and course.phase is not Phase.OVER:
                self._courses[id_] = ended(course)
        for id_, alarm in in_force.items():
            known = self._courses.get(id_)
            if known is None:
                self._courses[id_] = begin(alarm, now, self._past.get(id_))
                if id_ not in self._past:
                    self._arrived[id_] = self._parts.clock.monotonic()
            else:
                self._courses[id_] = replace(known, alarm=alarm)
        self.turn()
        self._write()

    def turn(self) -> None:
        """Sound what is to sound now; silence what is over."""
        if self._closing:
            return
        parts, monotonic = self._parts, self._parts.clock.monotonic()
        self._courses = {id_: waited(c, parts.cache.here, monotonic) for id_, c in self._courses.items()}
        course, current = foremost(self._courses.values(), parts.clock.now()), self.current
        if course is None:
            if current is not None:
                parts.player.stop(Outcome.STOPPED)
            return
        if current is not None and current.alarm.alarm == course.alarm.alarm:
            return
        if course.phase is Phase.PAUSE:
            if current is not None:
                parts.player.stop(Outcome.PREEMPTED)
            return
        self._sound(course)

    def wakes_in(self) -> float | None:
        """Seconds until time alone moves an alarm on; None if none is in force."""
        now, monotonic = self._parts.clock.now(), self._parts.clock.monotonic()
        course = foremost(self._courses.values(), now)
        if course is None:
            return None
        left = (course.alarm.until - now).total_seconds()
        return min(left, course.resumes_at - monotonic) if course.phase is Phase.PAUSE else left

    def break_off(self) -> None:
        """The receiver is being ended: what sounds goes on after the next start, if it is still in force then."""
        self._closing = True
        if self.current is not None:
            self._parts.player.stop(Outcome.INTERRUPTED)

    def note_progress(self) -> None:
        """Have the journal know how far it has come."""
        turn, scribe = self.current, self._parts.scribe
        if turn is not None and turn.begun is not None:
            scribe.soon(scribe.journal.progress, turn.alarm.alarm, self._parts.player.position_ms)

    def take(self, news: News) -> bool:
        """Take the player's news if it is of an alarm."""
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

    def _sound(self, course: Course) -> None:
        parts, alarm = self._parts, course.alarm
        volume = parts.holdings.assignment.alarm_volume if parts.holdings.assignment else 100
        if course.phase is Phase.WORDS and alarm.clip is not None:
            source = parts.make_source(parts.cache.path(alarm.clip), _words_ms(alarm))
            cue = Cue(alarm.alarm, Part.WORDS, source, volume)
        else:
            cue = Cue(alarm.alarm, Part.SIREN, siren_source(parts.sirens, alarm.siren, alarm.siren_s), volume)
        self._turns.append(Turn(alarm, cue))
        parts.player.start(cue)

    def _began(self, turn: Turn, begun: Begun) -> None:
        turn.begun = begun
        arrived = self._arrived.pop(turn.alarm.alarm, None) if begun.cue.part is Part.SIREN else None
        after_ms = None if arrived is None else (begun.monotonic - arrived) * 1000
        clip = turn.alarm.clip if begun.cue.part is Part.WORDS else None
        scribe = self._parts.scribe
        scribe.soon(scribe.journal.begun, self._parts.drafts.alarm_started(begun, after_ms, clip))

    def _finish(self, turn: Turn, news: Ended | Broken) -> None:
        self._write_end(turn, news)
        course = self._courses.get(turn.alarm.alarm)
        if course is None or course.phase.value != news.cue.part.value:
            return  # it is over, or has moved on
        monotonic = self._parts.clock.monotonic()
        if isinstance(news, Broken) and isinstance(news.error, NoSoundCard):
            self._courses[course.alarm.alarm] = broke(course, monotonic)
        elif isinstance(news, Broken) or news.outcome is Outcome.PLAYED:
            self._courses[course.alarm.alarm] = sounded(course, self._parts.cache.here, monotonic)
        self.turn()
        self._write()

    def _write_end(self, turn: Turn, news: Ended | Broken) -> None:
        scribe, drafts = self._parts.scribe, self._parts.drafts
        reports = []
        if turn.begun is not None:
            reports.append(drafts.finished(news, turn.begun.at))
        if isinstance(news, Broken):
            log.error("alarm %s, %s: %s", turn.alarm.alarm, news.cue.part, news.error)
            if (turn.alarm.alarm, news.cue.part) not in self._faults:
                self._faults.add((turn.alarm.alarm, news.cue.part))
                scribe.soon(scribe.journal.ended, None, *reports, drafts.broken(news))
                return
        if reports:
            scribe.soon(scribe.journal.ended, None, *reports)

    def _write(self) -> None:
        """Keep what has changed of the alarms' progress."""
        scribe = self._parts.scribe
        for id_, course in self._courses.items():
            if self._past.get(id_) != course.progress:
                self._past[id_] = course.progress
                scribe.soon(scribe.shelf.keep_alarm, course.progress)


def _words_ms(alarm: Alarm) -> int:
    return round(alarm.seconds * 1000)

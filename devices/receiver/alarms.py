"""The course of an alarm: siren, words, pause, again; decided from what happened and the time alone.

While an alarm is in force and has rounds left, it keeps the horn, its pauses included. Of several the newest sounds.
An alarm whose words are not there yet repeats its siren, and these rounds do not count; the words follow as soon as
they come.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from devices.messages import Alarm
from devices.receiver.shelf import AlarmProgress


class Phase(StrEnum):
    """Where an alarm stands."""

    SIREN = "siren"
    """The siren sounds, or is to sound now."""
    WORDS = "words"
    """The words sound, or are to sound now."""
    PAUSE = "pause"
    """Silence before the next round."""
    OVER = "over"
    """All rounds have sounded, or it was ended, or its time has passed: it does not sound again."""


class Happening(StrEnum):
    """What moves it on."""

    SOUNDED = "sounded"
    """The sound of this phase came to its end, with the words at hand."""
    SOUNDED_ALONE = "sounded-alone"
    """The siren came to its end, and no words follow it: there are none, or they are not there yet."""
    SOUNDED_LAST = "sounded-last"
    """The last sound of the last round came to its end."""
    PAUSED = "paused"
    """The pause has passed."""
    WORDS_CAME = "words-came"
    """In a pause after a siren without words."""
    BROKE = "broke"
    """The sound could not be made: tried again after a pause."""
    END = "end"
    """AlarmEnded, `until`, or a newer alarm in its place."""


MOVES: Final[dict[tuple[Phase, Happening], Phase]] = {
    (Phase.SIREN, Happening.SOUNDED): Phase.WORDS,
    (Phase.SIREN, Happening.SOUNDED_ALONE): Phase.PAUSE,
    (Phase.SIREN, Happening.SOUNDED_LAST): Phase.OVER,
    (Phase.SIREN, Happening.BROKE): Phase.PAUSE,
    (Phase.WORDS, Happening.SOUNDED): Phase.PAUSE,
    (Phase.WORDS, Happening.SOUNDED_LAST): Phase.OVER,
    (Phase.WORDS, Happening.BROKE): Phase.PAUSE,
    (Phase.PAUSE, Happening.PAUSED): Phase.SIREN,
    (Phase.PAUSE, Happening.WORDS_CAME): Phase.WORDS,
    **{(phase, Happening.END): Phase.OVER for phase in Phase},
}
"""A pair that is not here changes nothing."""

BROKEN_PAUSE: Final = timedelta(seconds=5)
"""How soon a sound card that failed an alarm is tried again."""


@dataclass(frozen=True, slots=True)
class Course:
    """One alarm on its way. `rounds` are those done; `resumes_at` ends a pause, by the monotonic clock."""

    alarm: Alarm
    arrived: datetime
    phase: Phase = Phase.SIREN
    rounds: int = 0
    resumes_at: float = 0.0
    wordless: bool = False
    """The last siren had no words after it, though there are to be some."""

    @property
    def progress(self) -> AlarmProgress:
        """What is kept of it on the disk."""
        return AlarmProgress(self.alarm.alarm, self.arrived, self.rounds, self.phase is Phase.OVER)

    @property
    def speaks(self) -> bool:
        """Whether words belong to it."""
        return bool(self.alarm.words) or self.alarm.clip is not None

    def has_words(self, clips: Container[str]) -> bool:
        """Whether its words are on the disk."""
        return self.alarm.clip is not None and self.alarm.clip in clips

    def in_force(self, now: datetime) -> bool:
        """Whether it may sound at all."""
        return self.phase is not Phase.OVER and now < min(self.alarm.until, self.alarm.expires)


def begin(alarm: Alarm, now: datetime, progress: AlarmProgress | None = None) -> Course:
    """The course of an alarm that has just come, or was found on the disk with its `progress`."""
    if progress is None:
        return Course(alarm, now)
    phase = Phase.OVER if progress.over else Phase.SIREN
    return Course(alarm, progress.arrived, phase, progress.rounds)


def sounded(course: Course, clips: Container[str], monotonic: float) -> Course:
    """After the sound of its phase came to its end."""
    if course.phase is Phase.SIREN and course.speaks and course.has_words(clips):
        return replace(course, phase=after(course.phase, Happening.SOUNDED), wordless=False)
    resumes = monotonic + course.alarm.pause_s
    if course.phase is Phase.SIREN and course.speaks:
        return replace(course, phase=after(course.phase, Happening.SOUNDED_ALONE), wordless=True, resumes_at=resumes)
    rounds = course.rounds + 1
    if rounds >= course.alarm.repeats:
        return replace(course, phase=after(course.phase, Happening.SOUNDED_LAST), rounds=rounds)
    happening = Happening.SOUNDED if course.phase is Phase.WORDS else Happening.SOUNDED_ALONE
    return replace(course, phase=after(course.phase, happening), rounds=rounds, resumes_at=resumes, wordless=False)


def broke(course: Course, monotonic: float) -> Course:
    """After the sound of its phase could not be made."""
    resumes = monotonic + BROKEN_PAUSE.total_seconds()
    return replace(course, phase=after(course.phase, Happening.BROKE), resumes_at=resumes, wordless=False)


def waited(course: Course, clips: Container[str], monotonic: float) -> Course:
    """While it pauses: on to the siren when the pause has passed, or to the words as soon as they are there."""
    if course.phase is not Phase.PAUSE:
        return course
    if course.wordless and course.has_words(clips):
        return replace(course, phase=after(course.phase, Happening.WORDS_CAME), wordless=False)
    if monotonic >= course.resumes_at:
        return replace(course, phase=after(course.phase, Happening.PAUSED))
    return course


def ended(course: Course) -> Course:
    """After its end."""
    return replace(course, phase=after(course.phase, Happening.END))


def after(phase: Phase, happening: Happening) -> Phase:
    """The phase a happening leads to."""
    return MOVES.get((phase, happening), phase)


def foremost(courses: Iterable[Course], now: datetime) -> Course | None:
    """The alarm that has the horn: of those in force the newest."""
    in_force = (c for c in courses if c.in_force(now))
    return max(in_force, key=lambda c: (c.alarm.issued, c.alarm.number, c.alarm.alarm), default=None)

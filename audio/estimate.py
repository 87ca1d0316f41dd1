"""How long a text will sound, told before it is spoken: its syllables and pauses, at a voice's pace. Pure.

Words are counted as they are read ("25/11" is six syllables); pauses are those that `audio.pieces` puts between them.
A pace was measured (eSpeak NG), or is assumed until the voice has been heard, and then learned from what it spoke.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from audio.marks import parts
from audio.pieces import pieces
from audio.reading.syllables import is_syllable, plain

CHIME_S: Final = 1.91
"""The chime and the pause after it, as `audio.chime` makes them."""
BREATH_SYLLABLES: Final = 30
"""More than this without a pause is longer than a breath: 8 to 10 s at the pace of a horn. Healthy people who read
aloud breathe in after 18 syllables, or 3 s (mean of 18 women, koreascience.kr JAKO200804748556267)."""
_WORD: Final = re.compile(r"[^\W\d_]+|\d")
_CLAUSE: Final = re.compile(r"(?<=[,;:–—])\s+(?=\S)")
_BREATH: Final = re.compile(r"(?<=[,;:.!?…–—])\s+|\n+")
_VOWELS: Final = re.compile(r"[aeiouy]+")
_BARE: Final = 0.15
"""What a syllable lacks that begins with its vowel,"""
_STOPPED: Final = 0.17
"""and one that ends in c, ch, p, t; both measured on eSpeak NG."""
_LETTER: Final = 0.31
"""A letter of a word that is not Vietnamese, as a share of a syllable."""
_STOPS: Final = ("c", "p", "t", "ch")


@dataclass(frozen=True, slots=True)
class Pace:
    """A voice at its own pace: seconds for a syllable, besides for each clause after the first, and for each sentence.

    `stretches`: the engine does not mind the rate, so its sound is stretched afterwards, pauses and all.
    """

    syllable_s: float
    clause_s: float
    sentence_s: float
    stretches: bool = False


PACES: Final = {
    "espeak": Pace(0.3235, 0.376, 0.211),  # least squares over 241 sentences; see docs/speech.md
    "piper": Pace(0.23, 0.20, 0.15),
}
"""Measured for eSpeak NG, assumed for Piper, whose voices differ."""
MEASURED: Final = frozenset({"espeak"})
ASSUMED: Final = Pace(0.24, 0.25, 0.15, stretches=True)
"""Google and the speech services: four syllables a second, as announcers read."""
KEPT: Final = 20
"""Samples that a pace is learned from: the newest."""
_TRUSTED: Final = 150.0
"""What the shipped pace counts for, in syllables of samples, where it was measured..."""
_GUESSED: Final = 15.0
"""...and where it was assumed: one bulletin outweighs it."""
_SPREAD: Final = 2.5
"""No voice is believed to be slower or faster than the shipped pace by more than this."""
_FEWEST: Final = 8.0
"""Syllables: what is shorter teaches nothing."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A text as it is spoken. `units` are syllables weighed by how long they last."""

    syllables: int
    units: float
    clauses: int
    sentences: int
    pause_s: float
    held_s: float = 0.0
    """Silences that were asked for in seconds."""


Sample = tuple[float, float]
"""Units that were spoken, and the seconds that one of them took, at the voice's own pace."""


def counted(words: str) -> Counted:
    """Count words as they are read."""
    syllables, units, clauses, sentences, pause_s, held_s = 0, 0.0, 0, 0, 0.0, 0.0
    for piece in pieces(words):
        found = _WORD.findall(piece.text.lower())
        if piece.held:
            held_s += piece.pause_s
        else:
            pause_s += piece.pause_s
        if not found:
            continue
        sentences += 1
        clauses += len(_CLAUSE.findall(piece.text))
        for word in found:
            count, weight = _weighed(word)
            syllables, units = syllables + count, units + weight
    return Counted(syllables, units, clauses, sentences, pause_s, held_s)


def _weighed(word: str) -> tuple[int, float]:
    bare = plain(word)
    if not is_syllable(word) and not word.isdecimal():
        return max(1, len(_VOWELS.findall(bare))), len(word) * _LETTER
    return 1, 1.0 - _BARE * (bare[0] in "aeiouy") - _STOPPED * bare.endswith(_STOPS)


def seconds(what: Counted, pace: Pace, rate: float) -> float:
    """How long the voice needs, without chimes. `rate` as a share of its own pace."""
    spoken = what.units * pace.syllable_s + what.clauses * pace.clause_s + what.sentences * pace.sentence_s
    return spoken / rate + what.pause_s / (rate if pace.stretches else 1.0) + what.held_s


def sample(what: Counted, pace: Pace, rate: float, heard_s: float) -> Sample | None:
    """What a text that lasted `heard_s` seconds teaches about a voice; None where it is too short to."""
    if what.units < _FEWEST:
        return None
    spoken = (heard_s - what.held_s - what.pause_s / (rate if pace.stretches else 1.0)) * rate
    alone = spoken - what.clauses * pace.clause_s - what.sentences * pace.sentence_s
    return round(what.units, 2), round(alone / what.units, 4)


def shipped(engine: str) -> Pace:
    """The pace of an engine that nobody has heard yet."""
    return PACES.get(engine, ASSUMED)


def learned(engine: str, samples: Iterable[Sequence[float]]) -> Pace:
    """An engine's pace after what it spoke: the median of samples and shipped pace, weighed by their syllables."""
    pace = shipped(engine)
    trust = _TRUSTED if engine in MEASURED else _GUESSED
    least, most = pace.syllable_s / _SPREAD, pace.syllable_s * _SPREAD
    weighed = [(trust, pace.syllable_s)] + [(units, s) for units, s in samples if units > 0 and least <= s <= most]
    half, passed = sum(units for units, _ in weighed) / 2, 0.0
    for units, syllable_s in sorted(weighed, key=lambda one: one[1]):
        passed += units
        if passed >= half:
            return replace(pace, syllable_s=syllable_s)
    return pace  # pragma: no cover - half is passed before the end


@dataclass(frozen=True, slots=True)
class Breathless:
    """Words between two pauses that nobody says in one breath."""

    words: str
    syllables: int


def breathless(words: str) -> list[Breathless]:
    """Where words, as they are read, go on for longer than a breath without a pause, in their order."""
    found = []
    for part in _BREATH.split("\n".join(part.text for part in parts(words))):
        count = sum(_weighed(word)[0] for word in _WORD.findall(part.lower()))
        if count > BREATH_SYLLABLES:
            found.append(Breathless(part, count))
    return found

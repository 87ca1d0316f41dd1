"""What a writer should look at once more before a bulletin is submitted. Nothing here refuses: each can be answered.

Precision goes before completeness: people stop reading warnings that are mostly wrong.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Final

from broadcast.domain import warning_dates, warning_words
from broadcast.domain.areas import AreaTree
from broadcast.domain.concerns import Code, Concern, Cues
from broadcast.domain.plain import line
from broadcast.domain.refusals import Refusal
from devices.vocabulary import AreaId

LOOKED_AT: Final = 20_000
"""Characters of a text that are looked at."""
RECENT: Final = 100
"""Bulletins aired of late that a text is compared with."""
COMPARED: Final = 1_500
"""Words of each that are compared."""
SHINGLE: Final = 3
ALIKE: Final = 0.6
"""Share of common threes of words (Jaccard) from which two texts count as the same."""
SHORTEST_ALIKE: Final = 12
"""Words below which two texts are alike by chance."""
REASON_LENGTH: Final = range(3, 501)
MOST: Final = 50
"""Concerns told at once."""


@dataclass(frozen=True, slots=True)
class Aired:
    """A bulletin that was aired of late."""

    id: int
    title: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """What is looked at. `text` is NFC; `today` is the local day on which it will air, or is written."""

    text: str
    today: date
    valid_until: datetime | None = None
    areas: tuple[AreaId, ...] = ()
    seconds: float = 0.0
    slot_seconds: float | None = None
    recent: tuple[Aired, ...] = ()


def look(what: Look, cues: Cues, tree: AreaTree) -> tuple[Concern, ...]:
    """Everything worth a second look, in the order of the text; what concerns the whole comes first."""
    text = what.text[:LOOKED_AT]
    found = [*_whole(what), *_alike(text, what.recent)]
    for finder in (
        warning_words.papers(text, cues),
        warning_words.phones(text, cues),
        warning_words.promotion(text, cues),
        warning_words.places(text, what.areas, tree),
        warning_dates.dates(text, what.today, cues),
    ):
        found += islice(finder, MOST)
    return tuple(sorted(found, key=lambda c: (c.start, c.end))[:MOST])


def unanswered(concerns: Iterable[Concern], answers: Mapping[str, str]) -> tuple[Concern, ...]:
    """Those that nobody has given a reason for. `answers`: key > reason."""
    return tuple(c for c in concerns if len(answers.get(c.key, "").strip()) < REASON_LENGTH.start)


def clean_reason(reason: str) -> str:
    """A reason as it is kept. Raises Refusal("reason-short") or Refusal("reason-long")."""
    kept = line(reason, REASON_LENGTH.stop)
    if len(kept) < REASON_LENGTH.start:
        raise Refusal("reason-short")
    if len(kept) >= REASON_LENGTH.stop:
        raise Refusal("reason-long", limit=REASON_LENGTH.stop - 1)
    return kept


def likeness(one: str, other: str) -> float:
    """Share of common threes of words, 0 to 1; tone marks, letter case and punctuation do not count."""
    return _jaccard(_shingles(one), _shingles(other))


def _whole(what: Look) -> Iterator[Concern]:
    if what.valid_until is None:
        yield Concern(Code.NO_VALIDITY)
    if what.slot_seconds is not None and what.seconds > what.slot_seconds:
        facts = {"seconds": round(what.seconds), "slot": round(what.slot_seconds)}
        yield Concern(Code.TOO_LONG, facts=facts, about=f"{facts['seconds'] // 10} {facts['slot']}")


def _alike(text: str, recent: tuple[Aired, ...]) -> Iterator[Concern]:
    mine = _shingles(text)
    if len(mine) < SHORTEST_ALIKE - SHINGLE + 1:
        return
    best = max(((_jaccard(mine, _shingles(a.text)), a) for a in recent[:RECENT]), key=lambda p: p[0], default=None)
    if best is not None and best[0] >= ALIKE:
        share, aired = best
        facts = {"title": aired.title, "at": aired.at, "percent": round(100 * share), "bulletin": aired.id}
        yield Concern(Code.ALIKE, facts=facts, about=str(aired.id))


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    plain = unicodedata.normalize("NFD", text[: COMPARED * 12].casefold().replace("đ", "d"))
    words = re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c)))[:COMPARED]
    return frozenset(zip(*(words[i:] for i in range(SHINGLE)), strict=False))


def _jaccard(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    if not one or not other:
        return 0.0
    both = len(one & other)
    return both / (len(one) + len(other) - both)

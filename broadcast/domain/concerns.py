"""Concerns about a bulletin: what they are made of, and the words they go by."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final, Self

from broadcast.domain.refusals import Refusal

LONGEST_PATTERN: Final = 200


class Code(StrEnum):
    """What a concern is about."""

    NO_VALIDITY = "no-validity"
    """It says no end: a month-old bulletin has been aired again elsewhere."""
    PAPERS = "papers"
    """The number of somebody's identity card."""
    PHONE = "phone"
    """A person's telephone number."""
    PROMOTION = "promotion"
    TOO_LONG = "too-long"
    PAST_DATE = "past-date"
    NO_SUCH_DATE = "no-such-date"
    WEEKDAY = "weekday"
    """Weekday and date do not fit."""
    FOREIGN_PLACE = "foreign-place"
    """A place in which it will not be heard."""
    ALIKE = "alike"
    """Nearly the same aired of late."""
    MARK = "mark"
    """Something in square brackets that means nothing, and is not read out."""


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing to look at. `start`, `end`: where in the text, both 0 for the whole. `facts` go into its sentence."""

    code: Code
    start: int = 0
    end: int = 0
    facts: Mapping[str, object] = field(default_factory=dict)
    about: str = ""
    """The words it is about."""

    @property
    def key(self) -> str:
        """The same for the same words, wherever they stand: an answer holds while they do."""
        return f"{self.code}-{sha256(self.about.casefold().encode('utf-8', 'replace')).hexdigest()[:12]}"


@dataclass(frozen=True, slots=True)
class Answer:
    """Why what was warned about stands, by whom and when."""

    reason: str
    by_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Warned:
    """A concern with its answer, where it has one."""

    concern: Concern
    answer: Answer | None = None


@dataclass(frozen=True)
class Cues:
    """The words that concerns go by, see `broadcast/data/warnings.toml`."""

    offices: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    not_papers: tuple[str, ...] = ()
    strong: tuple[re.Pattern[str], ...] = ()
    weak: tuple[re.Pattern[str], ...] = ()
    excused: tuple[re.Pattern[str], ...] = ()
    documents: tuple[re.Pattern[str], ...] = ()
    over: tuple[re.Pattern[str], ...] = ()

    @classmethod
    def from_toml(cls, text: str) -> Self:
        """The cues of a file. Raises Refusal("cues-file") naming what is wrong."""
        try:
            raw = tomllib.loads(text)
            phones, promotion, dates = (dict(raw.pop(k, {})) for k in ("phones", "promotion", "dates"))
            made = cls(
                offices=_words(phones.pop("offices", [])),
                people=_words(phones.pop("people", [])),
                papers=_words(phones.pop("papers", [])),
                not_papers=_words(phones.pop("not_papers", [])),
                strong=_patterns(promotion.pop("strong", [])),
                weak=_patterns(promotion.pop("weak", [])),
                excused=_patterns(promotion.pop("excused", [])),
                documents=_patterns(dates.pop("documents", [])),
                over=_patterns(dates.pop("over", [])),
            )
        except (tomllib.TOMLDecodeError, re.error, TypeError, ValueError) as error:
            raise Refusal("cues-file", why=str(error)[:200]) from None
        if left := [*raw, *phones, *promotion, *dates]:
            raise Refusal("cues-file", why=", ".join(left))
        return made


def sentences(text: str) -> Iterator[tuple[int, str]]:
    """Pieces of the text that belong together, with where each begins."""
    for found in re.finditer(r"[^\n!?;.]*(?:\.(?=\S)[^\n!?;.]*)*[\n!?;.]?", text):
        if found.group().strip():
            yield found.start(), found.group()


def _words(raw: Any) -> tuple[str, ...]:  # noqa: ANN401 - what stands in the file
    if not isinstance(raw, list) or not all(isinstance(w, str) and w.strip() for w in raw):
        raise TypeError(f"{raw!r}"[:80])
    return tuple(unicodedata.normalize("NFC", w).casefold() for w in raw)


def _patterns(raw: Any) -> tuple[re.Pattern[str], ...]:  # noqa: ANN401 - what stands in the file
    words = _words(raw)
    if long := [w for w in words if len(w) > LONGEST_PATTERN]:
        raise ValueError(long[0][:80])
    return tuple(re.compile(rf"(?<!\w){w}(?!\w)" if w[-1:].isalnum() else rf"(?<!\w){w}") for w in words)

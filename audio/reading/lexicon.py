"""The words a person can edit: abbreviations, foreign words, units, who issues documents. Tables in `data/*.tsv`.

BadLexicon      a line of a table cannot be used
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from audio.reading.hygiene import nfc
from audio.reading.syllables import is_syllable

LONGEST: Final = 200
"""Characters of one field."""
_COLUMNS: Final = 4
_LAZY: Final = 3
"""Letters from which an abbreviation is also known in small letters: bhyt, ubnd."""
_LETTERS: Final = re.compile(r"[^\W\d_]+|.", re.DOTALL)
_SEPARATED: Final = re.compile(r"[&-]")
_BEGINNING: Final = re.compile(r"[^\W\d_]+|\d+|[\s\S]")
_PATTERNS: Final = 4096
"""Corrections whose patterns are kept."""


class BadLexicon(ValueError):
    """Raised for a table that cannot be used: `code` is the fault, in `file`, `line`; `found` is what stands there."""

    def __init__(self, code: str, file: str, line: int, found: str) -> None:
        super().__init__(f"{file}, line {line}: {_FAULTS[code]}: {found!r}")
        self.code, self.file, self.line, self.found = code, file, line, found


_FAULTS: Final = {
    "columns": "needs a word, a tab, and how it is read",
    "empty": "the word or its reading is empty",
    "digits": "a reading is words; it must have no digits",
    "context": "the context is written next=word or prev=word",
    "long": f"longer than {LONGEST} characters",
    "unreadable": "the file cannot be read as UTF-8 text",
}


@dataclass(frozen=True, slots=True)
class Condition:
    """What has to stand before (`ahead` false) or after it; any of `phrases` is enough."""

    ahead: bool
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: how it is written, its readings (the first is said), when it holds."""

    written: str
    readings: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()
    any_case: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """What a unit is called. `kind` is measure, money, time, scale, share or count."""

    words: str
    others: tuple[str, ...]
    kind: str


@dataclass(frozen=True)
class Lexicon:
    """All tables. `entries` is by the first letters of what is written, small; the longest stands first.

    `own` are the entries of tables of one's own, by their first letters or digits: they are followed wherever no rule
    takes more than they do, so that 25/11, T2 or a name of several words can be corrected too.
    """

    entries: dict[str, tuple[Entry, ...]]
    units: dict[str, Unit] = field(default_factory=dict)
    bodies: dict[str, str] = field(default_factory=dict)
    documents: dict[str, str] = field(default_factory=dict)
    own: dict[str, tuple[Entry, ...]] = field(default_factory=dict)
    unit: re.Pattern[str] = field(init=False)
    """A unit where it begins, in group 1."""

    def __post_init__(self) -> None:
        longest = sorted(self.units, key=lambda u: (-len(u), u))
        joined = "|".join(map(re.escape, longest)) or r"(?!)"
        object.__setattr__(self, "unit", re.compile(rf"({joined})(?![^\W_])", re.IGNORECASE))

    @classmethod
    def parse(cls, text: str, name: str = "lexicon") -> "Lexicon":
        """A table of words, as one for a bulletin or an area. Raises BadLexicon."""
        entries = tuple(_entries(text, name, any_case=None))
        # how a number ends is no matter of letters alone
        lettered = (e for e in entries if not e.written[-1].isdecimal())
        return cls(_indexed(lettered), own=_indexed(entries, _BEGINNING))

    @classmethod
    def load(cls, path: Path) -> "Lexicon":
        """As `parse`, of a file. Raises BadLexicon."""
        try:
            return cls.parse(path.read_text("utf-8"), str(path))
        except (OSError, UnicodeDecodeError) as error:
            raise BadLexicon("unreadable", str(path), 0, str(error)) from error

    def merged(self, overlay: "Lexicon") -> "Lexicon":
        """These tables with `overlay` above them: what both know is read as the overlay says."""
        return Lexicon(
            _above(self.entries, overlay.entries),
            self.units | overlay.units,
            self.bodies | overlay.bodies,
            self.documents | overlay.documents,
            _above(self.own, overlay.own),
        )

    def corrections(self, text: str, at: int) -> Iterator[tuple[Entry, int]]:
        """The entries of one's own that stand in `text` at that place, with their ends; the longest first."""
        head = _BEGINNING.match(text, at)
        for entry in self.own.get(head.group().lower(), ()) if head else ():
            match = _pattern(entry.written, any_case=entry.any_case).match(text, at)
            if match:
                yield entry, match.end()


@cache
def default() -> Lexicon:
    """What is shipped."""
    entries = [*_entries(*_shipped("abbreviations.tsv"), any_case=False)]
    entries += _entries(*_shipped("foreign.tsv"), any_case=True)
    units = {w: Unit(r.split("|")[0], tuple(r.split("|")[1:]), kind) for w, r, kind in _table("units.tsv")}
    bodies = {written: read for written, read, _ in _table("bodies.tsv")}
    documents = {written: read for written, read, _ in _table("documents.tsv")}
    return Lexicon(_indexed(entries), units, bodies, documents)


def _shipped(name: str) -> tuple[str, str]:
    return files("audio.reading").joinpath("data", name).read_text("utf-8"), name


def _table(name: str) -> Iterator[tuple[str, str, str]]:
    for _, fields in _lines(*_shipped(name)):
        yield fields[0], fields[1], fields[2] if len(fields) > 2 else ""  # noqa: PLR2004 - the third is there or not


def _lines(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(nfc(text).splitlines(), 1):
        if not line.strip() or line.startswith("# "):
            continue
        fields = [f.strip() for f in line.split("\t")]
        if not 2 <= len(fields) <= _COLUMNS:  # noqa: PLR2004 - word and reading at least
            raise BadLexicon("columns", name, number, line[:80])
        if not fields[0] or not fields[1].strip("| "):
            raise BadLexicon("empty", name, number, line[:80])
        if any(c.isnumeric() for c in fields[1]):
            raise BadLexicon("digits", name, number, fields[1][:80])
        if any(len(f) > LONGEST for f in fields[:2]):
            raise BadLexicon("long", name, number, fields[0][:80])
        yield number, fields


def _entries(text: str, name: str, *, any_case: bool | None) -> Iterator[Entry]:
    for number, fields in _lines(text, name):
        conditions = tuple(_conditions(fields[2], name, number)) if len(fields) > 2 else ()  # noqa: PLR2004 - as above
        readings = tuple(_said(r) for r in fields[1].split("|") if r.strip())
        anyhow = not any(c.isupper() for c in fields[0][1:]) if any_case is None else any_case
        for written in _variants(fields[0], anyhow=anyhow):
            yield Entry(written.lower() if anyhow else written, readings, conditions, anyhow)


def _said(reading: str) -> str:
    """A reading without the dash that is not spoken: kinh tế - xã hội."""
    return " ".join(reading.replace(" - ", " ").split())


def _conditions(text: str, name: str, number: int) -> Iterator[Condition]:
    for part in filter(None, text.split(";")):
        key, _, value = part.strip().partition("=")
        phrases = tuple(p.strip() for p in value.split("|") if p.strip())
        if key not in {"next", "prev"} or not phrases:
            raise BadLexicon("context", name, number, part)
        yield Condition(
            key == "next", phrases if key == "next" else tuple(p.lower().replace(",", " ,") for p in phrases)
        )


def _variants(written: str, *, anyhow: bool) -> Iterator[str]:
    """The ways people write the same abbreviation: with and without spaces around its signs, in small letters."""
    yield written
    if anyhow:
        return
    if _SEPARATED.search(written):
        for sign in (" & ", "&", "-", " - ", "–", " – ", *(() if "&" in written else ("",))):
            other = _SEPARATED.sub(sign, written)
            if other != written:
                yield other
    letters = [c for c in written if c.isalpha()]
    lazy = len(letters) >= _LAZY and written.isupper() and not is_syllable("".join(letters))
    if lazy and all(c.isalpha() or c in "&-" for c in written):
        yield written.lower()


@lru_cache(_PATTERNS)
def _pattern(written: str, *, any_case: bool) -> re.Pattern[str]:
    """It, with any number of spaces between its words, where neither a letter follows nor more of its number."""
    body = " +".join(map(re.escape, written.split()))
    end = r"(?![\w²³])(?![.,:/]\d)" if written[-1].isdecimal() else r"(?![\w²³])" if written[-1].isalpha() else ""
    return re.compile(body + end, re.IGNORECASE if any_case else 0)


def _above(below: dict[str, tuple[Entry, ...]], above: dict[str, tuple[Entry, ...]]) -> dict[str, tuple[Entry, ...]]:
    merged = dict(below)
    for head, entries in above.items():
        known = {e.written for e in entries if not e.conditions}
        anyhow = {e.written for e in entries if not e.conditions and e.any_case}
        # what has a context below must not come before what was decided above
        left = [e for e in below.get(head, ()) if e.written not in known and e.written.lower() not in anyhow]
        merged[head] = _ordered([*entries, *left])
    return merged


def _indexed(entries: Iterable[Entry], heads: re.Pattern[str] = _LETTERS) -> dict[str, tuple[Entry, ...]]:
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        head = heads.match(entry.written)
        found.setdefault(head.group().lower() if head else "", []).append(entry)
    return {head: _ordered(group) for head, group in found.items()}


def _ordered(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The longest first; of one abbreviation the lines with a context before the one without, else as in the file."""
    return tuple(sorted(entries, key=lambda e: (-len(e.written), e.written, not e.conditions)))

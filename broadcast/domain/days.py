"""Holidays and days of mourning: data that people edit, read into a table that answers for any day."""

import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final, Self, TypeVar

from broadcast.domain.lunar import FIRST_YEAR, LAST_YEAR, LunarDate, month_length, solar
from broadcast.domain.refusals import Refusal

T = TypeVar("T")

LONGEST: Final = 31
"""Days that one entry may last."""


class DayKind(StrEnum):
    """What is special about a day."""

    HOLIDAY = "holiday"
    MOURNING = "mourning"
    """Quốc tang, or mourning of the place: no music, no entertainment, nothing merry."""


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """One day of one kind, and where that is written."""

    day: date
    kind: DayKind
    name: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class _Yearly:
    name: str
    kind: DayKind
    source: str
    lunar: bool
    month: int
    day: int
    days: int
    since: int

    def of(self, year: int) -> Iterable[date]:
        """Its days counted from where it begins in a solar or lunar year; none where that day is not there."""
        if year < self.since or not FIRST_YEAR < year < LAST_YEAR:
            return ()
        try:
            if self.lunar:
                day = month_length(year, self.month) if self.day == -1 else self.day
                first = solar(LunarDate(year, self.month, leap=False, day=day))
            else:
                first = date(year, self.month, self.day)
        except ValueError:
            return ()
        return (first + timedelta(days=i) for i in range(self.days))


@dataclass(frozen=True)
class Days:
    """All special days that are known. Immutable; `on` asks for one day."""

    yearly: tuple[_Yearly, ...] = ()
    once: tuple[SpecialDay, ...] = ()

    @classmethod
    def from_toml(cls, text: str) -> Self:
        """The table of a file like `broadcast/data/calendar/days.toml`. Raises Refusal("days-file") with the entry."""
        try:
            raw = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise Refusal("days-file", entry="TOML", why=str(error)) from None
        strange = set(raw) - {"yearly", "once"}
        if strange:
            raise Refusal("days-file", entry=", ".join(sorted(strange)), why="[[yearly]], [[once]]")
        yearly = tuple(_read(_yearly, entry, "yearly", i) for i, entry in enumerate(_list(raw, "yearly"), 1))
        once = [_read(_once, entry, "once", i) for i, entry in enumerate(_list(raw, "once"), 1)]
        return cls(yearly, tuple(day for days in once for day in days))

    def on(self, day: date) -> tuple[SpecialDay, ...]:
        """What is special about a day, mourning first."""
        found = [d for d in self.once if d.day == day]
        for entry in self.yearly:
            # a lunar year begins in January or February, and its last days lie in the next solar one
            years = (day.year, day.year - 1)
            if any(d == day for year in years for d in entry.of(year)):
                found.append(SpecialDay(day, entry.kind, entry.name, entry.source))
        return tuple(sorted(found, key=lambda d: d.kind is not DayKind.MOURNING))

    def is_kind(self, day: date, kind: DayKind) -> bool:
        """Whether a day is of that kind."""
        return any(d.kind is kind for d in self.on(day))

    def plus(self, days: Iterable[SpecialDay]) -> "Days":
        """With further days, such as mourning declared for one area."""
        return Days(self.yearly, (*self.once, *days))


def _list(raw: dict[str, Any], key: str) -> list[Any]:
    value = raw.get(key, [])
    if not isinstance(value, list):
        raise Refusal("days-file", entry=key, why=f"[[{key}]]")
    return value


def _read(make: Callable[[dict[str, Any]], T], entry: object, key: str, number: int) -> T:
    name = entry.get("name", number) if isinstance(entry, dict) else number
    try:
        if not isinstance(entry, dict):
            raise TypeError(f"[[{key}]]")
        return make(dict(entry))
    except (KeyError, TypeError, ValueError) as error:
        raise Refusal("days-file", entry=f"[[{key}]] {name}", why=str(error)) from None


def _yearly(entry: dict[str, Any]) -> _Yearly:
    made = _Yearly(
        name=_text(entry.pop("name")),
        kind=DayKind(entry.pop("kind")),
        source=_text(entry.pop("source", "")),
        lunar=_one_of(entry.pop("calendar", "solar"), ("solar", "lunar")) == "lunar",
        month=_within(entry.pop("month"), 1, 12),
        day=_within(entry.pop("day"), -1, 31),
        days=_within(entry.pop("days", 1), 1, LONGEST),
        since=_within(entry.pop("from", 0), 0, LAST_YEAR),
    )
    if not made.day or (made.day < 0 and not made.lunar):
        raise ValueError(f"day = {made.day}")
    _nothing_else(entry)
    return made


def _once(entry: dict[str, Any]) -> list[SpecialDay]:
    name, kind, source = _text(entry.pop("name")), DayKind(entry.pop("kind")), _text(entry.pop("source", ""))
    first = entry.pop("first")
    last = entry.pop("last", first)
    _nothing_else(entry)
    if type(first) is not date or type(last) is not date or not timedelta(0) <= last - first < timedelta(days=LONGEST):
        raise ValueError(f"first = {first}, last = {last}")
    return [SpecialDay(first + timedelta(days=i), kind, name, source) for i in range((last - first).days + 1)]


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r}")
    return value


def _one_of(value: object, known: tuple[str, ...]) -> str:
    if value not in known:
        raise ValueError(f"{value!r}: {', '.join(known)}")
    return str(value)


def _within(value: object, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ValueError(f"{value!r}: {least} - {most}")
    return value


def _nothing_else(entry: dict[str, Any]) -> None:
    if entry:
        raise ValueError(", ".join(entry))

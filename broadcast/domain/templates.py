"""Bulletins to be filled in: what every commune says again and again, written once as an announcer would say it.

A text has gaps, "{day}", and pieces in double square brackets that fall away when one of their gaps stays empty. Days
are written with their weekday, so that nobody gets it wrong.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import Final

from broadcast.domain.refusals import Refusal
from devices.vocabulary import Level

CATEGORIES: Final = (
    "policy", "projects", "news", "security", "disaster", "examples", "violations", "markets", "feedback",
)  # fmt: skip
"""Kinds of essential information (Decree 49/2024/NĐ-CP), as slugs; their names are in the words."""
LINE: Final = 300
PARAGRAPH: Final = 3_000
_GAP: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")
OPTIONAL: Final = re.compile(r"\[\[((?:(?!\[\[|\]\]).)*)\]\]", re.DOTALL)
_WEEKDAYS: Final = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
_NUMBER: Final = re.compile(r"\d{1,12}|\d{1,3}(?:\.\d{3}){1,3}|\d{1,9},\d{1,3}")


class FieldType(StrEnum):
    """What may stand in a gap."""

    LINE = "line"
    PARAGRAPH = "paragraph"
    DATE = "date"
    """A day, ISO or 27/11/2026; said as "thứ Sáu, ngày 27/11/2026"."""
    TIME = "time"
    """An hour, 7:30; said as "7 giờ 30"."""
    NUMBER = "number"
    """As Vietnamese write them: 6.800 or 12,5."""
    CHOICE = "choice"


class Fault(StrEnum):
    """What is wrong with what stands in a field."""

    MISSING = "missing"
    LONG = "long"
    NO_DATE = "no-date"
    NO_TIME = "no-time"
    NO_NUMBER = "no-number"
    NO_CHOICE = "no-choice"
    MARKUP = "markup"


class NotFilled(Refusal):
    """Raised where fields are missing or wrong: `faults` has every one of them."""

    def __init__(self, no: Refusal, faults: dict[str, Fault]) -> None:
        super().__init__(no.code, **no.facts)
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Field:
    """One gap: what is asked for, whether it must be there, and how it may look."""

    key: str
    type: FieldType
    label: str
    required: bool
    example: str
    choices: tuple[str, ...] = ()

    def said(self, value: str) -> str:
        """The value as it is read out. Raises ValueError with a Fault."""
        kept = unicodedata.normalize("NFC", value).strip()
        many = self.type is FieldType.PARAGRAPH
        if len(kept) > (PARAGRAPH if many else LINE):
            raise ValueError(Fault.LONG)
        if self.type is FieldType.DATE:
            return _day_said(day_of(kept))
        if self.type is FieldType.TIME:
            return _time_said(kept)
        if self.type is FieldType.NUMBER and not _NUMBER.fullmatch(kept):
            raise ValueError(Fault.NO_NUMBER)
        if self.type is FieldType.CHOICE and kept not in self.choices:
            raise ValueError(Fault.NO_CHOICE)
        if "<" in kept and re.search(r"</?[a-zA-Z]|<!--", kept):
            raise ValueError(Fault.MARKUP)
        plain = "".join(c for c in kept if c == "\n" or unicodedata.category(c) not in {"Cc", "Cs", "Co"})
        return plain if many else " ".join(plain.split())


@dataclass(frozen=True, slots=True)
class Filled:
    """A bulletin as it begins its life. `ends`: the last day on which it is true, where the template knows."""

    title: str
    text: str
    category: str
    level: Level
    ends: date | None


@dataclass(frozen=True, slots=True)
class Template:
    """A bulletin with gaps. `ends` names the field of type date that is its last day, "" where there is none."""

    id: str
    name: str
    category: str
    level: Level
    title: str
    text: str
    fields: tuple[Field, ...]
    ends: str = ""

    def fill(self, values: Mapping[str, str]) -> Filled:
        """The bulletin with its gaps filled. Raises NotFilled with every fault; fields nobody knows are passed over."""
        said: dict[str, str] = {}
        faults: dict[str, Fault] = {}
        for field in self.fields:
            value = values.get(field.key, "")
            try:
                said[field.key] = field.said(value) if value.strip() else ""
            except ValueError as error:
                faults[field.key] = Fault(str(error))
            if field.required and not said.get(field.key, "x"):
                faults[field.key] = Fault.MISSING
        if faults:
            labels = ", ".join(f.label for f in self.fields if f.key in faults)
            raise NotFilled(Refusal("template-fields", fields=labels), faults)
        ends = values.get(self.ends, "").strip() if self.ends else ""
        return Filled(
            title=_filled(self.title, said),
            text=_filled(OPTIONAL.sub(lambda m: _if_filled(m[1], said), self.text), said),
            category=self.category,
            level=self.level,
            ends=day_of(ends) if ends else None,
        )

    def sketch(self, values: Mapping[str, str]) -> tuple[str, str]:
        """Title and text as far as they are filled: a gap that is empty or wrong shows the name of its field."""
        said: dict[str, str] = {}
        for field in self.fields:
            value = values.get(field.key, "")
            try:
                said[field.key] = field.said(value) if value.strip() else ""
            except ValueError:
                said[field.key] = ""
        text = OPTIONAL.sub(lambda m: _if_filled(m[1], said), self.text)
        shown = {f.key: said[f.key] or f"[{f.label}]" for f in self.fields}
        return _filled(self.title, shown), _filled(text, shown)

    def example(self) -> Filled:
        """The bulletin filled with the examples of its fields."""
        return self.fill({f.key: f.example for f in self.fields})


def day_of(text: str) -> date:
    """The day of "2026-11-27" or "27/11/2026". Raises ValueError(Fault.NO_DATE)."""
    found = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text)
    try:
        if found:
            return date(int(found[3]), int(found[2]), int(found[1]))
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(Fault.NO_DATE) from None


def _day_said(day: date) -> str:
    return f"{_WEEKDAYS[day.weekday()]}, ngày {day:%d/%m/%Y}"


def _time_said(text: str) -> str:
    found = re.fullmatch(r"(\d{1,2})(?::| ?giờ ?| ?h ?)(\d{2})?", text)
    try:
        if found is None:
            raise ValueError
        hour = time(int(found[1]), int(found[2] or 0))
    except ValueError:
        raise ValueError(Fault.NO_TIME) from None
    return f"{hour.hour} giờ {hour.minute:02}" if hour.minute else f"{hour.hour} giờ"


def _filled(text: str, said: Mapping[str, str]) -> str:
    """What was filled in is never looked at for gaps itself. A gap of no field stays as it is written."""
    filled = _GAP.sub(lambda m: said.get(m[1], m[0]), text)
    return re.sub(r"[ \t]+(?=\n|$)", "", re.sub(r" {2,}", " ", re.sub(r"\n{3,}", "\n\n", filled))).strip()


def _if_filled(piece: str, said: Mapping[str, str]) -> str:
    return piece if all(said.get(key, key) for key in _GAP.findall(piece)) else ""

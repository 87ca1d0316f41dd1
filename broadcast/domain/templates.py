"""Bulletins to be filled in: what every commune says again and again, written once as an announcer would say it.

A text has gaps, "{day}", and pieces in double square brackets that fall away when one of their gaps stays empty. Days
are written with their weekday, so that nobody gets it wrong.
"""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import Any, Final, Self

from broadcast.domain.refusals import Refusal
from devices.vocabulary import Level, is_slug

CATEGORIES: Final = (
    "policy", "projects", "news", "security", "disaster", "examples", "violations", "markets", "feedback",
)  # fmt: skip
"""Kinds of essential information (Decree 49/2024/NĐ-CP), as slugs; their names are in the words."""
LINE: Final = 300
PARAGRAPH: Final = 3_000
_GAP: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_OPTIONAL: Final = re.compile(r"\[\[((?:(?!\[\[|\]\]).)*)\]\]", re.DOTALL)
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

    @classmethod
    def from_toml(cls, id_: str, text: str) -> Self:
        """The template of a file (see `broadcast/data/templates`). Raises Refusal("template-file")."""
        try:
            raw = tomllib.loads(text)
            fields = tuple(_field(dict(f)) for f in raw.pop("fields", []))
            made = cls(
                id=id_,
                name=_text(raw, "name"),
                category=_text(raw, "category"),
                level=Level(raw.pop("level", Level.ROUTINE.value)),
                title=_text(raw, "title"),
                text=_text(raw, "text").strip(),
                fields=fields,
                ends=raw.pop("ends", ""),
            )
            made.check(raw)
        except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
            raise Refusal("template-file", file=f"{id_}.toml", why=str(error)[:200]) from None
        return made

    def check(self, left: Mapping[str, object]) -> None:
        """Raises ValueError for what does not fit together. `left`: keys of the file that nobody knows."""
        keys = [f.key for f in self.fields]
        gaps = set(_GAP.findall(self.title + self.text))
        if left or not is_slug(self.id):
            raise ValueError(", ".join(left) or self.id)
        if self.category not in CATEGORIES:
            raise ValueError(f"category = {self.category}: {', '.join(CATEGORIES)}")
        if twice := {k for k in keys if keys.count(k) > 1}:
            raise ValueError(f"key = {', '.join(sorted(twice))}")
        if gaps != set(keys):
            raise ValueError(", ".join(sorted(gaps ^ set(keys))))
        always = set(_GAP.findall(self.title + _OPTIONAL.sub("", self.text)))
        if bare := [f.key for f in self.fields if not f.required and f.key in always]:
            raise ValueError(f"[[{{{bare[0]}}}]]")
        if self.ends and FieldType.DATE not in {f.type for f in self.fields if f.key == self.ends}:
            raise ValueError(f"ends = {self.ends}")

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
            text=_filled(_OPTIONAL.sub(lambda m: _if_filled(m[1], said), self.text), said),
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
        text = _OPTIONAL.sub(lambda m: _if_filled(m[1], said), self.text)
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
    """What was filled in is never looked at for gaps itself."""
    filled = _GAP.sub(lambda m: said[m[1]], text)
    return re.sub(r"[ \t]+(?=\n|$)", "", re.sub(r" {2,}", " ", re.sub(r"\n{3,}", "\n\n", filled))).strip()


def _if_filled(piece: str, said: Mapping[str, str]) -> str:
    return piece if all(said[key] for key in _GAP.findall(piece)) else ""


def _field(raw: dict[str, Any]) -> Field:
    made = Field(
        key=_text(raw, "key"),
        type=FieldType(raw.pop("type", FieldType.LINE.value)),
        label=_text(raw, "label"),
        required=bool(raw.pop("required", True)),
        example=_text(raw, "example"),
        choices=tuple(map(str, raw.pop("choices", []))),
    )
    if raw or not re.fullmatch(r"[a-z][a-z0-9_]*", made.key):
        raise ValueError(", ".join([*raw, made.key]))
    if bool(made.choices) != (made.type is FieldType.CHOICE):
        raise ValueError(f"{made.key}: choices")
    try:
        made.said(made.example)
    except ValueError as error:
        raise ValueError(f"{made.key}: example, {error}") from None
    return made


def _text(raw: dict[str, Any], key: str) -> str:
    value = raw.pop(key)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(key)
    return unicodedata.normalize("NFC", value)

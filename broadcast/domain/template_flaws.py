"""What keeps a template from being offered: every flaw, with the part it is in, so that each is told in its place."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from broadcast.domain.bulletins import TITLE_LENGTH, sayable, unfinished_title
from broadcast.domain.refusals import Refusal
from broadcast.domain.templates import CATEGORIES, LINE, OPTIONAL, PARAGRAPH, Fault, Field, FieldType, Template
from devices.vocabulary import Level

NAME_LENGTH: Final = 100
WRITTEN_TITLE: Final = 400
"""Of a title with its gaps; filled in it must fit a bulletin."""
TEXT_LENGTH: Final = 10_000
FIELDS: Final = 30
LABEL_LENGTH: Final = 60
CHOICES: Final = 40
CHOICE_LENGTH: Final = 100
_SAYABLE: Final = 20 * TEXT_LENGTH
_BRACED: Final = re.compile(r"\{([^{}\n]*)\}")
_MARKUP: Final = re.compile(r"</?[a-zA-Z][^<>]{0,200}>|<!--")


class Flaw(StrEnum):
    """What is wrong with a part of a template. The first ones are those of a value in a field."""

    MISSING = Fault.MISSING.value
    LONG = Fault.LONG.value
    NO_DATE = Fault.NO_DATE.value
    NO_TIME = Fault.NO_TIME.value
    NO_NUMBER = Fault.NO_NUMBER.value
    NO_CHOICE = Fault.NO_CHOICE.value
    MARKUP = Fault.MARKUP.value
    UNKNOWN = "unknown"
    EMERGENCY = "emergency"
    """An emergency is an alarm, and no template."""
    GAP_UNKNOWN = "gap-unknown"
    GAP_BARE = "gap-bare"
    """What may stay empty stands where something must be said."""
    BRACE = "brace"
    OPEN = "open"
    """[[ without ]], or the other way round."""
    TITLE_OPTIONAL = "title-optional"
    OPTIONAL_PLAIN = "optional-plain"
    """A piece that can never fall away."""
    TITLE_FILLED = "title-filled"
    """Too long once its gaps are filled."""
    SILENT = "silent"
    MANY = "many"
    FEW = "few"
    SIGN = "sign"
    TWICE = "twice"
    UNUSED = "unused"
    NO_DAY = "no-day"


@dataclass(frozen=True, slots=True)
class Found:
    """A flaw. `part`: name, category, level, title, text, fields, ends, or field-2-label, -example, -choices."""

    part: str
    flaw: Flaw
    facts: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return ", ".join([f"{self.part}: {self.flaw.value}", *map(str, self.facts.values())])


class Flawed(Refusal):
    """Raised where a template cannot be kept as it is written: `found` has every flaw."""

    def __init__(self, no: Refusal, found: tuple[Found, ...]) -> None:
        super().__init__(no.code, **no.facts)
        self.found = found


def flaws(template: Template) -> tuple[Found, ...]:
    """Every one, those at the top of the page first."""
    return (*_head(template), *_text(template), *_fields(template))


def _head(template: Template) -> Iterator[Found]:
    yield from _sized("name", template.name, NAME_LENGTH)
    if template.category not in CATEGORIES:
        yield Found("category", Flaw.UNKNOWN, {"given": template.category, "known": ", ".join(CATEGORIES)})
    if template.level is Level.EMERGENCY:
        yield Found("level", Flaw.EMERGENCY)
    yield from _sized("title", template.title, WRITTEN_TITLE)
    yield from _gaps("title", template.title, template)
    if "[[" in template.title or "]]" in template.title:
        yield Found("title", Flaw.TITLE_OPTIONAL)
    days = {f.key for f in template.fields if f.type is FieldType.DATE}
    if template.ends and template.ends not in days:
        yield Found("ends", Flaw.NO_DAY, {"given": f"ends = {template.ends}"})


def _text(template: Template) -> Iterator[Found]:
    text = template.text
    yield from _sized("text", text, TEXT_LENGTH)
    yield from _gaps("text", text, template)
    rest = OPTIONAL.sub("", text)
    if "[[" in rest or "]]" in rest:
        yield Found("text", Flaw.OPEN)
    if plain := [m[1] for m in OPTIONAL.finditer(text) if not _BRACED.search(m[1])]:
        yield Found("text", Flaw.OPTIONAL_PLAIN, {"piece": plain[0].strip()[:40]})
    if found := _MARKUP.search(text):
        yield Found("text", Flaw.MARKUP, {"found": found.group()[:40]})
    for part, words in (("title", template.title), ("text", rest)):
        named = set(_BRACED.findall(words))
        for bare in (f for f in template.fields if not f.required and f.key in named):
            yield Found(part, Flaw.GAP_BARE, {"label": bare.label, "gap": f"[[{{{bare.key}}}]]"})
    yield from _filled(template)


def _filled(template: Template) -> Iterator[Found]:
    """What shows only once it is filled in."""
    shown = replace(template, title=template.title or "x", text=template.text or "x")
    title, text = shown.sketch({f.key: f.example for f in template.fields})
    try:
        unfinished_title(title)
    except Refusal:
        if len(template.title) <= WRITTEN_TITLE:
            yield Found("title", Flaw.TITLE_FILLED, {"length": len(title), "limit": TITLE_LENGTH})
    try:
        sayable(text, _SAYABLE)
    except Refusal as no:
        if no.code == "text-silent":
            yield Found("text", Flaw.SILENT)


def _gaps(part: str, words: str, template: Template) -> Iterator[Found]:
    keys = {f.key for f in template.fields}
    unknown = dict.fromkeys(name for name in _BRACED.findall(words) if name not in keys)
    for name in unknown:
        yield Found(part, Flaw.GAP_UNKNOWN, {"gap": name[:LABEL_LENGTH]})
    rest = _BRACED.sub("", words)
    if "{" in rest or "}" in rest:
        yield Found(part, Flaw.BRACE, {"gap": "{…}"})


def _fields(template: Template) -> Iterator[Found]:
    if len(template.fields) > FIELDS:
        yield Found("fields", Flaw.MANY, {"limit": FIELDS})
    used = set(_BRACED.findall(template.title + "\n" + template.text))
    seen: dict[str, None] = {}
    keys: dict[str, None] = {}
    for number, one in enumerate(template.fields[: FIELDS + 1]):
        label, alike = f"field-{number}-label", " ".join(one.label.casefold().split())
        yield from _sized(label, one.label, LABEL_LENGTH)
        if set(one.label) & set("{}[]"):
            yield Found(label, Flaw.SIGN, {"label": one.label})
        elif alike and (alike in seen or one.key in keys):
            yield Found(label, Flaw.TWICE, {"label": one.label, "key": one.key})
        elif one.key not in used and one.label.strip():
            yield Found(label, Flaw.UNUSED, {"label": one.label, "key": one.key})
        seen[alike], keys[one.key] = None, None
        yield from _choices(f"field-{number}-choices", one)
        yield from _example(f"field-{number}-example", one)


def _choices(part: str, one: Field) -> Iterator[Found]:
    if one.type is not FieldType.CHOICE:
        if one.choices:
            yield Found(part, Flaw.MANY, {"limit": 0})
        return
    if len(set(one.choices)) < 1:
        yield Found(part, Flaw.FEW)
    if len(one.choices) > CHOICES:
        yield Found(part, Flaw.MANY, {"limit": CHOICES})
    if len(set(one.choices)) < len(one.choices):
        twice = next(c for c in one.choices if one.choices.count(c) > 1)
        yield Found(part, Flaw.TWICE, {"label": twice, "key": one.key})
    for long in [c for c in one.choices if len(c) > CHOICE_LENGTH][:1]:
        yield Found(part, Flaw.LONG, {"length": len(long), "limit": CHOICE_LENGTH})


def _example(part: str, one: Field) -> Iterator[Found]:
    if not one.example.strip():
        yield Found(part, Flaw.MISSING)
        return
    try:
        one.said(one.example)
    except ValueError as error:
        limit = PARAGRAPH if one.type is FieldType.PARAGRAPH else LINE
        long = {"length": len(one.example), "limit": limit} if str(error) == Fault.LONG else {}
        yield Found(part, Flaw(str(error)), {"example": one.example[:40], "key": one.key, **long})


def _sized(part: str, words: str, limit: int) -> Iterator[Found]:
    if not words.strip():
        yield Found(part, Flaw.MISSING)
    elif len(words) > limit:
        yield Found(part, Flaw.LONG, {"length": len(words), "limit": limit})

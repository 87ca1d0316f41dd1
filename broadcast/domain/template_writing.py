"""A template as a person writes it: a gap is the label of its field in braces, and nobody has to think of keys."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from broadcast.domain.plain import line, paragraphs
from broadcast.domain.refusals import Refusal
from broadcast.domain.template_flaws import (
    CHOICE_LENGTH,
    CHOICES,
    FIELDS,
    LABEL_LENGTH,
    NAME_LENGTH,
    TEXT_LENGTH,
    WRITTEN_TITLE,
    Flawed,
    flaws,
)
from broadcast.domain.templates import LINE, PARAGRAPH, Field, FieldType, Template
from devices.vocabulary import Level, slug

_GAP: Final = re.compile(r"\{([^{}\n]*)\}")
_KEY_LENGTH: Final = 40


@dataclass(frozen=True, slots=True)
class WrittenField:
    """One field of it."""

    label: str = ""
    type: FieldType = FieldType.LINE
    required: bool = True
    example: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """All of it, finished or not. `ends`: the label of the field that is its last day; "" for none."""

    name: str = ""
    category: str = ""
    level: Level = Level.ROUTINE
    title: str = ""
    text: str = ""
    fields: tuple[WrittenField, ...] = ()
    ends: str = ""


def written(template: Template) -> Written:
    """A template as it is written."""
    labels = {f.key: f.label for f in template.fields}

    def shown(words: str) -> str:
        return _GAP.sub(lambda m: f"{{{labels.get(m[1], m[1])}}}", words)

    return Written(
        name=template.name,
        category=template.category,
        level=template.level,
        title=shown(template.title),
        text=shown(template.text),
        fields=tuple(WrittenField(f.label, f.type, f.required, f.example, f.choices) for f in template.fields),
        ends=labels.get(template.ends, ""),
    )


def sketched(id_: str, what: Written) -> Template:
    """The template of what is written so far, whatever is wrong with it. What is far too long is cut just past it."""
    kept = _cleaned(what)
    keys = keys_of(f.label for f in kept.fields)
    by_label: dict[str, str] = {}
    for key, one in zip(keys, kept.fields, strict=True):
        by_label.setdefault(_alike(one.label), key)

    def key_of(label: str) -> str | None:
        return by_label.get(_alike(label)) or next((k for k in keys if k == _key(label)), None)

    def keyed(words: str) -> str:
        return _GAP.sub(lambda m: f"{{{key_of(m[1]) or m[1]}}}", words)

    return Template(
        id=id_,
        name=kept.name,
        category=kept.category,
        level=kept.level,
        title=keyed(kept.title),
        text=keyed(kept.text),
        fields=tuple(
            Field(key, f.type, f.label, f.required, f.example, f.choices)
            for key, f in zip(keys, kept.fields, strict=True)
        ),
        ends=(key_of(kept.ends) or kept.ends) if kept.ends else "",
    )


def finished(id_: str, what: Written) -> Template:
    """The template of what is written. Raises Flawed with every flaw."""
    made = sketched(id_, what)
    if found := flaws(made):
        raise Flawed(Refusal("template-flaws", count=len(found)), found)
    return made


def keys_of(labels: Iterable[str]) -> tuple[str, ...]:
    """A key for each label, no two alike."""
    keys: dict[str, None] = {}
    for label in labels:
        key = one = _key(label)
        count = 1
        while key in keys:
            count += 1
            key = f"{one}_{count}"
        keys[key] = None
    return tuple(keys)


def renamed(words: str, labels: Mapping[str, str]) -> str:
    """Words in which the gaps of fields go on being theirs after their labels became others: was > is."""
    now = {_alike(was): label for was, label in labels.items()}
    return _GAP.sub(lambda m: f"{{{now.get(_alike(m[1]), m[1])}}}", words)


def _key(label: str) -> str:
    key = slug(label).replace("-", "_")[:_KEY_LENGTH].strip("_")
    return key if key[:1].isalpha() else f"o_{key}".strip("_")


def _alike(label: str) -> str:
    return " ".join(unicodedata.normalize("NFC", label).casefold().split())


def _cleaned(what: Written) -> Written:
    return replace(
        what,
        name=line(what.name, NAME_LENGTH),
        category=line(what.category, NAME_LENGTH),
        title=line(what.title, WRITTEN_TITLE),
        text=paragraphs(what.text, TEXT_LENGTH).strip(),
        fields=tuple(_field(f) for f in what.fields[: FIELDS + 1]),
        ends=line(what.ends, LABEL_LENGTH),
    )


def _field(one: WrittenField) -> WrittenField:
    many = one.type is FieldType.PARAGRAPH
    choices = tuple(c for c in (line(x, CHOICE_LENGTH) for x in one.choices[: CHOICES + 1]) if c)
    return WrittenField(
        line(one.label, LABEL_LENGTH),
        one.type,
        one.required,
        paragraphs(one.example, PARAGRAPH).strip() if many else line(one.example, LINE),
        choices if one.type is FieldType.CHOICE else (),
    )

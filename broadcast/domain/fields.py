"""What a bulletin tells of itself beside its words: what about, how urgent, from whom, until when, for where."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from broadcast.domain.refusals import Refusal
from devices.vocabulary import AreaId, Level

LINE_LENGTH: Final = 200
"""Of a source, of an issuer."""
TAG_LENGTH: Final = 40
TAGS: Final = 12
AREAS: Final = 200


class Category(StrEnum):
    """The essential information of Decree 49/2024/NĐ-CP, in its order."""

    NONE = ""
    POLICY = "policy"
    PROJECTS = "projects"
    NEWS = "news"
    SECURITY = "security"
    DISASTER = "disaster"
    EXAMPLES = "examples"
    VIOLATIONS = "violations"
    MARKETS = "markets"
    FEEDBACK = "feedback"


class Language(StrEnum):
    """What it is spoken in: Vietnamese as three regions say it, or a language of a minority (ISO 639)."""

    VIETNAMESE = "vi"
    NORTHERN = "vi-north"
    CENTRAL = "vi-central"
    SOUTHERN = "vi-south"
    KHMER = "km"
    CHAM = "cjm"
    TAY = "tyz"
    TAI = "twh"
    HMONG = "hmn"
    EDE = "rad"
    JARAI = "jra"
    BAHNAR = "bdq"
    CHINESE = "zh"


@dataclass(frozen=True, slots=True)
class Fields:
    """All of them. `areas` is where it is meant to be heard, which a slot may narrow or leave."""

    level: Level = Level.ROUTINE
    category: Category = Category.NONE
    source: str = ""
    issued_by: str = ""
    valid_until: datetime | None = None
    areas: tuple[AreaId, ...] = ()
    language: Language = Language.VIETNAMESE
    tags: tuple[str, ...] = ()


def clean(what: Fields) -> Fields:
    """As they are kept. Raises Refusal: level-emergency, field-long, tags-many, tag-long, areas-many."""
    if what.level is Level.EMERGENCY:
        raise Refusal("level-emergency")
    areas = tuple(dict.fromkeys(what.areas))
    if len(areas) > AREAS:
        raise Refusal("areas-many", limit=AREAS)
    return replace(what, source=_line(what.source), issued_by=_line(what.issued_by), areas=areas, tags=_tags(what.tags))


def merged(held: Fields, before: Fields, after: Fields) -> Fields:
    """`held`, with what was changed from `before` to `after`: what others changed meanwhile stays."""
    names = [f.name for f in fields(Fields) if getattr(before, f.name) != getattr(after, f.name)]
    return replace(held, **{name: getattr(after, name) for name in names})


def _tags(tags: Iterable[str]) -> tuple[str, ...]:
    kept: dict[str, str] = {}
    for tag in tags:
        one = _plain(tag, TAG_LENGTH).strip("#, ")
        if len(one) > TAG_LENGTH:
            raise Refusal("tag-long", tag=one[:TAG_LENGTH], limit=TAG_LENGTH)
        if one:
            kept.setdefault(one.casefold(), one)
    if len(kept) > TAGS:
        raise Refusal("tags-many", limit=TAGS)
    return tuple(kept.values())


def _line(text: str) -> str:
    kept = _plain(text, LINE_LENGTH)
    if len(kept) > LINE_LENGTH:
        raise Refusal("field-long", limit=LINE_LENGTH, text=kept[:40])
    return kept


def _plain(text: str, limit: int) -> str:
    """One line, NFC, nothing unprintable. What is far beyond the limit is not looked at."""
    kept = unicodedata.normalize("NFC", text[: 4 * limit + 4])
    return " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in kept).split())

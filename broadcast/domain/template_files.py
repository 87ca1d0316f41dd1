"""Templates as files: those that ship, and those that a centre's server has in its data folder."""

import re
import tomllib
import unicodedata
from typing import Any

from broadcast.domain.refusals import Refusal
from broadcast.domain.template_flaws import flaws
from broadcast.domain.templates import Field, FieldType, Template
from devices.vocabulary import Level, is_slug


def from_toml(id_: str, text: str) -> Template:
    """The template of a file (see `broadcast/data/templates`). Raises Refusal("template-file")."""
    try:
        raw = tomllib.loads(text)
        made = Template(
            id=id_,
            fields=tuple(_field(dict(f)) for f in raw.pop("fields", [])),
            name=_text(raw, "name"),
            category=_text(raw, "category"),
            level=Level(raw.pop("level", Level.ROUTINE.value)),
            title=_text(raw, "title"),
            text=_text(raw, "text").strip(),
            ends=str(raw.pop("ends", "")),
        )
        if raw or not is_slug(made.id):
            raise ValueError(", ".join(raw) or made.id)
        if found := flaws(made):
            raise ValueError("; ".join(map(str, found)))
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise Refusal("template-file", file=f"{id_}.toml", why=str(error)[:200]) from None
    return made


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
    return made


def _text(raw: dict[str, Any], key: str) -> str:
    value = raw.pop(key)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(key)
    return unicodedata.normalize("NFC", value)

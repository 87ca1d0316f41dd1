"""What an entry of the trail says, in words: what was done, what became another, from what into what."""

import json
import re
from datetime import datetime
from typing import Final

from broadcast import wording
from broadcast.view_types import TrailLine
from ui import words

LENGTH: Final = 160
"""Characters of a value that are shown."""
_UNSAID: Final = frozenset({"id", "updated_at"})
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
_HASH: Final = re.compile(r"[0-9a-f]{40,}")
"""Nobody reads those."""
_HIDDEN: Final = "•••"


def action_name(action: str) -> str:
    """What was done; as it is called, where nobody has a sentence for it."""
    return _named("action", action)


def subject_name(line: TrailLine) -> str:
    """What it was done to: "Bản tin 7"."""
    keys = dict.fromkeys([*json.loads(line.after), *json.loads(line.before)])
    return ", ".join(map(_thing, keys))[:LENGTH]


def changes(line: TrailLine) -> list[str]:
    """Each thing that became another, such as "Bản tin 7, tiêu đề: Nước → Điện"."""
    before, after = json.loads(line.before), json.loads(line.after)
    found = []
    for key in dict.fromkeys([*after, *before]):
        was, now = before.get(key, {}), after.get(key, {})
        for column in dict.fromkeys([*now, *was]):
            one, other = _value(was.get(column)), _value(now.get(column))
            if column not in _UNSAID and (one or other):
                found.append(_said(f"{_thing(key)}, {_named('field', column)}", one, other, gone=column not in now))
    return found


def _said(what: str, was: str, now: str, *, gone: bool) -> str:
    if now == _HIDDEN:
        words.speak()
        return f"{what}: {wording.say('trail.hidden')}"
    if gone or was:
        return f"{what}: {was or '–'} → {now or '–'}"
    return f"{what}: {now}"


def _thing(key: str) -> str:
    table, *rest = key.split("/")
    told = [_named("value", part) for part in rest if not _HASH.fullmatch(part)]
    return f"{_named('thing', table)} {', '.join(told)}".strip()


def _value(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, dict) and set(value) == {"from", "text"}:  # part of a long text
        return f"… {str(value['text'])[:LENGTH]} …"
    if isinstance(value, dict):
        return ", ".join(f"{k}: {v}" for k, v in value.items())[:LENGTH]
    if isinstance(value, list):
        return ", ".join(str(x.get("label", x)) if isinstance(x, dict) else str(x) for x in value)[:LENGTH]
    text = str(value)
    if _INSTANT.fullmatch(text):
        return words.moment(datetime.fromisoformat(text))
    return _named("value", text) if len(text) <= LENGTH else f"{text[:LENGTH]}…"


def _named(kind: str, name: str) -> str:
    """The word for it in section "audit"; itself where there is none."""
    entry = wording.table().get(f"audit.{kind}-{name}")
    return name if entry is None else entry[words.speak() == "en"]

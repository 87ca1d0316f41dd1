"""What was written of a template and not saved: kept on the server for the person; the browser has the last letters."""

import json
from typing import Any, Final

import msgspec
from nicegui import app

from broadcast.domain.template_writing import Written

KEY: Final = "template-drafts"
MOST: Final = 8
"""Of one person; the oldest make room."""
LARGEST: Final = 200_000
"""Characters of one."""


def kept(name: str) -> tuple[Written, str] | None:
    """What was left, and the state of the area's own it was begun with."""
    draft = app.storage.user.get(KEY, {}).get(name)
    try:
        return msgspec.convert(draft["written"], Written), str(draft["began"])
    except (TypeError, KeyError, msgspec.ValidationError):  # none, or of another version of ours
        return None


def keep(name: str, what: Written, began: str) -> None:
    """Keep it until it is saved or dropped."""
    made: Any = {"written": msgspec.to_builtins(what), "began": began}
    if len(json.dumps(made)) > LARGEST:
        return
    drafts = {**app.storage.user.get(KEY, {})}
    drafts.pop(name, None)
    drafts[name] = made
    app.storage.user[KEY] = dict(list(drafts.items())[-MOST:])


def drop(name: str) -> None:
    """It is saved, or not wanted any more."""
    drafts = {**app.storage.user.get(KEY, {})}
    if drafts.pop(name, None) is not None:
        app.storage.user[KEY] = drafts

"""`loalang audit verify` and `loalang audit head`: the trail checked by whoever has the books, server or none."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlmodel import Session

from broadcast import auditing
from broadcast.domain.audit import Head
from broadcast.settings import Settings
from broadcast.store import Store
from broadcast.wording import say

Say = Callable[[str], None]
BROKEN: Final = 1
NOTHING: Final = 2
"""Exit status where there are no books, or no file of heads, to look into."""


def check(settings: Settings, heads: Path | None, tell: Say, warn: Say, *, as_json: bool) -> int:
    """Walk the trail; say that it is whole, or name the first entry that is not. Exit status 0, 1 or 2."""
    file = heads or settings.audit_heads
    if heads is not None and not heads.is_file():
        warn(say("command.audit-no-heads", file=heads))
        return NOTHING
    if (store := _store(settings)) is None:
        warn(say("command.no-server-data", folder=settings.data))
        return NOTHING
    elsewhere = auditing.read_heads(file)
    try:
        with Session(store.engine) as session:
            found = auditing.check(session, tuple(head for _, head in elsewhere))
    finally:
        store.engine.dispose()
    if as_json:
        first = None if found.fault is None else {"entry": found.at, "fault": found.fault.value}
        result = {
            "whole": found.fault is None, "entries": found.head.seq, "hash": found.head.hash,
            "heads_compared": len(elsewhere), "first": first,
        }  # fmt: skip
        tell(json.dumps(result))
    elif found.fault is None:
        tell(say("command.audit-whole", entries=found.head.seq, hash=found.head.hash, heads=len(elsewhere)))
    else:
        warn(say(f"command.audit-{found.fault.value}", entry=found.at))
    return 0 if found.fault is None else BROKEN


def head(settings: Settings, tell: Say, warn: Say, *, as_json: bool) -> int:
    """The head of the trail now, in the form that `verify --heads` reads."""
    if (store := _store(settings)) is None:
        warn(say("command.no-server-data", folder=settings.data))
        return NOTHING
    try:
        with Session(store.engine) as session:
            now: Head = auditing.head_of(session)
    finally:
        store.engine.dispose()
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    facts = {"day": today, "entries": now.seq, "hash": now.hash}
    tell(json.dumps(facts) if as_json else f"{today} {now.seq} {now.hash}")
    return 0


def _store(settings: Settings) -> Store | None:
    if not settings.server.database and not (settings.data / "loalang.sqlite3").is_file():
        return None
    store = Store(settings.database_url)
    store.migrate()
    return store

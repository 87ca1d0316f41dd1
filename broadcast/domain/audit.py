"""The trail: who changed what, when and from where; each entry is chained to all before it.

The hash of an entry is SHA-256 over the hash before it and the entry's own canonical bytes. Whoever changes, removes or
puts in one must make every later hash anew, and then the head is not the one that was sent elsewhere.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

GENESIS: Final = "0" * 64
"""The hash before the first entry."""
COMMAND: Final = "command"
"""`whence` of what is done on the machine itself."""
LONG: Final = 120
"""A text longer than this is not written down twice: only the part that became another."""
_VERSION: Final = 1

whence: ContextVar[str] = ContextVar("whence", default="")
"""Address of the person being served; "" where nobody is."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What is being done and by whom. `person` None: the house itself, or whoever holds the machine."""

    action: str
    person: int | None = None
    login: str = ""
    name: str = ""
    whence: str = ""
    at: datetime | None = None
    """When it was done, where that was before it could be written down."""


deed: ContextVar[Deed | None] = ContextVar("deed", default=None)
"""What the office is doing now; changes of the books are written down under it."""


@contextmanager
def doing(what: Deed) -> Iterator[None]:
    """Everything that is changed within is changed by `what`."""
    token = deed.set(what)
    try:
        yield
    finally:
        deed.reset(token)


@dataclass(frozen=True, slots=True)
class Change:
    """What became of the books: JSON values by "table/key". A side that is missing: it was made, or it is gone."""

    before: dict[str, object] = field(default_factory=dict)
    after: dict[str, object] = field(default_factory=dict)
    areas: tuple[str, ...] = ()
    """Areas it concerns."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the trail, as it is kept: what is hashed is the text that is kept."""

    seq: int
    at: datetime
    person: int | None
    login: str
    name: str
    whence: str
    action: str
    subject: str
    areas: str
    before: str
    after: str


def entry(seq: int, at: datetime, what: Deed, change: Change) -> Entry:
    """The entry of a deed."""
    subjects = dict.fromkeys([*change.after, *change.before])
    return Entry(
        seq=seq,
        at=what.at or at,
        person=what.person,
        login=what.login,
        name=what.name,
        whence=what.whence,
        action=what.action,
        subject=" ".join(subjects),
        areas=_spaced(change.areas),
        before=as_json(change.before),
        after=as_json(change.after),
    )


def as_json(value: object) -> str:
    """JSON of one form only: the same value is the same text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical(what: Entry) -> bytes:
    """The bytes that are hashed. Two entries that differ anywhere have other bytes."""
    at = what.at.astimezone(UTC).isoformat(timespec="microseconds")
    row = (what.seq, at, what.person, what.login, what.name, what.whence, what.action, what.subject)
    # ASCII only: half a surrogate pair must have bytes too
    listed = [_VERSION, *row, what.areas, what.before, what.after]
    return json.dumps(listed, ensure_ascii=True, separators=(",", ":")).encode("ascii")


def chained(head: str, what: Entry) -> str:
    """The hash of `what` after an entry whose hash is `head`: 64 hexadecimal digits."""
    return hashlib.sha256(head.encode("utf-8", "backslashreplace") + b"\n" + canonical(what)).hexdigest()


class Fault(StrEnum):
    """What is wrong with a trail."""

    CHANGED = "changed"
    """This entry, or the one before it, is not the one that was written; or it was put in between."""
    REMOVED = "removed"
    PUT_IN = "put-in"
    """It stands behind the end of the trail."""
    HEAD = "head"
    """The entry is whole, and the head that is kept beside the trail is another."""
    ELSEWHERE = "elsewhere"
    """The head that was sent elsewhere says otherwise."""


@dataclass(frozen=True, slots=True)
class Head:
    """How far a trail goes: the number of its last entry, and that entry's hash."""

    seq: int = 0
    hash: str = GENESIS


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a trail was found. `fault` is the first, `at` the number of the entry it was found at."""

    head: Head
    fault: Fault | None = None
    at: int = 0


def verify(entries: Iterable[tuple[Entry, str]], head: Head, elsewhere: Iterable[Head] = ()) -> Verdict:
    """Walk a trail in the order of its numbers. `head` is kept beside it; `elsewhere`: heads that were sent away."""
    known = {h.seq: h.hash for h in elsewhere}
    here = Head()
    if 0 in known and known[0] != GENESIS:
        return Verdict(here, Fault.ELSEWHERE, 0)
    for what, hash_ in entries:
        if what.seq > head.seq:
            fault = Fault.PUT_IN if what.seq == here.seq + 1 and here.seq == head.seq else Fault.REMOVED
            return Verdict(here, fault, here.seq + 1)
        if what.seq != here.seq + 1:
            return Verdict(here, Fault.REMOVED if what.seq > here.seq else Fault.PUT_IN, here.seq + 1)
        if chained(here.hash, what) != hash_:
            return Verdict(here, Fault.CHANGED, what.seq)
        here = Head(what.seq, hash_)
        if known.get(here.seq, hash_) != hash_:
            return Verdict(here, Fault.ELSEWHERE, here.seq)
    if here.seq < max([head.seq, *known]):
        return Verdict(here, Fault.REMOVED, here.seq + 1)
    return Verdict(here, None if here == head else Fault.HEAD, 0 if here == head else here.seq)


def differing(was: object, now: object) -> tuple[object, object]:
    """Two values as they are written down: of long texts only what became another, and where."""
    if not (isinstance(was, str) and isinstance(now, str)) or max(len(was), len(now)) <= LONG:
        return was, now
    shorter = min(len(was), len(now))
    start = next((i for i in range(shorter) if was[i] != now[i]), shorter)
    end = next((i for i in range(shorter - start) if was[-1 - i] != now[-1 - i]), shorter - start)
    return (
        {"from": start, "text": was[start : len(was) - end]},
        {"from": start, "text": now[start : len(now) - end]},
    )


def _spaced(areas: Iterable[str]) -> str:
    """Areas with a space around each, so that one is found by " id "."""
    listed = " ".join(dict.fromkeys(areas))
    return f" {listed} " if listed else ""

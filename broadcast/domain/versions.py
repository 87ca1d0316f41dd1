"""What is approved: one fixed version of a bulletin, known by a hash of all that will be heard and shown."""

import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

from broadcast.domain.fields import Fields
from broadcast.domain.refusals import Refusal
from devices.vocabulary import Level

REASON_LENGTH: Final = 500
_SHORTEST: Final = 3
"""Letters and digits of a reason: less says nothing."""
_FORM: Final = 1
_LONG: Final = 2_000
"""Words beyond which the comparison takes the commonest for what they are, rather than minutes."""


class Verdict(StrEnum):
    """What became of a version."""

    APPROVED = "approved"
    VOUCHED = "vouched"
    """Approved by being placed, where no second person is demanded."""
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Content:
    """Everything of a bulletin that will be heard and shown."""

    title: str
    text: str
    clip: str
    fields: Fields


def fingerprint(what: Content) -> str:
    """SHA-256 over all of it, 64 hexadecimal digits: whatever is changed, it is another."""
    f = what.fields
    until = "" if f.valid_until is None else f.valid_until.astimezone(UTC).isoformat(timespec="microseconds")
    shown = [f.level.value, f.category.value, f.source, f.issued_by, until, sorted(f.areas), f.language.value, f.tags]
    listed = [_FORM, what.title, what.text, what.clip, *shown]
    return hashlib.sha256(json.dumps(listed, ensure_ascii=True, separators=(",", ":")).encode("ascii")).hexdigest()


def clean_reason(text: str) -> str:
    """A reason as it is kept. Raises Refusal: reason-missing, reason-long."""
    kept = unicodedata.normalize("NFC", text[: 4 * REASON_LENGTH])
    kept = " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in kept).split())
    if sum(c.isalnum() for c in kept) < _SHORTEST:
        raise Refusal("reason-missing")
    if len(kept) > REASON_LENGTH:
        raise Refusal("reason-long", limit=REASON_LENGTH)
    return kept


def require_second(approver: int, writers: tuple[int, ...], level: Level, area: str) -> None:
    """Author and approver differ for what is urgent, and where an area (its name, "" for none) demands it.

    Raises Refusal: approval-own-priority, approval-own.
    """
    if approver not in writers:
        return
    if level is not Level.ROUTINE:
        raise Refusal("approval-own-priority")
    if area:
        raise Refusal("approval-own", area=area)


class Stretch(StrEnum):
    """What became of a stretch of text."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


def compared(before: str, after: str) -> tuple[tuple[Stretch, str], ...]:
    """Two texts word by word, in order: joined without NEW it is `before`, without GONE it is `after`."""
    was, now = (re.findall(r"\s*\S+|\s+\Z", text) for text in (before, after))
    matcher = SequenceMatcher(None, was, now, autojunk=len(was) + len(now) > _LONG)
    found: list[tuple[Stretch, str]] = []
    for tag, i, i_end, j, j_end in matcher.get_opcodes():
        if tag == "equal":
            found.append((Stretch.SAME, "".join(was[i:i_end])))
            continue
        gone, new = "".join(was[i:i_end]), "".join(now[j:j_end])
        found += [part for part in ((Stretch.GONE, gone), (Stretch.NEW, new)) if part[1]]
    return tuple(found)

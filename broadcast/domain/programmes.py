"""A programme: what sounds in one slot, in its order, from the opening jingle to the closing; and whether it fits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from broadcast.domain.refusals import Refusal
from devices.vocabulary import Level

PARTS: Final = 60
"""Parts that one programme may have."""
LONGEST_GAP_S: Final = 10.0
LONGEST_FADE_S: Final = 8.0
LEAST_FILL_S: Final = 10.0
"""A placeholder that fills what is left falls away where less than this is left."""


SHIPPED: Final = {"rising": 5.8, "falling": 4.2, "chime": 1.91}
"""Jingles that are always there, and how many seconds each sounds."""
OWN: Final = "own:"


class PartKind(StrEnum):
    """What a part of a programme is."""

    OPENING = "opening"
    """Nhạc hiệu mở đầu: the first, if there is one."""
    BULLETIN = "bulletin"
    RELAY = "relay"
    """Tiếp âm: room kept for another station."""
    MUSIC = "music"
    CLOSING = "closing"
    """Nhạc hiệu kết thúc: the last, if there is one."""


MUSICAL: Final = frozenset({PartKind.OPENING, PartKind.MUSIC, PartKind.CLOSING})
"""What may sound over its neighbour: words never do."""
_PLACEHOLDERS: Final = frozenset({PartKind.RELAY, PartKind.MUSIC})
_UNSPOKEN: Final = MUSICAL | _PLACEHOLDERS
"""What may be without a sound: the rest airs without it."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part. `seconds` None: it has no sound yet, or with `fills` it takes what the slot leaves over."""

    kind: PartKind
    title: str
    seconds: float | None = None
    bulletin: int | None = None
    level: Level = Level.ROUTINE
    valid_until: datetime | None = None
    fills: bool = False
    key: str = ""
    """What it is known by, wherever it is dragged."""
    sound: str = ""
    """Of what is no bulletin: one of `SHIPPED`, or "own:7" for a sound of the area; "": none."""


@dataclass(frozen=True, slots=True)
class Programme:
    """Parts in their order. `gap_s` of silence between two; `fade_s` is how long music sounds over its neighbour."""

    parts: tuple[Part, ...]
    gap_s: float = 1.0
    fade_s: float = 0.0

    def __post_init__(self) -> None:
        """Raises Refusal("programme-bounds") beyond what a programme may be."""
        fills = sum(p.fills for p in self.parts)
        wrong = any(p.fills and p.kind not in _PLACEHOLDERS for p in self.parts) or fills > 1
        lengths = all(p.seconds is None or p.seconds >= 0 for p in self.parts)
        gaps = 0 <= self.gap_s <= LONGEST_GAP_S and 0 <= self.fade_s <= LONGEST_FADE_S
        if len(self.parts) > PARTS or wrong or not lengths or not gaps:
            raise Refusal("programme-bounds", parts=PARTS)


class Fault(StrEnum):
    """What keeps a programme from airing as it stands."""

    EMPTY = "empty"
    """Nothing is said in it."""
    NO_SOUND = "no-sound"
    OPENING_NOT_FIRST = "opening-not-first"
    CLOSING_NOT_LAST = "closing-not-last"
    TWICE = "twice"
    """The same bulletin a second time."""
    EXPIRED = "expired"
    """A bulletin that is over before its turn comes."""
    TOO_LONG = "too-long"
    LEFT_OUT = "left-out"
    """A placeholder without a sound: the rest airs without it."""
    UNAPPROVED = "unapproved"
    """A bulletin that was not approved: whoever places the programme cannot vouch for it alone."""
    BARRED = "barred"
    """A bulletin that was withdrawn or rejected."""


STOPS: Final = frozenset({Fault.EMPTY, Fault.NO_SOUND, Fault.TWICE, Fault.EXPIRED, Fault.BARRED})
"""What must be mended before a programme is put together; the rest one may leave."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A part with its place: which it is, seconds from the beginning, how long it sounds."""

    index: int
    part: Part
    start: float
    seconds: float

    @property
    def end(self) -> float:
        """When it is over."""
        return self.start + self.seconds


@dataclass(frozen=True, slots=True)
class Layout:
    """A programme laid out. `faults`: (which, index of the part or None). `over`, `left`: seconds too many, free."""

    placed: tuple[Placed, ...]
    total: float
    over: float
    left: float
    faults: tuple[tuple[Fault, int | None], ...]


def laid_out(what: Programme, slot_seconds: float | None = None, at: datetime | None = None) -> Layout:
    """When each part sounds. Without a slot nothing is too long; without an instant nothing is expired."""
    known = _placed(what, _lengths(what))
    fill = next((i for i, p in enumerate(what.parts) if p.fills), None)
    if fill is not None:
        known = _filled(what, fill, slot_seconds)
    total = max((p.end for p in known), default=0.0)
    over = max(0.0, total - slot_seconds) if slot_seconds is not None else 0.0
    left = max(0.0, slot_seconds - total) if slot_seconds is not None else 0.0
    faults = [*_faults(what), *_expired(known, at)]
    if over > 0:
        faults.append((Fault.TOO_LONG, None))
    return Layout(tuple(known), total, over, left, tuple(faults))


def moved(what: Programme, start: int, end: int) -> Programme:
    """With one part at another place. The opening stays first and the closing last. Raises Refusal("no-such-part")."""
    if not 0 <= start < len(what.parts):
        raise Refusal("no-such-part")
    parts = list(what.parts)
    part = parts.pop(start)
    parts.insert(max(0, min(end, len(parts))), part)
    order = {PartKind.OPENING: 0, PartKind.CLOSING: 2}
    return replace(what, parts=tuple(sorted(parts, key=lambda p: order.get(p.kind, 1))))


def put_before(what: Programme, key: str, before: str) -> Programme:
    """With the part of that key in front of another; "" is the end. Raises Refusal("no-such-part")."""
    keys = [p.key for p in what.parts]
    if key not in keys or (before and before not in keys):
        raise Refusal("no-such-part")
    start, end = keys.index(key), keys.index(before) if before else len(keys)
    return moved(what, start, end - (start < end))


def with_part(what: Programme, part: Part) -> Programme:
    """With one more, before the closing; a second opening or closing takes the place of the first.

    Raises Refusal: programme-bounds, programme-twice (a bulletin that is in it).
    """
    if part.bulletin is not None and any(p.bulletin == part.bulletin for p in what.parts):
        raise Refusal("programme-twice")
    jingle = part.kind in {PartKind.OPENING, PartKind.CLOSING}
    kept = tuple(p for p in what.parts if not jingle or p.kind is not part.kind)
    whole = replace(what, parts=(*kept, part))
    return moved(whole, len(kept), len(kept))


def without_part(what: Programme, key: str) -> Programme:
    """Without the part of that key. Raises Refusal("no-such-part")."""
    kept = tuple(p for p in what.parts if p.key != key)
    if len(kept) == len(what.parts):
        raise Refusal("no-such-part")
    return replace(what, parts=kept)


def from_pattern(pattern: Sequence[Part | None], bulletins: Iterable[Part], gap_s: float = 1.0) -> Programme:
    """An area's usual programme with the day's bulletins, urgent ones first: they stand where the pattern says None.

    A pattern without None takes them before its closing.
    """
    some = sorted(bulletins, key=lambda p: -_WEIGHT[p.level])
    if None in pattern:
        at = list(pattern).index(None)
    else:
        at = next((i for i, p in enumerate(pattern) if p is not None and p.kind is PartKind.CLOSING), len(pattern))
    before, after = pattern[:at], pattern[at:]
    return Programme(tuple(p for p in (*before, *some, *after) if p is not None), gap_s)


_WEIGHT: Final = {Level.ROUTINE: 0, Level.PRIORITY: 1, Level.EMERGENCY: 2}


def _lengths(what: Programme) -> dict[int, float]:
    """Seconds of each part whose length is known; a placeholder without a sound is not there."""
    return {i: p.seconds or 0.0 for i, p in enumerate(what.parts) if not p.fills and not _left_out(p)}


def _left_out(part: Part) -> bool:
    return part.kind in _UNSPOKEN and part.seconds is None and not part.fills


def _placed(what: Programme, seconds: dict[int, float]) -> list[Placed]:
    """Those parts of which a length is given, one after another."""
    found: list[Placed] = []
    for i, part in enumerate(what.parts):
        if i not in seconds:
            continue
        start = 0.0
        if found:
            start = found[-1].end + _step(what, found[-1], part, seconds[i])
        found.append(Placed(i, part, start, seconds[i]))
    return found


def _step(what: Programme, before: Placed, part: Part, seconds: float) -> float:
    """Seconds from the end of one part to the start of the next: a gap, or less than nothing where they overlap."""
    musical = before.part.kind in MUSICAL or part.kind in MUSICAL
    if not what.fade_s or not musical:
        return what.gap_s
    return -min(what.fade_s, before.seconds / 2, seconds / 2)


def _filled(what: Programme, fill: int, slot_seconds: float | None) -> list[Placed]:
    lengths = _lengths(what)
    without = _placed(what, lengths)
    if slot_seconds is None:
        return _placed(what, lengths | {fill: what.parts[fill].seconds or 0.0})
    # how much room it has depends on its own length only through its fades: twice is enough
    length = slot_seconds - max((p.end for p in without), default=0.0)
    for _ in range(2):
        total = max((p.end for p in _placed(what, lengths | {fill: max(0.0, length)})), default=0.0)
        length = max(0.0, length) + slot_seconds - total
    return without if length < LEAST_FILL_S else _placed(what, lengths | {fill: length})


def _faults(what: Programme) -> Iterable[tuple[Fault, int | None]]:
    last = len(what.parts) - 1
    seen: set[int] = set()
    jingles = {PartKind.OPENING, PartKind.CLOSING}
    if not any(p.kind not in jingles and not _left_out(p) for p in what.parts):
        yield Fault.EMPTY, None
    for i, part in enumerate(what.parts):
        if part.kind is PartKind.OPENING and i != 0:
            yield Fault.OPENING_NOT_FIRST, i
        if part.kind is PartKind.CLOSING and i != last:
            yield Fault.CLOSING_NOT_LAST, i
        if part.seconds is None and not part.fills:
            yield Fault.LEFT_OUT if _left_out(part) else Fault.NO_SOUND, i
        if part.bulletin is not None and part.bulletin in seen:
            yield Fault.TWICE, i
        if part.bulletin is not None:
            seen.add(part.bulletin)


def _expired(known: list[Placed], at: datetime | None) -> Iterable[tuple[Fault, int | None]]:
    if at is None:
        return
    for placed in known:
        until = placed.part.valid_until
        if until is not None and at + timedelta(seconds=placed.start) > until:
            yield Fault.EXPIRED, placed.index

"""Topics: built here, parsed here, ASCII throughout.

The first character of every topic published is the `l` of the root: an embedded broker dies of a topic that begins
with a character outside ASCII.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from devices.vocabulary import AreaId, ClipHash, ReceiverId, is_hash, is_slug

ROOT: Final = "loalang/v1"
TOPIC_LENGTH: Final = 200
"""Longest topic looked at, characters: root, two identifiers and a hash fit easily."""


class Scope(StrEnum):
    """Whose topic it is."""

    AREA = "area"
    RECEIVER = "receiver"
    PROBE = "probe"


class Leaf(StrEnum):
    """What a topic carries."""

    PLAN = "plan"
    ORDER = "order"
    ALARM = "alarm"
    HOLD = "hold"
    CLIP = "clip"
    ASSIGNMENT = "assignment"
    STATE = "state"
    REPORT = "report"
    ACK = "ack"


_LEAVES: Final[dict[Scope, frozenset[Leaf]]] = {
    Scope.AREA: frozenset({Leaf.PLAN, Leaf.ORDER, Leaf.ALARM, Leaf.HOLD, Leaf.CLIP}),
    Scope.RECEIVER: frozenset({Leaf.PLAN, Leaf.ORDER, Leaf.HOLD, Leaf.ASSIGNMENT, Leaf.STATE, Leaf.REPORT, Leaf.ACK}),
}

MAX_BYTES: Final[dict[Leaf, int]] = {
    Leaf.PLAN: 1024 * 1024,
    Leaf.ORDER: 8 * 1024,
    Leaf.ALARM: 48 * 1024,
    Leaf.HOLD: 4 * 1024,
    Leaf.CLIP: 512 * 1024,
    Leaf.ASSIGNMENT: 8 * 1024,
    Leaf.STATE: 256 * 1024,
    Leaf.REPORT: 8 * 1024,
    Leaf.ACK: 4 * 1024,
}
"""Longest payload looked at, by leaf: checked before anything is parsed."""


class BadTopic(ValueError):
    """Raised when a text is not a topic of ours."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic. `clip` is set where `leaf` is CLIP, and only there. Raises BadTopic for what cannot be."""

    scope: Scope
    owner: str
    leaf: Leaf
    clip: ClipHash | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot stand on the wire."""
        if not is_slug(self.owner):
            raise BadTopic(f"not an identifier: {self.owner!r}")
        if self.leaf not in _LEAVES.get(self.scope, frozenset()):
            raise BadTopic(f"{self.scope} has no {self.leaf}")
        if (self.clip is not None) != (self.leaf is Leaf.CLIP):
            raise BadTopic("a hash stands in clip topics, and only there")
        if self.clip is not None and not is_hash(self.clip):
            raise BadTopic("not a SHA-256")

    @property
    def target(self) -> str:
        """Whom it is for: "area/x" or "receiver/x"."""
        return f"{self.scope}/{self.owner}"

    @property
    def max_bytes(self) -> int:
        """Longest payload that is looked at."""
        return MAX_BYTES[self.leaf]

    def __str__(self) -> str:
        tail = f"/{self.clip}" if self.clip else ""
        return f"{ROOT}/{self.scope}/{self.owner}/{self.leaf}{tail}"


def parse(text: str) -> Topic:
    """The Topic a text names. Raises BadTopic."""
    if len(text) > TOPIC_LENGTH or not text.isascii():
        raise BadTopic("too long, or not ASCII")
    levels = text.split("/")
    try:
        root, version, scope, owner, leaf, *rest = levels
        if f"{root}/{version}" != ROOT or len(rest) > 1:
            raise BadTopic(text)
        return Topic(Scope(scope), owner, Leaf(leaf), ClipHash(rest[0]) if rest else None)
    except ValueError as error:
        raise BadTopic(text) from error


def area(owner: AreaId | str, leaf: Leaf, clip: ClipHash | None = None) -> Topic:
    """A topic of an area."""
    return Topic(Scope.AREA, owner, leaf, clip)


def receiver(owner: ReceiverId | str, leaf: Leaf) -> Topic:
    """A topic of one receiver."""
    return Topic(Scope.RECEIVER, owner, leaf)


def of_target(target: str, leaf: Leaf) -> Topic:
    """The topic of "area/x" or "receiver/x". Raises BadTopic."""
    return parse(f"{ROOT}/{target}/{leaf}")


def receiver_filters(own: ReceiverId | str, areas: tuple[str, ...]) -> tuple[str, ...]:
    """The filters a receiver subscribes to: its own, and those of its area and all areas above."""
    mine = tuple(str(receiver(own, leaf)) for leaf in (Leaf.ASSIGNMENT, Leaf.PLAN, Leaf.ORDER, Leaf.HOLD, Leaf.ACK))
    shared = tuple(str(area(a, leaf)) for a in areas for leaf in (Leaf.ALARM, Leaf.HOLD, Leaf.PLAN, Leaf.ORDER))
    clips = tuple(f"{ROOT}/{Scope.AREA}/{a}/{Leaf.CLIP}/+" for a in areas)
    return mine + shared + clips


SERVER_FILTERS: Final = (f"{ROOT}/receiver/+/{Leaf.STATE}", f"{ROOT}/receiver/+/{Leaf.REPORT}")


def probe(name: str) -> str:
    """The topic on which the server sends a message to itself, to know that the broker serves."""
    if not is_slug(name):
        raise BadTopic(name)
    return f"{ROOT}/{Scope.PROBE}/{name}"

"""What may come in: every message passes here, or is refused by a word of `Why` and changes nothing.

In this order, each before the next is looked at: topic, owner, size, signature, form, kind, target, number, expiry.
"""

import hashlib
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from devices import signing, topics
from devices.link import Received
from devices.messages import (
    Ack,
    Alarm,
    AlarmEnded,
    Assignment,
    Hold,
    HoldEnded,
    Identify,
    Plan,
    ServerMessage,
    SetVolume,
    Stop,
    UnknownKind,
    Unreadable,
    decode,
)
from devices.receiver.clock import Clock
from devices.receiver.holdings import Holdings
from devices.receiver.shelf import Held
from devices.topics import Leaf, Scope, Topic
from devices.vocabulary import Why

_KINDS: Final[dict[Leaf, tuple[type[ServerMessage], ...]]] = {
    Leaf.PLAN: (Plan,),
    Leaf.ORDER: (Stop, SetVolume, Identify),
    Leaf.ALARM: (Alarm, AlarmEnded),
    Leaf.HOLD: (Hold, HoldEnded),
    Leaf.ASSIGNMENT: (Assignment,),
    Leaf.ACK: (Ack,),
}
_LASTING: Final = frozenset({Leaf.PLAN, Leaf.ALARM, Leaf.HOLD, Leaf.ASSIGNMENT})
"""Topics whose last message is kept, and which the server publishes again whenever it connects."""
_AGAIN: Final = _LASTING | {Leaf.ACK}
"""Topics on which the same message a second time is no attack."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A message that may act, and what is to be remembered of it."""

    topic: Topic
    message: ServerMessage
    held: Held


@dataclass(frozen=True, slots=True)
class PushedClip:
    """Bytes that came on a clip topic: whether they are wanted and what they say they are is not looked at yet."""

    topic: Topic
    clip: str
    sound: bytes


@dataclass(frozen=True, slots=True)
class Known:
    """Nothing new: what is held already, or a topic that was cleared."""


@dataclass(frozen=True, slots=True)
class Turned:
    """Refused. `topic` is as short as is needed to tell topics of one kind apart."""

    topic: str
    why: Why


Verdict = Accepted | PushedClip | Known | Turned


class Gate:
    """Judges what comes in for one receiver. Remembers nothing itself: numbers are in the holdings."""

    def __init__(self, receiver: str, keys: signing.Keyring, holdings: Holdings, clock: Clock) -> None:
        self._receiver = receiver
        self._keys = keys
        self._holdings = holdings
        self._clock = clock

    def judge(self, received: Received) -> Verdict:
        """What is to be done with it."""
        try:
            topic = topics.parse(received.topic)
        except topics.BadTopic:
            return Turned("?", Why.FOREIGN)
        if not self._concerns_us(topic):
            return Turned(_shown(topic), Why.FOREIGN)
        if not received.payload:
            return Known()
        if len(received.payload) > topic.max_bytes:
            return Turned(_shown(topic), Why.OVERSIZED)
        if topic.clip is not None:
            return PushedClip(topic, topic.clip, received.payload)
        opened = self.open(topic, received.payload)
        if not isinstance(opened, Accepted):
            return opened
        return self._numbered(opened)

    def open(self, topic: Topic, envelope: bytes) -> Accepted | Turned:
        """Signature, form, kind, target: what must also hold for a message that is read back from the disk."""
        try:
            payload = signing.unseal(topic, envelope, self._keys)
            message = decode(payload)
        except signing.TooLong:
            return Turned(_shown(topic), Why.OVERSIZED)
        except signing.Forged:
            return Turned(_shown(topic), Why.FORGED)
        except UnknownKind:
            return Turned(_shown(topic), Why.UNKNOWN_KIND)
        except (signing.NotAnEnvelope, Unreadable):
            return Turned(_shown(topic), Why.UNREADABLE)
        if not isinstance(message, _KINDS[topic.leaf]) or message.target != topic.target:
            return Turned(_shown(topic), Why.FOREIGN)
        if isinstance(message, Assignment) and not _is_zone(message.timezone):
            return Turned(_shown(topic), Why.UNREADABLE)
        keep = envelope if topic.leaf in _LASTING else None
        held = Held(str(topic), message.number, hashlib.sha256(payload).digest(), keep)
        return Accepted(topic, message, held)

    def _numbered(self, opened: Accepted) -> Verdict:
        last = self._holdings.numbers.get(opened.held.topic)
        if last is not None and opened.held.number <= last.number:
            same = (opened.held.number, opened.held.digest) == (last.number, last.digest)
            if same and opened.topic.leaf in _AGAIN:
                return Known()
            older = opened.held.number < last.number and opened.topic.leaf in _AGAIN
            return Turned(_shown(opened.topic), Why.OLDER if older else Why.REPLAYED)
        if opened.message.expires <= self._clock.now():
            return Turned(_shown(opened.topic), Why.EXPIRED)
        return opened

    def _concerns_us(self, topic: Topic) -> bool:
        if topic.leaf is not Leaf.CLIP and topic.leaf not in _KINDS:
            return False
        if topic.scope is Scope.RECEIVER:
            return topic.owner == self._receiver
        return topic.owner in self._holdings.areas


def _shown(topic: Topic) -> str:
    """Without the hash: a stranger who varies it fills no journal."""
    return str(topic) if topic.clip is None else str(topic).rpartition("/")[0] + "/+"


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True

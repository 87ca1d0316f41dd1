"""The server's end of the wire: what it says goes out signed, what comes in is believed only from its owner.

A receiver's state and reports are signed with the receiver's own key, and mean something only on its own topics.
Whatever is refused is counted by reason, logged now and then, and changes nothing.
"""

import time
from collections import Counter
from collections.abc import Callable
from typing import Final

import structlog

from broadcast.wording import say
from devices import topics
from devices.link import Link, LinkReason, LinkState, Received
from devices.messages import ReceiverReport, Signed, State, UnknownKind, Unreadable, decode, encode
from devices.signing import Forged, Keyring, NotAnEnvelope, Signer, TooLong, unseal
from devices.topics import BadTopic, Leaf, Topic
from devices.vocabulary import PUSH_LIMIT, AreaId, ClipHash, ReceiverId, Why

_log = structlog.get_logger(__name__)

_LOG_EVERY_S: Final = 30.0
"""One line a reason in this time: whoever floods us does not fill the disk as well."""

_URGENT: Final = frozenset({Leaf.ALARM, Leaf.ORDER})

BAD_TOPIC: Final = "bad-topic"
BADLY_TAKEN: Final = "badly-taken"
"""Counted as refused: a handler of ours raised."""

OnState = Callable[[State, bool], None]
OnReport = Callable[[ReceiverReport], None]


class _Refused(Exception):
    def __init__(self, why: str, detail: str) -> None:
        super().__init__(detail)
        self.why = why


def _nothing(*_: object) -> None:
    """Nobody has asked for these yet."""


class Wire:
    """Link, signer and the keys of receivers. Everything happens on one event loop.

    Assign `on_state` (with whether the state was retained) and `on_report` before `open`. `on_changed` are called at
    every change of the link, `on_up` whenever it has come up: then everything in force is to be published again.
    None of them may block.
    """

    def __init__(self, link: Link, signer: Signer, keys: Keyring | None = None) -> None:
        self._link = link
        self._signer = signer
        self._keys = keys if keys is not None else Keyring()
        self.on_state: OnState = _nothing
        self.on_report: OnReport = _nothing
        self.on_changed: list[Callable[[LinkState], None]] = []
        self.on_up: list[Callable[[], None]] = []
        self.refused: Counter[str] = Counter()
        """Messages refused since the start, by reason: words of Why, BAD_TOPIC, BADLY_TAKEN."""
        self.published = 0
        """Messages the carrier has taken since the start."""
        self._logged: dict[str, float] = {}

    async def open(self) -> None:
        """Start connecting; returns at once."""
        await self._link.subscribe(topics.SERVER_FILTERS)
        await self._link.open(self._take, self._look)

    async def close(self) -> None:
        """Let go of the link. May be called twice."""
        await self._link.close()

    # what the server says

    def seal(self, topic: Topic, message: Signed) -> bytes:
        """The signed bytes of a message, to be published now and again.

        Raises ValueError where the message is for another than the topic's owner, TooLong where no receiver would
        read it.
        """
        if message.target != topic.target:
            raise ValueError(f"a message for {message.target} does not belong on {topic}")
        raw = self._signer.seal(topic, encode(message))
        if len(raw) > topic.max_bytes:
            raise TooLong(f"{len(raw)} bytes for {topic}, which allows {topic.max_bytes}")
        return raw

    async def publish(self, topic: Topic, raw: bytes, *, retain: bool = False, qos: int = 1) -> None:
        """Hand sealed bytes to the carrier; alarms and orders go first. Raises LinkDown or LinkRefused."""
        await self._link.publish(str(topic), raw, qos=qos, retain=retain, urgent=topic.leaf in _URGENT)
        self.published += 1

    async def send(self, topic: Topic, message: Signed, *, retain: bool = False, qos: int = 1) -> bytes:
        """Seal and publish; the sealed bytes. Raises as `seal` and `publish`."""
        raw = self.seal(topic, message)
        await self.publish(topic, raw, retain=retain, qos=qos)
        return raw

    async def push_clip(self, area: AreaId, clip: ClipHash, data: bytes) -> None:
        """Sound that is needed before a receiver would fetch it; checked there against the hash in a signed plan.

        Raises TooLong above PUSH_LIMIT, and as `publish`.
        """
        if len(data) > PUSH_LIMIT:
            raise TooLong(f"{len(data)} bytes of sound; {PUSH_LIMIT} are pushed at most")
        await self.publish(topics.area(area, Leaf.CLIP, clip), data, qos=0)

    async def clear(self, topic: Topic) -> None:
        """Let the carrier forget what it retains there. Raises as `publish`."""
        await self.publish(topic, b"", retain=True)

    # whom it believes

    def trust(self, receiver: ReceiverId | str, public_key: bytes) -> None:
        """Believe what this key signs on this receiver's topics. Raises ValueError for a key that is none."""
        self._keys.add(receiver, public_key)

    def distrust(self, receiver: ReceiverId | str) -> None:
        """Believe this receiver nothing any more."""
        self._keys.remove(receiver)

    # how it is

    @property
    def state(self) -> LinkState:
        """The state of the link."""
        return self._link.state

    @property
    def reason(self) -> str:
        """Why it is not up and what to do, a sentence; "" while it is up."""
        if self._link.state is LinkState.UP:
            return ""
        if self._link.why is LinkReason.NONE:
            return say(f"broker.link-{self._link.state}")
        return say(f"broker.why-{self._link.why}", detail=self._link.reason)

    def _look(self, state: LinkState) -> None:
        for changed in self.on_changed:
            self._guard(changed, state)
        if state is LinkState.UP:
            for up in self.on_up:
                self._guard(up)

    def _take(self, received: Received) -> None:
        try:
            self._hear(received)
        except _Refused as refused:
            self._count(refused.why, received.topic, str(refused))

    def _hear(self, received: Received) -> None:
        try:
            topic = topics.parse(received.topic)
        except BadTopic as error:
            raise _Refused(BAD_TOPIC, "no topic of ours") from error
        if not received.payload:
            return  # what was retained was cleared
        message = self._opened(topic, received.payload)
        if message.receiver != topic.owner:
            raise _Refused(Why.FOREIGN, f"speaks for {message.receiver}")
        if isinstance(message, State):
            self._guard(self.on_state, message, received.retained)
        else:
            self._guard(self.on_report, message)

    def _opened(self, topic: Topic, raw: bytes) -> State | ReceiverReport:
        try:
            message = decode(unseal(topic, raw, self._keys.only(topic.owner)))
        except TooLong as error:
            raise _Refused(Why.OVERSIZED, str(error)) from error
        except Forged as error:
            raise _Refused(Why.FORGED, str(error)) from error
        except UnknownKind as error:
            raise _Refused(Why.UNKNOWN_KIND, str(error)) from error
        except (NotAnEnvelope, Unreadable) as error:
            raise _Refused(Why.UNREADABLE, str(error)) from error
        expected = State if topic.leaf is Leaf.STATE else ReceiverReport
        if topic.leaf not in {Leaf.STATE, Leaf.REPORT} or not isinstance(message, expected):
            raise _Refused(Why.FOREIGN, f"a {type(message).__name__} does not belong here")
        return message

    def _guard(self, call: Callable[..., None], *facts: object) -> None:
        """One part of the house that stumbles does not cost the others their messages."""
        try:
            call(*facts)
        except Exception:  # noqa: BLE001 - whatever it is, the next message must still be taken
            self.refused[BADLY_TAKEN] += 1
            _log.exception("a handler stumbled", handler=getattr(call, "__qualname__", repr(call)))

    def _count(self, why: str, topic: str, detail: str) -> None:
        self.refused[why] += 1
        now = time.monotonic()
        if now - self._logged.get(why, -_LOG_EVERY_S) >= _LOG_EVERY_S:
            self._logged[why] = now
            _log.warning("refused", why=why, topic=topic[:200], detail=detail[:200], so_far=self.refused[why])

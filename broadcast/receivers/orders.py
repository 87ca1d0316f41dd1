"""Orders for this moment: signed, numbered, void after a minute. What cannot be sent now is refused, never kept."""

from datetime import timedelta
from typing import Final

from sqlmodel import Session

from broadcast.domain.numbers import following
from broadcast.domain.people import Action, Actor, require
from broadcast.domain.refusals import Refusal
from broadcast.newsroom.desk import Desk
from broadcast.records import ReceiverRow
from broadcast.wire import Wire
from devices import topics
from devices.link import LinkError
from devices.messages import Identify, Order, Stop
from devices.topics import Leaf
from devices.vocabulary import AreaId

HOLDS: Final = timedelta(seconds=60)
"""Longer, and an order given into a broken link would sound when nobody stands there any more."""


class Orders:
    """Stop and identify."""

    def __init__(self, desk: Desk, wire: Wire) -> None:
        self._desk, self._wire = desk, wire
        self._numbers: dict[str, int] = {}

    async def stop(self, actor: Actor, area: AreaId) -> None:
        """Break off what sounds in an area now: one publish. Raises Refusal: link-down, no-such-area, not-..."""
        require(actor, Action.STOP, (self._desk.tree.get(area).id,), self._desk.tree)
        target = f"area/{area}"
        now = self._desk.now()
        await self._send(Stop(target=target, number=self._number(target), issued=now, expires=now + HOLDS))

    async def identify(self, actor: Actor, receiver: str) -> None:
        """Three short tones at one receiver. Raises Refusal: link-down, no-such-receiver, not-..."""

        def work(session: Session) -> AreaId | None:
            row = session.get(ReceiverRow, receiver)
            return None if row is None else AreaId(row.area)

        area = await self._desk.store.read(work)
        if area is None:
            raise Refusal("no-such-receiver")
        require(actor, Action.IDENTIFY, (area,), self._desk.tree)
        target = f"receiver/{receiver}"
        now = self._desk.now()
        await self._send(Identify(target=target, number=self._number(target), issued=now, expires=now + HOLDS))

    def _number(self, target: str) -> int:
        self._numbers[target] = following(self._numbers.get(target, 0), self._desk.now())
        return self._numbers[target]

    async def _send(self, order: Order) -> None:
        topic = topics.of_target(order.target, Leaf.ORDER)
        try:
            await self._wire.send(topic, order)
        except LinkError as error:
            raise Refusal("link-down") from error

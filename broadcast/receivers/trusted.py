"""Whom the wire believes, and who is told what it is: kept in step with the receivers in the books."""

import base64
from collections.abc import Awaitable, Callable, Iterable

from sqlmodel import select

from broadcast.newsroom.desk import Desk
from broadcast.records import ReceiverRow
from broadcast.wire import Wire
from devices.link import LinkState
from devices.vocabulary import ReceiverId


class Trusted:
    """Keys believed and assignments sent, kept in step with the books."""

    def __init__(self, desk: Desk, wire: Wire, assign: Callable[[Iterable[str]], Awaitable[None]]) -> None:
        self._desk, self._wire, self._assign = desk, wire, assign
        self._known: dict[str, tuple[str, str]] = {}

    async def learn(self) -> None:
        """Believe, and tell, those that were enrolled beside us (by a command on this machine)."""
        rows = await self._desk.store.read(lambda session: list(session.exec(select(ReceiverRow)).all()))
        new = [row for row in rows if self._known.get(row.id) != (row.public_key, row.area)]
        for row in new:
            self._wire.trust(row.id, base64.b64decode(row.public_key))
            self._known[row.id] = row.public_key, row.area
        if new and self._wire.state is LinkState.UP:
            await self._assign(row.id for row in new)

    async def assign(self, receiver: ReceiverId) -> None:
        """Tell one receiver what it is."""
        await self._assign((receiver,))

"""The part of the little office that takes sound in by pieces."""

import asyncio
import secrets
import tempfile
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from broadcast.domain.arrivals import Arrival
from broadcast.domain.bulletins import Bulletin
from broadcast.domain.house import Tell
from broadcast.domain.people import Action, Actor, require
from broadcast.domain.refusals import Refusal
from broadcast.newsroom.office_sound import SoundOffice


class LittleSound:
    arriving: dict[str, Arrival]
    come: dict[str, bytearray]
    hangs_at: int
    """Bytes after which nothing more is taken until it is `freed`."""
    hung: asyncio.Event
    freed: asyncio.Event

    def __post_init__(self) -> None:
        super().__post_init__()  # type: ignore[misc]  # one of several parts
        self.arriving, self.come = {}, {}
        self.hangs_at, self.hung, self.freed = 1 << 62, asyncio.Event(), asyncio.Event()

    def sound(self: Any) -> SoundOffice:
        return SoundOffice(
            begin=self._begin,
            arrived=self._arrived,
            take=self._take,
            drop=self._drop,
            waiting=self._waiting,
            use=self._use,
        )

    async def _begin(self: Any, actor: Actor, bulletin: int, name: str, length: int) -> Arrival:
        self._may("begin")
        require(actor, Action.WRITE, (), self.tree())
        if bulletin not in self.books:
            raise Refusal("no-such-bulletin")
        if not length:
            raise Refusal("upload-empty", name=name)
        if length > self.limit_mb * 1024 * 1024:
            raise Refusal("upload-large", name=name, limit=self.limit_mb)
        key = secrets.token_urlsafe(18)
        until = datetime.now(UTC) + timedelta(days=1)
        self.arriving[key], self.come[key] = Arrival(key, actor.id, bulletin, name, length, 0, until), bytearray()
        made: Arrival = self.arriving[key]
        return made

    async def _arrived(self: Any, actor: Actor, key: str) -> Arrival:
        found: Arrival | None = self.arriving.get(key)
        if found is None or found.person != actor.id:
            raise Refusal("no-such-upload")
        return replace(found, offset=len(self.come[key]))

    async def _take(self: Any, actor: Actor, key: str, offset: int, sent: AsyncIterator[bytes]) -> Arrival:
        self._may("take")
        if (await self._arrived(actor, key)).offset != offset:
            raise Refusal("upload-offset", offset=len(self.come[key]))
        async for piece in sent:
            self.come[key] += piece
            if len(self.come[key]) > self.hangs_at:
                self.hung.set()
                await self.freed.wait()
        arrival: Arrival = await self._arrived(actor, key)
        return arrival

    async def _drop(self: Any, actor: Actor, key: str) -> None:
        await self._arrived(actor, key)
        del self.arriving[key], self.come[key]

    async def _waiting(self: Any, actor: Actor, bulletin: int) -> Arrival | None:
        mine = [await self._arrived(actor, k) for k, one in self.arriving.items() if one.person == actor.id]
        return next((one for one in mine if one.bulletin == bulletin and one.whole), None)

    async def _use(self: Any, actor: Actor, key: str, tell: Tell) -> Bulletin:
        arrival = await self._arrived(actor, key)
        with tempfile.NamedTemporaryFile() as file:
            file.write(self.come[key])
            file.flush()
            try:
                done: Bulletin = await self.upload(actor, arrival.bulletin, arrival.name, Path(file.name), tell)
            except Refusal as no:
                if no.code.startswith("sound-"):
                    await self._drop(actor, key)
                raise
        await self._drop(actor, key)
        return done

"""What every receiver is told about itself: where it hangs, how loud, when it keeps quiet, where sound is fetched."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

import msgspec
import structlog
from sqlmodel import Session, col, select

from broadcast.agenda.guard_books import Rules, guards_at, hours, rules
from broadcast.domain.numbers import following
from broadcast.newsroom.desk import Desk
from broadcast.records import ReceiverRow
from broadcast.wire import Wire
from devices import topics
from devices.link import LinkError
from devices.messages import Assignment, VolumeCap
from devices.topics import Leaf
from devices.vocabulary import AreaId

_log = structlog.get_logger(__name__)

HOLDS: Final = timedelta(days=400)
"""A receiver may lie in a store-room for a year and still know where it hangs."""
AT_ONCE: Final = 100
"""Publishes under way together: two thousand at once would fill the link's window before an alarm."""


class Assignments:
    """Publishes assignments: `publish` after a change, `publish_everything` when the link is up, `catch_up` hourly.

    Numbers need no book: they follow the time. One that says the same goes out as the same bytes.
    """

    def __init__(self, desk: Desk, wire: Wire) -> None:
        self._desk, self._wire = desk, wire
        self._said: dict[str, tuple[Assignment, bytes]] = {}
        self._turn = asyncio.Lock()
        self._owed: set[str] = set()
        """Receivers whose assignment no carrier took."""
        self._all_owed = False

    async def publish_everything(self) -> None:
        """Tell every receiver. Raises Refusal("store-failed"); `catch_up` does it then."""
        self._all_owed = True
        await self._go_out(await self._desk.store.read(lambda session: list(session.exec(select(ReceiverRow)).all())))
        self._all_owed = False

    async def catch_up(self) -> None:
        """For the timetable: tell those who could not be told."""
        if self._all_owed:
            await self.publish_everything()
        elif self._owed:
            await self.publish(self._owed)

    async def publish(self, receivers: Iterable[str]) -> None:
        """Tell these receivers. With the link down they are told at the next connection."""
        wanted = tuple(receivers)

        def work(session: Session) -> list[ReceiverRow]:
            return list(session.exec(select(ReceiverRow).where(col(ReceiverRow.id).in_(wanted))).all())

        await self._go_out(await self._desk.store.read(work))

    async def _go_out(self, rows: list[ReceiverRow]) -> None:
        async with self._turn:
            known = await self._desk.store.read(rules)
            for start in range(0, len(rows), AT_ONCE):
                some = rows[start : start + AT_ONCE]
                sealed = await asyncio.to_thread(self._seal, some, known)
                await asyncio.gather(
                    *(self._publish(row.id, envelope) for row, envelope in zip(some, sealed, strict=True) if envelope)
                )

    def _seal(self, rows: list[ReceiverRow], known: Rules) -> list[bytes | None]:
        return [self._sealed(row, known) for row in rows]

    def _sealed(self, row: ReceiverRow, known: Rules) -> bytes | None:
        """The envelope for one receiver; None where its area is in the tree no more."""
        if row.area not in self._desk.tree.areas:
            _log.warning("a receiver hangs in what is no area any more: move it", receiver=row.id, area=row.area)
            return None
        said = self._said.get(row.id)
        new = self._assignment(row, known, said[0].number if said else 0)
        if said is not None and _same(said[0], new):
            return said[1]
        envelope = self._wire.seal(topics.receiver(row.id, Leaf.ASSIGNMENT), new)
        self._said[row.id] = new, envelope
        return envelope

    def _assignment(self, row: ReceiverRow, known: Rules, last: int) -> Assignment:
        now = self._desk.now()
        held = guards_at(self._desk, known, AreaId(row.area))
        quiet_from, quiet_to = hours(held)
        return Assignment(
            target=f"receiver/{row.id}",
            number=following(last, now),
            issued=now,
            expires=now + HOLDS,
            areas=self._desk.tree.path(AreaId(row.area)),
            clips_url=self._desk.settings.clips_url,
            volume=row.volume,
            alarm_volume=row.alarm_volume,
            quiet_from=quiet_from,
            quiet_to=quiet_to,
            caps=tuple(VolumeCap(start=f"{v.start:%H:%M}", end=f"{v.end:%H:%M}", most=v.most) for v in held.volumes),
            timezone=self._desk.settings.schedule.timezone,
        )

    async def _publish(self, receiver: str, envelope: bytes) -> None:
        self._owed.add(receiver)
        try:
            await self._wire.publish(topics.receiver(receiver, Leaf.ASSIGNMENT), envelope, retain=True)
        except LinkError as error:
            _log.info("an assignment goes out later", receiver=receiver, why=str(error))
        else:
            self._owed.discard(receiver)


def _same(one: Assignment, other: Assignment) -> bool:
    return one == msgspec.structs.replace(other, number=one.number, issued=one.issued, expires=one.expires)

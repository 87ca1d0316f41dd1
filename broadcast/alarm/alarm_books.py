"""Alarms in the books, after they went out: an alarm never waits for a database, its entry waits for one."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Final

import structlog
from sqlmodel import Session, select

from broadcast import books, trail
from broadcast.domain.alarms import AlarmInForce
from broadcast.domain.audit import Change, Deed
from broadcast.domain.deliveries import DeliveryState
from broadcast.domain.refusals import Refusal
from broadcast.newsroom.desk import Desk
from broadcast.receivers import report_books
from broadcast.records import AlarmRow, DeliveryRow
from devices.vocabulary import AreaId

_log = structlog.get_logger(__name__)

KIND: Final = "alarm"


class AlarmBooks:
    """Enters what `alarms` tells (see `Emergency.alarms`): `follow` at once, `catch_up` from the timetable."""

    def __init__(self, desk: Desk, alarms: Callable[[], tuple[AlarmInForce, ...]]) -> None:
        self._desk, self._alarms = desk, alarms
        self._entered: dict[str, AlarmInForce] = {}
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    def follow(self, alarm: AlarmInForce) -> None:
        """An alarm was raised; returns at once."""
        task = asyncio.create_task(self._try(), name=f"books {alarm.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def catch_up(self) -> None:
        """Enter what is new of any alarm. Raises Refusal("store-failed"), and then does it the next time."""
        async with self._turn:
            new = [a for a in self._alarms() if self._entered.get(a.id) != a]
            for alarm in reversed(new):
                await self._desk.store.write(partial(self._enter, alarm=alarm))
                self._entered[alarm.id] = alarm
        if new:
            self._desk.bell.ring()

    async def stop(self) -> None:
        """Let what is under way end."""
        await asyncio.gather(*self._tasks)

    async def _try(self) -> None:
        try:
            await self.catch_up()
        except Refusal as no:
            _log.error("an alarm is not in the books yet, it is entered later", why=str(no))

    def _enter(self, session: Session, alarm: AlarmInForce) -> None:
        """Idempotent: what is there is brought up to date."""
        row = session.get(AlarmRow, alarm.id)
        if row is None:
            row = AlarmRow(
                id=alarm.id,
                areas=list(alarm.areas),
                siren=alarm.siren.value,
                words=alarm.words,
                raised_by=alarm.raised_by,
                raised_name=alarm.raised_name,
                raised_at=alarm.raised_at,
                until=alarm.until,
            )
            self._note(session, _raised(alarm), alarm, {}, {"words": alarm.words, "siren": alarm.siren.value})
        if alarm.ended_at is not None and row.ended_at is None:
            self._note(session, _ended(alarm), alarm, {"in_force": True}, {"in_force": False})
        row.ended_at = alarm.ended_at
        session.add(row)
        known = {d.receiver: d for d in session.exec(select(DeliveryRow).where(DeliveryRow.subject == alarm.id))}
        new: set[tuple[str, str]] = set()
        for receiver, home in books.homes(session).items():
            path = set(self._desk.tree.path(home)) if home in self._desk.tree.areas else set()
            if not path.intersection(alarm.areas):
                continue
            if receiver not in known:
                known[receiver] = self._delivery(alarm, receiver, home)
                new.add((alarm.id, receiver))
            delivery = known[receiver]
            if delivery.state == DeliveryState.PLANNED.value and not path.intersection(alarm.unsent):
                delivery.state = DeliveryState.SENT.value
                delivery.news_at = self._desk.now()
            session.add(delivery)
        session.flush()
        # who is near heard it before it stood in the books, and has said so
        report_books.retell(session, new, self._desk.now())

    def _note(
        self, session: Session, what: Deed, alarm: AlarmInForce, was: dict[str, object], now: dict[str, object]
    ) -> None:
        """In the trail too: an alarm is raised without a database, and entered with the hour at which it went out."""
        key = f"alarm/{alarm.id}"
        change = Change({key: was} if was else {}, {key: now}, tuple(alarm.areas))
        trail.append(session, what, change, self._desk.now())

    def _delivery(self, alarm: AlarmInForce, receiver: str, home: AreaId) -> DeliveryRow:
        return DeliveryRow(
            subject=alarm.id,
            receiver=receiver,
            kind=KIND,
            area=home,
            state=DeliveryState.PLANNED.value,
            planned_at=alarm.raised_at,
            seconds=(alarm.until - alarm.raised_at).total_seconds(),
            news_at=self._desk.now(),
        )


def _raised(alarm: AlarmInForce) -> Deed:
    return Deed(
        "raise_alarm", alarm.raised_by, alarm.raised_login, alarm.raised_name, alarm.raised_from, alarm.raised_at
    )


def _ended(alarm: AlarmInForce) -> Deed:
    return Deed("end_alarm", alarm.ended_by, alarm.ended_login, alarm.ended_name, alarm.ended_from, alarm.ended_at)

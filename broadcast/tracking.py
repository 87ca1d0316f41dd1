"""What comes back: states and reports of receivers, taken in batches, acknowledged once they are safely stored.

Handlers never wait: they put down what came, and one task carries it to the books.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog
from sqlmodel import Session, col, select

from broadcast import books
from broadcast.domain.deliveries import REPORT_GRACE, WAITING, DeliveryState, after_silence, after_state
from broadcast.domain.numbers import following
from broadcast.domain.refusals import Refusal
from broadcast.newsroom.desk import Desk
from broadcast.receivers import report_books
from broadcast.receivers.presence import Presence
from broadcast.records import AiringRow, DeliveryRow, ReceiverRow
from broadcast.wire import Wire
from devices import topics
from devices.link import LinkError
from devices.messages import Ack, ReceiverReport, Refused, State
from devices.topics import Leaf
from devices.vocabulary import START_WINDOW, ClipHash, ReceiverId, Why

_log = structlog.get_logger(__name__)

BATCH: Final = 250
"""Reports a transaction: one fsync for as many."""
QUEUE: Final = 20_000
"""Reports held while the disk is slow: ten of every receiver. More are dropped; the receiver sends them again."""
HEARD_EVERY: Final = timedelta(minutes=1)
"""How often the books note that a receiver was heard: memory knows it to the second."""
LOOK_AGAIN: Final = timedelta(minutes=5)
"""How often a State that says nothing new is held against the books all the same: these may have changed."""
ACK_HOLDS: Final = timedelta(days=1)
TRY_AGAIN_S: Final = 5.0
"""Pause after the books could not be written."""
_SWEPT: Final = timedelta(days=2)
"""How far back a sweep looks once the first has looked everywhere: no sound and no alarm lasts longer."""
_OPEN: Final = tuple(s.value for s in (*WAITING, DeliveryState.PLAYING))


class Tracking:
    """Takes what receivers say. `take_state` and `take_report` are the wire's handlers, `sweep` the timetable's."""

    def __init__(self, desk: Desk, presence: Presence, wire: Wire) -> None:
        self._desk, self._presence, self._wire = desk, presence, wire
        self._queue: deque[ReceiverReport] = deque()
        self._states: dict[str, State] = {}
        """States that may move deliveries, not yet carried to the books."""
        self._heard: dict[str, datetime] = {}
        self._heard_noted: dict[str, datetime] = {}
        self._holds_noted: dict[str, object] = {}
        self._ack_numbers: dict[str, int] = {}
        self._looked_at = desk.now()
        self._work = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._swept = False
        self.stale: frozenset[ReceiverId] = frozenset()
        """Receivers that said they were online and then fell silent."""
        self.dropped = 0
        """Reports not stored for want of room or disk: they come again."""
        self.taken = 0
        """Reports stored."""
        self.refused: Counter[str] = Counter()
        """Messages receivers refused, by reason."""

    def start(self) -> None:
        """Begin to carry."""
        self._task = asyncio.create_task(self._carry(), name="tracking")

    async def stop(self) -> None:
        """Carry no more. What was not stored is not acknowledged, and comes again."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def take_state(self, state: State, retained: bool = False) -> None:
        """A receiver says how it is; what it holds moves the deliveries that wait for it.

        One the broker kept tells how it was then: nobody was heard just now.
        """
        now, before = self._desk.now(), self._presence.of(state.receiver)
        if not self._presence.take(state, min(now, state.at) if retained else now):
            return
        if before is None or _shown(before.state) != _shown(state):
            self._desk.bell.ring()
        if not state.online:
            return
        holds = (state.plans, state.missing)
        if self._holds_noted.get(state.receiver) != holds:
            self._holds_noted[state.receiver] = holds
            self._states[state.receiver] = state
        noted = self._heard_noted.get(state.receiver)
        if not retained and (noted is None or now - noted >= HEARD_EVERY):
            self._heard_noted[state.receiver] = now
            self._heard[state.receiver] = now
        if self._states or self._heard:
            self._work.set()

    def take_report(self, report: ReceiverReport) -> None:
        """A receiver tells what it did."""
        if len(self._queue) >= QUEUE:
            self.dropped += 1
            return
        self._queue.append(report)
        self._work.set()

    async def sweep(self) -> None:
        """Call unknown what should long have been reported, and notice who has fallen silent."""
        now = self._desk.now()
        self._notice_silence(now)
        if now - self._looked_at >= LOOK_AGAIN:
            self._looked_at = now
            self._holds_noted.clear()
        since = now - _SWEPT if self._swept else None
        late = await self._desk.store.read(partial(_late, now=now, since=since))
        for start in range(0, len(late), BATCH):
            if await self._desk.store.write(partial(_call_unknown, late=late[start : start + BATCH], now=now)):
                self._desk.bell.ring()
        self._swept = True

    async def _carry(self) -> None:
        while True:
            await self._work.wait()
            self._work.clear()
            while self._queue or self._states or self._heard:
                try:
                    if self._queue:
                        await self._carry_reports()
                    if self._states or self._heard:
                        await self._carry_states()
                except Exception as error:  # noqa: BLE001 - whatever one batch does, the next must be carried
                    _log.error(
                        "news of receivers was not stored", exc_info=not isinstance(error, Refusal), why=str(error)
                    )
                    await asyncio.sleep(TRY_AGAIN_S)

    async def _carry_reports(self) -> None:
        batch = [self._queue.popleft() for _ in range(min(BATCH, len(self._queue)))]
        now = self._desk.now()
        try:
            entered = await self._desk.store.write(partial(report_books.enter, batch=batch, now=now))
        except Exception:
            self.dropped += len(batch)
            raise
        self.taken += len(entered.fresh)
        for report in entered.fresh:
            if isinstance(report, Refused):
                self._note_refusal(report)
        if entered.moved:
            self._desk.bell.ring()
        await asyncio.gather(*(self._acknowledge(*journal, up_to) for journal, up_to in entered.up_to.items()))

    async def _acknowledge(self, receiver: str, journal: str, up_to: int) -> None:
        if up_to == 0:
            return
        now = self._desk.now()
        number = self._ack_numbers[receiver] = following(self._ack_numbers.get(receiver, 0), now)
        ack = Ack(
            target=f"receiver/{receiver}",
            number=number,
            issued=now,
            expires=now + ACK_HOLDS,
            journal=journal,
            up_to=up_to,
        )
        try:
            await self._wire.send(topics.receiver(receiver, Leaf.ACK), ack)
        except LinkError as error:
            _log.info("an ack was not sent, the reports come again", receiver=receiver, why=str(error))

    async def _carry_states(self) -> None:
        states, heard = self._states, self._heard
        self._states, self._heard = {}, {}
        now = self._desk.now()
        try:
            moved = await self._desk.store.write(partial(_enter_states, states=states, heard=heard, now=now))
        except Exception:
            self._states, self._heard = states | self._states, heard | self._heard
            raise
        if moved or heard:
            self._desk.bell.ring()

    def _note_refusal(self, report: Refused) -> None:
        why = report.why if report.why in set(Why) else "other"
        self.refused[why] += report.count
        _log.warning(
            "a receiver refused messages",
            receiver=report.receiver,
            topic=report.topic,
            why=report.why,
            count=report.count,
        )

    def _notice_silence(self, now: datetime) -> None:
        limit = timedelta(seconds=self._desk.settings.receivers.stale_s)
        silent = frozenset(r for r, h in self._presence.all().items() if h.state.online and now - h.at > limit)
        for receiver in silent - self.stale:
            _log.warning("a receiver has fallen silent", receiver=receiver, limit_s=limit.total_seconds())
        if silent != self.stale:
            self.stale = silent
            self._desk.bell.ring()


def _shown(state: State) -> tuple[object, ...]:
    """What of a State is worth drawing a page anew for at once; the rest is seen when it is drawn next."""
    return (state.session, state.online, state.mode, state.playing, state.plans, state.missing, state.refused)


def _enter_states(session: Session, states: Mapping[str, State], heard: Mapping[str, datetime], now: datetime) -> int:
    for receiver in session.exec(select(ReceiverRow).where(col(ReceiverRow.id).in_(heard))):
        receiver.heard_at = heard[receiver.id]
        session.add(receiver)
    if not states:
        return 0
    waiting = (
        select(DeliveryRow, AiringRow.clip, AiringRow.numbers)
        .join(AiringRow, col(AiringRow.id) == col(DeliveryRow.subject))
        .where(col(DeliveryRow.receiver).in_(states), col(DeliveryRow.state).in_([s.value for s in WAITING]))
    )
    moved = 0
    for row, clip, numbers in session.exec(waiting).all():
        was = news = books.delivery(row)
        for area, number in numbers.items():
            news = after_state(news, states[row.receiver], ClipHash(clip), number, f"area/{area}", now)
        if news is not was:
            books.enter(row, news)
            session.add(row)
            moved += 1
    return moved


def _late(session: Session, now: datetime, since: datetime | None) -> list[tuple[str, str]]:
    """(subject, receiver) of what has not ended, though the shortest sound would have."""
    open_ = select(DeliveryRow).where(
        col(DeliveryRow.state).in_(_OPEN), col(DeliveryRow.planned_at) < now - START_WINDOW - REPORT_GRACE
    )
    if since is not None:
        open_ = open_.where(col(DeliveryRow.planned_at) >= since)
    rows = session.exec(open_).all()
    return [
        (r.subject, r.receiver)
        for r in rows
        if after_silence(books.delivery(r), r.seconds, now).state is DeliveryState.UNKNOWN
    ]


def _call_unknown(session: Session, late: Iterable[tuple[str, str]], now: datetime) -> int:
    moved = 0
    for pair in late:
        row = session.get(DeliveryRow, pair)
        if row is None:
            continue
        was = books.delivery(row)
        news = after_silence(was, row.seconds, now)
        if news is not was:
            books.enter(row, news)
            session.add(row)
            moved += 1
    return moved

"""The log book (sổ nhật ký phát thanh): what was to sound where and when, and how it ended."""

import csv
import io
from collections.abc import Iterator
from contextvars import copy_context
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from broadcast.domain.deliveries import DeliveryState
from broadcast.domain.people import Action, Actor, require
from broadcast.domain.refusals import Refusal
from broadcast.newsroom.desk import Desk
from broadcast.records import AiringRow, AlarmRow, BulletinRow, DeliveryRow, PersonRow, ReceiverRow, SlotRow
from broadcast.sight import area_name, sight
from broadcast.speech_words import spoken_by
from broadcast.view_types import LogAsk, LogPage, LogRow
from broadcast.wording import say, table

PAGE_SIZE: Final = 500
"""Lines a page has at most."""
CSV_LINES: Final = 200_000
"""Lines one file holds at most: a year of a commune, three weeks of a province."""

_COLUMNS: Final = (
    "kind",
    "title",
    "receiver",
    "area",
    "planned-day",
    "planned-time",
    "started-time",
    "start-error-ms",
    "played-s",
    "state",
    "why",
    "news-at",
    "placed-by",
    "spoken-by",
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a cell may not begin with: spreadsheet programs would compute it."""


async def log(desk: Desk, actor: Actor, ask: LogAsk) -> LogPage:
    """A page of it, newest first. Raises Refusal: not-allowed, not-your-area, no-such-area, bad-day, days-reversed."""
    where = _where(desk, actor, ask)
    size = max(1, min(ask.page_size, PAGE_SIZE))

    def work(session: Session) -> LogPage:
        rows = _rows(desk, session, where, size, max(ask.page, 0) * size)
        return LogPage(tuple(rows), _total(session, where))

    return await desk.store.read(work)


async def log_csv(desk: Desk, actor: Actor, ask: LogAsk) -> bytes:
    """All of it, UTF-8 with a byte order mark, in the reader's language. Raises Refusal as `log`, and log-large."""
    where = _where(desk, actor, ask)

    def work(session: Session) -> bytes:
        total = _total(session, where)
        if total > CSV_LINES:
            raise Refusal("log-large", lines=total, limit=CSV_LINES)
        text = io.StringIO(newline="")
        table_ = csv.writer(text)
        table_.writerow(say(f"log.column-{c}") for c in _COLUMNS)
        for row in _rows(desk, session, where, CSV_LINES, 0):
            table_.writerow(_cells(desk, row))
        return text.getvalue().encode("utf-8-sig")

    # the reader's language is known here, and must be known in the thread that writes the sentences
    context = copy_context()
    return await desk.store.read(lambda session: context.run(work, session))


def _where(desk: Desk, actor: Actor, ask: LogAsk) -> tuple[ColumnElement[bool], ...]:
    require(actor, Action.SEE_LOG, () if ask.area is None else [desk.tree.get(ask.area).id], desk.tree)
    first, last = _day(ask.first_day), _day(ask.last_day)
    if last < first:
        raise Refusal("days-reversed", first=f"{first:%d/%m/%Y}", last=f"{last:%d/%m/%Y}")
    begins = datetime.combine(first, time(), desk.zone)
    ends = datetime.combine(last + timedelta(days=1), time(), desk.zone)
    where = (
        col(DeliveryRow.planned_at) >= begins,
        col(DeliveryRow.planned_at) < ends,
        sight(desk, actor, Action.SEE_LOG).rows(DeliveryRow.area),
    )
    if ask.area is None or ask.area == desk.tree.root.id:
        return where
    return (*where, col(DeliveryRow.area).in_([a.id for a in desk.tree.under(ask.area)]))


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refusal("bad-day", day=text[:40]) from None
    # local midnight of the very first and last days has no instant in UTC
    return min(max(day, date(1970, 1, 2)), date(9998, 12, 31))


def _total(session: Session, where: tuple[ColumnElement[bool], ...]) -> int:
    return session.exec(select(func.count()).select_from(DeliveryRow).where(*where)).one()


def _rows(
    desk: Desk, session: Session, where: tuple[ColumnElement[bool], ...], limit: int, offset: int
) -> Iterator[LogRow]:
    title = func.coalesce(AiringRow.title, AlarmRow.words, "")
    receiver_name = func.coalesce(ReceiverRow.name, DeliveryRow.receiver)
    by = func.coalesce(PersonRow.name, AlarmRow.raised_name, "")
    spoken = func.coalesce(BulletinRow.engine + "\n" + BulletinRow.voice + "\n" + BulletinRow.fell_back, "\n\n")
    found = (
        select(DeliveryRow, title, receiver_name, by, spoken)  # type: ignore[call-overload]  # SQLModel types four
        .join(ReceiverRow, col(ReceiverRow.id) == DeliveryRow.receiver, isouter=True)
        .join(AiringRow, col(AiringRow.id) == DeliveryRow.subject, isouter=True)
        .join(SlotRow, col(SlotRow.id) == AiringRow.slot, isouter=True)
        .join(
            BulletinRow,
            (col(BulletinRow.id) == AiringRow.bulletin) & (col(BulletinRow.clip) == AiringRow.clip),
            isouter=True,
        )
        .join(PersonRow, col(PersonRow.id) == SlotRow.placed_by, isouter=True)
        .join(AlarmRow, col(AlarmRow.id) == DeliveryRow.subject, isouter=True)
        .where(*where)
        .order_by(col(DeliveryRow.planned_at).desc(), col(DeliveryRow.subject).desc(), col(DeliveryRow.receiver))
        .limit(limit)
        .offset(offset)
    )
    for row, what, receiver, placed_by, said in session.exec(found.execution_options(yield_per=1_000)):
        engine, voice, fell_back = said.split("\n", 2)
        yield LogRow(
            kind=row.kind,
            title=what,
            receiver_name=receiver,
            area_name=area_name(desk, row.area),
            planned_at=row.planned_at,
            started_at=row.started_at,
            start_error_ms=row.start_error_ms,
            played_ms=row.played_ms,
            state=DeliveryState(row.state),
            why=row.why,
            news_at=row.news_at,
            placed_by=placed_by,
            engine=engine,
            voice=voice,
            fell_back=fell_back,
        )


def _cells(desk: Desk, row: LogRow) -> tuple[str, ...]:
    planned = row.planned_at.astimezone(desk.zone)
    started = row.started_at.astimezone(desk.zone) if row.started_at else None
    news = row.news_at.astimezone(desk.zone)
    return (
        say(f"log.kind-{row.kind}"),
        _text(row.title),
        _text(row.receiver_name),
        _text(row.area_name),
        f"{planned:%d/%m/%Y}",
        f"{planned:%H:%M:%S}",
        f"{started:%H:%M:%S}" if started else "",
        "" if row.start_error_ms is None else f"{row.start_error_ms:.1f}",
        "" if row.played_ms is None else f"{row.played_ms / 1000:.1f}",
        say(f"log.state-{row.state.value}"),
        why_said(row.why),
        f"{news:%H:%M:%S %d/%m/%Y}",
        _text(row.placed_by),
        _text(spoken_by(row.engine, row.voice, row.fell_back)),
    )


def why_said(why: str) -> str:
    """The reason of an end in the reader's language; as the receiver gave it, where it is a newer one than ours."""
    return say(key) if (key := f"log.why-{why}") in table() else _text(why)


def _text(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell

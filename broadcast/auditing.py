"""The trail as people look into it: filtered by person, deed, area and days; checked; its head told every day."""

import asyncio
import csv
import io
from collections.abc import Iterator
from contextvars import copy_context
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, or_, select, true

from broadcast import books
from broadcast.domain.audit import Entry, Head, Verdict, verify
from broadcast.domain.people import Action, Actor, require
from broadcast.domain.refusals import Refusal
from broadcast.newsroom.desk import Desk
from broadcast.records import AuditHeadRow, AuditRow, PersonRow, ReceiverRow
from broadcast.sight import Sight, area_name, sight
from broadcast.view_types import TrailAsk, TrailLine, TrailPage
from broadcast.wording import say, table
from devices.vocabulary import AreaId

PAGE_SIZE: Final = 200
CSV_LINES: Final = 200_000
_COLUMNS: Final = (
    "seq",
    "day",
    "time",
    "name",
    "login",
    "whence",
    "action",
    "subject",
    "areas",
    "before",
    "after",
    "hash",
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a cell may not begin with: spreadsheet programs would compute it."""

_log = structlog.get_logger(__name__)


async def trail(desk: Desk, actor: Actor, ask: TrailAsk) -> TrailPage:
    """A page of it, newest first. Raises Refusal: not-allowed, not-your-area, no-such-area, bad-day, days-reversed."""
    where = _where(desk, actor, ask)
    size = max(1, min(ask.page_size, PAGE_SIZE))

    def work(session: Session) -> TrailPage:
        rows = _rows(session, where, size, max(ask.page, 0) * size)
        total = session.exec(select(func.count()).select_from(AuditRow).where(*where)).one()
        return TrailPage(tuple(_line(desk, row) for row in rows), total, _people(desk, session, actor))

    return await desk.store.read(work)


async def trail_csv(desk: Desk, actor: Actor, ask: TrailAsk) -> bytes:
    """All of it, UTF-8 with a byte order mark, hashes and all. Raises Refusal as `trail`, and log-large."""
    where = _where(desk, actor, ask)

    def work(session: Session) -> bytes:
        total = session.exec(select(func.count()).select_from(AuditRow).where(*where)).one()
        if total > CSV_LINES:
            raise Refusal("log-large", lines=total, limit=CSV_LINES)
        text = io.StringIO(newline="")
        lines = csv.writer(text)
        lines.writerow(say(f"audit.column-{c}") for c in _COLUMNS)
        for row in _rows(session, where, CSV_LINES, 0):
            lines.writerow(_cells(desk, row))
        return text.getvalue().encode("utf-8-sig")

    context = copy_context()  # the reader's language is known here, and must be known in the thread
    return await desk.store.read(lambda session: context.run(work, session))


def check(session: Session, elsewhere: tuple[Head, ...] = ()) -> Verdict:
    """Walk the whole trail as it is at this moment."""
    if session.get_bind().dialect.name == "sqlite":
        session.connection().exec_driver_sql("BEGIN")  # entries that are written meanwhile are not seen
    else:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    rows = session.exec(select(AuditRow).order_by(col(AuditRow.seq)).execution_options(yield_per=1_000))
    return verify(((_entry(row), row.hash) for row in rows), head_of(session), elsewhere)


async def home(desk: Desk, receiver: str) -> AreaId | None:
    """Where a receiver hangs, for the entry of an order to it."""
    row = await desk.store.read(lambda session: session.get(ReceiverRow, receiver))
    return None if row is None else AreaId(row.area)


async def head(desk: Desk) -> Head:
    """How far the trail goes now."""
    return await desk.store.read(head_of)


async def send_head(desk: Desk) -> None:
    """For the timetable: once a day (local) the head goes into the log, and into the file of `audit.heads`.

    Raises Refusal("store-failed"), OSError; and then does it the next time.
    """
    today = f"{desk.now().astimezone(desk.zone):%Y-%m-%d}"
    file = desk.settings.audit_heads
    sent = read_heads(file)
    if sent and sent[-1][0] >= today:
        return
    now = await head(desk)
    if now == Head():
        return
    await asyncio.to_thread(_add_line, file, f"{today} {now.seq} {now.hash}\n")
    _log.info("head of the trail", day=today, entries=now.seq, hash=now.hash)


def _add_line(file: Path, line: str) -> None:
    with file.open("a", encoding="ascii") as lines:
        lines.write(line)


def read_heads(file: Path) -> list[tuple[str, Head]]:
    """The heads in a file, with their days. A line that is none is passed over."""
    found = []
    try:
        lines = file.read_text("ascii", "replace").splitlines()
    except FileNotFoundError:
        return []
    for line in lines:
        day, _, rest = line.strip().partition(" ")
        seq, _, hash_ = rest.partition(" ")
        if seq.isdecimal() and hash_:
            found.append((day, Head(int(seq), hash_.strip())))
    return found


def action_said(action: str) -> str:
    """What was done, in the reader's language; as it is called, where it is a newer one than ours."""
    return say(key) if (key := f"audit.action-{action}") in table() else action


def head_of(session: Session) -> Head:
    """How far the trail goes, as it is kept beside it."""
    row = session.get_one(AuditHeadRow, 1)
    return Head(row.seq, row.hash)


def _entry(row: AuditRow) -> Entry:
    return Entry(
        row.seq, row.at, row.person, row.login, row.name, row.whence, row.action, row.subject, row.areas,
        row.before, row.after,
    )  # fmt: skip


def _where(desk: Desk, actor: Actor, ask: TrailAsk) -> tuple[ColumnElement[bool], ...]:
    require(actor, Action.SEE_AUDIT, () if ask.area is None else [desk.tree.get(ask.area).id], desk.tree)
    first, last = _day(ask.first_day), _day(ask.last_day)
    if last < first:
        raise Refusal("days-reversed", first=f"{first:%d/%m/%Y}", last=f"{last:%d/%m/%Y}")
    where = [
        col(AuditRow.at) >= datetime.combine(first, time(), desk.zone),
        col(AuditRow.at) < datetime.combine(last + timedelta(days=1), time(), desk.zone),
        _concerns(sight(desk, actor, Action.SEE_AUDIT)),
    ]
    if ask.person is not None:
        where.append(col(AuditRow.person) == ask.person)
    if ask.action:
        where.append(col(AuditRow.action) == ask.action)
    if ask.area is not None and ask.area != desk.tree.root.id:
        where.append(_concerns(Sight(whole=False, areas=frozenset(a.id for a in desk.tree.under(ask.area)))))
    return tuple(where)


def _concerns(seen: Sight) -> ColumnElement[bool]:
    """The condition that an entry touches these areas. What has no area is seen by whoever sees everything."""
    if seen.whole:
        return true()
    return or_(*(col(AuditRow.areas).contains(f" {area} ", autoescape=True) for area in sorted(seen.areas)))


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refusal("bad-day", day=text[:40]) from None
    # local midnight of the very first and last days has no instant in UTC
    return min(max(day, date(1970, 1, 2)), date(9998, 12, 31))


def _rows(session: Session, where: tuple[ColumnElement[bool], ...], limit: int, offset: int) -> Iterator[AuditRow]:
    found = select(AuditRow).where(*where).order_by(col(AuditRow.seq).desc()).limit(limit).offset(offset)
    yield from session.exec(found.execution_options(yield_per=1_000))


def _people(desk: Desk, session: Session, actor: Actor) -> tuple[tuple[int, str], ...]:
    """Everyone whose entries the reader may see, by name."""
    seen, held = sight(desk, actor, Action.SEE_AUDIT), books.grants(session, None)
    areas = {person: [grant.area for grant in grants] for person, grants in held.items()}
    rows = session.exec(select(PersonRow).order_by(col(PersonRow.name))).all()
    return tuple((row.id or 0, row.name) for row in rows if seen.touches(desk, areas.get(row.id or 0, ())))


def _line(desk: Desk, row: AuditRow) -> TrailLine:
    areas = tuple(area_name(desk, a) for a in row.areas.split())
    return TrailLine(
        row.seq, row.at, row.name, row.login, row.whence, row.action, row.subject, areas, row.before, row.after
    )


def _cells(desk: Desk, row: AuditRow) -> tuple[str, ...]:
    local = row.at.astimezone(desk.zone)
    return (
        str(row.seq),
        f"{local:%d/%m/%Y}",
        f"{local:%H:%M:%S}",
        _text(row.name),
        _text(row.login),
        _text(row.whence),
        _text(action_said(row.action)),
        _text(row.subject),
        _text(", ".join(area_name(desk, a) for a in row.areas.split())),
        _text(row.before),
        _text(row.after),
        row.hash,
    )


def _text(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell

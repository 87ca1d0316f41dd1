"""Reports in the books: each kept once, journals known without a gap, deliveries moved. Work for `store.write`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import tuple_
from sqlmodel import Session, and_, col, select

from broadcast import books
from broadcast.domain.retelling import retold
from broadcast.records import DeliveryRow, JournalRow, ReportRow
from devices.messages import ReceiverReport, Report, decode, encode

Journal = tuple[str, str]
"""Receiver and journal."""


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of a batch: how far each of its journals is stored now, and what of it was new."""

    up_to: dict[Journal, int]
    fresh: tuple[ReceiverReport, ...]
    moved: int
    """Deliveries that changed."""


def enter(session: Session, batch: Sequence[ReceiverReport], now: datetime) -> Entered:
    """Keep a batch of reports, any order, any of them a second time."""
    fresh = _keep(session, batch, now)
    up_to = _advance(session, batch)
    moved = retell(session, {(_subject(r), r.receiver) for r in fresh if _subject(r)}, now)
    return Entered(up_to, fresh, moved)


def retell(session: Session, pairs: set[tuple[str, str]], now: datetime) -> int:
    """Move the deliveries of these (subject, receiver) to where all their reports put them; how many changed."""
    if not pairs:
        return 0
    mine = tuple_(col(DeliveryRow.subject), col(DeliveryRow.receiver)).in_(pairs)
    rows = {(row.subject, row.receiver): row for row in session.exec(select(DeliveryRow).where(mine))}
    if not rows:
        return 0
    theirs = tuple_(col(ReportRow.subject), col(ReportRow.receiver)).in_(rows)
    told: dict[tuple[str, str], list[ReceiverReport]] = {}
    for subject, receiver, payload in session.exec(
        select(ReportRow.subject, ReportRow.receiver, ReportRow.payload).where(theirs)
    ):
        told.setdefault((subject, receiver), []).append(_read(payload))
    moved = 0
    for pair, reports in told.items():
        was = books.delivery(rows[pair])
        news = retold(was, reports, now)
        if news is not was:
            books.enter(rows[pair], news)
            session.add(rows[pair])
            moved += 1
    return moved


def _keep(session: Session, batch: Iterable[ReceiverReport], now: datetime) -> tuple[ReceiverReport, ...]:
    given = {(r.receiver, r.journal, r.number): r for r in batch}
    key = (col(ReportRow.receiver), col(ReportRow.journal), col(ReportRow.number))
    known = {tuple(row) for row in session.exec(select(*key).where(tuple_(*key).in_(given)))}
    fresh = tuple(report for k, report in given.items() if k not in known)
    session.add_all(
        ReportRow(
            receiver=r.receiver,
            journal=r.journal,
            number=r.number,
            subject=_subject(r),
            payload=encode(r),
            taken_at=now,
        )
        for r in fresh
    )
    session.flush()
    return fresh


def _advance(session: Session, batch: Iterable[ReceiverReport]) -> dict[Journal, int]:
    """Move every journal to the last number below which nothing is missing, or was let go of by the receiver."""
    gone: dict[Journal, int] = {}
    for r in batch:
        here = (r.receiver, r.journal)
        gone[here] = max(r.oldest - 1, gone.get(here, 0))
    mine = tuple_(col(JournalRow.receiver), col(JournalRow.journal)).in_(gone)
    rows = {(row.receiver, row.journal): row for row in session.exec(select(JournalRow).where(mine))}
    for here, below in gone.items():
        row = rows.setdefault(here, JournalRow(receiver=here[0], journal=here[1], up_to=0))
        row.up_to = max(row.up_to, below)
        session.add(row)
    session.flush()
    same = and_(col(ReportRow.receiver) == col(JournalRow.receiver), col(ReportRow.journal) == col(JournalRow.journal))
    above = (
        select(ReportRow.receiver, ReportRow.journal, ReportRow.number)
        .join(JournalRow, same)
        .where(mine, col(ReportRow.number) > col(JournalRow.up_to))
        .order_by(col(ReportRow.number))
    )
    for receiver, journal, number in session.exec(above).all():
        row = rows[receiver, journal]
        if number == row.up_to + 1:
            row.up_to = number
    return {here: row.up_to for here, row in rows.items()}


def _subject(report: ReceiverReport) -> str:
    return str(getattr(report, "subject", ""))


def _read(payload: bytes) -> ReceiverReport:
    """A report of our own books; its signature was checked when it came."""
    report = decode(payload)
    if not isinstance(report, Report):
        raise TypeError(f"no report: {type(report).__name__}")
    return report

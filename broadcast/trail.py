"""What a write to the books changed, noticed where rows are written, and entered in the trail in the same transaction.

No use case has to remember it: every table is watched, except those that only machines write. A change that nobody
answers for is entered all the same, under the action "unnamed".
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import event, inspect, update
from sqlalchemy.orm import ORMExecuteState
from sqlalchemy.orm.attributes import History
from sqlmodel import Session, SQLModel, col, select

from broadcast.domain.audit import Change, Deed, Head, chained, differing, entry
from broadcast.records import AuditHeadRow, AuditRow, GrantRow, PersonRow

UNWATCHED: Final = frozenset(
    {
        "airing",
        "alarm",
        "audit",
        "audit_head",
        "clip",
        "delivery",
        "journal",
        "offer",
        "made_of",
        "pace",
        "plan",
        "report",
        "spoken",
        "tour",
        "unfinished",
    }
)
"""Tables that only machines write; airings and offers follow slots, alarms are entered from their ledger. How
far somebody new is through the first steps ("tour") is nobody's business."""
UNNAMED: Final = "unnamed"
_SECRET: Final = re.compile(r"password|secret|token|recover|otp")
"""Columns of which the trail says only that they became others."""
_NOISE: Final = re.compile(r"(^|_)(heard|seen|updated)_at$|^totp_step$")
"""Columns that alone are no change."""
_HIDDEN: Final = ("•", "•••")


class Watch:
    """What one session changes, from its first flush on. Rows are told apart by being the same object."""

    def __init__(self, session: Session) -> None:
        self._made: dict[int, SQLModel] = {}
        self._was: dict[int, tuple[SQLModel, dict[str, object]]] = {}
        self._gone: dict[str, dict[str, object]] = {}
        self._areas: dict[str, None] = {}
        self._session = session
        event.listen(session, "before_flush", self._before_flush)
        event.listen(session, "do_orm_execute", _refuse_in_bulk)

    def change(self) -> Change | None:
        """What it came to; None where nothing of what is watched is another now. Flush before."""
        before, after = dict[str, object](self._gone), dict[str, object]()
        for made in self._made.values():
            after[_key(made)] = {c: _hidden(c, v) for c, v in _columns(made).items()}
            self._concern(made)
        for row, was in self._was.values():
            now = _columns(row)
            changed = [c for c in was if was[c] != now[c]]
            if all(_NOISE.search(c) for c in changed):
                continue
            pairs = {c: _pair(c, was[c], now[c]) for c in changed}
            before[_key(row)] = {c: one for c, (one, _) in pairs.items()}
            after[_key(row)] = {c: other for c, (_, other) in pairs.items()}
            self._concern(row)
        return Change(before, after, tuple(self._areas)) if before or after else None

    def _before_flush(self, session: Session, *_: object) -> None:
        for row in _watched(session.new):
            self._made[id(row)] = row
        for row in _watched(session.deleted):
            was = self._was.pop(id(row), (row, {}))[1]
            if self._made.pop(id(row), None) is None:
                self._gone[_key(row)] = {c: _hidden(c, v) for c, v in (_columns(row) | was).items()}
                self._concern(row)
        for row in _watched(session.dirty):
            if id(row) not in self._made:
                was = self._was.setdefault(id(row), (row, {}))[1]
                for name, value in _olds(row):
                    was.setdefault(name, value)

    def _concern(self, row: SQLModel) -> None:
        columns = _columns(row)
        areas = columns.get("areas")
        for area in [columns.get("area"), *(areas if isinstance(areas, list) else ())]:
            if isinstance(area, str) and area:
                self._areas[area] = None
        person = row.id if isinstance(row, PersonRow) else columns.get("person")
        if isinstance(person, int):
            held = select(GrantRow.area).where(GrantRow.person == person).order_by(col(GrantRow.place))
            self._areas.update(dict.fromkeys(self._session.exec(held)))


def append(session: Session, what: Deed, change: Change, now: datetime) -> Head:
    """Write one entry at the end of the trail, in the transaction of `session`; the new head."""
    # the update takes the lock that keeps others from writing an entry of the same number
    session.execute(update(AuditHeadRow).where(col(AuditHeadRow.id) == 1).values(seq=AuditHeadRow.seq + 1))
    head = session.get_one(AuditHeadRow, 1, populate_existing=True)
    made = entry(head.seq, now, what, change)
    head.hash = chained(head.hash, made)
    session.add(
        AuditRow(
            seq=made.seq,
            at=made.at,
            person=made.person,
            login=made.login,
            name=made.name,
            whence=made.whence,
            action=made.action,
            subject=made.subject,
            areas=made.areas,
            before=made.before,
            after=made.after,
            hash=head.hash,
        )
    )
    session.flush()
    return Head(made.seq, head.hash)


def _watched(rows: Iterable[object]) -> list[SQLModel]:
    return [row for row in rows if isinstance(row, SQLModel) and _table(row) not in UNWATCHED]


def _table(row: SQLModel) -> str:
    return str(row.__tablename__)


def _key(row: SQLModel) -> str:
    identity: Iterable[object] = inspect(row).mapper.primary_key_from_instance(row)
    return "/".join([_table(row), *map(str, identity)])


def _columns(row: SQLModel) -> dict[str, object]:
    return {a.key: _plain(getattr(row, a.key)) for a in inspect(row).mapper.column_attrs}


def _olds(row: SQLModel) -> Iterable[tuple[str, object]]:
    state: Any = inspect(row)
    for attribute in state.mapper.column_attrs:
        history: History = state.attrs[attribute.key].history
        if history.has_changes():
            yield attribute.key, _plain(history.deleted[0] if history.deleted else None)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    return list(value) if isinstance(value, list | tuple) else value


def _hidden(column: str, value: object) -> object:
    return _HIDDEN[0] if value and _SECRET.search(column) else value


def _pair(column: str, was: object, now: object) -> tuple[object, object]:
    return _HIDDEN if _SECRET.search(column) else differing(was, now)


def _refuse_in_bulk(state: ORMExecuteState) -> None:
    """A statement that changes many rows passes by the watch: rows people answer for are changed one by one."""
    if not (state.is_update or state.is_delete) or state.bind_mapper is None:
        return
    table = str(state.bind_mapper.local_table)
    if table not in UNWATCHED:
        raise TypeError(f"{table} is watched by the trail: change its rows through the session, one by one")

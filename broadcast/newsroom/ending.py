"""The end of a bulletin's life: withdrawn by somebody, or expired by itself; what was still to air of it goes too."""

from datetime import datetime

import structlog
from sqlmodel import Session, col, select

from broadcast import books
from broadcast.agenda import slot_books
from broadcast.agenda.sending import Replan, send_plans
from broadcast.domain.bulletins import Bulletin, BulletinEvent, BulletinState, after
from broadcast.domain.people import Action, Actor, require
from broadcast.newsroom.desk import Desk
from broadcast.records import BulletinRow
from devices.vocabulary import AreaId

_log = structlog.stdlib.get_logger(__name__)


async def withdraw(desk: Desk, replan: Replan, actor: Actor, bulletin: int) -> Bulletin:
    """It never airs again: what sounds is broken off, what is to come taken back, in the same write. Raises Refusal."""
    require(actor, Action.WITHDRAW, (), desk.tree)

    def work(session: Session) -> tuple[Bulletin, tuple[AreaId, ...]]:
        row = books.bulletin_row(session, bulletin, actor, desk.tree, Action.WITHDRAW)
        _step(row, BulletinEvent.WITHDRAW, desk.now())
        return books.bulletin(session, row), slot_books.silence(desk, session, bulletin, begun=True)

    done, touched = await desk.store.write(work)
    desk.bell.ring()
    await send_plans(replan, touched)
    return done


async def expire(desk: Desk, replan: Replan) -> None:
    """For the timetable: what is no longer valid neither waits nor airs. Raises Refusal("store-failed")."""
    over = select(BulletinRow).where(
        col(BulletinRow.state).in_([BulletinState.SUBMITTED.value, BulletinState.APPROVED.value]),
        col(BulletinRow.valid_until) < desk.now(),
    )
    if not await desk.store.read(lambda session: session.exec(over.limit(1)).first()):
        return

    def work(session: Session) -> tuple[AreaId, ...]:
        touched: tuple[AreaId, ...] = ()
        for row in session.exec(over).all():
            _step(row, BulletinEvent.EXPIRE, desk.now())
            touched += slot_books.silence(desk, session, books.stored(row.id), begun=False)
        return tuple(dict.fromkeys(touched))

    touched = await desk.store.write(work)
    desk.bell.ring()
    await send_plans(replan, touched)


def _step(row: BulletinRow, event: BulletinEvent, now: datetime) -> None:
    row.state, row.updated_at = after(BulletinState(row.state), event).value, now

"""Bulletins as a list: the newest first, by words, state, level and area, a page at a time."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, or_, select

from broadcast.domain.finding import wanted
from broadcast.domain.people import Action, Actor, require
from broadcast.newsroom.desk import Desk
from broadcast.newsroom.life_types import BulletinAsk, BulletinPage
from broadcast.records import BulletinRow
from broadcast.sight import bulletin_views, sight
from broadcast.tables.finding_records import FoundRow, MeantRow

PAGE_SIZE: Final = 100


async def bulletins(desk: Desk, actor: Actor, ask: BulletinAsk) -> BulletinPage:
    """A page of those they may see. Raises Refusal: not-allowed, not-your-area, no-such-area."""
    areas = () if ask.area is None else (desk.tree.get(ask.area).id,)
    require(actor, Action.SEE_BULLETINS, areas, desk.tree)
    where = [sight(desk, actor, Action.SEE_BULLETINS).rows(BulletinRow.area), *_found(wanted(ask.words))]
    if ask.state is not None:
        where.append(col(BulletinRow.state) == ask.state.value)
    if ask.level is not None:
        where.append(col(BulletinRow.level) == ask.level.value)
    if ask.area is not None and ask.area != desk.tree.root.id:
        where.append(_for(area.id for area in desk.tree.under(ask.area)))
    size = max(1, min(ask.page_size, PAGE_SIZE))

    def work(session: Session) -> BulletinPage:
        newest = (
            select(BulletinRow)
            .where(*where)
            .order_by(col(BulletinRow.updated_at).desc(), col(BulletinRow.id).desc())
            .limit(size)
            .offset(max(ask.page, 0) * size)
        )
        views = bulletin_views(session, session.exec(newest).all())
        total = session.exec(select(func.count()).select_from(BulletinRow).where(*where)).one()
        return BulletinPage(views, total)

    return await desk.store.read(work)


def _found(words: Iterable[str]) -> list[ColumnElement[bool]]:
    """The conditions that every word occurs."""
    return [
        select(FoundRow.bulletin)
        .where(FoundRow.bulletin == BulletinRow.id, col(FoundRow.folded).contains(word, autoescape=True))
        .correlate(BulletinRow)
        .exists()
        for word in words
    ]


def _for(areas: Iterable[str]) -> ColumnElement[bool]:
    """The condition that it was written in one of these areas, or is meant for one."""
    chosen = sorted(areas)
    meant = select(MeantRow.bulletin).where(MeantRow.bulletin == BulletinRow.id, col(MeantRow.area).in_(chosen))
    return or_(col(BulletinRow.area).in_(chosen), meant.correlate(BulletinRow).exists())

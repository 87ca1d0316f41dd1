"""An area's templates: what it has and from where, and what it says itself, which holds there and everywhere below."""

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

from sqlmodel import Session, select

from broadcast.domain.people import Action, Actor, require
from broadcast.domain.refusals import Refusal
from broadcast.domain.template_writing import Written, finished
from broadcast.newsroom import template_books
from broadcast.newsroom.desk import Desk
from broadcast.newsroom.template_types import TemplateLine, TemplateList, TemplateView
from broadcast.sight import area_name, person
from broadcast.tables.template_records import TemplateRow
from devices.vocabulary import AreaId, slug

T = TypeVar("T")

OF_AREA: Final = 200
"""Templates of its own that an area may have, hidden ones among them."""
_ID_LENGTH: Final = 48


async def templates(desk: Desk, actor: Actor, area: AreaId) -> TemplateList:
    """All that an area has, by name. Raises Refusal: not-allowed, not-your-area, no-such-area."""
    require(actor, Action.EDIT_TEMPLATES, (area,), desk.tree)
    beneath = await asyncio.to_thread(template_books.files, desk)
    held = await desk.store.read(lambda s: template_books.lines(desk, s, beneath, desk.tree.path(area)))
    lines = sorted(held.values(), key=lambda x: (slug(x.template.name), x.template.id))
    return TemplateList(area, area_name(desk, area), tuple(lines))


async def template(desk: Desk, actor: Actor, area: AreaId, id_: str) -> TemplateView:
    """One that an area has, to be edited. Raises Refusal as `templates`, and no-such-template."""
    require(actor, Action.EDIT_TEMPLATES, (area,), desk.tree)
    beneath = await asyncio.to_thread(template_books.files, desk)

    def work(session: Session) -> TemplateView:
        above, held = _around(desk, session, beneath, area)
        if id_ not in held:
            raise Refusal("no-such-template")
        own = template_books.state(session.get(TemplateRow, (area, id_)))
        return TemplateView(area, area_name(desk, area), held[id_], own, above.get(id_))

    return await desk.store.read(work)


async def save_template(desk: Desk, actor: Actor, area: AreaId, id_: str, what: Written, began: str) -> str:
    """Keep it as the area's own; its id. `id_` "": a new one. `began`: the state of the area's own it was begun with.

    Raises Flawed with every flaw; Refusal: not-allowed, not-your-area, no-such-area, no-such-template,
    template-elsewhere (name), template-gone, templates-many.
    """
    require(actor, Action.EDIT_TEMPLATES, (area,), desk.tree)
    made = finished(id_ or "x", what)
    beneath = await asyncio.to_thread(template_books.files, desk)

    def work(session: Session) -> str:
        _, held = _around(desk, session, beneath, area)
        key = id_ or _new_id(made.name, {*beneath, *session.exec(select(TemplateRow.id))})
        row = _own(session, area, key, began)
        if row is None:
            if id_ and id_ not in held:
                raise Refusal("no-such-template")
            row = _new_row(desk, session, actor, area, key)
        elif not row.hidden and template_books.template(row) == made:
            return key
        template_books.enter(row, made)
        row.by, row.at = actor.id, desk.now()
        session.add(row)
        return key

    return await _rung(desk, work)


async def hide_template(desk: Desk, actor: Actor, area: AreaId, id_: str, began: str) -> None:
    """Have the one from above offered no more, here and below.

    Raises Refusal as `save_template`, and template-own where the area has one of its own.
    """
    require(actor, Action.EDIT_TEMPLATES, (area,), desk.tree)
    beneath = await asyncio.to_thread(template_books.files, desk)

    def work(session: Session) -> None:
        above, _ = _around(desk, session, beneath, area)
        if _own(session, area, id_, began) is not None:
            raise Refusal("template-own")
        if id_ not in above:
            raise Refusal("no-such-template")
        row = _new_row(desk, session, actor, area, id_)
        row.hidden, row.name = True, above[id_].template.name
        session.add(row)

    await _rung(desk, work)


async def restore_template(desk: Desk, actor: Actor, area: AreaId, id_: str, began: str) -> None:
    """Take back what the area says itself: what comes from above holds again; where nothing does, it is gone.

    Raises Refusal as `save_template`.
    """
    require(actor, Action.EDIT_TEMPLATES, (area,), desk.tree)

    def work(session: Session) -> None:
        row = _own(session, area, id_, began)
        if row is None:
            raise Refusal("no-such-template")
        session.delete(row)

    await _rung(desk, work)


def _around(
    desk: Desk, session: Session, beneath: dict[str, TemplateLine], area: AreaId
) -> tuple[dict[str, TemplateLine], dict[str, TemplateLine]]:
    """What comes to an area from above, and what it has."""
    path = desk.tree.path(area)
    above = template_books.lines(desk, session, beneath, path[1:])
    return above, template_books.lines(desk, session, above, path[:1])


def _own(session: Session, area: AreaId, id_: str, began: str) -> TemplateRow | None:
    """The area's own row, if it still is as it was when this was begun."""
    row = session.get(TemplateRow, (area, id_))
    if template_books.state(row) == began:
        return row
    if row is None:
        raise Refusal("template-gone")
    raise Refusal("template-elsewhere", name=person(session, row.by))


def _new_row(desk: Desk, session: Session, actor: Actor, area: AreaId, id_: str) -> TemplateRow:
    if len(session.exec(select(TemplateRow.id).where(TemplateRow.area == area)).all()) >= OF_AREA:
        raise Refusal("templates-many", limit=OF_AREA)
    return TemplateRow(area=area, id=id_, name="", by=actor.id, at=desk.now())


def _new_id(name: str, taken: set[str]) -> str:
    """An identifier that no template has anywhere: another area's own must not be taken for one of the same kind."""
    one = slug(name)[:_ID_LENGTH].strip("-") or "mau"
    return next(key for n in range(1, len(taken) + 2) if (key := one if n == 1 else f"{one}-{n}") not in taken)


async def _rung(desk: Desk, work: Callable[[Session], T]) -> T:
    done = await desk.store.write(work)
    desk.bell.ring()
    return done

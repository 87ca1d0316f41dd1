"""A bulletin begun from a template: what is the same every time is not written every time."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime, time
from typing import Final

from broadcast.domain.bulletins import Bulletin
from broadcast.domain.fields import Category, Fields
from broadcast.domain.people import Action, Actor, require
from broadcast.domain.refusals import Refusal
from broadcast.domain.templates import Template
from broadcast.newsroom import template_books
from broadcast.newsroom.desk import Desk

Draft = Callable[[Actor, str, str, Fields], Awaitable[Bulletin]]

_LAST_MINUTE: Final = time(23, 59)


async def templates(desk: Desk, actor: Actor) -> tuple[Template, ...]:
    """Those of the area in which what they begin is born, by name; read anew, so that an edited one holds at once.

    Raises Refusal: not-allowed.
    """
    require(actor, Action.WRITE, (), desk.tree)
    beneath = await asyncio.to_thread(template_books.files, desk)
    home = actor.where(Action.WRITE)[0]
    path = desk.tree.path(home) if home in desk.tree.areas else (desk.tree.root.id,)
    held = await desk.store.read(lambda session: template_books.lines(desk, session, beneath, path))
    return template_books.offered(held.values())


async def from_template(desk: Desk, draft: Draft, actor: Actor, template: str, values: Mapping[str, str]) -> Bulletin:
    """A new draft of a template filled in, with its category, level and last day.

    Raises NotFilled with every fault, Refusal: not-allowed, no-such-template, title-long, text-long.
    """
    found = next((t for t in await templates(desk, actor) if t.id == template), None)
    if found is None:
        raise Refusal("no-such-template")
    filled = found.fill(values)
    fields = Fields(level=filled.level, category=Category(filled.category), valid_until=_until(desk, filled.ends))
    return await draft(actor, filled.title, filled.text, fields)


def _until(desk: Desk, ends: date | None) -> datetime | None:
    """The end of the last day; None where that is over already, which the writer has to look at."""
    until = datetime.combine(ends, _LAST_MINUTE, desk.zone) if ends else None
    return until if until and until > desk.now() else None

"""A bulletin's words, and what it tells of itself beside them. Its life is in `broadcast.newsroom.life`."""

from collections.abc import Callable
from typing import Final

from sqlmodel import Session

from broadcast import books
from broadcast.domain.bulletins import (
    Bulletin,
    BulletinEvent,
    BulletinState,
    Origin,
    after,
    unfinished,
    unfinished_title,
)
from broadcast.domain.fields import Fields, clean, merged
from broadcast.domain.merging import Words, joined
from broadcast.domain.people import Action, Actor, require
from broadcast.domain.refusals import Refusal
from broadcast.newsroom.desk import Desk
from broadcast.records import BulletinRow
from broadcast.sight import person

NOTHING_YET: Final = Fields()


async def draft(desk: Desk, actor: Actor, title: str, text: str, fields: Fields = NOTHING_YET) -> Bulletin:
    """A new draft in the first area in which the actor writes. Raises Refusal: not-allowed, title-long, text-long."""
    require(actor, Action.WRITE, (), desk.tree)
    kept_title, kept = unfinished_title(title), unfinished(text, desk.settings.speech.text_limit)

    def work(session: Session) -> Bulletin:
        row = BulletinRow(
            title=kept_title,
            text=kept,
            level=fields.level.value,
            category=fields.category.value,
            valid_until=fields.valid_until,
            state=BulletinState.DRAFT.value,
            origin=Origin.TEXT.value,
            author=actor.id,
            area=actor.where(Action.WRITE)[0],
            updated_at=desk.now(),
        )
        session.add(row)
        session.flush()
        return books.bulletin(session, row)

    return await _rung(desk, work)


async def save(desk: Desk, actor: Actor, bulletin: int, title: str, text: str, began: Words | None = None) -> Bulletin:
    """Keep what was typed, finished or not. Other words take the sound away; the same words change nothing.

    `began`: the words this was begun with. What somebody else changed since then stays; where that is the very thing
    that was typed in, it is refused, and nothing of either is lost.
    Raises Refusal: not-allowed, no-such-bulletin, bulletin-life, programme-bulletin, title-long, text-long,
    text-elsewhere.
    """
    require(actor, Action.WRITE, (), desk.tree)
    limit = desk.settings.speech.text_limit
    wanted = Words(unfinished_title(title), unfinished(text, limit))
    since = None if began is None else Words(unfinished_title(began.title), unfinished(began.text, limit))

    def work(session: Session) -> Bulletin:
        row = books.worded_row(session, bulletin, actor, desk.tree)
        held = Words(row.title, row.text)
        now = wanted if since is None else joined(held, since, wanted)
        if now is None:
            raise Refusal("text-elsewhere", name=person(session, row.writers[-1] if row.writers else row.author))
        if now == held:
            return books.bulletin(session, row)
        _step(row, BulletinEvent.EDIT, desk)
        if row.text != now.text and row.origin == Origin.TEXT:
            books.silence(row)
        row.title, row.text = now.title, now.text
        books.wrote(row, actor.id)
        return books.bulletin(session, row)

    return await _rung(desk, work)


async def drop_upload(desk: Desk, actor: Actor, bulletin: int) -> Bulletin:
    """Let go of an uploaded sound: the text is what is said again. Raises Refusal as `save`."""
    require(actor, Action.WRITE, (), desk.tree)

    def work(session: Session) -> Bulletin:
        row = books.worded_row(session, bulletin, actor, desk.tree)
        if row.origin == Origin.UPLOAD:
            _step(row, BulletinEvent.EDIT, desk)
            books.silence(row)
            row.origin, row.upload_name = Origin.TEXT.value, ""
            books.wrote(row, actor.id)
        return books.bulletin(session, row)

    return await _rung(desk, work)


async def describe(desk: Desk, actor: Actor, bulletin: int, before: Fields, after_: Fields) -> Bulletin:
    """What someone changed from `before` to `after_` in the fields; what others changed meanwhile stays.

    Its sound stays too: these are shown, not spoken. Raises Refusal: not-allowed, not-your-area, no-such-bulletin,
    bulletin-life, no-such-area, level-emergency, field-long, tag-long, tags-many, areas-many.
    """
    require(actor, Action.WRITE, (), desk.tree)

    def work(session: Session) -> Bulletin:
        row = books.worded_row(session, bulletin, actor, desk.tree)
        held = books.bulletin(session, row).fields
        kept = clean(merged(held, before, after_))
        if kept == held:
            return books.bulletin(session, row)
        require(actor, Action.WRITE, (a for a in kept.areas if a not in held.areas), desk.tree)
        _step(row, BulletinEvent.EDIT, desk)
        row.level, row.category, row.language = kept.level.value, kept.category.value, kept.language.value
        row.source, row.issued_by, row.valid_until = kept.source, kept.issued_by, kept.valid_until
        row.areas, row.tags = list(kept.areas), list(kept.tags)
        books.wrote(row, actor.id)
        return books.bulletin(session, row)

    return await _rung(desk, work)


def _step(row: BulletinRow, event: BulletinEvent, desk: Desk) -> None:
    row.state = after(BulletinState(row.state), event).value
    row.updated_at = desk.now()


async def _rung(desk: Desk, work: Callable[[Session], Bulletin]) -> Bulletin:
    done = await desk.store.write(work)
    desk.bell.ring()
    return done

"""A bulletin's words and its life: written, handed in, approved, taken back."""

from collections.abc import Callable

from sqlmodel import Session

from broadcast import books
from broadcast.desk import Desk
from broadcast.domain.bulletins import (
    Bulletin,
    BulletinEvent,
    BulletinState,
    Origin,
    after,
    clean_title,
    sayable,
    unfinished,
    unfinished_title,
)
from broadcast.domain.people import Action, Actor, require
from broadcast.domain.refusals import Refusal
from broadcast.records import BulletinRow
from devices.vocabulary import Level


async def draft(desk: Desk, actor: Actor, title: str, text: str) -> Bulletin:
    """A new draft in the first area in which the actor writes. Raises Refusal: not-allowed, title-long, text-long."""
    require(actor, Action.WRITE, (), desk.tree)
    kept_title, kept = unfinished_title(title), unfinished(text, desk.settings.speech.text_limit)

    def work(session: Session) -> Bulletin:
        row = BulletinRow(
            title=kept_title,
            text=kept,
            level=Level.ROUTINE.value,
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


async def save(desk: Desk, actor: Actor, bulletin: int, title: str, text: str) -> Bulletin:
    """Keep what was typed, finished or not. Other words take the sound away; the same words change nothing.

    Raises Refusal: not-allowed, no-such-bulletin, bulletin-life, title-long, text-long.
    """
    require(actor, Action.WRITE, (), desk.tree)
    kept_title, kept = unfinished_title(title), unfinished(text, desk.settings.speech.text_limit)

    def work(session: Session) -> Bulletin:
        row = books.bulletin_row(session, bulletin, actor, desk.tree, Action.WRITE)
        if (row.title, row.text) == (kept_title, kept):
            return books.bulletin(session, row)
        _step(row, BulletinEvent.EDIT, desk)
        if row.text != kept and row.origin == Origin.TEXT:
            books.silence(row)
        row.title, row.text = kept_title, kept
        return books.bulletin(session, row)

    return await _rung(desk, work)


async def drop_upload(desk: Desk, actor: Actor, bulletin: int) -> Bulletin:
    """Let go of an uploaded sound: the text is what is said again. Raises Refusal as `save`."""
    require(actor, Action.WRITE, (), desk.tree)

    def work(session: Session) -> Bulletin:
        row = books.bulletin_row(session, bulletin, actor, desk.tree, Action.WRITE)
        if row.origin == Origin.UPLOAD:
            _step(row, BulletinEvent.EDIT, desk)
            books.silence(row)
            row.origin, row.upload_name = Origin.TEXT.value, ""
        return books.bulletin(session, row)

    return await _rung(desk, work)


async def submit(desk: Desk, actor: Actor, bulletin: int) -> Bulletin:
    """Say that it is ready. Raises Refusal: title-..., text-..., no-such-bulletin, bulletin-life."""

    def ready(row: BulletinRow) -> None:
        row.title = clean_title(row.title)
        if row.origin == Origin.TEXT:
            sayable(row.text, desk.settings.speech.text_limit)

    return await _happens(desk, actor, bulletin, Action.WRITE, BulletinEvent.SUBMIT, ready)


async def approve(desk: Desk, actor: Actor, bulletin: int) -> Bulletin:
    """Let it go on the air, just as it is now. Raises Refusal: not-allowed, no-sound, bulletin-life."""

    def heard(row: BulletinRow) -> None:
        if row.clip is None:
            raise Refusal("no-sound")

    return await _happens(desk, actor, bulletin, Action.APPROVE, BulletinEvent.APPROVE, heard)


async def withdraw(desk: Desk, actor: Actor, bulletin: int) -> Bulletin:
    """It may never be placed again; slots it has are withdrawn one by one. Raises Refusal."""
    return await _happens(desk, actor, bulletin, Action.WITHDRAW, BulletinEvent.WITHDRAW, lambda _row: None)


async def _happens(
    desk: Desk, actor: Actor, bulletin: int, action: Action, event: BulletinEvent, check: Callable[[BulletinRow], None]
) -> Bulletin:
    require(actor, action, (), desk.tree)

    def work(session: Session) -> Bulletin:
        row = books.bulletin_row(session, bulletin, actor, desk.tree, action)
        check(row)
        _step(row, event, desk)
        return books.bulletin(session, row)

    return await _rung(desk, work)


def _step(row: BulletinRow, event: BulletinEvent, desk: Desk) -> None:
    row.state = after(BulletinState(row.state), event).value
    row.updated_at = desk.now()


async def _rung(desk: Desk, work: Callable[[Session], Bulletin]) -> Bulletin:
    done = await desk.store.write(work)
    desk.bell.ring()
    return done

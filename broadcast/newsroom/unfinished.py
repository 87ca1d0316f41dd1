"""Sound that was asked for and is not there yet, written down first: a server that is killed goes on with it.

What was being spoken is spoken after the start (sentences that were finished lie on the shelf), unless its words have
changed or the person may no longer ask. A bulletin that takes the server down with it is given up after MOST_RESTARTS.
An uploaded file is gone with the server that took it in; the person is told.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Final, Protocol

import structlog
from sqlmodel import Session, col, select

from broadcast import books
from broadcast.domain.bulletins import Bulletin
from broadcast.domain.house import Tell
from broadcast.domain.people import Action, Actor, require
from broadcast.domain.refusals import Refusal
from broadcast.domain.voices import AS_USUAL, VoiceChoice
from broadcast.newsroom.desk import Desk
from broadcast.records import BulletinRow, UnfinishedRow
from broadcast.works import Works

MOST_RESTARTS: Final = 2
"""As often a bulletin is begun again after the server died while it was being spoken."""
_MOOT: Final = frozenset(
    {"not-allowed", "not-your-area", "no-such-bulletin", "bulletin-life", "upload-in-place", "text-changed"}
)
"""Refusals after which nobody waits for that sound any more."""
_UNDER_WAY: Final = select(UnfinishedRow).where(UnfinishedRow.left_off == "")
_log: Final = structlog.get_logger(__name__)


class Render(Protocol):
    """Has a text spoken, as `rendering.render` does."""

    def __call__(self, actor: Actor, bulletin: int, tell: Tell, choice: VoiceChoice = AS_USUAL) -> Awaitable[Bulletin]:
        """The bulletin with its sound."""


Upload = Callable[[Actor, int, str, Path, Tell], Awaitable[Bulletin]]


class Unfinished:
    """`render` and `upload` as they were given, and remembered while they last."""

    def __init__(
        self, desk: Desk, render: Render, upload: Upload, actor: Callable[[int], Awaitable[Actor | None]]
    ) -> None:
        self._desk, self._render, self._upload, self._actor = desk, render, upload, actor
        self.works = Works()
        self._stopping = False
        self._one_by_one = asyncio.Lock()

    async def render(self, actor: Actor, bulletin: int, tell: Tell, choice: VoiceChoice = AS_USUAL) -> Bulletin:
        """As `rendering.render`, and gone on with if the server does not live to see its end."""
        await self._write_down(actor, bulletin, "speech", choice)
        return await self._through(bulletin, self._render(actor, bulletin, tell, choice))

    async def upload(self, actor: Actor, bulletin: int, name: str, file: Path, tell: Tell) -> Bulletin:
        """As `rendering.upload`; if the server does not live to see its end, the next page says so."""
        await self._write_down(actor, bulletin, "upload", AS_USUAL)
        return await self._through(bulletin, self._upload(actor, bulletin, name, file, tell))

    async def left_off(self, actor: Actor, bulletin: int) -> str:
        """Why that bulletin's sound never came: "" or restarts, failed, upload. Raises Refusal("no-such-bulletin")."""

        def work(session: Session) -> str:
            words = books.bulletin_row(session, bulletin, actor, self._desk.tree, Action.SEE_BULLETINS).text
            row = session.get(UnfinishedRow, bulletin)
            return row.left_off if row is not None and row.words == _digest(words) else ""

        return await self._desk.store.read(work)

    async def resume(self) -> None:
        """Begin again with what was being spoken when the server stopped, one after another; does not wait for it."""

        def work(session: Session) -> list[int]:
            rows = session.exec(_UNDER_WAY.order_by(col(UnfinishedRow.asked_at))).all()
            for row in rows:
                if row.kind == "upload":
                    row.left_off = "upload"
            return [row.bulletin for row in rows if row.kind == "speech"]

        for bulletin in await self._desk.store.write(work):
            self.works.begin(bulletin, partial(self._again, bulletin))

    async def stop(self) -> None:
        """Break off what is under way, to go on with it later. A server that was told to stop is no failed try."""
        self._stopping = True
        await self.works.close()

        def work(session: Session) -> None:
            for row in session.exec(_UNDER_WAY).all():
                row.restarts = 0

        with suppress(Refusal):
            await self._desk.store.write(work)

    async def _again(self, bulletin: int, tell: Tell) -> None:
        """Speak one that was left. The try is counted before it begins: it may be what kills the server."""
        async with self._one_by_one:
            row = await self._desk.store.write(partial(_next_try, bulletin))
            if row is None or row.left_off:
                return
            _log.info("speech-resumed", bulletin=bulletin, tries=row.restarts)
            try:
                await self._through(bulletin, self._as_asked(row, tell), resumed=True)
            finally:
                self._desk.bell.ring()

    async def _as_asked(self, row: UnfinishedRow, tell: Tell) -> Bulletin:
        actor = await self._actor(row.person)
        if actor is None:
            raise Refusal("not-allowed", action=Action.WRITE.value)
        return await self._render(actor, row.bulletin, tell, VoiceChoice(row.engine, row.voice, row.rate))

    async def _through(self, bulletin: int, work: Awaitable[Bulletin], *, resumed: bool = False) -> Bulletin:
        """What `work` gives. Its note goes, unless the server is stopping or it failed with nobody waiting."""
        left_off = ""
        try:
            return await work
        except Exception as no:
            if resumed and not (isinstance(no, Refusal) and no.code in _MOOT):
                left_off = "failed"
            raise
        finally:
            if not self._stopping:
                await asyncio.shield(self._desk.store.write(partial(_end, bulletin, left_off)))

    async def _write_down(self, actor: Actor, bulletin: int, kind: str, choice: VoiceChoice) -> None:
        try:
            await self._desk.store.write(partial(self._note, actor, bulletin, kind, choice))
        except asyncio.CancelledError:  # the books may have taken it all the same
            await asyncio.shield(self._desk.store.write(partial(_end, bulletin, "")))
            raise

    def _note(self, actor: Actor, bulletin: int, kind: str, choice: VoiceChoice, session: Session) -> None:
        require(actor, Action.WRITE, (), self._desk.tree)
        words = books.bulletin_row(session, bulletin, actor, self._desk.tree, Action.WRITE).text
        session.merge(
            UnfinishedRow(
                bulletin=bulletin,
                person=actor.id,
                kind=kind,
                words=_digest(words),
                engine=choice.engine,
                voice=choice.voice,
                rate=choice.rate,
                asked_at=self._desk.now(),
            )
        )


@asynccontextmanager
async def open_unfinished(
    desk: Desk, render: Render, upload: Upload, actor: Callable[[int], Awaitable[Actor | None]]
) -> AsyncIterator[Unfinished]:
    """What was left when the server stopped, gone on with; left again when it stops. Raises Refusal."""
    unfinished = Unfinished(desk, render, upload, actor)
    try:
        await unfinished.resume()
        yield unfinished
    finally:
        await unfinished.stop()


def _next_try(bulletin: int, session: Session) -> UnfinishedRow | None:
    """The note with one more try counted, given up if there were enough; none if its words are others now."""
    row, written = session.get(UnfinishedRow, bulletin), session.get(BulletinRow, bulletin)
    if row is None or row.left_off:
        return None
    if written is None or row.words != _digest(written.text):
        session.delete(row)
        return None
    if row.restarts >= MOST_RESTARTS:
        _log.warning("speech-given-up", bulletin=bulletin, restarts=row.restarts)
        row.left_off = "restarts"
    row.restarts += 1
    return row


def _end(bulletin: int, left_off: str, session: Session) -> None:
    row = session.get(UnfinishedRow, bulletin)
    if row is not None and left_off:
        row.left_off = left_off
    elif row is not None:
        session.delete(row)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()

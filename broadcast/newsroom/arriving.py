"""Sound comes in by pieces: what is here stays when the line breaks, and the next piece goes on from it.

A file on its way is a folder: `about.json` says whose it is and what for, `sound` is what has come; its length is the
offset, so that nothing can say otherwise. Nothing is ever held in memory but the bytes of one write.
"""

import asyncio
import contextlib
import errno
import os
import re
import secrets
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec
from sqlmodel import Session

from broadcast import books
from broadcast.domain.arrivals import KEPT_FOR, MOST, Arrival, shown_name
from broadcast.domain.bulletins import Bulletin, BulletinEvent, BulletinState, after
from broadcast.domain.house import Tell
from broadcast.domain.people import Action, Actor, require
from broadcast.domain.refusals import Refusal
from broadcast.newsroom.desk import Desk

SPARE: Final = 128 * 1024 * 1024
"""Left free on the disk: the books and what is made of the sound need room too."""
_MB: Final = 1024 * 1024
_ABOUT, _SOUND = "about.json", "sound"
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{24}")
_LATER: Final = frozenset({"speech-busy", "disk-full", "store-failed", "not-allowed"})
"""Refusals after which the same file may still be taken in."""


class _About(msgspec.Struct, frozen=True):
    person: int
    bulletin: int
    name: str
    length: int


Upload = Callable[[Actor, int, str, Path, Tell], Awaitable[Bulletin]]


class Arriving:
    """The files on their way in `folder`, on whose disk `free` bytes are left."""

    def __init__(
        self, desk: Desk, folder: Path, free: Callable[[Path], int] = lambda place: shutil.disk_usage(place).free
    ) -> None:
        self._desk, self._folder, self._free = desk, folder, free
        self._takers: dict[str, asyncio.Task[None]] = {}
        self._used: set[str] = set()
        """What is being made a sound just now: it goes by itself when that is over."""
        self._one_by_one = asyncio.Lock()

    async def begin(self, actor: Actor, bulletin: int, name: str, length: int) -> Arrival:
        """As `SoundOffice.begin`."""
        require(actor, Action.WRITE, (), self._desk.tree)
        shown, limit = shown_name(name), self._desk.settings.upload.limit_mb
        if length < 1:
            raise Refusal("upload-empty", name=shown)
        if length > limit * _MB:
            raise Refusal("upload-large", name=shown, limit=limit)

        def ask(session: Session) -> None:
            row = books.bulletin_row(session, bulletin, actor, self._desk.tree, Action.WRITE)
            after(BulletinState(row.state), BulletinEvent.EDIT)

        await self._desk.store.read(ask)
        about = _About(actor.id, bulletin, shown, length)
        async with self._one_by_one:
            for old in await asyncio.to_thread(self._of, actor.id):
                if old.bulletin == bulletin and old.key not in self._used:
                    await self._interrupt(old.key)
                    await asyncio.to_thread(self._remove, old.key)
            return await asyncio.to_thread(self._make, about)

    async def arrived(self, actor: Actor, key: str) -> Arrival:
        """As `SoundOffice.arrived`."""
        await self._mine(actor, key)
        await self._interrupt(key)
        return await self._mine(actor, key)

    async def take(self, actor: Actor, key: str, offset: int, sent: AsyncIterator[bytes]) -> Arrival:
        """As `SoundOffice.take`. Raises besides what `sent` raises."""
        await self._mine(actor, key)
        await self._interrupt(key)
        taker = asyncio.ensure_future(self._taken(key, offset, sent))
        self._takers[key] = taker
        try:
            await taker
        except asyncio.CancelledError:
            me = asyncio.current_task()
            if me is not None and me.cancelling():
                raise
            raise Refusal("upload-elsewhere") from None
        finally:
            if self._takers.get(key) is taker:
                del self._takers[key]
        return await self._mine(actor, key)

    async def drop(self, actor: Actor, key: str) -> None:
        """As `SoundOffice.drop`."""
        await self._mine(actor, key)
        await self._interrupt(key)
        await asyncio.to_thread(self._remove, key)

    async def waiting(self, actor: Actor, bulletin: int) -> Arrival | None:
        """As `SoundOffice.waiting`."""
        mine = await asyncio.to_thread(lambda: list(self._of(actor.id)))
        return next((one for one in mine if one.bulletin == bulletin and one.whole), None)

    async def use(self, upload: Upload, actor: Actor, key: str, tell: Tell) -> Bulletin:
        """As `SoundOffice.use`, by `upload`. Broken off, it waits: the next page goes on with it."""
        arrival = await self._mine(actor, key)
        if not arrival.whole:
            raise Refusal("no-such-upload")
        self._used.add(key)
        try:
            done = await upload(actor, arrival.bulletin, arrival.name, self._folder / key / _SOUND, tell)
        except Refusal as no:
            if no.code not in _LATER:
                await asyncio.to_thread(self._remove, key)
            raise
        finally:
            self._used.discard(key)
        await asyncio.to_thread(self._remove, key)
        return done

    async def sweep(self) -> None:
        """Let go of files that stopped coming a day ago, and of what a killed server left half made."""

        def work() -> None:
            for folder in self._folders():
                if folder.name not in {*self._takers, *self._used} and _touched(folder) + KEPT_FOR <= self._desk.now():
                    shutil.rmtree(folder, ignore_errors=True)

        await asyncio.to_thread(work)

    async def _mine(self, actor: Actor, key: str) -> Arrival:
        arrival = await asyncio.to_thread(self._read, key)
        if arrival is None or arrival.person != actor.id:
            raise Refusal("no-such-upload")
        return arrival

    async def _interrupt(self, key: str) -> None:
        """End what still listens to a line that its sender has left: whoever asks now is the sender."""
        while (taker := self._takers.get(key)) is not None and not taker.done():
            taker.cancel()
            await asyncio.wait({taker})

    async def _taken(self, key: str, offset: int, sent: AsyncIterator[bytes]) -> None:
        arrival = await asyncio.to_thread(self._read, key)
        if arrival is None:
            raise Refusal("no-such-upload")
        if offset != arrival.offset:
            raise Refusal("upload-offset", offset=arrival.offset)
        left, held = arrival.length - offset, bytearray()
        file = self._folder / key / _SOUND
        try:
            async for piece in sent:
                if len(piece) > left:
                    raise Refusal("upload-long")
                left -= len(piece)
                held += piece
                if len(held) >= _MB:
                    await self._write(file, held)
        finally:
            await self._write(file, held, last=True)

    async def _write(self, file: Path, held: bytearray, *, last: bool = False) -> None:
        """What is held goes to the disk and is let go of; once begun, it is waited for whatever comes."""
        data = bytes(held)
        held.clear()
        writing = asyncio.ensure_future(asyncio.to_thread(self._append, file, data, last))
        try:
            await asyncio.shield(writing)
        except asyncio.CancelledError:
            await asyncio.wait({writing})
            raise
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise Refusal("disk-full") from error
            if isinstance(error, FileNotFoundError):  # it was dropped meanwhile
                raise Refusal("no-such-upload") from error
            raise

    def _append(self, file: Path, data: bytes, last: bool) -> None:
        descriptor = os.open(file, os.O_WRONLY | os.O_APPEND)
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(descriptor, view) :]
            if last:
                os.fsync(descriptor)
            stamp = self._desk.now().timestamp()
            os.utime(descriptor, (stamp, stamp))
        finally:
            os.close(descriptor)

    def _make(self, about: _About) -> Arrival:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        others = [one for one in map(self._read, [f.name for f in self._folders()]) if one is not None]
        if sum(one.person == about.person for one in others) >= MOST:
            raise Refusal("uploads-many", most=MOST)
        promised = sum(one.length - one.offset for one in others)
        if self._free(self._folder) - promised - about.length < SPARE:
            raise Refusal("disk-full")
        key = secrets.token_urlsafe(18)
        folder = self._folder / key
        try:
            folder.mkdir(mode=0o700)
            (folder / _SOUND).touch(0o600)
            (folder / _ABOUT).write_bytes(msgspec.json.encode(about))
            self._append(folder / _SOUND, b"", last=False)
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise Refusal("disk-full") from error
        made = self._read(key)
        assert made is not None  # noqa: S101 - it was written just now
        return made

    def _of(self, person: int) -> list[Arrival]:
        found = (self._read(folder.name) for folder in self._folders())
        return [one for one in found if one is not None and one.person == person]

    def _folders(self) -> Iterator[Path]:
        with contextlib.suppress(FileNotFoundError):
            yield from self._folder.iterdir()

    def _read(self, key: str) -> Arrival | None:
        """None for what is not there, is not whole as a note, or is over."""
        if not _KEY.fullmatch(key):
            return None
        folder = self._folder / key
        try:
            about = msgspec.json.decode((folder / _ABOUT).read_bytes(), type=_About)
            size = (folder / _SOUND).stat().st_size
            expires = _touched(folder) + KEPT_FOR
        except (OSError, msgspec.DecodeError):
            return None
        if expires <= self._desk.now():
            return None
        return Arrival(key, about.person, about.bulletin, about.name, about.length, size, expires)

    def _remove(self, key: str) -> None:
        shutil.rmtree(self._folder / key, ignore_errors=True)


def _touched(folder: Path) -> datetime:
    try:
        file = folder / _SOUND
        stat = file.stat() if file.exists() else folder.stat()
    except OSError:
        return datetime.max.replace(tzinfo=UTC) - KEPT_FOR
    return datetime.fromtimestamp(stat.st_mtime, UTC)

"""Listening is part of writing: who reads a bulletin, what of its text sounds when, how it was before mastering."""

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from sqlmodel import Session, col, select

from audio.apart import waveform
from audio.made import Unreadable
from audio.marks import lacking
from audio.speech import FASTEST, SLOWEST
from broadcast import books
from broadcast.domain.bulletins import Bulletin, BulletinEvent, BulletinState, Origin, after
from broadcast.domain.listening import Heard, Outline, Piece, SpokenLine
from broadcast.domain.people import Action, Actor, require
from broadcast.domain.refusals import Refusal
from broadcast.domain.voices import VoiceChoice, VoiceOffered
from broadcast.library import ClipLibrary
from broadcast.newsroom.desk import Desk
from broadcast.records import BulletinRow
from broadcast.tables.listening_records import SpokenRow

POINTS: Final = 600
"""Of an outline: more than a wide screen can tell apart."""
KEPT_FOR: Final = timedelta(days=60)
"""After this nobody compares what mastering did: what is aired does not need it."""
SPARED_S: Final = 3600.0
"""What was kept within the last hour is not swept: its bulletin may be about to be written down."""


@dataclass(frozen=True)
class Listening:
    """`raw` holds sounds as they came in; `outlines` is a folder that may be deleted at any time."""

    desk: Desk
    raw: ClipLibrary
    outlines: Path
    offered: tuple[VoiceOffered, ...] = ()
    _one_by_one: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def choose(self, actor: Actor, bulletin: int, choice: VoiceChoice) -> Bulletin:
        """Remember who is to read a bulletin, for the next visit. Its sound stays as it is.

        Raises Refusal: not-allowed, no-such-bulletin, bulletin-life, no-such-voice.
        """
        require(actor, Action.WRITE, (), self.desk.tree)
        voices = {one.engine: one.voices for one in self.offered}
        if choice.engine not in {"", *voices} or choice.voice not in {"", *voices.get(choice.engine, ())}:
            raise Refusal("no-such-voice")
        if not SLOWEST <= choice.rate <= FASTEST:
            raise Refusal("no-such-voice")

        def work(session: Session) -> Bulletin:
            row = books.bulletin_row(session, bulletin, actor, self.desk.tree, Action.WRITE)
            after(BulletinState(row.state), BulletinEvent.EDIT)
            row.chosen_engine, row.chosen_voice, row.chosen_rate = choice.engine, choice.voice, choice.rate
            return books.bulletin(session, row)

        return await self.desk.store.write(work)

    async def heard(self, actor: Actor, bulletin: int) -> Heard | None:
        """What of a bulletin sounds when; None while it has no sound. Raises Refusal: not-allowed, no-such-bulletin."""
        require(actor, Action.SEE_BULLETINS, (), self.desk.tree)

        def work(session: Session) -> Heard | None:
            row = books.audible_row(session, bulletin, actor, self.desk.tree)
            if row.clip is None:
                return None
            spoken = session.get(SpokenRow, row.id)
            held = spoken is not None and spoken.clip == row.clip
            lines = spoken.lines if spoken is not None and held and row.origin == Origin.TEXT else []
            raw = row.raw if self.raw.path(row.raw) else ""
            kinds = next((one.kinds for one in self.offered if one.engine == row.engine), ())
            lack = lacking(row.text, kinds) if row.origin == Origin.TEXT else ()
            lead_s = spoken.lead_s if spoken and held else 0.0
            return Heard(row.clip, raw, lead_s, tuple(_lines(row.text, lines)), lack)

        return await self.desk.store.read(work)

    async def before(self, actor: Actor, bulletin: int) -> Path:
        """The file of a bulletin's sound before mastering.

        Raises Refusal: not-allowed, no-such-bulletin, no-sound (it was not kept).
        """
        heard = await self.heard(actor, bulletin)
        path = self.raw.path(heard.raw) if heard else None
        if path is None:
            raise Refusal("no-sound")
        return path

    async def outline(self, actor: Actor, bulletin: int) -> Outline:
        """How a bulletin's sound stands, after and before. Made once, apart; asked again, it is read from the disk.

        Raises Refusal: not-allowed, no-such-bulletin, no-sound.
        """
        heard = await self.heard(actor, bulletin)
        clip = self.desk.library.path(heard.clip) if heard else None
        if heard is None or clip is None:
            raise Refusal("no-sound")
        return Outline(await self._drawn(heard.clip, clip), await self._drawn(heard.raw, self.raw.path(heard.raw)))

    async def _drawn(self, name: str, file: Path | None) -> tuple[float, ...]:
        if file is None:
            return ()
        kept = self.outlines / f"{name}.json"
        async with self._one_by_one:
            return tuple(await asyncio.to_thread(_outline, file, kept))

    async def sweep(self) -> None:
        """Let go of sounds before mastering, and of outlines, of which no bulletin has been written for long."""
        since = self.desk.now() - KEPT_FOR

        def work(session: Session) -> set[str]:
            written = select(BulletinRow.raw, BulletinRow.clip).where(col(BulletinRow.updated_at) > since)
            rows = session.exec(written.where(col(BulletinRow.clip).is_not(None)))
            return {name for row in rows for name in row if name}

        held = await self.desk.store.read(work)
        await asyncio.to_thread(self._let_go, held)

    def _let_go(self, held: set[str]) -> None:
        old = time.time() - SPARED_S
        for path in (*self.raw.folder.glob("??/*.opus"), *self.outlines.glob("*.json*")):
            with suppress(OSError):
                if path.name.partition(".")[0] not in held and path.stat().st_mtime < old:
                    path.unlink()


def _lines(written: str, lines: list[list[Any]]) -> Iterator[SpokenLine]:
    """Each line with the text from its first word to the next line's: what stands between words is said by nobody."""
    text = written.strip()
    ends = [parts[0][0] for _, _, parts in lines[1:] if parts] + [len(text)]
    for (first_ms, last_ms, parts), end in zip(lines, ends, strict=False):
        pieces, at = [], parts[0][0] if parts else end
        for begin, stop, words in parts:
            if begin > at:
                pieces.append(Piece(text[at:begin], 0))
            pieces.append(Piece(text[begin:stop], words))
            at = stop
        if end > at:
            pieces.append(Piece(text[at:end], 0))
        yield SpokenLine(first_ms / 1000, last_ms / 1000, tuple(pieces))


def _outline(file: Path, kept: Path) -> list[float]:
    """Raises Refusal("no-sound") for what cannot be read."""
    with suppress(OSError, ValueError):
        found: list[float] = json.loads(kept.read_text("ascii"))
        return found
    try:
        drawn = waveform(file, POINTS, lambda _: None, lambda: False)
    except Unreadable as error:
        raise Refusal("no-sound") from error
    with suppress(OSError):  # a full disk costs time, nothing else
        kept.parent.mkdir(parents=True, exist_ok=True)
        half = kept.with_suffix(".json-half")
        half.write_text(json.dumps(drawn), "ascii")
        half.replace(kept)
    return drawn

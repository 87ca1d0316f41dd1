"""How long a text will sound, told while it is being written: nothing is spoken for it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from sqlmodel import Session

from audio.estimate import BREATH_SYLLABLES, CHIME_S, Counted, Pace, breathless, counted, seconds
from audio.marks import lacking
from audio.reading import Lexicon
from audio.speech import FASTEST, SLOWEST
from broadcast import books, paces
from broadcast.domain.listening import Breathless, Foretold
from broadcast.domain.people import Action, Actor, require
from broadcast.domain.voices import VoiceChoice, VoiceOffered
from broadcast.newsroom import lexicon_books
from broadcast.newsroom.desk import Desk

LINES_KEPT: Final = 4096
"""Lines whose reading is remembered: while one is being written, the others need not be read again."""
MOST_SHOWN: Final = 5
"""Breathless places that are told at a time."""
_Tables = tuple[tuple[tuple[str, str], ...], ...]
"""Corrections, the nearest first, as something that can be remembered by."""


@dataclass(frozen=True, slots=True)
class _Voice:
    who: VoiceChoice
    pace: Pace
    heard: bool


class Foretelling:
    """Tells lengths. `read` makes written text the words to say, and may refuse; `offered` are the voices there are."""

    def __init__(
        self, desk: Desk, read: Callable[[str, Lexicon | None], str], offered: tuple[VoiceOffered, ...]
    ) -> None:
        self._desk, self._offered, self._read = desk, offered, read
        self._line = lru_cache(LINES_KEPT)(self._read_line)

    async def foretell(self, actor: Actor, bulletin: int, text: str, choice: VoiceChoice) -> Foretold:
        """How long `text` will sound when it is spoken as chosen, in that bulletin.

        Raises Refusal: not-allowed, no-such-bulletin.
        """
        require(actor, Action.WRITE, (), self._desk.tree)
        engine, voice = self._asked(choice)

        def work(session: Session) -> tuple[_Tables, list[_Voice]]:
            row = books.bulletin_row(session, bulletin, actor, self._desk.tree, Action.SEE_BULLETINS)
            path = lexicon_books.above(self._desk.tree, row.area)
            tables = lexicon_books.layers(path, lexicon_books.entries(session, path), row.readings)
            by = paces.likely(session, engine, voice)
            others = [VoiceChoice(one.engine, one.voices[0]) for one in self._offered if one.engine != by.engine]
            voices = [_Voice(one, *paces.pace(session, one.engine, one.voice)) for one in (by, *others)]
            return tuple(tuple(sorted(t.items())) for t in tables if t), voices

        tables, (by, *others) = await self._desk.store.read(work)
        kept = text[: self._desk.settings.speech.text_limit]
        what, short = await asyncio.to_thread(self._looked_over, kept, tables)
        rate = min(FASTEST, max(SLOWEST, self._desk.settings.speech.rate * choice.rate))
        how = self._desk.settings.mastering
        chimes_s = CHIME_S * (how.chime_before + how.chime_after)
        known = None if by.heard or not what.syllables else next((one for one in others if one.heard), None)
        return Foretold(
            chimes_s + seconds(what, by.pace, rate) if what.syllables else 0.0,
            what.syllables,
            replace(by.who, rate=choice.rate),
            by.heard,
            short,
            replace(known.who, rate=choice.rate) if known else None,
            chimes_s + seconds(what, known.pace, rate) if known else 0.0,
            lacking(kept, next((one.kinds for one in self._offered if one.engine == by.who.engine), ())),
            BREATH_SYLLABLES,
        )

    def _asked(self, choice: VoiceChoice) -> tuple[str, str]:
        known = {one.engine: one.voices for one in self._offered}
        engine = choice.engine if choice.engine in known else next(iter(known), "")
        voices = known.get(engine, ("",))
        return engine, choice.voice if choice.engine == engine and choice.voice in voices else voices[0]

    def _looked_over(self, text: str, tables: _Tables) -> tuple[Counted, tuple[Breathless, ...]]:
        words = "\n".join(self._line(line, tables) for line in text.split("\n"))
        short = tuple(Breathless(one.words, one.syllables) for one in breathless(words)[:MOST_SHOWN])
        return counted(words), short

    def _read_line(self, line: str, tables: _Tables) -> str:
        try:
            return self._read(line, _lexicon(tables))
        except Exception:  # noqa: BLE001 - what cannot be read by rule has about as many words as are written
            return line


@lru_cache(64)
def _lexicon(tables: _Tables) -> Lexicon | None:
    return lexicon_books.lexicon(tuple(map(dict, tables))) if tables else None

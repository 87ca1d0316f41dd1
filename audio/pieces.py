"""A text cut into sentences that are spoken one after the other, with the pause that follows each. Pure.

A sentence is what is kept and used again, so a cut depends on the sentence alone and never on what stands around it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from audio.marks import parts

PIECE_LENGTH: Final = 400
"""Characters at most: half a minute of speech, so that progress moves and a cut comes at a place to breathe."""
SENTENCE_PAUSE_S: Final = 0.45
LINE_PAUSE_S: Final = 0.6
PARAGRAPH_PAUSE_S: Final = 0.9
BREATH_PAUSE_S: Final = 0.25
"""Inside a sentence that was too long to be said in one go."""
_PARAGRAPH: Final = re.compile(r"\n[ \t\r]*\n\s*")
_SENTENCE: Final = re.compile(r"(?<=[.!?…])\s+(?=\S)")
_CLAUSE: Final = re.compile(r"(?<=[,;:.!?…–—)])\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words to say in one go, and the silence after them. `voice`: who is to say them, "" is whoever was chosen.

    `held`: the silence was asked for in seconds, and is kept at any pace.
    """

    text: str
    pause_s: float
    voice: str = ""
    held: bool = False


def pieces(text: str) -> Iterator[Piece]:
    """The sentences of a text, its marks obeyed and not said.

    Only one longer than PIECE_LENGTH is cut, at clauses, in need at words or inside one.
    """
    found = parts(text)
    for n, part in enumerate(found, 1):
        *first, last = _plain(part.text)
        yield from (replace(piece, voice=part.voice) for piece in first)
        pause_s = part.pause_s if part.pause_s is not None else LINE_PAUSE_S
        if n == len(found):
            yield replace(last, voice=part.voice)
        else:
            yield replace(last, voice=part.voice, pause_s=pause_s, held=part.pause_s is not None)


def _plain(text: str) -> Iterator[Piece]:
    paragraphs = [p for p in _PARAGRAPH.split(text.replace("\r\n", "\n")) if p.strip()]
    for p, paragraph in enumerate(paragraphs, 1):
        lines = [line.strip() for line in paragraph.splitlines() if line.strip()]
        for n, line in enumerate(lines, 1):
            last_of_text = p == len(paragraphs) and n == len(lines)
            after_line = 0.0 if last_of_text else PARAGRAPH_PAUSE_S if n == len(lines) else LINE_PAUSE_S
            *first, last = _SENTENCE.split(line)
            for sentence in first:
                yield from _sentence(sentence, SENTENCE_PAUSE_S)
            yield from _sentence(last, after_line)


def _sentence(sentence: str, pause_s: float) -> Iterator[Piece]:
    *first, last = short(" ".join(sentence.split()), PIECE_LENGTH)
    yield from (Piece(words, BREATH_PAUSE_S) for words in first)
    yield Piece(last, pause_s)


def short(sentence: str, most: int) -> list[str]:
    """A sentence in parts of at most `most` characters: as few cuts as can be, at clauses, words, in need anywhere."""
    if len(sentence) <= most:
        return [sentence]
    found: list[str] = []
    for clause in _CLAUSE.split(sentence):
        if found and len(found[-1]) + 1 + len(clause) <= most:
            found[-1] += " " + clause
            continue
        rest = clause
        while len(rest) > most:
            cut = rest.rfind(" ", 1, most + 1)
            cut = cut if cut > 0 else most
            found.append(rest[:cut])
            rest = rest[cut:].lstrip()
        if rest:
            found.append(rest)
    return found

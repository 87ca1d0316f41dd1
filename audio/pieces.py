"""A text cut into pieces that are spoken one after the other, with the pause that follows each. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

PIECE_LENGTH: Final = 400
"""Characters at most: half a minute of speech, so that progress moves and a cut comes at a place to breathe."""
LINE_PAUSE_S: Final = 0.35
PARAGRAPH_PAUSE_S: Final = 0.8
_PARAGRAPH: Final = re.compile(r"\n[ \t\r]*\n\s*")
_SENTENCE: Final = re.compile(r"(?<=[.!?…;:])\s+")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words to say in one go, and the silence after them."""

    text: str
    pause_s: float


def pieces(text: str) -> Iterator[Piece]:
    """The pieces of a text: cut at paragraphs, lines, sentences, and only in need between words or inside one."""
    paragraphs = [p for p in _PARAGRAPH.split(text.replace("\r\n", "\n")) if p.strip()]
    for p, paragraph in enumerate(paragraphs, 1):
        lines = [line.strip() for line in paragraph.splitlines() if line.strip()]
        for n, line in enumerate(lines, 1):
            last_of_text = p == len(paragraphs) and n == len(lines)
            pause = 0.0 if last_of_text else PARAGRAPH_PAUSE_S if n == len(lines) else LINE_PAUSE_S
            *first, last = _short(line)
            yield from (Piece(words, 0.0) for words in first)
            yield Piece(last, pause)


def _short(line: str) -> list[str]:
    """The line in pieces of at most PIECE_LENGTH, at least one."""
    found: list[str] = []
    for sentence in _SENTENCE.split(line):
        if found and len(found[-1]) + 1 + len(sentence) <= PIECE_LENGTH:
            found[-1] += " " + sentence
            continue
        rest = sentence
        while len(rest) > PIECE_LENGTH:
            cut = rest.rfind(" ", 1, PIECE_LENGTH + 1)
            cut = cut if cut > 0 else PIECE_LENGTH
            found.append(rest[:cut])
            rest = rest[cut:].lstrip()
        if rest:
            found.append(rest)
    return found

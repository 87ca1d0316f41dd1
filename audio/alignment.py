"""Which part of a written text sounds when: sentences as they were measured, words in them by their number. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from audio.reading import Token
from audio.speech import Said

_WORD: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the written text, and how many words are said for it ("25/11": six)."""

    start: int
    end: int
    words: int


@dataclass(frozen=True, slots=True)
class Line:
    """What was said in one go: from where to where it sounds, in seconds, and what is written for it, in order."""

    start_s: float
    end_s: float
    parts: tuple[Part, ...]


def aligned(tokens: Iterable[Token], said: Sequence[Said]) -> tuple[Line, ...]:
    """What was said, laid along the written text that `tokens` explain; nothing where the two are not the same words.

    A token whose words were said in two goes is a part of both lines.
    """
    written = list(_words(tokens))
    spoken = [_WORD.findall(one.words) for one in said]
    if [word for _, word in written] != [word for words in spoken for word in words]:
        return ()
    lines, at = [], 0
    for one, words in zip(said, spoken, strict=True):
        lines.append(Line(one.start_s, one.end_s, tuple(_parts(written[at : at + len(words)]))))
        at += len(words)
    return tuple(lines)


def _words(tokens: Iterable[Token]) -> Iterator[tuple[Token, str]]:
    for token in tokens:
        if token.kind != "pause":
            yield from ((token, word) for word in _WORD.findall(token.words))


def _parts(words: list[tuple[Token, str]]) -> Iterator[Part]:
    first = 0
    for i in range(1, len(words) + 1):
        if i == len(words) or words[i][0] is not words[first][0]:
            token = words[first][0]
            yield Part(token.start, token.end, i - first)
            first = i

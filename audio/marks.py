"""Marks in a text: `[Nam]` and `[Nữ]` say who speaks from there on, `[nghỉ 2 giây]` is a silence. Pure.

Whatever stands in square brackets on one line, and is short, is a mark and never said; one that means nothing is told
of. Case, tone marks and spaces do not matter: `[NU]`, `[giọng nữ]`, `[ Nghi 1,5 giây ]`.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

MAN: Final = "man"
WOMAN: Final = "woman"
KINDS: Final = (MAN, WOMAN)
PAUSE_S: Final = 1.0
"""A pause whose length is not told."""
MOST_PAUSE_S: Final = 60.0
"""Longer is a slip: such a mark means nothing."""
LONGEST: Final = 60
"""Characters between brackets; what is longer is a text in brackets."""
_MARK: Final = re.compile(rf"\[([^\[\]\n\r]{{0,{LONGEST}}})\]")
_VOICE: Final = re.compile(r"(?:(?:giong(?: doc)?|mc|ptv|phat thanh vien) )?(nam|nu)|(man)|(woman)")
_PAUSE: Final = re.compile(
    r"(?:nghi|tam nghi|ngung|tam ngung|dung|pause)(?: ?(\d{1,4}(?:[.,]\d{1,3})?) ?(s|giay|phut)?)?"
)
_SAID: Final = {MAN: "[nam]", WOMAN: "[nữ]"}


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands at `start` to `end`: a voice, a pause in seconds, or, with neither, nothing known."""

    start: int
    end: int
    voice: str = ""
    pause_s: float | None = None

    @property
    def known(self) -> bool:
        """Whether it means something."""
        return bool(self.voice) or self.pause_s is not None


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the text without marks, blanks where they stood, and who is to say it ("": whoever was chosen).

    `pause_s`: the silence after it; None: as between two lines.
    """

    start: int
    text: str
    voice: str = ""
    pause_s: float | None = None


def marks(text: str) -> list[Mark]:
    """Every mark, by where it begins."""
    return _looked_over(text)[1]


def plain(text: str) -> str:
    """The text with blanks where marks stand: as long as it was."""
    return _looked_over(text)[0]


def parts(text: str) -> list[Part]:
    """The text cut where the voice changes or a pause is; blank parts are left out, and pauses add up."""
    made: list[Part] = []
    voice = ""
    for start, said, mark in stretches(text):
        if said.strip():
            made.append(Part(start, said, voice))
        if mark is None:
            break
        voice = mark.voice or voice
        if mark.pause_s is not None and made:
            last = made[-1]
            made[-1] = Part(last.start, last.text, last.voice, (last.pause_s or 0.0) + mark.pause_s)
    return made


def lacking(text: str, kinds: Collection[str]) -> tuple[str, ...]:
    """The kinds of voices that a text asks for and that are not among `kinds`."""
    asked = {part.voice for part in parts(text)}
    return tuple(kind for kind in KINDS if kind in asked and kind not in kinds)


def stretches(text: str) -> Iterator[tuple[int, str, Mark | None]]:
    """Where each stretch between known marks begins, its text with blanks for the others, and the mark that ends it."""
    blanked, found = _looked_over(text)
    at = 0
    for mark in found:
        if mark.known:
            yield at, blanked[at : mark.start], mark
            at = max(at, mark.end)
    yield at, blanked[at:], None


def written(mark: Mark) -> str:
    """A known mark as it is understood again."""
    return _SAID[mark.voice] if mark.voice else f"[nghỉ {mark.pause_s:g} giây]"


def _looked_over(text: str) -> tuple[str, list[Mark]]:
    """What is in a mark counts before the mark itself: nothing in brackets is left."""
    found: list[Mark] = []

    def blank(match: re.Match[str]) -> str:
        found.append(_meant(match))
        return " " * len(match[0])

    while True:
        text, count = _MARK.subn(blank, text)
        if not count:
            return text, sorted(found, key=lambda mark: mark.start)


def _meant(match: re.Match[str]) -> Mark:
    said = _bare(match[1])
    if voice := _VOICE.fullmatch(said):
        return Mark(match.start(), match.end(), voice=MAN if voice[1] == "nam" or voice[2] else WOMAN)
    if pause := _PAUSE.fullmatch(said):
        seconds = float(pause[1].replace(",", ".")) if pause[1] else PAUSE_S
        seconds *= 60 if pause[2] == "phut" else 1
        if 0 < seconds <= MOST_PAUSE_S:
            return Mark(match.start(), match.end(), pause_s=seconds)
    return Mark(match.start(), match.end())


def _bare(said: str) -> str:
    """Without case, tone marks, spaces around and a colon."""
    spread = unicodedata.normalize("NFD", said.replace("đ", "d").replace("Đ", "d"))
    letters = "".join(c for c in spread if not unicodedata.combining(c)).casefold()
    return " ".join(letters.split()).strip(" :.")

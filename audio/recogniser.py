"""A listener that is a machine: what it understands of a sound, and how much of it is wrong. For measuring only.

The recogniser is `viet-asr` (extra `asr`), with its model inside; it was never told what to expect.
"""

import re
import unicodedata
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from audio.sound import frames, opened, samples

RATE: Final = 16_000
_SILENCE_S: Final = 0.4
"""Before and after, as around every sentence that people say."""
_TONES: Final = frozenset("\u0300\u0301\u0303\u0309\u0323")


@dataclass(frozen=True, slots=True)
class Errors:
    """How much of what was said was heard otherwise."""

    wrong: int = 0
    said: int = 0

    def __add__(self, other: "Errors") -> "Errors":
        return Errors(self.wrong + other.wrong, self.said + other.said)

    @property
    def share(self) -> float:
        """0 is all understood; above 1 where more was heard than said."""
        return self.wrong / self.said if self.said else 0.0


class Recogniser:
    """Writes down what it hears. Raises ImportError without the extra `asr`."""

    def __init__(self) -> None:
        import vietasr  # noqa: PLC0415 - an extra, for measuring

        self._heard = vietasr.Pipeline.new().add("vietasr").build()

    def listen(self, file: Path) -> str:
        """The words of a sound file. Raises Unreadable."""
        with opened(file) as container:
            said = [samples(frame) for frame in frames(container, rate=RATE, size=RATE // 10)]
        silence = np.zeros(round(_SILENCE_S * RATE), np.int16)
        return str(self._heard.transcribe(np.concatenate([silence, *said, silence]), RATE).text)


def words(text: str) -> list[str]:
    """Syllables to compare: lower case, no signs, the tone at the end of each ("hoà" is "hòa")."""
    return [_toned(word) for word in re.findall(r"\w+", unicodedata.normalize("NFC", text).lower())]


def word_errors(said: str, heard: str) -> Errors:
    """Syllables left out, added or taken for others."""
    wanted = words(said)
    return Errors(_distance(wanted, words(heard)), len(wanted))


def letter_errors(said: str, heard: str) -> Errors:
    """The same for letters and tones: finer, where most syllables are wrong by a little."""
    wanted = "".join(words(said))
    return Errors(_distance(wanted, "".join(words(heard))), len(wanted))


def _toned(word: str) -> str:
    apart = unicodedata.normalize("NFD", word)
    tones = "".join(c for c in apart if c in _TONES)
    return unicodedata.normalize("NFC", "".join(c for c in apart if c not in _TONES)) + tones


def _distance(wanted: Sequence[Hashable], got: Sequence[Hashable]) -> int:
    row = list(range(len(got) + 1))
    for i, want in enumerate(wanted, 1):
        before, row[0] = row[0], i
        for j, found in enumerate(got, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (want != found))
    return row[-1]

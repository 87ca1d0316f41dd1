"""What rules look at: the text, the place in it, and the words said so far. A rule answers with what it took."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from audio.reading.contexts import context
from audio.reading.lexicon import Condition, Lexicon
from audio.reading.ways import Reading

_REMEMBERED: Final = 12
_FAR: Final = 99
_NEXT_WORD: Final = re.compile(r"[ ]{0,3}([^\W\d_]+)")
_NEXT_THREE: Final = re.compile(r"[ ]{0,3}([^\W\d_]+)(?: ([^\W\d_]+))?(?: ([^\W\d_]+))?")
_PIECES: Final = re.compile(r"[^\s,.;:!?…]+|[,.;:!?…]")
_PERSONS: Final = context("persons")
_GAP: Final = re.compile(r"\.?[ ]{0,2}")


@dataclass(frozen=True, slots=True)
class Token:
    """A stretch of the source, what it was taken for, by which rule, the words said, and other readings of it."""

    start: int
    end: int
    kind: str
    rule: str
    words: str
    others: tuple[str, ...] = ()


class Found(NamedTuple):
    """What a rule took, up to `end`."""

    end: int
    words: str
    others: tuple[str, ...] = ()
    kind: str = ""
    """Another kind than the rule's usual one."""


class Scan:
    """One reading of a text, from left to right."""

    __slots__ = (
        "_tails", "after_capital", "at", "capital", "hours_by_g", "how", "last_kind", "left", "lexicon", "since",
        "since_phone", "since_roman", "text",
    )  # fmt: skip

    def __init__(self, text: str, how: Reading, lexicon: Lexicon) -> None:
        self.text, self.how, self.lexicon = text, how, lexicon
        self.left: list[str] = []
        """The last words said, small, signs among them."""
        self._tails: tuple[str, str, str] | None = None
        self.last_kind = ""
        """Kind of the token just before, spaces aside."""
        self.since = 99
        """Words since the last number of this clause."""
        self.since_phone = 99
        """Tokens since a telephone number."""
        self.since_roman = 99
        """Tokens since a Roman numeral."""
        self.after_capital = False
        """Whether the last word said began with a capital."""
        self.capital = ""
        """The last word said, if it is a capital letter by itself and no initial of a person; pauses aside."""
        self.hours_by_g = False
        """Whether an hour was written as 7g30: whoever writes so writes 9g too."""
        self.at = 0
        """Where a rule that took several tokens came to its end."""

    def say(self, words: str) -> None:
        """Remember what was said."""
        self.left += _PIECES.findall(words.lower()) if " " in words or "," in words else [words.lower()]
        if len(self.left) > 8 * _REMEMBERED:
            del self.left[:-_REMEMBERED]
        self._tails = None

    def heard(self, words: str, kind: str = "word") -> None:
        """Something was said that is no number."""
        last = words
        if " " in words:
            self.say(words)
            last = words.rpartition(" ")[2]
        else:
            self.left.append(words.lower())
            self._tails = None
            if len(self.left) > 8 * _REMEMBERED:
                del self.left[:-_REMEMBERED]
        self.last_kind = kind
        self.capital = last if len(last) == 1 and last.isupper() and not self.is_name() else ""
        self.after_capital = last[:1].isupper()
        self.since += 1
        self.since_phone += 1
        self.since_roman += 1

    def counted(self, words: str, kind: str) -> None:
        """A number was said."""
        self.say(words)
        self.last_kind = kind
        self.after_capital = False
        self.capital = ""
        self.since = 0
        self.since_phone = 0 if kind == "phone" else self.since_phone + 1
        self.since_roman = 0 if kind == "roman" else self.since_roman + 1

    def paused(self, sign: str) -> None:
        """A pause was made; a number before it counts nothing after it. None is heard where a line begins."""
        if sign[0] == "\n" or (self.left and self.left[-1] != "\n"):
            self.left.append(sign[0])
        self._tails = None
        self.last_kind = "pause"
        self.after_capital = False
        self.since = _FAR
        self.since_phone += 1 if sign == "," else _FAR
        self.since_roman += 1 if sign == "," else _FAR

    def restore(self, left: list[str]) -> None:
        """Forget what was said on trial."""
        self.left = left
        self._tails = None

    def follows(self, phrases: frozenset[str]) -> bool:
        """Whether one of these phrases of up to three words was said just before; a colon may come between."""
        if self._tails is None:
            last = [w for w in self.left[-5:] if w != ":"][-3:]
            last = ["", "", *last] if last else [""]
            self._tails = (last[-1], " ".join(last[-2:]), " ".join(last[-3:]))
        one, two, three = self._tails
        return one in phrases or two in phrases or three in phrases

    def just_said(self, words: str) -> bool:
        """Whether these words were the last, pauses aside."""
        said = [w for w in self.left if w != ","]
        wanted = words.lower().replace("nghìn", self.how.thousand).split()
        return said[-len(wanted) :] == wanted

    def is_name(self) -> bool:
        """Whether a letter that comes next is what is left of a person's name: Trần Văn H."""
        return self.after_capital and not _PERSONS.isdisjoint(self.left[-5:])

    def next_word(self, at: int) -> str:
        """The word that comes next, small, or nothing."""
        match = _NEXT_WORD.match(self.text, at)
        return match.group(1).lower() if match else ""

    def precedes(self, at: int, phrases: frozenset[str]) -> bool:
        """Whether one of these phrases of up to three words comes next."""
        match = _NEXT_THREE.match(self.text, at)
        if not match:
            return False
        one, two, three = (g.lower() if g else "" for g in match.groups())
        return one in phrases or f"{one} {two}" in phrases or f"{one} {two} {three}" in phrases

    def holds(self, conditions: tuple[Condition, ...], end: int) -> bool:
        """Whether all the conditions of a lexicon's entry hold for what ends at `end`."""
        return all(self._ahead(c.phrases, end) if c.ahead else self._behind(c.phrases) for c in conditions)

    def _ahead(self, phrases: tuple[str, ...], end: int) -> bool:
        gap = _GAP.match(self.text, end)
        at = gap.end() if gap else end
        rest = self.text[at : at + 40]
        low = rest.lower()
        for phrase in phrases:
            if phrase == "#":
                fits = rest[:1].isdecimal()
            elif phrase == "###":
                fits = len(rest) > 2 and rest[:3].isdecimal()  # noqa: PLR2004 - three digits
            elif phrase == "Aa":
                fits = rest[:1].isupper()
            elif phrase == "AA":
                fits = rest[:2].isupper()
            else:
                small = phrase.lower()
                after = low[len(small) : len(small) + 1]
                fits = low.startswith(small) and not (small[-1].isalpha() and after.isalpha())
            if fits:
                return True
        return False

    def _behind(self, phrases: tuple[str, ...]) -> bool:
        said = " ".join(self.left[-6:])
        return any(
            (p == "#" and self.last_kind in NUMERIC)
            or said == p
            or said.endswith(" " + p)
            or (said + " ").endswith(p + " : ")
            for p in phrases
        )


NUMERIC: Final = frozenset(
    {"number", "quantity", "money", "date", "time", "phone", "fraction", "roman", "share", "place"}
)
Rule = Callable[[Scan, int], Found | None]
"""Takes what stands at a place, or nothing."""


@dataclass(frozen=True, slots=True)
class Named:
    """A rule with its name, and the kind of what it takes."""

    name: str
    kind: str
    take: Rule
    after: str = ""
    """Of a rule for digits: the signs one of which stands after the first digits, a space aside; "" is anything."""

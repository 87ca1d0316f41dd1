"""Words that are not said as they are written: the lexicon's, Roman numerals, codes, letters."""

import re
from typing import Final

from audio.reading import letters, numbers
from audio.reading.contexts import context
from audio.reading.lexicon import Entry
from audio.reading.scan import Found, Named, Scan
from audio.reading.syllables import has_sign, is_syllable, plain

_WORD: Final = re.compile(r"[^\W\d_²³]+")
_LAST_WORD: Final = re.compile(r"([^\W\d_]{2,}) ?$")
_NEXT_WORD: Final = re.compile(r" ?([^\W\d_]{2,})")
_ROMAN: Final = re.compile(r"([IVXLCDM]{1,8})([a-c])?(?![^\W_²³])")
_CODE: Final = re.compile(
    r"(?:[A-ZĐ]/)?[A-ZĐ]{1,5}[-.]?\d{1,16}(?:[-./]?[A-ZĐ]{1,4}\d{0,4}|[-./]\d{1,6}){0,4}(?![^\W_])"
)
_CODE_PIECE: Final = re.compile(r"[^\W\d_]+|\d+|.")
_HEADING_END: Final = re.compile(
    r"(?:[^\w\n]|_){0,8}?(?:[:)]|\.(?![^\W\d_²³])|[/–-](?: |\n|$))|(?:[^\w\n.]|_)(?:[^\w\n]|_){0,7}?\."
)
_NUMBERED: Final = context("roman")
_ONLY_ONE: Final = context("roman-only-one")
"""After these V, X, C, L, D, M are letters, unless they stand in a longer numeral."""
_SURE: Final = frozenset("IVX")
_ORDER: Final = frozenset({"thứ"})
_LISTING: Final = frozenset({",", "và", "đến", "-", "hoặc", "hay", "tới", "với"})
_BY_ENGINE: Final = frozenset("FGHJKLMNQRSWXZ")
"""Letters whose name differs from place to place: standing alone they are left to the voice."""
_VESSEL: Final = re.compile(r"([A-ZĐ]{1,3})-?(\d{4,5})-?(TS)(?![^\W_])")
_REGISTERED: Final = re.compile(r"-(?!(?:19|20)\d\d(?!\d))\d{4,5}(?![\d.,/-])")
_STOP: Final = re.compile(r" ?\.")
_VOWELS: Final = frozenset("aeiouy")
_UNSPOKEN: Final = 4
"""Capitals up to here that make no syllable are spelled; longer ones that can be said are names."""
_MOST_CONSONANTS: Final = re.compile(r"[^aeiouy]{4}")


def known(scan: Scan, at: int) -> Found | None:
    """What the lexicon has for it; the longest that fits, its other readings with it."""
    return _known(scan, at, glued=False)


def glued(scan: Scan, at: int) -> Found | None:
    """The same for what a digit follows that makes no code with it: Zalo2."""
    return _known(scan, at, glued=True)


def _known(scan: Scan, at: int, *, glued: bool) -> Found | None:
    text, found = scan.text, _WORD.match(scan.text, at)
    if not found:
        return None
    candidates = scan.lexicon.entries.get(found.group().lower())
    if not candidates:
        return None
    for entry in candidates:
        end = at + len(entry.written)
        there = text[at:end]
        if (there.lower() if entry.any_case else there) != entry.written or not (
            _ends(scan, entry, end) or (glued and scan.text[end : end + 1].isdecimal())
        ):
            continue
        if _is_registration(entry.written, text, end) or _is_initial(scan, entry.written):
            continue
        if scan.holds(entry.conditions, end) and (entry.conditions or not _shouted(scan, entry.written, at, end)):
            others = tuple(dict.fromkeys(r for e in candidates if e.written == entry.written for r in e.readings))
            end = _without_space(scan, entry, end)
            if text[at - 1 : at] == "(" and text[end : end + 1] == ")" and scan.just_said(entry.readings[0]):
                return Found(end, "", kind="nothing")  # áp thấp nhiệt đới (ATNĐ)
            return Found(end, entry.readings[0], tuple(r for r in others if r != entry.readings[0]))
    return None


def _ends(scan: Scan, entry: Entry, end: int) -> bool:
    """Whether what is written ends there: no letter follows, and a digit only where the entry wants one."""
    following = scan.text[end : end + 1]
    if not following or not (following.isalnum() or following == "_") or following in "²³":
        return True
    if entry.written[-1] in ".:":
        return True
    return following.isdecimal() and any(c.ahead and "#" in c.phrases for c in entry.conditions)


def _is_registration(written: str, text: str, end: int) -> bool:
    """TN-1234 of a boat: letters and four digits or five, which are no year."""
    return len(written) == 2 and written.isupper() and bool(_REGISTERED.match(text, end))  # noqa: PLR2004 - of a province


def _is_initial(scan: Scan, written: str) -> bool:
    """Whether it is what is left of a person's name: Trần Văn H. Người này."""
    return len(written) == 2 and written[1] == "." and scan.is_name()  # noqa: PLR2004 - a letter and its stop


def _without_space(scan: Scan, entry: Entry, end: int) -> int:
    """P.1, KP-3: the sign between an abbreviation and its number is part of it."""
    wants = any(c.ahead and "#" in c.phrases for c in entry.conditions)
    return end + 1 if wants and scan.text[end : end + 1] in {".", "-"} and scan.text[end + 1 : end + 2].isdecimal() else end  # noqa: E501  # fmt: skip


def _shouted(scan: Scan, written: str, at: int, end: int) -> bool:
    """Whether it is a plain word in a line of capitals: CA NƯỚC, TU SỬA."""
    if not (written.isalpha() and written.isupper() and len(written) > 1 and is_syllable(written)):
        return False
    before = _LAST_WORD.search(scan.text[max(0, at - 12) : at])
    after = _NEXT_WORD.match(scan.text, end)
    return any(m and _is_shout(scan, m[1]) for m in (before, after))


def _is_shout(scan: Scan, word: str) -> bool:
    return word.isupper() and has_sign(word) and is_syllable(word) and word.lower() not in scan.lexicon.entries


def roman(scan: Scan, at: int) -> Found | None:
    """khóa XV, quý IV, II and III; not every capital I, V, X is one."""
    match = _ROMAN.match(scan.text, at)
    if not match:
        return None
    value = numbers.roman(match[1])
    if not value:
        return None
    single = len(match[1]) == 1
    said = (numbers.ordinal if scan.follows(_ORDER) else numbers.cardinal)(value, scan.how)
    if match[2]:
        said += f" {letters.letter(match[2])}"
    listed = scan.left[-1:] and scan.left[-1] in _LISTING and scan.since_roman <= 2  # noqa: PLR2004 - a comma and a word
    first = (
        (not scan.left or scan.left[-1] == "\n")
        and not (single and match[2])
        and (
            _HEADING_END.match(scan.text, match.end())
            or (len(match.group()) > 1 and _STOP.match(scan.text, match.end()))
        )
    )
    by_context = scan.follows(_NUMBERED) and not (single and match[1] != "I" and scan.follows(_ONLY_ONE))
    if by_context or listed or first or (not single and set(match[1]) <= _SURE):
        return Found(match.end(), said, (letters.spell(match[1], scan.how),))
    return None


def vessel(scan: Scan, at: int) -> Found | None:
    """BĐ-96123-TS: a fishing boat."""
    match = _VESSEL.match(scan.text, at)
    if not match:
        return None
    place, digits, kind = match.groups()
    said = (letters.spell(place, scan.how), numbers.by_digit(digits, scan.how), letters.spell(kind, scan.how))
    return Found(match.end(), ", ".join(said))


def code(scan: Scan, at: int) -> Found | None:
    """H5N1, A12, PM2.5: letters by name, digits as numbers."""
    match = _CODE.match(scan.text, at)
    if not match:
        return None
    return Found(match.end(), " ".join(filter(None, _code_pieces(scan, match.group()))))


def _code_pieces(scan: Scan, text: str) -> list[str]:
    pieces = _CODE_PIECE.findall(text)
    said: list[str] = []
    for i, piece in enumerate(pieces):
        if piece.isdecimal():
            said.append(_code_digits(scan, piece))
        elif piece.isalpha():
            said.append(_known_part(scan, piece) or letters.spell(piece, scan.how))
        elif piece == "." and i and pieces[i - 1].isdecimal() and pieces[i + 1].isdecimal():
            said.append("chấm")
        elif piece == "/" and i > 1:
            said.append("xẹt")
    return said


def _code_digits(scan: Scan, digits: str) -> str:
    """A short row of digits as a number, a long one in groups, one that begins with zero digit by digit."""
    if len(digits) < 4 and digits[0] != "0":  # noqa: PLR2004 - what is said as a number
        return numbers.number(digits, scan.how)
    return numbers.grouped(numbers.chunks(digits) if len(digits) > 4 else [digits], scan.how)  # noqa: PLR2004 - a breath


def _known_part(scan: Scan, piece: str) -> str:
    if len(piece) < 3:  # noqa: PLR2004 - two letters before a number are letters: VN123
        return ""
    for entry in scan.lexicon.entries.get(piece.lower(), ()):
        if entry.written in {piece, piece.lower()} and not entry.conditions:
            return entry.readings[0]
    return piece if is_syllable(piece) and len(piece) > 3 else ""  # noqa: PLR2004 - short ones are letters


def bare_unit(scan: Scan, at: int) -> Found | None:
    """A unit without its number: mỗi kg, đồng/m2."""
    match = scan.lexicon.unit.match(scan.text, at)
    if not match or len(match[1]) < 2 or match[1].isupper():  # noqa: PLR2004 - a lone letter is a letter
        return None
    found = scan.lexicon.units.get(match[1])
    if not found or found.kind not in {"measure", "money"} or (match[1].isalpha() and _spoken(match[1])):
        return None
    return Found(match.end(), found.words, found.others)


def unspoken(scan: Scan, at: int) -> Found | None:
    """Letters that make no word are spelled; a lone letter too, but not the initial after a name."""
    match = _WORD.match(scan.text, at)
    if not match:
        return None
    word = match.group()
    if scan.text[match.end() : match.end() + 1].isdecimal() and numbers.roman(word.rstrip("abc")):
        return Found(match.end(), letters.spell(word, scan.how))  # XI2m is no eleven
    if len(word) == 1:
        return _lone(scan, word, match.end())
    if not plain(word).isascii() or is_syllable(word):
        return None
    if word[:2].isupper() and len(word) <= _UNSPOKEN:
        return Found(match.end(), letters.spell(word, scan.how), (word.capitalize(),))
    low = plain(word.lower())
    if word.isupper() and (_MOST_CONSONANTS.search(low) or "Đ" in word):
        return Found(match.end(), letters.spell(word, scan.how))
    return None if _spoken(word) else Found(match.end(), letters.spell(word, scan.how))


def _spoken(word: str) -> bool:
    return not _VOWELS.isdisjoint(plain(word.lower()))


def _lone(scan: Scan, word: str, end: int) -> Found | None:
    if word in _BY_ENGINE:
        return None
    name = letters.letter(word)
    if name == word.lower() or plain(word.lower()) in _VOWELS or (word.isupper() and scan.after_capital):
        return None
    return Found(end, name, (word,))


RULES: Final = (
    Named("vessel", "code", vessel),
    Named("lexicon", "abbreviation", known),
    Named("roman", "roman", roman),
    Named("code", "code", code),
    Named("lexicon", "abbreviation", glued),
    Named("unit", "unit", bare_unit),
    Named("spelled", "letters", unspoken),
)

"""The reading itself: from left to right, at each place the first rule that takes something. Pure, linear in time."""

import re
from collections.abc import Container, Iterator
from functools import lru_cache
from string import ascii_letters
from typing import Final

from audio.reading import dates, documents, phones, places, quantities, times, web, words
from audio.reading.hygiene import clean
from audio.reading.lexicon import Lexicon
from audio.reading.scan import NUMERIC, Found, Named, Scan, Token
from audio.reading.signs import PAUSES, bridges, sign
from audio.reading.ways import Reading

_PIECE: Final = re.compile(r"[^\S\n]+|\n\s*|[^\W\d_²³]+|[\s\S]")
_DIGITS: Final = re.compile(r"\d{1,24}")
_ADDRESSED: Final = f"{ascii_letters}.@-_%+"
"""What may stand after the first digits of an address of a page or of mail."""
_IN_BRACKETS: Final = re.compile(r"\(([^\W\d_][^()\d\n]{1,100})\)")
_AFTER_WORD: Final = frozenset("0123456789@./&-_–²³^:")
_DASH: Final = re.compile(r" ?[-–—] ?(?=\d|T[.]?[2-8](?!\w)|CN(?!\w)|[IVXLC]{1,6}(?!\w))|(?: ?[~÷] ?)(?=\d)")
_VOWELS: Final = frozenset("aeiouyAEIOUYáàảãạăắằẳẵặâấầẩẫậéèẻẽẹêếềểễệíìỉĩịóòỏõọôốồổỗộơớờởỡợúùủũụưứừửữựýỳỷỹỵ")
_NEAR: Final = 4
"""Words that may stand between a number and its "x": 1 viên/lần x 2 lần."""
_SHORT: Final = 5
"""Letters up to which a word without a vowel is looked at."""

DIGIT_RULES: Final[tuple[Named, ...]] = (
    *documents.RULES,
    *phones.RULES,
    *places.RULES,
    *quantities.FIRST,
    *dates.RULES,
    *times.RULES,
)
WEEKDAY_RULES: Final = (
    Named("weekday", "date", dates.weekday),
    Named("sunday", "date", dates.sunday),
)
SIGN: Final = "sign"
OWN: Final = "own"
"""The rule of what a table of one's own says."""
_LEXICON: Final = "abbreviation"
Made = tuple[int, int, str, str, str, tuple[str, ...]]
"""start, end, kind, rule, words, others."""


def made(text: str, how: Reading, lexicon: Lexicon) -> Iterator[Made]:
    """What is said, piece by piece; pauses are pieces of the kind "pause"."""
    scan = Scan(text, how, lexicon)
    at, size = 0, len(text)
    heads: Container[str] = lexicon.entries.keys() | lexicon.own.keys() if lexicon.own else lexicon.entries
    piece_at = _PIECE.match
    while at < size:
        match = piece_at(text, at)
        if match is None:  # pragma: no cover - the last alternative takes anything
            break
        piece, end = match.group(), match.end()
        first = piece[0]
        if first.isalpha():
            plain = text[end : end + 1] not in _AFTER_WORD and _is_plain(piece, heads)
            if plain:
                yield at, end, "word", "", piece, ()
                scan.heard(piece)
                at = end
                continue
            found, rule = _corrected(scan, at, *_word(scan, at, end, piece))
            if rule.kind in {"date", "roman"}:
                yield from _chain(scan, at, found, rule)
                at = scan.at
                continue
        elif first == "\n":
            yield at, end, "pause", SIGN, "\n\n" if piece.count("\n") > 1 else "\n", ()
            scan.paused("\n")
            at = end
            continue
        elif first.isspace():
            at = end
            continue
        elif first.isdecimal():
            yield from _chain(scan, at, *_corrected(scan, at, *digit(scan, at)))
            at = scan.at
            continue
        else:
            found, rule = _corrected(scan, at, *_other(scan, at))
        yield at, found.end, found.kind or rule.kind, rule.name, found.words, found.others
        _remember(scan, found, rule)
        at = found.end


def _is_plain(piece: str, heads: Container[str]) -> bool:
    """Whether it is a word like any other: most are, and nothing more is asked about them."""
    if len(piece) == 1 or not (piece.islower() or piece.istitle()):
        return False
    return piece.lower() not in heads and (len(piece) > _SHORT or not _VOWELS.isdisjoint(piece))


def _word(scan: Scan, at: int, end: int, piece: str) -> tuple[Found, Named]:
    following = scan.text[end : end + 1]
    if following in {".", "@", "-", "_", ":"}:
        found = web.address(scan, at)
        if found:
            return found, web.ADDRESS
    if piece.islower() and web.inside(scan, end):
        return Found(end, piece, kind="word"), _PLAIN
    if piece in {"T", "t", "CN", "Cn"}:
        for rule in WEEKDAY_RULES:
            found = rule.take(scan, at)
            if found:
                return found, rule
    if (
        piece in {"x", "X"}
        and scan.since <= _NEAR
        and scan.text[at - 1 : at] in {" ", *"0123456789m"}
        and scan.text[end : end + 2].strip()[:1].isdecimal()
    ):
        return Found(end, "nhân"), _TIMES
    for rule in words.RULES:
        found = rule.take(scan, at)
        if found:
            return found, rule
    return Found(end, piece, kind="word"), _PLAIN


def _chain(scan: Scan, at: int, found: Found, rule: Named) -> Iterator[Made]:
    """A number of any kind that was found at `at`, and whatever dashes join to it."""
    while True:
        kind = found.kind or rule.kind
        yield at, found.end, kind, rule.name, found.words, found.others
        _remember(scan, found, rule)
        at = found.end
        join = _DASH.match(scan.text, at)
        if not join:
            break
        sort, value = scan.last_kind, scan.left[:]
        scan.say("đến")
        following = join.end()
        if scan.text[following].isdecimal():
            found, rule = digit(scan, following)
        else:
            word = _PIECE.match(scan.text, following)
            found, rule = _word(scan, following, word.end(), word.group()) if word else (Found(following, ""), _PLAIN)
        found, rule = _corrected(scan, following, found, rule)
        dash_at = at + (scan.text[at] == " ")
        if not bridges(scan, dash_at, sort, found.kind or rule.kind, value[-1], found.words):
            scan.restore(value)
            break
        yield at, following, "range", "range", "đến", ()
        at = following
    scan.at = at


def digit(scan: Scan, at: int) -> tuple[Found, Named]:
    """The first rule that takes what begins with the digit at `at`."""
    text = scan.text
    first = _DIGITS.match(text, at)
    end = first.end() if first else at + 1
    following = text[end : end + 1]
    if following in _ADDRESSED and following:
        found = web.address(scan, at)
        if found and not found.words.replace(" chấm ", "").isnumeric():
            return found, web.ADDRESS
    for rule in _rules(text[end + 1 : end + 2] if following == " " else following):
        taken = rule.take(scan, at)
        if taken:
            return taken, rule
    quantity = quantities.quantity(scan, at)
    if quantity.kind == "number" and following.isalpha():
        lettered = quantities.letter_after(scan, at)
        if lettered:
            return lettered, quantities.LETTER_AFTER
    return quantity, quantities.NUMBER


@lru_cache(512)
def _rules(sign: str) -> tuple[Named, ...]:
    """The rules that can take digits after which that sign stands: most numbers need few of them."""
    return tuple(rule for rule in DIGIT_RULES if not rule.after or (sign and sign in rule.after))


def _other(scan: Scan, at: int) -> tuple[Found, Named]:
    char = scan.text[at]
    if char in "(+":
        found = phones.phone(scan, at)
        if found:
            return found, phones.RULES[0]
    if char == "(" and scan.last_kind in NUMERIC:
        again = _IN_BRACKETS.match(scan.text, at)
        if again and scan.just_said(again[1]):
            return Found(again.end(), "", kind="nothing"), _SIGN  # 02 (hai) người
    if char == "#":
        tag = web.hashtag(scan, at)
        if tag:
            return Found(tag[0], f"hát tắc {joined(made(tag[1], scan.how, scan.lexicon))}"), _HASHTAG
    if char in "$€£¥":
        found = quantities.currency_first(scan, at)
        if found:
            return found, quantities.NUMBER
    return sign(scan, at), _SIGN


def _corrected(scan: Scan, at: int, found: Found, rule: Named) -> tuple[Found, Named]:
    """A correction of one's own in place of what a rule found, unless the rule takes more; its kind stays."""
    kind = found.kind or rule.kind
    if not scan.lexicon.own or kind == "nothing":
        return found, rule
    for entry, end in scan.lexicon.corrections(scan.text, at):
        if end >= found.end and scan.holds(entry.conditions, end):
            more = end > found.end or kind in {"word", "pause"}
            others = dict.fromkeys((*entry.readings[1:], *(() if more else (found.words, *found.others))))
            others.pop(entry.readings[0], None)
            return Found(end, entry.readings[0], tuple(others)), Named(OWN, _LEXICON if more else kind, rule.take)
    return found, rule


_PLAIN: Final = Named("", "word", lambda _scan, _at: None)
_TIMES: Final = Named("times", "sign", lambda _scan, _at: None)
_HASHTAG: Final = Named("hashtag", "hashtag", lambda _scan, _at: None)
_SIGN: Final = Named(SIGN, "sign", lambda _scan, _at: None)


def _remember(scan: Scan, found: Found, rule: Named) -> None:
    kind = found.kind or rule.kind
    if kind == "nothing" or not found.words:
        return
    if kind == "pause":
        scan.paused(found.words)
    elif kind in NUMERIC:
        scan.counted(found.words, kind)
    else:
        scan.heard(found.words, kind)


def joined(pieces: Iterator[Made]) -> str:
    """The words as one text: one space between words, one pause where several meet, none at the beginning of a line."""
    out: list[str] = []
    pause = ""
    for _, _, kind, _, said, _ in pieces:
        if kind != "pause":
            if said:
                if out:
                    out.append(pause if pause[-1:] == "\n" else f"{pause} ")
                out.append(said)
                pause = ""
        elif out:
            pause = _stronger(pause, said)
    end = pause.rstrip("\n")
    return "".join(out) + (end if end != "," else "")


def _stronger(one: str, other: str) -> str:
    if other[0] == "\n":
        kept = one.rstrip("\n")
        return ("" if kept == "," else kept) + max(other, one[len(kept) :], key=len)
    if one[-1:] == "\n":
        return one
    return max(one, other, key=lambda p: PAUSES.get(p, 0))


def tokens(text: str, how: Reading, lexicon: Lexicon) -> Iterator[Token]:
    """The pieces with their places in `text` as it was given."""
    mended = clean(text)
    for start, end, kind, rule, said, others in made(mended.text, how, lexicon):
        if kind == "nothing" or not said:
            continue
        first, last = mended.place(start), mended.place(end - 1) + 1 if mended.origin is None else mended.place(end)
        yield Token(first, max(last, first + 1), kind, rule, said, others)

"""Concerns about single words: papers and telephones of people, promotion of products, places that will not hear it."""

import re
from collections.abc import Iterator
from typing import Final

from broadcast.domain.areas import AreaTree
from broadcast.domain.concerns import Code, Concern, Cues, sentences
from devices.vocabulary import AreaId

_PROVINCES: Final = frozenset({
    1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34,
    35, 36, 37, 38, 40, 42, 44, 45, 46, 48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68,
    70, 72, 74, 75, 77, 79, 80, 82, 83, 84, 86, 87, 89, 91, 92, 93, 94, 95, 96,
})  # fmt: skip
"""Codes of provinces with which the number of a citizen's card begins."""
_NUMBER: Final = re.compile(r"(?<![\w.,/-])\+?\d(?:[ .\u00a0-]?\d){7,13}(?![\w/]|[.,-]\d)")
"""Eight to fourteen digits, perhaps in groups."""
_MOBILE: Final = re.compile(r"(?:0|84)(?:3[2-9]|5[25689]|7[06-9]|8[1-9]|9\d)\d{7}")
_LANDLINE: Final = re.compile(r"(?:0|84)2\d{8,9}")
_BEFORE: Final = 90
"""Characters before a number in which it is said whose it is."""
_NEAR: Final = 30
_FAMILIES: Final = (
    "Nguyễn|Trần|Lê|Phạm|Huỳnh|Hoàng|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Đinh|Đoàn|Trương|Lâm|Mai|Trịnh|Đào|Cao|Tạ|"
    "Châu"
)
_NAME: Final = re.compile(rf"(?:{_FAMILIES})(?: [A-ZÀ-ỸĐ][a-zà-ỹđ]+){{1,3}}")
_STREETS: Final = (
    "đường",
    "phố",
    "trường",
    "chợ",
    "cầu",
    "hẻm",
    "tượng đài",
    "quảng trường",
    "công viên",
    "thpt",
    "thcs",
)
_SHORT: Final = re.compile(r"(?:tp|đt|sđt|tel|bs|ths)$", re.IGNORECASE)
"""Abbreviations whose point ends no sentence."""
_WEAK_ENOUGH: Final = 3
_KINDS: Final = re.compile(
    r"(?<!\w)(xã|phường|thị trấn|huyện|thị xã|thành phố|tp\.?|tỉnh)\s+(?=[A-ZÀ-ỸĐ0-9])", re.IGNORECASE
)
_WORDS_OF_A_NAME: Final = 5


def papers(text: str, cues: Cues) -> Iterator[Concern]:
    """Numbers of identity cards: twelve digits of a citizen's card, or nine or twelve after words that say so."""
    for found in _NUMBER.finditer(text):
        digits = _digits(found.group())
        before = text[max(0, found.start() - _NEAR) : found.start()].casefold()
        said = any(w in before for w in cues.papers)
        other = any(w in before for w in cues.not_papers)
        card = len(digits) == 12 and int(digits[:3]) in _PROVINCES and digits[3] in "0123"  # noqa: PLR2004 - of a citizen's card
        if (said and len(digits) in {9, 12}) or (card and not other and not found.group().startswith("+")):
            yield _concern(Code.PAPERS, found, ending=digits[-3:])


def phones(text: str, cues: Cues) -> Iterator[Concern]:
    """Telephone numbers of people. One that is an office's, or a service number, is not told."""
    for found in _NUMBER.finditer(text):
        digits = _digits(found.group())
        mobile = bool(_MOBILE.fullmatch(digits))
        if not mobile and not _LANDLINE.fullmatch(digits):
            continue
        before = _clause(text, found.start())
        if any(w in before[-_NEAR:].casefold() for w in cues.not_papers):
            continue
        office = max((_last(before, w) for w in cues.offices), default=-1)
        person = max([_last(before, w) for w in cues.people] + [_named(before)], default=-1)
        if person > office or (mobile and office < 0):
            yield _concern(Code.PHONE, found, ending=digits[-3:])


def promotion(text: str, cues: Cues) -> Iterator[Concern]:
    """Words that sell something. Sentences that warn of it, punish it, or speak of policy are passed over."""
    weak: dict[str, tuple[int, int]] = {}
    for start, sentence in sentences(text):
        low = sentence.casefold()
        if len(low) != len(sentence) or any(p.search(low) for p in cues.excused):
            continue
        for pattern in cues.strong:
            if found := pattern.search(low):
                about = text[start + found.start() : start + found.end()]
                yield Concern(Code.PROMOTION, start + found.start(), start + found.end(), {"words": about}, about)
                return
        for pattern in cues.weak:
            if found := pattern.search(low):
                weak.setdefault(pattern.pattern, (start + found.start(), start + found.end()))
    if len(weak) >= _WEAK_ENOUGH:
        spans = sorted(weak.values())
        about = ", ".join(text[a:b] for a, b in spans)
        yield Concern(Code.PROMOTION, *spans[0], {"words": about}, about)


def places(text: str, areas: tuple[AreaId, ...], tree: AreaTree) -> Iterator[Concern]:
    """Areas that are named and will not hear it, in sentences that name none that will."""
    known = [a for a in areas if a in tree.areas]
    if not known:
        return
    names: dict[str, list[AreaId]] = {}
    for area in tree.areas.values():
        names.setdefault(area.name.casefold(), []).append(area.id)
    told: set[str] = set()
    for start, sentence in sentences(text):
        mentioned = list(_mentioned(sentence, names))
        here = [any(_hears(tree, known, id_) for id_ in names[name]) for name, _, _ in mentioned]
        below = [any(id_ in known or _inside(tree, known, id_) for id_ in names[name]) for name, _, _ in mentioned]
        if any(below):
            continue
        for (name, first, last), heard in zip(mentioned, here, strict=True):
            if not heard and name not in told:
                told.add(name)
                about = sentence[first:last]
                yield Concern(Code.FOREIGN_PLACE, start + first, start + last, {"place": about}, about)


def _mentioned(sentence: str, names: dict[str, list[AreaId]]) -> Iterator[tuple[str, int, int]]:
    for kind in _KINDS.finditer(sentence):
        word = "thành phố" if kind[1].casefold().startswith("tp") else kind[1].casefold()
        ends = [m.end() for m in re.finditer(r"[\w-]+", sentence[kind.end() : kind.end() + 60])][:_WORDS_OF_A_NAME]
        for end in reversed(ends):
            name = f"{word} {' '.join(sentence[kind.end() : kind.end() + end].split())}".casefold()
            if name in names:
                yield name, kind.start(), kind.end() + end
                break


def _hears(tree: AreaTree, areas: list[AreaId], place: AreaId) -> bool:
    """Whether it is one of those aimed at, below one, or above one."""
    return any(tree.holds(a, place) or tree.holds(place, a) for a in areas)


def _inside(tree: AreaTree, areas: list[AreaId], place: AreaId) -> bool:
    return any(tree.holds(a, place) for a in areas)


def _clause(text: str, end: int) -> str:
    """What stands before a number and belongs to it: not the sentence before, not what stands before another number."""
    before = text[max(0, end - _BEFORE) : end]
    cut = max(before.rfind(c) for c in "\n!?;")
    for dot in re.finditer(r"\.\s", before):
        cut = (
            max(cut, dot.start())
            if not re.search(r"(?:tp|đt|sđt|tel|st|bs|ths)$", before[: dot.start()], re.IGNORECASE)
            else cut
        )
    for number in _NUMBER.finditer(before):
        cut = max(cut, number.end() - 1)
    return before[cut + 1 :]


def _last(text: str, word: str) -> int:
    """Where a cue stands last in a clause, beginning a word; -1 where it does not."""
    low = text.casefold()
    at = low.rfind(word)
    while at > 0 and low[at - 1].isalnum():
        at = low.rfind(word, 0, at)
    return at


def _named(text: str) -> int:
    """Where the name of a person stands last; streets and schools bear names too."""
    at = -1
    for found in _NAME.finditer(text):
        before = text[: found.start()].casefold().rstrip()
        if not before.endswith(_STREETS):
            at = found.start()
    return at


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def _concern(code: Code, found: re.Match[str], **facts: object) -> Concern:
    return Concern(code, found.start(), found.end(), facts, _digits(found.group()))

"""Concerns about days: one that is over already, one that is not there, a weekday that does not fit its date."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Final

from broadcast.domain.concerns import Code, Concern, Cues

_DAY: Final = r"(?P<d>0?[1-9]|[12]\d|3[01])"
_MONTH: Final = r"(?P<m>0?[1-9]|1[0-2])"
_SLASHED: Final = re.compile(rf"(?<![\d/.,-]){_DAY}(?P<s>[/-]){_MONTH}(?:(?P=s)(?P<y>(?:19|20)\d\d))?(?![\d/-]|[.,]\d)")
_DOTTED: Final = re.compile(rf"(?<![\d/.,-]){_DAY}\.{_MONTH}\.(?P<y>(?:19|20)\d\d)(?!\d)")
_SPELT: Final = re.compile(
    rf"(?<![\d/.,-]){_DAY} tháng {_MONTH}(?!\d)(?:,? năm (?P<y>(?:19|20)\d\d)| ?/ ?(?P<z>20\d\d))?"
)
_CUE: Final = re.compile(
    r"(?:ngày|hôm|mai|nay|mốt|sáng|trưa|chiều|tối|đêm|nhật|thứ \w+|trước|hạn|đến|từ|và|vào|mùng|mồng)\W{0,3}$",
    re.IGNORECASE,
)
"""What makes a day of two numbers, which else may be a share ("1/2 số hộ")."""
_LUNAR: Final = re.compile(
    r"^\s*(?:\(?\s*(?:âm lịch|al|năm (?:giáp|ất|bính|đinh|mậu|kỷ|canh|tân|nhâm|quý)))", re.IGNORECASE
)
_WEEKDAYS: Final = {
    "hai": 0, "2": 0, "ba": 1, "3": 1, "tư": 2, "4": 2, "năm": 3, "5": 3, "sáu": 4, "6": 4, "bảy": 5, "bẩy": 5, "7": 5,
    "nhật": 6,
}  # fmt: skip
NAMES: Final = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
_WEEKDAY: Final = r"(?:thứ (?P<w>hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])|(?P<sun>chủ nhật))"
_BEFORE: Final = re.compile(
    rf"(?<!\w){_WEEKDAY}(?:\s+(?:tuần này|tuần sau|tới|này))?\s*[,(]?\s*(?:ngày\s*)?$", re.IGNORECASE
)
_AFTER: Final = re.compile(rf"^\s*[,(]?\s*(?:tức\s+|nhằm\s+)?{_WEEKDAY}(?!\w)", re.IGNORECASE)
MOST: Final = 400
"""Dates of one text that are looked at."""
_NEAR: Final = timedelta(days=182)
_LONG_AGO: Final = timedelta(days=400)
"""A day further back is history, not an appointment."""
_BEFORE_LENGTH: Final = 70
_SINCE: Final = re.compile(r"(?<!\w)(?:từ|bắt đầu)\s+(?:\w+\s+){0,2}$")
_RANGE: Final = re.compile(
    r"^(?:[/-]\d{4})?\W{0,3}(?:đến|tới|-|–|—|và|,)\W{0,3}(?:hết\s+)?(?:ngày\s+)?\d", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Written:
    start: int
    end: int
    day: int
    month: int
    year: int | None

    def date(self, today: date) -> date | None:
        """The day that is meant: of the year that is nearest, where none is written. None: there is no such day."""
        years = [self.year] if self.year else [today.year - 1, today.year, today.year + 1]
        found = []
        for year in years:
            try:
                found.append(date(year, self.month, self.day))
            except ValueError:
                continue
        return min(found, key=lambda d: abs(d - today), default=None)


def dates(text: str, today: date, cues: Cues) -> Iterator[Concern]:
    """Concerns about every date in a text, in their order."""
    for written in sorted(islice(_written(text), MOST), key=lambda w: w.start):
        about = text[written.start : written.end]
        meant = written.date(today)
        if meant is None:
            yield Concern(Code.NO_SUCH_DATE, written.start, written.end, {"date": about}, about)
            continue
        yield from _weekday(text, written, meant, today)
        if today - _LONG_AGO < meant < today and not _of_the_past(text, written, cues, today):
            yield Concern(Code.PAST_DATE, written.start, written.end, {"date": about, "day": meant}, about)


def _written(text: str) -> Iterator[_Written]:
    taken: list[tuple[int, int]] = []
    for pattern in (_SPELT, _DOTTED, _SLASHED):
        for found in pattern.finditer(text):
            if any(a < found.end() and found.start() < b for a, b in taken):
                continue
            groups = found.groupdict()
            year = groups.get("y") or groups.get("z")
            before = text[max(0, found.start() - 20) : found.start()]
            if (
                pattern is _SLASHED
                and not year
                and not (_CUE.search(before) or _AFTER.search(text[found.end() :][:30]))
            ):
                continue
            if (pattern is _SLASHED and groups["s"] == "-" and not year) or _LUNAR.search(text[found.end() :][:20]):
                continue
            taken.append(found.span())
            yield _Written(found.start(), found.end(), int(found["d"]), int(found["m"]), int(year) if year else None)


def _weekday(text: str, written: _Written, meant: date, today: date) -> Iterator[Concern]:
    if written.year is None and abs(meant - today) > _NEAR:
        return
    before = _BEFORE.search(text[max(0, written.start - 40) : written.start])
    after = None if before else _AFTER.search(text[written.end : written.end + 30])
    found = before or after
    if found is None:
        return
    said = 6 if found["sun"] else _WEEKDAYS[found["w"].casefold()]
    if said != meant.weekday():
        start = written.start - (len(found.group()) if before else 0)
        end = written.end + (0 if before else found.end())
        about = " ".join(text[start:end].split())
        facts = {"said": NAMES[said], "is": NAMES[meant.weekday()], "date": text[written.start : written.end]}
        yield Concern(Code.WEEKDAY, start, end, facts, about)


def _of_the_past(text: str, written: _Written, cues: Cues, today: date) -> bool:
    """Whether the words around say themselves that it is over, or that it is the day of a document."""
    before = text[max(0, written.start - _BEFORE_LENGTH) : written.start]
    cut = max(before.rfind(c) for c in "\n!?;")
    for dot in re.finditer(r"\.\s", before):
        cut = max(cut, dot.start())
    clause = before[cut + 1 :].casefold()
    rest = text[written.end : written.end + 60].partition("\n")[0]
    after = re.split(r"[.;!?](?:\s|$)", rest, maxsplit=1)[0].casefold()
    if any(p.search(clause) for p in (*cues.documents, *cues.over)) or any(p.search(after) for p in cues.over):
        return True
    # the first day of a span that still lasts, or that somebody asks about
    if span := _RANGE.search(text[written.end : written.end + 30]):
        following = [w for w in _written(text[written.end : written.end + 60]) if w.start <= span.end() + 12]
        last = following[0].date(today) if following else None
        return last is not None and last >= today
    # what began then and has no end still goes on
    return bool(_SINCE.search(clause))

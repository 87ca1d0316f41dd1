"""Words out of a document, fit to be read aloud: what belongs to paper left out, lines joined, tables in sentences."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

EDGE: Final = 0.12
"""Share of a page at its top and bottom in which headers, footers and page numbers stand."""
FULL: Final = 0.85
"""Share of the width from which a line counts as full: its sentence goes on in the next."""
ALIGNED: Final = 0.015
"""Share of the width within which two lines begin at the same place."""
APART: Final = 1.6
"""Lines further apart than this many times the usual are two paragraphs."""
WRAPPED: Final = 50
"""Characters from which lines of a text file look as if a program had broken them."""
_PAGE_NUMBER: Final = re.compile(r"\W*(?:trang|page|tr\.)?\W*\d{1,4}(?:\s*(?:/|trên|of)\s*\d{1,4})?\W*", re.IGNORECASE)
_MARKER: Final = re.compile(
    r"(?:[-–—•*+▪◦●○■□➢✓]|\(?(?:\d{1,2}|[a-zđ]|[ivx]{1,4})[.)]|(?:điều|chương|mục)\s+\d)(?=\s)", re.IGNORECASE
)
_ALONE: Final = re.compile(r"[-–—•*+▪◦●○■□➢✓]|\(?(?:\d{1,2}|[a-zđ]|[ivx]{1,4})[.)]", re.IGNORECASE)
_ENDS: Final = (".", "!", "?", ":", ";", "…", "”", '"')
_MOTTO: Final = re.compile(
    r"cộng ho?[òoà]a? xã hội chủ nghĩa việt nam|độc lập\s*[-–—]\s*tự do\s*[-–—]\s*hạnh phúc|đảng cộng sản việt nam",
    re.IGNORECASE,
)
_NUMBERED: Final = re.compile(r"(?:v/v .*|số\s*:?\s*[\d.…_ ]*\s*[/-]\s*[\w/Đđ-]+)", re.IGNORECASE)
_RECIPIENTS: Final = re.compile(r"nơi nhận\s*:?", re.IGNORECASE)
_RULE: Final = re.compile(r"[-–—_=*.\s]{3,}")
_SIGNED: Final = re.compile(r"(?:tm|kt|tl|tuq|q)\.\s.*|\(?đã ký\)?|\(ký[^)]*\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """A line on a page, in shares of the page: 0 is its top and its left edge."""

    page: int
    top: float
    bottom: float
    left: float
    right: float
    cells: tuple[str, ...]
    """Its words; more than one where wide gaps stand between them."""
    starts: tuple[float, ...] = ()
    """Where each of them begins."""

    @property
    def text(self) -> str:
        """All its words."""
        return " ".join(self.cells)


@dataclass(frozen=True, slots=True)
class Reading:
    """Paragraphs to be read, and what was left out because it belongs to paper."""

    paragraphs: tuple[str, ...]
    left_out: tuple[str, ...] = ()


def from_lines(lines: Sequence[Line]) -> Reading:
    """Paragraphs of a document of pages: headers, footers and page numbers left out, lines joined, tables told."""
    ordered = sorted(lines, key=lambda x: (x.page, x.top, x.left))
    edges = _edges(ordered)
    body = [x for x in ordered if x not in edges]
    return Reading(tuple(_joined(body)), tuple(dict.fromkeys(x.text for x in ordered if x in edges)))


def from_text(text: str) -> Reading:
    """Paragraphs of a text file: an empty line parts them; lines that a program broke are joined."""
    found: list[str] = []
    for block in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")):
        lines = [line.strip() for line in block.split("\n") if line.strip() and not _RULE.fullmatch(line.strip())]
        widest = max(map(len, lines), default=0)
        for i, line in enumerate(lines):
            full = widest >= WRAPPED and i > 0 and len(lines[i - 1]) >= widest * FULL - 5
            if full and not _MARKER.match(line) and not lines[i - 1].endswith((":", ";")):
                found[-1] = glued(found[-1], line)
            else:
                found.append(line)
    return Reading(tuple(p for p in map(tidy, found) if p))


def without_frame(reading: Reading) -> Reading:
    """Without what frames an official document: motto, number, recipients, signature. It is told what was left out."""
    kept, left = [], list(reading.left_out)
    recipients = False
    for paragraph in reading.paragraphs:
        lines = [line for line in paragraph.split("\n") if line]
        if _RECIPIENTS.fullmatch(paragraph):
            recipients = True
        elif (
            recipients and not paragraph.startswith(("-", "–", "+", "•")) and not paragraph.casefold().startswith("lưu")
        ):
            recipients = False
        if (
            recipients
            or _MOTTO.search(paragraph)
            or any(map(_NUMBERED.fullmatch, lines))
            or _SIGNED.fullmatch(paragraph)
        ):
            left.append(paragraph)
        else:
            kept.append(paragraph)
    return Reading(tuple(kept), tuple(dict.fromkeys(left)))


def table_read(rows: Sequence[Sequence[str]]) -> list[str]:
    """A table as sentences, one a row: "Mặt hàng: lúa; Giá: 6.800." Two columns without a head: "lúa: 6.800."."""
    kept = [tuple(tidy(" ".join(c.split())) for c in row) for row in rows]
    kept = [row for row in kept if any(row)]
    width = max(map(len, kept), default=0)
    if not kept or width == 1:
        return [row[0] for row in kept]
    head = kept[0] if len(kept) > 1 and _is_head(kept[0]) and width == len(kept[0]) else None
    found = []
    for row in kept[1:] if head else kept:
        cells = [c for c in dict.fromkeys(row) if c] if len(set(row)) == 1 else list(row)
        if len(cells) == 1:
            found.append(cells[0])
        elif head:
            pairs = [(name, cell) for name, cell in zip(head, cells, strict=False) if cell and not _is_index(name)]
            found.append(_ended("; ".join(f"{name}: {cell}" for name, cell in pairs)))
        elif len(cells) == 2:  # noqa: PLR2004 - a name and what it has
            found.append(_ended(": ".join(c for c in cells if c)))
        else:
            found.append(_ended(", ".join(c for c in cells if c)))
    return found


def glued(one: str, other: str) -> str:
    """Two pieces of a sentence: a word that was broken at the end of a line is made whole."""
    if one.endswith("\u00ad"):
        return one[:-1] + other
    if re.search(r"[^\W\d_]-$", one) and other[:1].islower():
        return one[:-1] + other
    if re.search(r"\w-$", one) and other[:1].isdigit():
        return one + other
    return f"{one} {other}" if one else other


def tidy(text: str) -> str:
    """NFC, no control characters, single spaces, none before a point. Soft hyphens stay: old encodings write ư so."""
    plain = unicodedata.normalize("NFC", text).replace("\u200b", "").replace("\ufeff", "")
    plain = "".join(c if c == "\n" or unicodedata.category(c) not in {"Cc", "Cs", "Co"} else " " for c in plain)
    lines = (re.sub(r"\s+([,.;:!?])(?=\s|$)", r"\1", " ".join(line.split())) for line in plain.split("\n"))
    return "\n".join(line for line in lines if line)


def _edges(lines: Sequence[Line]) -> set[Line]:
    """Lines at the top or bottom that come back on other pages, and page numbers there."""
    pages = len({x.page for x in lines})
    at_edge = [x for x in lines if x.bottom < EDGE or x.top > 1 - EDGE]
    seen = Counter(key for page, key in {(x.page, re.sub(r"\d+", "#", x.text)) for x in at_edge})
    again = {key for key, times in seen.items() if times > 1 and times * 2 >= pages}
    return {x for x in at_edge if _PAGE_NUMBER.fullmatch(x.text) or re.sub(r"\d+", "#", x.text) in again}


def _joined(lines: Sequence[Line]) -> Iterable[str]:
    if not lines:
        return
    steps = sorted(b.top - a.top for a, b in pairwise(lines) if a.page == b.page and b.top > a.top)
    step = steps[len(steps) // 2] if steps else 0.0
    left, right = min(x.left for x in lines), max(x.right for x in lines)
    table = _Table(step)
    paragraph = ""
    before: Line | None = None
    for line in map(_with_its_marker, lines):
        if table.takes(line):
            if paragraph:
                yield tidy(paragraph)
            paragraph, before = "", None
            continue
        yield from table.told()
        if before is not None and _goes_on(before, line, step, left, right):
            paragraph = glued(paragraph, line.text)
        else:
            if paragraph:
                yield tidy(paragraph)
            paragraph = line.text
        before = line
    if paragraph:
        yield tidy(paragraph)
    yield from table.told()


class _Table:
    """Rows of cells as they come, line by line."""

    def __init__(self, step: float) -> None:
        self._step = step
        self._rows: list[list[str]] = []
        self._row: Line | None = None

    def takes(self, line: Line) -> bool:
        """Whether a line belongs to it: as a row, or as the rest of the cells of the row above."""
        columns = _columns(self._row, line, self._step) if self._row is not None else None
        if columns is not None and self._row is not None:
            for column, words in zip(columns, line.cells, strict=True):
                self._rows[-1][column] = glued(self._rows[-1][column], words)
            self._row = replace(self._row, top=line.top, bottom=line.bottom)
            return True
        if len(line.cells) > 1:
            self._rows.append(list(line.cells))
            self._row = line
            return True
        return False

    def told(self) -> list[str]:
        """What it says; it is empty then."""
        told, self._rows, self._row = table_read(self._rows), [], None
        return told


def _with_its_marker(line: Line) -> Line:
    """The number or bullet of a list stands apart from its words, and belongs to them."""
    if len(line.cells) > 1 and _ALONE.fullmatch(line.cells[0]):
        first = f"{line.cells[0]} {line.cells[1]}"
        return replace(line, cells=(first, *line.cells[2:]), starts=(*line.starts[:1], *line.starts[2:]))
    return line


def _columns(row: Line, line: Line, step: float) -> list[int] | None:
    """Of which cells of the row above these words are the rest; None where they are not."""
    near = row.page == line.page and line.top - row.top <= step * APART
    placed = all(len(x.starts) == len(x.cells) for x in (row, line))
    if not near or not placed or len(line.cells) >= len(row.cells):
        return None
    found = []
    for start in line.starts:
        fits = [i for i, begins in enumerate(row.starts) if abs(begins - start) < ALIGNED]
        if not fits or fits[0] == 0:  # the first column is also where a paragraph begins
            return None
        found.append(fits[0])
    return found


def _goes_on(before: Line, line: Line, step: float, left: float, right: float) -> bool:
    """Whether a line belongs to the paragraph of the one before."""
    full = before.right >= left + (right - left) * FULL
    if not full or _MARKER.match(line.text) or before.text.endswith((":", ";")):
        return False
    if before.page != line.page:
        return not before.text.endswith(_ENDS)
    indented = line.left > before.left + 0.015 and before.text.endswith(_ENDS)
    return line.top - before.top <= step * APART and not indented


def _is_head(row: Sequence[str]) -> bool:
    return all(row) and len(set(row)) == len(row) and not any(re.search(r"\d{2}|\d[.,]\d|[.!?]$", c) for c in row)


def _is_index(name: str) -> bool:
    return name.casefold() in {"tt", "stt", "số tt", "số thứ tự", "no", "no."}


def _ended(text: str) -> str:
    return text if text.endswith(_ENDS) else f"{text}."

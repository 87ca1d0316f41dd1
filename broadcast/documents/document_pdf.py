"""What a PDF says: its lines with their places, put together by `domain.paragraphs`. Run apart."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from broadcast.domain.paragraphs import Line, Reading, from_lines
from broadcast.domain.refusals import Refusal

PAGES: Final = 100
CHARACTERS: Final = 300_000
_GAP: Final = 1.4
"""A gap of this many heights of a line is one between cells of a table."""
_PASSWORD: Final = 4
"""What PDFium answers where a password is needed."""


def read(file: Path) -> Reading:
    """Its paragraphs. Raises Refusal: import-broken, import-encrypted, import-pages, import-scanned, import-heavy."""
    import pypdfium2  # noqa: PLC0415 - loaded in the child alone, once its bounds stand
    import pypdfium2.raw as pdfium  # noqa: PLC0415 - as above

    try:
        document: Any = pypdfium2.PdfDocument(file)
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", None) == _PASSWORD or "password" in str(error).casefold()
        raise Refusal("import-encrypted" if locked else "import-broken") from error
    pages = len(document)
    if pages > PAGES:
        raise Refusal("import-pages", pages=pages, limit=PAGES)
    lines: list[Line] = []
    total = 0
    for number in range(pages):
        try:
            page = document[number]
            words = page.get_textpage()
        except pypdfium2.PdfiumError as error:
            raise Refusal("import-broken") from error
        total += words.count_chars()
        if total > CHARACTERS:
            raise Refusal("import-heavy")
        lines += _lines(pdfium, words.raw, words.count_chars(), number, *page.get_size())
        words.close()
        page.close()
    if not any(c.isalnum() for line in lines for c in line.text):
        raise Refusal("import-scanned")
    return from_lines(lines)


def _lines(pdfium: Any, words: Any, count: int, page: int, width: float, height: float) -> Iterator[Line]:  # noqa: ANN401 - PDFium as ctypes sees it
    pieces: list[_Piece] = []
    piece = _Piece()
    for i in range(count):
        code = pdfium.FPDFText_GetUnicode(words, i)
        char = chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else ""  # noqa: PLR2004 - Unicode's own bounds
        if code in {0xFFFE, 0x2}:  # PDFium's sign for a hyphen at the end of a line
            char = "\u00ad"
        if char in {"\r", "\n"}:
            pieces.append(piece)
            piece = _Piece()
            continue
        if char.isspace() or not char or pdfium.FPDFText_IsGenerated(words, i) == 1:
            piece.text += " " if char.isspace() else char
            continue
        if not pdfium.FPDFText_GetLooseCharBox(words, i, rect := pdfium.FS_RECTF()):
            piece.text += char
            continue
        left, right, low, high = rect.left, rect.right, rect.bottom, rect.top
        if piece.placed and not piece.reaches(left, low, high):
            pieces.append(piece)
            piece = _Piece()
        piece.add(char, left, right, low, high)
    pieces.append(piece)
    yield from _rows([p for p in pieces if p.placed and p.text.strip()], page, width or 1.0, height or 1.0)


class _Piece:
    """Characters that stand beside each other without a wide gap."""

    def __init__(self) -> None:
        self.text = ""
        self.placed = False
        self.left = self.right = self.low = self.high = 0.0

    def reaches(self, left: float, low: float, high: float) -> bool:
        """Whether a character there still belongs to it."""
        size = max(self.high - self.low, 1.0)
        return low < self.high and high > self.low and -size < left - self.right < _GAP * size

    def add(self, char: str, left: float, right: float, low: float, high: float) -> None:
        """One more character."""
        if not self.placed:
            self.left, self.low, self.high, self.right, self.placed = left, low, high, right, True
            self.text = self.text.lstrip()
        self.text += char
        self.right = max(self.right, right)
        self.low, self.high = min(self.low, low), max(self.high, high)


def _rows(pieces: list[_Piece], page: int, width: float, height: float) -> Iterator[Line]:
    """Pieces of one height are one line, from the left to the right."""
    rows: list[list[_Piece]] = []
    for piece in sorted(pieces, key=lambda p: (-p.high, p.left)):
        middle = (piece.low + piece.high) / 2
        row = rows[-1] if rows else None
        if row is not None and row[0].low < middle < row[0].high:
            row.append(piece)
        else:
            rows.append([piece])
    for row in rows:
        row.sort(key=lambda p: p.left)
        yield Line(
            page=page,
            top=1 - max(p.high for p in row) / height,
            bottom=1 - min(p.low for p in row) / height,
            left=row[0].left / width,
            right=max(p.right for p in row) / width,
            cells=tuple(" ".join(p.text.split()) for p in row),
            starts=tuple(p.left / width for p in row),
        )

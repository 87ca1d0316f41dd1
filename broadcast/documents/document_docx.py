"""What a Word document (.docx) says, in its order: paragraphs, lists with their numbers, tables. Run apart."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile, ZipFile

from broadcast.domain.paragraphs import Reading, table_read, tidy
from broadcast.domain.refusals import Refusal

UNPACKED_MB: Final = 60
"""What may come out of the container; a bulletin is a few hundred kilobytes."""
ENTRIES: Final = 3_000
_MB: Final = 1024 * 1024
_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_ROMAN: Final = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def read(file: Path) -> Reading:
    """Its paragraphs. Headers and footers, comments, what was deleted or hidden are not among them.

    Raises Refusal: import-broken, import-heavy.
    """
    _look_over(file)
    import docx  # noqa: PLC0415 - loaded in the child alone, once its bounds stand

    try:
        document: Any = docx.Document(str(file))
        return Reading(tuple(p for p in _blocks(document) if p))
    except (MemoryError, RecursionError):
        raise
    except Exception as error:
        raise Refusal("import-broken") from error


def _look_over(file: Path) -> None:
    try:
        with ZipFile(file) as packed:
            entries = packed.infolist()
    except (BadZipFile, ValueError, EOFError) as error:
        raise Refusal("import-broken") from error
    if len(entries) > ENTRIES or sum(e.file_size for e in entries) > UNPACKED_MB * _MB:
        raise Refusal("import-heavy")
    if "word/document.xml" not in {e.filename for e in entries}:
        raise Refusal("import-kind")


def _blocks(document: Any) -> Iterator[str]:  # noqa: ANN401 - python-docx types little of what lies below
    numbers = _Numbers(document)
    for element in _flow(document.element.body):
        if element.tag == f"{_W}p":
            text = tidy(_text(element))
            if text:
                yield numbers.marker(element) + text
        else:
            yield from table_read(list(_rows(element)))


def _flow(body: Any) -> Iterator[Any]:  # noqa: ANN401 - as above
    """Paragraphs and tables in their order, also those in content controls and text that was put in."""
    for child in body:
        if child.tag in {f"{_W}p", f"{_W}tbl"}:
            yield child
        elif child.tag in {f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"}:
            yield from _flow(child)


def _rows(table: Any) -> Iterator[list[str]]:  # noqa: ANN401 - as above
    for row in table.iter(f"{_W}tr"):
        if next(row.iterancestors(f"{_W}tbl")) is table:
            cells = [c for c in row.iter(f"{_W}tc") if next(c.iterancestors(f"{_W}tr")) is row]
            yield [" ".join(filter(None, (tidy(_text(p)) for p in cell.iter(f"{_W}p")))) for cell in cells]


def _text(paragraph: Any) -> str:  # noqa: ANN401 - as above
    said: list[str] = []
    for element in paragraph.iter():
        if element.tag not in _SAID or any(a.tag in _UNSAID for a in element.iterancestors()) or _hidden(element):
            continue
        said.append(element.text or "" if element.tag == f"{_W}t" else _SAID[element.tag])
    return "".join(said)


_SAID: Final = {
    f"{_W}t": "",
    f"{_W}tab": " ",
    f"{_W}br": "\n",
    f"{_W}cr": "\n",
    f"{_W}noBreakHyphen": "-",
    f"{_W}ptab": " ",
}
_UNSAID: Final = {f"{_W}del", f"{_W}moveFrom", f"{_W}pPr", _FALLBACK}


def _hidden(element: Any) -> bool:  # noqa: ANN401 - as above
    run = element.getparent()
    vanish = None if run is None else run.find(f"{_W}rPr/{_W}vanish")
    return vanish is not None and vanish.get(f"{_W}val", "true") not in {"0", "false", "off"}


class _Numbers:
    """The numbers that Word draws before the paragraphs of its lists."""

    def __init__(self, document: Any) -> None:  # noqa: ANN401 - as above
        self._counts: Counter[tuple[str, int]] = Counter()
        self._styles = {s.get(f"{_W}styleId"): s for s in document.styles.element.iter(f"{_W}style")}
        self._formats: dict[tuple[str, str], str] = {}
        self._of: dict[str, str] = {}
        try:
            numbering = document.part.numbering_part.element
        except (KeyError, NotImplementedError):  # a document without lists
            return
        for abstract in numbering.iter(f"{_W}abstractNum"):
            for level in abstract.iter(f"{_W}lvl"):
                form = level.find(f"{_W}numFmt")
                key = abstract.get(f"{_W}abstractNumId"), level.get(f"{_W}ilvl")
                self._formats[key] = "decimal" if form is None else form.get(f"{_W}val")
        for num in numbering.iter(f"{_W}num"):
            abstract = num.find(f"{_W}abstractNumId")
            if abstract is not None:
                self._of[num.get(f"{_W}numId")] = abstract.get(f"{_W}val")

    def marker(self, paragraph: Any) -> str:  # noqa: ANN401 - as above
        """What stands before the paragraph: "1. ", "a) ", "- ", or nothing."""
        found = self._list(paragraph)
        if found is None:
            return ""
        num, level = found
        form = self._formats.get((self._of.get(num, ""), str(level)), "bullet")
        if form == "none":
            return ""
        if form == "bullet":
            return "- "
        self._counts[num, level] += 1
        for deeper in [key for key in self._counts if key[0] == num and key[1] > level]:
            del self._counts[deeper]
        return _numbered(form, self._counts[num, level])

    def _list(self, paragraph: Any) -> tuple[str, int] | None:  # noqa: ANN401 - as above
        found = paragraph.find(f"{_W}pPr/{_W}numPr")
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        for _ in range(10):  # styles are made of styles, and a broken file may go round in circles
            if found is not None or style is None:
                break
            of = self._styles.get(style.get(f"{_W}val"))
            if of is None:
                break
            found, style = of.find(f"{_W}pPr/{_W}numPr"), of.find(f"{_W}basedOn")
        if found is None:
            return None
        num, level = found.find(f"{_W}numId"), found.find(f"{_W}ilvl")
        id_ = "0" if num is None else num.get(f"{_W}val", "0")
        depth = "0" if level is None else level.get(f"{_W}val", "0")
        return None if id_ == "0" else (id_, int(depth) if depth.isdecimal() else 0)


def _numbered(form: str, number: int) -> str:
    if form in {"lowerLetter", "upperLetter"}:
        letter = _LETTERS[(number - 1) % len(_LETTERS)]
        return f"{letter if form == 'lowerLetter' else letter.upper()}) "
    if form in {"lowerRoman", "upperRoman"} and number < 40:  # noqa: PLR2004 - XL is beyond any list
        roman, left = "", number
        for value, sign in _ROMAN:
            count, left = divmod(left, value)
            roman += sign * count
        return f"{roman if form == 'lowerRoman' else roman.upper()}. "
    return f"{number}. "

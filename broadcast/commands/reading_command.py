"""The command `loalang read`: words for a text, for the lines of a file, or the reading explained."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from audio.marked import explain, read
from audio.reading import NORTH, SOUTH, BadLexicon, LegacyEncoding, Lexicon, Reading, Token
from audio.reading.lexicon import default
from broadcast.wording import say

DONE, FAILED, MISUSED = 0, 1, 2
"""Exit status: all read; something was refused; the command was given nothing it can use."""
_WIDEST: Final = 28
_STANDARD: Final = Path("-")

Line = Callable[[str], None]


class _Refused(Exception):
    """Raised with the sentence that says what to mend."""


def run(
    text: str,
    file: Path | None,
    lexicon: Path | None,
    *,
    north: bool,
    explained: bool,
    as_json: bool,
    tell: Line,
    warn: Line,
) -> int:
    """Read `text`, or each line of `file`; its exit status. What is said goes to `tell`, what is refused to `warn`."""
    how = NORTH if north else SOUTH
    try:
        words = _lexicon(lexicon)
        lines = _lines(text, file)
    except _Refused as no:
        warn(str(no))
        return MISUSED
    status = DONE
    for number, line in enumerate(lines, 1):
        try:
            _answer(line, how, words, explained=explained, as_json=as_json, tell=tell)
        except LegacyEncoding as no:
            why = say(f"reading.legacy-{no.code}", sample=no.sample)
            warn(say("reading.at-line", line=number, why=why) if file else why)
            if file:
                tell("")  # one line in, one line out
            status = FAILED
    return status


def _answer(line: str, how: Reading, words: Lexicon, *, explained: bool, as_json: bool, tell: Line) -> None:
    if not explained:
        said = " ".join(read(line, how, words).split("\n"))
        tell(json.dumps({"text": line, "words": said}, ensure_ascii=False) if as_json else said)
        return
    tokens = [t for t in explain(line, how, words) if t.kind != "word" or as_json]
    if as_json:
        tell(json.dumps([_plain(line, t) for t in tokens], ensure_ascii=False))
        return
    for row in _table(line, tokens):
        tell(row)


def _plain(line: str, token: Token) -> dict[str, object]:
    return {
        "start": token.start,
        "end": token.end,
        "text": line[token.start : token.end],
        "kind": token.kind,
        "rule": token.rule,
        "words": token.words,
        "others": list(token.others),
    }


def _table(line: str, tokens: list[Token]) -> Iterator[str]:
    """What is not said as it is written, a row for each."""
    heads = tuple(say(f"reading.head-{name}") for name in ("text", "kind", "rule", "words", "others"))
    rows = [heads]
    for token in tokens:
        if token.kind != "pause":
            written = line[token.start : token.end].strip()
            rows.append((written, token.kind, token.rule, token.words, " | ".join(token.others)))
    widths = [min(_WIDEST, max(len(row[i]) for row in rows)) for i in range(3)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        yield "  ".join([*cells, row[3] + (f"  ({row[4]})" if row[4] else "")]).rstrip()


def _lexicon(file: Path | None) -> Lexicon:
    if file is None:
        return default()
    try:
        return default().merged(Lexicon.load(file))
    except BadLexicon as no:
        raise _Refused(say(f"reading.lexicon-{no.code}", file=no.file, line=no.line, found=no.found)) from no


def _lines(text: str, file: Path | None) -> Iterator[str]:
    if file is None:
        if not text:
            raise _Refused(say("reading.nothing"))
        return iter([text])
    try:
        whole = sys.stdin.buffer.read() if file == _STANDARD else file.read_bytes()
        lines = whole.decode("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise _Refused(say("reading.file-unreadable", file=file, why=error)) from error
    if lines[-1] == "":
        lines.pop()
    return (line.rstrip("\r") for line in lines)

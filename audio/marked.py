"""Texts with marks, read: each part by the rules of `audio.reading`, its marks kept for whoever speaks or counts."""

from collections.abc import Iterator

from audio.marks import marks, parts, stretches, written
from audio.reading import SOUTH, Lexicon, Reading, Token
from audio.reading import explain as explain_part
from audio.reading import read as read_part

MARK, UNKNOWN = "mark", "mark-unknown"
"""Kinds of tokens besides those of `audio.reading`; nothing is said for them."""


def read(text: str, how: Reading = SOUTH, lexicon: Lexicon | None = None) -> str:
    """The words to say, with the known marks between them. Raises LegacyEncoding."""
    found = list(stretches(text))
    if len(found) == 1:
        return read_part(found[0][1], how, lexicon)
    out = []
    for _, said, mark in found:
        out.append(read_part(said, how, lexicon) if said.strip() else "")
        out.append(written(mark) if mark else "")
    return " ".join(filter(None, out))


def explain(text: str, how: Reading = SOUTH, lexicon: Lexicon | None = None) -> tuple[Token, ...]:
    """Each token and each mark with its place in the text. Raises LegacyEncoding."""
    return tuple(sorted(_tokens(text, how, lexicon), key=lambda token: (token.start, token.end)))


def _tokens(text: str, how: Reading, lexicon: Lexicon | None) -> Iterator[Token]:
    for mark in marks(text):
        yield Token(mark.start, mark.end, MARK if mark.known else UNKNOWN, MARK, "")
    for part in parts(text):
        for token in explain_part(part.text, how, lexicon):
            yield Token(token.start + part.start, token.end + part.start, *_rest(token))


def _rest(token: Token) -> tuple[str, str, str, tuple[str, ...]]:
    return token.kind, token.rule, token.words, token.others

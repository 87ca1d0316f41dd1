"""Written Vietnamese turned into the words an announcer says. Pure and deterministic; see docs/reading.md."""

from audio.reading import lexicon as _lexicon
from audio.reading.hygiene import clean, nfc
from audio.reading.legacy import LegacyEncoding, modern
from audio.reading.lexicon import BadLexicon, Lexicon
from audio.reading.pipeline import joined, made, tokens
from audio.reading.scan import Token
from audio.reading.ways import NORTH, SOUTH, Reading

__all__ = ["NORTH", "SOUTH", "BadLexicon", "LegacyEncoding", "Lexicon", "Reading", "Token", "explain", "read"]


def read(text: str, how: Reading = SOUTH, lexicon: Lexicon | None = None) -> str:
    """The words of `text`, with its lines and pauses; no digit is left. Without a lexicon the shipped one holds.

    Raises LegacyEncoding for text that is likely in an old encoding and cannot be converted with certainty.
    """
    return joined(made(clean(modern(nfc(text))).text, how, lexicon or _lexicon.default()))


def explain(text: str, how: Reading = SOUTH, lexicon: Lexicon | None = None) -> tuple[Token, ...]:
    """Each token of `text`: where it stands, what it was taken for, the rule, the words. Raises LegacyEncoding."""
    return tuple(tokens(modern(text), how, lexicon or _lexicon.default()))

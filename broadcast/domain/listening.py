"""What is known of a bulletin's sound: how long it will be; once it is there, what sounds when and how it stands."""

from dataclasses import dataclass

from broadcast.domain.voices import VoiceChoice


@dataclass(frozen=True, slots=True)
class Breathless:
    """Words, as they are read, that go on without a pause for longer than a breath."""

    words: str
    syllables: int


@dataclass(frozen=True, slots=True)
class Foretold:
    """How long a text will sound, chimes and all, and who will likely speak it.

    `heard`: that voice's pace is measured, on this machine or before; if not, it is assumed.
    """

    seconds: float
    syllables: int
    by: VoiceChoice
    heard: bool
    breathless: tuple[Breathless, ...] = ()
    instead: VoiceChoice | None = None
    """Whose pace is known, where that of `by` is not: who is asked next, should `by` not speak..."""
    instead_s: float = 0.0
    """...and how long it would be then."""
    lacking: tuple[str, ...] = ()
    """Kinds of voices, "man" or "woman", that the text asks for and `by` does not have."""
    breath: int = 30
    """Syllables above which something counts as breathless."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text, and how many words are said for it: none for what stands between words."""

    text: str
    words: int


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """A sentence: from where to where it sounds in the clip, in seconds, measured; its text, in order."""

    start_s: float
    end_s: float
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """A bulletin's sound for whoever looks at it. `lead_s`: what came in begins this much later in the clip."""

    clip: str
    raw: str
    lead_s: float
    lines: tuple[SpokenLine, ...]
    lacking: tuple[str, ...] = ()
    """Kinds of voices that the text asks for and that did not speak: who read it has none of them."""


@dataclass(frozen=True, slots=True)
class Outline:
    """How high a sound stands at equal steps, 0 to 1, after mastering and before; nothing where that is not kept."""

    after: tuple[float, ...]
    before: tuple[float, ...]

"""What makes sound, as the studio is given it: the parts of `audio` that block, set as the settings say."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from audio.alignment import Line
from audio.apart import assemble, compact, finish, inspect
from audio.calls import IsCancelled
from audio.calls import Tell as Share
from audio.made import Finished, Inspected, Kept, Piece
from audio.marked import explain, read
from audio.reading import Lexicon, Reading, Token
from audio.speaker import Choice, Speaker
from audio.speech import Spoken
from broadcast.domain.bulletins import Sound
from broadcast.settings import Mastering, Settings


def _bare(sound: Path, clip: Path, tell: Share, cancelled: IsCancelled) -> Finished:
    return finish(sound, clip, chime=False, tell=tell, cancelled=cancelled, profile="music")


@dataclass(frozen=True, slots=True)
class Tools:
    """What makes sound, as `audio` has it. All of it blocks."""

    speak: Callable[[str, Path, Share, IsCancelled, Choice, Callable[[float], None]], Spoken]
    """(text, file to write, ..., who is to speak, whom to tell the seconds made so far). Raises SpeechError."""
    inspect: Callable[[Path, str, int, Share, IsCancelled], Inspected]
    """(file, its name, most minutes, ...). Raises NotSound."""
    finish: Callable[[Path, Path, Share, IsCancelled], Finished]
    """(sound, clip to write, ...). Raises Unreadable."""
    read: Callable[[str, Lexicon | None], str] = lambda text, _lexicon: text
    """(written text, how to read it or None for the shipped lexicon): the words to say. Raises LegacyEncoding."""
    explain: Callable[[str, Lexicon | None], Sequence[Token]] = lambda _text, _lexicon: ()
    """The same, as the tokens of the written text and the words for each."""
    compact: Callable[[Path, Path, Share, IsCancelled], Kept] | None = None
    """(sound, copy to write, ...): what came in, made small. None: it is not kept. Raises Unreadable."""
    bare: Callable[[Path, Path, Share, IsCancelled], Finished] = _bare
    """As `finish`, for music: nothing around it."""
    assemble: Callable[[Sequence[Piece], Path, Share, IsCancelled], Finished] = assemble
    """(pieces, clip to write, ...): one of several. Raises Unreadable."""


@dataclass(frozen=True, slots=True)
class Made:
    """A bulletin's sound.

    Of a spoken one: the words as they were read, how many seconds they took without chimes, and what of the written
    text sounds when in the clip.
    """

    sound: Sound
    words: str = ""
    spoken_s: float = 0.0
    lead_s: float = 0.0
    lines: tuple[Line, ...] = ()


def tools_of(settings: Settings, speaker: Speaker) -> Tools:
    """The tools that the settings describe."""
    how = Reading(settings.reading.region)
    return Tools(
        speaker.speak,
        inspect,
        partial(_with_chimes, settings.mastering),
        partial(as_read, how),
        partial(_explained, how),
        compact if settings.mastering.profile != "music" else _compact_music,
    )


def as_read(how: Reading, text: str, lexicon: Lexicon | None) -> str:
    """The words to say for a written text. Raises LegacyEncoding."""
    return read(text, how, lexicon)


def _compact_music(sound: Path, out: Path, tell: Share, cancelled: IsCancelled) -> Kept:
    """Where music is what is aired, nobody is warned of it."""
    return replace(compact(sound, out, tell, cancelled), masked=False)


def _explained(how: Reading, text: str, lexicon: Lexicon | None) -> Sequence[Token]:
    return explain(text, how, lexicon)


def _with_chimes(how: Mastering, sound: Path, clip: Path, tell: Share, cancelled: IsCancelled) -> Finished:
    return finish(
        sound,
        clip,
        chime=how.chime_before,
        closing=how.chime_after,
        tell=tell,
        cancelled=cancelled,
        profile=how.profile,
    )

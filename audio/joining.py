"""Sentences as the engines gave them: checked, rid of the silence around them, and joined with pauses of ours."""

import wave
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.filter.graph import Graph
from numpy.typing import NDArray

from audio.calls import IsCancelled
from audio.made import Unreadable
from audio.sound import RATE, frames, opened, samples
from audio.speech import SpeechCancelled, SpeechFailed

Pcm = NDArray[np.int16]

LONGEST_S: Final = 240.0
"""No sentence takes longer: what goes on for ever is thrown away."""
SILENT: Final = 100
"""Of 32,768: a sentence that is nowhere louder is no speech."""
CHARACTERS_A_SECOND: Final = 60.0
"""Nobody speaks Vietnamese faster: sound shorter than its words was cut off."""
_SOME_WORDS: Final = 40
"""Characters from which on that is looked at."""
_EDGE: Final = 0.02
"""Of the loudest sample: what is softer at either end of a sentence is silence."""
_BEFORE_S: Final = 0.02
_AFTER_S: Final = 0.08
"""Left around the words, for soft consonants."""


class Spoilt(Exception):
    """Raised when a sentence on the shelf cannot be read. `number` says which."""

    def __init__(self, number: int) -> None:
        super().__init__(f"sentence {number}")
        self.number = number


@dataclass(frozen=True, slots=True)
class Joined:
    """How many seconds were written, and from where to where each sentence sounds in them."""

    seconds: float
    places: list[tuple[float, float]]


def check(file: Path, words: str) -> float:
    """How many seconds a spoken sentence has, silence around it left out.

    Raises SpeechFailed: empty (no file, no sound, silence), not-sound, cut (too short for its words), too-large.
    """
    if not file.is_file() or not file.stat().st_size:
        raise SpeechFailed("empty", words[:60])
    try:
        heard = trimmed(_pcm(file))
    except Unreadable as error:
        raise SpeechFailed("not-sound", str(error)) from error
    seconds = len(heard) / RATE
    if not len(heard):
        raise SpeechFailed("empty", words[:60])
    if len(words) >= _SOME_WORDS and seconds * CHARACTERS_A_SECOND < len(words):
        raise SpeechFailed("cut", f"{seconds:.1f} s for {len(words)} characters")
    return seconds


def join(
    sentences: Iterable[tuple[Path, float]],
    out: Path,
    stretch: float,
    heard: Callable[[float], None],
    done: IsCancelled,
) -> Joined:
    """Write sentences, each with the pause after it, as one WAV file. `stretch` above 1 is faster.

    Raises Spoilt, SpeechCancelled, OSError.
    """
    count, places = 0, []
    with wave.open(str(out), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        for number, (sentence, pause_s) in enumerate(sentences):
            if done():
                raise SpeechCancelled
            try:
                pcm = trimmed(_pcm(sentence))
            except (Unreadable, SpeechFailed) as error:
                raise Spoilt(number) from error
            pcm = pcm if stretch == 1 else stretched(pcm, stretch)
            pause = round(pause_s / stretch * RATE)
            file.writeframes(pcm.tobytes() + bytes(2 * pause))
            places.append((count / RATE, (count + len(pcm)) / RATE))
            count += len(pcm) + pause
            heard(count / RATE)
    return Joined(count / RATE, places)


def trimmed(pcm: Pcm) -> Pcm:
    """Without the silence at both ends; nothing of what is silent all through."""
    loud = np.abs(pcm.astype(np.int32))
    peak = int(loud.max(initial=0))
    if peak < SILENT:
        return pcm[:0]
    over = np.flatnonzero(loud > peak * _EDGE)
    first = max(0, int(over[0]) - round(_BEFORE_S * RATE))
    return pcm[first : int(over[-1]) + 1 + round(_AFTER_S * RATE)]


def stretched(pcm: Pcm, rate: float) -> Pcm:
    """At another pace, the pitch left as it was."""
    graph = Graph()
    source = graph.add_abuffer(sample_rate=RATE, format="s16", layout="mono", time_base=Fraction(1, RATE))
    tempo, form, sink = (
        graph.add("atempo", f"{rate:.4f}"),
        graph.add("aformat", f"sample_fmts=s16:sample_rates={RATE}:channel_layouts=mono"),
        graph.add("abuffersink"),
    )
    graph.link_nodes(source, tempo, form, sink).configure()
    frame = AudioFrame.from_ndarray(pcm.reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
    graph.push(frame)
    graph.push(None)
    return np.concatenate([np.zeros(0, np.int16), *_pulled(graph)])


def _pulled(graph: Graph) -> Iterator[Pcm]:
    while True:
        try:
            frame = graph.pull()
        except (av.BlockingIOError, av.EOFError):
            return
        assert isinstance(frame, AudioFrame)  # noqa: S101 - nothing else goes into this graph
        yield samples(frame)


def _pcm(file: Path) -> Pcm:
    """The whole of a sentence. Raises Unreadable, SpeechFailed("too-large")."""
    parts: list[Pcm] = []
    count = 0
    with opened(file) as container:
        for frame in frames(container):
            parts.append(samples(frame))
            count += frame.samples
            if count > LONGEST_S * RATE:
                raise SpeechFailed("too-large", f"more than {LONGEST_S:g} s for a sentence")
    return np.concatenate([np.zeros(0, np.int16), *parts])

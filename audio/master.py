"""Mastering: what was spoken or uploaded becomes a finished clip, chime in front, equally loud, Ogg Opus.

    decode > mono 48 kHz > measured (EBU R 128) > one gain towards TARGET_LUFS > peak guard > chime in front > Opus

Two passes over the file and constant memory, whatever its length. The same input gives the same bytes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
from av.audio.frame import AudioFrame
from av.filter.graph import Graph

from audio.calls import Cancelled, IsCancelled, Tell
from audio.chime import chime as chime_pcm
from audio.sound import RATE, Unreadable, frames, length_s, opened

TARGET_LUFS: Final = -16.0
"""Loud for a horn outdoors; broadcast's -23 drowns in traffic."""
PEAK_DB: Final = -2.5
"""Ceiling of the samples: what Opus and the converter make of them then stays below -1 dBTP."""
MOST_GAIN_DB: Final = 20.0
"""More would lift the hiss of a poor recording above the words."""
SILENT_LUFS: Final = -69.0
"""ebur128 says -70 for silence and for what is too short to measure."""
BIT_RATE: Final = 32_000
"""Bits a second: speech over a horn gains nothing above, and three minutes stay under the push limit."""
MEASURING_SHARE: Final = 0.4
"""Part of the work that is the first pass."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished clip: its length in seconds, chime and all; its size in bytes; what was added to what came in."""

    seconds: float
    size: int
    gain_db: float


def finish(spoken: Path, out: Path, *, chime: bool, tell: Tell, cancelled: IsCancelled) -> Finished:
    """Make a clip of `spoken` in `out`. Blocks.

    Raises Unreadable, Cancelled, OSError (such as a full disk); then `out` is gone.
    """
    try:
        gain_db = _gain_db(spoken, tell, cancelled)
        count = _encode(spoken, out, gain_db, chime, tell, cancelled)
        if not count:
            raise Unreadable("no sound in it")
        tell(1.0)
        return Finished(count / RATE, out.stat().st_size, gain_db)
    except BaseException:
        out.unlink(missing_ok=True)
        raise


def _gain_db(spoken: Path, tell: Tell, cancelled: IsCancelled) -> float:
    """First pass: what to add so that the whole is as loud as TARGET_LUFS."""
    graph = _graph(("ebur128", "metadata=1"))
    measured = -70.0
    for frame in _paced(spoken, 0.0, MEASURING_SHARE, tell, cancelled):
        graph.push(frame)
        for out in _pulled(graph):
            measured = float(out.metadata.get("lavfi.r128.I", measured))
    return 0.0 if measured <= SILENT_LUFS else min(MOST_GAIN_DB, TARGET_LUFS - measured)


def _encode(spoken: Path, out: Path, gain_db: float, chime: bool, tell: Tell, cancelled: IsCancelled) -> int:
    """Second pass. How many frames were written."""
    ceiling = 10 ** (PEAK_DB / 20)
    graph = _graph(
        ("volume", f"volume={gain_db:.4f}dB:precision=double"),
        ("alimiter", f"limit={ceiling:.6f}:attack=5:release=60:level=0:latency=1"),
        ("aformat", f"sample_fmts=s16:sample_rates={RATE}:channel_layouts=mono"),
    )
    # bitexact: else the muxer draws a random stream number, and no clip would have the same name twice
    with av.open(str(out), "w", format="ogg", container_options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libopus", rate=RATE, options={"application": "audio", "flags": "+bitexact"})
        stream.layout = "mono"
        stream.bit_rate = BIT_RATE
        position = 0

        def write(frame: AudioFrame) -> None:
            nonlocal position
            frame.pts, frame.time_base = position, Fraction(1, RATE)
            position += frame.samples
            container.mux(stream.encode(frame))

        if chime:
            write(_frame(chime_pcm()))
        front = position
        for frame in _paced(spoken, MEASURING_SHARE, 1.0, tell, cancelled):
            graph.push(frame)
            for made in _pulled(graph):
                write(made)
        graph.push(None)
        for made in _pulled(graph):
            write(made)
        container.mux(stream.encode(None))
        return position if position > front else 0


def _paced(spoken: Path, begin: float, end: float, tell: Tell, cancelled: IsCancelled) -> Iterator[AudioFrame]:
    """The frames of a file, telling from `begin` to `end` how far it is."""
    with opened(spoken) as container:
        length = length_s(container)
        told = begin
        tell(begin)
        for frame in frames(container):
            if cancelled():
                raise Cancelled
            share = min(1.0, (frame.pts or 0) / RATE / length) if length else 0.0
            if begin + share * (end - begin) >= told + 0.01:
                told = begin + share * (end - begin)
                tell(told)
            yield frame


def _graph(*steps: tuple[str, str]) -> Graph:
    graph = Graph()
    nodes = [graph.add_abuffer(sample_rate=RATE, format="s16", layout="mono", time_base=Fraction(1, RATE))]
    nodes += [graph.add(name, args) for name, args in steps]
    nodes.append(graph.add("abuffersink"))
    graph.link_nodes(*nodes).configure()
    return graph


def _pulled(graph: Graph) -> Iterator[AudioFrame]:
    while True:
        try:
            frame = graph.pull()
        except (av.BlockingIOError, av.EOFError):
            return
        assert isinstance(frame, AudioFrame)  # noqa: S101 - nothing else goes into these graphs
        yield frame


def _frame(pcm: bytes) -> AudioFrame:
    frame = AudioFrame(format="s16", layout="mono", samples=len(pcm) // 2)
    frame.planes[0].update(pcm)
    frame.sample_rate = RATE
    return frame

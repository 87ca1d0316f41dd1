"""FFmpeg's filter graphs as one short function: mono floats at RATE in, mono floats at RATE out."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.filter.graph import Graph
from numpy.typing import NDArray

from audio.sound import RATE

Floats = NDArray[np.float32]
Step = tuple[str, str]
"""A filter's name and its arguments, as FFmpeg writes them."""
_BASE: Final = Fraction(1, RATE)


class Chain:
    """Filters in a row. `feed` frames, take what comes out; `drain` at the end."""

    def __init__(self, steps: tuple[Step, ...], fmt: str = "flt") -> None:
        self._graph = Graph()
        nodes = [self._graph.add_abuffer(sample_rate=RATE, format=fmt, layout="mono", time_base=_BASE)]
        nodes += [self._graph.add(name, arguments) for name, arguments in steps]
        out = f"sample_fmts=flt:sample_rates={RATE}:channel_layouts=mono"
        nodes += [self._graph.add("aformat", out), self._graph.add("abuffersink")]
        self._graph.link_nodes(*nodes).configure()

    def feed(self, frame: AudioFrame) -> Iterator[AudioFrame]:
        """What comes out once this frame has gone in."""
        self._graph.push(frame)
        yield from self._pulled()

    def drain(self) -> Iterator[AudioFrame]:
        """What the filters still hold."""
        self._graph.push(None)
        yield from self._pulled()

    def _pulled(self) -> Iterator[AudioFrame]:
        while True:
            try:
                frame = self._graph.pull()
            except (av.BlockingIOError, av.EOFError):
                return
            assert isinstance(frame, AudioFrame)  # noqa: S101 - nothing else goes into these graphs
            yield frame


def floats(frame: AudioFrame) -> Floats:
    """The samples of a frame that a Chain gave."""
    return np.frombuffer(bytes(frame.planes[0]), np.float32)[: frame.samples]


def frame_of(samples: Floats, position: int) -> AudioFrame:
    """A frame of these samples that begins at `position`."""
    frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples, np.float32).reshape(1, -1), "flt", "mono")
    frame.sample_rate, frame.pts, frame.time_base = RATE, position, _BASE
    return frame

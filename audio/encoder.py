"""Ogg Opus in one stream, by its transform coder alone.

Opus has two coders. The one that predicts a voice from its own past overshoots on it now and then, by up to 5.6 dB,
rings for a tenth of a second, and takes three times as long; the transform coder keeps to the energy it was given.
At this bit rate nothing is heard or understood less (docs/performance.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import av
import numpy as np

from audio.blocks import BLOCK
from audio.graphs import Floats, frame_of
from audio.sound import RATE

Softer = Mapping[int, float]
"""Sample > decibels by which the block that begins there is to be turned down, and softly what is around it."""
TRANSFORM_ONLY: Final = "lowdelay"
"""FFmpeg's name for the coder without prediction."""
COMPLEXITY: Final = 5
_AROUND: Final = RATE // 25
"""Samples before and after a peak that are turned down with it."""
_SHAPE: Final = np.hanning(2 * _AROUND + BLOCK).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Voice:
    """How Opus is to encode: bits a second, and up to which frequency there is anything to be heard."""

    bit_rate: int
    band_hertz: int


class Encoder:
    """Writes mono floats at RATE into a file. Leaving it finishes the file. Raises OSError, such as for a full disk."""

    def __init__(self, out: Path, voice: Voice, softer: Softer | None = None) -> None:
        self._out, self._voice, self._softer = out, voice, softer or {}
        self._written = 0

    def write(self, samples: Floats) -> None:
        """These come next."""
        if not len(samples):
            return
        softened = _softened(samples, self._written, self._softer)
        for packet in self._stream.encode(frame_of(softened, self._written)):
            self._container.mux(packet)
        self._written += len(samples)

    def __enter__(self) -> Self:
        # bitexact: else the muxer draws a random stream number, and no clip would have the same name twice
        self._container = av.open(str(self._out), "w", format="ogg", container_options={"fflags": "+bitexact"})
        options = {
            "application": TRANSFORM_ONLY,
            "vbr": "constrained",
            "compression_level": str(COMPLEXITY),
            "cutoff": str(self._voice.band_hertz),
            "flags": "+bitexact",
        }
        self._stream = self._container.add_stream("libopus", rate=RATE, options=options)
        self._stream.layout = "mono"
        self._stream.format = "flt"
        self._stream.bit_rate = self._voice.bit_rate
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                for packet in self._stream.encode(None):
                    self._container.mux(packet)
        finally:
            self._container.close()


def _softened(samples: Floats, start: int, softer: Softer) -> Floats:
    """The samples, which begin at `start` of the whole, turned down where that is asked for."""
    end = start + len(samples)
    near = [at for at in softer if at - _AROUND < end and at + BLOCK + _AROUND > start]
    if not near:
        return samples
    by_db = np.zeros(len(samples), np.float32)
    for at in near:
        begin, stop = max(start, at - _AROUND), min(end, at + BLOCK + _AROUND)
        here = _SHAPE[begin - at + _AROUND : stop - at + _AROUND] * softer[at]
        by_db[begin - start : stop - start] = np.maximum(by_db[begin - start : stop - start], here)
    made: Floats = samples * np.power(np.float32(10), by_db / np.float32(-20))
    return made

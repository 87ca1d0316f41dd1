"""How loud a finished file is, measured on the file itself as a stranger would: decoded, EBU R 128, true peak."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from av.audio.frame import AudioFrame

from audio.calls import Cancelled, IsCancelled
from audio.graphs import Chain, Floats, frame_of
from audio.sound import RATE, frames, opened

SILENT_LUFS: Final = -69.0
"""ebur128 says -70 for silence and for what is shorter than its first window of 400 ms."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Integrated loudness (ITU-R BS.1770-4), true peak (4 times oversampled) in dBTP, length."""

    integrated_lufs: float
    true_peak_db: float
    seconds: float

    @property
    def loud(self) -> bool:
        """Whether its loudness could be measured."""
        return self.integrated_lufs > SILENT_LUFS


class Meter:
    """Measures what it is shown."""

    def __init__(self, fmt: str = "flt") -> None:
        self._chain = Chain((("ebur128", "metadata=1:peak=true"),), fmt)
        self._lufs, self._peak, self._count = -70.0, 0.0, 0

    def show(self, frame: AudioFrame) -> None:
        """One more frame, mono at RATE, in the meter's format."""
        self._count += frame.samples
        for out in self._chain.feed(frame):
            self._lufs = float(out.metadata.get("lavfi.r128.I", self._lufs))
            self._peak = max(self._peak, float(out.metadata.get("lavfi.r128.true_peak", 0.0)))

    def told(self) -> Measured:
        """What it has seen."""
        peak = 20 * math.log10(self._peak) if self._peak > 0 else -math.inf
        return Measured(self._lufs, peak, self._count / RATE)


def measure(file: Path, cancelled: IsCancelled) -> Measured:
    """Measure a file. Blocks; constant memory. Raises Unreadable, Cancelled."""
    meter = Meter("s16")
    with opened(file) as container:
        for frame in frames(container):
            if cancelled():
                raise Cancelled
            meter.show(frame)
    return meter.told()


def loudness_of(samples: Floats) -> float:
    """The integrated loudness of a short sound in memory."""
    meter = Meter()
    step = RATE // 10
    for start in range(0, len(samples), step):
        meter.show(frame_of(samples[start : start + step], start))
    return meter.told().integrated_lufs

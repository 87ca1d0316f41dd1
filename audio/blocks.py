"""A sound as a row of short blocks: how loud each is to the ear, and how high it peaks between its samples too.

Twelve kilobytes a minute tell enough of a recording to decide, in memory, what its gain shall be at every moment.
"""

import math
from array import array
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from audio.graphs import Chain, Floats, floats, frame_of
from audio.sound import RATE

BLOCK: Final = RATE // 200
"""Samples in a block: 5 ms, a period of a man's voice."""
A_SECOND: Final = RATE // BLOCK
_K_WEIGHTING: Final = (
    (
        "biquad",
        "b0=1.53512485958697:b1=-2.69169618940638:b2=1.19839281085285:a0=1:a1=-1.69065929318241:a2=0.73248077421585:r=f64",
    ),
    ("biquad", "b0=1:b1=-2:b2=1:a0=1:a1=-1.99004745483398:a2=0.99007225036621:r=f64"),
)
"""ITU-R BS.1770-4, tables 1 and 2: the head's shelf and the ear's low end, at 48 kHz."""
OFFSET_LU: Final = -0.691
_WINDOW, _HOP = 4 * A_SECOND // 10, A_SECOND // 10
_ABSOLUTE_LUFS: Final = -70.0
_RELATIVE_LU: Final = -10.0
NOTHING_LUFS: Final = -70.0
"""The loudness of what is too short or too quiet to have one."""

Row = NDArray[np.float64]


def _oversampling(taps: int = 16, times: int = 4) -> Floats:
    """What is multiplied with a stretch of `taps` samples to get the values between its middle two."""
    at = np.arange(taps) - (taps / 2 - 1)
    rows = []
    for step in range(1, times):
        away = at - step / times
        rows.append(np.sinc(away) * np.cos(np.pi * away / (taps + 1)) ** 2)
    kernel: Floats = np.array([row / row.sum() for row in rows], np.float32).T
    return np.ascontiguousarray(kernel)


_BETWEEN: Final = _oversampling()
_TAPS: Final = len(_BETWEEN)


@dataclass(frozen=True, slots=True)
class Blocks:
    """`power`: mean square of each block, K-weighted; `peak`: its highest sample, true (4 times oversampled)."""

    power: Floats
    peak: Floats
    count: int
    """Samples."""

    @property
    def loudness(self) -> float:
        """Integrated loudness in LUFS."""
        return loudness(self.power)

    @property
    def true_peak_db(self) -> float:
        """In dBTP; minus infinity for nothing."""
        highest = float(self.peak.max(initial=0.0))
        return 20 * math.log10(highest) if highest > 0 else -math.inf


class Surveyor:
    """Makes blocks of what it is shown: mono floats at RATE, piece by piece, each but the last of whole blocks."""

    def __init__(self) -> None:
        self._weigh = Chain(_K_WEIGHTING)
        self._before: Floats = np.zeros(_TAPS, np.float32)
        self._power, self._peak = array("f"), array("f")
        self._count = 0

    def show(self, samples: Floats) -> None:
        """These come next."""
        heard = self._weigh.feed(frame_of(samples, self._count))
        self._count += len(samples)
        for frame in heard:
            self._power.frombytes(_by_block(np.square(floats(frame))).mean(axis=1).tobytes())
        stretch = np.concatenate((self._before, samples))
        self._before = stretch[-_TAPS:]
        # the values between samples come half a kernel late: a peak may be counted in the block after its own
        between = np.abs(np.lib.stride_tricks.sliding_window_view(stretch[1:], _TAPS) @ _BETWEEN)
        missing = -len(samples) % BLOCK
        if missing:
            between = np.pad(between, ((0, missing), (0, 0)))
        highest = np.maximum(_by_block(np.abs(samples)).max(axis=1), between.reshape(-1, BLOCK * 3).max(axis=1))
        self._peak.frombytes(highest.tobytes())

    def told(self) -> Blocks:
        """What it has seen."""
        power, peak = (np.frombuffer(row.tobytes(), np.float32) for row in (self._power, self._peak))
        return Blocks(power, peak, self._count)


def _by_block(samples: Floats) -> Floats:
    """One row a block; the last filled up with silence."""
    missing = -len(samples) % BLOCK
    whole: Floats = np.pad(samples, (0, missing)) if missing else samples
    return whole.reshape(-1, BLOCK).astype(np.float32, copy=False)


def loudness(power: Floats) -> float:
    """Integrated loudness of blocks in LUFS (BS.1770-4: windows of 400 ms, gated twice)."""
    if len(power) < _WINDOW:
        return NOTHING_LUFS
    summed = np.concatenate((np.zeros(1), np.cumsum(power, dtype=np.float64)))
    windows = (summed[_WINDOW::_HOP] - summed[:-_WINDOW:_HOP]) / _WINDOW
    loud = windows[windows > lufs_power(_ABSOLUTE_LUFS)]
    if not len(loud):
        return NOTHING_LUFS
    loud = loud[loud > loud.mean() * 10 ** (_RELATIVE_LU / 10)]
    return power_lufs(float(loud.mean()))


def power_lufs(power: float) -> float:
    """The loudness of a mean square."""
    return OFFSET_LU + 10 * math.log10(power) if power > 0 else NOTHING_LUFS


def lufs_power(lufs: float) -> float:
    """The mean square of a loudness."""
    return float(10 ** ((lufs - OFFSET_LU) / 10))


def blocks_of(samples: Floats) -> Blocks:
    """The blocks of a short sound in memory."""
    surveyor = Surveyor()
    for start in range(0, len(samples), RATE // 10):
        surveyor.show(samples[start : start + RATE // 10])
    return surveyor.told()

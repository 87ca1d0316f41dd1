"""Whether what was recorded is what should have been played: two sounds laid over each other where they fit best.

peak   how alike they are there, 0 (nothing in common, or silence) to 1 (the same, however loud)
share  how much of the clip is to be found in the recording, by loudness: 0.5 for one that broke off half way
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from audio.sound import frames, opened, samples

LIKENESS_RATE: Final = 8_000
"""Frames a second for comparing: all that a horn can say, and an eighth of a millisecond to measure the lag by."""
ALIKE: Final = 0.7
"""From this correlation on, a stretch counts as found."""
_STRETCH: Final = LIKENESS_RATE // 5
"""Compared at a time for `share`: 200 ms, about a syllable."""

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How a recording compares with a clip.

    `lag_ms` is how much later the clip begins in the recording; `level_db` how much louder it is there.
    """

    lag_ms: float
    peak: float
    level_db: float
    share: float


NOTHING: Final = Likeness(0.0, 0.0, -math.inf, 0.0)


def likeness(clip: Path, wav: Path) -> Likeness:
    """Compare a recording with a clip. Blocks; memory grows with both (60 MB for ten minutes). Raises Unreadable."""
    return compared(_read(clip), _read(wav))


def compared(clip: Samples, heard: Samples) -> Likeness:
    """Compare samples at LIKENESS_RATE."""
    if not clip.any() or not heard.any():
        return NOTHING
    size = 1 << (len(clip) + len(heard) - 1).bit_length()
    spectrum = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(clip, size))
    product = np.fft.irfft(spectrum, size)
    best = int(np.argmax(product))
    lag = best if best < len(heard) else best - size
    below, above = product[best - 1], product[(best + 1) % size]
    bend = below - 2 * product[best] + above
    between = 0.5 * (below - above) / bend if bend else 0.0

    a = clip[max(0, -lag) : len(heard) - lag]
    b = heard[max(0, lag) : len(clip) + lag]
    together, power, loud = float(a @ b), float(a @ a), float(b @ b)
    if together <= 0 or not power or not loud:
        return NOTHING
    return Likeness(
        lag_ms=(lag + float(between)) * 1000 / LIKENESS_RATE,
        peak=min(1.0, together / math.sqrt(power * loud)),
        level_db=20 * math.log10(together / power),
        share=_share(a, b, float(clip @ clip)),
    )


def _share(clip: Samples, heard: Samples, whole: float) -> float:
    """Of the clip's energy, the part in stretches that are alike."""
    count = -(-len(clip) // _STRETCH)
    room = count * _STRETCH - len(clip)
    a = np.pad(clip, (0, room)).reshape(count, _STRETCH)
    b = np.pad(heard, (0, room)).reshape(count, _STRETCH)
    together = (a * b).sum(axis=1)
    own, other = (a * a).sum(axis=1), (b * b).sum(axis=1)
    alike = together > ALIKE * np.sqrt(own * other) + 1e-12
    return min(1.0, float(own[alike].sum()) / whole)


def _read(file: Path) -> Samples:
    with opened(file) as container:
        read = [samples(f) for f in frames(container, rate=LIKENESS_RATE, size=LIKENESS_RATE)]
    whole: Samples = np.concatenate(read or [np.zeros(0, np.int16)]).astype(np.float32)
    return whole / np.float32(32768)

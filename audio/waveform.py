"""A sound's outline for the editor: how high it stands at each of so many places."""

from array import array
from pathlib import Path

import numpy as np

from audio.graphs import floats
from audio.made import Unreadable
from audio.sound import RATE, frames, opened


def waveform(file: Path, points: int) -> list[float]:
    """The highest sample, 0 to 1, of each of `points` equal parts of a sound. Blocks; streamed. Raises Unreadable.

    A sound of fewer samples than points gives as many as there are.
    """
    if points < 1:
        raise ValueError("at least one point")
    fine = array("f")
    size = RATE // 100
    pending = np.zeros(0, np.float32)
    with opened(file) as container:
        for frame in frames(container, fmt="flt"):
            pending = np.concatenate((pending, np.abs(floats(frame))))
            whole = len(pending) // size * size
            fine.extend(pending[:whole].reshape(-1, size).max(axis=1))
            pending = pending[whole:]
    if len(pending):
        fine.append(float(pending.max()))
    if not fine:
        raise Unreadable("no sound in it")
    heights = np.minimum(np.asarray(fine), 1.0)
    ends = np.linspace(0, len(heights), min(points, len(heights)) + 1).astype(int)
    return [round(float(height), 4) for height in np.maximum.reduceat(heights, ends[:-1])]

"""Whether speech in a recording is hard to make out, because music or noise stands nearly as high as the voice.

Heard is the telephone's band. Speech is known by its syllables: most of its level's movement is between 2 and 8 Hz, and
spread there, while a beat gathers in a few places. How far it stands above what lies below is seen in its own gaps.
What this can tell and what not: docs/speech.md, "Speech below music".
"""

from array import array
from dataclasses import dataclass
from typing import Final

import numpy as np
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

from audio.graphs import Chain, Step, floats
from audio.sound import RATE

_BAND: Final[tuple[Step, ...]] = (*(("highpass", "f=300"),) * 2, *(("lowpass", "f=3400"),) * 2)
_HOP: Final = RATE // 100
"""Samples in one value of the level: 10 ms."""
_WINDOW, _STEP = 800, 400
"""Values: 8 s are judged at a time, every 4 s."""
_SYLLABLES_HZ: Final = (2.0, 8.0)
_MOVEMENT_HZ: Final = (0.5, 25.0)
LEAST_SHARE: Final = 0.6
"""Of the level's movement that lies where syllables do: 0.61 to 0.77 for speech, below 0.56 for plucked music."""
LEAST_SPREAD: Final = 0.3
"""How evenly it is spread there (geometric over arithmetic mean): 0.33 to 0.6 for speech, below 0.15 for a beat."""
LEAST_DEPTH: Final = 0.09
"""How deep it is: noise alone stays below 0.03."""
LEAST_RANGE_DB: Final = 16.0
"""Between gaps and loud moments: over 30 for clean speech, over 16.6 for speech 15 dB above what lies below it."""
LEAST_PART: Final = 0.5
"""Of the windows with speech in them that must be so."""


@dataclass(frozen=True, slots=True)
class Window:
    """Eight seconds: whether someone speaks in them, and how far the voice stands above its gaps."""

    speech: bool
    range_db: float


class Listener:
    """Shown a recording's frames (mono, 16 bits, at RATE), it tells in the end. An hour is 1.4 MB."""

    def __init__(self) -> None:
        self._band = Chain(_BAND, "s16")
        self._power = array("f")
        self._rest: NDArray[np.float32] = np.zeros(0, np.float32)

    def show(self, frame: AudioFrame) -> None:
        """These samples come next."""
        for heard in self._band.feed(frame):
            samples = np.concatenate((self._rest, floats(heard)))
            whole = len(samples) // _HOP * _HOP
            self._rest = samples[whole:]
            self._power.frombytes(np.square(samples[:whole]).reshape(-1, _HOP).mean(axis=1).tobytes())

    def windows(self) -> list[Window]:
        """What it heard, window by window."""
        power = np.frombuffer(self._power.tobytes(), np.float32).astype(np.float64)
        if len(power) < _STEP:
            return []
        smooth = np.convolve(power, np.ones(2) / 2, "same")
        return [_window(smooth[at : at + _WINDOW]) for at in range(0, len(smooth) - _STEP + 1, _STEP)]

    @property
    def masked(self) -> bool:
        """Whether at least half of the windows with speech in them are hard to make out."""
        spoken = [one for one in self.windows() if one.speech]
        hard = sum(one.range_db < LEAST_RANGE_DB for one in spoken)
        return bool(spoken) and hard >= LEAST_PART * len(spoken)


def _window(power: NDArray[np.float64]) -> Window:
    level = 10 * np.log10(power + 1e-9)
    range_db = float(np.percentile(level, 90) - np.percentile(level, 8))
    height = np.sqrt(power)
    mean = float(height.mean())
    if mean <= 0:
        return Window(speech=False, range_db=0.0)
    moves = np.abs(np.fft.rfft((height / mean - 1) * np.hanning(len(height)))) ** 2
    hertz = np.fft.rfftfreq(len(height), _HOP / RATE)
    whole = float(moves[(hertz > _MOVEMENT_HZ[0]) & (hertz <= _MOVEMENT_HZ[1])].sum())
    syllables = moves[(hertz > _SYLLABLES_HZ[0]) & (hertz <= _SYLLABLES_HZ[1])] + 1e-12
    share = float(syllables.sum()) / (whole + 1e-12)
    spread = float(np.exp(np.log(syllables).mean()) / syllables.mean())
    depth = float(np.sqrt(2 * syllables.sum())) / len(height)
    return Window(share >= LEAST_SHARE and spread >= LEAST_SPREAD and depth >= LEAST_DEPTH, range_db)

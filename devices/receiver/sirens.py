"""The sirens and the three tones of "identify": made here once, kept on the receiver's disk, ready before any alarm.

Everything lies between 400 and 3,000 Hz: below, a horn gives nothing and its driver suffers; above, distance eats it.
Each siren is one cycle that ends in the phase it began with, so that it repeats without a click.
"""

import math
import os
import wave
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from devices.receiver.sound import BLOCK_FRAMES, FRAME_BYTES, Source
from devices.vocabulary import SAMPLE_RATE, Siren

_PEAK: Final = 26_000
"""-2 dB: loud, with room for the amplifier's filters."""
_OVERTONES: Final = ((1, 0.70), (2, 0.24), (3, 0.06))
"""The wood of the sound: a tone with two overtones carries further through wind and traffic than a pure one."""
_ATTACK_FRAMES: Final = SAMPLE_RATE * 20 // 1000
_RELEASE_FRAMES: Final = SAMPLE_RATE * 30 // 1000
_EDITION: Final = 1
"""Part of the file names; grows when the sounds below change."""


def _hi_lo(t: float) -> float:
    return 950.0 if t * 2 < 1 else 700.0


def _wail(t: float) -> float:
    return 725.0 - 225.0 * math.cos(math.tau * t / 4.0)


def _yelp(t: float) -> float:
    return 725.0 - 225.0 * math.cos(math.tau * t / 0.4)


def _steady(t: float) -> float:
    del t
    return 800.0


_CYCLES: Final[dict[Siren, tuple[float, Callable[[float], float]]]] = {
    Siren.HI_LO: (1.0, _hi_lo),
    Siren.WAIL: (4.0, _wail),
    Siren.YELP: (0.4, _yelp),
    Siren.STEADY: (1.0, _steady),
}
"""Seconds of one cycle, and its pitch in Hz at a moment of it. Pitch over the cycle sums to whole periods."""


def ensure(folder: Path) -> None:
    """Have every siren in `folder`; one that is missing or damaged is made anew (a second each). Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for siren in Siren:
        if _read(folder, siren) is None:
            _write(_path(folder, siren), _cycle(siren))


def siren_source(folder: Path, siren: Siren, seconds: float) -> Source:
    """That siren, repeated to the length. Where the disk has lost it, it is made while everybody waits."""
    return _Repeated(lambda: _read(folder, siren) or _cycle(siren), round(seconds * SAMPLE_RATE))


def identify_source() -> Source:
    """Three short tones, 0.9 s in all: for the person who stands under the horn."""
    return _Repeated(_tone_and_rest, SAMPLE_RATE * 9 // 10)


class _Repeated(Source):
    def __init__(self, cycle: Callable[[], bytes], frames: int) -> None:
        self._cycle = cycle
        self._frames = frames

    @property
    def total_ms(self) -> int:
        """See Source."""
        return self._frames * 1000 // SAMPLE_RATE

    def blocks(self, from_ms: int = 0) -> Iterator[bytes]:
        """See Source. Begins softly and ends softly, wherever it begins."""
        cycle = self._cycle()
        begin = from_ms * SAMPLE_RATE // 1000
        for first in range(begin, self._frames, BLOCK_FRAMES):
            count = min(BLOCK_FRAMES, self._frames - first)
            at = first * FRAME_BYTES % len(cycle)
            pcm = cycle[at : at + count * FRAME_BYTES]
            while len(pcm) < count * FRAME_BYTES:
                pcm += cycle[: count * FRAME_BYTES - len(pcm)]
            since, left = first - begin, self._frames - first
            if since < _ATTACK_FRAMES or left - count < _RELEASE_FRAMES:
                pcm = _softened(pcm, since, left)
            yield pcm


def _softened(pcm: bytes, since: int, left: int) -> bytes:
    return array(
        "h",
        [
            int(s * min(1.0, (since + i) / _ATTACK_FRAMES, (left - i) / _RELEASE_FRAMES))
            for i, s in enumerate(array("h", pcm))
        ],
    ).tobytes()


def _cycle(siren: Siren) -> bytes:
    seconds, pitch = _CYCLES[siren]
    samples, phase = array("h"), 0.0
    for i in range(round(seconds * SAMPLE_RATE)):
        samples.append(int(_PEAK * sum(a * math.sin(n * phase) for n, a in _OVERTONES)))
        phase += math.tau * pitch(i / SAMPLE_RATE) / SAMPLE_RATE
    return samples.tobytes()


def _tone_and_rest() -> bytes:
    """150 ms of tone with soft edges, 150 ms of silence."""
    frames = SAMPLE_RATE * 150 // 1000
    tone = array("h", [int(_PEAK / 2 * math.sin(math.tau * 1_000 * i / SAMPLE_RATE)) for i in range(frames)])
    return _softened(tone.tobytes(), 0, frames) + bytes(frames * FRAME_BYTES)


def _path(folder: Path, siren: Siren) -> Path:
    return folder / f"siren-{siren}-{_EDITION}.wav"


def _read(folder: Path, siren: Siren) -> bytes | None:
    try:
        with wave.open(str(_path(folder, siren)), "rb") as file:
            form = (file.getnchannels(), file.getsampwidth(), file.getframerate())
            pcm = file.readframes(file.getnframes())
    except (OSError, EOFError, wave.Error):
        return None
    right = form == (1, FRAME_BYTES, SAMPLE_RATE) and len(pcm) == round(_CYCLES[siren][0] * SAMPLE_RATE) * FRAME_BYTES
    return pcm if right else None


def _write(path: Path, pcm: bytes) -> None:
    partial = path.with_suffix(".part")
    with partial.open("wb") as raw:
        with wave.open(raw, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(FRAME_BYTES)
            file.setframerate(SAMPLE_RATE)
            file.writeframes(pcm)
        raw.flush()
        os.fsync(raw.fileno())
    partial.replace(path)

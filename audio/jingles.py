"""The jingles that are always there, made here with pydub, 48 kHz mono: how a programme begins, ends, turns a page.

pydub holds what it works on in memory, so it makes only what is short.
"""

import warnings
from collections.abc import Callable, Iterable
from functools import cache
from typing import Final

import numpy as np

from audio.blocks import blocks_of
from audio.chime import chime
from audio.dynamics import CEILING_DB, TARGET_LUFS
from audio.graphs import Floats
from audio.sound import RATE

with warnings.catch_warnings():  # as in `audio.chime`
    warnings.simplefilter("ignore")
    from pydub import AudioSegment
    from pydub.generators import Sine

_DO, _RE, _MI, _SOL, _LA, _HIGH_DO, _HIGH_RE, _HIGH_MI = 523.3, 587.3, 659.3, 784.0, 880.0, 1046.5, 1174.7, 1318.5
_RISING: Final = (
    (_SOL, 0), (_LA, 350), (_HIGH_DO, 700), (_HIGH_RE, 1050), (_HIGH_MI, 1400), (_HIGH_RE, 2100), (_HIGH_DO, 2450),
    (_HIGH_RE, 2800), (_LA, 3500), (_SOL, 3500), (_HIGH_DO, 4200), (_HIGH_MI, 4200),
)  # fmt: skip
"""Hz, and when it is struck in ms: five tones, as the tunes of the country have them."""
_FALLING: Final = ((_HIGH_MI, 0), (_HIGH_RE, 400), (_LA, 800), (_SOL, 1200), (_MI, 1900), (_DO, 2600), (_SOL, 2600))
_RING_MS: Final = 1_600
_OVERTONES: Final = ((1, -14.0), (2, -24.0), (3, -32.0), (5, -40.0))
"""Which multiple of a note, and how loud in dB below full scale: a struck bar."""


def jingle(name: str) -> Floats:
    """A jingle as loud as everything else, mono at RATE. Raises KeyError for a name that is none of `NAMES`."""
    return _MAKERS[name]()


@cache
def _rising() -> Floats:
    return _level(_struck(_RISING))


@cache
def _falling() -> Floats:
    return _level(_struck(_FALLING))


@cache
def _chime() -> Floats:
    return _level(chime())


_MAKERS: Final[dict[str, Callable[[], Floats]]] = {"rising": _rising, "falling": _falling, "chime": _chime}
NAMES: Final = tuple(_MAKERS)


def _struck(notes: Iterable[tuple[float, int]]) -> bytes:
    """Notes that are struck softly and ring out, as 16-bit mono PCM."""
    struck = list(notes)
    whole = AudioSegment.silent(duration=struck[-1][1] + _RING_MS, frame_rate=RATE) - 3
    for pitch, at in struck:
        whole = whole.overlay(_bar(pitch), position=at)
    return bytes(whole.set_channels(1).set_sample_width(2).raw_data)


@cache
def _bar(pitch: float) -> AudioSegment:
    note = AudioSegment.silent(duration=_RING_MS, frame_rate=RATE)
    for multiple, volume in _OVERTONES:
        tone = Sine(pitch * multiple, sample_rate=RATE).to_audio_segment(duration=_RING_MS, volume=volume)
        note = note.overlay(tone.fade_in(6).fade(to_gain=-36.0, start=40, end=_RING_MS - 80).fade_out(80))
    return note


def _level(pcm: bytes) -> Floats:
    """As loud as a bulletin, unless its peaks are in the way."""
    samples = np.frombuffer(pcm, np.int16).astype(np.float32) / np.float32(32768)
    told = blocks_of(samples)
    gain_db = min(TARGET_LUFS - told.loudness, CEILING_DB - told.true_peak_db)
    made: Floats = samples * np.float32(10 ** (gain_db / 20))
    return made

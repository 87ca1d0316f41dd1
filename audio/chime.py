"""The chime in front of every bulletin: three falling tones, made here with pydub, 48 kHz mono.

pydub holds what it works on in memory, so it makes only this.
"""

import warnings
from functools import cache
from typing import Final

from audio.sound import RATE

with (
    warnings.catch_warnings()
):  # pydub looks for an ffmpeg program, and Python finds fault with its spelling: neither is ours
    warnings.simplefilter("ignore")
    from pydub import AudioSegment
    from pydub.generators import Sine

_NOTES: Final = ((784.0, 0), (659.3, 330), (523.3, 660))
"""Hz, and when it is struck in ms: sol, mi, do."""
_RING_MS: Final = 900
_OVERTONES: Final = ((1, -13.0), (2, -25.0), (3, -33.0))
"""Which multiple of a note, and how loud in dB below full scale."""
_GAP_MS: Final = 350
"""Between the chime and the first word."""


@cache
def chime() -> bytes:
    """The chime and the pause after it, as 16-bit mono PCM at RATE; made once."""
    length = _NOTES[-1][1] + _RING_MS
    whole = AudioSegment.silent(duration=length, frame_rate=RATE)
    for pitch, at in _NOTES:
        whole = whole.overlay(_bell(pitch), position=at)
    whole += AudioSegment.silent(duration=_GAP_MS, frame_rate=RATE)
    return bytes(whole.set_channels(1).set_sample_width(2).raw_data)


def _bell(pitch: float) -> AudioSegment:
    """A note that is struck softly and rings out."""
    note = AudioSegment.silent(duration=_RING_MS, frame_rate=RATE)
    for multiple, volume in _OVERTONES:
        tone = Sine(pitch * multiple, sample_rate=RATE).to_audio_segment(duration=_RING_MS, volume=volume)
        note = note.overlay(tone.fade_in(8).fade(to_gain=-30.0, start=60, end=_RING_MS - 60).fade_out(60))
    return note

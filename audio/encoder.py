"""Ogg Opus, written in chapters of half a minute, two at a time, each listened to before it is kept.

Opus lets a peak through now and then, in an hour of speech by more than four decibels. Here that moment is turned down,
and only the half minute around it encoded once more. Chapters meet in the quietest fiftieth of a second at hand, and an
encoder is led in before its chapter, so that nobody hears where they meet.
"""

import os
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeAlias

import av
import numpy as np
from av.audio.stream import AudioStream
from av.packet import Packet

from audio.blocks import BLOCK, Surveyor
from audio.graphs import Floats, floats, frame_of
from audio.sound import RATE

Sound: TypeAlias = "Packet[AudioStream]"
PACKET: Final = RATE // 50
"""Samples in a packet."""
CHAPTER: Final = 30 * RATE
_CHOICE: Final = 5 * RATE
"""The last part of a chapter, where the next may begin."""
_LEAD_IN: Final = 5 * PACKET
"""An encoder knows no more than the last tenth of a second."""
_AT_ONCE: Final = min(2, os.cpu_count() or 1)
_TRIES: Final = 9
_AROUND: Final = RATE // 25
"""Samples before and after a peak that are turned down, softly."""
_MORE_DB: Final = 0.2
"""Beside what is too much, at first; twice as much each time that was not enough."""


@dataclass(frozen=True, slots=True)
class Voice:
    """How Opus is to encode: bits a second, what it is to expect, and the highest peak that may come out of it."""

    application: str
    bit_rate: int
    peak: float


@dataclass(frozen=True, slots=True)
class _Chapter:
    samples: Floats
    """With the lead-in."""
    start: int
    """Where they begin in the whole."""
    lead_in: int
    last: bool


class Encoder:
    """Writes mono floats at RATE into a file. Leaving it finishes the file. Raises OSError, such as for a full disk."""

    def __init__(self, out: Path, voice: Voice) -> None:
        self._out, self._voice = out, voice
        self._waiting: list[Floats] = []
        self._length = 0
        self._start, self._lead_in = 0, 0
        self._made: deque[Future[Sequence[Sound]]] = deque()

    def write(self, samples: Floats) -> None:
        """These come next."""
        self._waiting.append(samples)
        self._length += len(samples)
        if self._length - self._lead_in >= CHAPTER:
            self._close_chapter()

    def __enter__(self) -> Self:
        # bitexact: else the muxer draws a random stream number, and no clip would have the same name twice
        self._container = av.open(str(self._out), "w", format="ogg", container_options={"fflags": "+bitexact"})
        self._stream = self._container.add_stream("libopus", rate=RATE, options=_options(self._voice))
        self._stream.layout = "mono"
        self._stream.bit_rate = self._voice.bit_rate
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="encoder")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._begin(np.concatenate(self._waiting), last=True)
                while self._made:
                    self._keep()
        finally:
            self._pool.shutdown(cancel_futures=True)
            self._container.close()

    def _close_chapter(self) -> None:
        samples = np.concatenate(self._waiting)
        cut = _quietest(samples, len(samples) - _CHOICE)
        self._begin(samples[:cut], last=False)
        rest = samples[cut - _LEAD_IN :].copy()
        self._waiting, self._length = [rest], len(rest)
        self._start += cut - _LEAD_IN
        self._lead_in = _LEAD_IN

    def _begin(self, samples: Floats, *, last: bool) -> None:
        chapter = _Chapter(samples, self._start, self._lead_in, last)
        self._made.append(self._pool.submit(_encoded, chapter, self._voice))
        if len(self._made) > _AT_ONCE:
            self._keep()

    def _keep(self) -> None:
        for packet in self._made.popleft().result():
            packet.stream = self._stream
            self._container.mux(packet)


def _options(voice: Voice) -> dict[str, str]:
    return {"application": voice.application, "vbr": "constrained", "compression_level": "5", "flags": "+bitexact"}


def _quietest(samples: Floats, begin: int) -> int:
    """Where the quietest packet after `begin` starts."""
    first = -(-begin // PACKET)
    count = len(samples) // PACKET
    power = np.square(samples[first * PACKET : count * PACKET]).reshape(-1, PACKET).mean(axis=1)
    return (first + int(power.argmin())) * PACKET


def _encoded(chapter: _Chapter, voice: Voice) -> Sequence[Sound]:
    """The packets of a chapter; its peaks turned down where they do not come out as they went in."""
    samples = chapter.samples
    for again in range(_TRIES):
        packets, extradata = _packets(samples, chapter, voice)
        over = _over(packets, extradata, voice.peak)
        if not over:
            break
        samples = _turned_down(samples, over, _MORE_DB * 2**again)
    return packets[chapter.lead_in // PACKET :]


def _packets(samples: Floats, chapter: _Chapter, voice: Voice) -> tuple[list[Sound], bytes]:
    encoder = av.CodecContext.create("libopus", "w")
    assert isinstance(encoder, av.AudioCodecContext)  # noqa: S101 - what else would encode sound
    encoder.sample_rate, encoder.layout, encoder.format = RATE, "mono", "flt"
    encoder.time_base = Fraction(1, RATE)
    encoder.bit_rate = voice.bit_rate
    encoder.options = _options(voice)
    made: list[Sound] = []
    for at in range(0, len(samples), RATE):
        made += encoder.encode(frame_of(samples[at : at + RATE], chapter.start + at))
    extradata = encoder.extradata or b""
    if chapter.last:
        made += encoder.encode(None)
    return made, extradata


def _over(packets: Sequence[Sound], extradata: bytes, limit: float) -> list[tuple[int, float]]:
    """Where packets come out above the limit (the sample in them), and by how many decibels."""
    decoder = av.CodecContext.create("opus", "r")
    decoder.extradata = extradata
    surveyor = Surveyor()
    for first in range(0, len(packets), 5):
        made = [f for packet in packets[first : first + 5] for f in decoder.decode(av.Packet(bytes(packet)))]
        surveyor.show(np.concatenate([floats(f) for f in made]))
    peaks = surveyor.told().peak
    found = np.flatnonzero(peaks > limit)
    return [(int(at) * BLOCK, float(20 * np.log10(peaks[at] / limit))) for at in found]


def _turned_down(samples: Floats, over: Sequence[tuple[int, float]], more_db: float) -> Floats:
    """The samples, softer around each of those places by as many decibels and `more_db`."""
    by_db = np.zeros(len(samples), np.float32)
    shape = np.hanning(2 * _AROUND + BLOCK).astype(np.float32)
    for at, excess_db in over:
        begin, end = max(0, at - _AROUND), min(len(samples), at + BLOCK + _AROUND)
        here = shape[begin - at + _AROUND : end - at + _AROUND] * (excess_db + more_db)
        by_db[begin:end] = np.maximum(by_db[begin:end], here)
    made: Floats = samples * np.power(np.float32(10), by_db / np.float32(-20))
    return made

"""A clip on disk, decoded to PCM block by block while it plays: memory does not grow with its length."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
from av.audio.stream import AudioStream
from av.container import InputContainer

from devices.receiver.sound import BLOCK_FRAMES, FRAME_BYTES, Source, Undecodable
from devices.vocabulary import SAMPLE_RATE

FORMATS: Final = "ogg,wav,mp3,mov,flac"
"""Containers a clip may have. No playlists: a clip must not make a receiver open anything else."""
PREROLL_MS: Final = 200
"""Decoded and thrown away before a position in the middle: Opus needs 80 ms to find its tone again (RFC 7845, 4.6)."""
_BLOCK: Final = BLOCK_FRAMES * FRAME_BYTES
_FAULTS: Final = (av.FFmpegError, OSError, ValueError, IndexError)


class ClipSource(Source):
    """A sound file. Pass `total_ms` where it is known: the file is then not opened before it plays."""

    def __init__(self, path: Path, total_ms: int | None = None) -> None:
        self._path = path
        self._total_ms = total_ms

    @property
    def total_ms(self) -> int:
        """See Source. Reads the file's head the first time. Raises Undecodable."""
        if self._total_ms is None:
            try:
                with self._open() as container:
                    self._total_ms = _length_ms(container)
            except _FAULTS as error:
                raise self._undecodable(error) from error
        return self._total_ms

    def blocks(self, from_ms: int = 0) -> Iterator[bytes]:
        """See Source."""
        try:
            with self._open() as container:
                pending = bytearray()
                for pcm in _pcm(container, from_ms):
                    pending += pcm
                    while len(pending) >= _BLOCK:
                        yield bytes(pending[:_BLOCK])
                        del pending[:_BLOCK]
                if pending:
                    yield bytes(pending)
        except _FAULTS as error:
            raise self._undecodable(error) from error

    def _open(self) -> InputContainer:
        options = {"format_whitelist": FORMATS, "protocol_whitelist": "file"}
        return av.open(f"file:{self._path}", mode="r", container_options=options)

    def _undecodable(self, error: Exception) -> Undecodable:
        return Undecodable(f"{self._path.name}: {error}")


def _pcm(container: InputContainer, from_ms: int) -> Iterator[bytes]:
    stream = _sound_track(container)
    base = stream.time_base or Fraction(1, SAMPLE_RATE)
    start = (stream.start_time or 0) * base
    wanted = start + Fraction(from_ms, 1000)
    if from_ms > PREROLL_MS:
        container.seek(int((wanted - Fraction(PREROLL_MS, 1000)) / base), stream=stream)
    resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
    drop = None if from_ms else 0
    decoded = False
    for frame in container.decode(stream):
        decoded = True
        if drop is None:
            drop = 0 if frame.pts is None else max(0, round((wanted - frame.pts * base) * SAMPLE_RATE) * FRAME_BYTES)
        for out in resampler.resample(frame):
            pcm = bytes(out.planes[0])[: out.samples * FRAME_BYTES]
            yield pcm[drop:]
            drop = max(0, drop - len(pcm))
    if not decoded:
        raise ValueError("no sound in it")
    for out in resampler.resample(None):
        yield bytes(out.planes[0])[drop : out.samples * FRAME_BYTES]


def _sound_track(container: InputContainer) -> AudioStream:
    if not container.streams.audio:
        raise ValueError("no sound in it")
    stream = container.streams.audio[0]
    # more threads would each hold frames of their own; one decodes far faster than it sounds
    stream.codec_context.thread_count = 1
    return stream


def _length_ms(container: InputContainer) -> int:
    stream = _sound_track(container)
    if stream.duration is not None and stream.time_base is not None:
        return round(stream.duration * stream.time_base * 1000)
    if container.duration is not None:
        return round(container.duration * 1000 / av.time_base)
    raise ValueError("its length is not written in it")

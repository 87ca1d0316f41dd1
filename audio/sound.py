"""Sound files, opened with care and read as mono PCM piece by piece: what mastering, intake and likeness share.

A file comes from a stranger. Its first bytes decide which one demuxer may look at it; no playlist, no network, no
second file can be reached from it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from numpy.typing import NDArray

from audio.made import Unreadable

RATE: Final = 48_000
"""Frames a second of everything that is made here."""
FAULTS: Final = (av.FFmpegError, OSError, ValueError, IndexError)
"""What PyAV throws at a file it cannot read."""
_HEAD_BYTES: Final = 64 * 1024
_ID3_BYTES: Final = 10
_MOV_BOXES: Final = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
_VIDEO_MAGIC: Final = (b"FLV\x01", b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3")
"""Flash, MPEG-PS, MPEG-1: never opened, only known by sight."""
_MAGIC: Final = {
    b"OggS": "ogg",
    b"fLaC": "flac",
    b"caff": "caf",
    b".snd": "au",
    b"#!AMR": "amr",
    b"\x1a\x45\xdf\xa3": "matroska",  # WebM too: what a browser records
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11": "asf",
}


def container_of(file: Path) -> str:
    """The one demuxer for that file, by its first bytes; "" for none.

    mp3, wav, ogg, flac, mov, aac, aiff, caf, au, amr, matroska, asf.

    "video" for containers that are known by sight and never opened. Raises OSError.
    """
    with file.open("rb") as stream:
        tag = after_id3(stream)
        head = stream.read(_HEAD_BYTES)
    return _by_magic(head) or _by_magic(head.lstrip(b"\0")) or ("mp3" if tag else "")


def after_id3(stream: BinaryIO) -> int:
    """Move a file that was just opened behind its ID3v2 tag, if it begins with one; how long that was."""
    head = stream.read(_ID3_BYTES)
    length = 0
    if head[:3] == b"ID3" and len(head) == _ID3_BYTES:
        length = _ID3_BYTES + sum((b & 0x7F) << (7 * i) for i, b in enumerate(reversed(head[6:])))
    stream.seek(length)
    return length


def _by_magic(head: bytes) -> str:
    found = ""
    if head.startswith(_VIDEO_MAGIC) or (head[:4] == b"RIFF" and head[8:12] == b"AVI "):
        found = "video"
    elif head[:4] in {b"RIFF", b"RF64"} and head[8:12] == b"WAVE":
        found = "wav"
    elif head[:4] == b"FORM" and head[8:12] in {b"AIFF", b"AIFC"}:
        found = "aiff"
    elif magic := next((magic for magic in _MAGIC if head.startswith(magic)), b""):
        found = _MAGIC[magic]
    elif head[4:8] in _MOV_BOXES:
        found = "mov"
    elif len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:  # noqa: PLR2004 - eleven bits of MPEG sync
        found = "aac" if head[1] & 0x06 == 0 else "mp3"
    return found


@contextmanager
def opened(file: Path) -> Iterator[InputContainer]:
    """The container of a sound file. Raises Unreadable."""
    try:
        form = container_of(file)
        if form in {"", "video"}:
            raise Unreadable(f"{file.name}: no sound file by its first bytes")
        container = av.open(f"file:{file}", "r", format=form, container_options={"protocol_whitelist": "file"})
    except FAULTS as error:
        raise Unreadable(f"{file.name}: {error}") from error
    try:
        yield container
    finally:
        container.close()


def sound_track(container: InputContainer) -> AudioStream:
    """The first sound track. Raises Unreadable."""
    if not container.streams.audio:
        raise Unreadable("no sound track")
    return container.streams.audio[0]


@dataclass
class Tally:
    """How well a file could be decoded: packets seen, how many were damaged, which was the last of those."""

    packets: int = 0
    damaged: int = 0
    last_damaged: int = 0

    @property
    def damaged_to_the_end(self) -> bool:
        """The very last packet could not be decoded: a file that was cut in the middle of one."""
        return self.damaged > 0 and self.last_damaged == self.packets


def frames(
    container: InputContainer,
    *,
    rate: int = RATE,
    size: int = RATE // 10,
    fmt: str = "s16",
    tally: Tally | None = None,
) -> Iterator[AudioFrame]:
    """Mono frames at `rate`, 16 bits or `fmt`, `size` samples each, numbered from 0 without a gap. Raises Unreadable.

    A damaged packet is left out, as every player does; `tally` counts them.
    """
    stream = sound_track(container)
    resampler = av.AudioResampler(format=fmt, layout="mono", rate=rate, frame_size=size)
    position = 0
    try:
        for frame in _decoded(container, stream, tally or Tally()):
            frame.pts = None
            for out in resampler.resample(frame):
                out.pts, position = position, position + out.samples
                yield out
        for out in resampler.resample(None):
            out.pts, position = position, position + out.samples
            yield out
    except FAULTS as error:
        raise Unreadable(str(error)) from error


def _decoded(container: InputContainer, stream: AudioStream, tally: Tally) -> Iterator[AudioFrame]:
    for packet in container.demux(stream):
        tally.packets += packet.size > 0
        try:
            yield from packet.decode()
        except av.InvalidDataError:
            tally.damaged += 1
            tally.last_damaged = tally.packets


def samples(frame: AudioFrame) -> NDArray[np.int16]:
    """The samples of a frame from `frames`."""
    return np.frombuffer(bytes(frame.planes[0]), np.int16)[: frame.samples]


def length_s(container: InputContainer) -> float | None:
    """How long the file says its sound is, in seconds; None where it does not say."""
    stream = sound_track(container)
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return container.duration / av.time_base if container.duration else None

"""An honest twin of a sound card: takes frames at the pace of real time and writes them into WAV files.

One file a sound, named by the UTC instant of its first frame and its label, 16-bit PCM. The header is brought up to
date after every block, so that the file of a process that was killed is readable up to its last block.
"""

import os
import re
import struct
import time
from collections.abc import Callable
from datetime import UTC
from pathlib import Path
from typing import Final

from devices.receiver.clock import Clock
from devices.receiver.sound import BLOCK_FRAMES, FRAME_BYTES, NoSoundCard, Sink
from devices.vocabulary import SAMPLE_RATE

BUFFER_S: Final = 0.060
"""What it takes ahead of time, as a sound card's buffer does."""
_HEADER_BYTES: Final = 44


def wavs_of(folder: Path, label: str) -> list[Path]:
    """The files of that sound, oldest first."""
    return sorted(p for p in folder.glob("*.wav") if p.stem.partition("_")[2] == _plain(label))


class WavSink(Sink):
    """Writes into `folder`. `pause` lets seconds pass for the writing thread; tests turn a clock in it."""

    def __init__(self, folder: Path, clock: Clock, pause: Callable[[float], None] = time.sleep) -> None:
        self._folder = folder
        self._clock = clock
        self._pause = pause
        self._label: str | None = None
        self._file: int | None = None
        self._taken = 0
        self._empty_at = 0.0
        """When the buffer will have run dry."""

    def open(self, label: str) -> None:
        """See Sink."""
        self._end_file()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unwritable(error) from error
        self._label = label
        self._taken = 0

    def write(self, pcm: bytes) -> None:
        """See Sink."""
        if self._label is None:
            raise NoSoundCard("Chưa mở đầu ra âm thanh.")
        for start in range(0, len(pcm), BLOCK_FRAMES * FRAME_BYTES):
            self._take(pcm[start : start + BLOCK_FRAMES * FRAME_BYTES])

    def close(self, *, drain: bool) -> None:
        """See Sink. Dropping takes nothing back out of the file: what a card drops is shorter than its buffer."""
        if self._label is not None and drain:
            self._wait(self._empty_at - self._clock.monotonic())
        self._end_file()
        self._label = None
        self._empty_at = 0.0

    @property
    def frames_taken(self) -> int:
        """See Sink."""
        return self._taken

    @property
    def latency_s(self) -> float:
        """See Sink: a file has none."""
        return 0.0

    def _take(self, block: bytes) -> None:
        seconds = len(block) / FRAME_BYTES / SAMPLE_RATE
        self._wait(self._empty_at + seconds - BUFFER_S - self._clock.monotonic())
        try:
            if self._file is None:
                self._file = self._begin_file()
            size = self._taken * FRAME_BYTES
            os.pwrite(self._file, block, _HEADER_BYTES + size)
            os.pwrite(self._file, _header(size + len(block)), 0)
        except OSError as error:
            raise self._unwritable(error) from error
        self._taken += len(block) // FRAME_BYTES
        self._empty_at = max(self._empty_at, self._clock.monotonic()) + seconds

    def _wait(self, seconds: float) -> None:
        if seconds > 0:
            self._pause(seconds)

    def _begin_file(self) -> int:
        first = self._clock.now().astimezone(UTC)
        name = f"{first:%Y%m%dT%H%M%S.%fZ}_{_plain(self._label or '')}.wav"
        file = os.open(self._folder / name, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o644)
        os.pwrite(file, _header(0), 0)
        return file

    def _end_file(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            os.close(file)

    def _unwritable(self, error: OSError) -> NoSoundCard:
        return NoSoundCard(
            f"Không ghi được tệp WAV vào thư mục {self._folder} ({error.strerror}). "
            "Hãy kiểm tra dung lượng ổ đĩa, quyền ghi, hoặc khóa sound.wav trong receiver.toml."
        )


def _header(data_bytes: int) -> bytes:
    """The head of a WAV file: PCM, mono, 48 kHz, 16 bits."""
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        *(b"RIFF", 36 + data_bytes, b"WAVE"),
        *(b"fmt ", 16, 1, 1, SAMPLE_RATE, SAMPLE_RATE * FRAME_BYTES, FRAME_BYTES, 16),
        *(b"data", data_bytes),
    )


def _plain(label: str) -> str:
    return re.sub(r"[^A-Za-z0-9.-]+", "-", label)[:100] or "sound"

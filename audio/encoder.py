"""Ogg Opus, written by a thread of its own: encoding takes as long as everything before it together."""

import queue
import threading
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import av

from audio.graphs import Floats, frame_of
from audio.sound import RATE

AHEAD: Final = 64
"""Pieces of a tenth of a second that may wait for the encoder."""


class Encoder:
    """Writes mono floats at RATE into a file. Leaving it finishes the file, or raises what the thread met (OSError)."""

    def __init__(self, out: Path, application: str, bit_rate: int) -> None:
        self.written = 0
        """Frames."""
        self._out, self._application, self._bit_rate = out, application, bit_rate
        self._pieces: queue.Queue[Floats | None] = queue.Queue(AHEAD)
        self._error: BaseException | None = None
        self._over = False
        """Nothing more comes."""
        self._thread = threading.Thread(target=self._run, name="encoder", daemon=True)

    def write(self, samples: Floats) -> None:
        """These come next. Raises what the thread met."""
        self._pieces.put(samples)
        self.written += len(samples)
        if self._error is not None:
            raise self._error

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pieces.put(None)
        self._thread.join()
        if self._error is not None and error is None:
            raise self._error

    def _run(self) -> None:
        try:
            self._encode()
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is raised where somebody waits for the file
            self._error = error
            while not self._over:
                self._over = self._pieces.get() is None

    def _encode(self) -> None:
        # bitexact: else the muxer draws a random stream number, and no clip would have the same name twice
        with av.open(str(self._out), "w", format="ogg", container_options={"fflags": "+bitexact"}) as container:
            options = {"application": self._application, "compression_level": "5", "flags": "+bitexact"}
            stream = container.add_stream("libopus", rate=RATE, options=options)
            stream.layout = "mono"
            stream.bit_rate = self._bit_rate
            position = 0
            while (samples := self._pieces.get()) is not None:
                container.mux(stream.encode(frame_of(samples, position)))
                position += len(samples)
            self._over = True
            container.mux(stream.encode(None))

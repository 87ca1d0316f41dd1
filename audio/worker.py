"""The child's side of `audio.child`: what every engine's worker program does the same way."""

import json
import os
import sys
import threading
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol

from audio.speech import SpeechError, SpeechFailed

_FAILED: Final = 1


class Tell(Protocol):
    """How a worker is heard."""

    def __call__(self, made: int | None = None) -> None:
        """That job `made` is done; without it, that the worker is still trying."""


Work = Callable[[dict[str, Any], Tell], None]
"""What a worker does with its request: `jobs` (`text`, `out`), `voice`, `rate`, and what its engine adds."""


def run(work: Work) -> None:
    """Read the request, do it, say how it ended. Ends the process when the parent is gone."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # a library that prints must not speak between our lines
    request: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()

    def say(**news: object) -> None:
        print(json.dumps(news), file=out, flush=True)

    def tell(made: int | None = None) -> None:
        say() if made is None else say(made=made)

    try:
        with disk_faults():
            work(request, tell)
    except SpeechError as error:
        say(failed=error.code, detail=error.detail)
        sys.exit(_FAILED)
    say(done=True)


@contextmanager
def disk_faults() -> Iterator[None]:
    """Turn what a disk refuses into SpeechFailed("disk")."""
    try:
        yield
    except OSError as error:
        raise SpeechFailed("disk", str(error)) from error


def write_wav(out: Path, pcm: bytes, rate: int) -> None:
    """Write 16-bit mono PCM as a WAV file. Raises OSError, SpeechFailed ("empty")."""
    if not pcm:
        raise SpeechFailed("empty")
    with wave.open(str(out), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pcm)


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(_FAILED)

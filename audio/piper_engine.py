"""Piper, a neural voice on our own machine: no internet, but a package (extra `piper`) and a voice file."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from audio.child import ChildEngine
from audio.speech import SpeechFailed

LIMIT_S: Final = 60.0
"""Loading a voice takes seconds on a small machine, a long sentence some more."""


class PiperEngine(ChildEngine):
    """Speaks with the voice in a file NAME.onnx, beside which lies NAME.onnx.json.

    Fails with "missing" (the package), "no-voice-file" (either file), "voice" (no voice in it), "empty", "crashed".
    """

    name = "piper"
    worker = "audio.piper_worker"

    def __init__(self, file: Path, limit_s: float = LIMIT_S, command: Sequence[str] = ()) -> None:
        super().__init__(limit_s, command)
        self._file = file
        self.voice = file.name.removesuffix(".onnx")

    @property
    def settings(self) -> str:  # type: ignore[override]  # the file may be replaced while we run
        """Which file it was: another voice under the same name is another voice."""
        try:
            stat = self._file.stat()
        except OSError:
            return ""
        return f"{self._file}:{stat.st_size}:{stat.st_mtime_ns}"

    def request(self) -> dict[str, object]:
        """See ChildEngine."""
        if find_spec("piper") is None:
            raise SpeechFailed("missing", "pip install 'loalang[piper]'")
        for file in (self._file, self._file.with_name(self._file.name + ".json")):
            if not file.is_file():
                raise SpeechFailed("no-voice-file", str(file))
        return {"file": str(self._file)}

"""eSpeak NG, the voice that is always there: no internet, no download; a machine's voice, but every word of it."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from audio.calls import IsCancelled, Tell
from audio.child import converse
from audio.speech import Engine

PIECE_LIMIT_S: Final = 30.0
"""A piece takes a few hundredths of a second; this is for a machine that is doing everything else at once."""


class EspeakEngine(Engine):
    """Speaks with the southern Vietnamese voice. Fails with "missing", "voice", "empty" (nothing to say), "crashed"."""

    name = "espeak"
    voice = "vi-vn-x-south"

    def __init__(self, command: Sequence[str] = (sys.executable, "-m", "audio.espeak_worker")) -> None:
        self._command = command

    def speak(self, text: str, out: Path, tell: Tell, cancelled: IsCancelled) -> None:
        """See Engine: a WAV file. Ends of lines and paragraphs become pauses."""
        request = {"text": text, "voice": self.voice, "out": str(out)}
        converse(self._command, request, PIECE_LIMIT_S, tell, cancelled)

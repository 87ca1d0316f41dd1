"""Google's voice, through gTTS: the best we have for nothing, and only where the internet answers.

gTTS waits for ever by default, so it works in a child process that is killed when it is late.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from audio.calls import IsCancelled, Tell
from audio.child import converse
from audio.speech import Engine


class GttsEngine(Engine):
    """Speaks Vietnamese by asking Google, piece by piece.

    `limit_s` is how long the first piece may take, from the start of the process on, and every piece after it. Fails
    with "unreachable", "refused" (an answer without sound), "empty", "text" (nothing to say).
    """

    name = "gtts"
    voice = "vi"

    def __init__(self, limit_s: float, command: Sequence[str] = (sys.executable, "-m", "audio.gtts_worker")) -> None:
        self._limit_s = limit_s
        self._command = command

    def speak(self, text: str, out: Path, tell: Tell, cancelled: IsCancelled) -> None:
        """See Engine: an MP3 file."""
        request = {"text": text, "voice": self.voice, "out": str(out), "limit_s": self._limit_s}
        converse(self._command, request, self._limit_s, tell, cancelled)

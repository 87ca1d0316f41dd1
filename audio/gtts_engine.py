"""Google's voice, through gTTS: the best we have for nothing, and only where the internet answers.

A woman of the north. gTTS waits for ever by default, so it works in a child process that is killed when it is late.
"""

from typing import Final

from audio.child import ChildEngine
from audio.marks import WOMAN

START_S: Final = 10.0
"""What the child may take to come up on a busy machine, beside the limit of its first piece."""
WAIT_S: Final = 1.0
"""Before a piece is asked for again; twice that before the third time."""


class GttsEngine(ChildEngine):
    """Speaks Vietnamese by asking Google, piece by piece; `limit_s` is how long a piece may take.

    A piece that fails is asked for again, twice; the pieces before it are kept. A first piece that gets no answer at
    all is not: there is no internet. Fails with "unreachable", "timeout", "busy", "refused" (an answer without
    sound), "empty", "text" (nothing to say).
    """

    name = "gtts"
    voice = "vi"
    keeps_pace = False
    worker = "audio.gtts_worker"

    def __init__(self, limit_s: float, command: tuple[str, ...] = (), *, wait_s: float = WAIT_S) -> None:
        super().__init__(limit_s + (0 if command else START_S), command)
        self._piece_s, self._wait_s = limit_s, wait_s

    def voice_of(self, kind: str, voice: str) -> str:
        """See Engine: the one voice is a woman's."""
        return self.voice if kind == WOMAN and voice == self.voice else ""

    def request(self) -> dict[str, object]:
        """See ChildEngine."""
        return {"limit_s": self._piece_s, "wait_s": self._wait_s}

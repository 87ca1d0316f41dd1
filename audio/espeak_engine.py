"""eSpeak NG, the voice that is always there: no internet, no download; a machine's voice, but every word of it."""

from collections.abc import Sequence
from typing import Final

from audio.child import ChildEngine
from audio.marks import MAN, WOMAN

LIMIT_S: Final = 30.0
"""A sentence takes a few hundredths of a second; this is for a machine that is doing everything else at once."""
TUNING: Final = {"variant": "f5", "words_a_minute": 120, "pitch": 40, "range": 50, "gap": 0, "comma_s": 0.18}
"""The clearest of those tried, by the recogniser of `make bench-speech`: see docs/performance.md, Speech."""

KINDS: Final = {MAN: "m7", WOMAN: "f5"}
"""Variants of its voices: of the men, the one that the recogniser of `make bench-speech` understood best."""


class EspeakEngine(ChildEngine):
    """Speaks with a southern Vietnamese voice. Fails with "missing", "voice", "empty" (nothing to say), "crashed"."""

    name = "espeak"
    voices = ("vi-vn-x-south", "vi-vn-x-central", "vi")
    worker = "audio.espeak_worker"

    def __init__(
        self, command: Sequence[str] = (), *, voice: str = "vi-vn-x-south", limit_s: float = LIMIT_S, **tuning: object
    ) -> None:
        super().__init__(limit_s, command)
        self.voice = voice
        self._tuning = {**TUNING, **tuning}
        self.settings = ",".join(f"{key}={value}" for key, value in sorted(self._tuning.items()))

    def voice_of(self, kind: str, voice: str) -> str:
        """See Engine: the same voice, spoken by another throat."""
        variant = KINDS.get(kind, "")
        return voice if not variant or variant == self._tuning["variant"] else f"{voice}+{variant}"

    def request(self) -> dict[str, object]:
        """See ChildEngine."""
        return {"tuning": self._tuning}

"""Any speech service that is asked over HTTP, as its profile says: FPT.AI, Viettel AI, Vbee, Zalo AI, Azure and others.

It is asked for its usual pace, and its sound is stretched by us: a sentence that was paid for serves every pace.
"""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from audio.calls import IsCancelled
from audio.child import ChildEngine
from audio.http_profile import Profile, load
from audio.marks import MAN, WOMAN
from audio.speech import Job, Made, Manner, SpeechFailed

START_S: Final = 10.0
"""What the child may take to come up on a busy machine, beside its limit."""
WAIT_S: Final = 1.0
"""Before a refused sentence is asked for again; twice that before the third time."""
MOST_BYTES: Final = 20_000_000
"""No sentence is larger, even as WAV."""
_VOICE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,99}\Z")


class HttpEngine(ChildEngine):
    """A speech service; `limit_s` is how long it may be silent.

    Fails with "unreachable", "timeout", "key", "no-key", "quota", "busy", "refused", "not-ready", "not-sound",
    "too-large", "empty", "voice" (a name that cannot be one).
    """

    worker = "audio.http_worker"
    keeps_pace = False

    def __init__(
        self,
        name: str,
        profile: Profile,
        limit_s: float,
        *,
        voice: str = "",
        command: Sequence[str] = (),
        wait_s: float = WAIT_S,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        super().__init__(limit_s + START_S, command)
        self.name = f"http:{name}"
        self.voice = voice or profile.voice
        self.voices = (profile.voice, *profile.voices)
        self._profile = msgspec.to_builtins(profile)
        self._ask = {"limit_s": limit_s, "wait_s": wait_s, "most_bytes": most_bytes}
        self._of_kind = {MAN: profile.men, WOMAN: profile.women}
        # whose voices they are changes no sound: sentences that were paid for stay
        sounding = {key: value for key, value in self._profile.items() if key not in {"men", "women"}}
        self.settings = hashlib.sha256(msgspec.json.encode(sounding)).hexdigest()[:16]

    def voice_of(self, kind: str, voice: str) -> str:
        """See Engine: itself, or the one whose name begins most like it: services name regions first."""
        theirs = self._of_kind.get(kind, ())
        if voice in theirs:
            return voice
        return max(theirs, key=lambda one: _alike(one, voice), default="")

    def request(self) -> dict[str, object]:
        """See ChildEngine."""
        return {"profile": self._profile, **self._ask}

    def speak(self, jobs: Sequence[Job], manner: Manner, made: Made, cancelled: IsCancelled) -> None:
        """See Engine."""
        if not _VOICE.match(manner.voice or self.voice):
            raise SpeechFailed("voice", repr(manner.voice)[:60])
        super().speak(jobs, manner, made, cancelled)


def _alike(one: str, other: str) -> int:
    """How many characters they begin with in common."""
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def by_name(name: str, folder: Path | None, limit_s: float) -> HttpEngine:
    """The engine of "http:PROFILE" or "http:PROFILE:VOICE". Raises BadProfile."""
    _, profile, *voice = name.split(":", 2)
    return HttpEngine(profile, load(profile, folder), limit_s, voice="".join(voice))

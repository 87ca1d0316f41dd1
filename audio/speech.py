"""Text to speech: the seam behind which engines stand, and the speaker that asks them one after the other.

    SpeechError
      SpeechFailed      the engine said no, broke, or gave nothing
      SpeechTimeout     it did not answer within its limit
      SpeechCancelled   the person no longer wants it

Everything here blocks: call it in a worker thread.
"""

import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from audio.calls import Cancelled, IsCancelled, Tell


class SpeechError(Exception):
    """Base of what can go wrong with speech. `code` is a word for it, `detail` more for the log."""

    code: str = "failed"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.code)
        self.detail = detail


class SpeechFailed(SpeechError):
    """Raised when an engine could not speak a text. `code` says how, such as "unreachable"."""

    def __init__(self, code: str = "failed", detail: str = "") -> None:
        super().__init__(detail or code)
        self.code = code


class SpeechTimeout(SpeechError):
    """Raised when an engine did not answer in time."""

    code = "timeout"


class SpeechCancelled(SpeechError, Cancelled):
    """Raised when `cancelled` said so."""

    code = "cancelled"


class Engine(ABC):
    """A voice."""

    name: str
    voice: str

    @abstractmethod
    def speak(self, text: str, out: Path, tell: Tell, cancelled: IsCancelled) -> None:
        """Write `text`, spoken, into `out` as a sound file that PyAV opens. Raises SpeechError; then `out` is no use.

        May be called from several threads at a time.
        """


@dataclass(frozen=True, slots=True)
class Spoken:
    """A text that was spoken into `path`. `fell_back` says why an earlier engine did not, as "gtts: timeout"."""

    path: Path
    engine: str
    voice: str
    fell_back: str = ""


class Speaker:
    """Asks engines in order until one has spoken."""

    def __init__(self, engines: Sequence[Engine]) -> None:
        if not engines:
            raise ValueError("a speaker needs at least one engine")
        self._engines = tuple(engines)

    def speak(self, text: str, out: Path, tell: Tell, cancelled: IsCancelled) -> Spoken:
        """Speak `text` (as written, in NFC) into `out`.

        Progress begins anew with every engine. Raises SpeechFailed, whose detail names what became of each, once none
        is left; SpeechCancelled at once.
        """
        text = unicodedata.normalize("NFC", text)
        failures: list[str] = []
        for engine in self._engines:
            if cancelled():
                raise SpeechCancelled
            tell(0.0)
            try:
                engine.speak(text, out, tell, cancelled)
                if not out.is_file() or not out.stat().st_size:
                    raise SpeechFailed("empty")
            except SpeechCancelled:
                out.unlink(missing_ok=True)
                raise
            except SpeechError as error:
                out.unlink(missing_ok=True)
                failures.append(f"{engine.name}: {error.code}")
                continue
            tell(1.0)
            return Spoken(out, engine.name, engine.voice, "; ".join(failures))
        raise SpeechFailed("failed", "; ".join(failures))

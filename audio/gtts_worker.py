"""Speaks sentences with Google's voice: `python -m audio.gtts_worker`, protocol in `audio.child`."""

import os
import time
from pathlib import Path
from typing import Any, Final

import gtts.tts
import requests
from gtts import gTTS, gTTSError

from audio import worker
from audio.pieces import short
from audio.speech import SpeechError, SpeechFailed, SpeechTimeout
from audio.worker import Tell

TRIES: Final = 3
_AGAIN: Final = {"unreachable", "timeout", "busy", "refused", "empty"}
_NO_ANSWER: Final = {"unreachable", "timeout"}
_BUSY: Final = 429


class VerifiedSession(requests.Session):
    """gTTS switches certificate checks off; whoever sits on the way could then put words into our loudspeakers."""

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:  # noqa: ANN401 - as in requests
        """Send, with the certificate checked against the usual authorities or those the machine names."""
        kwargs["verify"] = os.environ.get("REQUESTS_CA_BUNDLE") or True
        return super().send(request, **kwargs)


class Google:
    """Asks for pieces, again where that may help."""

    def __init__(self, request: dict[str, Any], tell: Tell) -> None:
        self._voice, self._limit_s, self._wait_s = request["voice"], request["limit_s"], request["wait_s"]
        self._tell = tell
        self._answered = False

    def say(self, text: str) -> bytes:
        """MP3 of at most 100 characters. Raises SpeechError."""
        for attempt in range(1, TRIES + 1):
            self._tell()
            try:
                sound = self._ask(text)
            except SpeechError as error:
                hopeless = error.code not in _AGAIN or (error.code in _NO_ANSWER and not self._answered)
                if attempt == TRIES or hopeless:
                    raise
                time.sleep(attempt * self._wait_s)
                continue
            self._answered = True
            return sound
        raise AssertionError  # pragma: no cover - the last attempt returns or raises

    def _ask(self, text: str) -> bytes:
        try:
            sound = b"".join(gTTS(text, lang=self._voice, lang_check=False, timeout=self._limit_s).stream())
        except gTTSError as error:
            raise _no(error) from error
        except requests.Timeout as error:
            raise SpeechTimeout(str(error)) from error
        except requests.RequestException as error:
            raise SpeechFailed("unreachable", str(error)) from error
        except AssertionError as error:
            raise SpeechFailed("text", str(error)) from error
        except (ValueError, RecursionError) as error:  # no base64, no end of a sentence
            raise SpeechFailed("refused", str(error)) from error
        if not sound:
            raise SpeechFailed("empty", text[:60])
        return sound


def _no(error: gTTSError) -> SpeechError:
    if error.rsp is None:
        slow = isinstance(error.__cause__ or error.__context__, requests.Timeout)
        return SpeechTimeout(str(error)) if slow else SpeechFailed("unreachable", str(error))
    return SpeechFailed("busy" if error.rsp.status_code == _BUSY else "refused", str(error))


def speak(request: dict[str, Any], tell: Tell) -> None:
    """Write each job's text as MP3. Raises SpeechError, OSError."""
    gtts.tts.requests.Session = VerifiedSession
    google = Google(request, tell)
    for number, job in enumerate(request["jobs"]):
        parts = [google.say(part) for part in short(job["text"], gTTS.GOOGLE_TTS_MAX_CHARS)]
        Path(job["out"]).write_bytes(b"".join(parts))
        tell(number)


if __name__ == "__main__":
    worker.run(speak)

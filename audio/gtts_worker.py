"""Speaks one text with Google's voice: `python -m audio.gtts_worker`, protocol in `audio.child`."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gtts.tts
import requests
from gtts import gTTS, gTTSError

from audio import worker
from audio.speech import SpeechFailed


class VerifiedSession(requests.Session):
    """gTTS switches certificate checks off; whoever sits on the way could then put words into our loudspeakers."""

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:  # noqa: ANN401 - as in requests
        """Send, with the certificate checked against the usual authorities or those the machine names."""
        kwargs["verify"] = os.environ.get("REQUESTS_CA_BUNDLE") or True
        return super().send(request, **kwargs)


def speak(request: dict[str, Any], tell: Callable[[float], None]) -> None:
    """Write `text` to `out` as MP3, telling after every piece. Raises SpeechFailed."""
    gtts.tts.requests.Session = VerifiedSession
    try:
        voice = gTTS(request["text"], lang=request["voice"], lang_check=False, timeout=request["limit_s"])
        pieces = len(voice.get_bodies())
        spoken = 0
        with Path(request["out"]).open("wb") as file:
            for sound in voice.stream():
                if not sound:
                    raise SpeechFailed("empty", f"piece {spoken + 1} of {pieces}")
                file.write(sound)
                spoken += 1
                tell(spoken / pieces)
        if spoken != pieces:
            raise SpeechFailed("empty", f"{spoken} of {pieces} pieces")
    except gTTSError as error:
        raise SpeechFailed("refused" if error.rsp is not None else "unreachable", str(error)) from error
    except requests.RequestException as error:
        raise SpeechFailed("unreachable", str(error)) from error
    except OSError as error:
        raise SpeechFailed("disk", str(error)) from error
    except (AssertionError, ValueError, RecursionError) as error:  # nothing to say, no base64, no end of a sentence
        raise SpeechFailed("text" if isinstance(error, AssertionError) else "refused", str(error)) from error


if __name__ == "__main__":
    worker.run(speak)

"""Speaks one text with eSpeak NG: `python -m audio.espeak_worker`, protocol in `audio.child`.

The library is in the wheel of espeakng-loader. It keeps its state in globals and may crash: one process, one text.
"""

import ctypes
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import espeakng_loader

from audio import worker
from audio.pieces import pieces
from audio.speech import SpeechFailed

# speak_lib.h
_AUDIO_OUTPUT_SYNCHRONOUS: Final = 2
_CHARS_UTF8: Final = 1
_END_PAUSE: Final = 0x1000
_POS_CHARACTER: Final = 1
_RATE: Final = 1
_EE_OK: Final = 0
_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)

WORDS_A_MINUTE: Final = 150
"""Slower than the 175 it comes with: out of a horn, with an echo, people need the time."""


class Library:
    """eSpeak NG with one voice, ready to speak. Raises SpeechFailed ("missing", "voice")."""

    def __init__(self, voice: str) -> None:
        try:
            self._lib = ctypes.CDLL(espeakng_loader.get_library_path())
            data = espeakng_loader.get_data_path()
        except (OSError, RuntimeError) as error:
            raise SpeechFailed("missing", str(error)) from error
        self.rate = self._lib.espeak_Initialize(_AUDIO_OUTPUT_SYNCHRONOUS, 0, data.encode(), 0)
        if self.rate <= 0:
            raise SpeechFailed("missing", f"no data in {data}")
        if self._lib.espeak_SetVoiceByName(voice.encode()) != _EE_OK:
            raise SpeechFailed("voice", voice)
        self._lib.espeak_SetParameter(_RATE, WORDS_A_MINUTE, 0)
        self._heard = bytearray()
        self._callback = _Callback(self._take)  # kept: the library calls it as long as it lives
        self._lib.espeak_SetSynthCallback(self._callback)

    def say(self, text: str) -> bytes:
        """PCM of `text`, 16-bit mono at `rate`. Raises SpeechFailed."""
        self._heard.clear()
        spoken = text.encode() + b"\0"
        error = self._lib.espeak_Synth(
            spoken, ctypes.c_size_t(len(spoken)), 0, _POS_CHARACTER, 0, _CHARS_UTF8 | _END_PAUSE, None, None
        )
        if error != _EE_OK:
            raise SpeechFailed("failed", f"espeak error {error}")
        return bytes(self._heard)

    def _take(self, samples: Any, count: int, events: object) -> int:  # noqa: ANN401 - a pointer made by ctypes
        del events
        if samples and count > 0:
            self._heard += ctypes.string_at(samples, count * 2)
        return 0


def speak(request: dict[str, Any], tell: Callable[[float], None]) -> None:
    """Write `text` to `out` as WAV, telling after every piece. Raises SpeechFailed."""
    library = Library(request["voice"])
    parts = list(pieces(request["text"]))
    heard = 0
    try:
        with wave.open(request["out"], "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(library.rate)
            for done, part in enumerate(parts, 1):
                pcm = library.say(part.text)
                heard += len(pcm)
                file.writeframes(pcm)
                file.writeframes(bytes(2 * int(part.pause_s * library.rate)))
                tell(done / len(parts))
    except OSError as error:
        raise SpeechFailed("disk", str(error)) from error
    if not heard:
        Path(request["out"]).unlink(missing_ok=True)
        raise SpeechFailed("empty")


if __name__ == "__main__":
    worker.run(speak)

"""Speaks sentences with eSpeak NG: `python -m audio.espeak_worker`, protocol in `audio.child`.

The library is in the wheel of espeakng-loader. It keeps its state in globals and may crash: hence a process.
"""

import ctypes
import re
from pathlib import Path
from typing import Any, Final

import espeakng_loader
import numpy as np

from audio import worker
from audio.speech import SpeechFailed
from audio.worker import Tell

# speak_lib.h
_AUDIO_OUTPUT_SYNCHRONOUS: Final = 2
_CHARS_UTF8: Final = 1
_POS_CHARACTER: Final = 1
_RATE: Final = 1
_PITCH: Final = 3
_RANGE: Final = 4
_WORD_GAP: Final = 7
_EE_OK: Final = 0
_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)

_CLAUSE: Final = re.compile(r"(?<=[,;:–—])\s+")
_SILENT: Final = 30
"""Of 32,768: what is softer at the end of a clause is its own pause, for which ours stands."""


class Library:
    """eSpeak NG with one voice, ready to speak. Raises SpeechFailed ("missing", "voice")."""

    def __init__(self, voice: str, tuning: dict[str, Any], pace: float) -> None:
        try:
            self._lib = ctypes.CDLL(espeakng_loader.get_library_path())
            data = espeakng_loader.get_data_path()
        except (OSError, RuntimeError) as error:
            raise SpeechFailed("missing", str(error)) from error
        self.rate = self._lib.espeak_Initialize(_AUDIO_OUTPUT_SYNCHRONOUS, 0, data.encode(), 0)
        if self.rate <= 0:
            raise SpeechFailed("missing", f"no data in {data}")
        variant = f"+{tuning['variant']}" if tuning["variant"] and "+" not in voice else ""
        if self._lib.espeak_SetVoiceByName(f"{voice}{variant}".encode()) != _EE_OK:
            raise SpeechFailed("voice", voice)
        self._lib.espeak_SetParameter(_RATE, round(tuning["words_a_minute"] * pace), 0)
        for number, name in ((_PITCH, "pitch"), (_RANGE, "range"), (_WORD_GAP, "gap")):
            self._lib.espeak_SetParameter(number, tuning[name], 0)
        self._comma = bytes(2 * round(tuning["comma_s"] / pace * self.rate))
        self._heard = bytearray()
        self._callback = _Callback(self._take)  # kept: the library calls it as long as it lives
        self._lib.espeak_SetSynthCallback(self._callback)

    def say(self, text: str) -> bytes:
        """PCM of a sentence, 16-bit mono at `rate`, a pause after each of its clauses. Raises SpeechFailed."""
        spoken = [self._clause(clause) for clause in _CLAUSE.split(text)]
        return self._comma.join(pcm for pcm in spoken if pcm)

    def _clause(self, text: str) -> bytes:
        self._heard.clear()
        said = text.encode() + b"\0"
        error = self._lib.espeak_Synth(said, ctypes.c_size_t(len(said)), 0, _POS_CHARACTER, 0, _CHARS_UTF8, None, None)
        if error != _EE_OK:
            raise SpeechFailed("failed", f"espeak error {error}")
        pcm = np.frombuffer(bytes(self._heard), np.int16)
        loud = np.flatnonzero(np.abs(pcm.astype(np.int32)) > _SILENT)
        return pcm[: loud[-1] + 1].tobytes() if len(loud) else b""

    def _take(self, samples: Any, count: int, events: object) -> int:  # noqa: ANN401 - a pointer made by ctypes
        del events
        if samples and count > 0:
            self._heard += ctypes.string_at(samples, count * 2)
        return 0


def speak(request: dict[str, Any], tell: Tell) -> None:
    """Write each job's text as WAV. Raises SpeechFailed, OSError."""
    library = Library(request["voice"], request["tuning"], request["rate"])
    for number, job in enumerate(request["jobs"]):
        worker.write_wav(Path(job["out"]), library.say(job["text"]), library.rate)
        tell(number)


if __name__ == "__main__":
    worker.run(speak)

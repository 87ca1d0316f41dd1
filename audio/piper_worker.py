"""Speaks sentences with Piper: `python -m audio.piper_worker`, protocol in `audio.child`."""

from pathlib import Path
from typing import Any

from audio import worker
from audio.speech import SpeechFailed
from audio.worker import Tell


def speak(request: dict[str, Any], tell: Tell) -> None:
    """Write each job's text as WAV. Raises SpeechFailed, OSError."""
    try:
        from piper import PiperVoice, SynthesisConfig  # noqa: PLC0415 - an extra: who does not have it is told so
    except ImportError as error:
        raise SpeechFailed("missing", str(error)) from error
    try:
        voice = PiperVoice.load(request["file"])
    except Exception as error:  # whatever onnxruntime and the voice's settings throw at a file that is no voice
        raise SpeechFailed("voice", str(error)) from error
    tell()
    pace = SynthesisConfig(length_scale=voice.config.length_scale / request["rate"])
    for number, job in enumerate(request["jobs"]):
        words = job["text"].replace("[[", "[ [")  # else Piper takes what stands in them for phonemes
        pcm = b"".join(chunk.audio_int16_bytes for chunk in voice.synthesize(words, pace))
        worker.write_wav(Path(job["out"]), pcm, voice.config.sample_rate)
        tell(number)


if __name__ == "__main__":
    worker.run(speak)

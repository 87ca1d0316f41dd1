import threading
import unicodedata
from pathlib import Path

import pytest

from audio.calls import Cancelled
from audio.speech import Engine, Speaker, SpeechCancelled, SpeechError, SpeechFailed, SpeechTimeout


class Voice(Engine):
    """Says what it is told, or fails as it is told."""

    voice = "v"

    def __init__(self, name, content=b"sound", error=None):
        self.name, self.content, self.error = name, content, error
        self.asked: list[str] = []

    def speak(self, text, out, tell, cancelled):
        del cancelled
        self.asked.append(text)
        out.write_bytes(self.content)
        tell(0.5)
        if self.error:
            raise self.error


def never():
    return False


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


def test_the_first_engine_speaks_and_nobody_else_is_asked(out):
    first, second = Voice("a"), Voice("b")
    told: list[float] = []
    spoken = Speaker([first, second]).speak("xin chào", out, told.append, never)
    assert (spoken.path, spoken.engine, spoken.voice, spoken.fell_back) == (out, "a", "v", "")
    assert second.asked == []
    assert told == [0.0, 0.5, 1.0]


def test_it_falls_down_the_list_and_says_why(out):
    speaker = Speaker(
        [Voice("gtts", error=SpeechTimeout()), Voice("x", error=SpeechFailed("refused")), Voice("espeak")]
    )
    spoken = speaker.speak("a", out, lambda _: None, never)
    assert spoken.engine == "espeak"
    assert spoken.fell_back == "gtts: timeout; x: refused"


def test_an_empty_file_is_no_speech(out):
    spoken = Speaker([Voice("gtts", content=b""), Voice("espeak")]).speak("a", out, lambda _: None, never)
    assert spoken.fell_back == "gtts: empty"


def test_when_nobody_can_speak_it_names_all_and_leaves_no_file(out):
    with pytest.raises(SpeechFailed) as caught:
        Speaker([Voice("a", error=SpeechFailed("unreachable")), Voice("b", content=b"")]).speak(
            "a", out, lambda _: None, never
        )
    assert caught.value.detail == "a: unreachable; b: empty"
    assert not out.exists()


def test_cancelling_asks_nobody_else(out):
    other = Voice("b")
    with pytest.raises(SpeechCancelled):
        Speaker([Voice("a", error=SpeechCancelled()), other]).speak("a", out, lambda _: None, never)
    with pytest.raises(Cancelled):
        Speaker([other]).speak("a", out, lambda _: None, lambda: True)
    assert other.asked == []
    assert not out.exists()


def test_text_goes_to_the_engine_as_written_in_composed_form(out):
    voice = Voice("a")
    Speaker([voice]).speak(unicodedata.normalize("NFD", "Thạnh Đức 25/11"), out, lambda _: None, never)
    assert voice.asked == [unicodedata.normalize("NFC", "Thạnh Đức 25/11")]


def test_every_failure_has_a_word():
    assert [e.code for e in (SpeechFailed(), SpeechTimeout(), SpeechCancelled(), SpeechFailed("voice", "x"))] == [
        "failed",
        "timeout",
        "cancelled",
        "voice",
    ]
    assert issubclass(SpeechTimeout, SpeechError)


def test_a_speaker_without_engines_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        Speaker([])


def test_threads_may_speak_at_once(tmp_path):
    speaker = Speaker([Voice("a")])
    files = [tmp_path / str(i) for i in range(8)]

    def speak(path: Path) -> None:
        speaker.speak("a", path, lambda _: None, never)

    threads = [threading.Thread(target=speak, args=(f,)) for f in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(f.read_bytes() == b"sound" for f in files)

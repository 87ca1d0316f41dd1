import wave
from importlib.util import find_spec

import msgspec
import numpy as np
import pytest

from audio.recogniser import Errors
from audio.speech import Job
from broadcast.commands.bench_speech import (
    BEGIN,
    END,
    Figures,
    entered,
    heard,
    main,
    measured,
    recordings,
    sentences,
    table,
)
from broadcast.settings import Settings


class Echo:
    """Hears what it is told, the second time always one syllable less."""

    def __init__(self, words):
        self.words = words
        self.files = []

    def listen(self, file):
        self.files.append(file)
        return self.words if len(self.files) % 2 else self.words.rpartition(" ")[0]


def voice(path):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        tone = np.sin(np.arange(32_000) / 8) * np.hanning(32_000) * 12_000
        file.writeframes(tone.astype(np.int16).tobytes())
    return path


def test_the_sentences_are_fifty_and_without_digits():
    said = sentences("south")
    assert len(said) == len(set(said)) == 50
    assert not any(c.isdigit() for text in said for c in text)


def test_a_voice_is_heard_raw_and_mastered(tmp_path):
    listener = Echo("xin chào bà con")
    found = heard("a", [Job("Xin chào bà con.", voice(tmp_path / "a.wav"))], listener, "horn", 2.0)
    assert listener.files[0] == tmp_path / "a.wav"
    assert listener.files[1].suffix == ".opus"
    assert (found.raw_words, found.words) == (Errors(0, 4), Errors(1, 4))
    assert found.line().startswith("| a | 1 | 0.0 % | 25.0 % |")
    assert found.line().endswith("| 2.00 s |")


def test_recordings_need_their_words(tmp_path):
    voice(tmp_path / "a.wav")
    voice(tmp_path / "b.wav")
    (tmp_path / "b.txt").write_text("Ngày 25/11", "utf-8")
    (job,) = recordings(tmp_path)
    assert job.out.name == "b.wav"
    assert not any(c.isdigit() for c in job.text)


def test_an_engine_that_cannot_speak_is_in_the_table_with_its_reason(tmp_path):
    usual = Settings()
    speech = msgspec.structs.replace(usual.speech, engines=("piper",), piper_voice=str(tmp_path / "none.onnx"))
    (figures,) = measured(msgspec.structs.replace(usual, speech=speech), Echo("a"), None)
    assert figures.sentences == 0
    assert figures.why
    assert "Piper (none)" in table([figures])


def test_the_table_goes_between_its_marks_and_nothing_else_changes():
    page = f"# Trang\n\n{BEGIN}\nold\n{END}\nafter\n"
    made = entered(page, table([Figures("a", 1)]))
    assert made.startswith("# Trang\n\n")
    assert made.endswith(f"{END}\nafter\n")
    assert "old" not in made
    assert entered(made, table([Figures("a", 1)])) == made
    with pytest.raises(ValueError, match="no place"):
        entered("# Trang", "x")


@pytest.mark.skipif(find_spec("vietasr") is not None, reason="the recogniser is installed")
def test_without_the_recogniser_it_says_what_to_install(capsys):
    assert main([]) == 1
    assert "[asr]" in capsys.readouterr().err

"""Piper: the real package, with a voice of ours that has a tone for every sound."""

import shutil
import wave
from pathlib import Path

import pytest

from audio.piper_engine import PiperEngine
from audio.speech import Manner, SpeechFailed

pytest.importorskip("piper", reason="the extra `piper` is not installed")

TEXT = "Mời bà con đi họp thôn."


@pytest.fixture
def voice(tmp_path):
    for file in (Path(__file__).parent / "voices").iterdir():
        shutil.copy(file, tmp_path / file.name)
    return tmp_path / "tones.onnx"


def seconds(path):
    with wave.open(str(path)) as file:
        return file.getnframes() / file.getframerate()


def test_it_speaks_with_the_voice_in_the_file(voice, say):
    engine = PiperEngine(voice)
    said = say(engine, "Một.", TEXT)
    assert engine.voice == "tones"
    assert seconds(said.files[1]) > seconds(said.files[0]) > 0.2


def test_its_pace_follows_what_is_asked(voice, say):
    usual = seconds(say(PiperEngine(voice), TEXT).files[0])
    assert seconds(say(PiperEngine(voice), TEXT, manner=Manner(rate=2.0)).files[0]) == pytest.approx(
        usual / 2, rel=0.02
    )


@pytest.mark.parametrize("lost", ["tones.onnx", "tones.onnx.json"])
def test_a_voice_file_that_is_not_there_is_named(voice, say, lost):
    (voice.parent / lost).unlink()
    with pytest.raises(SpeechFailed) as caught:
        say(PiperEngine(voice), TEXT)
    assert (caught.value.code, caught.value.detail) == ("no-voice-file", str(voice.parent / lost))


@pytest.mark.parametrize("spoilt", ["tones.onnx", "tones.onnx.json"])
def test_a_file_that_is_no_voice_is_told(voice, say, spoilt):
    (voice.parent / spoilt).write_text("không phải giọng nói")
    with pytest.raises(SpeechFailed) as caught:
        say(PiperEngine(voice), TEXT)
    assert caught.value.code == "voice"


def test_without_the_package_it_is_missing(voice, say, monkeypatch):
    monkeypatch.setattr("audio.piper_engine.find_spec", lambda _: None)
    with pytest.raises(SpeechFailed) as caught:
        say(PiperEngine(voice), TEXT)
    assert caught.value.code == "missing"


def test_another_file_under_the_same_name_is_another_voice(voice):
    engine = PiperEngine(voice)
    before = engine.settings
    voice.write_bytes(voice.read_bytes() + b" ")
    assert engine.settings != before


def test_text_is_text_and_no_phonemes(voice, say):
    assert seconds(say(PiperEngine(voice), "[[ a ]] chào").files[0]) > 0.2

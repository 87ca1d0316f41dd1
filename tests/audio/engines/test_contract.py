"""What every engine promises, asked of each: eSpeak NG and Piper for real, the others before servers of ours."""

import shutil
import threading
from importlib.util import find_spec
from pathlib import Path

import msgspec
import pytest

from audio.espeak_engine import EspeakEngine
from audio.gtts_engine import GttsEngine
from audio.http_engine import HttpEngine
from audio.http_profile import load
from audio.joining import check
from audio.piper_engine import PiperEngine
from audio.shelf import Shelf
from audio.speaker import Choice, Speaker
from audio.speech import CODES, Job, Manner, SpeechCancelled, SpeechError

TEXTS = ("Ủy ban nhân dân xã thông báo.", "Sáng mai, mời bà con đi họp thôn.", "Xin cảm ơn.")
NOBODY = "http://127.0.0.1:9/"
"""The port of nobody: where nothing listens."""


@pytest.fixture(
    params=[
        "gtts",
        "espeak",
        "http",
        pytest.param(
            "piper", marks=pytest.mark.skipif(not find_spec("piper"), reason="the extra `piper` is not installed")
        ),
    ]
)
def engine(request, tmp_path, serve_sound):
    match request.param:
        case "gtts":
            request.getfixturevalue("google")
            return GttsEngine(30, wait_s=0.01)
        case "http":
            profile = msgspec.structs.replace(load("azure"), url=serve_sound, headers={})
            return HttpEngine("azure", profile, 30, wait_s=0.01)
        case "piper":
            voices = shutil.copytree(Path(__file__).parent / "voices", tmp_path / "voices")
            return PiperEngine(voices / "tones.onnx")
        case _:
            return EspeakEngine()


@pytest.fixture
def lost(engine, monkeypatch, tmp_path):
    """The same engine, without what it needs."""
    match engine:
        case GttsEngine():
            monkeypatch.setenv("https_proxy", NOBODY)
        case HttpEngine():
            profile = msgspec.structs.replace(load("azure"), url=NOBODY, headers={})
            return HttpEngine("azure", profile, 30, wait_s=0.01)
        case PiperEngine():
            return PiperEngine(tmp_path / "none.onnx")
        case _:
            return EspeakEngine(voice="khong-co")
    return engine


def test_every_text_becomes_a_sound_in_its_own_file_in_order(engine, say):
    said = say(engine, *TEXTS)
    assert said.made == [0, 1, 2]
    assert all(check(file, text) > 0.3 for file, text in zip(said.files, TEXTS, strict=True))


def test_it_has_a_name_a_voice_and_a_word_for_its_settings(engine):
    assert engine.name
    assert engine.voice
    assert isinstance(engine.settings, str)


def test_when_it_is_cancelled_what_was_made_stays(engine, say):
    made: list[int] = []
    with pytest.raises(SpeechCancelled):
        say(engine, *TEXTS * 30, made=made, cancelled=lambda: bool(made))
    assert made[0] == 0


def test_cancelled_before_it_began_it_makes_nothing(engine, say):
    made: list[int] = []
    with pytest.raises(SpeechCancelled):
        say(engine, *TEXTS, made=made, cancelled=lambda: True)
    assert made == []


def test_what_is_raised_over_a_sound_comes_out(engine, tmp_path):
    def refuse(number):
        raise ZeroDivisionError(number)

    with pytest.raises(ZeroDivisionError):
        engine.speak([Job(TEXTS[0], tmp_path / "a")], Manner(), refuse, lambda: False)


def test_without_what_it_needs_it_fails_with_a_known_word_and_makes_nothing(lost, say):
    made: list[int] = []
    with pytest.raises(SpeechError) as caught:
        say(lost, TEXTS[0], made=made)
    assert caught.value.code in CODES
    assert made == []


def test_a_disk_that_refuses_is_told(engine, tmp_path):
    with pytest.raises(SpeechError) as caught:
        engine.speak([Job(TEXTS[0], tmp_path / "none" / "a")], Manner(), lambda _: None, lambda: False)
    assert caught.value.code == "disk"


def test_several_threads_may_ask_at_once(engine, tmp_path):
    done = []

    def speak(name):
        engine.speak([Job(TEXTS[1], tmp_path / name)], Manner(), lambda _: done.append(name), lambda: False)

    threads = [threading.Thread(target=speak, args=(f"t{i}",)) for i in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == ["t0", "t1", "t2"]


def test_a_speaker_makes_a_bulletin_of_it_at_any_pace_and_progress_grows(engine, tmp_path):
    speaker = Speaker([engine], Shelf(tmp_path / "shelf", 10_000_000))
    lengths = []
    for rate in (1.3, 0.8):
        told: list[float] = []
        spoken = speaker.speak(" ".join(TEXTS), tmp_path / "out", told.append, lambda: False, Choice(rate=rate))
        assert told == sorted(told)
        assert told[-1] == 1.0
        assert (spoken.engine, spoken.voice, spoken.fell_back) == (engine.name, engine.voice, "")
        lengths.append(spoken.seconds)
    assert lengths[1] / lengths[0] > 1.3

"""eSpeak NG: the real one."""

import wave

import numpy as np
import pytest

from audio.espeak_engine import EspeakEngine
from audio.speech import Manner, SpeechCancelled, SpeechFailed

TEXT = "Ủy ban nhân dân xã Thạnh Đức thông báo: sáng mai họp thôn."


def heard(path):
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), np.int16), file.getframerate()


def seconds(said):
    samples, rate = heard(said.files[0])
    return len(samples) / rate


def test_it_speaks_vietnamese_where_there_is_no_internet(say):
    samples, rate = heard(say(EspeakEngine(), TEXT).files[0])
    assert len(samples) / rate > 2
    assert np.abs(samples).max() > 3000


def test_it_says_different_tones_differently(say):
    said = say(EspeakEngine(), "ma", "má", "mà")
    assert len({heard(file)[0].tobytes() for file in said.files}) == 3


def test_it_pauses_at_commas_as_long_as_it_is_told(say):
    first = seconds(say(EspeakEngine(comma_s=0.1), "Một, hai."))
    assert seconds(say(EspeakEngine(comma_s=0.6), "Một, hai.")) - first == pytest.approx(0.5, abs=0.01)


def test_its_pace_follows_what_is_asked(say):
    slow = seconds(say(EspeakEngine(), TEXT, manner=Manner(rate=0.7)))
    fast = seconds(say(EspeakEngine(), TEXT, manner=Manner(rate=1.5)))
    assert slow > 1.4 * fast


def test_another_voice_may_be_asked_for(say):
    south = heard(say(EspeakEngine(), TEXT).files[0])[0].tobytes()
    assert heard(say(EspeakEngine(), TEXT, manner=Manner("vi")).files[0])[0].tobytes() != south
    with pytest.raises(SpeechFailed) as caught:
        say(EspeakEngine(), TEXT, manner=Manner("khong-co"))
    assert caught.value.code == "voice"


def test_what_tunes_it_is_part_of_its_settings():
    assert EspeakEngine().settings != EspeakEngine(gap=7).settings


def test_it_takes_text_as_text_and_never_as_commands(say):
    assert len(heard(say(EspeakEngine(), '<audio src="/etc/passwd"/> [[h@l\'oU]] & chào').files[0])[0])


def test_where_the_disk_refuses_it_says_so(say, tmp_path):
    tmp_path.joinpath("said-0").mkdir()
    with pytest.raises(SpeechFailed) as caught:
        say(EspeakEngine(), TEXT)
    assert caught.value.code == "disk"


def test_it_is_killed_when_it_is_no_longer_wanted(say):
    made: list[int] = []
    with pytest.raises(SpeechCancelled):
        say(EspeakEngine(), *[TEXT] * 3000, made=made, cancelled=lambda: bool(made))
    assert len(made) < 3000

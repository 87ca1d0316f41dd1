import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.likeness import LIKENESS_RATE, NOTHING, compared, likeness
from audio.made import Unreadable


def voice(make, seconds, seed=1):
    return make.speechlike(seconds, seed)[::6].astype(np.float32) / 32768


def test_the_same_sound_later_and_quieter(make, tmp_path):
    clip = make.speechlike(4)
    silence = np.zeros(12_000, np.int16)
    heard = np.concatenate([silence, (clip * 0.5).astype(np.int16), silence])
    found = likeness(make.pcm(tmp_path / "clip.wav", clip), make.pcm(tmp_path / "heard.wav", heard))
    assert found.peak > 0.999
    assert found.lag_ms == pytest.approx(250, abs=0.1)
    assert found.level_db == pytest.approx(-6.02, abs=0.05)
    assert found.share > 0.999


def test_a_lag_between_two_samples_is_seen(make, tmp_path):
    clip = make.speechlike(3)
    heard = np.concatenate([np.zeros(48 * 10 + 3, np.int16), clip])
    found = likeness(make.pcm(tmp_path / "clip.wav", clip), make.pcm(tmp_path / "heard.wav", heard))
    assert found.lag_ms == pytest.approx(10 + 3 / 48, abs=0.05)


def test_a_recording_that_began_too_late_has_a_lag_below_zero(make):
    clip = voice(make, 4)
    found = compared(clip, clip[LIKENESS_RATE:])
    assert found.lag_ms == pytest.approx(-1000, abs=0.1)
    assert 0.2 < found.share < 0.99


def test_other_words_are_not_alike(make):
    for seed in range(2, 8):
        found = compared(voice(make, 4), voice(make, 4, seed))
        assert found.peak < 0.5
        assert found.share < 0.3


def test_other_words_behind_the_same_chime_are_not_alike(make):
    t = np.arange(LIKENESS_RATE) / LIKENESS_RATE
    chime = 0.3 * np.sin(math.tau * (500 + 300 * t) * t).astype(np.float32)
    clip = np.concatenate([chime, voice(make, 5)])
    heard = np.concatenate([chime, voice(make, 5, 9)])
    found = compared(clip, heard)
    assert found.lag_ms == pytest.approx(0, abs=0.1)
    assert found.share < 0.9


@pytest.mark.parametrize("part", [0.25, 0.5, 0.75])
def test_one_that_broke_off_says_how_much_was_heard(make, part):
    clip = np.tile(voice(make, 1), 8) + voice(make, 8, 5)
    found = compared(clip, clip[: int(len(clip) * part)])
    assert found.peak > 0.99
    assert found.share == pytest.approx(part, abs=0.12)


def test_silence_is_like_nothing(make, tmp_path):
    silent = make.pcm(tmp_path / "s.wav", np.zeros(48_000, np.int16))
    empty = make.pcm(tmp_path / "e.wav", np.zeros(0, np.int16))
    spoken = make.pcm(tmp_path / "v.wav", make.speechlike(1))
    for clip, heard in ((spoken, silent), (silent, spoken), (spoken, empty), (empty, empty)):
        assert likeness(clip, heard) == NOTHING


def test_noise_is_like_nothing_and_noise_on_top_is_forgiven(make):
    clip = voice(make, 4)
    noise = np.random.default_rng(5).standard_normal(len(clip)).astype(np.float32)
    assert compared(clip, noise * 0.1).peak < 0.2
    assert compared(clip, clip + noise * 0.01).peak > 0.9


def test_a_clip_against_its_decoded_copy(sounds):
    found = likeness(sounds / "speech.wav", sounds / "speech.opus")
    assert found.peak > 0.95
    assert abs(found.lag_ms) < 2
    assert found.share > 0.9


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-1, 1, width=32), max_size=300), st.lists(st.floats(-1, 1, width=32), max_size=300))
def test_any_two_sounds_give_sane_figures(clip, heard):
    found = compared(np.array(clip, np.float32), np.array(heard, np.float32))
    assert 0 <= found.peak <= 1
    assert 0 <= found.share <= 1
    assert math.isfinite(found.lag_ms)


def test_what_cannot_be_read_is_said(tmp_path, sounds):
    (tmp_path / "a").write_bytes(b"PK")
    with pytest.raises(Unreadable):
        likeness(sounds / "speech.wav", tmp_path / "a")

import numpy as np
import pytest

from devices.receiver import sirens
from devices.receiver.sirens import ensure, identify_source, siren_source
from devices.receiver.sound import BLOCK_FRAMES, FRAME_BYTES
from devices.vocabulary import SAMPLE_RATE, Siren


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("sirens")
    ensure(made)
    return made


def heard(source, from_ms=0):
    return np.frombuffer(b"".join(source.blocks(from_ms)), np.int16).astype(float)


def energy(samples, low, high):
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    pitch = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE)
    return spectrum[(pitch >= low) & (pitch <= high)].sum() / spectrum.sum()


@pytest.mark.parametrize("siren", Siren)
def test_a_siren_lies_where_a_horn_is_loud(folder, siren):
    sound = heard(siren_source(folder, siren, 8))
    assert energy(sound, 400, 3000) > 0.999
    assert 0.25 < np.sqrt(np.mean(sound**2)) / 32768 < 0.9
    assert np.abs(sound).max() < 32_000


@pytest.mark.parametrize("siren", Siren)
@pytest.mark.parametrize("seconds", [0.5, 1, 7.77])
def test_a_siren_is_as_long_as_asked_in_blocks(folder, siren, seconds):
    source = siren_source(folder, siren, seconds)
    blocks = list(source.blocks())
    assert sum(map(len, blocks)) == round(seconds * SAMPLE_RATE) * FRAME_BYTES
    assert {len(b) for b in blocks[:-1]} <= {BLOCK_FRAMES * FRAME_BYTES}
    assert source.total_ms == round(seconds * 1000)


@pytest.mark.parametrize("siren", Siren)
def test_it_repeats_without_a_click_and_begins_and_ends_softly(folder, siren):
    sound = heard(siren_source(folder, siren, 9))
    steepest = 26_000 * 2 * np.pi * 950 * (0.70 + 2 * 0.24 + 3 * 0.06) / SAMPLE_RATE
    assert np.abs(np.diff(sound)).max() < steepest * 1.02
    assert np.abs(sound[:48]).max() < 2000
    assert np.abs(sound[-48:]).max() < 2000


def test_the_four_are_told_apart(folder):
    hi_lo, wail, yelp, steady = (heard(siren_source(folder, s, 4)) for s in Siren)
    first, second = hi_lo[5000:20_000], hi_lo[29_000:44_000]
    assert energy(first, 930, 970) > 0.5
    assert energy(first, 680, 720) < 0.1
    assert energy(second, 680, 720) > 0.5
    assert energy(wail[:9600], 480, 620) > 0.5
    assert energy(wail[90_000:100_000], 900, 1000) > 0.5
    assert energy(steady, 790, 810) > 0.5
    for third in range(8):  # up and down again 2.5 times a second
        begin = third * 19_200
        assert energy(yelp[begin + 500 : begin + 2500], 480, 700) > 0.4
        assert energy(yelp[begin + 8600 : begin + 10_600], 850, 1000) > 0.4


def test_a_position_in_the_middle_begins_softly_too(folder):
    part = heard(siren_source(folder, Siren.STEADY, 2), 500)
    assert len(part) == SAMPLE_RATE * 3 // 2
    assert np.abs(part[:48]).max() < 2000


def test_damaged_or_lost_files_are_made_anew_and_good_ones_are_left(tmp_path, monkeypatch):
    ensure(tmp_path)
    files = sorted(tmp_path.iterdir())
    assert len(files) == len(Siren)
    assert {f.suffix for f in files} == {".wav"}
    good = files[2].stat().st_mtime_ns
    files[0].write_bytes(files[0].read_bytes()[:1000])
    files[1].unlink()
    ensure(tmp_path)
    assert sorted(tmp_path.iterdir()) == files
    assert files[2].stat().st_mtime_ns == good
    monkeypatch.setattr(sirens, "_cycle", lambda _: pytest.fail("all are there"))
    ensure(tmp_path)


def test_a_siren_sounds_even_where_the_disk_has_lost_it(tmp_path):
    assert len(heard(siren_source(tmp_path / "gone", Siren.STEADY, 1))) == SAMPLE_RATE


def test_identify_is_three_short_tones():
    sound = np.abs(heard(identify_source()))
    loud = sound.reshape(-1, SAMPLE_RATE // 100).max(axis=1) > 3000
    assert (np.diff(loud.astype(int)) == 1).sum() + int(loud[0]) == 3
    assert identify_source().total_ms == 900

import itertools
import threading

import numpy as np
import pytest

from audio.ahead import ahead
from audio.encoder import CHAPTER, Encoder, Voice
from audio.measure import measure


def encode(path, samples, peak=10.0):
    with Encoder(path, Voice("voip", 32_000, peak)) as encoder:
        for start in range(0, len(samples), 4800):
            encoder.write(samples[start : start + 4800])
    return path


def test_chapters_join_without_a_gap_a_click_or_a_second_more(make, tmp_path):
    samples = make.speechlike(75, peak=0.3).astype(np.float32) / 32768
    heard = make.read(encode(tmp_path / "a.opus", samples))
    assert len(heard) == len(samples) > 2 * CHAPTER
    alone = make.read(encode(tmp_path / "b.opus", samples[CHAPTER - 6 * 48_000 : CHAPTER + 2 * 48_000]))
    together = heard[CHAPTER - 6 * 48_000 : CHAPTER + 2 * 48_000]
    quarter = 12_000
    for start in range(quarter, len(alone) - quarter, quarter):
        ours, theirs = together[start : start + quarter], alone[start : start + quarter]
        assert np.corrcoef(ours, theirs)[0, 1] > 0.9


def test_what_opus_lets_through_is_turned_down_and_encoded_again(make, tmp_path):
    samples = np.clip(make.speechlike(4, peak=0.9).astype(np.float32) / 32768, -0.6, 0.6)
    assert measure(encode(tmp_path / "a.opus", samples), lambda: False).true_peak_db > -3.4
    tamed = measure(encode(tmp_path / "b.opus", samples, 10 ** (-3.5 / 20)), lambda: False)
    assert tamed.true_peak_db < -3.4
    assert tamed.integrated_lufs == pytest.approx(measure(tmp_path / "a.opus", lambda: False).integrated_lufs, abs=3)


def test_an_iterator_that_works_ahead_gives_the_same_and_raises_the_same():
    assert list(ahead(iter(range(500)))) == list(range(500))

    def broken():
        yield 1
        raise OSError(28, "full")

    reader = ahead(broken())
    assert next(reader) == 1
    with pytest.raises(OSError, match="full"):
        next(reader)


def test_a_reader_that_goes_away_ends_the_thread_that_works_ahead():
    reader = ahead(itertools.count())
    assert next(reader) == 0
    assert any(thread.name == "ahead" for thread in threading.enumerate())
    del reader
    assert not any(thread.name == "ahead" for thread in threading.enumerate())

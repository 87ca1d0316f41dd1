import itertools
import threading

import av
import numpy as np
import pytest

from audio.ahead import ahead
from audio.encoder import Encoder, Voice
from audio.measure import measure
from broadcast.commands.bench_master import speechlike

TRANSFORM_TOC = range(16, 32)
"""RFC 6716, table 2: what the first five bits of a packet say of the coder."""


def encode(path, samples, softer=None, band_hertz=12_000):
    with Encoder(path, Voice(32_000, band_hertz), softer) as encoder:
        for start in range(0, len(samples), 4800):
            encoder.write(samples[start : start + 4800])
    return path


def test_a_file_is_as_long_as_what_was_written_and_sounds_like_it(make, tmp_path):
    samples = make.speechlike(20, peak=0.3).astype(np.float32) / 32768
    heard = make.read(encode(tmp_path / "a.opus", samples))
    assert len(heard) == len(samples)
    assert np.corrcoef(heard, samples)[0, 1] > 0.9


def test_only_the_transform_coder_is_used(make, tmp_path):
    samples = make.speechlike(10, peak=0.3).astype(np.float32) / 32768
    with av.open(str(encode(tmp_path / "a.opus", samples))) as container:
        coders = {bytes(packet)[0] >> 3 for packet in container.demux(audio=0) if packet.size}
    assert coders <= set(TRANSFORM_TOC)


def test_a_peak_that_came_through_is_turned_down_and_nothing_else_is(make, tmp_path):
    samples = make.speechlike(4, peak=0.5).astype(np.float32) / 32768
    plain = make.read(encode(tmp_path / "a.opus", samples)).astype(float)
    softer = make.read(encode(tmp_path / "b.opus", samples, {96_000: 6.0})).astype(float)

    def level(sound, start, stop):
        return 20 * np.log10(sound[start:stop].std())

    assert level(softer, 96_000, 96_240) < level(plain, 96_000, 96_240) - 4
    assert level(softer, 0, 90_000) == pytest.approx(level(plain, 0, 90_000), abs=0.2)
    assert level(softer, 110_000, 190_000) == pytest.approx(level(plain, 110_000, 190_000), abs=0.2)


def test_the_same_samples_give_the_same_bytes_however_they_are_cut(make, tmp_path):
    samples = make.speechlike(3, peak=0.5).astype(np.float32) / 32768
    whole = encode(tmp_path / "a.opus", samples, {48_000: 3.0}).read_bytes()
    with Encoder(tmp_path / "b.opus", Voice(32_000, 12_000), {48_000: 3.0}) as encoder:
        for start in range(0, len(samples), 1000):
            encoder.write(samples[start : start + 1000])
    assert (tmp_path / "b.opus").read_bytes() == whole


def test_speech_with_a_steady_pitch_does_not_burst(tmp_path):
    """The coder with prediction let 5.4 dB through on this; nothing of that may come back with a new library."""
    speech = np.concatenate(list(speechlike(60, seed=1))).astype(np.float32)
    samples = np.clip(speech / np.abs(speech).max() * 1.2, -0.6, 0.6)
    assert measure(encode(tmp_path / "a.opus", samples), lambda: False).true_peak_db < 20 * np.log10(0.6) + 3


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

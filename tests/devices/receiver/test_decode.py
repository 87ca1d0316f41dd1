import math
import tracemalloc
from array import array
from collections.abc import Generator
from fractions import Fraction

import av
import numpy as np
import pytest

from devices.receiver.decode import ClipSource
from devices.receiver.sound import BLOCK_FRAMES, FRAME_BYTES, Undecodable
from devices.vocabulary import SAMPLE_RATE

BLOCK = BLOCK_FRAMES * FRAME_BYTES


def sweep(seconds):
    t = np.arange(round(SAMPLE_RATE * seconds)) / SAMPLE_RATE
    return (8000 * np.sin(math.tau * (300 + 100 * t) * t)).astype(np.int16)


def write_clip(path, samples, codec="libopus"):
    with av.open(str(path), "w", format="ogg" if codec == "libopus" else None) as container:
        stream = container.add_stream(codec, rate=SAMPLE_RATE)
        stream.layout = "mono"
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, 0, Fraction(1, SAMPLE_RATE)
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    path = tmp_path_factory.mktemp("clips") / "sweep.opus"
    write_clip(path, sweep(5))
    return path


def samples_of(source, from_ms=0):
    return np.frombuffer(b"".join(source.blocks(from_ms)), np.int16).astype(float)


def test_a_clip_becomes_blocks_of_twenty_milliseconds_and_keeps_its_length(clip):
    blocks = list(ClipSource(clip).blocks())
    assert {len(b) for b in blocks[:-1]} == {BLOCK}
    assert sum(map(len, blocks)) == 5 * SAMPLE_RATE * FRAME_BYTES
    assert ClipSource(clip).total_ms == pytest.approx(5000, abs=10)


def test_what_comes_out_is_what_went_in(clip):
    heard = samples_of(ClipSource(clip))
    assert np.corrcoef(heard, sweep(5))[0, 1] > 0.98


@pytest.mark.parametrize("from_ms", [1, 100, 1000, 3333, 4990])
def test_a_position_in_the_middle_is_met_to_the_frame(clip, from_ms):
    whole, part = samples_of(ClipSource(clip)), samples_of(ClipSource(clip), from_ms)
    assert len(part) == len(whole) - from_ms * SAMPLE_RATE // 1000
    assert np.abs(whole[-len(part) :] - part).max() <= 2


def test_a_position_behind_the_end_is_silence(clip):
    assert list(ClipSource(clip).blocks(6000)) == []


def test_a_known_length_needs_no_look_into_the_file(tmp_path):
    assert ClipSource(tmp_path / "not there", total_ms=1234).total_ms == 1234


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04" + bytes(5000), b"#EXTM3U\nfile:///etc/passwd\n", b"OggS" * 999])
def test_what_is_not_sound_is_undecodable(tmp_path, content):
    path = tmp_path / "x.opus"
    path.write_bytes(content)
    with pytest.raises(Undecodable):
        list(ClipSource(path).blocks())
    with pytest.raises(Undecodable):
        _ = ClipSource(path).total_ms


def test_a_missing_file_and_a_folder_are_undecodable(tmp_path):
    for path in (tmp_path / "none.opus", tmp_path):
        with pytest.raises(Undecodable):
            list(ClipSource(path).blocks())


def test_a_name_is_a_file_whatever_it_looks_like(tmp_path):
    with pytest.raises(Undecodable):
        list(ClipSource(tmp_path / "http://127.0.0.1:1/x.opus").blocks())


def test_a_stereo_wav_of_another_rate_becomes_mono_at_our_rate(tmp_path):
    path = tmp_path / "stereo.wav"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=22_050)
        stream.layout = "stereo"
        frame = av.AudioFrame.from_ndarray(np.full((1, 22_050 * 2), 5000, np.int16), format="s16", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = 22_050, 0, Fraction(1, 22_050)
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    heard = array("h", b"".join(ClipSource(path).blocks()))
    assert len(heard) == pytest.approx(SAMPLE_RATE, abs=50)
    assert heard[SAMPLE_RATE // 2] == pytest.approx(5000, abs=20)


def test_memory_does_not_grow_with_the_length(tmp_path):
    peaks = []
    for seconds in (2, 20):
        path = tmp_path / f"{seconds}.opus"
        write_clip(path, sweep(seconds))
        tracemalloc.start()
        for _ in ClipSource(path).blocks():
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 50_000


def test_a_source_may_be_let_go_of_in_the_middle(clip):
    blocks = ClipSource(clip).blocks()
    assert isinstance(blocks, Generator)
    assert len(next(blocks)) == BLOCK
    blocks.close()

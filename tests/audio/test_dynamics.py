from fractions import Fraction

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.blocks import BLOCK, NOTHING_LUFS, Blocks, blocks_of, loudness
from audio.dynamics import CEILING_DB, LEAD_S, TAIL_S, TARGET_LUFS, apply, plan, rounded
from audio.graphs import frame_of
from audio.profiles import PROFILES

NOTHING = np.zeros(0, np.float32)


def by_ffmpeg(samples):
    """Loudness and true peak (dBTP) as FFmpeg's ebur128 measures them."""
    graph = av.filter.Graph()
    nodes = [graph.add_abuffer(sample_rate=48_000, format="flt", layout="mono", time_base=Fraction(1, 48_000))]
    nodes += [graph.add("ebur128", "metadata=1:peak=true"), graph.add("abuffersink")]
    graph.link_nodes(*nodes).configure()
    lufs, peak = -70.0, 0.0
    for start in range(0, len(samples), 4800):
        graph.push(frame_of(samples[start : start + 4800], start))
        while True:
            try:
                told = graph.pull().metadata
            except (av.BlockingIOError, av.EOFError):
                break
            lufs, peak = float(told["lavfi.r128.I"]), float(told["lavfi.r128.true_peak"])
    return lufs, 20 * np.log10(peak)


@pytest.mark.parametrize("seed", range(4))
def test_loudness_and_true_peak_are_those_that_ffmpeg_measures(make, seed):
    samples = make.speechlike(6, seed=seed).astype(np.float32) / 32768
    samples[48_000:96_000] *= 0.1
    blocks = blocks_of(samples)
    lufs, peak_db = by_ffmpeg(samples)
    assert blocks.loudness == pytest.approx(lufs, abs=0.1)
    assert blocks.true_peak_db == pytest.approx(peak_db, abs=0.15)


def test_a_peak_between_two_samples_is_seen():
    at = np.arange(48_000)
    samples = (0.5 * np.sin(2 * np.pi * at / 4 + np.pi / 4)).astype(np.float32)  # never sampled at its height
    assert np.abs(samples).max() < 0.36
    assert blocks_of(samples).true_peak_db == pytest.approx(-6.02, abs=0.2)


def test_the_loudness_that_was_planned_is_the_one_that_comes_out(make):
    samples = make.speechlike(12, seed=3, peak=0.2).astype(np.float32) / 32768
    for profile in PROFILES.values():
        how = plan(blocks_of(samples), profile, NOTHING, TARGET_LUFS)
        kept = samples[how.first * BLOCK : how.last * BLOCK]
        made = blocks_of(rounded(apply(kept, 0, how), how.knee, how.ceiling))
        assert how.predicted_lufs == pytest.approx(TARGET_LUFS, abs=0.1)
        assert made.loudness == pytest.approx(TARGET_LUFS, abs=1.0)  # what rounding off takes is not planned
        assert made.true_peak_db < CEILING_DB + 0.6


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-80, 0), st.floats(1, 40), st.integers(1, 300)), min_size=1, max_size=30),
    st.sampled_from(sorted(PROFILES)),
)
def test_whatever_comes_no_peak_is_planned_above_the_ceiling_and_its_clip(stretches, name):
    power = np.concatenate([np.full(n, 10 ** (level / 10)) for level, _, n in stretches]).astype(np.float32)
    crest = np.concatenate([np.full(n, 10 ** (crest / 20)) for _, crest, n in stretches]).astype(np.float32)
    blocks = Blocks(power, np.sqrt(power) * crest, len(power) * BLOCK)
    how = plan(blocks, PROFILES[name], NOTHING, TARGET_LUFS)
    assert np.isfinite(how.gains).all()
    assert len(how.gains) == how.last - how.first + 1
    if how.predicted_lufs > NOTHING_LUFS:
        highest = blocks.peak[how.first : how.last] * np.maximum(how.gains[1:], how.gains[:-1])
        assert 20 * np.log10(max(highest.max(), 1e-9)) < CEILING_DB + PROFILES[name].clip_db + 24.1


def test_ends_are_cut_where_nothing_is_heard_and_faded_in_and_out():
    power = np.concatenate((np.zeros(400), np.full(600, 0.01), np.zeros(400))).astype(np.float32)
    how = plan(Blocks(power, np.sqrt(power) * 2, 1400 * BLOCK), PROFILES["horn"], NOTHING, TARGET_LUFS)
    assert how.first == pytest.approx(400 - LEAD_S * 200, abs=3)
    assert how.last == pytest.approx(1000 + TAIL_S * 200, abs=3)
    assert how.gains[0] == how.gains[-1] == 0
    assert (np.diff(how.gains[:4]) > 0).all()


def test_too_short_to_have_a_loudness_and_silence():
    assert loudness(np.full(79, 0.1, np.float32)) == NOTHING_LUFS
    nothing = np.zeros(500, np.float32)
    silence = plan(Blocks(nothing, nothing, 500 * BLOCK), PROFILES["horn"], NOTHING, -16)
    assert silence.gain_db == 0
    assert set(silence.gains) == {1.0}


def test_what_stands_above_the_knee_is_bent_and_nothing_is_above_the_ceiling():
    samples = np.linspace(-3, 3, 1001, dtype=np.float32)
    made = rounded(samples, 0.5, 0.7)
    assert np.abs(made).max() <= 0.7
    assert (made[np.abs(samples) <= 0.5] == samples[np.abs(samples) <= 0.5]).all()
    assert (np.diff(made) >= 0).all()

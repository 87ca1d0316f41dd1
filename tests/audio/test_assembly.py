"""A programme put together: nothing peaks, gaps are as long as they were asked to be, words stand above music."""

import math
from itertools import pairwise

import numpy as np
import pytest

from audio import apart
from audio.assembly import EDGE_S, UNDER_DB, assemble
from audio.calls import Cancelled
from audio.jingles import NAMES, jingle
from audio.made import Piece, Unreadable
from audio.master import PEAK_DBTP, SPARE_DB
from audio.measure import measure
from broadcast.domain.programmes import SHIPPED

RATE = 48_000


def tone(make, path, hertz, seconds, peak=0.5):
    at = np.arange(round(seconds * RATE)) / RATE
    return str(make.sound(path, (np.sin(math.tau * hertz * at) * peak * 32767).astype(np.int16), bit_rate=96_000))


def level(samples, hertz, begin, end):
    """How loud one tone is in a stretch, in dB of full scale."""
    part = samples[round(begin * RATE) : round(end * RATE)]
    at = np.arange(len(part)) / RATE
    found = abs(np.sum(part * np.hanning(len(part)) * np.exp(-1j * math.tau * hertz * at))) / (len(part) / 4)
    return 20 * math.log10(max(found, 1e-9))


def silences(samples, least_s=0.1):
    """From when to when nothing sounds, in seconds."""
    loud = np.abs(samples) > 0.01
    edges = np.flatnonzero(np.diff(np.concatenate(([1], loud.astype(int), [1]))))
    found = [(a / RATE, b / RATE) for a, b in pairwise(edges) if not loud[a]]
    return [(a, b) for a, b in found if b - a > least_s]


def put_together(tmp_path, *pieces, name="whole.opus"):
    return assemble(pieces, tmp_path / name, lambda _: None, lambda: False)


@pytest.fixture
def words(make, tmp_path):
    return tone(make, tmp_path / "words.opus", 1000, 4.0)


@pytest.fixture
def music(make, tmp_path):
    return tone(make, tmp_path / "music.opus", 440, 6.0)


def test_gaps_are_as_long_as_they_were_asked_to_be_and_the_end_is_where_it_should_be(make, tmp_path, words):
    pieces = (Piece(words, 0, 4.0), Piece(words, 5.0, 4.0), Piece(words, 9.5, 4.0))
    made = put_together(tmp_path, *pieces)
    (a, b), (c, d) = silences(make.read(tmp_path / "whole.opus"))
    assert (a, b) == (pytest.approx(4.0, abs=0.005), pytest.approx(5.0, abs=0.005))
    assert (c, d) == (pytest.approx(9.0, abs=0.005), pytest.approx(9.5, abs=0.005))
    assert made.seconds == pytest.approx(13.5, abs=0.001)


def test_words_stand_where_they_stood_and_music_sinks_below_them_and_never_swells_over_them(
    make, tmp_path, words, music
):
    made = put_together(
        tmp_path, Piece(music, 0, 6.0, musical=True), Piece(words, 4.0, 4.0), Piece("chime", 6.5, 1.91, musical=True)
    )
    heard = make.read(tmp_path / "whole.opus")
    assert level(heard, 440, 1.0, 2.0) == pytest.approx(-6, abs=0.5)
    assert level(heard, 440, 4.1, 4.3) < -6 + UNDER_DB + 1, "it has sunk before the first word"
    assert level(heard, 440, 5.5, 5.9) < -30, "and goes away below them"
    assert level(heard, 1000, 4.1, 5.9) == pytest.approx(level(heard, 1000, 6.05, 6.45), abs=0.3)
    assert made.true_peak_db < PEAK_DBTP


def test_music_into_music_stays_as_loud_and_neither_clicks(make, tmp_path, music):
    other = tone(make, tmp_path / "other.opus", 660, 6.0)
    put_together(tmp_path, Piece(music, 0, 6.0, musical=True), Piece(other, 3.0, 6.0, musical=True))
    heard = make.read(tmp_path / "whole.opus")
    power = [np.mean(heard[round(t * RATE) : round((t + 0.25) * RATE)] ** 2) for t in np.arange(0.5, 8.0, 0.25)]
    assert 10 * math.log10(max(power) / min(power)) < 1.2
    assert np.abs(heard[: round(EDGE_S * RATE / 4)]).max() < 0.2, "it begins softly"
    clicks = np.abs(np.diff(heard))
    assert clicks.max() < 1.3 * (math.tau * 660 / RATE * 0.5 + math.tau * 440 / RATE * 0.5)


def test_two_that_add_up_are_turned_down_at_that_moment_alone(make, tmp_path):
    loud, also = (tone(make, tmp_path / f"{hz}.opus", hz, 4.0, peak=0.83) for hz in (500, 700))
    made = put_together(tmp_path, Piece(loud, 0, 4.0, musical=True), Piece(also, 2.0, 4.0, musical=True))
    assert made.true_peak_db < PEAK_DBTP
    assert made.true_peak_db == measure(tmp_path / "whole.opus", lambda: False).true_peak_db
    heard = make.read(tmp_path / "whole.opus")
    assert level(heard, 500, 0.5, 1.5) == pytest.approx(20 * math.log10(0.83), abs=0.4)
    assert level(heard, 700, 4.5, 5.5) == pytest.approx(20 * math.log10(0.83), abs=0.4)


def test_the_same_parts_give_the_same_bytes_and_also_in_a_process_of_its_own(tmp_path, words):
    pieces = (Piece("rising", 0, 5.8, musical=True), Piece(words, 6.8, 4.0))
    put_together(tmp_path, *pieces)
    told: list[float] = []
    made = apart.assemble(pieces, tmp_path / "apart.opus", told.append, lambda: False)
    assert (tmp_path / "apart.opus").read_bytes() == (tmp_path / "whole.opus").read_bytes()
    assert told == sorted(told)
    assert made.size == (tmp_path / "apart.opus").stat().st_size


def test_a_file_that_is_shorter_than_it_was_said_to_be_ends_in_silence(make, tmp_path, words):
    assert put_together(tmp_path, Piece(words, 0, 5.0)).seconds == pytest.approx(5.0, abs=0.001)


def test_what_is_given_up_or_cannot_be_read_leaves_nothing(tmp_path, words):
    (tmp_path / "no.opus").write_bytes(b"nothing of the kind")
    with pytest.raises(Cancelled):
        assemble((Piece(words, 0, 4.0),), tmp_path / "a.opus", lambda _: None, lambda: True)
    for pieces in ((), (Piece(str(tmp_path / "no.opus"), 0, 1.0),)):
        with pytest.raises(Unreadable):
            assemble(pieces, tmp_path / "a.opus", lambda _: None, lambda: False)
    assert not (tmp_path / "a.opus").exists()


@pytest.mark.parametrize("name", sorted({*NAMES, *SHIPPED}))
def test_a_jingle_is_short_about_as_loud_as_a_bulletin_and_ends_in_silence(name):
    samples = jingle(name)
    assert len(samples) / RATE == pytest.approx(SHIPPED[name], abs=0.0005)
    assert np.abs(samples).max() < 10 ** ((PEAK_DBTP - SPARE_DB) / 20)
    assert 20 * math.log10(np.abs(samples).max()) > -16
    assert np.abs(samples[-480:]).max() < 0.01

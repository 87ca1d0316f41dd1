"""Which part of the text sounds when: measured on what eSpeak NG spoke and mastering made of it."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.alignment import aligned
from audio.apart import compact
from audio.calls import Cancelled
from audio.espeak_engine import EspeakEngine
from audio.estimate import CHIME_S
from audio.made import Unreadable
from audio.master import finish
from audio.reading import LegacyEncoding, explain, read
from audio.speaker import Speaker
from audio.speech import Said

TEXT = "UBND xã thông báo: ngày 25/11, từ 7h30, họp dân.\n\nMời bà con đến đông đủ. Xin cảm ơn!"


def never():
    return False


def untold(_share):
    pass


def one_by_one(words):
    """As if every piece took a second."""
    from audio.pieces import pieces  # noqa: PLC0415 - only here

    return [Said(piece.text, i, i + 1) for i, piece in enumerate(pieces(words))]


def shown(text, lines):
    return [[(text[p.start : p.end], p.words) for p in line.parts] for line in lines]


def test_every_sentence_finds_its_written_words():
    first, second, third = shown(TEXT, aligned(explain(TEXT), one_by_one(read(TEXT))))
    assert first[:2] == [("UBND", 4), ("xã", 1)]
    assert ("25/11", 6) in first
    assert sum(count for _, count in first) == len(read(TEXT).split("\n")[0].replace(",", "").split())
    assert (second[0], second[-1]) == (("Mời", 1), ("đủ", 1))
    assert third == [("Xin", 1), ("cảm", 1), ("ơn", 1)]


def test_other_words_than_those_that_were_said_are_not_laid_along():
    assert aligned(explain("Hôm nay họp."), one_by_one("Hôm nay nghỉ.")) == ()
    assert aligned(explain("Hôm nay họp."), one_by_one("Hôm nay họp dân.")) == ()


@given(st.text(alphabet="abuyên Đức25/17h:.,;-–()\n\tTPHCM&%đkm²", max_size=120))
def test_any_text_is_laid_along_its_own_reading(text):
    try:
        words = read(text)
    except LegacyEncoding:
        return
    lines = aligned(explain(text), one_by_one(words))
    assert bool(lines) == bool(one_by_one(words))
    parts = [part for line in lines for part in line.parts]
    assert all(0 <= p.start < p.end <= len(text) and p.words > 0 for p in parts)
    assert [p.start for p in parts] == sorted(p.start for p in parts)


def test_sentences_sound_where_they_are_said_to_also_in_the_finished_clip(tmp_path, make):
    spoken = Speaker([EspeakEngine()]).speak(read(TEXT), tmp_path / "said.wav", untold, never)
    made = finish(spoken.path, tmp_path / "clip.opus", chime=True, tell=untold, cancelled=never)
    assert made.lead_s == pytest.approx(CHIME_S, abs=0.1)
    assert len(spoken.said) == 3
    raw, clip = make.read(spoken.path), make.read(tmp_path / "clip.opus")
    for one, following in zip(spoken.said, [*spoken.said[1:], None], strict=True):
        for sound, lead in ((raw, 0.0), (clip, made.lead_s)):
            assert loud(sound, lead + one.start_s, lead + one.start_s + 0.3)
            assert loud(sound, lead + one.end_s - 0.4, lead + one.end_s)
            if following is not None:
                assert not loud(sound, lead + one.end_s + 0.05, lead + following.start_s - 0.02)


def loud(sound, start_s, end_s):
    heard = sound[round(start_s * 48_000) : round(end_s * 48_000)]
    return float(np.sqrt(np.mean(heard**2))) > 0.05 * np.abs(sound).max()


def test_what_came_in_is_kept_as_it_was_in_a_small_file(make, tmp_path):
    told: list[float] = []
    came_in = make.speechlike(5)
    size = compact(make.pcm(tmp_path / "a.wav", came_in), tmp_path / "a.opus", told.append, never).size
    assert size == (tmp_path / "a.opus").stat().st_size < 64_000 / 8 * 5 * 1.1
    kept = make.read(tmp_path / "a.opus")
    assert len(kept) / 48_000 == pytest.approx(5, abs=0.02)
    assert np.corrcoef(kept[: len(came_in)], came_in)[0, 1] > 0.99
    assert told == sorted(told)


def test_what_cannot_be_kept_leaves_nothing(tmp_path, make):
    with pytest.raises(Unreadable):
        compact(Path(__file__), tmp_path / "a.opus", untold, never)
    with pytest.raises(Cancelled):
        compact(make.pcm(tmp_path / "a.wav", make.speechlike(5)), tmp_path / "a.opus", untold, lambda: True)
    assert not (tmp_path / "a.opus").exists()

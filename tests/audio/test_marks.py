import re
import wave
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio import marked
from audio.espeak_engine import EspeakEngine
from audio.estimate import counted, seconds, shipped
from audio.gtts_engine import GttsEngine
from audio.http_engine import HttpEngine
from audio.http_profile import known, load
from audio.marks import KINDS, MAN, WOMAN, lacking, marks, parts, plain
from audio.pieces import LINE_PAUSE_S, SENTENCE_PAUSE_S, pieces
from audio.reading import LegacyEncoding
from audio.reading import read as read_unmarked
from audio.shelf import Shelf
from audio.speaker import Choice, Speaker

BRACKETED = re.compile(r"\[[^\[\]\n\r]{0,60}\]")
SCRAPS = [
    "[Nam]",
    "[nữ]",
    "[nghỉ 2 giây]",
    "[nghỉ]",
    "[",
    "]",
    "[[",
    "]]",
    "[x]",
    "\n",
    " ",
    "Mời bà con họp.",
    "7:30",
    "[1]",
]
texts = st.lists(st.one_of(st.sampled_from(SCRAPS), st.text(max_size=8)), max_size=12).map("".join)


@pytest.mark.parametrize(
    ("written", "voice"),
    [
        *((w, MAN) for w in ("[Nam]", "[NAM]", "[ nam ]", "[Giọng nam]", "[giong nam:]", "[MC nam]", "[man]")),
        *((w, WOMAN) for w in ("[Nữ]", "[nu]", "[NỮ:]", "[Nu\u031b\u0303]", "[Giọng nữ]", "[phát thanh viên nữ]")),
    ],
)
def test_who_speaks_is_marked_in_any_spelling(written, voice):
    assert [(part.text.strip(), part.voice) for part in parts(f"Một.\n{written} Hai.")] == [
        ("Một.", ""),
        ("Hai.", voice),
    ]


@pytest.mark.parametrize(
    ("written", "pause_s"),
    [
        ("[nghỉ]", 1), ("[NGHI 2 GIAY]", 2), ("[nghỉ 2s]", 2), ("[Nghỉ 0,5 giây]", 0.5), ("[nghỉ 1.5]", 1.5),
        ("[nghỉ 1 phút]", 60), ("[tạm ngừng]", 1), ("[tạm nghỉ 3 giây]", 3), ("[nghỉ 0 giây]", None),
        ("[nghỉ 61 giây]", None), ("[nghỉ 2 phút]", None), ("[nghỉ mãi]", None),
    ],
)  # fmt: skip
def test_a_pause_is_marked_in_any_spelling_and_within_bounds(written, pause_s):
    (mark,) = marks(f"Một {written} hai")
    assert (mark.pause_s, mark.known) == (pause_s, pause_s is not None)


@pytest.mark.parametrize("written", ["[Việt Nam]", "[nam nữ]", "[1]", "[]", "[nghĩa]", "[xem phụ lục]", "[nghỉ hè]"])
def test_what_means_nothing_is_told_of_and_not_said(written):
    (mark,) = marks(f"Mời {written} bà con")
    assert not mark.known
    assert marked.read(f"Mời {written} bà con") == "Mời bà con"
    assert [(t.kind, t.words) for t in marked.explain(f"Mời {written} bà con") if t.rule == "mark"] == [
        ("mark-unknown", "")
    ]


def test_pauses_add_up_and_hold_between_the_parts_they_stand_between():
    said = list(pieces("[nghỉ 9 giây][Nữ] Kính thưa. Bà con [nghỉ][nghỉ 2 giây]\n[Nam] Thông báo\nHai. [nghỉ 4 giây]"))
    assert [(p.text, p.voice, p.pause_s, p.held) for p in said] == [
        ("Kính thưa.", WOMAN, SENTENCE_PAUSE_S, False),
        ("Bà con", WOMAN, 3.0, True),
        ("Thông báo", MAN, LINE_PAUSE_S, False),
        ("Hai.", MAN, 0.0, False),
    ]


@settings(deadline=None)
@given(texts)
def test_no_mark_of_any_text_reaches_the_words(text):
    assert len(plain(text)) == len(text)
    assert not BRACKETED.search(plain(text))
    assert all(a.start <= b.start for a, b in pairwise(marks(text)))
    for part in parts(text):
        assert part.text.strip()
        assert plain(text)[part.start :].startswith(part.text)
        assert part.pause_s is None or part.pause_s > 0
    for piece in pieces(text):
        assert piece.text.strip()
        assert not BRACKETED.search(piece.text)
        assert piece.voice in {"", *KINDS}


@settings(deadline=None)
@given(texts)
def test_what_was_read_has_the_voices_and_pauses_of_what_was_written(text):
    try:
        words = marked.read(text)
        tokens = marked.explain(text)
    except LegacyEncoding:
        return
    assert all(a.start <= b.start for a, b in pairwise(tokens))
    assert all(mark.known for mark in marks(words))
    assert [(m.voice, m.pause_s) for m in marks(words)] == [(m.voice, m.pause_s) for m in marks(text) if m.known] or (
        "[[" in text or "]]" in text  # a mark within a mark
    )
    assert not any(BRACKETED.search(piece.text) for piece in pieces(words))


def test_a_text_without_marks_is_read_as_before():
    text = "Họp lúc 7:30 ngày 25/11.\n\nUBND xã [1 dấu ngoặc không đóng"
    assert marked.read(text) == read_unmarked(text)
    assert list(pieces("Một câu. Hai câu.\nDòng hai."))[1].pause_s == LINE_PAUSE_S


def test_pauses_are_reckoned_in_a_length_at_any_pace():
    short, long = counted("Mời bà con đi họp. Xin hết."), counted("Mời bà con đi họp. [nghỉ 5 giây] Xin hết.")
    pace = shipped("gtts")
    for rate in (0.5, 1.0, 2.0):
        longer = seconds(long, pace, rate) - seconds(short, pace, rate)
        assert longer == pytest.approx(5 - SENTENCE_PAUSE_S / rate)


def test_every_service_of_ours_has_a_man_and_a_woman_near_the_chosen_voice():
    for name in known():
        profile = load(name)
        engine = HttpEngine(name, profile, 1.0)
        assert {*profile.men, *profile.women} == {*profile.voices, profile.voice}
        for kind, theirs in ((MAN, profile.men), (WOMAN, profile.women)):
            assert engine.voice_of(kind, engine.voice) in theirs
    vbee = HttpEngine("vbee", load("vbee"), 1.0)
    assert vbee.voice_of(MAN, "hue_female_huonggiang_full_48k-fhg").startswith("hue_male")
    assert lacking("[Nam] a\n[Nữ] b", (WOMAN,)) == (MAN,)
    assert GttsEngine(1.0).voice_of(MAN, "vi") == ""


def _pitch(pcm, rate: int) -> float:
    """The median pitch of what is voiced, by autocorrelation."""
    size, found = rate // 10, []
    for at in range(0, len(pcm) - size, size // 2):
        window = pcm[at : at + size].astype(float)
        window -= window.mean()
        if np.sqrt(np.mean(window**2)) < 500:
            continue
        same = np.fft.irfft(np.abs(np.fft.rfft(window, 4 * size)) ** 2)[:size]
        lag = rate // 400 + int(np.argmax(same[rate // 400 : rate // 60]))
        if same[lag] > 0.5 * same[0]:
            found.append(rate / lag)
    return float(np.median(found))


def test_two_voices_sound_apart_and_a_pause_lasts_as_long_as_it_says(tmp_path):
    sentence, out = "Sáng mai bà con ra nhà văn hóa ấp để họp dân.", tmp_path / "out.wav"
    speaker = Speaker([EspeakEngine()], Shelf(tmp_path / "shelf", 10_000_000))
    text = f"[Nữ] {sentence} [nghỉ 2,5 giây]\n[Nam] {sentence}"
    spoken = speaker.speak(text, out, lambda _: None, lambda: False)
    assert [said.words for said in spoken.said] == [sentence] * 2
    assert spoken.lacking == ()
    with wave.open(str(out)) as file:
        rate, pcm = file.getframerate(), np.frombuffer(file.readframes(file.getnframes()), np.int16)
    first, second = (pcm[round(s.start_s * rate) : round(s.end_s * rate)] for s in spoken.said)
    woman, man = _pitch(first, rate), _pitch(second, rate)
    assert woman > 1.3 * man > 1.3 * 60
    between = pcm[round(spoken.said[0].end_s * rate) : round(spoken.said[1].start_s * rate)]
    assert len(between) / rate == pytest.approx(2.5, abs=0.01)
    assert not between.any()
    again = speaker.speak(text, out, lambda _: None, lambda: False, Choice(voice="vi-vn-x-south"))
    assert again.seconds == pytest.approx(spoken.seconds)

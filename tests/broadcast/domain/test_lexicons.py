import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.reading import Lexicon
from broadcast.domain.lexicons import clean_words, clean_written, key
from broadcast.domain.refusals import Refusal


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "written-empty"),
        (" \n\t", "written-empty"),
        ("a" * 101, "written-long"),
        ("a" * 100_000, "written-long"),
        (".", "written-sign"),
        ("/ -", "written-sign"),
        ("# chú thích", "written-sign"),
    ],
)
def test_what_cannot_be_corrected_is_refused(written, code):
    with pytest.raises(Refusal, match=code):
        clean_written(written)


@pytest.mark.parametrize("written", ["25/11", "T2", "→", "+", "#PhongChongDich", "Thạnh Đức", "UBND|HĐND"])
def test_anything_with_letters_digits_or_symbols_can_be_corrected(written):
    assert clean_written(written) == written


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("", "words-empty"),
        ("…", "words-empty"),
        ("a" * 201, "words-long"),
        ("ngày 25", "words-digits"),
        ("mét ²", "words-digits"),
        ("năm | sáu", "words-sign"),
        ("<b>năm</b>", "words-sign"),
        ("🎉 vui", "words-sign"),
    ],
)
def test_what_cannot_be_said_is_refused(words, code):
    with pytest.raises(Refusal, match=code):
        clean_words(words)


def test_both_are_kept_composed_on_one_line():
    assert clean_written(unicodedata.normalize("NFD", " Thạnh\n Đức ")) == "Thạnh Đức"
    assert clean_words(unicodedata.normalize("NFD", "hai  mươi lăm,\ttháng mười một")) == "hai mươi lăm, tháng mười một"


def test_capitals_count_only_after_the_first_letter():
    assert key("Bàn") == key("bàn")
    assert key("COVID") != key("Covid") == key("covid")


@given(st.text(max_size=120), st.text(max_size=220))
def test_whatever_is_let_through_is_a_line_of_a_lexicon_and_stays_as_it_is(written, words):
    try:
        kept, said = clean_written(written), clean_words(words)
    except Refusal:
        return
    assert (clean_written(kept), clean_words(said)) == (kept, said)
    lexicon = Lexicon.parse(f"{kept}\t{said}\nsau\tsau")
    assert {e.written for group in lexicon.own.values() for e in group} >= {key(kept), "sau"}
    assert not any(c.isnumeric() for c in said)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.recogniser import Errors, letter_errors, word_errors, words


@pytest.mark.parametrize(
    ("said", "heard", "wrong"),
    [
        ("Xin chào bà con.", "xin chào bà con", 0),
        ("Hòa bình", "hoà bình", 0),
        ("Nhà văn hóa", "nhà văn hoá", 0),
        ("một hai ba", "một ba", 1),
        ("một hai ba", "một hai hai ba", 1),
        ("một hai ba", "mốt hai ba", 1),
        ("một hai", "", 2),
        ("", "gì", 1),
    ],
)
def test_syllables_left_out_added_or_taken_for_others_count(said, heard, wrong):
    assert word_errors(said, heard).wrong == wrong


def test_letters_count_finer_than_syllables():
    assert letter_errors("mái", "mai") == Errors(1, 4)
    assert letter_errors("mái", "xe").wrong > 1


def test_errors_add_up():
    assert Errors(1, 4) + Errors(2, 4) == Errors(3, 8)
    assert Errors(3, 8).share == 0.375
    assert Errors().share == 0


@given(st.text(), st.text())
def test_errors_are_none_for_itself_and_never_more_than_all(a, b):
    assert word_errors(a, a).wrong == 0
    assert word_errors(a, b).wrong <= max(len(words(a)), len(words(b)))

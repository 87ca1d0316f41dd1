import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from broadcast.domain.finding import LENGTH, WORDS, folded, wanted


def test_tone_marks_and_case_do_not_count():
    assert folded("  Xã THẠNH\nĐức, 25/11 ") == "xa thanh duc, 25/11"
    assert wanted("Thạnh đức") == wanted("thanh DUC") == ("thanh", "duc")


@given(st.text())
def test_what_is_folded_is_folded_alike_however_it_is_composed(text):
    assert folded(folded(text)) == folded(text)
    assert folded(unicodedata.normalize("NFC", text)) == folded(unicodedata.normalize("NFD", text))


@given(st.text(max_size=LENGTH))
def test_a_text_is_found_by_its_own_words(text):
    assert all(word in folded(text) for word in wanted(text))
    assert len(wanted(text)) <= WORDS

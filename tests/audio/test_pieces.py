from hypothesis import given
from hypothesis import strategies as st

from audio.pieces import LINE_PAUSE_S, PARAGRAPH_PAUSE_S, PIECE_LENGTH, Piece, pieces


def test_lines_and_paragraphs_become_pauses():
    text = "Kính thưa bà con.\nHôm nay họp thôn.\r\n\r\n\nXin cảm ơn."
    assert list(pieces(text)) == [
        Piece("Kính thưa bà con.", LINE_PAUSE_S),
        Piece("Hôm nay họp thôn.", PARAGRAPH_PAUSE_S),
        Piece("Xin cảm ơn.", 0.0),
    ]


def test_a_long_line_is_cut_between_sentences():
    sentence = "Một câu dài vừa phải để đọc lên loa." * 5
    made = list(pieces(" ".join([sentence] * 6)))
    assert len(made) > 1
    assert all(p.text.endswith(".") for p in made)


def test_a_word_without_an_end_is_cut_anyway():
    assert [len(p.text) for p in pieces("a" * 1000)] == [400, 400, 200]


def test_nothing_gives_nothing():
    assert list(pieces(" \n\n \t ")) == []


@given(st.text(alphabet=st.sampled_from("aă .,!\n\r\tớ…"), max_size=2000))
def test_no_letter_is_lost_and_no_piece_is_long_or_empty(text):
    made = list(pieces(text))
    assert "".join("".join(p.text.split()) for p in made) == "".join(text.split())
    assert all(0 < len(p.text) <= PIECE_LENGTH for p in made)
    assert not made or made[-1].pause_s == 0.0

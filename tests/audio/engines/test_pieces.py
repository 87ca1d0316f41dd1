from hypothesis import given
from hypothesis import strategies as st

from audio.pieces import LINE_PAUSE_S, PARAGRAPH_PAUSE_S, PIECE_LENGTH, SENTENCE_PAUSE_S, Piece, pieces, short


def test_sentences_lines_and_paragraphs_become_pauses():
    text = "Kính thưa bà con. Xin chú ý!\nHôm nay họp thôn.\r\n\r\n\nXin cảm ơn."
    assert list(pieces(text)) == [
        Piece("Kính thưa bà con.", SENTENCE_PAUSE_S),
        Piece("Xin chú ý!", LINE_PAUSE_S),
        Piece("Hôm nay họp thôn.", PARAGRAPH_PAUSE_S),
        Piece("Xin cảm ơn.", 0.0),
    ]


def test_a_sentence_is_the_same_piece_wherever_it_stands():
    alone = [p.text for p in pieces("Hôm nay họp thôn, mời bà con.")]
    among = [p.text for p in pieces("Kính thưa. Hôm nay  họp thôn,\tmời bà con. Xin cảm ơn.")]
    assert alone == [among[1]]


def test_a_long_sentence_is_cut_at_its_clauses():
    clause = "một mệnh đề vừa phải để đọc lên loa,"
    made = list(pieces(" ".join([clause] * 40)))
    assert len(made) > 1
    assert all(p.text.endswith("loa,") for p in made)


def test_a_word_without_an_end_is_cut_anyway():
    assert [len(p.text) for p in pieces("a" * 1000)] == [400, 400, 200]
    assert short("a" * 25, 10) == ["a" * 10, "a" * 10, "a" * 5]


def test_nothing_gives_nothing():
    assert list(pieces(" \n\n \t ")) == []


@given(st.text(alphabet=st.sampled_from("aă .,!\n\r\tớ…"), max_size=2000))
def test_no_letter_is_lost_and_no_piece_is_long_or_empty(text):
    made = list(pieces(text))
    assert "".join("".join(p.text.split()) for p in made) == "".join(text.split())
    assert all(0 < len(p.text) <= PIECE_LENGTH for p in made)
    assert not made or made[-1].pause_s == 0.0

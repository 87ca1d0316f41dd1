import pytest

from audio.reading import NORTH, BadLexicon, Lexicon, explain, read
from audio.reading.lexicon import default


def own(text):
    return default().merged(Lexicon.parse(text, "own.tsv"))


def test_three_hundred_abbreviations_are_shipped():
    written = {e.written for entries in default().entries.values() for e in entries if not e.any_case}
    assert len({w.upper() for w in written if w.isalpha()}) > 300


def test_an_overlay_decides_over_every_shipped_line():
    assert read("TT Y tế", lexicon=own("TT\ttổ trưởng")) == "tổ trưởng Y tế"
    assert read("UBND", lexicon=own("UBND\tủy ban")) == "ủy ban"
    assert read("UBND") == "ủy ban nhân dân"


def test_a_correction_may_hold_in_its_context_alone():
    lexicon = own("CT\tca trưởng\tnext=trực")
    assert read("CT trực", lexicon=lexicon) == "ca trưởng trực"
    assert read("CT UBND", lexicon=lexicon) == "chủ tịch ủy ban nhân dân"


def test_words_in_small_letters_are_found_in_any_case():
    lexicon = own("suối vàng\tsuối Vàng\nKrông Nô\tcờ rông nô")
    assert read("Suối vàng và Krông Nô", lexicon=lexicon) == "suối Vàng và cờ rông nô"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("UBND", "columns"),
        ("UBND\t \t", "empty"),
        ("UBND\tủy ban 2", "digits"),
        ("UBND\tủy ban\tsau=xã", "context"),
        ("UBND\tủy ban\tnext=", "context"),
        ("UBND\t" + "x" * 201, "long"),
        ("a\tb\tnext=c\td\te", "columns"),
    ],
)
def test_a_bad_line_is_refused_with_its_file_and_number(line, code):
    with pytest.raises(BadLexicon) as refused:
        Lexicon.parse(f"# ours\n\nTYT\ttrạm y tế\n{line}\n", "own.tsv")
    no = refused.value
    assert (no.code, no.file, no.line) == (code, "own.tsv", 4)
    assert "own.tsv" in str(no)
    assert "4" in str(no)


def test_a_table_that_is_no_text_is_refused(tmp_path):
    file = tmp_path / "own.tsv"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadLexicon, match="UTF-8"):
        Lexicon.load(file)


def test_an_explanation_points_into_the_text_as_it_was_written():
    text = "Kính gửi “UB\u00adND”: 1\u202f250 hộ, ngày 3/4"
    tokens = explain(text)
    assert [(text[t.start : t.end].strip(), t.words) for t in tokens if t.kind not in {"word", "pause"}] == [
        ("UB\u00adND", "ủy ban nhân dân"),
        ("1\u202f250", "một ngàn hai trăm năm mươi"),
        ("3/4", "ba tháng tư"),
    ]
    assert "ba phần tư" in tokens[-1].others


def test_the_words_of_an_explanation_are_those_of_the_reading():
    text = "UBND xã cấp 5-10 kg gạo/người (đợt 1), từ 7h30"
    spoken = [t.words for t in explain(text) if t.kind != "pause"]
    assert " ".join(spoken) == read(text).replace(",", "")


def test_north_and_south_differ():
    assert read("1.005 và 7, 24") == "một ngàn không trăm lẻ năm và bảy, hai mươi bốn"
    assert read("1.005 và 7, 24", NORTH) == "một nghìn không trăm linh năm và bẩy, hai mươi tư"

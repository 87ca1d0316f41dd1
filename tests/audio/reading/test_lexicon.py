import pytest
from hypothesis import given
from hypothesis import strategies as st

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


@pytest.mark.parametrize(
    ("line", "text", "words"),
    [
        ("25/11\tngày hội", "Từ 25/11, 25/11/2026", "Từ ngày hội, hai mươi lăm tháng mười một năm hai ngàn không trăm hai mươi sáu"),  # noqa: E501 - one case a line
        ("T2\ttê hai", "T2-T6", "tê hai đến thứ sáu"),
        ("25\thăm lăm", "25, 25.000, 1-25 tuổi", "hăm lăm, hai mươi lăm ngàn, một đến hăm lăm tuổi"),
        ("Thạnh Đức\tthạnh đứt", "xã Thạnh  Đức, Thạnh Đứcx", "xã thạnh đứt, Thạnh Đứcx"),
        ("→\tsang", "đỏ → xanh", "đỏ sang xanh"),
        ("khu phố 2\tkhu phố Hai", "khu phố 2, khu phố 2.500", "khu phố Hai, khu phố hai ngàn năm trăm"),
    ],
)  # fmt: skip
def test_anything_can_be_corrected_where_no_rule_takes_more(line, text, words):
    assert read(text, lexicon=own(line)) == words


def test_a_correction_offers_what_the_rules_would_have_said():
    (token,) = explain("25/11", lexicon=own("25/11\tngày hội"))
    assert (token.kind, token.rule, token.words, token.others[0]) == (
        "date", "own", "ngày hội", "hai mươi lăm tháng mười một",
    )  # fmt: skip


def test_the_nearer_table_decides():
    province, commune = Lexicon.parse("Covid\tcô vít\n25/11\tcũ"), Lexicon.parse("covid\tcô vi\n25/11\tmới")
    assert read("COVID 25/11", lexicon=default().merged(province).merged(commune)) == "cô vi mới"
    assert read("COVID 25/11", lexicon=default().merged(province.merged(commune))) == "cô vi mới"


@given(st.text("ab 12/.-→(ÂBT\n", min_size=1, max_size=8), st.text("ab 12/.-→,(ÂBT\n", max_size=40))
def test_whatever_is_corrected_a_reading_says_all_the_rest(written, text):
    if not (one := " ".join(written.split())) or one.startswith("#"):
        return
    lexicon = own(f"{one}\tđúng vậy")
    said = read(text, lexicon=lexicon)
    assert not any(c.isdigit() for c in said)
    places = [(t.start, t.end) for t in explain(text, lexicon=lexicon)]
    assert places == sorted(places)
    assert all(0 <= start < end <= len(text) for start, end in places)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.domain.paragraphs import (
    Line,
    Reading,
    from_lines,
    from_text,
    glued,
    table_read,
    tidy,
    without_frame,
)


def page(*lines, number=0, first=0.3):
    """Lines of a page, full width unless they say otherwise."""
    made = []
    for i, line in enumerate(lines):
        text, right = line if isinstance(line, tuple) else (line, 0.9)
        top = first + i * 0.02
        made.append(Line(number, top, top + 0.015, 0.1, right, (text,), (0.1,)))
    return made


def test_full_lines_are_one_paragraph_and_a_short_one_ends_it():
    found = from_lines(page("Kính mời bà con", "đến dự họp.", ("Đúng giờ.", 0.4), "Trân trọng", ("kính mời.", 0.3)))
    assert found.paragraphs == ("Kính mời bà con đến dự họp. Đúng giờ.", "Trân trọng kính mời.")


def test_a_sentence_goes_on_over_a_page_and_past_the_number_of_the_page():
    lines = [
        *page("Kính mời bà con ấp", first=0.8),
        Line(0, 0.95, 0.97, 0.5, 0.52, ("1",)),
        *page(("Bến Đình đến dự.", 0.5), number=1, first=0.13),
        Line(1, 0.95, 0.97, 0.5, 0.52, ("2",)),
    ]
    found = from_lines(lines)
    assert found.paragraphs == ("Kính mời bà con ấp Bến Đình đến dự.",)
    assert found.left_out == ("1", "2")


def test_a_head_that_comes_back_on_every_page_is_left_out_and_one_that_does_not_stays():
    lines = [
        Line(n, 0.03, 0.05, 0.1, 0.5, (f"Báo cáo tuần, trang {n + 1}",)) for n in range(3)
    ] + [Line(0, 0.08, 0.1, 0.1, 0.5, ("Tựa đề",)), *page("Thân bài dài", "hai dòng", ("rưỡi.", 0.3))]  # fmt: skip
    found = from_lines(lines)
    assert found.paragraphs == ("Tựa đề", "Thân bài dài hai dòng rưỡi.")
    assert len(found.left_out) == 3


@pytest.mark.parametrize(
    ("one", "other", "whole"),
    [
        ("vắc-xin ru-", "bella", "vắc-xin rubella"),
        ("Covid-", "19", "Covid-19"),
        ("sởi -", "rubella", "sởi - rubella"),
        ("thông\u00ad", "tin", "thôngtin"),
        ("bà con", "chú ý", "bà con chú ý"),
        ("", "chú ý", "chú ý"),
        ("Gò-", "Dầu", "Gò- Dầu"),
    ],
)
def test_a_word_broken_at_the_end_of_a_line_is_made_whole(one, other, whole):
    assert glued(one, other) == whole


@pytest.mark.parametrize(
    ("rows", "read"),
    [
        ([], []),
        ([["", ""]], []),
        ([["Một"], ["Hai"]], ["Một", "Hai"]),
        (
            [["STT", "Tên", "Số tiền"], ["1", "Lúa", "6.800"], ["2", "Mì", ""]],
            ["Tên: Lúa; Số tiền: 6.800.", "Tên: Mì."],
        ),
        ([["Lúa", "6.800"], ["Mì", "2.650 đồng."]], ["Lúa: 6.800.", "Mì: 2.650 đồng."]),
        ([["Ngày 27/11", "7:30", "Ấp 1"]], ["Ngày 27/11, 7:30, Ấp 1."]),
        ([["Tên", "Giá", "Nơi"], ["Ghi chú", "Ghi chú", "Ghi chú"]], ["Ghi chú"]),
    ],
)
def test_a_table_is_told_row_by_row(rows, read):
    assert table_read(rows) == read


def test_what_frames_an_official_document_is_left_out_and_told():
    found = without_frame(
        Reading(
            (
                "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM",
                "Độc lập – Tự do – Hạnh phúc",
                "Số: 15/TB-UBND",
                "Số: 15 hộ dân đã nhận quà.",
                "Nơi nhận quà: nhà văn hóa.",
                "Nơi nhận:",
                "- Như trên;",
                "- Lưu: VT.",
                "TM. ỦY BAN NHÂN DÂN",
                "Lời cuối.",
            ),
            ("Trang 1",),
        )
    )
    assert found.paragraphs == ("Số: 15 hộ dân đã nhận quà.", "Nơi nhận quà: nhà văn hóa.", "Lời cuối.")
    assert len(found.left_out) == 8


lines = st.builds(
    Line, st.integers(0, 3), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1),
    st.lists(st.text(max_size=12), min_size=1, max_size=4).map(tuple), st.lists(st.floats(0, 1), max_size=4).map(tuple),
)  # fmt: skip


@given(st.lists(lines, max_size=20))
def test_any_lines_become_paragraphs(some):
    found = from_lines(some)
    assert all(isinstance(p, str) for p in without_frame(found).paragraphs)


@given(st.text())
def test_any_text_becomes_paragraphs_and_no_letter_is_lost(text):
    letters = [c for c in tidy(text) if c.isalnum()]
    found = from_text(text)
    assert [c for c in tidy("\n".join(found.paragraphs)) if c.isalnum()] == letters
    assert all(p == tidy(p) for p in found.paragraphs)

import unicodedata
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadcast.domain.concerns import Code, Concern, Cues
from broadcast.domain.refusals import Refusal
from broadcast.domain.warnings import (
    ALIKE,
    LOOKED_AT,
    RECENT,
    Aired,
    Look,
    clean_reason,
    likeness,
    look,
    unanswered,
)
from broadcast.newsroom.newsroom_data import load_cues
from broadcast.wording import refusal, say
from devices.vocabulary import AreaId

CUES = Cues.from_toml(files("broadcast").joinpath("data/warnings.toml").read_text("utf-8"))
WEDNESDAY = date(2026, 11, 25)
LATER = datetime(2026, 12, 31, tzinfo=UTC)
COMMUNE = AreaId("xa-thanh-duc-25657")
QUIET = (Path(__file__).parent / "bulletins" / "quiet.txt").read_text("utf-8").split("\n== ")[1:]


@pytest.fixture(scope="module")
def see(tree):
    def see(text, **more):
        fields: dict[str, Any] = {"today": WEDNESDAY, "valid_until": LATER, "areas": (COMMUNE,)} | more
        return look(Look(unicodedata.normalize("NFC", text), **fields), CUES, tree)

    return see


@pytest.mark.parametrize("bulletin", QUIET, ids=lambda b: b.partition("\n")[0])
def test_a_good_bulletin_is_left_alone(see, bulletin):
    text = bulletin.partition("\n")[2]
    assert [(c.code.value, c.about) for c in see(text)] == []


@pytest.mark.parametrize(
    ("code", "text", "about"),
    [
        (Code.PAPERS, "Mời bà Nguyễn Thị Lan, căn cước số 072 185 001 234, đến nhận tiền.", "072185001234"),
        (Code.PAPERS, "CCCD 079085001234 bị mất, ai nhặt được xin trả.", "079085001234"),
        (Code.PAPERS, "Ông Tư, CMND 290 123 456, có tên trong danh sách.", "290123456"),
        (Code.PAPERS, "Danh sách: Lê Văn Tám 072085001234; Trần Thị Chín 072186004321.", "072085001234"),
        (Code.PHONE, "Mọi chi tiết liên hệ ông Tư, số điện thoại 0912 345 678.", "0912345678"),
        (Code.PHONE, "Ai nhặt được giấy tờ xin gọi 0987.654.321.", "0987654321"),
        (Code.PHONE, "Liên hệ Trưởng trạm y tế Nguyễn Văn An, số 0355123456.", "0355123456"),
        (Code.PHONE, "Gọi +84 912 345 678 để được hỗ trợ.", "84912345678"),
        (Code.PHONE, "Nhà bà Nguyễn Thị Hai, điện thoại 0276 3853 456, mất một con bò.", "02763853456"),
        (Code.PHONE, "Công an xã: 0276 3853 113. Gặp anh Bình: 0912345678.", "0912345678"),
        (Code.PROMOTION, "Cửa hàng điện máy khuyến mãi lớn nhân dịp khai trương.", "khuyến mãi"),
        (Code.PROMOTION, "Mua 1 tặng 1 dầu gội tại chợ.", "Mua 1 tặng 1"),
        (Code.PROMOTION, "Thuốc xịt xoang cam kết khỏi bệnh sau một tuần.", "cam kết khỏi bệnh"),
        (Code.PROMOTION, "Phân bón giá chỉ từ 500.000 đồng, giao hàng tận nơi.", "giá chỉ từ 5"),
        (
            Code.PROMOTION,
            "Công ty TNHH Hoa Mai ra mắt sản phẩm máy lọc nước. Chất lượng hàng đầu, bảo hành hai năm.",
            None,
        ),
        (Code.PAST_DATE, "Mời bà con dự họp lúc 19 giờ ngày 20/11/2026 tại nhà văn hóa ấp.", "20/11/2026"),
        (Code.PAST_DATE, "Hạn chót nộp hồ sơ là ngày 24 tháng 11.", "24 tháng 11"),
        (Code.PAST_DATE, "Cúp điện từ 7 giờ đến 16 giờ ngày 24.11.2026.", "24.11.2026"),
        (Code.PAST_DATE, "Tiêm chủng từ ngày 10/11 đến ngày 15/11 tại trạm y tế.", "10/11"),
        (Code.NO_SUCH_DATE, "Họp ngày 31/11 tại ấp.", "31/11"),
        (Code.NO_SUCH_DATE, "Nộp trước ngày 29 tháng 2 năm 2027.", "29 tháng 2 năm 2027"),
        (Code.WEEKDAY, "Họp dân vào thứ Năm, ngày 27/11/2026.", "thứ Năm, ngày 27/11/2026"),
        (Code.WEEKDAY, "Tiêm vắc xin sáng thứ 3 ngày 26/11.", "thứ 3 ngày 26/11"),
        (Code.WEEKDAY, "Tổng vệ sinh ngày 28/11/2026 (Chủ nhật).", "28/11/2026 (Chủ nhật"),
        (Code.WEEKDAY, "Chủ nhật, ngày 05 tháng 12, mời bà con dự lễ.", "Chủ nhật, ngày 05 tháng 12"),
        (Code.FOREIGN_PLACE, "Kính mời bà con xã Cẩm Giang dự họp.", "xã Cẩm Giang"),
        (Code.FOREIGN_PLACE, "Cúp điện tại huyện Bến Cầu.", "huyện Bến Cầu"),
    ],
)
def test_what_should_be_looked_at_is_told_where_it_stands(see, code, text, about):
    found = [c for c in see(text) if c.code is code]
    assert found, [c.code for c in see(text)]
    text = unicodedata.normalize("NFC", text)
    first = found[0]
    assert 0 <= first.start < first.end <= len(text)
    if code not in {Code.PAPERS, Code.PHONE} and about is not None:
        assert " ".join(text[first.start : first.end].split()) == about
    if about is not None:
        assert first.about == about


@pytest.mark.parametrize(
    "text",
    [
        "Đường dây nóng của xã: 0912 345 678.",
        "Hotline 0355 123 456 trực 24/7.",
        "Công an xã Thạnh Đức, số điện thoại 0276 3853 113.",
        "Gọi 1800 1234 hoặc 115.",
        "Số tài khoản 0912345678 của quỹ Vì người nghèo.",
        "Giá trúng thầu 79.085.001.234 đồng.",
        "Mã hồ sơ 072085001234 đã có kết quả.",
        "Tổng kinh phí 120000000 đồng.",
        "Đường Nguyễn Văn Linh: Văn phòng ấp, điện thoại 0276 3853 111.",
    ],
)
def test_numbers_of_offices_and_of_things_are_not_numbers_of_people(see, text):
    assert [c for c in see(text) if c.code in {Code.PHONE, Code.PAPERS}] == []


@pytest.mark.parametrize(
    "text",
    [
        "Ngày 02/9/1945 Bác Hồ đọc Tuyên ngôn Độc lập.",
        "Công văn số 15/UBND-VX ngày 12/11/2026 yêu cầu báo cáo.",
        "Bão đã làm tốc mái 12 căn nhà vào ngày 22/11.",
        "Nhân kỷ niệm ngày 20/11, nhà trường tổ chức hội thi.",
        "Từ ngày 20/11 đến ngày 30/11/2026 thu gom rác miễn phí.",
        "Đạt 20/11 chỉ tiêu được giao.",
        "Tính đến ngày 24/11, xã thu được 92% kế hoạch.",
        "Đến ngày 05/01 sẽ trả kết quả.",
        "Thứ Năm tuần này nghỉ, thứ Sáu học bù.",
        "Lớp 5 thi ngày 27/11.",
        "Mùng 2/11 âm lịch cúng đình.",
    ],
)
def test_days_that_are_history_shares_or_lunar_are_left_alone(see, text):
    assert [c for c in see(text) if c.code in {Code.PAST_DATE, Code.WEEKDAY, Code.NO_SUCH_DATE}] == []


def test_a_day_without_a_year_is_the_nearest_one(see):
    december = date(2026, 12, 28)
    assert see("Họp ngày 05/01 tại ấp.", today=december) == ()
    (weekday,) = see("Họp thứ Hai, ngày 05/01 tại ấp.", today=december)
    assert (weekday.code, weekday.facts["is"]) == (Code.WEEKDAY, "thứ Ba")


def test_29_february_is_a_day_in_leap_years(see):
    assert see("Họp ngày 29/02/2028 tại ấp.", today=date(2028, 2, 1)) == ()


def test_a_bulletin_without_an_end_or_longer_than_its_slot_is_told(see):
    assert [c.code for c in see("Xin chào.", valid_until=None)] == [Code.NO_VALIDITY]
    assert see("Xin chào.", seconds=300.0, slot_seconds=300.0) == ()
    (long,) = see("Xin chào.", seconds=301.0, slot_seconds=300.0)
    assert (long.code, dict(long.facts)) == (Code.TOO_LONG, {"seconds": 301, "slot": 300})


def test_places_above_and_below_are_where_it_is_heard(see, tree):
    text = "Huyện Gò Dầu, tỉnh Tây Ninh: xã Thạnh Đức dọn vệ sinh."
    assert see(text) == ()
    assert see("Kính mời bà con xã Cẩm Giang.", areas=(tree.get(COMMUNE).parent,)) == ()
    assert see("Kính mời bà con xã Cẩm Giang.", areas=()) == ()


def test_a_place_is_told_once_however_often_it_is_named(see):
    assert len(see("Bà con xã Cẩm Giang chú ý! Bà con xã Cẩm Giang chú ý!")) == 1


LONG = QUIET[0].partition("\n")[2]
YESTERDAY = Aired(7, "Ngừng điện", LONG, datetime(2026, 11, 24, 10, 0, tzinfo=UTC))


def test_what_aired_yesterday_is_told_even_with_another_date_and_without_tone_marks(see):
    again = LONG.replace("27/11/2026 (thứ Sáu)", "28/11/2026 (thứ Bảy)").upper()
    (alike,) = (c for c in see(again, recent=(YESTERDAY,)) if c.code is Code.ALIKE)
    assert (alike.facts["title"], alike.facts["bulletin"]) == ("Ngừng điện", 7)
    assert alike.facts["percent"] > 100 * ALIKE


def test_another_bulletin_on_the_same_matter_is_not_the_same(see):
    for other in QUIET[1:]:
        assert likeness(LONG, other) < ALIKE / 2
        assert not [c for c in see(other, recent=(YESTERDAY,)) if c.code is Code.ALIKE]


def test_a_greeting_is_like_another_greeting_and_that_says_nothing(see):
    short = Aired(1, "Chào", "Xin chào bà con.", datetime(2026, 11, 24, tzinfo=UTC))
    assert see("Xin chào bà con.", recent=(short,)) == ()


def test_a_concern_is_answered_with_a_reason_and_stays_so_while_its_words_stand(see):
    text = "Gọi anh Bình: 0912345678."
    (phone,) = see(text)
    answers = {phone.key: "Anh Bình là tổ trưởng, đã đồng ý."}
    assert unanswered(see(text), {}) == (phone,)
    assert unanswered(see("Bà con chú ý. " + text), answers) == ()
    assert len(unanswered(see("Gọi anh Bình: 0912345679."), answers)) == 1
    assert len(unanswered(see(text), {phone.key: " a "})) == 1


@pytest.mark.parametrize(
    ("reason", "code"), [("  ", "reason-short"), ("ok", "reason-short"), ("x" * 501, "reason-long")]
)
def test_a_reason_says_something(reason, code):
    with pytest.raises(Refusal) as no:
        clean_reason(reason)
    assert no.value.code == code
    assert "hãy" in refusal(no.value).casefold()
    assert clean_reason("  Đã   hỏi ý kiến  ") == "Đã hỏi ý kiến"


FACTS: dict[Code, dict[str, Any]] = {
    Code.TOO_LONG: {"seconds": 301, "slot": 300}, Code.PAPERS: {"ending": "234"}, Code.PHONE: {"ending": "678"},
    Code.PROMOTION: {"words": "khuyến mãi"}, Code.PAST_DATE: {"date": "20/11", "day": WEDNESDAY},
    Code.NO_SUCH_DATE: {"date": "31/11"}, Code.WEEKDAY: {"said": "thứ Hai", "is": "thứ Ba", "date": "5/1"},
    Code.FOREIGN_PLACE: {"place": "xã Cẩm Giang"},
    Code.ALIKE: {"title": "x", "at": LATER, "percent": 80, "bulletin": 1},
}  # fmt: skip


@pytest.mark.parametrize("code", Code)
def test_every_concern_has_its_sentence_and_says_what_to_do(code):
    assert "hãy" in say(f"warning.{code}", **FACTS.get(code, {})).casefold()


_pieces = st.sampled_from(
    ["0912 345 678", "072085001234", "ngày 31/2", "thứ Hai, ngày 25/11/2026", "xã Cẩm Giang", "khuyến mãi", ".", "\n",
     "ông ", "căn cước ", "(", "25 tháng 11", " ", "Huyện", "1/1/", "đến ngày 5/5"]
)  # fmt: skip


@given(st.lists(_pieces | st.text(max_size=8), max_size=25).map("".join))
@settings(max_examples=200, deadline=None)
def test_any_text_is_looked_at_and_every_span_lies_in_it(see, text):
    text = unicodedata.normalize("NFC", text)
    for concern in see(text, recent=(YESTERDAY,)):
        assert isinstance(concern, Concern)
        assert 0 <= concern.start <= concern.end <= len(text)
        say(f"warning.{concern.code}", **concern.facts)


@pytest.mark.parametrize(
    "text",
    [
        "0912345678 " * 3_000,
        "1" * 60_000,
        "ngày 1/1 " * 9_000,
        "xã A " * 9_000,
        "a." * 30_000,
        "Nguyễn Văn " * 6_000,
        "(" * 60_000,
    ],
)
def test_long_strange_texts_are_looked_at_within_bounds(see, text):
    recent = tuple(Aired(i, "x", f"{i} " + LONG * 3, LATER) for i in range(RECENT + 50))
    assert all(c.end <= LOOKED_AT for c in see(text, recent=recent))


@pytest.mark.parametrize(
    "text",
    ["[phones\n", "[phones]\noffices = 3\n", "[phonez]\n", "[phones]\nofficez = []\n", "[dates]\nover = ['(']\n"],
)
def test_a_mistake_in_the_words_is_told(text):
    with pytest.raises(Refusal) as no:
        Cues.from_toml(text)
    assert "hãy" in refusal(no.value).casefold()


def test_a_centres_own_words_hold_instead_of_the_shipped_ones(tmp_path):
    assert load_cues(tmp_path) == CUES
    (tmp_path / "warnings").mkdir()
    (tmp_path / "warnings" / "warnings.toml").write_text("[promotion]\nstrong = ['rượu']\n", "utf-8")
    assert len(load_cues(tmp_path).strong) == 1

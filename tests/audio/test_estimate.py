"""How long a text will sound, before it does: against the real eSpeak NG on texts that the pace was not fitted to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.chime import chime
from audio.espeak_engine import EspeakEngine
from audio.estimate import (
    BREATH_SYLLABLES,
    CHIME_S,
    PACES,
    breathless,
    counted,
    learned,
    sample,
    seconds,
    shipped,
)
from audio.reading import read
from audio.sound import RATE
from audio.speaker import Choice, Speaker

BULLETINS = {
    "a line": "Xin mời bà con ra nhà văn hóa ấp họp lúc 14 giờ.",
    "numbers": "Hotline: 0276.3822.233. Gọi 114 khi có cháy, 113 khi có trộm cướp, 115 khi cần cấp cứu.",
    "prices": "Giá heo hơi hôm nay: 62.000 - 65.000 đồng/kg. Giá lúa: 7.800 đồng/kg. Giá cao su: 380 đồng/độ.",
    "a list": "1. Thời gian: 7h ngày 5/4\n2. Địa điểm: trụ sở ấp\n3. Thành phần: đại diện các hộ",
    "paragraphs": (
        "UBND xã thông báo lịch thu gom rác thải sinh hoạt. Thứ hai, thứ tư, thứ sáu: ấp Bến Đình, ấp Bến Rộng. Thứ "
        "ba, thứ năm, thứ bảy: ấp Phước Đức.\n\nĐề nghị bà con để rác đúng nơi quy định trước 6 giờ sáng. Phí "
        "25.000đ/hộ/tháng."
    ),
    "a greeting": (
        "Nhân dịp năm mới, Đảng ủy, HĐND, UBND, UBMTTQ Việt Nam xã kính chúc toàn thể đồng bào, cán bộ, chiến sĩ một "
        "năm mới dồi dào sức khỏe, hạnh phúc và thành công. Chúc các cháu chăm ngoan, học giỏi!"
    ),
    "foreign words": "Xem trang Facebook của xã, nhóm Zalo, email ubnd@tayninh.gov.vn, lớp 10A1, xe 70A-123.45.",
    "a breathless warning": (
        "Công an xã phát hiện đối tượng giả danh cán bộ thuế gọi điện yêu cầu người dân cài đặt ứng dụng dịch vụ công "
        "giả mạo để chiếm đoạt tiền trong tài khoản ngân hàng"
    ),
    "a long one": (
        "Theo Trung tâm Dự báo khí tượng thủy văn, hồi 4 giờ ngày 25/11, vị trí tâm bão ở vào khoảng 15,2 độ vĩ Bắc; "
        "113,5 độ kinh Đông. Sức gió mạnh nhất vùng gần tâm bão mạnh cấp 12, giật cấp 15. Dự báo trong 24 giờ tới, "
        "bão di chuyển theo hướng Tây, mỗi giờ đi được 15-20km. Bà con theo dõi các bản tin tiếp theo. "
    )
    * 8,
}
PACE = PACES["espeak"]


def spoken(words, folder, rate=1.0):
    return Speaker([EspeakEngine()]).speak(
        words, folder / "said.wav", lambda _: None, lambda: False, Choice("", "", rate)
    ).seconds  # fmt: skip


@pytest.mark.parametrize(("name", "rate"), [*((name, 1.0) for name in BULLETINS), ("paragraphs", 0.8), ("a list", 1.3)])
def test_the_finished_length_is_told_within_a_tenth(name, rate, tmp_path):
    words = read(BULLETINS[name])
    told = CHIME_S + seconds(counted(words), PACE, rate)
    assert told == pytest.approx(CHIME_S + spoken(words, tmp_path, rate), rel=0.1)


def test_the_chime_is_as_long_as_it_is_said_to_be():
    assert len(chime()) / 2 / RATE == pytest.approx(CHIME_S, abs=0.001)


def test_words_are_counted_as_they_are_read():
    assert counted(read("25/11")).syllables == 6
    assert counted(read("Ngày 25/11.")).syllables == 7
    assert counted("").syllables == counted("...").sentences == 0


def test_pauses_are_stretched_only_where_the_whole_sound_is():
    what = counted("Một. Hai.")
    slow = seconds(what, shipped("gtts"), 0.5)
    assert slow == pytest.approx(2 * seconds(what, shipped("gtts"), 1.0))
    assert seconds(what, PACE, 0.5) == pytest.approx(2 * seconds(what, PACE, 1.0) - what.pause_s)


def test_one_bulletin_corrects_an_assumed_pace_and_many_a_measured_one():
    slower = [60.0, 0.3]
    assert learned("gtts", [slower]).syllable_s == 0.3
    assert learned("gtts", []) == shipped("gtts")
    measured = [60.0, 0.36]
    assert learned("espeak", [measured]) == PACE
    assert learned("espeak", [measured] * 3).syllable_s == 0.36


def test_a_single_mishap_does_not_spoil_a_pace():
    right, wrong, absurd = [60.0, 0.26], [60.0, 0.5], [9000.0, 40.0]
    assert learned("gtts", [right, right, wrong, absurd]).syllable_s == 0.26


def test_what_was_spoken_teaches_its_own_length():
    what = counted(read(BULLETINS["paragraphs"]))
    for engine, rate in (("gtts", 0.8), ("espeak", 1.2)):
        heard = 1.25 * seconds(what, shipped(engine), rate)
        taught = sample(what, shipped(engine), rate, heard)
        assert taught is not None
        assert seconds(what, learned(engine, [taught] * 9), rate) == pytest.approx(heard, rel=0.001)


def test_a_few_syllables_teach_nothing():
    assert sample(counted("Mời họp."), PACE, 1.0, 9.0) is None


def test_a_clause_longer_than_a_breath_is_found_and_a_comma_mends_it():
    (found,) = breathless(read(BULLETINS["a breathless warning"]))
    assert found.syllables > BREATH_SYLLABLES
    assert found.words.startswith("Công an xã")
    assert breathless(read(BULLETINS["a breathless warning"]).replace(" yêu cầu", ", yêu cầu")) == []
    assert breathless(read(BULLETINS["paragraphs"])) == []


@given(st.text(max_size=300))
def test_any_text_at_all_has_a_length(text):
    what = counted(text)
    assert 0 <= seconds(what, PACE, 1.0) < 1 + 2 * len(text)
    assert seconds(what, PACE, 2.0) <= seconds(what, PACE, 1.0)
    assert all(one.syllables > BREATH_SYLLABLES for one in breathless(text))


@given(st.lists(st.tuples(st.floats(-10, 1e6), st.floats(-1e6, 1e6))))
def test_whatever_was_heard_a_pace_stays_within_reason(samples):
    pace = learned("gtts", samples)
    assert 0.4 <= pace.syllable_s / shipped("gtts").syllable_s <= 2.5

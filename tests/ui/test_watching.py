"""What became of it: slots, receivers, the alarm, the log book."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from nicegui.testing import User

from broadcast.domain.bulletins import Bulletin, BulletinState, Origin, Sound
from broadcast.domain.deliveries import DeliveryState
from broadcast.domain.house import HouseHealth
from broadcast.domain.refusals import Refusal
from broadcast.view_types import LogRow
from devices.vocabulary import ClipHash, Level, Siren

D = DeliveryState


@pytest.fixture
async def slot(little) -> int:
    staff = little.people["huyen"]
    little.books[1] = Bulletin(
        1, "Tiêm <b>phòng</b>", "Kính thưa bà con", Level.ROUTINE, BulletinState.DRAFT, Origin.TEXT, staff.id,
        staff.areas[0], Sound(ClipHash("a" * 64), 12.3, 9_000, "gtts", "vi"), datetime.now(UTC),
    )  # fmt: skip
    placed: int = (await little.place(staff, 1, staff.areas, None, "")).id
    return placed


async def _notified(user: User, sentence: str) -> None:
    for _ in range(150):
        if user.notify.contains(sentence):
            return
        await asyncio.sleep(0.1)
    pytest.fail(f"not told: {sentence}")


async def test_every_step_of_each_receiver_is_shown_as_it_comes(user: User, enter, little, slot: int) -> None:
    await enter("huyen", f"/slots/{slot}")
    await user.should_see("Tiêm <b>phòng</b>")
    await user.should_see(marker="count-planned")
    little.move(slot, "loa-1", D.PLAYING, position_ms=2_000, start_error_ms=3.2)
    await user.should_see("lệch +3 ms", retries=100)
    await user.should_see(marker="stop")
    little.move(slot, "loa-1", D.PLAYED, played_ms=12_345, start_error_ms=-3.2)
    little.move(slot, "loa-2", D.MISSED, why="no-sound")
    little.move(slot, "loa-3", D.UNKNOWN, why="no-report")
    await user.should_see("12.345 ms, lệch −3 ms", retries=100)
    await user.should_see("Chưa tải được âm thanh")
    await user.should_see("Không nhận được báo cáo")
    await user.should_not_see(marker="stop")


async def test_pressing_a_count_lists_only_those(user: User, enter, little, slot: int) -> None:
    little.move(slot, "loa-2", D.MISSED, why="no-sound")
    await enter("huyen", f"/slots/{slot}")
    user.find(marker="count-missed").click()
    await user.should_see(marker="delivery-loa-2")
    await user.should_not_see(marker="delivery-loa-1")


async def test_an_operator_sees_their_own_receivers_and_stops_their_own_commune(
    user: User, enter, little, slot: int
) -> None:
    little.move(slot, "loa-1", D.PLAYING, position_ms=0)
    await enter("xa", f"/slots/{slot}")
    await user.should_see(marker="delivery-loa-1")
    await user.should_not_see(marker="delivery-loa-2")
    await user.should_not_see(marker="withdraw")
    user.find(marker="stop").click()
    await _notified(user, "Đã gửi lệnh dừng")
    assert little.orders == [("stop", little.horns["loa-1"].area)]


async def test_a_slot_is_withdrawn_after_asking(user: User, enter, little, slot: int) -> None:
    await enter("huyen", f"/slots/{slot}")
    user.find(marker="withdraw").click()
    user.find(marker="withdraw-yes").click()
    await user.should_see(marker="count-withdrawn", retries=100)
    assert little.booked[slot].withdrawn


async def test_the_list_of_slots_tells_how_each_goes(user: User, enter, little, slot: int) -> None:
    little.move(slot, "loa-2", D.MISSED, why="no-sound")
    await enter("huyen", "/slots")
    await user.should_see("1 lỡ giờ")
    await user.should_see("2 đã lên lịch")


async def test_a_slot_that_is_not_there_is_said_so(user: User, enter) -> None:
    await enter("huyen", "/slots/77")
    await user.should_see("Không tìm thấy lịch phát này.")


async def test_the_receivers_page_tells_what_is_wrong_and_where(user: User, enter, little) -> None:
    little.horns["loa-2"] = replace(little.horns["loa-2"], clips_missing=2, short_of=1, temperature_c=81.0)
    little.horns["loa-1"] = replace(little.horns["loa-1"], clips_missing=1)
    await enter("huyen", "/receivers")
    await user.should_see("Mất kết nối: hãy kiểm tra điện và mạng tại chỗ.")
    await user.should_see("Còn thiếu âm thanh cho lịch sắp tới. Quá nóng: hãy kiểm tra tủ và quạt.")
    user.find(marker="filter-trouble").click()
    await user.should_not_see(marker="receiver-loa-1")  # what it lacks is not needed for hours
    user.find(marker="filter-all").click()
    user.find(marker="receiver-filter").type("thanh duc")
    await user.should_see(marker="receiver-loa-1")
    await user.should_not_see(marker="receiver-loa-2")
    little.horns["loa-1"] = replace(little.horns["loa-1"], playing_title="Bản tin sáng", position_ms=0, total_ms=9)
    little.bell.ring()
    await user.should_see("Bản tin sáng", retries=100)


async def test_a_receiver_is_told_to_identify_itself_and_a_refusal_is_in_words(user: User, enter, little) -> None:
    await enter("xa", "/receivers")
    user.find(marker="identify-loa-1").click()
    await _notified(user, "Cụm loa ấp 1 sẽ kêu ba tiếng ngắn")
    little.refuse["identify"] = Refusal("link-down")
    user.find(marker="identify-loa-1").click()
    await _notified(user, "Máy chủ đang mất kết nối với các cụm loa")
    assert little.orders == [("identify", "loa-1")]


async def test_one_touch_stops_everything_in_the_commune_and_one_touch_undoes_it(user: User, enter, little) -> None:
    await enter("xa", "/receivers")
    home = little.horns["loa-1"].area
    await user.should_see("Dừng tất cả")
    user.find(marker=f"stop-all-{home}").click()
    await _notified(user, "Đã dừng tất cả ở Xã Thạnh Đức")
    await user.should_see("Đang dừng tất cả ở Xã Thạnh Đức", retries=100)
    await user.should_see("0/1 cụm loa báo đã im")
    little.held[home] = replace(little.held[home], silent=1)
    little.bell.ring()
    await user.should_see("1/1 cụm loa báo đã im", retries=100)
    user.find(marker=f"release-{home}").click()
    await _notified(user, "Xã Thạnh Đức được phát lại")
    await user.should_not_see(marker=f"release-{home}", retries=100)
    assert little.orders == [("hold", home), ("release", home)]


async def test_what_is_stopped_from_above_is_told_on_every_page_and_not_theirs_to_release(
    user: User, enter, little
) -> None:
    tinh = little.people["tinh"]
    await little.hold(little.people["huyen"], little.horns["loa-1"].area)
    await little.hold(tinh, tinh.areas[0])
    await enter("xa", "/slots")
    await user.should_see("Cấp trên dừng", retries=100)
    await user.should_not_see(marker=f"release-{tinh.areas[0]}")
    await user.should_see(marker=f"release-{little.horns['loa-1'].area}")


async def test_who_has_several_communes_finds_each_in_one_touch_and_the_link_down_is_told(
    user: User, enter, little
) -> None:
    little.health = HouseHealth("restarting", "embedded", "bị dừng", 1, "connecting", "không nối được")
    await enter("huyen", "/receivers")
    for i in (1, 2, 3):
        await user.should_see(marker=f"stop-all-{little.horns[f'loa-{i}'].area}")
    user.find(marker=f"stop-all-{little.horns['loa-2'].area}").click()
    await _notified(user, "sẽ đi ngay khi có kết nối")


async def test_the_head_tells_when_messages_do_not_get_through(user: User, enter, little) -> None:
    await enter("xa", "/receivers")
    await user.should_see("Thông suốt", retries=30)
    little.health = HouseHealth("restarting", "embedded", "bị dừng", 1, "connecting", "không nối được")
    await user.should_see("Đang nối lại", retries=100)


async def test_news_that_cannot_be_read_is_called_old_until_it_can(user: User, enter, little) -> None:
    await enter("xa", "/receivers")
    little.refuse["receivers"] = OSError("the books are shut")
    little.bell.ring()
    await user.should_see("Số liệu dưới đây có thể đã cũ", retries=100)
    little.refuse.clear()
    await user.should_not_see("Số liệu dưới đây có thể đã cũ", retries=100)


async def test_an_alarm_needs_areas_words_and_the_typed_word(user: User, enter, little) -> None:
    await enter("tinh", "/alarm")
    user.find(marker="alarm-raise").click()
    await user.should_see("Chưa chọn địa bàn nào. Hãy chọn", retries=100)
    user.find(marker="area-tree").trigger("update:ticked", [r.area for r in little.horns.values()])
    user.find(marker="alarm-words").type("Nước đang lên")
    user.find(marker="alarm-raise").click()
    await user.should_see("Hãy gõ đúng chữ “KHẨN CẤP”", retries=100)
    assert not little.raised
    user.find(marker="siren-wail").click()
    user.find(marker="alarm-confirm").type("khẩn cấp")
    user.find(marker="alarm-raise").click()
    await user.should_see(marker="alarm-end", retries=100)
    assert little.raised["a1"].siren == "wail"
    await user.should_see(marker="alarm-banner", retries=100)


async def test_an_alarm_is_told_of_on_every_page_and_ends_with_one_touch(user: User, enter, little) -> None:
    province = little.people["tinh"]
    alarm = await little.raise_alarm(province, (little.horns["loa-1"].area,), Siren.WAIL, "Nước lên", "KHẨN CẤP")
    little.raised["a1"] = replace(alarm, unsent=alarm.areas)
    await enter("xa", "/receivers")
    await user.should_see("Đang phát khẩn cấp: Xã Thạnh Đức", retries=100)
    await user.open("/alarm")
    await user.should_see("Chưa gửi được tới: Xã Thạnh Đức")
    await user.should_not_see(marker="alarm-end")
    await user.should_not_see(marker="alarm-form")
    user.find(marker="log-out").click()
    await user.should_see(marker="login", retries=30)
    await enter("tinh", "/alarm")
    user.find(marker="alarm-end").click()
    await user.should_see("Đã kết thúc lúc", retries=100)
    await user.should_not_see(marker="alarm-banner", retries=100)


def _row(little, i: int, age: timedelta) -> LogRow:
    at = datetime.now(UTC) - age
    horn = little.horns[f"loa-{i % 3 + 1}"]
    return LogRow(
        "airing", f"Bản tin {i}", horn.name, horn.area_name, at, at, 2.0, 42_345, D.PLAYED, "", at, "Trần Văn Huyện"
    )


async def test_the_log_book_is_filtered_by_day_and_area_and_turned_by_pages(user: User, enter, little) -> None:
    little.log_rows += [_row(little, i, timedelta(0)) for i in range(60)]
    little.log_rows.append(_row(little, 60, timedelta(days=30)))
    await enter("huyen", "/log")
    await user.should_see("60 dòng")
    await user.should_not_see("Bản tin 55")
    (pages,) = user.find(marker="log-pages").elements
    pages.set_value(2)  # type: ignore[attr-defined]  # a pagination has one
    await user.should_see("Bản tin 55", retries=100)
    (area,) = user.find(marker="log-area").elements
    area.set_value(little.horns["loa-1"].area)  # type: ignore[attr-defined]  # a select has one
    await user.should_see("20 dòng", retries=100)
    user.find(marker="csv").click()
    response = await user.download.next(timeout=15)
    assert response.content.startswith(b"\xef\xbb\xbf")
    assert response.text.count("\n") == 20


async def test_a_log_book_without_lines_says_what_to_do_and_a_wrong_day_is_named(user: User, enter) -> None:
    await enter("xa", "/log")
    await user.should_see("Chọn nhiều ngày hơn hoặc địa bàn rộng hơn.")
    (day,) = user.find(marker="first-day").elements
    day.set_value("32/13/2026")  # type: ignore[attr-defined]  # a date field has one
    await user.should_see("Ngày chưa đúng", retries=100)

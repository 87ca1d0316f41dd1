"""Pages of what will sound: the next 24 hours, before and after."""

import asyncio
from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest
from nicegui import ui
from nicegui.events import GenericEventArguments, handle_event
from nicegui.testing import User

from broadcast.agenda.air_types import Repeat
from broadcast.domain.bulletins import Bulletin, BulletinState, Origin, Sound
from broadcast.domain.schedule import QuietHours
from devices.vocabulary import ClipHash, Level


@pytest.fixture
def soon(little):
    return little.time() + timedelta(hours=1)


async def test_the_next_hours_of_a_commune_are_listed_with_what_will_not_sound(user: User, enter, little, soon) -> None:
    little.coming = (
        little.group(
            little.line("Bản tin sáng", soon),
            little.line("Đêm khuya", soon, starts=None, why="quiet-hours"),
            little.line("Chờ lượt", soon, starts=soon + timedelta(minutes=2)),
        ),
    )
    await enter("xa", "/next")
    await user.should_see("24 giờ tới: Xã Thạnh Đức")
    await user.should_see("Bản tin sáng")
    await user.should_see("Không phát: Cụm loa đang trong giờ yên tĩnh")
    await user.should_see("chờ nội dung khác")
    little.coming = ()
    little.bell.ring()
    await user.should_see("Trong 24 giờ tới nơi này sẽ im", retries=100)


async def test_a_receiver_says_whether_it_holds_the_plan(user: User, enter, little, soon) -> None:
    little.coming = (little.group(little.line("Thiếu tiếng", soon)),)
    await enter("xa", "/next?receiver=loa-1")
    await user.should_see("Cụm loa báo đã giữ đúng kế hoạch này")
    await user.should_see("chưa có tệp âm thanh")
    little.newest = None
    little.bell.ring()
    await user.should_see("chưa biết đã nhận kế hoạch này chưa", retries=100)


async def test_the_next_hours_of_others_are_refused_in_words(user: User, enter) -> None:
    await enter("xa", "/next?receiver=loa-2")
    await user.should_see("không thuộc địa bàn của bạn")


@pytest.fixture
def spoken(little):
    staff = little.people["huyen"]
    sound = Sound(ClipHash("a" * 64), 12.3, 9_000, "gtts", "vi")
    little.books[1] = Bulletin(
        1, "Tiêm phòng", "Kính thưa bà con", Level.ROUTINE, BulletinState.DRAFT, Origin.TEXT, staff.id, staff.areas[0],
        sound, little.time(),
    )  # fmt: skip


async def test_before_and_after_stand_in_the_preview(user: User, enter, little, spoken) -> None:
    await enter("huyen", "/bulletins/1")
    user.find(marker="area-tree").trigger("update:ticked", [little.horns["loa-1"].area])
    await user.should_see("Trước và sau", retries=100)
    await user.should_see(marker="next-tiem-phong")
    await user.should_see("mới")


async def test_withdrawing_shows_what_will_be_gone_before_it_is_done(user: User, enter, little, spoken) -> None:
    staff = little.people["huyen"]
    slot = await little.place(staff, 1, staff.areas, little.time() + timedelta(hours=1), "")
    await enter("huyen", f"/slots/{slot.id}")
    user.find(marker="withdraw").click()
    await user.should_see("Trước và sau", retries=100)
    await user.should_see("bỏ")
    await user.should_see(marker="withdraw-yes")


async def test_the_hours_of_an_area_are_changed_by_who_may_place(user: User, enter, little) -> None:
    home = little.horns["loa-1"].area
    await enter("huyen", f"/next?area={home}")
    await user.should_see("Giờ yên tĩnh: 22:00 đến 05:00")
    user.find(marker="hours-change").click()
    user.find(marker="hours-from").type("21:00")
    user.find(marker="hours-save").click()
    await user.should_see("Hãy nhập cả hai giờ", retries=100)
    user.find(marker="hours-to").type("06:00")
    user.find(marker="hours-longest").type("30")
    user.find(marker="soft-from").type("05:00")
    user.find(marker="soft-to").type("06:00")
    user.find(marker="soft-most").type("60")
    user.find(marker="hours-save").click()
    await user.should_see("Giờ yên tĩnh: 21:00 đến 06:00", retries=100)
    await user.should_see("Phát tối đa 30 phút mỗi ngày")
    await user.should_see("Từ 05:00 đến 06:00 không to hơn 60 %")
    assert little.shelf.hours == {home: ("21:00", "06:00", 30)}


async def test_an_operator_sees_the_hours_and_cannot_change_them(user: User, enter) -> None:
    await enter("xa", "/next")
    await user.should_see("Giờ yên tĩnh: 22:00 đến 05:00")
    await user.should_not_see(marker="hours-change")


async def test_a_slot_is_moved_in_the_calendar_after_a_look_at_what_that_does(
    user: User, enter, little, spoken
) -> None:
    staff = little.people["huyen"]
    at = (little.time() + timedelta(hours=2)).replace(second=0, microsecond=0)
    slot = await little.place(staff, 1, staff.areas, at, "")
    await enter("huyen", "/calendar")
    await user.should_see("Lịch phát của Huyện Gò Dầu")
    later = (at + timedelta(hours=1)).astimezone(ZoneInfo("Asia/Ho_Chi_Minh"))
    asked = {"subject": f"s{slot.id}", "at": later.replace(tzinfo=None).isoformat()}
    assert user.client is not None
    with user.client:
        layout = user.client.layout
        listener = next(x for x in layout._event_listeners.values() if x.type == "loaCalendarAsked")
        handle_event(listener.handler, GenericEventArguments(sender=layout, client=user.client, args=asked))
    await user.should_see("Trước và sau", retries=100)
    user.find(marker="move-do").click()
    for _ in range(100):
        if little.booked[slot.id].at == at + timedelta(hours=1):
            break
        await asyncio.sleep(0.05)
    assert little.booked[slot.id].at == at + timedelta(hours=1)
    assert user.notify.contains("Đã dời sang")


async def test_the_week_is_printed_and_handed_on_under_an_address_that_can_be_taken_back(
    user: User, enter, little, spoken
) -> None:
    staff = little.people["huyen"]
    await little.place(staff, 1, staff.areas, little.time() + timedelta(minutes=1), "")
    await enter("huyen", "/calendar/print")
    await user.should_see("Lịch phát thanh trong tuần: Huyện Gò Dầu")
    await user.open("/calendar")
    user.find(marker="week-csv").click()
    assert (await user.download.next()).content.startswith(b"\xef\xbb\xbfhuyen-go-dau-710;")
    user.find(marker="feed-make").click()
    await user.should_see("/feeds/bi-mat.ics", retries=100)
    await user.should_see(marker="feed-revoke-1", retries=100)
    user.find(marker="feed-revoke-1").click()
    await user.should_not_see(marker="feed-revoke-1", retries=100)


async def test_a_day_that_is_none_prints_this_week(user: User, enter) -> None:
    await enter("xa", "/calendar/print?day=hom-qua")
    await user.should_see("Không có bản tin nào")


async def test_a_series_is_changed_from_now_on_after_a_look_at_before_and_after(
    user: User, enter, little, spoken
) -> None:
    staff = little.people["huyen"]
    slot = await little.place(staff, 1, staff.areas, little.time() + timedelta(hours=1), "")
    await little.shelf.repeat(staff, slot.id, Repeat("FREQ=DAILY", except_holidays=True))
    little.quiet = QuietHours(time(22), time(5))
    await enter("huyen", f"/slots/{slot.id}")
    user.find(marker="series-change").click()
    await user.should_see("Sẽ lặp", retries=100)
    await user.should_see("Huyện Gò Dầu")
    user.find(marker="series-hour").clear().type("23:30")
    await user.should_see("Rơi vào giờ yên tĩnh", retries=100)
    user.find(marker="series-do").click()
    await user.should_see("vượt quy định của nơi phát", retries=100)
    assert little.shelf.repeats[slot.id].hour != "23:30"
    user.find(marker="series-hour").clear().type("17:45")
    await user.should_see("17:45 ", retries=100)
    user.find(marker="series-do").click()
    await user.should_see("Đã đổi lịch lặp.", retries=100)
    assert little.shelf.repeats[slot.id].repeat == Repeat("FREQ=DAILY", except_holidays=True)
    assert little.shelf.repeats[slot.id].hour == "17:45"


async def test_a_slot_comes_back_as_chosen_and_stops_coming_back(user: User, enter, little, spoken) -> None:
    staff = little.people["huyen"]
    slot = await little.place(staff, 1, staff.areas, little.time() + timedelta(hours=1), "")
    await enter("huyen", f"/slots/{slot.id}")
    how = next(iter(user.find(kind=ui.select, marker="repeat-how").elements))
    how.set_value("lunar")
    await user.should_see("Sắp tới:", retries=100)
    how.set_value("own")
    await user.should_see(marker="repeat-rule", retries=100)
    user.find(marker="repeat-rule").type("FREQ=HOURLY")
    user.find(marker="repeat-do").click()
    await user.should_see("FREQ=HOURLY", retries=100)
    assert not little.shelf.repeats
    how.set_value("weekdays")
    user.find(marker="repeat-do").click()
    await user.should_see(marker="repeat-end", retries=100)
    assert little.shelf.repeats[slot.id].repeat.rule == "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
    user.find(marker="repeat-end").click()
    await user.should_see(marker="repeat-do", retries=100)
    assert not little.shelf.repeats

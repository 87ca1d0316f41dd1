"""The inbox of a commune, and what the sender sees of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from broadcast.domain.alarms import AlarmInForce
from broadcast.domain.meetings import First
from broadcast.domain.offers import OfferState
from broadcast.domain.people import Actor, Grant, Role
from broadcast.domain.schedule import Slot
from devices.vocabulary import AlarmId, AreaId, Siren
from ui.levelwords import level, offer_state

COMMUNE = AreaId("xa-thanh-duc-25657")
NEIGHBOUR = AreaId("xa-cam-giang-25660")


@pytest.fixture
def levels(little):
    return little.shelf.levels


async def test_an_empty_inbox_says_what_will_come(user, enter) -> None:
    await enter("xa", "/inbox")
    await user.should_see("Khi huyện, trung tâm hoặc tỉnh đặt lịch")
    await user.should_see(marker="nav-inbox")
    await user.should_see("Hạn trả lời: 30 phút trước giờ phát")


async def test_a_bulletin_is_taken_declined_with_a_reason_and_answered_otherwise(user, enter, levels) -> None:
    levels.come("Tiêm chủng", COMMUNE)
    levels.come("Bán hàng", COMMUNE, 3, airs=False)
    levels.come("Của nơi khác", NEIGHBOUR)
    await enter("xa", "/inbox")
    await user.should_see(marker="offer-1")
    await user.should_not_see("Của nơi khác")
    await user.should_see("Không trả lời thì không phát.")
    await user.should_see("2", marker="inbox-count", retries=30)
    user.find(marker="take-1").click()
    await user.should_see("Đã nhận", retries=30)
    user.find(marker="decline-2").click()
    user.find(marker="decline-yes").click()
    await user.should_see("quá ngắn", retries=30)
    user.find(marker="reason-twice").click()
    user.find(marker="decline-yes").click()
    await user.should_see("Lý do: Xã đã phát nội dung này", retries=30)
    assert [levels.offers[k].state for k in (1, 2)] == [OfferState.TAKEN, OfferState.DECLINED]
    assert levels.offers[2].reason == "Xã đã phát nội dung này"
    user.find(marker="again-2").click()
    user.find(marker="take-2").click()
    await user.should_not_see("Lý do: Xã đã phát nội dung này", retries=30)
    assert levels.offers[2].state is OfferState.TAKEN


async def test_a_bulletin_is_taken_into_a_programme_of_the_commune(user, enter, levels, little) -> None:
    staff = little.people["huyen"]
    made = await little.programming.make(staff, COMMUNE, None, "Sáng mai", None, ())
    await little.programming.make(staff, NEIGHBOUR, None, "Của xã khác", None, ())
    levels.come("Tiêm chủng", COMMUNE)
    await enter("xa", "/inbox")
    user.find(marker="take-1").click()
    await user.should_see("Vào “Sáng mai”", retries=30)
    await user.should_not_see("Vào “Của xã khác”")
    user.find(marker=f"take-in-{made.id}").click()
    await user.should_see("Chương trình “Sáng mai”", retries=30)
    assert levels.offers[1].programme == made.id
    user.find(marker="again-1").click()
    user.find(marker="take-1").click()
    await user.should_see(marker="take-alone", retries=30)
    user.find(marker="take-alone").click()
    await user.should_not_see("Chương trình “Sáng mai”", retries=30)
    assert levels.offers[1].state is OfferState.TAKEN


async def test_a_bulletin_is_put_off_to_a_usual_hour_or_to_one_that_is_typed(user, enter, levels) -> None:
    levels.come("Tiêm chủng", COMMUNE)
    levels.come("Họp dân", COMMUNE)
    await enter("xa", "/inbox")

    def set_value(marker, value):
        for element in user.find(marker=marker).elements:
            element.set_value(value)

    user.find(marker="put-off-1").click()
    user.find(marker="usual-0").click()
    await user.should_see("Đã dời sang", retries=30)
    assert levels.offers[1].own_at.astimezone(UTC).hour in {22, 10}
    user.find(marker="put-off-2").click()
    set_value("put-off-hour", "26:00")
    user.find(marker="put-off-yes").click()
    await user.should_see("Chưa chọn được giờ", retries=30)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    set_value("put-off-day", f"{tomorrow:%d/%m/%Y}")
    set_value("put-off-hour", "18:30")
    user.find(marker="put-off-yes").click()
    await user.should_see("Đã dời sang 18:30", retries=30)


async def test_an_answer_that_comes_too_late_is_told_and_one_person_sees_all_their_wards(
    user, enter, levels, little
) -> None:
    little.people["xa"] = Actor(3, "xa", "Lê Thị Xã", tuple(Grant(Role.OPERATOR, a) for a in (COMMUNE, NEIGHBOUR)))
    levels.come("Tiêm chủng", COMMUNE)
    levels.come("Tiêm chủng", NEIGHBOUR)
    await enter("xa", "/inbox")
    await user.should_see("Xã Cẩm Giang", marker="offer-2")
    levels.offers[2] = replace(levels.offers[2], deadline=little.time())
    user.find(marker="take-2").click()
    await user.should_see("Đã quá hạn trả lời", retries=30)
    user.find(marker="area-switch-xa-thanh-duc-25657").click()
    await user.should_not_see(marker="offer-2", retries=30)


async def test_an_alarm_is_told_not_asked(user, enter, little) -> None:
    now = little.time()
    little.raised[AlarmId("a1")] = AlarmInForce(
        AlarmId("a1"), (COMMUNE,), Siren.WAIL, "Nước lên nhanh", 1, "Nguyễn Thị Tỉnh", now, now + timedelta(hours=1)
    )
    await enter("xa", "/inbox")
    await user.should_see("đã phát ngay, không chờ trả lời", marker="inbox-alarm-a1")
    await user.should_see("Nước lên nhanh")


async def test_the_sender_sees_live_what_each_commune_did(user, enter, levels, little) -> None:
    slot = Slot(1, 1, "Tiêm chủng", (AreaId("huyen-go-dau-710"),), little.time() + timedelta(hours=2), 2)
    little.booked[1], little.ways[1] = slot, ()
    levels.come("Tiêm chủng", COMMUNE, slot=1)
    levels.come("Tiêm chủng", NEIGHBOUR, slot=1)
    await enter("huyen", "/slots/1")
    await user.should_see("2 xã trong địa bàn của bạn được hỏi.")
    await user.should_not_see(marker="nav-inbox")
    await levels.decline(little.people["xa"], 1, "Trùng lễ của xã")
    await user.should_see("Lý do: Trùng lễ của xã", retries=30)
    await user.should_see("Từ chối: 1", retries=30)
    await user.should_see(marker="to-inbox")
    levels.meet("Bão số 9", "Vỡ bờ bao", COMMUNE)
    levels.met[1] = replace(levels.met[1], own=replace(levels.met[1].own, slot=1))
    little.bell.ring()
    await user.should_see("Phát sau “Bão số 9”", retries=30)


async def test_what_an_area_does_with_what_nobody_answered_is_changed(user, enter, levels) -> None:
    await enter("xa", "/inbox")
    user.find(marker="answer-rule-change").click()
    user.find("Không phát").click()
    user.find(marker="answer-rule-minutes").type("60")
    user.find(marker="answer-rule-save").click()
    await user.should_see("Hạn trả lời: 60 phút trước giờ phát", retries=30)
    assert levels.said[COMMUNE] == (False, 60)


async def test_two_urgent_ones_are_ordered_and_the_page_says_what_decided(user, enter, levels) -> None:
    levels.meet("Bão số 9", "Vỡ bờ bao", COMMUNE)
    await enter("xa", "/inbox")
    await user.should_see("bắt đầu cùng lúc thì bản của cấp trên phát trước", marker="meeting-rule")
    user.find(marker="first-own-1").click()
    await user.should_see("Lê Thị Xã xếp thứ tự lúc", retries=30)
    assert levels.met[1].first is First.OWN
    levels.meet("Bão số 9", "Họp khẩn", COMMUNE)
    await user.should_see(marker="keep-2", retries=30)
    user.find(marker="keep-2").click()
    await user.should_see("“Bão số 9” phát trước.", retries=30)
    levels.met[1] = replace(levels.met[1], open=False)
    levels.little.bell.ring()
    await user.should_see("không đổi thứ tự được nữa", retries=30)


def test_every_state_has_its_words(levels) -> None:
    view = levels.come("Tiêm chủng", COMMUNE)
    names = {offer_state(replace(view, state=s, airs=airs)) for s in OfferState for airs in (True, False)}
    assert len(names) == len(OfferState) + 1
    assert level("answers")

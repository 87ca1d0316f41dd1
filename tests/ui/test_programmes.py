"""The pages of programmes: made from a usual one, ordered, put together, placed."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from nicegui.events import GenericEventArguments, handle_event
from nicegui.testing import User

from broadcast.domain.bulletins import Bulletin, BulletinState, Origin, Sound
from broadcast.domain.people import Role, held
from broadcast.domain.programmes import PartKind, without_part
from devices.vocabulary import ClipHash, Level


@pytest.fixture
def books(little):
    """Three bulletins that were approved, one that was not."""
    staff = little.people["huyen"]
    for key, title, state in (
        (1, "Cúp nước", BulletinState.APPROVED),
        (2, "Tiêm <b>chủng</b>", BulletinState.APPROVED),
        (3, "Mời họp", BulletinState.APPROVED),
        (4, "Còn nháp", BulletinState.DRAFT),
    ):
        little.books[key] = Bulletin(
            key, title, "Kính thưa", Level.ROUTINE, state, Origin.TEXT, staff.id, staff.areas[0],
            Sound(ClipHash(str(key) * 64), 60.0 * key, 9_000), little.time(),
        )  # fmt: skip
    return little.books


@pytest.fixture
async def made(little, books):
    """A programme of two of them."""
    staff, usual = little.people["huyen"], little.programming.usual["sang"].pattern
    return await little.programming.make(staff, staff.areas[0], usual, "Sáng thứ Tư", None, (1, 2))


def order(little) -> list[str]:
    return [p.key for p in little.programming.held[1].what.parts]


def drag(user: User, key: str, start: int, end: int) -> None:
    """As the browser tells that a part was dropped; the dragging itself is tried in Chromium."""
    (listed,) = user.find(marker="parts").elements
    (item,) = user.find(marker=f"part-{key}").elements
    told = {"item_id": item.id, "from_id": listed.id, "to_id": listed.id, "old_index": start, "new_index": end}
    for listener in list(listed._event_listeners.values()):
        if listener.type == "sortend":
            handle_event(listener.handler, GenericEventArguments(sender=listed, client=listed.client, args=told))


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not true():  # noqa: ASYNC110 - the page is what is waited for
            await asyncio.sleep(0.01)


def field(user: User, marker: str):
    (found,) = user.find(marker=marker).elements
    return found


def change(user: User, marker: str, value: object) -> None:
    made = field(user, marker)
    made.set_value(value)
    heard = next(x.handler for x in made._event_listeners.values() if x.type == "change")
    handle_event(heard, GenericEventArguments(sender=made, client=made.client, args=None))


async def test_a_new_programme_has_the_parts_of_the_usual_one_and_the_bulletins_that_were_ticked(
    user: User, enter, little, books
) -> None:
    await enter("huyen", "/programmes")
    await user.should_see("Chưa có chương trình nào")
    user.find(marker="programme-new").click()
    await user.should_see("Chương trình sáng · 05:00 · 15 phút", retries=20)
    user.find(marker="tick-3").click()
    await user.should_see(marker="tick-1")
    field(user, "programme-day").set_value("24/12/2030")
    await user.should_see("Chương trình sáng 24/12/2030")
    user.find(marker="programme-create").click()
    await user.should_see("Nhạc hiệu mở đầu", retries=20)
    await user.should_see("Mời họp")
    await user.should_see("Tổng thời lượng 3 phút 06 giây. Còn trống 11 phút 54 giây trong khung 15 phút 00 giây.")
    assert little.programming.held[1].frame.at.isoformat() == "2030-12-24T05:00:00+07:00"
    await user.open("/programmes")
    await user.should_see("Chưa ghép")


async def test_parts_move_by_buttons_and_by_dragging_and_the_page_shows_what_the_office_says(
    user: User, enter, little, made
) -> None:
    opening, a, b, music, closing = order(little)
    await enter("huyen", "/programmes/1")
    await user.should_see("Tiêm <b>chủng</b>")
    user.find(marker=f"part-down-{a}").click()
    await until(lambda: order(little) == [opening, b, a, music, closing])
    await user.should_see("02:04", retries=30)
    drag(user, a, 2, 0)
    await until(lambda: order(little) == [opening, a, b, music, closing])  # the opening stays first
    user.find(marker=f"part-out-{b}").click()
    await user.should_not_see("Tiêm <b>chủng</b>")
    user.find(marker="add-relay").click()
    await user.should_see("Chỗ dành cho tiếp âm")
    assert [p.kind for p in little.programming.held[1].what.parts][-2] is PartKind.RELAY


async def test_what_somebody_else_does_is_shown_and_what_they_took_away_is_told(
    user: User, enter, little, made
) -> None:
    _, a, b, *_ = order(little)
    await enter("huyen", "/programmes/1")
    await user.should_see("Cúp nước")
    office, other = little.programming, little.people["tinh"]
    await office.move_part(other, 1, b, a)
    await user.should_see("00:03", retries=50)
    office.held[1].what = without_part(office.held[1].what, a)  # and no bell rings
    user.find(marker=f"part-up-{a}").click()
    await user.should_see("người khác vừa sửa", retries=30)
    await user.should_not_see("Cúp nước")


async def test_bulletins_are_found_and_put_in_and_one_that_was_not_approved_says_what_that_means(
    user: User, enter, little, made
) -> None:
    await enter("huyen", "/programmes/1")
    user.find(marker="add-bulletin").click()
    await user.should_see(marker="take-4", retries=30)
    await user.should_not_see(marker="take-1")
    user.find(marker="take-4").click()
    await user.should_see("Bản tin chưa duyệt: người đặt lịch không tự duyệt được cả chương trình", retries=30)
    await user.should_not_see(marker="take-4")


async def test_hour_slot_gap_and_fade_are_kept_as_they_are_changed(user: User, enter, little, made) -> None:
    await enter("huyen", "/programmes/1")
    await user.should_see(marker="frame-slot")
    change(user, "frame-slot", "2,5")
    await user.should_see("Dài hơn khung giờ 37 giây", retries=30)
    change(user, "frame-gap", 4)
    await until(lambda: little.programming.held[1].frame.gap_s == 4)
    await user.should_see("Khoảng lặng giữa hai mục: 4 giây")
    change(user, "frame-hour", "25:00")
    await user.should_see("Ngày hoặc giờ chưa đúng", retries=30)
    frame = little.programming.held[1].frame
    assert (frame.slot_s, frame.gap_s, frame.at) == (150.0, 4.0, None)


async def test_put_together_it_is_heard_and_placed_and_after_a_change_no_more(user: User, enter, little, made) -> None:
    await enter("huyen", "/programmes/1")
    await user.should_see("Chưa ghép. Sau khi ghép")
    user.find(marker="assemble").click()
    await user.should_see(marker="player", retries=50)
    await user.should_see("Đưa lên loa", retries=30)
    user.find(marker=f"part-down-{order(little)[1]}").click()
    await user.should_see("Chương trình đã được sửa sau lần ghép này.", retries=50)
    await user.should_see("Phải ghép lại trước khi đặt lịch.")
    await user.should_not_see("Đưa lên loa")
    user.find(marker="assemble").click()
    await user.should_see("Đưa lên loa", retries=50)
    await user.open("/bulletins/5")
    await user.should_see("Bản tin này được ghép từ một chương trình")


async def test_putting_together_is_given_up_at_a_touch(user: User, enter, little, made) -> None:
    little.programming.slow_s = 30.0
    await enter("huyen", "/programmes/1")
    user.find(marker="assemble").click()
    await user.should_see("Đang ghép chương trình…", retries=30)
    user.find(marker="assemble-stop").click()
    await user.should_see(marker="assemble", retries=30)
    assert little.programming.held[1].bulletin is None


async def test_a_usual_programme_is_changed_for_ones_area_and_given_back(user: User, enter, little) -> None:
    await enter("huyen", "/programmes/usual")
    await user.should_see("Mẫu có sẵn")
    user.find(marker="usual-edit-sang").click()
    await until(lambda: field(user, "usual-minutes").value == "15")
    user.find(marker="usual-hour").clear().type("5:0x")
    user.find(marker="usual-save").click()
    await user.should_see("Giờ, độ dài hoặc khoảng lặng chưa đúng", retries=30)
    user.find(marker="usual-hour").clear().type("05:30")
    user.find(marker="usual-minutes").clear().type("20")
    user.find(marker="usual-save").click()
    await user.should_see("05:30 · 20 phút", retries=30)
    kept = little.programming.usual["sang"].pattern
    assert [p and p.kind.value for p in kept.parts] == ["opening", None, "music", "closing"]
    user.find(marker="usual-drop-sang").click()
    await user.should_see("05:00 · 15 phút", retries=30)


async def test_whoever_may_only_read_changes_nothing(user: User, enter, little, made) -> None:
    little.people["xa"] = replace(little.people["xa"], grants=held(Role.AUDITOR, little.tree().root.id))
    await enter("xa", "/programmes/1")
    await user.should_see("Cúp nước")
    for marker in ("assemble", "add-bulletin", f"part-out-{order(little)[0]}", "programme-drop"):
        await user.should_not_see(marker=marker)
    await user.open("/programmes")
    await user.should_not_see(marker="programme-new")

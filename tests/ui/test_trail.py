"""The page of the trail."""

from datetime import UTC, datetime

from nicegui.testing import User

from broadcast.view_types import TrailLine

NOW = datetime.now(UTC)


def line(seq: int, **changes: object) -> TrailLine:
    fields = {
        "seq": seq, "at": NOW, "name": "Trần Văn Huyện", "login": "huyen", "whence": "10.0.0.1", "action": "save",
        "subject": "bulletin/7", "area_names": ("Xã Thạnh Đức",),
        "before": '{"bulletin/7":{"title":"Nước","text":{"from":3,"text":"cũ"}}}',
        "after": '{"bulletin/7":{"title":"<b>Điện</b>","text":{"from":3,"text":"mới"}}}',
    }  # fmt: skip
    return TrailLine(**{**fields, **changes})  # type: ignore[arg-type]  # the fields above


async def test_each_entry_says_who_what_where_before_and_after(user: User, enter, little) -> None:
    little.trail_lines = [
        line(3),
        line(2, action="raise_alarm", name="", login="", whence="command"),
        line(
            4,
            action="save_template",
            before='{"template/x/hop":{"gaps":[{"label":"Ngày","key":"ngay"}]}}',
            after='{"template/x/hop":{"gaps":[{"label":"Hôm nào","key":"hom_nao"},{"label":"Ai","key":"ai"}]}}',
        ),
        line(
            1, action="newer", before='{"person/1":{"password_hash":"•"}}', after='{"person/1":{"password_hash":"•••"}}'
        ),
    ]
    await enter("tinh", "/trail")
    for said in (
        "Sửa bản tin", "Trần Văn Huyện", "10.0.0.1", "Xã Thạnh Đức", "Bản tin 7, tiêu đề: Nước → <b>Điện</b>",
        "Bản tin 7, nội dung: … cũ … → … mới …", "Phát khẩn cấp", "Hệ thống", "tại máy chủ", "newer",
        "Tài khoản 1, mật khẩu: đã đổi (không ghi lại)", "Mẫu bản tin x, hop, các ô: Ngày → Hôm nào, Ai", "4 dòng",
    ):  # fmt: skip
        await user.should_see(said)


async def test_the_books_are_asked_for_what_is_chosen_page_by_page(user: User, enter, little) -> None:
    little.trail_lines = [line(n) for n in range(120, 0, -1)]
    await enter("tinh", "/trail")
    await user.should_see("#120")
    await user.should_not_see("#70 ")
    user.find(marker="trail-action").click()
    user.find("Dừng bản đang phát").click()
    await user.should_see("Không có thao tác nào")
    assert little.trail_asks[-1].action == "stop"
    assert little.trail_asks[-1].page_size == 50


async def test_who_may_not_see_it_is_told_so_and_finds_no_way_there(user: User, enter) -> None:
    await enter("huyen", "/trail")
    await user.should_not_see(marker="trail-table")
    await user.should_not_see(marker="to-trail")
    await user.should_see(marker="empty")


async def test_the_file_is_offered(user: User, enter, little) -> None:
    little.trail_lines = [line(1)]
    await enter("tinh", "/trail")
    user.find(marker="trail-csv").click()
    response = await user.download.next(timeout=30)
    assert len(response.content) == 10


async def test_instants_yes_and_no_and_states_are_said_in_words_and_what_is_unknown_as_it_is_called(
    user: User, enter, little
) -> None:
    before = (
        '{"slot/3":{"withdrawn_at":null},"person/2":{"active":true},"bulletin/7":{"state":"draft"},"new/1":{"x":1}}'
    )
    after = (
        '{"slot/3":{"withdrawn_at":"2026-11-25T10:00:00.000Z"},"person/2":{"active":false},'
        '"bulletin/7":{"state":"approved"}}'
    )
    little.trail_lines = [line(1, before=before, after=after)]
    await enter("tinh", "/trail")
    for said in (
        "Lịch phát 3, thu hồi lúc: 17:00 thứ Tư 25/11/2026", "Tài khoản 2, đang làm việc: có → không",
        "Bản tin 7, tình trạng: bản nháp → đã duyệt", "new 1, x: 1 → –",
    ):  # fmt: skip
        await user.should_see(said)

"""Beginning a bulletin from a template, or from a document."""

from typing import Any

import pytest
from nicegui import ui
from nicegui.elements.upload_files import SmallFileUpload
from nicegui.testing import User

INVITED = {
    "authority": "Ban quản lý ấp Bến Đình",
    "who": "bà con trong ấp",
    "matter": "mở rộng đường",
    "hour": "19:00",
    "day": "28/11/2026",
    "place": "nhà văn hóa ấp",
}


async def test_a_template_is_chosen_filled_seen_and_made_a_draft(user: User, enter, little) -> None:
    await enter("huyen")
    user.find(marker="from-template").click()
    await user.should_see("Mời họp dân", retries=30)
    await user.open("/bulletins/template/hop-dan")
    await user.should_see("[Mời ai]")
    await user.should_see("Mang theo (không bắt buộc)")
    for key, value in INVITED.items():
        user.find(marker=f"field-{key}").type(value)
    await user.should_see("thứ Bảy, ngày 28/11/2026", retries=30)
    await user.should_not_see("[Mời ai]")
    user.find(marker="create").click()
    await user.should_see(marker="text", retries=30)
    assert little.books[1].title == "Mời họp: mở rộng đường, thứ Bảy, ngày 28/11/2026"
    assert "19 giờ, thứ Bảy, ngày 28/11/2026" in little.books[1].text


async def test_a_form_that_was_begun_outlives_a_reload_until_the_bulletin_is_made(user: User, enter, little) -> None:
    await enter("huyen", "/bulletins/template/hop-dan")
    for key, value in INVITED.items():
        user.find(marker=f"field-{key}").type(value)
    await user.open("/bulletins/template/hop-dan")
    assert _place(user).value == INVITED["place"]
    await user.should_see("thứ Bảy, ngày 28/11/2026", retries=30)
    user.find(marker="create").click()
    await user.should_see(marker="text", retries=30)
    await user.open("/bulletins/template/hop-dan")
    assert _place(user).value == ""
    assert len(little.books) == 1


def _place(user: User) -> Any:
    return next(iter(user.find(marker="field-place").elements))


async def test_what_is_wrong_stands_at_its_field_and_goes_when_it_is_mended(user: User, enter, little) -> None:
    await enter("huyen", "/bulletins/template/hop-dan")
    for key, value in {**INVITED, "day": "31/11/2026", "hour": ""}.items():
        user.find(marker=f"field-{key}").type(value)
    user.find(marker="create").click()
    await user.should_see("Hãy điền lại những chỗ đó", retries=30)
    (day,) = user.find(marker="field-day", kind=ui.input).elements
    (hour,) = user.find(marker="field-hour", kind=ui.input).elements
    assert (day.error, hour.error) == ("Chưa đúng ngày. Viết như 27/11/2026.", "Chưa điền.")
    assert little.books == {}
    user.find(marker="field-hour").type("19:00")
    assert hour.error is None


async def test_a_template_that_is_gone_says_so(user: User, enter) -> None:
    await enter("huyen", "/bulletins/template/khong-co")
    await user.should_see("Hãy chọn mẫu khác", retries=30)


async def _give(user: User, name: str, content: bytes) -> None:
    (upload,) = user.find(kind=ui.upload).elements
    await upload.handle_uploads([SmallFileUpload(name, "text/plain", content)])


async def test_a_document_is_read_what_was_left_out_is_told_and_it_becomes_a_draft(user: User, enter, little) -> None:
    await enter("huyen", "/bulletins/file")
    await _give(user, "cup-dien.txt", "Cúp điện\nNgày mai cúp điện.\nNơi nhận:".encode())
    await user.should_see("Đã bỏ 1 dòng chỉ dùng trên giấy", retries=30)
    await user.should_see("Nơi nhận:")
    assert little.books == {}
    user.find(marker="create").click()
    await user.should_see(marker="text", retries=30)
    assert (little.books[1].title, little.books[1].text) == ("Cúp điện", "Ngày mai cúp điện.")


async def test_a_document_that_is_refused_says_what_to_do_and_the_next_one_is_taken(user: User, enter) -> None:
    await enter("huyen", "/bulletins/file")
    await _give(user, "cu.doc", b"\xd0\xcf old")
    await user.should_see("lưu thành DOCX", retries=30)
    await _give(user, "moi.txt", "Cúp nước\nNước về trễ.".encode())
    await user.should_see("Nước về trễ.", retries=30)
    await user.should_not_see("lưu thành DOCX")


@pytest.mark.parametrize("address", ["/bulletins/template", "/bulletins/template/hop-dan", "/bulletins/file"])
async def test_every_way_is_drawn_in_english_too(user: User, enter, address) -> None:
    await enter("huyen", address)
    user.find(marker="language-en").click()
    await user.open(address)
    await user.should_not_see(marker="empty")

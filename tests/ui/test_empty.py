"""Where there is nothing yet, a page says what to do next, with a button that does it."""

import pytest


@pytest.mark.parametrize(
    ("login", "address"),
    [
        ("xa", "/"), ("xa", "/slots"), ("xa", "/next"), ("xa", "/inbox"), ("xa", "/approvals"), ("xa", "/log"),
        ("huyen", "/lexicon"), ("xa", "/programmes"), ("huyen", "/approvals"), ("tinh", "/trail"),
    ],
)  # fmt: skip
async def test_an_empty_page_has_a_way_on(user, enter, login, address):
    await enter(login, address)
    await user.should_see(marker="empty")
    await user.should_see(marker="empty-way")


async def test_the_first_bulletin_is_begun_from_the_empty_list(user, enter, little):
    await enter("xa")
    user.find(marker="empty-way-1").click()
    await user.should_see(marker="text", retries=30)
    assert len(little.books) == 1


async def test_a_search_that_found_nothing_is_undone_by_a_button(user, enter, little):
    await little.draft(little.people["xa"], "Họp dân", "Mời bà con.")
    await enter("xa")
    user.find(marker="find").type("lũ lụt")
    await user.should_see("Không tìm thấy bản tin nào.", retries=50)
    user.find("Bỏ bộ lọc, xem tất cả").click()
    await user.should_see("Họp dân", retries=50)


async def test_no_receiver_fits_and_all_are_shown_again(user, enter):
    await enter("xa", "/receivers")
    user.find(marker="receiver-filter").type("khong co")
    await user.should_not_see("Cụm loa ấp 1", retries=50)
    user.find("Bỏ bộ lọc, xem tất cả").click()
    await user.should_see("Cụm loa ấp 1", retries=50)


async def test_a_log_without_lines_offers_the_month(user, enter):
    await enter("xa", "/log")
    (first,) = user.find(marker="first-day").elements
    before = first.value
    user.find("Xem 30 ngày gần đây").click()
    await user.should_see(marker="empty")
    assert first.value != before

"""The way in, and what it keeps out."""

import asyncio

import pytest
from nicegui.testing import User

from broadcast.domain.refusals import Refusal


async def test_a_stranger_is_led_to_the_login_and_then_to_where_they_wanted(user: User, enter) -> None:
    await user.open("/receivers")
    await user.should_see(marker="log-in")
    await enter("xa", "/receivers")
    await user.should_see("Cụm loa ấp 1", retries=30)


async def test_a_wrong_password_says_what_to_check_and_the_enter_key_works(user: User, little) -> None:
    await user.open("/login")
    user.find(marker="login").type("huyen")
    user.find(marker="password").type("sai").trigger("keydown.enter")
    await user.should_see("Hãy kiểm tra phím Caps Lock", retries=30)
    user.find(marker="password").type("mat-khau-thu").trigger("keydown.enter")
    await user.should_see(marker="write", retries=30)
    assert len(little.addresses) == 2


async def test_who_guesses_too_often_is_told_how_many_seconds_to_wait(user: User, little) -> None:
    little.tries = 5
    await user.open("/login")
    user.find(marker="login").type("huyen")
    user.find(marker="log-in").click()
    await user.should_see("Hãy đợi 60 giây", retries=30)


async def test_the_page_speaks_english_to_who_wants_it_and_stays_so(user: User, enter) -> None:
    await enter("huyen")
    user.find(marker="language-en").click()
    await user.should_see("Write a bulletin", retries=30)
    await user.open("/slots")
    await user.should_see("Nothing is scheduled")


async def test_who_may_no_longer_work_here_is_led_out_at_the_next_page_and_the_next_press(
    user: User, enter, little
) -> None:
    await enter("huyen")
    del little.people["huyen"]
    user.find(marker="write").click()
    await user.should_see(marker="log-in", retries=30)
    assert not little.books


async def test_logging_out_closes_the_door(user: User, enter) -> None:
    await enter("huyen")
    user.find(marker="log-out").click()
    await user.should_see(marker="log-in", retries=30)
    await user.open("/slots")
    await user.should_see(marker="log-in")


async def test_each_role_sees_the_places_it_works_in(user: User, enter) -> None:
    await enter("xa")
    await user.should_see(marker="nav-receivers")
    await user.should_see(marker="nav-bulletins")
    await user.should_not_see(marker="nav-alarm")
    await user.should_not_see(marker="nav-lexicon")
    await user.open("/approvals")
    await user.should_see("Tài khoản của bạn không dùng trang này.")
    await enter_again(user, "tinh")
    await user.should_see(marker="nav-alarm")


async def enter_again(user: User, login: str) -> None:
    user.find(marker="log-out").click()
    await user.should_see(marker="login", retries=30)
    user.find(marker="login").type(login)
    user.find(marker="password").type("mat-khau-thu")
    user.find(marker="log-in").click()
    await user.should_see(marker="account", retries=30)


@pytest.mark.parametrize(
    ("asked", "went"),
    [
        ("/slots/3", "/slots/3"),
        ("/log?x=1", "/log?x=1"),
        ("https://example.org/", "/"),
        ("//example.org", "/"),
        ("/\\example.org", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_the_login_leads_only_to_our_own_pages(asked: str, went: str) -> None:
    from ui.session import local  # noqa: PLC0415 - the simulation gives every test new modules

    assert local(asked) == went


async def test_a_failing_office_gets_a_calm_sentence_and_what_it_said_is_logged(
    user: User, enter, little, caplog: pytest.LogCaptureFixture
) -> None:
    await enter("huyen")
    little.refuse["draft"] = RuntimeError("the disk sings")
    user.find(marker="write").click()
    await _notified(user, "Máy chủ gặp sự cố ngoài dự kiến")
    assert "the disk sings" in caplog.text
    little.refuse["draft"] = Refusal("disk-full")
    user.find(marker="write").click()
    await _notified(user, "Máy chủ đã hết chỗ")


async def _notified(user: User, sentence: str) -> None:
    for _ in range(300):
        if user.notify.contains(sentence):
            return
        await asyncio.sleep(0.1)
    pytest.fail(f"not told: {sentence}")


async def test_a_page_on_a_busy_machine_is_slow_rather_than_an_error(user: User) -> None:
    await user.open("/login")
    from nicegui.page import page  # noqa: PLC0415 - the simulation gives every test new modules

    from ui.panel import PAGE_S  # noqa: PLC0415 - see above

    assert page("/any").response_timeout == PAGE_S > 3

"""The way in, and what it keeps out."""

from nicegui.testing import User


async def test_a_stranger_is_led_to_the_login_and_then_to_where_they_wanted(user: User, enter) -> None:
    await user.open("/receivers")
    await user.should_see(marker="log-in")
    await enter("xa", "/receivers")
    await user.should_see("Cụm loa ấp 1")

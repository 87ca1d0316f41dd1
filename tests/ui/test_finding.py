"""Looking for bulletins on the first page."""

from nicegui.testing import User


async def test_bulletins_are_found_with_and_without_tone_marks(user: User, enter, little) -> None:
    await little.draft(little.people["huyen"], "Tiêm chủng <b>", "Mời trẻ em.")
    await little.draft(little.people["huyen"], "Cúp nước", "Nước về trễ.")
    await enter("huyen")
    await user.should_see("Cúp nước")
    user.find(marker="find").type("tiem chung")
    await user.should_not_see("Cúp nước", retries=50)
    await user.should_see("Tiêm chủng <b>")
    await user.should_see("1 bản tin", retries=50)
    user.find(marker="find").clear().type("xyz")
    await user.should_see("Không tìm thấy bản tin nào.", retries=50)


async def test_long_lists_have_pages(user: User, enter, little) -> None:
    for n in range(60):
        await little.draft(little.people["huyen"], f"Bản {n:02}.", "")
    await enter("huyen")
    await user.should_see("Bản 59.")
    await user.should_not_see("Bản 05.")
    with user:
        next(iter(user.find(marker="find-pages").elements)).set_value(2)  # type: ignore[attr-defined]  # a pagination
    await user.should_see("Bản 05.", retries=50)

"""Warnings in the editor, and the reasons that answer them."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st
from nicegui.testing import User

from broadcast.domain.concerns import Code, Concern
from broadcast.domain.refusals import Refusal

WRONG = "Mời bà con họp sáng thứ Năm, ngày 27/11/2026 tại nhà văn hóa."


async def _at_a_draft(user: User, enter, little, text: str = WRONG) -> None:
    await enter("huyen")
    await little.draft(little.people["huyen"], "Mời họp", text)
    await user.open("/bulletins/1")
    await user.should_see(marker="warning-no-validity", retries=50)


async def test_what_is_wrong_is_told_with_its_place_below_the_text_and_beside_the_hand_in_button(
    user: User, enter, little
) -> None:
    await _at_a_draft(user, enter, little)
    await user.should_see("Ngày 27/11/2026 là thứ Sáu, không phải thứ Năm. Hãy xem lại thứ và ngày.")
    await user.should_see("Ở chỗ: “")
    await user.should_see("Cần xem lại: 2")


async def test_mending_the_text_takes_the_warning_away_once_it_is_saved(user: User, enter, little) -> None:
    await _at_a_draft(user, enter, little)
    user.find(marker="text").clear().type(WRONG.replace("thứ Năm", "thứ Sáu"))
    await user.should_see("Cần xem lại: 1", retries=100)
    await user.should_not_see(marker="warning-weekday")


async def test_a_reason_answers_it_and_can_be_taken_back(user: User, enter, little) -> None:
    await _at_a_draft(user, enter, little, "Mời bà con họp.")
    user.find(marker="warning-keep").click()
    user.find(marker="warning-save").click()
    await user.should_see("Hãy", retries=30)
    assert little.answers == {}
    user.find(marker="warning-reason").type("Bản tin thường xuyên")
    user.find(marker="warning-save").click()
    await user.should_see("Giữ nguyên vì: Bản tin thường xuyên (Trần Văn Huyện", retries=30)
    await user.should_not_see("Cần xem lại: 1")
    user.find(marker="warning-drop").click()
    await user.should_see("Cần xem lại: 1", retries=30)
    assert little.answers == {}


async def test_a_reason_being_typed_outlives_a_new_look(user: User, enter, little) -> None:
    await _at_a_draft(user, enter, little, "Mời bà con họp.")
    user.find(marker="warning-keep").click()
    user.find(marker="warning-reason").type("Phát hằng")
    user.find(marker="text").clear().type(WRONG)
    await user.should_see(marker="warning-weekday", retries=100)
    await user.should_see("Phát hằng")


async def test_warnings_that_cannot_be_had_say_why_and_the_text_is_saved_all_the_same(
    user: User, enter, little
) -> None:
    await enter("huyen")
    little.refuse["warnings"] = Refusal("cues-file", entry="x", why="hỏng")
    await little.draft(little.people["huyen"], "Mời họp", "")
    await user.open("/bulletins/1")
    await user.should_see("hỏng", retries=50)
    user.find(marker="text").type(WRONG)
    for _ in range(100):
        if little.books[1].text == WRONG:
            break
        await asyncio.sleep(0.1)
    assert little.books[1].text == WRONG


@given(st.text(max_size=20), st.text(min_size=1, max_size=10), st.text(max_size=20))
def test_the_browser_selects_exactly_the_words_in_its_own_units(before: str, words: str, after: str) -> None:
    from ui.looking import selected  # noqa: PLC0415 - the simulation gives every test new modules

    text = before + words + after
    concern = Concern(Code.PHONE, len(before), len(before) + len(words))
    first, last = selected(text, text, concern)
    units = text.encode("utf-16-le", "surrogatepass")
    assert units[2 * first : 2 * last].decode("utf-16-le", "surrogatepass") == words

"""The first steps, as the panel offers them; the way itself is walked in tests/system/test_newcomer.py."""

import pytest

from broadcast.domain.people import Actor, Role, held
from broadcast.people.account_types import Tour


@pytest.fixture
def newcomer(little):
    little.steps = Tour()
    return little


async def test_somebody_new_is_told_what_the_page_is_for_and_begins(newcomer, enter):
    user = await enter("xa")
    await user.should_see("Phát bản tin đầu tiên trong năm phút")
    user.find(marker="tour-begin").click()
    await user.should_not_see(marker="tour-welcome")
    assert newcomer.steps == Tour(2)


async def test_it_can_be_left_and_begun_again_from_the_menu_of_ones_name(newcomer, enter, user):
    await enter("xa")
    user.find(marker="tour-not-now").click()
    await user.should_not_see(marker="tour-welcome")
    assert newcomer.steps.left
    await user.open("/receivers")
    await user.open("/")
    await user.should_not_see(marker="tour-welcome")
    user.find(marker="tour-again").click()
    await user.should_see(marker="tour-welcome", retries=30)


@pytest.mark.parametrize("role", [Role.APPROVER, Role.AUDITOR])
async def test_who_could_not_go_to_its_end_is_not_led(newcomer, enter, role):
    newcomer.people["xa"] = Actor(3, "xa", "Lê Thị Xã", held(role, newcomer.people["xa"].areas[0]))
    user = await enter("xa")
    await user.should_not_see(marker="tour-welcome")
    await user.should_not_see(marker="tour-again")

"""The first steps of somebody new: remembered with the account, never a way to anything else."""

import pytest

from broadcast.people import touring
from broadcast.people.account_types import Tour


async def test_whoever_is_new_stands_at_the_first_step(desk, operator):
    assert await touring.tour(desk, operator) == Tour(1, "", left=False)


async def test_it_goes_on_where_it_was_left_and_begins_again_when_asked(desk, operator, staff):
    await touring.tour_on(desk, operator, Tour(3, "/bulletins/7"))
    await touring.tour_on(desk, operator, Tour(3, "/bulletins/7", left=True))
    assert await touring.tour(desk, operator) == Tour(3, "/bulletins/7", left=True)
    assert await touring.tour(desk, staff) == Tour()
    await touring.tour_on(desk, operator, Tour())
    assert await touring.tour(desk, operator) == Tour()


@pytest.mark.parametrize("place", ["https://xau.vn", "//xau.vn", "/log", "/bulletins/1/../../", "javascript:1", ""])
async def test_what_a_page_sends_leads_nowhere_else(desk, operator, place):
    await touring.tour_on(desk, operator, Tour(99, place))
    assert await touring.tour(desk, operator) == Tour(6, "")
    await touring.tour_on(desk, operator, Tour(-5, "/slots/12"))
    assert await touring.tour(desk, operator) == Tour(1, "/slots/12")

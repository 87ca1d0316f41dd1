"""What each role finds in the panel, asked over HTTP: its own pages with its own buttons, and a sentence elsewhere."""

from datetime import timedelta

import pytest
from nicegui.testing import User

from broadcast.domain.people import Actor, Role, held

NOT_FOR_YOU = "Tài khoản của bạn không dùng trang này."
WRITERS = {Role.PROVINCE, Role.STAFF, Role.OPERATOR}
READERS = WRITERS | {Role.APPROVER, Role.AUDITOR}
PAGES = {
    "/bulletins/1": READERS,
    "/bulletins/1/versions": READERS,
    "/bulletins/template": WRITERS,
    "/bulletins/file": WRITERS,
    "/approvals": {Role.PROVINCE, Role.STAFF, Role.APPROVER},
    "/programmes": READERS,
    "/programmes/new": WRITERS,
    "/programmes/usual": WRITERS,
    "/slots": READERS,
    "/receivers": READERS,
    "/log": READERS,
    "/lexicon": {Role.PROVINCE, Role.STAFF},
    "/people": {Role.AUDITOR, Role.ADMINISTRATOR},
    "/trail": {Role.PROVINCE, Role.AUDITOR},
}
BUTTONS = {
    ("/", "write"): WRITERS,
    ("/", "nav-approvals"): {Role.PROVINCE, Role.STAFF, Role.APPROVER},
    ("/", "nav-lexicon"): {Role.PROVINCE, Role.STAFF},
    ("/", "nav-alarm"): {Role.PROVINCE},
    ("/programmes", "programme-new"): WRITERS,
    ("/bulletins/1", "listen"): WRITERS,
    ("/bulletins/1", "place"): WRITERS,
    ("/next", "hours-change"): {Role.PROVINCE, Role.STAFF},
    ("/bulletins/1", "bulletin-view"): {Role.APPROVER, Role.AUDITOR},
    ("/receivers", "identify-loa-1"): WRITERS,
    ("/alarm", "alarm-raise"): {Role.PROVINCE},
}


@pytest.fixture
async def as_role(user: User, enter, little):
    """Someone of that role over the whole province, logged in; a bulletin is there to be looked at."""
    chief = little.people["tinh"]
    await little.draft(chief, "Họp dân", "Mời bà con đi họp.")

    async def as_role(role: Role) -> User:
        little.people["tinh"] = Actor(1, "tinh", "Người thử", held(role, chief.areas[0]))
        await enter("tinh", "/alarm")
        return user

    return as_role


@pytest.mark.parametrize("role", Role)
async def test_a_role_sees_its_own_pages_and_buttons_alone(as_role, role):
    user = await as_role(role)
    for address, allowed in PAGES.items():
        await user.open(address)
        if role in allowed:
            await user.should_not_see(NOT_FOR_YOU)
        else:
            await user.should_see(NOT_FOR_YOU)
    for (address, marker), allowed in BUTTONS.items():
        await user.open(address)
        if role in allowed:
            await user.should_see(marker=marker)
        else:
            await user.should_not_see(marker=marker)


async def test_whoever_sees_no_bulletins_begins_where_they_may_look(as_role):
    user = await as_role(Role.ADMINISTRATOR)
    await user.open("/")
    await user.should_not_see(NOT_FOR_YOU)


async def test_what_is_not_of_ones_commune_is_read_but_not_written(user, enter, little):
    await little.draft(little.people["huyen"], "Tiêm chủng", "Trạm y tế mời bà con.")
    await enter("xa", "/bulletins/1")
    await user.should_see(marker="bulletin-view")
    await user.should_not_see(marker="place")


async def test_a_slot_of_the_district_is_watched_but_not_withdrawn_by_a_commune(user, enter, little):
    huyen = little.people["huyen"]
    await little.draft(huyen, "Tiêm chủng", "Trạm y tế mời bà con.")
    await little.render(huyen, 1, lambda _: None)
    await little.place(huyen, 1, huyen.areas, little.time() + timedelta(hours=3), "")
    await enter("xa", "/slots/1")
    await user.should_see("Cụm loa ấp 1")
    await user.should_not_see(marker="withdraw")
    await user.should_not_see(marker="repeat")

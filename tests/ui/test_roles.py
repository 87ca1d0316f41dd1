"""What each role finds in the panel, asked over HTTP: its own pages with its own buttons, and a sentence elsewhere."""

import pytest
from nicegui.testing import User

from broadcast.domain.people import Actor, Role, held

NOT_FOR_YOU = "Tài khoản của bạn không dùng trang này."
READERS = {Role.PROVINCE, Role.STAFF, Role.APPROVER, Role.AUDITOR}
PAGES = {
    "/bulletins/1": READERS,
    "/slots": READERS | {Role.OPERATOR},
    "/receivers": READERS | {Role.OPERATOR},
    "/log": READERS | {Role.OPERATOR},
    "/trail": {Role.PROVINCE, Role.AUDITOR},
}
BUTTONS = {
    ("/", "write"): {Role.PROVINCE, Role.STAFF},
    ("/bulletins/1", "listen"): {Role.PROVINCE, Role.STAFF},
    ("/bulletins/1", "place"): {Role.PROVINCE, Role.STAFF},
    ("/bulletins/1", "bulletin-view"): {Role.APPROVER, Role.AUDITOR},
    ("/receivers", "identify-loa-1"): {Role.PROVINCE, Role.STAFF, Role.OPERATOR},
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


async def test_whoever_may_not_write_begins_where_they_work(as_role):
    user = await as_role(Role.OPERATOR)
    await user.open("/")
    await user.should_see("Cụm loa ấp 1")

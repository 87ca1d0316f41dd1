"""The accounts as pages get them: every change leaves its entry in the trail, and guessing is slowed down there too."""

from collections.abc import Callable

import pytest

from broadcast.domain.people import Role, held
from broadcast.domain.refusals import Refusal
from broadcast.people.account_types import NewPerson, PeopleAsk
from broadcast.people.joining_accounts import join
from broadcast.people.office_accounts import Accounts
from broadcast.recording import ACCOUNTS, _accounts_over
from broadcast.records import AuditRow
from broadcast.wording import table
from devices.vocabulary import AreaId

PROVINCE, COMMUNE = AreaId("tinh-tay-ninh-72"), AreaId("xa-thanh-duc-25657")
SAYS_SO_ITSELF = {"accept": "accept_link", "first_begin": "open_house", "log_in": "use_code"}
READS = {
    "whose", "end", "invited", "first_open", "first_fits", "own", "begin_second_factor", "people", "person", "within",
    "area_name", "tour", "tour_on",
}  # fmt: skip
"""`end` is one's own logging out: its entry names nobody but the row of the session. `tour_on` keeps how far somebody
new has come, which no inspector asks for."""


@pytest.fixture
def accounts(desk) -> Accounts:
    return _accounts_over(join(desk))


def test_every_call_either_reads_or_is_entered_under_a_name_that_has_words(accounts):
    calls = {name for name, value in vars(accounts).items() if isinstance(value, Callable) and name != "bell"}  # type: ignore[arg-type]  # as isinstance takes it
    assert calls == READS | set(ACCOUNTS) | set(SAYS_SO_ITSELF)
    for deed in (*ACCOUNTS.values(), *SAYS_SO_ITSELF.values(), "meet"):
        assert f"audit.action-{deed}" in table()


async def test_what_was_done_to_whom_stands_in_the_trail_without_any_secret(accounts, hire, rows):
    chief = hire("quantri", Role.ADMINISTRATOR, PROVINCE)
    way = await accounts.add(chief, NewPerson("hoa", "Hoa", "", held(Role.OPERATOR, COMMUNE)), by_link=False)
    hoa = await accounts.log_in("hoa", way.password, "", "10.0.0.9")
    await accounts.begin(hoa, "10.0.0.9", "Firefox", "password")
    await accounts.set_grants(chief, way.person, held(Role.STAFF, COMMUNE))
    again = await accounts.reset(chief, way.person, by_link=True)
    await accounts.accept(again.token, "một câu khác hẳn")
    await accounts.deactivate(chief, way.person)
    entries = rows(AuditRow)
    assert [(e.action, e.login) for e in entries] == [
        ("add_person", "quantri"),
        ("log_in", "hoa"),
        ("set_grants", "quantri"),
        ("reset_password", "quantri"),
        ("accept_link", "hoa"),
        ("deactivate", "quantri"),
    ]
    assert all(COMMUNE in e.areas for e in entries)
    written = " ".join(f"{e.before} {e.after}" for e in entries)
    assert not any(secret in written for secret in (way.password, again.token, again.token.split(".")[0], "$argon2"))


async def test_the_present_password_is_not_guessed_at_a_browser_left_open(accounts, hire, clock, desk):
    chief = hire("quantri", Role.ADMINISTRATOR, PROVINCE)
    way = await accounts.add(chief, NewPerson("hoa", "Hoa", "", held(Role.OPERATOR, COMMUNE)), by_link=False)
    hoa = await accounts.log_in("hoa", way.password, "", "10.0.0.9")
    standing = await accounts.whose(await accounts.begin(hoa, "10.0.0.9", "Firefox", "password"))
    assert standing is not None
    for _ in range(desk.settings.login.tries):
        with pytest.raises(Refusal, match="password-wrong"):
            await accounts.change_password(standing, "đoán mò thôi", "một câu khác hẳn")
    with pytest.raises(Refusal, match="login-throttled"):
        await accounts.change_password(standing, way.password, "một câu khác hẳn")
    clock.on(seconds=desk.settings.login.pause_s)
    await accounts.change_password(standing, way.password, "một câu khác hẳn")


async def test_a_page_of_people_is_bounded_whatever_is_asked_for(accounts, hire):
    chief = hire("quantri", Role.ADMINISTRATOR, PROVINCE)
    for ask in (PeopleAsk(page_size=10**9), PeopleAsk(page_size=-5), PeopleAsk("x" * 100_000)):
        assert len((await accounts.people(chief, ask)).people) <= 1

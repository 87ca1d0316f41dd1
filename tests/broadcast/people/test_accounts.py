import unicodedata

import pytest

from broadcast.domain.people import Role, held
from broadcast.domain.refusals import Refusal
from broadcast.people import accounts, logging_in, passwords
from broadcast.people.logging_in import Throttle
from broadcast.records import PersonRow
from broadcast.wording import refusal
from devices.vocabulary import AreaId

DISTRICT = AreaId("huyen-go-dau-710")
COMMUNE = AreaId("xa-thanh-duc-25657")
PASSWORD = "tiếng loa sáng sớm"


@pytest.fixture
def add(desk):
    def add(login="canbo", name="Cán bộ Gò Dầu", role=Role.STAFF, areas=(DISTRICT,), password=PASSWORD):
        return accounts.add_user(desk, login, name, held(role, *areas), password)

    return add


@pytest.fixture
def log_in(desk):
    throttle = Throttle(desk.settings.login, desk.now)

    def log_in(login, password, address="10.0.0.1"):
        return logging_in.log_in(desk, b"key", throttle, throttle, login, password, "", address)

    return log_in


async def test_someone_new_can_log_in(add, log_in):
    made = await add(name="  Cán  bộ Gò Dầu ", areas=[DISTRICT, COMMUNE])
    assert (made.login, made.name, made.grants) == ("canbo", "Cán bộ Gò Dầu", held(Role.STAFF, DISTRICT))
    assert await log_in("canbo", PASSWORD) == made


async def test_a_password_is_kept_as_an_argon2_hash_only(add, rows):
    await add()
    (row,) = rows(PersonRow)
    assert row.password_hash.startswith("$argon2id$")
    assert PASSWORD not in repr(row)


async def test_a_password_is_the_same_however_the_keyboard_composes_it(add, log_in):
    await add(password=unicodedata.normalize("NFD", PASSWORD))
    assert await log_in("canbo", unicodedata.normalize("NFC", PASSWORD))


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"login": "Cán Bộ"}, "login-bad"),
        ({"login": ""}, "login-bad"),
        ({"login": "a" * 33}, "login-bad"),
        ({"login": "canbo\n"}, "login-bad"),
        ({"name": " "}, "name-bad"),
        ({"name": "n" * 101}, "name-bad"),
        ({"name": "a\x00b"}, "name-bad"),
        ({"areas": ()}, "no-areas"),
        ({"areas": ("xa-khong-co-1",)}, "no-such-area"),
        ({"password": "ngắn"}, "password-short"),
        ({"password": "dài" * 100}, "password-long"),
        ({"password": "aaaaaaaaaaaa"}, "password-plain"),
        ({"password": "my-CANBO-password"}, "password-plain"),
    ],
)
async def test_what_cannot_be_an_account_is_refused_and_nothing_is_changed(add, whole, wrong, code):
    before = whole()
    with pytest.raises(Refusal) as no:
        await add(**wrong)
    assert no.value.code == code
    assert "Hãy" in refusal(no.value) or "Chỉ" in refusal(no.value)
    assert whole() == before


async def test_a_login_that_cannot_be_is_answered_with_one_that_can(add):
    with pytest.raises(Refusal) as no:
        await add(login="Cán Bộ")
    assert no.value.facts["proposal"] == "can-bo"


async def test_a_login_is_taken_once(add, whole):
    await add()
    before = whole()
    with pytest.raises(Refusal, match="login-taken"):
        await add(name="Người khác")
    assert whole() == before


async def test_a_changed_password_holds_and_the_old_one_no_longer(add, log_in, desk):
    await add()
    await accounts.change_password(desk, "canbo", "một câu khác hẳn")
    assert await log_in("canbo", "một câu khác hẳn")
    with pytest.raises(Refusal, match="bad-login"):
        await log_in("canbo", PASSWORD)


async def test_who_has_left_comes_in_no_more_and_stays_in_the_books(add, log_in, desk, rows):
    made = await add()
    assert await logging_in.actor(desk, made.id) == made
    await accounts.deactivate(desk, "canbo")
    assert await logging_in.actor(desk, made.id) is None
    with pytest.raises(Refusal, match="bad-login"):
        await log_in("canbo", PASSWORD)
    assert [r.active for r in rows(PersonRow)] == [False]


async def test_nobody_by_that_name_is_changed(desk):
    with pytest.raises(Refusal, match="no-such-user"):
        await accounts.change_password(desk, "canbo", "một câu khác hẳn")
    with pytest.raises(Refusal, match="no-such-user"):
        await accounts.deactivate(desk, "canbo")


async def test_a_hash_nobody_understands_opens_no_door(hire, log_in):
    hire("canbo", Role.STAFF, DISTRICT)
    with pytest.raises(Refusal, match="bad-login"):
        await log_in("canbo", "none")


async def test_a_lone_surrogate_is_a_wrong_password_and_no_crash():
    assert not await passwords.matches("\ud800", None)

import asyncio

import pytest

from broadcast.domain.people import Role, held
from broadcast.domain.refusals import Refusal
from broadcast.people import accounts, logging_in, passwords
from broadcast.people.logging_in import ADDRESS_SHARE, REMEMBERED, Throttle
from broadcast.settings import Login
from broadcast.wording import refusal
from devices.vocabulary import AreaId

PASSWORD = "tiếng loa sáng sớm"
LOGIN = Login(tries=5, pause_s=60)


@pytest.fixture
def throttle(clock):
    return Throttle(LOGIN, clock)


@pytest.fixture
async def canbo(desk):
    return await accounts.add_user(desk, "canbo", "Cán bộ", held(Role.STAFF, AreaId("huyen-go-dau-710")), PASSWORD)


@pytest.fixture
def log_in(desk, throttle):
    def log_in(login="canbo", password=PASSWORD, address="10.0.0.1"):
        return logging_in.log_in(desk, b"key", throttle, throttle, login, password, "", address)

    return log_in


@pytest.fixture
def checked(monkeypatch):
    """The passwords that were really checked, instantly."""
    seen = []

    async def matches(password, kept):
        seen.append((password, kept))
        return kept is not None and password == PASSWORD

    monkeypatch.setattr(passwords, "matches", matches)
    return seen


async def refused(attempt):
    with pytest.raises(Refusal) as no:
        await attempt
    return no.value


async def test_the_right_password_opens(canbo, log_in):
    assert await log_in() == canbo
    assert await log_in(" CANBO ") == canbo


async def test_a_wrong_password_and_an_unknown_login_get_the_same_answer(canbo, log_in):
    wrong, unknown = await refused(log_in(password="sai")), await refused(log_in("khongco", "sai"))
    assert (wrong.code, wrong.facts) == (unknown.code, unknown.facts) == ("bad-login", {})


async def test_an_unknown_login_costs_a_hash_as_well(canbo, log_in, checked):
    await refused(log_in("khongco", "sai"))
    await refused(log_in("không phải tên", "sai"))
    assert checked == [("sai", None), ("sai", None)]


async def test_a_hundred_wrong_passwords_are_checked_five_times(canbo, log_in, checked, whole):
    before = whole()
    codes = [(await refused(log_in(password=f"sai {i}"))).code for i in range(100)]
    assert codes == ["bad-login"] * 5 + ["login-throttled"] * 95
    assert len(checked) == 5
    assert whole() == before


async def test_a_hundred_at_once_are_a_hundred(canbo, log_in, checked):
    refusals = await asyncio.gather(*(refused(log_in(password=f"sai {i}")) for i in range(100)))
    assert len(checked) == 5
    assert sum(no.code == "login-throttled" for no in refusals) == 95


async def test_who_is_throttled_is_told_how_long_and_comes_in_after_it(canbo, log_in, checked, clock):
    for i in range(5):
        await refused(log_in(password=f"sai {i}"))
        clock.on(seconds=1)
    no = await refused(log_in())
    assert (no.code, no.facts) == ("login-throttled", {"seconds": 55})
    assert "55 giây" in refusal(no)
    clock.on(seconds=55)
    assert await log_in() == canbo


async def test_being_told_to_wait_does_not_make_the_wait_longer(canbo, log_in, checked, clock):
    for i in range(5):
        await refused(log_in(password=f"sai {i}"))
    for _ in range(59):
        clock.on(seconds=1)
        assert (await refused(log_in())).code == "login-throttled"
    clock.on(seconds=1)
    assert await log_in() == canbo


async def test_the_right_password_wipes_the_slate(canbo, log_in, checked):
    for _ in range(3):
        for i in range(4):
            await refused(log_in(password=f"sai {i}", address=f"10.0.0.{i}"))
        assert await log_in() == canbo


async def test_one_address_may_not_try_many_accounts(log_in, checked):
    codes = [(await refused(log_in(f"ai{i}", "sai"))).code for i in range(30)]
    assert codes.count("bad-login") == LOGIN.tries * ADDRESS_SHARE
    assert (await refused(log_in("ai0", "sai", "10.0.0.2"))).code == "bad-login"


async def test_many_addresses_may_not_try_one_account(canbo, log_in, checked):
    codes = [(await refused(log_in(password="sai", address=f"10.0.1.{i}"))).code for i in range(30)]
    assert codes.count("bad-login") == LOGIN.tries


def test_what_is_remembered_is_bounded(throttle):
    for i in range(REMEMBERED):
        throttle.take(f"ai{i}", f"address {i}")
    assert len(throttle._tries) == REMEMBERED


def test_a_clock_that_is_set_back_locks_nobody_out(throttle, clock):
    for _ in range(5):
        throttle.take("canbo", "10.0.0.1")
    clock.on(days=-1)
    throttle.take("canbo", "10.0.0.1")


async def test_a_password_of_a_megabyte_is_wrong_and_never_hashed(canbo, log_in, checked):
    assert (await refused(log_in(password=PASSWORD + "a" * 1_000_000))).code == "bad-login"
    assert len(checked[0][0]) <= logging_in.LONGEST
    assert checked[0][1] is None


async def test_nobody_is_nobody(desk):
    assert await logging_in.actor(desk, 12_345) is None

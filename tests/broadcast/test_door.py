"""Sessions, second factors, the first start: what lets people in, and what no longer does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import msgspec
import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from broadcast.domain.house import Bell
from broadcast.domain.people import Role, held
from broadcast.domain.refusals import Refusal
from broadcast.people import (
    accounts,
    choosing_passwords,
    codes,
    logging_in,
    passwords,
    second_factors,
    sessions,
    tokens,
)
from broadcast.people.account_types import Must
from broadcast.people.choosing_passwords import FirstStart
from broadcast.people.logging_in import WRONG_CODES, Throttle
from broadcast.records import PersonRow
from broadcast.secret_files import secret
from broadcast.tables.account_records import RecoveryRow, SessionRow
from devices.vocabulary import AreaId

PROVINCE = AreaId("tinh-tay-ninh-72")
PASSWORD = "tiếng loa sáng sớm"
KEY = b"k" * 32


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """The same hash, made in a moment: these tests make hundreds."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),)))
    passwords._nobodys.cache_clear()
    yield
    passwords._nobodys.cache_clear()


@pytest.fixture
def bell():
    return Bell()


@pytest.fixture
async def lan(desk):
    return await accounts.add_user(desk, "lan", "Lan", held(Role.STAFF, PROVINCE), PASSWORD)


@pytest.fixture
def enter(desk):
    """Log in as a browser does; the token of the new session."""
    throttle, slow = Throttle(desk.settings.login, desk.now), Throttle(WRONG_CODES, desk.now)

    async def enter(password=PASSWORD, code="", login="lan", address="10.0.0.1"):
        who = await logging_in.log_in(desk, KEY, throttle, slow, login, password, code, address)
        return await sessions.begin(desk, who, address, "Firefox", "password")

    return enter


@pytest.fixture
def phone(desk, clock):
    """What the telephone shows `steps` half minutes from now."""

    def phone(uri_or_secret, steps=0):
        secret = parse_qs(urlsplit(uri_or_secret).query)["secret"][0] if ":" in uri_or_secret else uri_or_secret
        machine = pyotp.TOTP(secret)
        return machine.at(clock() + timedelta(seconds=30 * steps))

    return phone


async def here(desk, token):
    """Who is there, and somebody is."""
    standing = await sessions.whose(desk, token)
    assert standing is not None
    return standing


@pytest.fixture
async def guarded(desk, lan, enter, bell, phone, clock):
    """Lan with a second factor; her secret and recovery codes."""
    standing = await here(desk, await enter())
    fresh = second_factors.begin(standing)
    spare = await second_factors.confirm(desk, KEY, bell, standing, PASSWORD, fresh.secret, phone(fresh.uri))
    clock.on(minutes=2)
    return fresh.secret, spare


async def test_a_session_is_a_hash_in_the_books_and_ends_when_told(desk, lan, enter, bell, rows):
    token = await enter()
    assert token not in repr(rows(SessionRow))
    assert (await here(desk, token)).actor == lan
    for other in ("", "x", token + "x", token[:-1], rows(SessionRow)[0].token_hash):
        assert await sessions.whose(desk, other) is None
    await sessions.end(desk, bell, token)
    assert await sessions.whose(desk, token) is None
    assert bell.revision == 1


async def test_a_browser_that_slept_too_long_logs_in_again_and_one_in_use_does_not(desk, lan, enter, clock):
    used, asleep = await enter(), await enter()
    for _ in range(4):
        clock.on(days=2)
        assert await sessions.whose(desk, used)
    assert await sessions.whose(desk, asleep) is None


async def test_looking_does_not_write_each_time(desk, lan, enter, clock, whole):
    token = await enter()
    before = whole()
    clock.on(seconds=59)
    await sessions.whose(desk, token)
    assert whole() == before


async def test_one_logs_oneself_out_elsewhere_but_never_somebody_else(desk, lan, hire, enter, bell):
    mine, there, third = await enter(), await enter(), await enter()
    other = await sessions.begin(desk, hire("hoa", Role.STAFF, PROVINCE), "1", "x", "password")
    me, theirs = await here(desk, mine), await here(desk, other)
    await sessions.end_others(desk, bell, me, theirs.session)
    await sessions.end_others(desk, bell, me, (await here(desk, there)).session)
    assert [await sessions.whose(desk, t) is not None for t in (mine, there, third, other)] == [True, False, True, True]
    await sessions.end_others(desk, bell, me, None)
    assert [await sessions.whose(desk, t) is not None for t in (mine, third, other)] == [True, False, True]


async def test_a_password_that_another_set_is_changed_before_anything_else(desk, enter, bell):
    await accounts.add_user(desk, "lan", "Lan", held(Role.STAFF, PROVINCE), PASSWORD, must_change=True)
    token = await enter()
    standing = await here(desk, token)
    assert standing.must is Must.CHANGE_PASSWORD
    for present, new, code in (
        ("sai hết rồi nhé", "một câu khác hẳn", "password-wrong"),
        (PASSWORD, PASSWORD, "password-same"),
        (PASSWORD, "ngắn", "password-short"),
        (PASSWORD, "xin chào lan lan", None),
    ):
        attempt = choosing_passwords.change(desk, bell, standing, present, new)
        if code is None:
            await attempt
        else:
            with pytest.raises(Refusal, match=code):
                await attempt
    assert (await here(desk, token)).must is Must.NOTHING
    with pytest.raises(Refusal, match="bad-login"):
        await enter()


async def test_changing_the_password_logs_out_every_other_browser(desk, lan, enter, bell):
    mine, there = await enter(), await enter()
    await choosing_passwords.change(desk, bell, await here(desk, mine), PASSWORD, "một câu khác hẳn")
    assert await sessions.whose(desk, mine)
    assert await sessions.whose(desk, there) is None


async def test_nobody_logs_in_without_a_password_of_their_own(desk, lan, enter):
    await desk.store.write(lambda session: setattr(session.get_one(PersonRow, lan.id), "password_hash", ""))
    for guess in ("", "nobody logs in with this", PASSWORD):
        with pytest.raises(Refusal, match="bad-login"):
            await enter(guess)


async def test_a_code_is_asked_for_after_the_password_and_taken_once(guarded, enter, phone, clock):
    key, _ = guarded
    with pytest.raises(Refusal, match="code-needed"):
        await enter()
    with pytest.raises(Refusal, match="bad-login"):
        await enter("sai mật khẩu rồi", phone(key))
    code = phone(key)
    assert await enter(code=f" {code[:3]} {code[3:]} ")
    with pytest.raises(Refusal, match="bad-code"):
        await enter(code=code)
    clock.on(seconds=30)
    assert await enter(code=phone(key))


async def test_a_code_before_the_one_that_was_taken_is_dead_too(guarded, enter, phone):
    key, _ = guarded
    await enter(code=phone(key))
    with pytest.raises(Refusal, match="bad-code"):
        await enter(code=phone(key, -1))


@pytest.mark.parametrize(("steps", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
async def test_a_telephone_may_be_off_by_half_a_minute(guarded, enter, phone, steps, good):
    key, _ = guarded
    if good:
        assert await enter(code=phone(key, steps))
    else:
        with pytest.raises(Refusal, match="bad-code"):
            await enter(code=phone(key, steps))


async def test_a_recovery_code_stands_in_once(guarded, enter, rows):
    _, spare = guarded
    assert len(set(spare)) == codes.RECOVERY_CODES
    assert not any(code in repr(rows(RecoveryRow)) for code in spare)
    assert await enter(code=spare[3].upper().replace("-", " "))
    with pytest.raises(Refusal, match="bad-code"):
        await enter(code=spare[3])
    assert await enter(code=spare[4])


async def test_codes_are_not_guessed_even_by_who_knows_the_password(guarded, enter, clock, phone):
    """Asking for a code again and again must not wipe out the wrong ones."""
    key, _ = guarded
    wrong = 0
    for _ in range(40):
        for code in ("000000", ""):
            try:
                await enter(code=code)
            except Refusal as no:
                wrong += no.code == "bad-code"
        clock.on(seconds=61)
    assert wrong <= WRONG_CODES.tries
    with pytest.raises(Refusal, match="login-throttled"):
        await enter(code=phone(key))
    clock.on(hours=1)
    assert await enter(code=phone(key))


async def test_the_secret_is_sealed_and_a_stolen_copy_of_the_books_opens_nothing(desk, guarded, rows, phone):
    key, spare = guarded
    (row,) = rows(PersonRow)
    assert key not in row.totp_secret
    assert codes.unseal(b"another key of 32 bytes, stolen..", row.totp_secret) is None
    assert codes.kept(b"other", spare[0]) not in {r.recovery_hash for r in rows(RecoveryRow)}


async def test_the_second_factor_is_given_up_only_by_who_has_both(desk, guarded, enter, bell, phone, clock):
    key, _ = guarded
    standing = await here(desk, await enter(code=phone(key)))
    clock.on(seconds=30)
    for password, code, refusal in ((PASSWORD, "000000", "bad-code"), ("sai", phone(key), "password-wrong")):
        with pytest.raises(Refusal, match=refusal):
            await second_factors.give_up(desk, KEY, bell, standing, password, code)
    fresh = await second_factors.renew_codes(desk, KEY, standing, PASSWORD, phone(key))
    await second_factors.give_up(desk, KEY, bell, standing, PASSWORD, fresh[0])
    assert await enter()


async def test_a_role_may_be_made_to_have_a_second_factor(desk, lan, enter, bell, phone):
    login = msgspec.structs.replace(desk.settings.login, second_factor=("staff",))
    strict = replace(desk, settings=msgspec.structs.replace(desk.settings, login=login))
    token = await enter()
    standing = await here(strict, token)
    assert standing.must is Must.SECOND_FACTOR
    fresh = second_factors.begin(standing)
    with pytest.raises(Refusal, match="bad-code"):
        await second_factors.confirm(strict, KEY, bell, standing, PASSWORD, fresh.secret, "000000")
    with pytest.raises(Refusal, match="bad-code"):
        await second_factors.confirm(strict, KEY, bell, standing, PASSWORD, "not base 32!", "000000")
    await second_factors.confirm(strict, KEY, bell, standing, PASSWORD, fresh.secret, phone(fresh.secret))
    assert (await here(strict, token)).must is Must.NOTHING


async def test_the_first_administrator_is_made_once_by_who_read_the_word(desk, tree, rows):
    first = FirstStart(desk)
    assert await first.open()
    for word in ("", "x", first.word + "x", FirstStart(desk).word):
        with pytest.raises(Refusal, match="setup-over"):
            await first.begin(word, "lan", "Lan", PASSWORD, broadcasts=True)
    with pytest.raises(Refusal, match="password-short"):
        await first.begin(first.word, "lan", "Lan", "ngắn", broadcasts=True)
    made = await first.begin(first.word, "lan", "Lan", PASSWORD, broadcasts=False)
    assert made.grants == held(Role.ADMINISTRATOR, tree.root.id)
    assert not await first.open()
    with pytest.raises(Refusal, match="setup-over"):
        await first.begin(first.word, "hoa", "Hoa", PASSWORD, broadcasts=True)
    assert len(rows(PersonRow)) == 1


@given(st.text(max_size=200))
def test_no_text_is_taken_for_a_token_or_a_code(text):
    assert tokens.unsigned(KEY, text) is None
    assert codes.step("JBSWY3DPEHPK3PXP", f"x{text}", datetime(2026, 11, 25, tzinfo=UTC), 0) is None
    assert codes.unseal(KEY, text) is None


def test_the_servers_own_key_is_made_once_and_read_by_its_owner_alone(tmp_path):
    file = tmp_path / "keys" / "accounts"
    assert secret(file) == secret(file)
    assert oct(file.stat().st_mode)[-3:] == "600"
    assert [p.name for p in file.parent.iterdir()] == ["accounts"]
    file.write_bytes(b"short")
    with pytest.raises(ValueError, match="not a key"):
        secret(file)

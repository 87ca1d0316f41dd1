"""Accounts as people meet them in the panel, on real books: the first start, being let in, leaving, a second factor."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pyotp
import pytest
from nicegui.testing import User, user_simulation
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from broadcast.areas_data import load_tree
from broadcast.domain.house import Bell
from broadcast.domain.people import Grant, Role, held
from broadcast.domain.refusals import Refusal
from broadcast.library import ClipLibrary
from broadcast.newsroom.desk import Desk
from broadcast.people import accounts, passwords
from broadcast.people.joining_accounts import join
from broadcast.people.single_sign_on_types import Asked
from broadcast.settings import Server, Settings
from broadcast.store import Store
from devices.vocabulary import AreaId

TREE = load_tree("tay-ninh-2024")
COMMUNE, NEIGHBOUR = AreaId("xa-thanh-duc-25657"), AreaId("xa-cam-giang-25660")
PASSWORD = "tiếng loa sáng sớm"


@pytest.fixture
async def desk(tmp_path: Path, little, monkeypatch) -> AsyncIterator[Desk]:
    monkeypatch.setattr(passwords, "_hasher", PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),)))
    settings = msgspec.structs.replace(Settings(), server=Server(data=str(tmp_path)))
    store = Store(settings.database_url)
    store.migrate()
    yield Desk(store, ClipLibrary(tmp_path / "clips"), TREE, settings, little.time, Bell())
    await store.close()


@pytest.fixture
def joined(desk):
    return join(desk)


@pytest.fixture
async def user(little, joined, provider, tmp_path: Path) -> AsyncIterator[User]:
    """Someone at a browser; the office is little, the accounts are real."""
    from nicegui.storage import Storage  # noqa: PLC0415 - the simulation gives every test new modules

    before, Storage.path = Storage.path, tmp_path / "sessions"
    async with user_simulation() as someone:
        from ui.panel import register  # noqa: PLC0415 - see above

        register(replace(little.office(), accounts=replace(joined, sign_on=provider)))
        yield someone
    Storage.path = before


@pytest.fixture
def hire(desk):
    def hire(login: str, *grants: Grant, **more: bool):
        return accounts.add_user(desk, login, f"Người {login}", grants, PASSWORD, **more)

    return hire


async def enter(user: User, login: str, password: str = PASSWORD, to: str = "/me") -> None:
    await user.open(f"/login?to={to}")
    user.find(marker="login").type(login)
    user.find(marker="password").type(password)
    user.find(marker="log-in").click()


def shown(user: User, marker: str) -> str:
    (element,) = user.find(marker=marker).elements
    return str(element.text)  # type: ignore[attr-defined]  # a label


async def test_the_first_administrator_is_made_on_a_page_that_only_the_servers_word_opens(user, joined):
    await user.open("/setup/guessed")
    await user.should_see(marker="door-closed")
    await user.open(f"/setup/{joined.first_word}")
    user.find(marker="name").type("Trần Thị Lan")
    user.find(marker="login").type("lan")
    user.find(marker="password").type(PASSWORD)
    user.find(marker="password-again").type("khác hẳn")
    user.find(marker="setup-begin").click()
    await user.should_see("không giống nhau", retries=150)
    user.find(marker="password-again").clear().type(PASSWORD)
    user.find(marker="setup-begin").click()
    await user.should_see(marker="person-lan", retries=150)
    await user.open(f"/setup/{joined.first_word}")
    await user.should_see(marker="door-closed")


async def test_someone_is_let_in_by_a_link_and_the_link_is_dead_afterwards(user, hire):
    await hire("quantri", *held(Role.ADMINISTRATOR, TREE.root.id))
    await enter(user, "quantri", to="/people/new")
    await user.should_see(marker="person-save", retries=150)
    user.find(marker="name").type("Nguyễn Thị Hoa")
    user.find(marker="login").clear().type("hoa")
    (role,) = user.find(marker="grant-role").elements
    role.set_value(Role.OPERATOR.value)
    (area,) = user.find(marker="grant-area").elements
    area.set_value(COMMUNE)
    user.find(marker="person-save").click()
    await user.should_see(marker="way-in-secret", retries=150)
    link = re.sub(r"^https?://[^/]+", "", shown(user, "way-in-secret"))
    user.find(marker="way-in-done").click()
    await user.should_see("Chưa đặt mật khẩu", retries=150)
    await user.open(link)
    user.find(marker="password").type(PASSWORD)
    user.find(marker="password-again").type(PASSWORD)
    user.find(marker="invited-accept").click()
    await user.should_see(marker="log-in", retries=150)
    await user.open(link)
    await user.should_see(marker="door-closed")
    user.http_client.cookies.delete("loa_phien")
    await enter(user, "hoa", to="/receivers")
    await user.should_see("Cụm loa ấp 1", retries=150)
    await user.should_not_see("Cụm loa ấp 2")


async def test_whoever_got_a_password_changes_it_before_anything_else(user, hire):
    await hire("hoa", *held(Role.OPERATOR, COMMUNE), must_change=True)
    await enter(user, "hoa", to="/receivers")
    await user.should_see(marker="must", retries=150)
    for address in ("/receivers", "/slots", "/", "/people"):
        await user.open(address)
        await user.should_see(marker="must")
    user.find(marker="password").type(PASSWORD)
    user.find(marker="password-new").type("một câu khác hẳn")
    user.find(marker="password-again").type("một câu khác hẳn")
    user.find(marker="password-change").click()
    await user.should_see(marker="write", retries=150)


async def test_who_is_deactivated_is_led_out_of_an_open_page(user, hire, joined):
    chief = await hire("quantri", *held(Role.ADMINISTRATOR, TREE.root.id))
    hoa = await hire("hoa", *held(Role.OPERATOR, COMMUNE))
    await enter(user, "hoa", to="/receivers")
    await user.should_see("Cụm loa ấp 1", retries=150)
    await joined.deactivate(chief, hoa.id)
    await user.should_see(marker="log-in", retries=150)


async def test_a_second_factor_is_set_up_and_asked_for_at_the_next_login(user, hire):
    await hire("hoa", *held(Role.OPERATOR, COMMUNE))
    await enter(user, "hoa")
    await user.should_see(marker="factor-begin", retries=150)
    user.find(marker="factor-begin").click()
    await user.should_see(marker="factor-secret", retries=150)
    machine = pyotp.TOTP(shown(user, "factor-secret"))
    user.find(marker="factor-confirm-password").type(PASSWORD)
    user.find(marker="factor-confirm-code").type(machine.now())
    user.find(marker="factor-confirm").click()
    await user.should_see(marker="recovery", retries=150)
    spare = shown(user, "recovery").splitlines()
    user.http_client.cookies.delete("loa_phien")
    await enter(user, "hoa", to="/receivers")
    await user.should_see(marker="code", retries=150)
    user.find(marker="code").type("000000")
    user.find(marker="log-in").click()
    await user.should_see("Mã không đúng", retries=150)
    user.find(marker="code").clear().type(spare[0])
    user.find(marker="log-in").click()
    await user.should_see("Cụm loa ấp 1", retries=150)


async def test_the_picture_for_the_telephone_is_drawn_here(user):
    from ui.second_factor import qr  # noqa: PLC0415 - the simulation gives every test new modules

    drawn = qr("otpauth://totp/Loa%20Lang:hoa?secret=JBSWY3DPEHPK3PXP")
    assert drawn.startswith("<svg")
    assert "http" not in drawn.replace("http://www.w3.org/2000/svg", "")


async def test_one_person_with_two_wards_switches_in_one_touch_and_sees_both_again(user, hire):
    await hire("hoa", *held(Role.OPERATOR, COMMUNE, NEIGHBOUR))
    await enter(user, "hoa", to="/receivers")
    await user.should_see("Cụm loa ấp 1", retries=150)
    await user.should_see("Cụm loa ấp 2")
    user.find(marker=f"area-switch-{NEIGHBOUR}").click()
    await user.should_not_see("Cụm loa ấp 1", retries=150)  # the page is asked for anew, of that ward
    await user.open("/receivers")
    await user.should_see("Cụm loa ấp 2", retries=150)
    await user.should_not_see("Cụm loa ấp 1")
    user.find(marker="area-switch-all").click()
    await user.open("/receivers")
    await user.should_see("Cụm loa ấp 1", retries=150)


async def test_the_last_step_of_the_login_works_once_and_for_that_browser_alone(user, hire, monkeypatch):
    from ui import entering  # noqa: PLC0415 - the simulation gives every test new modules

    await hire("hoa", *held(Role.OPERATOR, COMMUNE))
    steps = []
    way = entering.Doorway.way

    async def overheard(*args):
        steps.append(await way(*args))
        return steps[-1]

    monkeypatch.setattr(entering.Doorway, "way", overheard)
    await enter(user, "hoa", to="/receivers")
    await user.should_see("Cụm loa ấp 1", retries=150)
    (address,) = steps
    again = await user.http_client.get(address, follow_redirects=False)
    assert again.headers["location"] == "/login"
    assert "set-cookie" not in again.headers or "loa_phien" not in again.headers["set-cookie"]


@pytest.mark.parametrize("role", Role)
async def test_the_pages_of_accounts_open_to_those_who_look_after_them(user, hire, role):
    await hire("ai", *held(role, TREE.root.id))
    await enter(user, "ai")
    await user.should_see(marker="own-page", retries=150)
    sees, manages = role in {Role.ADMINISTRATOR, Role.AUDITOR}, role is Role.ADMINISTRATOR
    for address, allowed in (("/people", sees), ("/people/1", sees), ("/people/new", manages)):
        await user.open(address)
        if allowed:
            await user.should_not_see("Tài khoản của bạn không dùng trang này.")
        else:
            await user.should_see("Tài khoản của bạn không dùng trang này.")
    await user.open("/people")
    if manages:
        await user.should_see(marker="person-add")
    else:
        await user.should_not_see(marker="person-add")


class Provider:
    """A provider that sends everybody back at once; the real one: tests/broadcast/people/test_single_sign_on.py."""

    def __init__(self) -> None:
        self.people: dict[str, object] = {}

    async def begin(self, redirect: str) -> Asked:
        return Asked(f"https://sso.example/authorize?state=s{len(self.people)}", "state", "nonce", "verifier", redirect)

    async def finish(self, asked: Asked, code: str):
        del asked
        if code not in self.people:
            raise Refusal("oidc-unknown", email="?")
        return self.people[code]


@pytest.fixture
def provider():
    return Provider()


async def test_single_sign_on_leads_back_the_browser_that_went_and_no_other(user, hire, provider):
    provider.people["good"] = await hire("hoa", *held(Role.OPERATOR, COMMUNE))
    await user.open("/login?to=/receivers")
    await user.should_see(marker="sign-on")
    there = await user.http_client.get("/oidc/start?to=//evil.example", follow_redirects=False)
    assert there.headers["location"].startswith("https://sso.example/")
    for forged in ("", "?state=state", "?state=other&code=good"):
        refused = await user.http_client.get(f"/oidc/back{forged}", follow_redirects=False)
        assert refused.headers["location"] == "/login?refused=oidc-failed"
    await user.http_client.get("/oidc/start?to=/receivers", follow_redirects=False)
    user.http_client.cookies.clear()
    stranger = await user.http_client.get("/oidc/back?state=state&code=good", follow_redirects=False)
    assert stranger.headers["location"] == "/login?refused=oidc-failed"
    await user.http_client.get("/oidc/start?to=/receivers", follow_redirects=False)
    nobody = await user.http_client.get("/oidc/back?state=state&code=bad", follow_redirects=False)
    assert nobody.headers["location"] == "/login?refused=oidc-unknown"
    await user.open(nobody.headers["location"])
    await user.should_see("chưa có tài khoản mang thư điện tử đó")
    await user.http_client.get("/oidc/start?to=/receivers", follow_redirects=False)
    back = await user.http_client.get("/oidc/back?state=state&code=good", follow_redirects=False)
    await user.open(back.headers["location"])
    await user.should_see("Cụm loa ấp 1", retries=150)

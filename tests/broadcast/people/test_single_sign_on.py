"""Single sign-on against a real small provider on this machine, in a process of its own."""

import base64
import hashlib
import json
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

from broadcast.commands.free_ports import free_ports
from broadcast.domain.people import Role, held
from broadcast.domain.refusals import Refusal
from broadcast.people import accounts, sessions, single_sign_on
from broadcast.people.account_types import Must
from broadcast.people.single_sign_on import SingleSignOn
from broadcast.records import PersonRow
from devices.vocabulary import AreaId

BACK = "http://127.0.0.1:8080/oidc/back"
COMMUNE = AreaId("xa-thanh-duc-25657")
PEOPLE = (
    {"sub": "u-1", "email": "Hoa@tayninh.vn", "email_verified": True},
    {"sub": "u-2", "email": "hoa@tayninh.vn", "email_verified": True},
    {"sub": "u-3", "email": "mai@tayninh.vn", "email_verified": False},
    {"sub": "u-4", "email": "ai@tayninh.vn", "email_verified": True},
)


@pytest.fixture(scope="module")
def issuer():
    (port,) = free_ports(1)
    words = ["--port", str(port), "--require-nonce", "true"]
    words += [word for person in PEOPLE for word in ("--user-claims", json.dumps(person))]
    provider = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            told = httpx.get(f"{address}/.well-known/openid-configuration").json()
            break
        except httpx.HTTPError:
            time.sleep(0.1)
    yield told["issuer"]
    provider.terminate()
    provider.wait()


@pytest.fixture
def now_desk(desk, clock, issuer):
    """The newsroom, with that provider in its settings, at the provider's own time."""
    clock.time = datetime.now(UTC)
    oidc = msgspec.structs.replace(desk.settings.oidc, issuer=issuer, client_id="loalang")
    return replace(desk, settings=msgspec.structs.replace(desk.settings, oidc=oidc))


@pytest.fixture
def sign_on(now_desk, monkeypatch):
    monkeypatch.setenv("LOALANG_OIDC_SECRET", "a secret / with: signs")
    return SingleSignOn(now_desk)


@pytest.fixture
async def hoa(now_desk):
    """An account with the first user's address."""
    made = await accounts.add_user(now_desk, "hoa", "Hoa", held(Role.OPERATOR, COMMUNE), "tiếng loa sáng sớm")
    await now_desk.store.write(lambda s: setattr(s.get_one(PersonRow, made.id), "email", "hoa@tayninh.vn"))
    return made


async def at_the_provider(asked, sub: str) -> str:
    """Log in there as that user; the code that came back, with our state."""
    async with httpx.AsyncClient() as browser:
        answer = await browser.post(asked.url, data={"sub": sub})
    back = urlsplit(answer.headers["location"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == BACK
    told = parse_qs(back.query)
    assert told["state"] == [asked.state]
    return told["code"][0]


async def test_who_has_an_account_comes_in_and_holds_just_what_it_holds(sign_on, now_desk, hoa, rows):
    asked = await sign_on.begin(BACK)
    sent = parse_qs(urlsplit(asked.url).query)
    assert sent["code_challenge_method"] == ["S256"]
    assert asked.verifier not in asked.url
    who = await sign_on.finish(asked, await at_the_provider(asked, "u-1"))
    assert who == hoa
    token = await sessions.begin(now_desk, who, "10.0.0.1", "Firefox", "oidc")
    standing = await sessions.whose(now_desk, token)
    assert standing is not None
    assert standing.must is Must.NOTHING
    assert rows(PersonRow)[0].oidc_subject.endswith(" u-1")


async def test_the_subject_counts_from_then_on_not_the_address(sign_on, now_desk, hoa):
    first = await sign_on.begin(BACK)
    await sign_on.finish(first, await at_the_provider(first, "u-1"))
    await now_desk.store.write(lambda s: setattr(s.get_one(PersonRow, hoa.id), "email", "khac@tayninh.vn"))
    again = await sign_on.begin(BACK)
    assert await sign_on.finish(again, await at_the_provider(again, "u-1")) == hoa


async def test_another_subject_with_the_same_address_is_not_the_same_person(sign_on, hoa):
    first = await sign_on.begin(BACK)
    await sign_on.finish(first, await at_the_provider(first, "u-1"))
    other = await sign_on.begin(BACK)
    with pytest.raises(Refusal, match="oidc-unknown"):
        await sign_on.finish(other, await at_the_provider(other, "u-2"))


@pytest.mark.parametrize("sub", ["u-3", "u-4", "nobody"])
async def test_who_has_no_account_or_no_verified_address_gets_nothing(sign_on, now_desk, hoa, whole, sub):
    await now_desk.store.write(lambda s: setattr(s.get_one(PersonRow, hoa.id), "email", "mai@tayninh.vn"))
    before = whole()
    asked = await sign_on.begin(BACK)
    with pytest.raises(Refusal, match="oidc-unknown"):
        await sign_on.finish(asked, await at_the_provider(asked, sub))
    assert whole() == before


async def test_who_left_does_not_come_in_by_the_side_door(sign_on, now_desk, hoa):
    first = await sign_on.begin(BACK)
    await sign_on.finish(first, await at_the_provider(first, "u-1"))
    await accounts.deactivate(now_desk, "hoa")
    again = await sign_on.begin(BACK)
    with pytest.raises(Refusal, match="oidc-unknown"):
        await sign_on.finish(again, await at_the_provider(again, "u-1"))


async def test_a_code_is_good_once_and_belongs_to_the_browser_that_asked(sign_on, hoa):
    fresh, other = await sign_on.begin(BACK), await sign_on.begin(BACK)
    code = await at_the_provider(fresh, "u-1")
    with pytest.raises(Refusal, match="oidc-failed"):
        await sign_on.finish(replace(fresh, nonce=other.nonce), code)
    with pytest.raises(Refusal, match="oidc-failed"):
        await sign_on.finish(fresh, code)


async def test_the_proof_of_who_asked_is_sent_with_the_code(sign_on, monkeypatch):
    """The small provider does not check it (RFC 7636); that we send what was promised is seen here."""
    sent: list[dict[str, str]] = []

    async def overheard(method, url, **more):
        sent.append(more["data"])
        return await ask(method, url, **more)

    ask = single_sign_on._json
    asked = await sign_on.begin(BACK)
    monkeypatch.setattr(single_sign_on, "_json", overheard)
    with pytest.raises(Refusal, match="oidc-failed"):
        await sign_on.finish(asked, "no code")
    challenge = parse_qs(urlsplit(asked.url).query)["code_challenge"][0]
    promised = base64.urlsafe_b64encode(hashlib.sha256(sent[0]["code_verifier"].encode()).digest()).rstrip(b"=")
    assert promised.decode() == challenge


KEY = RSAKey.generate_key(2048, {"kid": "k"}, private=True)
STRANGER = RSAKey.generate_key(2048, {"kid": "k"}, private=True)


@pytest.fixture
def vouched(sign_on, monkeypatch, issuer):
    """What the house makes of a token signed in some way, with claims bent in some way."""

    async def answers(method, url, **_):
        if url.endswith("openid-configuration"):
            ends = dict.fromkeys(("authorization_endpoint", "token_endpoint", "jwks_uri"), "http://x")
            return {"issuer": issuer, **ends}
        return KeySet([KEY]).as_dict(private=False)

    monkeypatch.setattr(single_sign_on, "_json", answers)

    async def vouched(key=KEY, alg="RS256", **bent):
        now = int(sign_on._desk.now().timestamp())
        claims = {"iss": issuer, "aud": "loalang", "sub": "u-1", "exp": now + 60, "nonce": "n"} | bent
        claims = {name: value for name, value in claims.items() if value is not None}
        token = jwt.encode({"alg": alg, "kid": "k"}, claims, key, algorithms=[alg])
        return await sign_on._claims(await sign_on._provider(), token, "n")

    return vouched


async def test_a_good_token_is_believed(vouched):
    assert (await vouched())["sub"] == "u-1"
    assert await vouched(aud=["loalang", "another"], azp="loalang")


@pytest.mark.parametrize(
    "bent",
    [
        {"iss": "https://evil.example"}, {"iss": None}, {"aud": "another"}, {"aud": ["loalang", "another"]},
        {"exp": 1}, {"exp": None}, {"nonce": "m"}, {"nonce": None}, {"sub": None}, {"azp": "another"},
        {"key": STRANGER}, {"key": OctKey.import_key("a secret of 32 bytes or longer..."), "alg": "HS256"},
    ],
)  # fmt: skip
async def test_a_bent_token_is_not(vouched, bent):
    with pytest.raises(Refusal, match="oidc-failed"):
        await vouched(**bent)


async def test_a_provider_that_is_away_is_told_as_such(now_desk):
    oidc = msgspec.structs.replace(now_desk.settings.oidc, issuer="http://127.0.0.1:9")
    away = replace(now_desk, settings=msgspec.structs.replace(now_desk.settings, oidc=oidc))
    with pytest.raises(Refusal, match="oidc-failed"):
        await SingleSignOn(away).begin(BACK)

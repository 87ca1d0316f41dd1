"""Coming in through a provider of OpenID Connect that the settings name: code flow with PKCE, state and nonce.

It says who somebody is; what they may do stands in our books alone. Whoever has no account here gets none.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, urlencode

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlmodel import Session, select

from broadcast import books
from broadcast.domain.accounts import clean_email
from broadcast.domain.audit import Deed, doing, whence
from broadcast.domain.people import Actor
from broadcast.domain.refusals import Refusal
from broadcast.newsroom.desk import Desk
from broadcast.people.single_sign_on_types import Asked
from broadcast.records import PersonRow

ALGORITHMS: Final = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
    "Ed25519",
)
"""Only those with a public key: a token "signed" with the client's secret, or not at all, is none."""
LIMIT_S: Final = 10.0
LEEWAY_S: Final = 60
KEPT: Final = timedelta(hours=1)
LARGEST: Final = 512 * 1024


@dataclass(frozen=True, slots=True)
class _Provider:
    authorize: str
    token: str
    userinfo: str
    keys_at: str
    keys: KeySet
    at: datetime


class SingleSignOn:
    """The provider of the settings. Raises Refusal("oidc-failed") where it does not answer as it should."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._settings = desk, desk.settings.oidc
        self._known: _Provider | None = None

    async def begin(self, redirect: str) -> Asked:
        """Where to send a browser. Raises Refusal("oidc-failed")."""
        provider = await self._provider()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": redirect,
            "scope": "openid email profile",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        joint = "&" if "?" in provider.authorize else "?"
        return Asked(f"{provider.authorize}{joint}{urlencode(asked)}", state, nonce, verifier, redirect)

    async def finish(self, asked: Asked, code: str) -> Actor:
        """Who has come back. Raises Refusal: oidc-failed, oidc-unknown."""
        provider = await self._provider()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": asked.redirect,
            "code_verifier": asked.verifier,
            "client_id": self._settings.client_id,
        }
        secret, auth = self._desk.settings.oidc_secret, None
        if secret:
            auth = httpx.BasicAuth(quote(self._settings.client_id, safe=""), quote(secret, safe=""))
        answer = await _json("POST", provider.token, data=form, auth=auth)
        claims = await self._claims(provider, str(answer.get("id_token", "")), asked.nonce)
        if "email" not in claims and provider.userinfo:
            more = await _json(
                "GET", provider.userinfo, headers={"authorization": f"Bearer {answer.get('access_token', '')}"}
            )
            if more.get("sub") != claims["sub"]:
                raise Refusal("oidc-failed", why="sub")
            claims = {**more, **claims}
        return await self._person(claims)

    async def _claims(self, provider: _Provider, token: str, nonce: str) -> dict[str, Any]:
        try:
            try:
                read = jwt.decode(token, provider.keys, algorithms=list(ALGORITHMS))
            except (JoseError, ValueError):  # it may have changed its keys
                self._known = None
                read = jwt.decode(token, (await self._provider()).keys, algorithms=list(ALGORITHMS))
            jwt.JWTClaimsRegistry(
                now=int(self._desk.now().timestamp()),
                leeway=LEEWAY_S,
                iss={"essential": True, "value": self._settings.issuer},
                aud={"essential": True, "value": self._settings.client_id},
                sub={"essential": True},
                exp={"essential": True},
                nonce={"essential": True, "value": nonce},
            ).validate(read.claims)
        except (JoseError, ValueError) as error:
            raise Refusal("oidc-failed", why=type(error).__name__) from error
        several = isinstance(read.claims["aud"], list) and len(read.claims["aud"]) > 1
        if (several or "azp" in read.claims) and read.claims.get("azp") != self._settings.client_id:
            raise Refusal("oidc-failed", why="azp")
        return dict(read.claims)

    async def _person(self, claims: Mapping[str, Any]) -> Actor:
        """By subject, once it is known; the first time by an e-mail address that the provider has verified."""
        subject = f"{self._settings.issuer} {claims['sub']}"
        try:
            email = clean_email(str(claims.get("email", "")))
        except Refusal:
            email = ""
        if claims.get("email_verified") is not True and not self._settings.trust_email:
            email = ""

        def known(session: Session) -> Actor | None:
            row = session.exec(select(PersonRow).where(PersonRow.oidc_subject == subject)).one_or_none()
            return None if row is None else _working(session, row)

        def meet(session: Session) -> Actor:
            row = session.exec(select(PersonRow).where(PersonRow.email == email, PersonRow.oidc_subject == "")).first()
            if not email or row is None:
                raise Refusal("oidc-unknown", email=email or "?")
            found = _working(session, row)
            row.oidc_subject = subject
            return found

        person = await self._desk.store.read(known)
        if person is not None:
            return person
        with doing(Deed("meet", login=email, whence=whence.get())):
            return await self._desk.store.write(meet)

    async def _provider(self) -> _Provider:
        if self._known is not None and self._desk.now() - self._known.at < KEPT:
            return self._known
        issuer = self._settings.issuer
        told = await _json("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if told.get("issuer") != issuer:
            raise Refusal("oidc-failed", why="issuer")
        try:
            keys = KeySet.import_key_set(await _json("GET", told["jwks_uri"]))  # type: ignore[arg-type]  # a mapping as it came
            self._known = _Provider(
                told["authorization_endpoint"],
                told["token_endpoint"],
                told.get("userinfo_endpoint", ""),
                told["jwks_uri"],
                keys,
                self._desk.now(),
            )
        except (KeyError, JoseError, ValueError) as error:
            raise Refusal("oidc-failed", why=type(error).__name__) from error
        return self._known


def _working(session: Session, row: PersonRow) -> Actor:
    if not row.active:
        raise Refusal("oidc-unknown", email=row.email or row.login)
    return books.actor(session, row)


async def _json(method: str, url: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - what httpx takes
    try:
        async with httpx.AsyncClient(timeout=LIMIT_S) as client:
            answer = await client.request(method, url, **more)
        answer.raise_for_status()
        found = json.loads(answer.content[:LARGEST])
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise Refusal("oidc-failed", why=type(error).__name__) from error
    if not isinstance(found, dict):
        raise Refusal("oidc-failed", why="JSON")
    return found

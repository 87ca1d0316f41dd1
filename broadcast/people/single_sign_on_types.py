"""What pages know of single sign-on."""

from dataclasses import dataclass
from typing import Protocol

from broadcast.domain.people import Actor


@dataclass(frozen=True, slots=True)
class Asked:
    """A browser that was sent to the provider: where it goes, and what must come back."""

    url: str
    state: str
    nonce: str
    verifier: str
    redirect: str


class SignOn(Protocol):
    """The provider of the settings."""

    async def begin(self, redirect: str) -> Asked:
        """Where to send a browser. Raises Refusal("oidc-failed")."""

    async def finish(self, asked: Asked, code: str) -> Actor:
        """Who has come back. Raises Refusal: oidc-failed, oidc-unknown."""

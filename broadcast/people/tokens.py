"""Random words that open something, kept as hashes only: a stolen copy of the books opens nothing."""

import hashlib
import hmac
import secrets
from typing import Final

_BYTES: Final = 32
_MARK: Final = 16
LONGEST: Final = 100
"""Characters of a token that are looked at at all."""


def make() -> str:
    """A new one: 256 bits nobody guesses."""
    return secrets.token_urlsafe(_BYTES)


def kept(token: str) -> str:
    """What is kept of it."""
    return hashlib.sha256(token[:LONGEST].encode("utf-8", "replace")).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether they are the same, in a time that tells nothing."""
    return hmac.compare_digest(one[:LONGEST].encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def signed(key: bytes, token: str) -> str:
    """The token with our mark on it: what is made up is thrown away before the books are asked."""
    return f"{token}.{_mark(key, token)}"


def unsigned(key: bytes, text: str) -> str | None:
    """The token that bears our mark, or None."""
    token, _, mark = text[: 2 * LONGEST].rpartition(".")
    right = bool(token) and hmac.compare_digest(mark.encode("utf-8", "replace"), _mark(key, token).encode())
    return token if right else None


def _mark(key: bytes, token: str) -> str:
    return hmac.new(key, token.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[: 2 * _MARK]

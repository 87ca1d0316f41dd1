"""Passwords, by argon2, in a few threads of their own: one takes 64 MiB for a tenth of a second."""

import asyncio
import secrets
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Final

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError

LONGEST: Final = 1_000
"""Characters of a password that are looked at at all."""
_AT_ONCE: Final = 2
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters and digits that look alike: people read these from a screen and type them."""
_hasher: Final = PasswordHash.recommended()


def make() -> str:
    """Three groups of four: 59 bits, more than throttled guessing will ever find."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))


async def hashed(password: str) -> str:
    """What is kept of a password."""
    return await asyncio.get_running_loop().run_in_executor(_pool(), _hasher.hash, _typed(password))


async def matches(password: str, kept: str | None) -> bool:
    """Whether it is the password of which `kept` was kept. Without one: False, after just as long."""
    return await asyncio.get_running_loop().run_in_executor(_pool(), _matches, _typed(password), kept)


def _matches(password: str, kept: str | None) -> bool:
    try:
        return _hasher.verify(password, kept or _nobodys()) and bool(kept)
    except UnknownHashError:
        return False


def _typed(password: str) -> str:
    """The same characters, however the keyboard of the day composes Vietnamese."""
    return unicodedata.normalize("NFC", password.encode("utf-8", "replace").decode("utf-8"))


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody logs in with this")


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="password")

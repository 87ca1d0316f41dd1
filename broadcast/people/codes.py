"""Second factors: codes of a telephone (RFC 6238), good once, and recovery codes. Secrets are sealed on disk."""

import base64
import hashlib
import hmac
import secrets
import unicodedata
from datetime import datetime
from typing import Final

import pyotp
from cryptography.fernet import Fernet, InvalidToken

STEP_S: Final = 30
AROUND: Final = (-1, 0, 1)
"""Steps beside the present one whose codes are taken: telephones are off by some seconds, people type slowly."""
DIGITS: Final = 6
RECOVERY_CODES: Final = 10
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_ISSUER: Final = "Loa Lang"
_LONGEST: Final = 40


def new_secret() -> str:
    """160 random bits, as a telephone takes them."""
    return str(pyotp.random_base32())


def uri(secret: str, login: str) -> str:
    """What the QR code holds."""
    return str(pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=_ISSUER))


def step(secret: str, typed: str, now: datetime, newest: int) -> int | None:
    """The time step whose code was typed, if it is of now and after `newest`: no code is taken twice.

    Raises ValueError for a secret that is none.
    """
    code = plain(typed)
    if len(code) != DIGITS or not code.isdigit() or not code.isascii():
        return None
    machine = pyotp.TOTP(secret, digits=DIGITS, interval=STEP_S)
    present = int(now.timestamp()) // STEP_S
    fitting = [s for s in (present + a for a in AROUND) if hmac.compare_digest(machine.generate_otp(s), code)]
    return next((s for s in reversed(fitting) if s > newest), None)


def recovery_codes() -> tuple[str, ...]:
    """New ones, as they are shown once: ten letters and digits, 49 bits."""
    return tuple("-".join(_random(5) for _ in range(2)) for _ in range(RECOVERY_CODES))


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def kept(key: bytes, typed: str) -> str:
    """What is kept of a recovery code: without our key it cannot be tried out on a stolen copy of the books."""
    return hmac.new(key, plain(typed).encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def plain(typed: str) -> str:
    """A code as typed, without the spaces and hyphens people put in."""
    folded = unicodedata.normalize("NFKC", typed[:_LONGEST]).casefold()
    return "".join(c for c in folded if c.isalnum())


def seal(key: bytes, secret: str) -> str:
    """The secret as it lies in the books."""
    return _box(key).encrypt(secret.encode("ascii")).decode("ascii")


def unseal(key: bytes, sealed: str) -> str | None:
    """The secret again; None where it was sealed with another key (books restored without their keys)."""
    try:
        return _box(key).decrypt(sealed.encode("utf-8", "replace")).decode("ascii")
    except InvalidToken:
        return None


def _box(key: bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"second factors" + key).digest()))

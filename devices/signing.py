"""Envelopes: the exact payload bytes, who signed them, and the Ed25519 signature (RFC 8032).

The signature covers the topic as well as the payload, so a plan of one area means nothing on the topic of another,
and an order nothing where a report belongs. Nothing of a payload is parsed before its signature holds.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from devices.topics import Topic
from devices.vocabulary import SLUG_LENGTH, SLUG_PATTERN

_SIGNATURE_BYTES: Final = 64
_KEY_BYTES: Final = 32
_CONTEXT: Final = b"loalang/v1 envelope\x00"


class Refusable(Exception):
    """Base of why an envelope is not opened."""


class TooLong(Refusable):
    """Raised when an envelope is longer than its topic allows; nothing of it was read."""


class NotAnEnvelope(Refusable):
    """Raised when the bytes are not an envelope."""


class Forged(Refusable):
    """Raised when the key is not known, or the signature does not hold for this topic and payload."""


class _Envelope(msgspec.Struct, frozen=True):
    key: Annotated[str, msgspec.Meta(pattern=SLUG_PATTERN, max_length=SLUG_LENGTH)]
    sig: bytes
    payload: bytes


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(_Envelope)


@dataclass(frozen=True, slots=True)
class Signer:
    """One who signs. The private key never shows in a log: it is left out of repr."""

    key_id: str
    private: Ed25519PrivateKey = field(repr=False)

    @property
    def public(self) -> bytes:
        """The raw public key, 32 bytes."""
        return self.private.public_key().public_bytes_raw()

    def seal(self, topic: Topic, payload: bytes) -> bytes:
        """The envelope of a payload for a topic."""
        signature = self.private.sign(_signed_bytes(topic, payload))
        return _encoder.encode(_Envelope(self.key_id, signature, payload))


class Keyring:
    """Public keys that are believed, by key id (32 raw bytes each). Raises ValueError for a key that is none."""

    def __init__(self, keys: Mapping[str, bytes] | None = None) -> None:
        self._keys: dict[str, Ed25519PublicKey] = {}
        for key_id, raw in (keys or {}).items():
            self.add(key_id, raw)

    def add(self, key_id: str, raw: bytes) -> None:
        """Believe this key from now on."""
        self._keys[key_id] = Ed25519PublicKey.from_public_bytes(raw)

    def remove(self, key_id: str) -> None:
        """Believe it no longer."""
        self._keys.pop(key_id, None)

    def get(self, key_id: str) -> Ed25519PublicKey | None:
        """The key of that id, if it is believed."""
        return self._keys.get(key_id)

    def only(self, key_id: str) -> "Keyring":
        """A ring with that one key, or an empty one: who may speak on one receiver's own topics."""
        ring = Keyring()
        key = self._keys.get(key_id)
        if key is not None:
            ring._keys[key_id] = key
        return ring


def unseal(topic: Topic, raw: bytes, keys: Keyring) -> bytes:
    """The payload of an envelope that came on `topic`, once its signature holds.

    Raises TooLong, NotAnEnvelope or Forged.
    """
    if len(raw) > topic.max_bytes:
        raise TooLong(f"{len(raw)} bytes on {topic}")
    try:
        envelope = _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotAnEnvelope(str(error)) from error
    key = keys.get(envelope.key)
    if key is None:
        raise Forged(f"key {envelope.key} is not known")
    if len(envelope.sig) != _SIGNATURE_BYTES:
        raise Forged("a signature has 64 bytes")
    try:
        key.verify(envelope.sig, _signed_bytes(topic, envelope.payload))
    except InvalidSignature as error:
        raise Forged(f"signature of {envelope.key} does not hold") from error
    return envelope.payload


def load_or_make(path: Path, key_id: str) -> Signer:
    """The signer whose private key lies in `path` (32 raw bytes, mode 0600); made there if there is none.

    Raises ValueError where the file holds something else.
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raw = os.urandom(_KEY_BYTES)
        _keep(path, raw)
    if len(raw) != _KEY_BYTES:
        raise ValueError(f"{path}: a private key has {_KEY_BYTES} bytes, this has {len(raw)}") from None
    return Signer(key_id, Ed25519PrivateKey.from_private_bytes(raw))


def _signed_bytes(topic: Topic, payload: bytes) -> bytes:
    return _CONTEXT + str(topic).encode("ascii") + b"\x00" + payload


def _keep(path: Path, raw: bytes) -> None:
    """On disk whole or not at all: half a key after a power cut would be refused for ever."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.new")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

"""A receiver's kit: the folder that is copied onto it, with its settings and its own private key."""

import json
import os
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from devices import signing
from devices.receiver.settings import Broker, Sound
from devices.vocabulary import is_slug

SETTINGS_FILE: Final = "receiver.toml"
IDENTITY_FILE: Final = "identity.key"
PASSWORD_FILE: Final = "broker.password"  # noqa: S105 - the name of a file, no password


def make_kit(
    folder: Path,
    receiver_id: str,
    broker: Broker,
    server_keys: Mapping[str, bytes],
    sound: Sound | None = None,
    password: str = "",
) -> bytes:
    """Write receiver.toml, identity.key and, where there is a password, broker.password (both 0600) into `folder`.

    Returns the raw public key, 32 bytes. Done again, the identity stays and the settings are written anew. Raises
    ValueError for an identifier that cannot stand in a topic or a key file that is damaged, OSError from the disk.
    """
    if not is_slug(receiver_id):
        raise ValueError(f"not an identifier: {receiver_id!r}")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    signer = signing.load_or_make(folder / IDENTITY_FILE, receiver_id)
    if password:
        _write(folder / PASSWORD_FILE, password + "\n", 0o600)
    password_file = PASSWORD_FILE if password else broker.password_file
    _write(folder / SETTINGS_FILE, _toml(receiver_id, broker, password_file, server_keys, sound or Sound()), 0o644)
    return signer.public


def _toml(receiver_id: str, broker: Broker, password_file: str, server_keys: Mapping[str, bytes], sound: Sound) -> str:
    lines = [
        f"id = {_value(receiver_id)}",
        'data = "."',
        "",
        "[broker]",
        f"host = {_value(broker.host)}",
        f"port = {broker.port}",
        f"username = {_value(broker.username)}",
        f"password_file = {_value(password_file)}",
        f"tls = {_value(broker.tls)}",
        f"tls_ca = {_value(broker.tls_ca)}",
        "",
        "[server_keys]",
        *(f"{_value(key_id)} = {_value(b64encode(raw).decode())}" for key_id, raw in server_keys.items()),
        "",
        "[sound]",
        f"sink = {_value(sound.sink)}",
        f"device = {_value(sound.device)}",
        f"wav = {_value(sound.wav)}",
    ]
    return "\n".join(lines) + "\n"


def _value(value: str | bool) -> str:
    return json.dumps(value, ensure_ascii=False)  # strings and booleans of JSON are those of TOML


def _write(path: Path, text: str, mode: int) -> None:
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)

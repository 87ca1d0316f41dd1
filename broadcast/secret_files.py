"""Keys that the server makes for itself and keeps beside its books, where only their owner may read."""

import contextlib
import os
import secrets
from pathlib import Path
from typing import Final

_BYTES: Final = 32


def secret(file: Path) -> bytes:
    """The 32 random bytes of that file, made at the first asking, mode 0600. Two that ask at once get the same."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        return _read(file)
    except FileNotFoundError:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            stream.write(secrets.token_bytes(_BYTES))
            stream.flush()
            os.fsync(stream.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(part, file)
        part.unlink()
        return _read(file)


def _read(file: Path) -> bytes:
    found = file.read_bytes()
    if len(found) != _BYTES:
        raise ValueError(f"{file}: not a key of ours")
    return found

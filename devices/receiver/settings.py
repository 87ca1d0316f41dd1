"""A receiver's own settings, `receiver.toml`: who it is, which broker it calls, whom it believes, where it sounds.

id = "ch-thanh-duc-01"            # its name in topics
data = "."                        # what it keeps; relative to the folder of this file
[broker]
host = "127.0.0.1"
port = 1883
username = ""
password_file = ""                # one line; relative to the folder of this file
tls = false
tls_ca = ""                       # a file of certificates; "" is those of the system
[server_keys]
server-1 = "<base64, 32 bytes>"   # public keys whose signature is believed
[sound]
sink = "auto"                     # card, wav (files in `wav`), or auto: card where there is one, else wav
device = ""                       # name of the sound card, "" is the first
wav = "wav"                       # folder of WAV files; relative to `data`
[log]
format = "readable"               # or json: one object a line
level = "info"                    # debug, info, warning, error
"""

import binascii
import difflib
import tomllib
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_type_hints

import msgspec
from msgspec import Meta, Struct, field

from devices.receiver.words import say
from devices.vocabulary import SLUG_LENGTH, SLUG_PATTERN

KEY_BYTES: Final = 32
_EXAMPLE_KEY: Final = b64encode(bytes(KEY_BYTES)).decode()


class Broker(Struct, frozen=True, forbid_unknown_fields=True):
    """What carries the messages."""

    host: Annotated[str, Meta(min_length=1, max_length=253)] = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65535)] = 1883
    username: str = ""
    password_file: str = ""
    tls: bool = False
    tls_ca: str = ""


class Sound(Struct, frozen=True, forbid_unknown_fields=True):
    """Where frames go."""

    sink: Literal["auto", "card", "wav"] = "auto"
    device: str = ""
    wav: str = "wav"


class Log(Struct, frozen=True, forbid_unknown_fields=True):
    """What is written to standard error."""

    format: Literal["readable", "json"] = "readable"
    level: Literal["debug", "info", "warning", "error"] = "info"


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """All settings as they stand in the file; `file` is where they came from."""

    id: Annotated[str, Meta(pattern=SLUG_PATTERN, max_length=SLUG_LENGTH)]
    server_keys: dict[str, str]
    data: Annotated[str, Meta(min_length=1)] = "."
    broker: Broker = field(default_factory=Broker)
    sound: Sound = field(default_factory=Sound)
    log: Log = field(default_factory=Log)
    file: Path = Path("receiver.toml")

    @property
    def folder(self) -> Path:
        """The folder of everything the receiver keeps."""
        return self.file.parent / self.data

    @property
    def wav_folder(self) -> Path:
        """Where the WAV sink writes."""
        return self.folder / self.sound.wav

    @property
    def believed(self) -> dict[str, bytes]:
        """Raw public keys by key id."""
        return {key_id: b64decode(text) for key_id, text in self.server_keys.items()}

    def password(self) -> str:
        """The broker's password, "" for none. Raises BadSettings where its file cannot be read."""
        if not self.broker.password_file:
            return ""
        path = self.file.parent / self.broker.password_file
        try:
            return path.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise BadSettings([say("password", file=self.file, path=path, why=_reason(error))]) from error


class BadSettings(Exception):
    """Raised when a settings file cannot be used. `faults` has one text for every key to mend."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


_WRITE: Final[dict[str, str]] = {
    "id": 'id = "ch-xa-thanh-duc-01"',
    "data": 'data = "."',
    "server_keys": f'[server_keys] / server-1 = "{_EXAMPLE_KEY}"',
}


def load(path: Path) -> Settings:
    """The settings of a file. Raises BadSettings."""
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BadSettings([say("unreadable", file=path, why=_reason(error))]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettings([say("not-toml", file=path, why=error)]) from error
    faults = _faults(raw, path)
    if faults:
        raise BadSettings(faults)
    return msgspec.structs.replace(msgspec.convert(raw, Settings), file=path)


def _faults(raw: dict[str, Any], path: Path) -> list[str]:
    hints = get_type_hints(Settings, include_extras=True)
    known = [key for key in hints if key != "file"]
    found = [say("absent", file=path, key=key, write=_WRITE[key]) for key in ("id", "server_keys") if key not in raw]
    for key, value in raw.items():
        if key not in known:
            found.append(_unknown(key, known, path))
        elif key == "server_keys":
            found += _key_faults(value, path)
        elif isinstance(hints[key], type) and issubclass(hints[key], Struct):
            found += _section_faults(key, value, hints[key], path)
        else:
            found += _value_faults(key, value, hints[key], _WRITE[key], path)
    return found


def _section_faults(section: str, values: object, kind: type[Struct], path: Path) -> list[str]:
    if not isinstance(values, dict):
        return [say("section", file=path, key=section)]
    hints = get_type_hints(kind, include_extras=True)
    found: list[str] = []
    for name, value in values.items():
        key = f"{section}.{name}"
        if name not in hints:
            found.append(_unknown(key, [f"{section}.{k}" for k in hints], path))
        else:
            default = msgspec.json.encode(getattr(kind(), name)).decode()
            found += _value_faults(key, value, hints[name], f"[{section}] / {name} = {default}", path)
    return found


def _value_faults(key: str, value: object, hint: object, write: str, path: Path) -> list[str]:
    try:
        msgspec.convert(value, hint)
    except msgspec.ValidationError as error:
        return [say("wrong", file=path, key=key, why=error, write=write)]
    return []


def _key_faults(values: object, path: Path) -> list[str]:
    if not isinstance(values, dict):
        return [say("section", file=path, key="server_keys")]
    if not values:
        return [say("absent", file=path, key="server_keys.server-1", write=_WRITE["server_keys"])]
    found = []
    for key_id, text in values.items():
        try:
            right = isinstance(text, str) and len(b64decode(text, validate=True)) == KEY_BYTES
        except (binascii.Error, ValueError):
            right = False
        if not right:
            write = f'[server_keys] / {key_id} = "{_EXAMPLE_KEY}"'
            found.append(say("wrong", file=path, key=f"server_keys.{key_id}", why="base64, 32 bytes", write=write))
    return found


def _unknown(key: str, known: list[str], path: Path) -> str:
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    if near:
        hints = say("meant-vi", near=near[0]), say("meant-en", near=near[0])
    else:
        hints = say("known-vi", keys=", ".join(known)), say("known-en", keys=", ".join(known))
    return say("unknown", file=path, key=key, hint_vi=hints[0], hint_en=hints[1])


def _reason(error: Exception) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)

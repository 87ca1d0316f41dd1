"""Settings: read from one TOML file, every key with its default, every error saying key, file and what to write."""

import difflib
import os
import tomllib
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_type_hints

import msgspec
from msgspec import Meta, Struct, field

from broadcast.wording import say

Port = Annotated[int, Meta(ge=1, le=65535)]
Wall = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d\Z")]
Percent = Annotated[int, Meta(ge=0, le=100)]
Engine = Annotated[str, Meta(pattern=r"^(gtts|piper|espeak|http:[a-z0-9][a-z0-9-]*(:[A-Za-z0-9][A-Za-z0-9_.:-]*)?)\Z")]


class Server(Struct, frozen=True, forbid_unknown_fields=True):
    """The panel's own address and disk."""

    host: str = "127.0.0.1"
    port: Port = 8080
    data: str = "data"
    database: str = ""
    log_format: Literal["readable", "json"] = "readable"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    url: Annotated[str, Meta(pattern=r"^(https?://[^\s/?#]+)?\Z")] = ""


class Areas(Struct, frozen=True, forbid_unknown_fields=True):
    """Which tree of areas holds."""

    tree: Literal["tay-ninh-2024", "tay-ninh-2025"] = "tay-ninh-2024"


class Broker(Struct, frozen=True, forbid_unknown_fields=True):
    """What carries the messages."""

    kind: Literal["embedded", "external"] = "embedded"
    host: str = "127.0.0.1"
    port: Port = 18830
    username: str = ""
    password_env: str = "LOALANG_BROKER_PASSWORD"  # noqa: S105 - the name of a variable, no password
    tls: bool = False
    tls_ca: str = ""


class Clips(Struct, frozen=True, forbid_unknown_fields=True):
    """Where receivers fetch sound."""

    url: str = ""


class Schedule(Struct, frozen=True, forbid_unknown_fields=True):
    """Hours."""

    timezone: str = "Asia/Ho_Chi_Minh"
    now_lead_s: Annotated[float, Meta(ge=1, le=60)] = 5.0
    quiet_from: Wall = "22:00"
    quiet_to: Wall = "05:00"
    longest_min: Annotated[int, Meta(ge=0, le=1440)] = 0
    hold_hours: Annotated[float, Meta(ge=0.25, le=24)] = 12.0
    untouched_airs: bool = True
    answer_min: Annotated[int, Meta(ge=0, le=1440)] = 30


class Speech(Struct, frozen=True, forbid_unknown_fields=True):
    """Who reads aloud, in the order in which they are asked."""

    engines: Annotated[tuple[Engine, ...], Meta(min_length=1)] = ("gtts", "espeak")
    rate: Annotated[float, Meta(ge=0.5, le=2)] = 1.0
    gtts_limit_s: Annotated[float, Meta(ge=1, le=60)] = 10.0
    piper_voice: str = ""
    piper_limit_s: Annotated[float, Meta(ge=1, le=600)] = 60.0
    espeak_voice: Literal["vi-vn-x-south", "vi-vn-x-central", "vi"] = "vi-vn-x-south"
    espeak_limit_s: Annotated[float, Meta(ge=1, le=600)] = 30.0
    http_limit_s: Annotated[float, Meta(ge=1, le=300)] = 20.0
    http_profiles: str = ""
    cache_mb: Annotated[int, Meta(ge=0, le=100_000)] = 300
    text_limit: Annotated[int, Meta(ge=100, le=200_000)] = 20_000
    at_once: Annotated[int, Meta(ge=1, le=16)] = 2


class Reading(Struct, frozen=True, forbid_unknown_fields=True):
    """How written words become spoken ones."""

    region: Literal["south", "north"] = "south"


class Mastering(Struct, frozen=True, forbid_unknown_fields=True):
    """What finished sound is shaped for."""

    profile: Literal["horn", "indoor", "music"] = "horn"
    chime_before: bool = True
    chime_after: bool = False


class Upload(Struct, frozen=True, forbid_unknown_fields=True):
    """Bounds of uploaded sound."""

    limit_mb: Annotated[int, Meta(ge=1, le=2_000)] = 200
    limit_minutes: Annotated[int, Meta(ge=1, le=360)] = 90


class Receivers(Struct, frozen=True, forbid_unknown_fields=True):
    """What a receiver is told when it is enrolled, and when it counts as silent."""

    volume: Percent = 80
    alarm_volume: Percent = 100
    stale_s: Annotated[int, Meta(ge=40, le=3600)] = 90


class Emergency(Struct, frozen=True, forbid_unknown_fields=True):
    """The alarm's bounds."""

    lasts_min: Annotated[int, Meta(ge=1, le=1440)] = 30
    siren_s: Annotated[float, Meta(ge=2, le=60)] = 8.0
    repeats: Annotated[int, Meta(ge=1, le=100)] = 3
    pause_s: Annotated[float, Meta(ge=0, le=600)] = 5.0


class Login(Struct, frozen=True, forbid_unknown_fields=True):
    """How one gets in, and for how long."""

    tries: Annotated[int, Meta(ge=2, le=100)] = 5
    pause_s: Annotated[int, Meta(ge=1, le=3600)] = 60
    session_days: Annotated[int, Meta(ge=1, le=90)] = 7
    second_factor: tuple[Literal["province", "staff", "operator", "approver", "auditor", "administrator"], ...] = ()


class Audit(Struct, frozen=True, forbid_unknown_fields=True):
    """The trail."""

    heads: str = ""


class Oidc(Struct, frozen=True, forbid_unknown_fields=True):
    """Single sign-on: who vouches for people besides their password here."""

    issuer: Annotated[str, Meta(pattern=r"^(https?://[^\s?#]+)?\Z")] = ""
    client_id: str = ""
    secret_env: str = "LOALANG_OIDC_SECRET"  # noqa: S105 - the name of a variable, no secret
    name: str = "tài khoản của tỉnh"
    trust_email: bool = False


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """All settings; each section may be left out."""

    server: Server = field(default_factory=Server)
    areas: Areas = field(default_factory=Areas)
    broker: Broker = field(default_factory=Broker)
    clips: Clips = field(default_factory=Clips)
    schedule: Schedule = field(default_factory=Schedule)
    speech: Speech = field(default_factory=Speech)
    reading: Reading = field(default_factory=Reading)
    mastering: Mastering = field(default_factory=Mastering)
    upload: Upload = field(default_factory=Upload)
    receivers: Receivers = field(default_factory=Receivers)
    emergency: Emergency = field(default_factory=Emergency)
    login: Login = field(default_factory=Login)
    oidc: Oidc = field(default_factory=Oidc)
    audit: Audit = field(default_factory=Audit)

    @property
    def data(self) -> Path:
        """The folder of everything the server keeps."""
        return Path(self.server.data)

    @property
    def database_url(self) -> str:
        """The SQLAlchemy address of the books."""
        return self.server.database or f"sqlite:///{self.data / 'loalang.sqlite3'}"

    @property
    def audit_heads(self) -> Path:
        """The file that takes the head of the trail every day."""
        return Path(self.audit.heads) if self.audit.heads else self.data / "audit-heads.txt"

    @property
    def clips_url(self) -> str:
        """The address under which receivers find `/{sha256}`."""
        return self.clips.url or f"http://{self.server.host}:{self.server.port}/clips"

    @property
    def quiet(self) -> tuple[time, time]:
        """The quiet hours, local; equal ends mean none."""
        return time.fromisoformat(self.schedule.quiet_from), time.fromisoformat(self.schedule.quiet_to)

    @property
    def oidc_secret(self) -> str:
        """From the environment only, as the broker's password."""
        return os.environ.get(self.oidc.secret_env, "")

    @property
    def broker_password(self) -> str:
        """From the environment only: a password in a file ends up in a backup."""
        return os.environ.get(self.broker.password_env, "")


class BadSettings(Exception):
    """Raised when a settings file cannot be used. `faults` has one sentence for every key to mend."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


DEFAULT_FILE: Final = Path("config.toml")


def load(path: Path | None = None) -> Settings:
    """The settings of a file; without one, of ./config.toml if it is there, else the defaults. Raises BadSettings."""
    if path is None:
        path = Path(os.environ.get("LOALANG_CONFIG", "") or DEFAULT_FILE)
        if not path.exists() and "LOALANG_CONFIG" not in os.environ:
            return Settings()
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BadSettings([say("command.config-unreadable", file=path, why=error.strerror)]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettings([say("command.config-not-toml", file=path, why=error)]) from error
    faults = list(_faults(raw, path))
    if faults:
        raise BadSettings(faults)
    return msgspec.convert(raw, Settings)


def as_toml(settings: Settings) -> str:
    """The settings as a file that `load` reads back: strings, numbers and lists are written alike in JSON and TOML."""
    lines = []
    for section, values in msgspec.to_builtins(settings).items():
        lines.append(f"[{section}]")
        lines += [f"{key} = {msgspec.json.encode(value).decode()}" for key, value in values.items()]
    return "\n".join(lines) + "\n"


def _faults(raw: dict[str, Any], path: Path) -> "list[str]":
    sections = get_type_hints(Settings)
    found = []
    for section, values in raw.items():
        if section not in sections:
            found.append(_unknown(section, list(sections), path))
            continue
        if not isinstance(values, dict):
            found.append(say("command.config-section", key=section, file=path))
            continue
        hints = get_type_hints(sections[section], include_extras=True)
        for key, value in values.items():
            if key not in hints:
                found.append(_unknown(f"{section}.{key}", [f"{section}.{k}" for k in hints], path))
                continue
            try:
                msgspec.convert(value, hints[key])
            except msgspec.ValidationError as error:
                found.append(_wrong(f"{section}.{key}", value, path, str(error)))
    return found


def _unknown(key: str, known: list[str], path: Path) -> str:
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    hint = say("command.config-meant", key=near[0]) if near else say("command.config-known", keys=", ".join(known))
    return say("command.config-unknown", key=key, file=path, hint=hint)


def _wrong(key: str, value: object, path: Path, why: str) -> str:
    section, name = key.split(".")
    default = msgspec.json.encode(getattr(getattr(Settings(), section), name)).decode()
    reason = why.split(" - at", maxsplit=1)[0]
    return say("command.config-wrong", key=key, file=path, value=repr(value), why=reason, default=default)

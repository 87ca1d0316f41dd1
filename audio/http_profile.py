"""What one must know of a speech service to use it: a profile, a TOML file. docs/speech.md explains every field.

Services are data: those we know lie in `audio/data/engines`, others in a folder that the settings name. A secret never
stands in a profile: `{env:NAME}` is filled from the environment, by the worker, when it asks.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from audio.speech import CODES

NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]*\Z")
_GAP: Final = re.compile(r"\{(text|voice|env:[A-Z][A-Z0-9_]*|field:[A-Za-z0-9_.]+)\}")
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class Answer(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the sound is, and how the service says no with status 200."""

    sound: Literal["raw", "base64", "url"]
    field: str = ""
    """Path of the base64 text or the address in the JSON, such as "result.audio_link"."""
    state: str = ""
    """Path of a field that tells whether it went well; anything not among `good` is a refusal."""
    good: tuple[str | int, ...] = ()
    message: str = ""
    """Path of what the service says to people, for the log."""
    codes: dict[str, str] = {}
    """What the state field says > our word for it."""
    quota_words: tuple[str, ...] = ()
    """In the message: the account is used up."""


class Poll(Struct, frozen=True, forbid_unknown_fields=True):
    """A service that answers later: what to ask until it is done, with the same headers; the sound is as in Answer."""

    url: str
    state: str
    done: tuple[str | int, ...]
    failed: tuple[str | int, ...] = ()


class Profile(Struct, frozen=True, forbid_unknown_fields=True):
    """A speech service. Exactly one of `text`, `xml`, `json`, `form` is what is sent, or none with GET."""

    title: str
    url: str
    voice: str
    answer: Answer
    voices: tuple[str, ...] = ()
    method: Literal["POST", "GET"] = "POST"
    headers: dict[str, str] = {}
    text: str = ""
    xml: str = ""
    json: dict[str, Any] = {}
    form: dict[str, str] = {}
    poll: Poll | None = None
    pending: tuple[int, ...] = ()
    """Statuses under which the sound's address says: not yet."""
    every_s: float = 1.0
    wait_s: float = 120.0
    """How often, and for how long in all, a sound is waited for that is not ready."""
    men: tuple[str, ...] = ()
    women: tuple[str, ...] = ()
    """Which of its voices are whose, for texts of several voices."""
    hosts: tuple[str, ...] = ()
    """Where sound may be fetched from, such as "fpt.ai" (and what is below it); empty: anywhere over TLS."""

    @property
    def local(self) -> bool:
        """Whether it is a service on this machine, which alone needs no TLS."""
        parts = urlsplit(self.url)
        return parts.scheme == "http" and parts.hostname in _LOOPBACK

    def may_fetch(self, url: str) -> bool:
        """Whether an address that the service gave may be asked for."""
        try:
            parts = urlsplit(url)
            host = parts.hostname or ""
        except ValueError:
            return False
        if parts.username is not None or not host:
            return False
        if parts.scheme == "http":
            return self.local and host in _LOOPBACK
        return parts.scheme == "https" and (
            not self.hosts or any(host == h or host.endswith(f".{h}") for h in self.hosts)
        )


class BadProfile(Exception):
    """Raised when a profile is not there or cannot be used; the message names the file and what to mend."""


def known(folder: Path | None = None) -> dict[str, Traversable | Path]:
    """Every profile by its name; those of `folder` go before ours."""
    ours = {f.name.removesuffix(".toml"): f for f in files("audio").joinpath("data/engines").iterdir()}
    own = {} if folder is None else {f.stem: f for f in sorted(folder.glob("*.toml"))}
    return {**ours, **own}


def load(name: str, folder: Path | None = None) -> Profile:
    """The profile of that name. Raises BadProfile."""
    there = known(folder)
    if name not in there:
        raise BadProfile(f"{name}: no such profile; known: {', '.join(sorted(there))}")
    try:
        profile = msgspec.convert(tomllib.loads(there[name].read_text("utf-8")), Profile)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadProfile(f"{there[name]}: {error}") from error
    faults = list(_faults(profile))
    if faults:
        raise BadProfile(f"{there[name]}: {'; '.join(faults)}")
    return profile


def filled(template: str, facts: Mapping[str, str]) -> str:
    """A template with its gaps filled: `{text}`, `{voice}`, `{env:NAME}`, `{field:path}`. Raises KeyError."""
    return _GAP.sub(lambda gap: facts[gap[1]], template)


def gaps(profile: Profile) -> Iterator[str]:
    """Every gap in a profile, such as "env:LOALANG_FPT_KEY"."""
    for text in _strings(msgspec.to_builtins(profile)):
        yield from (gap[1] for gap in _GAP.finditer(text))


def at(answer: object, path: str) -> object:
    """What stands in a JSON answer at "a.b.0"; None where nothing does."""
    for step in path.split("."):
        if isinstance(answer, dict):
            answer = answer.get(step)
        elif isinstance(answer, list) and step.isdecimal() and int(step) < len(answer):
            answer = answer[int(step)]
        else:
            return None
    return answer


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _strings(item)


def _faults(profile: Profile) -> Iterator[str]:
    if not profile.url.startswith("https://") and not profile.local:
        yield "url must begin with https:// (http:// only for this machine)"
    if profile.poll is not None and not profile.poll.url.startswith("https://") and not profile.local:
        yield "poll.url must begin with https://"
    bodies = sum(map(bool, (profile.text, profile.xml, profile.json, profile.form)))
    if bodies > 1 or (bodies == 0) != (profile.method == "GET"):
        yield "POST needs exactly one of text, xml, json, form; GET none"
    if "text" not in gaps(profile):
        yield "{text} stands nowhere"
    if profile.answer.sound != "raw" and not profile.answer.field:
        yield "answer.field must say where the sound is"
    unknown = set(profile.answer.codes.values()) - CODES
    if unknown:
        yield f"answer.codes: unknown {', '.join(sorted(unknown))}"

"""Speaks sentences through a speech service: `python -m audio.http_worker`, protocol in `audio.child`.

Secrets come from the environment into the request and nowhere else: not into addresses that the service gives, not
into what is told of a failure.
"""

import base64
import binascii
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urljoin
from xml.sax.saxutils import escape

import httpx
import msgspec

from audio import worker
from audio.http_profile import Profile, at, filled, gaps
from audio.speech import SpeechError, SpeechFailed, SpeechTimeout
from audio.worker import Tell

TRIES: Final = 3
REDIRECTS: Final = 3
"""Of the sound's address. A redirected request is refused: it would carry the secrets elsewhere."""
MOST_JSON: Final = 1_000_000
_DETAIL: Final = 200
_NO_ANSWER: Final = {"unreachable", "timeout"}
_MOVED: Final = range(300, 400)
_SERVER_FAULT: Final = range(500, 600)
_BUSY: Final = 429
_CODES: Final = {401: "key", 402: "quota", 403: "key", 413: "too-large"}
_OK: Final = 200
_SLICE_S: Final = 2.0
"""While waiting, the parent is told this often that we live."""


class NotNow(SpeechFailed):
    """A failure that asking again may mend. `wait_s` is what the service asked us to wait, None where it did not."""

    def __init__(self, code: str, detail: str, wait_s: float | None = None) -> None:
        super().__init__(code, detail)
        self.wait_s = wait_s


class Service:
    """A speech service, asked as its profile says. Raises SpeechFailed ("no-key") without its secrets."""

    def __init__(self, request: Mapping[str, Any], tell: Tell) -> None:
        self._profile = msgspec.convert(request["profile"], Profile)
        self._limit_s, self._wait_s, self._most = request["limit_s"], request["wait_s"], request["most_bytes"]
        self._tell = tell
        self._answered = False
        self._secrets = {
            gap: os.environ.get(gap.removeprefix("env:"), "").strip()
            for gap in gaps(self._profile)
            if gap.startswith("env:")
        }
        for gap, secret in sorted(self._secrets.items()):
            if not secret or not secret.isascii() or not secret.isprintable():
                raise SpeechFailed("key" if secret else "no-key", gap.removeprefix("env:"))
        self._facts = {"voice": request["voice"], **self._secrets}
        self._client = httpx.Client(timeout=self._limit_s, follow_redirects=False)

    def say(self, text: str) -> bytes:
        """A sentence as a sound file. Raises SpeechError, whose detail holds no secret."""
        for attempt in range(1, TRIES + 1):
            self._tell()
            try:
                sound = self._once(text)
            except SpeechError as error:
                error.detail = self._without_secrets(error.detail)
                worth_it = isinstance(error, NotNow) or (error.code in _NO_ANSWER and self._answered)
                asked = getattr(error, "wait_s", None)
                if attempt == TRIES or not worth_it or (asked or 0) > self._limit_s:
                    raise
                self._wait(attempt * self._wait_s if asked is None else asked)
                continue
            return sound
        raise AssertionError  # pragma: no cover - the last attempt returns or raises

    def _once(self, text: str) -> bytes:
        raw = self._profile.answer.sound == "raw"
        most = self._most if raw else MOST_JSON if self._profile.answer.sound == "url" else 2 * self._most
        status, headers, body = self._fetch(**self._asking(text), most=most)
        answer = _json(body)
        self._judge(status, headers, answer, body)
        if raw and self._profile.poll is None:
            return self._sound(body)
        if answer is None:
            raise SpeechFailed("not-sound", body[:_DETAIL].decode("utf-8", "replace"))
        if self._profile.poll is not None:
            answer = self._polled(answer)
        found = at(answer, self._profile.answer.field)
        if not isinstance(found, str) or not found:
            raise SpeechFailed("not-sound", f"nothing at {self._profile.answer.field}")
        if self._profile.answer.sound == "url":
            return self._sound(self._fetched(found))
        try:
            return self._sound(base64.b64decode(found.partition("base64,")[2] or found, validate=True))
        except binascii.Error as error:
            raise SpeechFailed("not-sound", str(error)) from error

    def _asking(self, text: str) -> dict[str, Any]:
        p = self._profile
        facts = {**self._facts, "text": text}
        headers = {name: filled(value, facts) for name, value in p.headers.items()}
        url = filled(p.url, {key: quote(value, safe="") for key, value in facts.items()})
        asking: dict[str, Any] = {"method": p.method, "url": url, "headers": headers}
        if p.json:
            asking["json"] = _filled_all(p.json, facts)
        elif p.form:
            asking["data"] = {key: filled(value, facts) for key, value in p.form.items()}
        elif p.xml:
            escaped = {key: escape(value, {'"': "&quot;", "'": "&apos;"}) for key, value in facts.items()}
            asking["content"] = filled(p.xml, escaped).encode()
        elif p.text:
            asking["content"] = filled(p.text, facts).encode()
        return asking

    def _judge(self, status: int, headers: Mapping[str, str], answer: object, body: bytes) -> None:
        """Raise what the service said no with, if it did."""
        rules = self._profile.answer
        said = at(answer, rules.message) if rules.message else None
        detail = f"{status} {said if said is not None else body[:_DETAIL].decode('utf-8', 'replace')}"[:_DETAIL]
        state = at(answer, rules.state) if rules.state else None
        good = status in range(_OK, 300) and (not rules.state or answer is None or state in rules.good)
        if good:
            return
        if any(word in str(said).lower() for word in rules.quota_words):
            raise SpeechFailed("quota", detail)
        if str(state) in rules.codes:
            raise SpeechFailed(rules.codes[str(state)], detail)
        if status == _BUSY or status in _SERVER_FAULT:
            raise NotNow("busy" if status == _BUSY else "refused", detail, _retry_after(headers))
        raise SpeechFailed(_CODES.get(status, "refused"), detail)

    def _polled(self, answer: object) -> object:
        """Ask until the service is done. Raises SpeechFailed("not-ready")."""
        poll = self._profile.poll
        assert poll is not None  # noqa: S101 - asked before
        fields = {
            gap: at(answer, gap.removeprefix("field:")) for gap in gaps(self._profile) if gap.startswith("field:")
        }
        if not all(fields.values()):
            raise SpeechFailed("not-sound", f"no {', '.join(fields)} in the answer")
        facts = {**{gap: str(value) for gap, value in fields.items()}, **self._facts}
        url = filled(poll.url, {key: quote(value, safe="") for key, value in facts.items()})
        headers = {name: filled(value, {**facts, "text": ""}) for name, value in self._profile.headers.items()}
        for _ in self._patience():
            status, said, body = self._fetch("GET", url, headers=headers, most=MOST_JSON)
            answer = _json(body)
            self._judge(status, said, answer, body)
            state = at(answer, poll.state)
            if state in poll.done:
                return answer
            if state in poll.failed:
                raise SpeechFailed("refused", str(state))
        raise SpeechFailed("not-ready", f"not done within {self._profile.wait_s:g} s")

    def _fetched(self, url: str) -> bytes:
        """The sound at an address that the service gave, once it is there. No secret goes there."""
        for _ in self._patience():
            for _ in range(REDIRECTS + 1):
                if not self._profile.may_fetch(url):
                    raise SpeechFailed("refused", f"sound at {url[:80]}")
                status, headers, body = self._fetch("GET", url, most=self._most)
                if status not in _MOVED or "location" not in headers:
                    break
                url = urljoin(url, headers["location"])
            if status == _OK:
                return body
            if status not in self._profile.pending:
                raise NotNow("refused", f"{status} from the sound's address")
        raise SpeechFailed("not-ready", f"no sound within {self._profile.wait_s:g} s")

    def _patience(self) -> Iterator[None]:
        until = time.monotonic() + self._profile.wait_s
        while True:
            self._tell()
            yield
            if time.monotonic() >= until:
                return
            self._wait(self._profile.every_s)

    def _fetch(self, method: str, url: str, *, most: int, **more: Any) -> tuple[int, httpx.Headers, bytes]:  # noqa: ANN401 - of httpx
        with _network_faults(), self._client.stream(method, url, **more) as response:
            body = bytearray()
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > most:
                    raise SpeechFailed("too-large", f"more than {most} bytes")
            self._answered = True
            return response.status_code, response.headers, bytes(body)

    def _sound(self, body: bytes) -> bytes:
        if not body:
            raise NotNow("empty", "")
        if body.lstrip()[:1] in {b"<", b"{", b"["}:
            raise SpeechFailed("not-sound", body[:_DETAIL].decode("utf-8", "replace"))
        return body

    def _wait(self, seconds: float) -> None:
        while seconds > 0:
            time.sleep(min(_SLICE_S, seconds))
            seconds -= _SLICE_S
            self._tell()

    def _without_secrets(self, text: str) -> str:
        for secret in self._secrets.values():
            text = text.replace(secret, "***").replace(quote(secret, safe=""), "***")
        return text


@contextmanager
def _network_faults() -> Iterator[None]:
    try:
        yield
    except httpx.ConnectTimeout as error:
        raise SpeechFailed("unreachable", type(error).__name__) from error
    except httpx.TimeoutException as error:
        raise SpeechTimeout(type(error).__name__) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SpeechFailed("unreachable", f"{type(error).__name__}: {error}") from error


def _filled_all(value: object, facts: Mapping[str, str]) -> object:
    if isinstance(value, str):
        return filled(value, facts)
    if isinstance(value, dict):
        return {key: _filled_all(item, facts) for key, item in value.items()}
    return [_filled_all(item, facts) for item in value] if isinstance(value, list) else value


def _json(body: bytes) -> object:
    """What a JSON answer says; None for anything else."""
    try:
        return json.loads(body) if body.lstrip()[:1] in {b"{", b"["} else None
    except (ValueError, RecursionError):
        return None


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds, from a number or a date."""
    said = headers.get("retry-after", "").strip()
    if said.isdecimal():
        return float(said)
    try:
        return max(0.0, (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def speak(request: dict[str, Any], tell: Tell) -> None:
    """Write each job's sound. Raises SpeechError, OSError."""
    service = Service(request, tell)
    for number, job in enumerate(request["jobs"]):
        Path(job["out"]).write_bytes(service.say(job["text"]))
        tell(number)


if __name__ == "__main__":
    worker.run(speak)

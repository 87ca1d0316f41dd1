"""Speech services over HTTP: each of our profiles before a server that answers in its shape, and in its bad moods."""

import base64
import json
import re
import threading
import urllib.parse
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest

from audio.http_engine import HttpEngine, by_name
from audio.http_profile import Answer, BadProfile, Poll, Profile, known, load
from audio.http_worker import speak
from audio.speech import CODES, Manner, SpeechError, SpeechFailed

LIMIT_S = 30
TEXT = "Bà con chú ý: mực nước <dâng> & “nhanh”."
SECRETS = {
    "LOALANG_FPT_KEY": "khoa-bi-mat-fpt",
    "LOALANG_VIETTEL_TOKEN": "khoa-bi-mat-viettel",
    "LOALANG_VBEE_TOKEN": "khoa-bi-mat-vbee",
    "LOALANG_VBEE_APP": "ung-dung",
    "LOALANG_ZALO_KEY": "khoa-bi-mat-zalo",
    "LOALANG_AZURE_KEY": "khoa-bi-mat-azure",
    "LOALANG_AZURE_REGION": "southeastasia",
}
QUOTA = {
    "fpt-ai": (200, {"error": 1, "message": "Your quota is used up"}),
    "viettel-ai": (200, {"code": 301, "vi_message": "Tài khoản đã hết lượt sử dụng"}),
    "vbee": (200, {"status": 0, "error_code": 1005, "error_message": "Not enough characters"}),
    "zalo-ai": (200, {"error_code": 152, "error_message": "Quota exceeded"}),
    "azure": (429, ""),
}


class Service:
    """A speech service. `answers` holds what the next requests to it get; then it answers as `kind` does."""

    def __init__(self, kind, sound):
        self.kind, self.sound = kind, sound
        self.answers: list[object] = []
        self.sounds: list[object] = []
        self.polls: list[object] = []
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.hang = threading.Event()
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.do_POST()

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                service.asked.append((self.command, self.path, headers, body))
                answer: Any = service.answer(self.path, self.command)
                if answer == "hang":
                    service.hang.wait(LIMIT_S)
                    answer = (500, "")
                status, content = answer[:2]
                more: dict[str, str] = answer[2] if len(answer) > 2 else {}
                if not isinstance(content, bytes):
                    content = (content if isinstance(content, str) else json.dumps(content)).encode()
                self.send_response(status)
                for name, value in more.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                with suppress(OSError):
                    self.wfile.write(content)

            def log_message(self, *said):
                del said

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def answer(self, path, command):
        if path.startswith("/sound"):
            return self.sounds.pop(0) if self.sounds else (200, self.sound)
        if self.kind == "vbee" and command == "GET":
            done = {"status": "SUCCESS", "audio_link": f"{self.url}/sound.mp3"}
            return self.polls.pop(0) if self.polls else (200, {"status": 1, "result": done})
        if self.answers:
            return self.answers.pop(0)
        link = f"{self.url}/sound.mp3"
        return {
            "fpt-ai": (200, {"async": link, "error": 0, "message": "after a few seconds", "request_id": "r"}),
            "viettel-ai": (200, self.sound),
            "vbee": (200, {"status": 1, "result": {"request_id": "số 1/2", "status": "IN_PROGRESS"}}),
            "zalo-ai": (200, {"error_code": 0, "error_message": "Successful.", "data": {"url": link}}),
            "azure": (200, self.sound),
            "base64": (200, {"data": {"audio": base64.b64encode(self.sound).decode()}}),
        }[self.kind]

    def close(self):
        self.hang.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def environment(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, secret in SECRETS.items():
        monkeypatch.setenv(name, secret)


@pytest.fixture
def serve(environment, mp3):
    services = []

    def serve(kind):
        services.append(Service(kind, mp3))
        return services[-1]

    yield serve
    for service in services:
        service.close()


def engine(service, **how):
    """The engine of the service's own profile, its addresses turned to our server."""
    profile = BASE64 if service.kind == "base64" else load(service.kind)
    changes = {"url": f"{service.url}/tts", "every_s": 0.01, "wait_s": 0.2}
    if profile.poll:
        changes["poll"] = msgspec.structs.replace(profile.poll, url=f"{service.url}/tts/{{field:result.request_id}}")
    profile = msgspec.structs.replace(profile, **{**changes, **how.pop("profile", {})})
    return HttpEngine(service.kind, profile, how.pop("limit_s", LIMIT_S), wait_s=0.01, **how)


@pytest.fixture
def directly(tmp_path):
    """What the child does, in this process: for the many ways in which it may end."""

    def directly(engine, *texts):
        jobs = [{"text": text, "out": str(tmp_path / f"said-{i}")} for i, text in enumerate(texts)]
        made = []
        request = {**engine.request(), "jobs": jobs, "voice": engine.voice}
        speak(json.loads(json.dumps(request)), lambda made_=None: made.append(made_))
        return [number for number in made if number is not None]

    return directly


BASE64 = msgspec.convert(
    {
        "title": "Một máy chủ khác",
        "url": "https://example.org/tts",
        "voice": "a",
        "json": {"input": {"text": "{text}"}, "voice": "{voice}"},
        "answer": {"sound": "base64", "field": "data.audio"},
    },
    Profile,
)
OURS = sorted(known())
ALL = [*OURS, "base64"]


@pytest.mark.parametrize("kind", ALL)
def test_a_service_is_asked_as_it_wants_and_its_sound_is_taken(kind, serve, say, mp3):
    service = serve(kind)
    said = say(engine(service), TEXT, "Câu hai.")
    assert [file.read_bytes() for file in said.files] == [mp3, mp3]
    assert said.made == [0, 1]
    _, path, headers, body = service.asked[0]
    assert path == "/tts"
    match kind:
        case "fpt-ai":
            assert body.decode() == TEXT
            assert (headers["api-key"], headers["voice"]) == (SECRETS["LOALANG_FPT_KEY"], "linhsan")
        case "viettel-ai":
            sent = json.loads(body)
            assert (sent["text"], sent["token"]) == (TEXT, SECRETS["LOALANG_VIETTEL_TOKEN"])
            assert (sent["tts_return_option"], sent["without_filter"]) == (3, False)
        case "vbee":
            assert json.loads(body)["input_text"] == TEXT
            assert headers["authorization"] == "Bearer " + SECRETS["LOALANG_VBEE_TOKEN"]
            assert service.asked[1][1] == "/tts/s%E1%BB%91%201%2F2"
            assert service.asked[1][2]["authorization"] == headers["authorization"]
        case "zalo-ai":
            assert urllib.parse.parse_qs(body.decode())["input"] == [TEXT]
            assert headers["apikey"] == SECRETS["LOALANG_ZALO_KEY"]
        case "azure":
            assert "&lt;dâng&gt; &amp; “nhanh”" in body.decode()
            assert headers["content-type"] == "application/ssml+xml"
        case _:
            assert json.loads(body) == {"input": {"text": TEXT}, "voice": "a"}


@pytest.mark.parametrize("kind", OURS)
def test_no_secret_goes_to_the_address_of_the_sound(kind, serve, directly):
    service = serve(kind)
    directly(engine(service), TEXT)
    for _, path, headers, body in service.asked:
        if path.startswith("/sound"):
            assert not any(secret in str(headers) + body.decode() for secret in SECRETS.values())


@pytest.mark.parametrize("kind", OURS)
@pytest.mark.parametrize(
    ("answer", "code", "tries"),
    [
        ((401, {"message": "{secret} is wrong"}), "key", 1),
        ((429, "", {"Retry-After": "0"}), "busy", 3),
        ((429, "", {"Retry-After": "3600"}), "busy", 1),
        ((503, "down"), "refused", 3),
        ((400, "bad text"), "refused", 1),
        ((302, "", {"Location": "/elsewhere"}), "refused", 1),
        ((200, "<!DOCTYPE html><p>Đăng nhập wifi"), "not-sound", 1),
        ((200, ""), {"azure": "empty", "viettel-ai": "empty"}, {"azure": 3, "viettel-ai": 3}),
    ],
)
def test_a_service_that_says_no_is_understood(kind, serve, directly, answer, code, tries):
    service = serve(kind)
    secret = next(value for name, value in SECRETS.items() if kind.partition("-")[0].upper() in name)
    service.answers = [json.loads(json.dumps(answer).replace("{secret}", secret))] * 3
    with pytest.raises(SpeechFailed) as caught:
        directly(engine(service), TEXT)
    expected = code.get(kind, "not-sound") if isinstance(code, dict) else code
    assert caught.value.code == expected
    assert len(service.asked) == (tries.get(kind, 1) if isinstance(tries, dict) else tries)
    assert "bi-mat" not in caught.value.detail


@pytest.mark.parametrize("kind", OURS)
def test_a_used_up_account_is_told(kind, serve, directly):
    service = serve(kind)
    service.answers = [QUOTA[kind]] * 3
    with pytest.raises(SpeechFailed) as caught:
        directly(engine(service), TEXT)
    assert caught.value.code == ("busy" if kind == "azure" else "quota")


@pytest.mark.parametrize("kind", ALL)
def test_a_busy_service_is_asked_again_and_what_was_made_is_kept(kind, serve, directly):
    service = serve(kind)
    soon = format_datetime(datetime.now(UTC) - timedelta(seconds=5), usegmt=True)
    service.answers = [(429, "", {"Retry-After": soon}), (500, "")]
    assert directly(engine(service), "Câu một.", "Câu hai.") == [0, 1]


@pytest.mark.parametrize(("kind", "status"), [("fpt-ai", 404), ("fpt-ai", 403), ("zalo-ai", 404)])
def test_a_sound_that_is_not_there_yet_is_waited_for(kind, status, serve, directly):
    service = serve(kind)
    service.sounds = [(status, "not yet")] * 3
    assert directly(engine(service), TEXT) == [0]
    service.sounds = [(status, "never")] * 1000
    with pytest.raises(SpeechFailed) as caught:
        directly(engine(service), TEXT)
    assert caught.value.code == "not-ready"


def test_a_queued_request_is_asked_for_until_it_is_done(serve, directly):
    service = serve("vbee")
    waiting = (200, {"status": 1, "result": {"status": "IN_PROGRESS"}})
    service.polls = [waiting] * 3
    assert directly(engine(service), TEXT) == [0]
    for polls, code in (
        ([waiting] * 1000, "not-ready"),
        ([(200, {"status": 1, "result": {"status": "FAILURE"}})], "refused"),
    ):
        service.polls = polls
        with pytest.raises(SpeechFailed) as caught:
            directly(engine(service), TEXT)
        assert caught.value.code == code


@pytest.mark.parametrize("kind", ["fpt-ai", "azure", "base64", "vbee"])
def test_what_is_too_large_is_broken_off(kind, serve, directly):
    service = serve(kind)
    service.sound = bytes(300_000)
    with pytest.raises(SpeechFailed) as caught:
        directly(engine(service, most_bytes=100_000), TEXT)
    assert caught.value.code == "too-large"


@pytest.mark.parametrize("kind", ["fpt-ai", "azure"])
def test_a_service_that_hangs_is_given_up(kind, serve, say):
    service = serve(kind)
    service.answers = ["hang"]
    with pytest.raises(SpeechError) as caught:
        say(engine(service, limit_s=0.5), TEXT)
    assert caught.value.code == "timeout"
    assert len(service.asked) == 1


def test_where_nothing_listens_it_is_unreachable(serve, directly):
    service = serve("azure")
    service.close()
    with pytest.raises(SpeechFailed) as caught:
        directly(engine(service), TEXT)
    assert caught.value.code == "unreachable"


@pytest.mark.parametrize(
    "link",
    [
        "http://example.org/a.mp3",
        "https://user@127.0.0.1/a.mp3",
        "file:///etc/passwd",
        "ftp://127.0.0.1/a",
        "//x",
        "http://[",
    ],
)
def test_sound_is_fetched_over_tls_only_and_from_no_file(link, serve, directly):
    service = serve("fpt-ai")
    service.answers = [(200, {"async": link, "error": 0})]
    with pytest.raises(SpeechFailed) as caught:
        directly(engine(service), TEXT)
    assert caught.value.code == "refused"


def test_redirects_of_the_sound_obey_the_same_rules_and_end(serve, say, mp3):
    service = serve("fpt-ai")
    service.sounds = [(302, "", {"Location": "/sound-2.mp3"})]
    assert say(engine(service), TEXT).files[0].read_bytes() == mp3
    for location in ("http://example.org/a.mp3", "/sound.mp3"):
        service.sounds = [(302, "", {"Location": location})] * 20
        with pytest.raises(SpeechFailed) as caught:
            say(engine(service), TEXT)
        assert caught.value.code == "refused"


def test_sound_may_be_bound_to_the_services_own_hosts():
    profile = msgspec.structs.replace(load("fpt-ai"), hosts=("fpt.ai",))
    assert profile.may_fetch("https://file01.fpt.ai/a.mp3")
    assert profile.may_fetch("https://fpt.ai/a.mp3")
    assert not profile.may_fetch("https://notfpt.ai/a.mp3")
    assert not profile.may_fetch("http://127.0.0.1/a.mp3")


@pytest.mark.parametrize(("secret", "code"), [(None, "no-key"), ("  ", "no-key"), ("khóa", "key"), ("a\nb", "key")])
def test_without_its_secret_nobody_is_asked(serve, directly, monkeypatch, secret, code):
    service = serve("zalo-ai")
    if secret is None:
        monkeypatch.delenv("LOALANG_ZALO_KEY")
    else:
        monkeypatch.setenv("LOALANG_ZALO_KEY", secret)
    with pytest.raises(SpeechFailed) as caught:
        directly(engine(service), TEXT)
    assert (caught.value.code, caught.value.detail) == (code, "LOALANG_ZALO_KEY")
    assert service.asked == []


def test_a_name_that_can_be_no_voice_is_refused(serve, say):
    service = serve("azure")
    with pytest.raises(SpeechFailed) as caught:
        say(engine(service), TEXT, manner=Manner("a'/><x>"))
    assert caught.value.code == "voice"
    assert service.asked == []


# profiles


def test_every_profile_of_ours_is_sound_and_keeps_no_secret():
    for name in OURS:
        engine = by_name(f"http:{name}", None, 5)
        assert engine.name == f"http:{name}"
        assert engine.voice == load(name).voice
    assert by_name("http:azure:vi-VN-NamMinhNeural", None, 5).voice == "vi-VN-NamMinhNeural"


def test_a_profile_of_ones_own_goes_before_ours(tmp_path):
    text = (
        'title = "X"\nurl = "http://127.0.0.1:5000/?t={text}"\nvoice = "v"\nmethod = "GET"\n[answer]\nsound = "raw"\n'
    )
    tmp_path.joinpath("azure.toml").write_text(text)
    tmp_path.joinpath("khac.toml").write_text(text)
    assert load("azure", tmp_path).title == load("khac", tmp_path).title == "X"
    assert load("vbee", tmp_path).title == "Vbee"


GOOD = 'title = "X"\nurl = "https://a.b/"\nvoice = "v"\ntext = "{text}"\n[answer]\nsound = "raw"\n'


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("https://a.b/", "http://a.b/", "https://"),
        ('text = "{text}"', 'text = "a"', "{text}"),
        ('text = "{text}"', 'text = "{text}"\nxml = "{text}"', "exactly one"),
        ('sound = "raw"', 'sound = "url"', "answer.field"),
        ('sound = "raw"', 'sound = "loud"', "loud"),
        ("voice =", "vioce =", "vioce"),
        ('sound = "raw"', 'sound = "raw"\ncodes = {"1" = "odd"}', "odd"),
        ("title", "[", "TOML|Expected|Invalid"),
    ],
)
def test_a_bad_profile_is_told_by_file_and_field(tmp_path, old, new, told):

    tmp_path.joinpath("mine.toml").write_text(GOOD.replace(old, new, 1))
    with pytest.raises(BadProfile) as caught:
        load("mine", tmp_path)
    assert "mine.toml" in str(caught.value)
    assert re.search(told, str(caught.value)) or told in str(caught.value)


def test_a_profile_that_is_not_there_names_those_that_are(tmp_path):
    with pytest.raises(BadProfile, match=r"fpt.*azure|azure.*fpt"):
        load("fpt", tmp_path)


def test_the_profile_in_the_documentation_is_a_good_one(tmp_path):
    page = (Path(__file__).parents[3] / "docs" / "speech.md").read_text("utf-8")
    example = next(block for block in re.findall(r"```toml\n(.*?)```", page, re.DOTALL) if "[answer]" in block)
    tmp_path.joinpath("mau.toml").write_text(example)
    profile = load("mau", tmp_path)
    fields = {*re.findall(r"^(\w+) =", example, re.MULTILINE), *re.findall(r"^\[(\w+)\]", example, re.MULTILINE)}
    assert {*Profile.__struct_fields__} - {"xml", "json", "form"} <= fields
    assert {*Answer.__struct_fields__, *Poll.__struct_fields__} <= fields
    assert profile.poll is not None


def test_every_word_for_a_failure_stands_in_the_documentation():
    page = (Path(__file__).parents[3] / "docs" / "speech.md").read_text("utf-8")
    assert not [code for code in CODES if f"`{code}`" not in page]

import base64
import json
import os
import re
import ssl
import sys
import threading
import time
import urllib.parse
import wave
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from audio.espeak_engine import EspeakEngine
from audio.gtts_engine import GttsEngine
from audio.pieces import LINE_PAUSE_S, PARAGRAPH_PAUSE_S
from audio.speech import Speaker, SpeechCancelled, SpeechFailed, SpeechTimeout

TEXT = "Ủy ban nhân dân xã Thạnh Đức thông báo: sáng mai họp thôn."
LIMIT_S = 30


def never():
    return False


def nobody(_share):
    return None


# eSpeak NG: the real one


def heard(path):
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), np.int16), file.getframerate()


def test_espeak_speaks_vietnamese_where_there_is_no_internet(tmp_path):
    told: list[float] = []
    EspeakEngine().speak(TEXT, tmp_path / "a.wav", told.append, never)
    samples, rate = heard(tmp_path / "a.wav")
    assert len(samples) / rate > 2
    assert np.abs(samples).max() > 3000
    assert told[-1] == 1


def test_espeak_says_different_tones_differently(tmp_path):
    sounds = []
    for word in ("ma", "má", "mà"):
        EspeakEngine().speak(word, tmp_path / "a.wav", nobody, never)
        sounds.append(heard(tmp_path / "a.wav")[0].tobytes())
    assert len(set(sounds)) == 3


def test_espeak_pauses_between_lines_and_longer_between_paragraphs(tmp_path):
    lengths = {}
    for name, between in (("line", "\n"), ("paragraph", "\n\n")):
        EspeakEngine().speak(f"Một.{between}Hai.", tmp_path / "a.wav", nobody, never)
        samples, rate = heard(tmp_path / "a.wav")
        lengths[name] = len(samples) / rate
    assert lengths["paragraph"] - lengths["line"] == pytest.approx(PARAGRAPH_PAUSE_S - LINE_PAUSE_S, abs=0.001)


def test_espeak_reads_a_long_text_piece_by_piece(tmp_path):
    told: list[float] = []
    EspeakEngine().speak((TEXT + "\n") * 40, tmp_path / "a.wav", told.append, never)
    assert len(told) == 40
    assert told == sorted(told)


def test_espeak_takes_text_as_text_and_never_as_commands(tmp_path):
    EspeakEngine().speak('<audio src="/etc/passwd"/> [[h@l\'oU]] & chào', tmp_path / "a.wav", nobody, never)
    assert len(heard(tmp_path / "a.wav")[0])


def test_espeak_with_nothing_to_say_gives_no_file(tmp_path):
    with pytest.raises(SpeechFailed) as caught:
        EspeakEngine().speak(" \n ", tmp_path / "a.wav", nobody, never)
    assert caught.value.code == "empty"
    assert not (tmp_path / "a.wav").exists()


def test_espeak_where_the_disk_refuses_says_so(tmp_path):
    with pytest.raises(SpeechFailed) as caught:
        EspeakEngine().speak(TEXT, tmp_path / "none" / "a.wav", nobody, never)
    assert caught.value.code == "disk"


def test_espeak_is_killed_when_it_is_no_longer_wanted(tmp_path):
    told: list[float] = []
    with pytest.raises(SpeechCancelled):
        EspeakEngine().speak((TEXT + "\n") * 5000, tmp_path / "a.wav", told.append, lambda: bool(told))
    assert told[-1] < 1


# gTTS: the real one, in front of a stand-in for Google behind a proxy, with a certificate of our own


class Google:
    """Answers as Google does. `answers` holds what the next pieces get; then every piece gets `sound`."""

    def __init__(self, folder):
        self.sound = b"ID3 sound"
        self.answers: list[object] = []
        self.texts: list[str] = []
        self.hang = threading.Event()
        self.authority, certificate = _certificate(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        google = self

        class Proxy(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_CONNECT(self):
                self.send_response(200)
                self.end_headers()
                try:
                    self.connection = context.wrap_socket(self.connection, server_side=True)
                except (ssl.SSLError, OSError):  # who does not trust us hangs up
                    self.close_connection = True
                    return
                self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb")
                self.close_connection = False

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                rpc = json.loads(urllib.parse.unquote(body.removeprefix("f.req=").removesuffix("&")))
                google.texts.append(json.loads(rpc[0][0][1])[0])
                answer = google.answers.pop(0) if google.answers else google.sound
                if answer == "hang":
                    google.hang.wait(LIMIT_S)
                status = answer if isinstance(answer, int) else 200
                content = b""
                if isinstance(answer, bytes):
                    content = b'[["wrb.fr","jQ1olc","[\\"' + base64.b64encode(answer) + b'\\"]",null]]'
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
                self.wfile.flush()

            def handle(self):
                with suppress(OSError):  # the other side was killed in the middle
                    super().handle()

            def finish(self):
                with suppress(OSError, ValueError):
                    super().finish()
                self.connection.close()

            def log_message(self, *said):
                del said

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
        self.server.daemon_threads = False  # so that closing waits for the last answer
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def proxy(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self):
        self.hang.set()
        self.server.shutdown()
        self.server.server_close()


def _certificate(folder):
    """A certificate for Google's address that only those believe who are told to."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "stand-in")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("translate.google.com")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "authority.pem").write_bytes(pem)
    (folder / "server.pem").write_bytes(pem + secret)
    return folder / "authority.pem", folder / "server.pem"


@pytest.fixture
def google(tmp_path, monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    made = Google(tmp_path)
    monkeypatch.setenv("https_proxy", made.proxy)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(made.authority))
    yield made
    made.close()


def test_gtts_asks_piece_by_piece_and_joins_the_answers(google, tmp_path):
    google.answers = [b"one", b"two", b"three"]
    told: list[float] = []
    text = ", ".join(["một hai ba bốn năm sáu bảy tám chín mười"] * 5) + "."
    GttsEngine(LIMIT_S).speak(text, tmp_path / "a.mp3", told.append, never)
    assert (tmp_path / "a.mp3").read_bytes()[:11] == b"onetwothree"
    assert len(told) == len(google.texts) > 2
    assert told[-1] == 1
    assert re.sub(r"[^\w]", "", "".join(google.texts)) == re.sub(r"[^\w]", "", text)


@pytest.mark.parametrize(
    ("answers", "code"),
    [([500], "refused"), ([429], "refused"), ([b""], "empty"), ([None], "empty"), ([b"ok", 503], "refused")],
)
def test_gtts_says_how_google_failed(google, tmp_path, answers, code):
    google.answers = answers
    with pytest.raises(SpeechFailed) as caught:
        GttsEngine(LIMIT_S).speak("Một câu đủ dài để thành hai phần. " * 5, tmp_path / "a.mp3", nobody, never)
    assert caught.value.code == code


def test_gtts_that_gets_no_answer_is_given_up_and_espeak_speaks(google, tmp_path):
    google.answers = ["hang"]
    spoken = Speaker([GttsEngine(2.0), EspeakEngine()]).speak(TEXT, tmp_path / "a", nobody, never)
    assert spoken.engine == "espeak"
    assert spoken.fell_back in {"gtts: timeout", "gtts: unreachable"}


def test_gtts_where_nothing_listens_is_unreachable(google, tmp_path, monkeypatch):
    google.close()
    monkeypatch.setenv("https_proxy", google.proxy)
    with pytest.raises(SpeechFailed) as caught:
        GttsEngine(LIMIT_S).speak(TEXT, tmp_path / "a.mp3", nobody, never)
    assert caught.value.code == "unreachable"


def test_gtts_believes_no_stranger_on_the_way(google, tmp_path, monkeypatch):
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with pytest.raises(SpeechFailed) as caught:
        GttsEngine(LIMIT_S).speak(TEXT, tmp_path / "a.mp3", nobody, never)
    assert caught.value.code == "unreachable"
    assert google.texts == []


# what any child may do


def stand_in(tmp_path, program):
    """An engine whose worker is this program; it leaves its process id behind."""
    path = tmp_path / "worker.py"
    path.write_text(
        "import sys, json, time, os, pathlib\n"
        f"pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(os.getpid()))\n"
        "request = json.loads(sys.stdin.readline())\n"
        "def say(**news): print(json.dumps(news), flush=True)\n" + program
    )
    return GttsEngine(1.0, (sys.executable, str(path)))


def is_gone(tmp_path):
    return not Path(f"/proc/{(tmp_path / 'pid').read_text()}").exists()


@pytest.mark.parametrize(
    "program",
    ["sys.exit(3)", "os.abort()", "print('Segmentation fault', flush=True); time.sleep(60)", "say(share='x')", "say()"],
)
def test_a_child_that_breaks_or_talks_nonsense_has_crashed(tmp_path, program):
    with pytest.raises(SpeechFailed) as caught:
        stand_in(tmp_path, program).speak("a", tmp_path / "a", nobody, never)
    assert caught.value.code == "crashed"
    assert is_gone(tmp_path)


def test_a_child_that_is_silent_is_killed_at_its_limit(tmp_path):
    with pytest.raises(SpeechTimeout):
        stand_in(tmp_path, "time.sleep(600)").speak("a", tmp_path / "a", nobody, never)
    assert is_gone(tmp_path)


def test_every_piece_gives_a_child_its_limit_anew(tmp_path):
    told: list[float] = []
    program = "for i in range(1, 6):\n    time.sleep(0.3)\n    say(share=i / 5)\nsay(done=True)"
    stand_in(tmp_path, program).speak("a", tmp_path / "a", told.append, never)
    assert told == [0.2, 0.4, 0.6, 0.8, 1.0]


def test_a_child_is_killed_when_it_is_no_longer_wanted(tmp_path):
    with pytest.raises(SpeechCancelled):
        stand_in(tmp_path, "time.sleep(600)").speak("a", tmp_path / "a", nobody, (tmp_path / "pid").exists)
    assert is_gone(tmp_path)


def test_a_program_that_is_not_there_has_crashed(tmp_path):
    with pytest.raises(SpeechFailed) as caught:
        GttsEngine(1.0, (str(tmp_path / "none"),)).speak("a", tmp_path / "a", nobody, never)
    assert caught.value.code == "crashed"


def test_a_worker_ends_when_its_parent_is_killed(tmp_path):
    worker = (
        "import os, pathlib, time\nfrom audio import worker\n"
        f"def work(request, tell):\n    pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(os.getpid()))\n"
        "    time.sleep(600)\nworker.run(work)\n"
    )
    parent = (
        "import sys\nfrom pathlib import Path\nfrom audio.gtts_engine import GttsEngine\n"
        f"GttsEngine(600, (sys.executable, '-c', {worker!r}))"
        ".speak('a', Path('unused'), lambda s: None, lambda: False)\n"
    )
    pid = os.posix_spawn(
        sys.executable, [sys.executable, "-c", parent], {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    )
    until = time.monotonic() + LIMIT_S
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
        assert time.monotonic() < until
        time.sleep(0.02)
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    while not is_gone(tmp_path):
        assert time.monotonic() < until
        time.sleep(0.02)

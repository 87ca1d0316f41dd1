import base64
import json
import ssl
import threading
import urllib.parse
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from audio.speech import Job, Manner

LIMIT_S = 30
USUAL = Manner()


@pytest.fixture
def say(tmp_path):
    """Have an engine speak texts; the files, and which of them were made."""

    def say(engine, *texts, manner=USUAL, cancelled=lambda: False, made=None):
        jobs = [Job(text, tmp_path / f"said-{i}") for i, text in enumerate(texts)]
        done = [] if made is None else made
        engine.speak(jobs, manner, done.append, cancelled)
        return SimpleNamespace(files=[job.out for job in jobs], made=done)

    return say


@pytest.fixture(scope="session")
def mp3(make, tmp_path_factory):
    """Four seconds of a voice, as MP3."""
    return make.sound(tmp_path_factory.mktemp("voice") / "voice.mp3", make.speechlike(4)).read_bytes()


@pytest.fixture(scope="session")
def wav(make, tmp_path_factory):
    """Four seconds of a voice, as WAV."""
    return make.pcm(tmp_path_factory.mktemp("voice") / "voice.wav", make.speechlike(4)).read_bytes()


# a stand-in for Google, behind a proxy, with a certificate of our own


class Google:
    """Answers as Google does. `answers` holds what the next pieces get; then every piece gets `sound`."""

    def __init__(self, folder, sound):
        self.sound = sound
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
def google(tmp_path, monkeypatch, mp3):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    made = Google(tmp_path, mp3)
    monkeypatch.setenv("https_proxy", made.proxy)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(made.authority))
    yield made
    made.close()


@pytest.fixture
def serve_sound(wav, monkeypatch):
    """The address of a service that answers everything with sound."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", str(len(wav)))
            self.end_headers()
            with suppress(OSError):  # the other side was killed in the middle
                self.wfile.write(wav)

        def log_message(self, *said):
            del said

    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/tts"
    server.shutdown()
    server.server_close()

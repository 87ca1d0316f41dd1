"""What only MQTT has: passwords, access lists, TLS, and brokers that do not answer as they should."""

import asyncio
import datetime as dt
import ipaddress
import os
import shutil
import ssl
from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from devices import mqtt, mqtt_connection
from devices.link import PAYLOAD_LIMIT, LinkDown, LinkReason, LinkRefused, LinkState
from devices.mqtt import MqttAddress, MqttLink

TOPIC = "loalang/v1/area/a/plan"
CONNACK = bytes.fromhex("2003000000")


def test_a_password_never_shows():
    assert "xyzzy" not in repr(MqttAddress("h", 1, "c", "u", "xyzzy"))


async def password_file(folder) -> str:
    program = shutil.which("mosquitto_passwd")
    path = folder / "passwords"
    path.write_text("loa:right\n", "utf-8")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("mosquitto_passwd is not installed, and with CI set nothing is skipped")
        pytest.skip("mosquitto_passwd is not installed")
    hashing = await asyncio.create_subprocess_exec(program, "-U", str(path))
    assert await hashing.wait() == 0
    return str(path)


async def test_a_wrong_password_is_told_as_such_and_the_right_one_lets_in(mosquitto, tmp_path, until):
    broker = mosquitto(f"password_file {await password_file(tmp_path)}")
    await broker.start()
    broker.address = replace(broker.address, username="loa", password="wrong")
    refused = await broker.client("refused").open(TOPIC, wait=False)
    await until(lambda: refused.link.why is LinkReason.CREDENTIALS, "the refusal")
    assert refused.link.state is LinkState.CONNECTING
    assert "wrong" not in refused.link.reason
    with pytest.raises(LinkDown, match="refused"):
        await refused.link.publish(TOPIC, b"x")
    broker.address = replace(broker.address, password="right")
    await broker.client("welcome").open(TOPIC)


async def test_what_an_access_list_forbids_to_say_is_refused_and_not_swallowed(mosquitto, tmp_path):
    rules = tmp_path / "acl"
    rules.write_text("topic readwrite loalang/v1/area/a/#\n", "utf-8")
    broker = mosquitto(f"acl_file {rules}")
    await broker.start()
    client = await broker.client("one").open(TOPIC)
    await client.link.publish(TOPIC, b"allowed")
    with pytest.raises(LinkRefused):
        await client.link.publish("loalang/v1/area/b/plan", b"forbidden")
    assert client.link.state is LinkState.UP


async def test_what_is_larger_than_the_broker_takes_is_refused_and_does_not_cost_the_connection(mosquitto):
    broker = mosquitto("max_packet_size 20000")
    await broker.start()
    client = await broker.client("one").open(TOPIC)
    with pytest.raises(LinkRefused, match="20000"):
        await client.link.publish(TOPIC, bytes(20_000))
    await client.link.publish(TOPIC, bytes(20_000 - 10 - len(TOPIC)))
    assert client.states == [LinkState.CONNECTING, LinkState.UP]


async def test_over_tls_the_largest_messages_pass_and_an_unknown_authority_is_told_as_such(mosquitto, tmp_path, until):
    authority, certificate, key = certificates(tmp_path, "ours")
    other, _, _ = certificates(tmp_path, "other")
    broker = mosquitto(f"certfile {certificate}", f"keyfile {key}")
    await broker.start()
    broker.address = replace(broker.address, tls=True, tls_ca=authority)
    client = await broker.client("one").open(TOPIC)
    large = [bytes([n]) * (PAYLOAD_LIMIT - n) for n in range(3)]
    await asyncio.gather(*(client.link.publish(TOPIC, payload) for payload in large))
    await until(lambda: client.payloads(TOPIC) == large, "three large messages over TLS")

    for wrong in (other, str(tmp_path / "nowhere.pem")):
        broker.address = replace(broker.address, tls_ca=wrong)
        stranger = await broker.client("stranger").open(TOPIC, wait=False)
        await until(lambda of=stranger: of.link.why is LinkReason.UNTRUSTED, "the distrust")
    assert "nowhere.pem" in stranger.link.reason


@pytest.fixture
async def scripted():
    """A server that answers every packet with what a function of it says; its address."""
    servers: list[asyncio.Server] = []
    tasks: set[asyncio.Task[None]] = set()

    async def start(answer, context: ssl.SSLContext | None = None) -> MqttAddress:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            tasks.add(task)
            try:
                while head := await reader.read(2):
                    body = await reader.readexactly(head[1])  # every packet here is shorter than 128 bytes
                    writer.write(answer(head[0] >> 4, body))
            except (OSError, asyncio.IncompleteReadError):
                pass
            finally:
                writer.close()
                tasks.discard(task)

        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
        servers.append(server)
        return MqttAddress("127.0.0.1", server.sockets[0].getsockname()[1], "c")

    yield start
    for server in servers:
        server.close()
    while tasks:
        await asyncio.wait(tasks)


@pytest.fixture
async def link_to():
    links: list[MqttLink] = []

    async def make(address: MqttAddress, take=lambda _: None) -> MqttLink:
        link = MqttLink(address)
        links.append(link)
        await link.subscribe((TOPIC,))
        await link.open(take, lambda _: None)
        return link

    yield make
    for link in links:
        await link.close()


async def test_a_refused_subscription_keeps_the_link_from_being_up(scripted, link_to, until):
    def answer(kind: int, body: bytes) -> bytes:
        if kind == 8:
            return bytes([0x90, 4, body[0], body[1], 0, 0x87])
        return CONNACK if kind == 1 else b""

    link = await link_to(await scripted(answer))
    await until(lambda: link.why is LinkReason.NOT_ALLOWED, "the refusal")
    assert link.state is LinkState.CONNECTING
    assert TOPIC in link.reason


def published(payload: bytes) -> bytes:
    """A PUBLISH packet, retained, QoS 0."""
    body = bytes([0, len(TOPIC)]) + TOPIC.encode() + b"\x00" + payload
    return bytes([0x31, len(body)]) + body


def hurried(kind: int, body: bytes) -> bytes:
    """A broker that hands over what it retains before it grants the subscription, and all in one piece."""
    if kind == 8:
        granted = bytes([0x90, 4, body[0], body[1], 0, 1])
        return published(b"1") + published(b"2") + granted + published(b"3") + published(b"4")
    return CONNACK if kind == 1 else b""


async def test_what_comes_before_the_grant_waits_for_it_and_keeps_its_order(scripted, link_to, until):
    took: list[bytes] = []
    await link_to(await scripted(hurried), lambda m: took.append(m.payload))
    await until(lambda: len(took) == 4, "four messages")
    assert took == [b"1", b"2", b"3", b"4"]


async def test_several_messages_in_one_tls_record_do_not_wait_for_the_next_one(scripted, link_to, until, tmp_path):
    authority, certificate, key = certificates(tmp_path, "ours")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    took: list[bytes] = []
    address = replace(await scripted(hurried, context), tls=True, tls_ca=authority)
    await link_to(address, lambda m: took.append(m.payload))
    await until(lambda: len(took) == 4, "four messages")


async def test_what_a_broker_says_at_its_good_bye_is_the_reason(scripted, link_to, until):
    def answer(kind: int, body: bytes) -> bytes:
        if kind == 8:
            return bytes([0x90, 4, body[0], body[1], 0, 1]) + bytes([0xE0, 1, 0x8E])
        return CONNACK if kind == 1 else b""

    link = await link_to(await scripted(answer))
    await until(lambda: link.why is LinkReason.LOST, "the loss")
    assert "taken over" in link.reason  # another client of the same name has come


@pytest.mark.parametrize("silent_from", [1, 8])
async def test_a_broker_that_never_answers_is_not_waited_for_longer_than_the_limit(
    scripted, link_to, until, monkeypatch, silent_from
):
    monkeypatch.setattr(mqtt_connection, "ANSWER_S", 0.2)
    link = await link_to(await scripted(lambda kind, _: CONNACK if kind < silent_from else b""))
    await until(lambda: "no answer" in link.reason, "the limit")
    assert link.state is LinkState.CONNECTING


async def test_a_broker_that_takes_and_never_acknowledges_is_given_up(scripted, link_to, until, monkeypatch):
    monkeypatch.setattr(mqtt, "ANSWER_S", 0.2)

    def answer(kind: int, body: bytes) -> bytes:
        if kind == 8:
            return bytes([0x90, 4, body[0], body[1], 0, 1])
        return CONNACK if kind == 1 else b""

    link = await link_to(await scripted(answer))
    await until(lambda: link.state is LinkState.UP, "up")
    with pytest.raises(LinkDown):
        await link.publish(TOPIC, b"into the void")
    await until(lambda: link.state is LinkState.CONNECTING, "given up")
    assert link.why is LinkReason.LOST


async def test_what_is_no_broker_at_all_is_survived(scripted, link_to, until, monkeypatch):
    monkeypatch.setattr(mqtt_connection, "ANSWER_S", 0.2)
    link = await link_to(await scripted(lambda _kind, _body: b"HTTP/1.1 400 Bad Request\r\n\r\n"))
    await until(lambda: link.why is not LinkReason.NONE, "a reason")
    assert link.state is LinkState.CONNECTING


async def test_closing_while_it_dials_leaves_nothing_behind(link_to):
    link = await link_to(MqttAddress("192.0.2.1", 1883, "c"))  # a documentation address: nobody is there
    await link.close()
    assert link.state is LinkState.CLOSED


async def test_a_pause_can_be_cut_short(mosquitto, until, monkeypatch):
    monkeypatch.setattr(mqtt, "_pause", lambda _: 3600.0)
    broker = mosquitto()
    client = await broker.client("one").open(TOPIC, wait=False)
    await until(lambda: client.link.why is not LinkReason.NONE, "the first failure")
    await broker.start()
    client.link.hurry()
    await client.up()


def test_pauses_grow_are_spread_and_have_an_end():
    for tries in range(1, 40):
        pauses = [mqtt._pause(tries) for _ in range(50)]
        assert max(pauses) <= min(30.0, 0.5 * 2 ** (tries - 1))
        assert min(pauses) >= min(30.0, 0.5 * 2 ** (tries - 1)) / 4
        assert len(set(pauses)) > 1


def _signs_only() -> x509.KeyUsage:
    words = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    no = dict.fromkeys((*words, "encipher_only", "decipher_only"), False)
    return x509.KeyUsage(key_cert_sign=True, crl_sign=True, **no)


def certificates(folder, name: str) -> tuple[str, str, str]:
    """Files of an authority, and of a certificate for 127.0.0.1 with its key."""
    now = dt.datetime.now(dt.UTC)
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"authority {name}")])

    def begin(subject: x509.Name, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(authority_name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=1))
        )

    authority = (
        begin(authority_name, authority_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key()), critical=False)
        .add_extension(_signs_only(), critical=True)  # Python 3.13 takes no authority without it
        .sign(authority_key, hashes.SHA256())
    )
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        begin(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), key.public_key())
        .add_extension(address, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    contents = {
        "authority": authority.public_bytes(pem),
        "certificate": certificate.public_bytes(pem),
        "key": key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    }
    for kind, content in contents.items():
        (folder / f"{name}-{kind}.pem").write_bytes(content)
    first, second, third = (str(folder / f"{name}-{kind}.pem") for kind in contents)
    return first, second, third

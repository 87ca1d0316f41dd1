"""Envelopes: only what was signed, by whom it must be, for the topic it came on, is ever read."""

import base64
import json
import stat
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from devices import signing, topics
from devices.messages import Identify, encode
from devices.signing import Forged, Keyring, NotAnEnvelope, Refusable, Signer, TooLong, load_or_make, unseal
from devices.topics import Leaf

SERVER = Signer("server-1", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
THIEF = Signer("server-1", Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))
RING = Keyring({"server-1": SERVER.public})
TOPIC = topics.receiver("cum-1", Leaf.ORDER)
T = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
PAYLOAD = encode(Identify(target="receiver/cum-1", number=1, issued=T, expires=T + timedelta(minutes=1)))
RAW = SERVER.seal(TOPIC, PAYLOAD)


def test_what_was_sealed_comes_out_byte_for_byte():
    assert unseal(TOPIC, RAW, RING) == PAYLOAD


@given(st.binary(max_size=2000))
def test_any_payload_survives_sealing(payload):
    assert unseal(TOPIC, SERVER.seal(TOPIC, payload), RING) == payload


def test_another_key_under_a_known_name_is_forged():
    with pytest.raises(Forged):
        unseal(TOPIC, THIEF.seal(TOPIC, PAYLOAD), RING)


def test_a_key_nobody_knows_is_forged():
    with pytest.raises(Forged, match="server-2"):
        unseal(TOPIC, Signer("server-2", SERVER.private).seal(TOPIC, PAYLOAD), RING)
    with pytest.raises(Forged):
        unseal(TOPIC, RAW, Keyring())


@pytest.mark.parametrize("place", range(len(RAW)))
def test_whatever_byte_is_altered_nothing_else_than_the_original_payload_is_ever_read(place):
    for flip in (0x01, 0x20, 0x80):
        altered = bytearray(RAW)
        altered[place] ^= flip
        try:
            payload = unseal(TOPIC, bytes(altered), RING)
        except (Forged, NotAnEnvelope):
            continue
        assert payload == PAYLOAD  # such as an unused bit at the end of base64: the signed bytes are the same


def test_every_altered_byte_of_the_payload_itself_is_forged():
    envelope = json.loads(RAW)
    for place in range(len(PAYLOAD)):
        other = bytearray(PAYLOAD)
        other[place] ^= 1
        envelope["payload"] = base64.b64encode(other).decode()
        with pytest.raises(Forged):
            unseal(TOPIC, json.dumps(envelope).encode(), RING)


def test_the_signature_of_one_message_does_not_carry_another():
    first, second = json.loads(RAW), json.loads(SERVER.seal(TOPIC, PAYLOAD + b" "))
    with pytest.raises(Forged):
        unseal(TOPIC, json.dumps(first | {"payload": second["payload"]}).encode(), RING)


@pytest.mark.parametrize("size", [0, 1, 63, 65, 128])
def test_a_signature_of_another_length_is_forged(size):
    envelope = json.loads(RAW) | {"sig": base64.b64encode(bytes(size)).decode()}
    with pytest.raises(Forged):
        unseal(TOPIC, json.dumps(envelope).encode(), RING)


@pytest.mark.parametrize(
    "other",
    [
        topics.receiver("cum-2", Leaf.ORDER),
        topics.receiver("cum-1", Leaf.PLAN),
        topics.receiver("cum-1", Leaf.REPORT),
        topics.area("cum-1", Leaf.ORDER),
    ],
    ids=str,
)
def test_a_sealed_message_means_nothing_on_another_topic(other):
    with pytest.raises(Forged):
        unseal(other, RAW, RING)


@pytest.mark.parametrize("leaf", [leaf for leaf in Leaf if leaf is not Leaf.CLIP])
def test_what_is_too_long_for_its_topic_is_refused_before_anything_is_read(leaf, monkeypatch):
    scope = topics.Scope.AREA if leaf is Leaf.ALARM else topics.Scope.RECEIVER
    topic = topics.Topic(scope, "a", leaf)

    class Unread:
        def decode(self, raw: bytes) -> object:
            pytest.fail(f"{len(raw)} bytes were parsed")

    monkeypatch.setattr(signing, "_decoder", Unread())
    with pytest.raises(TooLong):
        unseal(topic, bytes(topic.max_bytes + 1), RING)


def test_the_longest_allowed_is_read():
    with pytest.raises(NotAnEnvelope):
        unseal(TOPIC, bytes(TOPIC.max_bytes), RING)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\xff",
        b"[" * 8000,
        b'{"key":"server-1","sig":"","payload":3}',
        b'{"key":"server-1","sig":"?","payload":""}',
        b'{"key":"SERVER","sig":"","payload":""}',
        b'{"key":"' + b"a" * 65 + b'","sig":"","payload":""}',
    ],
)
def test_what_is_no_envelope_is_told_as_such(raw):
    with pytest.raises(NotAnEnvelope):
        unseal(TOPIC, raw, RING)


@given(st.binary(max_size=300) | st.text(max_size=100).map(str.encode))
def test_no_bytes_raise_anything_but_a_refusal(raw):
    with pytest.raises(Refusable):
        unseal(TOPIC, raw, RING)


def test_only_the_owner_of_a_topic_is_believed_there():
    ring = Keyring({"cum-1": SERVER.public, "cum-2": THIEF.public})
    assert ring.only("cum-1").get("cum-1") is not None
    assert ring.only("cum-1").get("cum-2") is None
    assert ring.only("cum-3").get("cum-1") is None
    topic = topics.receiver("cum-1", Leaf.STATE)
    with pytest.raises(Forged):
        unseal(topic, Signer("cum-2", THIEF.private).seal(topic, b"x"), ring.only("cum-1"))


def test_a_key_that_is_removed_is_believed_no_longer():
    ring = Keyring({"server-1": SERVER.public})
    ring.remove("server-1")
    ring.remove("server-1")
    with pytest.raises(Forged):
        unseal(TOPIC, RAW, ring)


@pytest.mark.parametrize("raw", [b"", bytes(31), bytes(33)])
def test_what_is_no_key_is_not_taken_into_a_ring(raw):
    with pytest.raises(ValueError, match="32"):
        Keyring({"server-1": raw})


# the key on disk


def test_a_key_is_made_once_and_for_its_owner_alone(tmp_path):
    path = tmp_path / "keys" / "server.key"
    first = load_or_make(path, "server-1")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_bytes()) == 32
    assert load_or_make(path, "server-1").public == first.public
    assert load_or_make(tmp_path / "other.key", "server-1").public != first.public


def test_a_key_whose_making_was_cut_short_is_made_again(tmp_path):
    (tmp_path / "server.key.new").write_bytes(b"half")
    load_or_make(tmp_path / "server.key", "server-1")
    assert [path.name for path in tmp_path.iterdir()] == ["server.key"]


@pytest.mark.parametrize("content", [b"", bytes(31), bytes(33), b"-----BEGIN PRIVATE KEY-----"])
def test_a_file_that_holds_no_key_is_named_and_left_alone(tmp_path, content):
    path = tmp_path / "server.key"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"server\.key"):
        load_or_make(path, "server-1")
    assert path.read_bytes() == content


def test_a_private_key_never_shows():
    private = SERVER.private.private_bytes_raw()
    shown = repr(SERVER)
    assert private.hex() not in shown
    assert base64.b64encode(private).decode() not in shown
    assert "private" not in shown


def test_the_envelope_names_key_signature_and_payload_and_nothing_else():
    assert set(msgspec.json.decode(RAW)) == {"key", "sig", "payload"}

"""Messages: samples that decode for ever, bounds, and tolerance for what is not known yet."""

import contextlib
import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices import topics
from devices.messages import (
    PLAN_AIRINGS,
    WORDS_LENGTH,
    Ack,
    Alarm,
    AlarmEnded,
    AnyMessage,
    Assignment,
    Failed,
    Finished,
    Hold,
    HoldEnded,
    Identify,
    Message,
    Missed,
    NowPlaying,
    Plan,
    PlannedAiring,
    Refused,
    SetVolume,
    Signed,
    Started,
    State,
    Stop,
    UnknownKind,
    Unreadable,
    VolumeCap,
    decode,
    encode,
)
from devices.signing import Keyring, unseal
from devices.vocabulary import Level, Outcome, Part, Siren

GOLDEN = Path(__file__).parent / "golden"
KINDS: dict[str, type[Message]] = {str(kind.__struct_config__.tag): kind for kind in AnyMessage.__args__}

T = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
EVENING = datetime(2026, 11, 25, 22, 0, tzinfo=UTC)
HASH = "0123456789abcdef" * 4
AREA: dict[str, Any] = {
    "target": "area/xa-thanh-duc-25657",
    "number": 1795579200001,
    "issued": T,
    "expires": T + timedelta(hours=73),
}
ONE: dict[str, Any] = {
    "target": "receiver/cum-thanh-duc-1",
    "number": 1795579200002,
    "issued": T,
    "expires": T + timedelta(minutes=1),
}
REPORT: dict[str, Any] = {
    "receiver": "cum-thanh-duc-1",
    "journal": "j-7f3a",
    "number": 42,
    "at": EVENING + timedelta(seconds=1.25),
    "oldest": 40,
}
AIRING = PlannedAiring(
    id="s12-1795579200",
    at=EVENING,
    clip=HASH,
    seconds=61.5,
    size=184320,
    level=Level.PRIORITY,
    title="Thông báo lịch tiêm chủng",
    window_s=120,
    resume=True,
    quiet_hours_confirmed=True,
    valid_until=T + timedelta(days=1),
)

MEANT: dict[str, Message] = {
    "plan": Plan(**AREA, airings=(AIRING,)),
    "assignment": Assignment(
        **ONE,
        areas=("xa-thanh-duc-25657", "huyen-go-dau-710", "tinh-tay-ninh-72"),
        clips_url="http://127.0.0.1:8080/clips",
        volume=70,
        alarm_volume=95,
        quiet_from="22:00",
        quiet_to="05:00",
        caps=(VolumeCap(start="05:00", end="06:00", most=60),),
    ),
    "alarm": Alarm(
        **AREA,
        alarm="a-20261125-1",
        siren=Siren.WAIL,
        siren_s=10.0,
        words="Nước sông lên nhanh. Mời bà con lên nơi cao.",
        clip=HASH,
        seconds=12.25,
        size=36864,
        repeats=5,
        pause_s=7.5,
        until=T + timedelta(minutes=30),
    ),
    "alarm-ended": AlarmEnded(**AREA, alarm="a-20261125-1"),
    "stop": Stop(**AREA, airing="s12-1795579200"),
    "hold": Hold(**AREA, until=T + timedelta(hours=12)),
    "hold-ended": HoldEnded(**AREA),
    "set-volume": SetVolume(**ONE, volume=55),
    "identify": Identify(**ONE),
    "ack": Ack(**ONE, journal="j-7f3a", up_to=41),
    "state": State(
        receiver="cum-thanh-duc-1",
        session=1795579200003,
        at=T,
        online=True,
        journal="j-7f3a",
        mode="playing",
        playing=NowPlaying(subject="s12-1795579200", part=Part.AIRING, position_ms=1500, total_ms=61500),
        plans={"area/xa-thanh-duc-25657": 1795579200001},
        missing=(HASH,),
        volume=70,
        clock_offset_ms=-3.5,
        disk_free_mb=20480,
        temperature_c=51.5,
        versions={"loalang": "0.1.0"},
        refused=2,
        unacknowledged=3,
        held_until=T + timedelta(hours=12),
    ),
    "started": Started(
        **REPORT,
        subject="s12-1795579200",
        started_at=EVENING + timedelta(milliseconds=4),
        planned_at=EVENING,
        start_error_ms=4.0,
        clip=HASH,
        resumed_from_ms=1500,
    ),
    "finished": Finished(
        **REPORT,
        subject="a-20261125-1",
        part=Part.SIREN,
        outcome=Outcome.STOPPED,
        played_ms=8000,
        frames=384000,
        started_at=EVENING,
    ),
    "missed": Missed(**REPORT, subject="s12-1795579200", planned_at=EVENING, why="window-passed"),
    "failed": Failed(
        **REPORT, subject="s12-1795579200", part=Part.WORDS, why="wrong-hash", detail="clip 0123456789abcdef"
    ),
    "refused": Refused(**REPORT, topic="loalang/v1/area/xa-thanh-duc-25657/plan", why="forged", count=17),
}
"""What each sample in `golden/` says, every field set."""


def sample(name: str) -> bytes:
    return (GOLDEN / f"{name}.json").read_bytes()


def test_every_kind_has_its_samples_and_every_sample_its_kind():
    expected = {f"{kind}{tail}.json" for kind in KINDS for tail in ("", "-least")} | {"envelope.json"}
    assert {path.name for path in GOLDEN.iterdir()} == expected
    assert set(MEANT) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_sample_with_every_field_says_for_ever_what_it_said(kind):
    assert decode(sample(kind)) == MEANT[kind]
    first_fields = set(json.loads(sample(kind))) - {"kind"}
    assert first_fields <= {f.encode_name for f in msgspec.structs.fields(KINDS[kind])}


@pytest.mark.parametrize("kind", KINDS)
def test_a_sample_with_the_fewest_fields_is_still_a_message(kind):
    message = decode(sample(f"{kind}-least"))
    assert type(message) is KINDS[kind]


def test_a_sealed_sample_opens_for_ever():
    public = Keyring({"server-1": bytes.fromhex("03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8")})
    topic = topics.area("xa-thanh-duc-25657", topics.Leaf.PLAN)
    assert decode(unseal(topic, sample("envelope"), public)) == MEANT["plan"]


@pytest.mark.parametrize("kind", KINDS)
def test_fields_of_a_later_version_are_passed_over(kind):
    later = json.loads(sample(kind)) | {"invented-later": {"deep": [1, 2]}}
    assert decode(json.dumps(later).encode()) == MEANT[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_every_required_field_is_required(kind):
    least = json.loads(sample(f"{kind}-least"))
    for name in set(least) - {"kind"}:
        with pytest.raises(Unreadable):
            decode(json.dumps({k: v for k, v in least.items() if k != name}).encode())


def test_a_kind_of_a_later_version_is_told_from_rubbish():
    with pytest.raises(UnknownKind):
        decode(b'{"kind":"sing","song":3}')
    for rubbish in (b"", b"{}", b"[]", b"null", b'{"kind":3}', b"\xff\xfe", b'{"kind":"plan"', b"[" * 200_000):
        with pytest.raises(Unreadable) as error:
            decode(rubbish)
        assert not isinstance(error.value, UnknownKind)


@given(st.binary(max_size=400))
def test_no_bytes_raise_anything_but_unreadable(raw):
    with contextlib.suppress(Unreadable):
        decode(raw)


# bounds


def altered(kind: str, **fields: object) -> bytes:
    return json.dumps(json.loads(sample(kind)) | fields).encode()


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("identify", "number", 0),
        ("identify", "number", 2**63),
        ("identify", "number", 1.5),
        ("identify", "number", True),
        ("identify", "target", "area/Xã"),
        ("identify", "target", "area/a\n"),
        ("identify", "target", "planet/earth"),
        ("identify", "target", "area/a/b"),
        ("identify", "issued", "2026-11-25T04:00:00"),
        ("identify", "issued", 1795579200),
        ("identify", "expires", "tomorrow"),
        ("hold", "until", None),
        ("hold", "until", "2026-11-25T04:00:00"),
        ("state", "held_until", "soon"),
        ("set-volume", "volume", 101),
        ("set-volume", "volume", -1),
        ("stop", "airing", "UPPER"),
        ("stop", "airing", "a" * 65),
        ("ack", "up_to", -1),
        ("assignment", "areas", []),
        ("assignment", "areas", ["a"] * 9),
        ("assignment", "quiet_from", "24:00"),
        ("assignment", "quiet_from", "22:00\n"),
        ("assignment", "clips_url", "h" * 301),
        ("alarm", "siren_s", 0.5),
        ("alarm", "siren_s", 121),
        ("alarm", "repeats", 0),
        ("alarm", "words", "a" * (WORDS_LENGTH + 1)),
        ("alarm", "clip", "A" * 64),
        ("alarm", "clip", "a" * 63),
        ("state", "missing", ["a" * 64] * (PLAN_AIRINGS + 1)),
        ("state", "session", 0),
        ("state", "mode", "m" * 33),
        ("state", "versions", {"loalang": "v" * 81}),
        ("state", "plans", {"moon": 1}),
        ("started", "number", 0),
        ("missed", "why", "w" * 501),
        ("refused", "topic", "t" * 301),
        ("refused", "count", -1),
        ("finished", "frames", 10**30),
        ("finished", "played_ms", -1),
        ("state", "disk_free_mb", 2**60),
    ],
)
def test_what_is_out_of_bounds_is_unreadable(kind, field, value):
    with pytest.raises(Unreadable):
        decode(altered(kind, **{field: value}))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("seconds", -0.1),
        ("seconds", 6 * 3600 + 1),
        ("size", -1),
        ("window_s", 0),
        ("window_s", 3601),
        ("title", "t" * 201),
        ("level", "deafening"),
        ("clip", ""),
        ("id", "-"),
        ("at", "2026-11-25T22:00:00"),
    ],
)
def test_an_airing_out_of_bounds_makes_the_whole_plan_unreadable(field, value):
    plan = json.loads(sample("plan"))
    plan["airings"][0][field] = value
    with pytest.raises(Unreadable):
        decode(json.dumps(plan).encode())


def test_a_plan_of_too_many_airings_is_unreadable():
    plan = json.loads(sample("plan"))
    plan["airings"] *= PLAN_AIRINGS
    assert decode(json.dumps(plan).encode())
    plan["airings"].append(plan["airings"][0])
    with pytest.raises(Unreadable):
        decode(json.dumps(plan).encode())


def test_reasons_of_a_later_version_are_kept_as_text():
    report = decode(altered("missed", why="struck-by-lightning"))
    assert isinstance(report, Missed)
    assert report.why == "struck-by-lightning"


# there and back

slugs = st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*", fullmatch=True).filter(lambda s: len(s) <= 64)
hashes = st.text("0123456789abcdef", min_size=64, max_size=64)
instants = st.datetimes(datetime(2000, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - st adds the zone
numbers = st.integers(1, 2**63 - 1)
titles = st.text(st.characters(codec="utf-8"), max_size=200)
targets = st.builds("{}/{}".format, st.sampled_from(["area", "receiver"]), slugs)
signed: dict[str, Any] = {"target": targets, "number": numbers, "issued": instants, "expires": instants}
reported: dict[str, Any] = {
    "receiver": slugs,
    "journal": slugs,
    "number": numbers,
    "at": instants,
    "oldest": numbers,
    "subject": slugs,
}
airings = st.builds(
    PlannedAiring,
    id=slugs,
    at=instants,
    clip=hashes,
    seconds=st.floats(0, 6 * 3600),
    size=st.integers(0, 2**53),
    level=st.sampled_from(Level),
    title=titles,
    window_s=st.integers(1, 3600),
    resume=st.booleans(),
    quiet_hours_confirmed=st.booleans(),
    valid_until=st.none() | instants,
)
messages = st.one_of(
    st.builds(Plan, **signed, airings=st.lists(airings, max_size=4).map(tuple)),
    st.builds(Stop, **signed, airing=st.none() | slugs),
    st.builds(Ack, **signed, journal=slugs, up_to=st.integers(0, 2**63 - 1)),
    st.builds(Started, **reported, started_at=instants, start_error_ms=st.none() | st.floats(-1e9, 1e9)),
    st.builds(Failed, **reported, why=titles, detail=titles, part=st.sampled_from(Part)),
    st.builds(
        Alarm,
        **signed,
        alarm=slugs,
        siren=st.sampled_from(Siren),
        words=titles,
        clip=st.none() | hashes,
        until=instants,
        repeats=st.integers(1, 1000),
    ),
)


@given(messages)
def test_what_is_encoded_is_decoded_as_the_same(message):
    assert decode(encode(message)) == message


def test_an_instant_written_in_another_zone_is_the_same_instant():
    here = timezone(timedelta(hours=7))
    message = Identify(**(ONE | {"issued": T.astimezone(here)}))
    back = decode(encode(message))
    assert isinstance(back, Signed)
    assert back.issued == T

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from broadcast import scheduling
from broadcast.domain.refusals import Refusal
from broadcast.receivers import enrolment
from broadcast.records import DeliveryRow, ReceiverRow
from broadcast.wording import refusal
from devices.vocabulary import AreaId

DISTRICT = AreaId("huyen-go-dau-710")
COMMUNE = AreaId("xa-thanh-duc-25657")
NEIGHBOUR = AreaId("xa-cam-giang-25660")
KEY = Ed25519PrivateKey.generate().public_key().public_bytes_raw()


@pytest.fixture
def trusted():
    return []


@pytest.fixture
def assigned():
    return []


@pytest.fixture
def enrol(desk, trusted, assigned):
    async def assign(receiver):
        assigned.append(receiver)

    def trust(receiver, key):
        trusted.append((receiver, key))

    def enrol(receiver="thanh-duc-9", area=COMMUNE, name="Loa Ấp 9", key=KEY, actor=None):
        return enrolment.enrol(desk, trust, assign, actor, receiver, area, name, key)

    return enrol


@pytest.fixture
def place(desk, staff, spoken, clock):
    """Place a bulletin so many minutes ahead."""
    title = iter(range(100))

    async def replan(_areas):
        pass

    def place(*areas, minutes=30.0):
        at = clock.time + timedelta(minutes=minutes)
        return scheduling.place(desk, replan, staff, spoken(staff, f"Tin {next(title)}"), areas, at, "")

    return place


def states(rows, receiver="thanh-duc-9"):
    return {d.subject: d.state for d in rows(DeliveryRow) if d.receiver == receiver}


async def test_a_receiver_is_written_down_believed_and_told_what_it_is(enrol, rows, trusted, assigned, settings):
    await enrol(name="  Loa  Ấp 9 ")
    (row,) = rows(ReceiverRow)
    assert (row.id, row.area, row.name) == ("thanh-duc-9", COMMUNE, "Loa Ấp 9")
    assert (row.volume, row.alarm_volume) == (settings.receivers.volume, settings.receivers.alarm_volume)
    assert (trusted, assigned) == ([("thanh-duc-9", KEY)], ["thanh-duc-9"])


async def test_a_new_receiver_hears_what_is_planned_there_already(enrol, rows, place, receivers):
    here, above = await place(COMMUNE), await place(DISTRICT, minutes=60)
    await place(NEIGHBOUR)
    await enrol()
    planned = {d.subject for d in rows(DeliveryRow) if d.receiver == "thanh-duc-9"}
    assert {subject.split("-")[0] for subject in planned} == {f"s{here.id}", f"s{above.id}"}
    assert set(states(rows).values()) == {"planned"}


async def test_it_hears_what_has_just_begun_but_not_what_is_over(enrol, rows, place, receivers, clock):
    await place(COMMUNE, minutes=1)
    just = await place(COMMUNE, minutes=10)
    clock.on(minutes=12)
    await enrol()
    assert [s.split("-")[0] for s in states(rows)] == [f"s{just.id}"]


async def test_enrolling_again_with_the_same_key_changes_nothing(enrol, rows, place, receivers, whole, assigned):
    await place(COMMUNE)
    await enrol()
    before = whole()
    await enrol()
    assert whole() == before
    assert assigned == ["thanh-duc-9"] * 2


async def test_a_receiver_that_moves_hears_what_its_new_area_hears(enrol, rows, place, receivers):
    here, there, both = await place(COMMUNE), await place(NEIGHBOUR), await place(DISTRICT)
    await enrol()
    await enrol(area=NEIGHBOUR)
    told = {s.split("-")[0]: state for s, state in states(rows).items()}
    assert told == {f"s{here.id}": "withdrawn", f"s{there.id}": "planned", f"s{both.id}": "planned"}
    await enrol()
    told = {s.split("-")[0]: state for s, state in states(rows).items()}
    assert told == {f"s{here.id}": "planned", f"s{there.id}": "withdrawn", f"s{both.id}": "planned"}


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"receiver": "Loa 1"}, "receiver-id"),
        ({"receiver": ""}, "receiver-id"),
        ({"receiver": "a" * 65}, "receiver-id"),
        ({"area": "xa-khong-co-1"}, "no-such-area"),
        ({"name": ""}, "name-bad"),
        ({"key": b"short"}, "receiver-key"),
        ({"key": b""}, "receiver-key"),
    ],
)
async def test_what_cannot_be_a_receiver_is_refused_and_nothing_is_changed(
    enrol, whole, trusted, assigned, wrong, code
):
    before = whole()
    with pytest.raises(Refusal) as no:
        await enrol(**wrong)
    assert no.value.code == code
    assert "Hãy" in refusal(no.value) or "Chỉ" in refusal(no.value)
    assert (whole(), trusted, assigned) == (before, [], [])


async def test_an_id_belongs_to_one_key(enrol, whole, trusted):
    await enrol()
    before = whole()
    with pytest.raises(Refusal, match="receiver-known"):
        await enrol(key=Ed25519PrivateKey.generate().public_key().public_bytes_raw())
    assert whole() == before
    assert len(trusted) == 1


async def test_only_the_province_enrols(enrol, province, staff, operator, whole):
    before = whole()
    for actor in (staff, operator):
        with pytest.raises(Refusal, match="not-allowed"):
            await enrol(actor=actor)
    assert whole() == before
    await enrol(actor=province)

from datetime import timedelta

import pytest
from sqlmodel import Session

from broadcast import scheduling, views
from broadcast.domain.deliveries import DeliveryState
from broadcast.domain.people import Role
from broadcast.domain.refusals import Refusal
from broadcast.domain.schedule import airing_id
from broadcast.receivers.presence import Presence
from broadcast.records import AiringRow, DeliveryRow
from devices.messages import NowPlaying, State
from devices.vocabulary import AreaId, Part

PROVINCE = AreaId("tinh-tay-ninh-72")
DISTRICT = AreaId("huyen-go-dau-710")
COMMUNE = AreaId("xa-thanh-duc-25657")
NEIGHBOUR = AreaId("xa-cam-giang-25660")
ELSEWHERE = AreaId("huyen-ben-cau-711")


@pytest.fixture
def presence():
    return Presence()


@pytest.fixture
def hear(presence, clock):
    def hear(receiver, session=1, **fields):
        presence.take(State(receiver=receiver, session=session, at=clock.time, online=True, **fields), clock.time)

    return hear


@pytest.fixture
def place(desk, province, spoken, clock, receivers):
    async def replan(_areas):
        pass

    async def place(*areas, title="Mời họp", minutes=30.0, actor=province, bulletin=None):
        at = clock.time + timedelta(minutes=minutes)
        number = spoken(actor, title) if bulletin is None else bulletin
        return await scheduling.place(desk, replan, actor, number, areas, at, "")

    return place


@pytest.fixture
def tell(desk):
    """What became of a delivery, into the books at once."""

    def tell(slot, receiver, **fields):
        with Session(desk.store.engine) as session:
            row = session.get_one(DeliveryRow, (airing_id(slot.id, slot.at), receiver))
            for name, value in fields.items():
                setattr(row, name, value)
            session.add(row)
            session.commit()

    return tell


async def test_the_tree_begins_where_the_person_works(desk, operator, staff, province, receivers):
    (commune,) = await views.areas(desk, operator)
    assert (commune.id, commune.name, commune.kind, commune.receivers) == (COMMUNE, "Xã Thạnh Đức", "commune", 2)
    (district,) = await views.areas(desk, staff)
    assert (district.id, district.receivers) == (DISTRICT, 3)
    assert {c.id: c.receivers for c in district.children if c.receivers} == {COMMUNE: 2, NEIGHBOUR: 1}
    (root,) = await views.areas(desk, province)
    assert (root.receivers, len(root.children)) == (4, 9)


async def test_one_person_may_serve_several_communes(desk, hire, receivers):
    both = hire("lien-xa", Role.OPERATOR, NEIGHBOUR, COMMUNE)
    assert {n.id for n in await views.areas(desk, both)} == {COMMUNE, NEIGHBOUR}


async def test_bulletins_are_seen_where_their_area_is_held(desk, staff, stranger, province, operator, spoken, clock):
    older = spoken(staff, "Cũ")
    clock.on(minutes=1)
    newer = spoken(staff, "Mới")
    for person in (staff, province):
        assert [(await views.bulletin(desk, person, b)).bulletin.id for b in (newer, older)] == [newer, older]
    for person in (stranger, operator):
        with pytest.raises(Refusal, match="no-such-bulletin"):
            await views.bulletin(desk, person, newer)


async def test_a_bulletin_comes_with_its_author_and_slots(desk, staff, place, spoken):
    number = spoken(staff)
    first = await place(COMMUNE, actor=staff, bulletin=number)
    second = await place(NEIGHBOUR, minutes=60, actor=staff, bulletin=number)
    seen = await views.bulletin(desk, staff, number)
    assert (seen.author_name, seen.slots) == (staff.name, (second, first))


async def test_coming_slots_come_first_in_order_then_the_newest_past_ones(desk, province, place, clock):
    longest_past, past = await place(COMMUNE, title="1", minutes=1), await place(COMMUNE, title="2", minutes=5)
    later, sooner = await place(COMMUNE, title="3", minutes=90), await place(COMMUNE, title="4", minutes=60)
    clock.on(minutes=30)
    seen = [v.slot.id for v in await views.slots(desk, province, 10)]
    assert seen == [sooner.id, later.id, past.id, longest_past.id]
    assert [v.slot.id for v in await views.slots(desk, province, 3)] == seen[:3]


async def test_what_sounds_now_is_not_past(desk, province, place, clock):
    slot = await place(COMMUNE, minutes=1)
    clock.on(minutes=1, seconds=5)
    after = await place(COMMUNE, title="sau", minutes=10)
    assert [v.slot.id for v in await views.slots(desk, province, 10)] == [slot.id, after.id]


async def test_a_slot_is_seen_where_it_is_heard_and_counts_only_what_is_ones_own(
    desk, operator, staff, stranger, place, tell
):
    slot = await place(PROVINCE)
    await place(NEIGHBOUR, title="bên cạnh")
    tell(slot, "thanh-duc-1", state="played")
    (mine,) = await views.slots(desk, operator, 10)
    assert mine.slot.id == slot.id
    assert mine.counts == {DeliveryState.PLAYED: 1, DeliveryState.PLANNED: 1}
    assert (mine.area_names, mine.seconds) == (("Tỉnh Tây Ninh",), 10.0)
    assert [v.counts for v in await views.slots(desk, stranger, 10)] == [{DeliveryState.PLANNED: 1}]
    assert len(await views.slots(desk, staff, 10)) == 2


async def test_an_operator_sees_only_the_deliveries_of_their_commune(desk, presence, operator, province, place):
    slot = await place(PROVINCE)
    mine = await views.deliveries(desk, presence, operator, slot.id)
    assert [v.receiver for v in mine] == ["thanh-duc-1", "thanh-duc-2"]
    assert len(await views.deliveries(desk, presence, province, slot.id)) == 4


async def test_a_slot_that_is_not_heard_here_is_not_there(desk, presence, operator, place):
    slot = await place(NEIGHBOUR)
    for number in (slot.id, slot.id + 1):
        with pytest.raises(Refusal, match="no-such-slot"):
            await views.deliveries(desk, presence, operator, number)


async def test_a_delivery_shows_how_far_it_plays_and_how_old_that_is(
    desk, presence, operator, place, tell, hear, clock
):
    slot = await place(COMMUNE)
    told = clock.time
    clock.on(minutes=30, seconds=2)
    subject = airing_id(slot.id, slot.at)
    hear("thanh-duc-1", playing=NowPlaying(subject=subject, part=Part.AIRING, position_ms=2_000, total_ms=10_000))
    tell(slot, "thanh-duc-1", state="playing", started_at=slot.at, start_error_ms=4.0)
    hear("thanh-duc-2", playing=NowPlaying(subject="s9-x", part=Part.AIRING, position_ms=1, total_ms=2))
    playing, waiting = await views.deliveries(desk, presence, operator, slot.id)
    assert (playing.state, playing.position_ms, playing.total_ms) == (DeliveryState.PLAYING, 2_000, 10_000)
    assert (playing.news_at, playing.started_at, playing.start_error_ms) == (clock.time, slot.at, 4.0)
    assert (playing.title, playing.receiver_name, playing.area_name) == (
        "Mời họp",
        "Loa thanh-duc-1",
        "Xã Thạnh Đức",
    )
    assert (waiting.state, waiting.position_ms, waiting.total_ms, waiting.news_at) == (
        DeliveryState.PLANNED,
        None,
        10_000,
        told,
    )


async def test_an_operator_sees_only_the_receivers_of_their_commune(desk, presence, operator, staff, receivers):
    assert [r.id for r in await views.receivers(desk, presence, operator)] == ["thanh-duc-1", "thanh-duc-2"]
    assert len(await views.receivers(desk, presence, staff)) == 3


async def test_a_receiver_never_heard_is_not_known_to_be_on_or_off(desk, presence, operator, receivers):
    one = (await views.receivers(desk, presence, operator))[0]
    assert (one.online, one.heard_at, one.mode, one.volume, one.version) == (None, None, "", None, "")


async def test_a_receiver_shows_what_it_said_last_and_its_age(
    desk, presence, operator, place, hear, clock, settings, rows
):
    slot = await place(COMMUNE)
    (airing,) = rows(AiringRow)
    hear(
        "thanh-duc-1",
        mode="playing",
        volume=70,
        playing=NowPlaying(subject=airing_id(slot.id, slot.at), part=Part.AIRING, position_ms=5, total_ms=10),
        missing=("ab" * 32, airing.clip),
        clock_offset_ms=-3.0,
        disk_free_mb=900,
        temperature_c=51.5,
        versions={"loalang": "0.1.0"},
        refused=2,
    )
    heard_at = clock.time
    clock.on(seconds=30)
    one = (await views.receivers(desk, presence, operator))[0]
    assert (one.online, one.heard_at, one.mode, one.volume) == (True, heard_at, "playing", 70)
    assert (one.playing_title, one.position_ms, one.total_ms) == ("Mời họp", 5, 10)
    assert (one.clips_missing, one.short_of, one.clock_offset_ms, one.disk_free_mb) == (2, 1, -3.0, 900)
    assert (one.temperature_c, one.version, one.refused) == (51.5, "0.1.0", 2)
    clock.on(seconds=settings.receivers.stale_s)
    one = (await views.receivers(desk, presence, operator))[0]
    assert (one.online, one.heard_at, one.playing_title) == (False, heard_at, "")


async def test_an_alarm_that_sounds_is_named_as_one(desk, presence, operator, receivers, hear):
    hear("thanh-duc-1", playing=NowPlaying(subject="a1", part=Part.SIREN, position_ms=1, total_ms=8_000))
    assert (await views.receivers(desk, presence, operator))[0].playing_title == "Thông báo khẩn cấp"

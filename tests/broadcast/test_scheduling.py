import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from broadcast import books, scheduling
from broadcast.domain.deliveries import DeliveryState
from broadcast.domain.refusals import Refusal
from broadcast.records import AiringRow, BulletinRow, DeliveryRow, SlotRow
from broadcast.wording import refusal
from devices.link import LinkDown
from devices.vocabulary import AreaId

PROVINCE = AreaId("tinh-tay-ninh-72")
DISTRICT = AreaId("huyen-go-dau-710")
COMMUNE = AreaId("xa-thanh-duc-25657")
NEIGHBOUR = AreaId("xa-cam-giang-25660")
DESERTED = AreaId("xa-phuoc-trach-25675")
ELSEWHERE = AreaId("huyen-ben-cau-711")
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SOON = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)
NIGHT = datetime(2026, 11, 26, 3, 15, tzinfo=ZONE).astimezone(UTC)


@pytest.fixture
def bulletin(staff, spoken):
    return spoken(staff)


@pytest.fixture
def place(desk, replan, staff, bulletin, receivers):
    def place(*areas, at=SOON, typed="", reason="", actor=staff, bulletin=bulletin):
        return scheduling.place(desk, replan, actor, bulletin, areas, at, typed, reason)

    return place


async def test_placing_writes_slot_airing_and_a_delivery_for_every_receiver(place, replan, rows, staff, desk):
    slot = await place(DISTRICT)
    assert (slot.areas, slot.at, slot.placed_by, slot.withdrawn) == ((DISTRICT,), SOON, staff.id, False)
    (airing,) = [books.airing(r) for r in rows(AiringRow)]
    assert (airing.slot, airing.at, airing.seconds, airing.title) == (slot.id, SOON, 10.0, "Mời họp")
    deliveries = rows(DeliveryRow)
    assert {(d.receiver, d.area) for d in deliveries} == {
        ("thanh-duc-1", COMMUNE),
        ("thanh-duc-2", COMMUNE),
        ("cam-giang-1", NEIGHBOUR),
    }
    assert {(d.subject, d.kind, d.state, d.planned_at) for d in deliveries} == {(airing.id, "airing", "planned", SOON)}
    assert replan.asked == [(DISTRICT,)]
    assert desk.bell.revision == 1


async def test_one_publish_is_asked_for_each_area_aimed_at(place, replan, rows):
    await place(COMMUNE, NEIGHBOUR, COMMUNE)
    assert sorted(replan.asked[0]) == sorted([COMMUNE, NEIGHBOUR])
    await place(COMMUNE, DISTRICT, at=SOON + timedelta(hours=1))
    assert replan.asked[1] == (DISTRICT,)
    assert Counter(d.planned_at for d in rows(DeliveryRow)) == {SOON: 3, SOON + timedelta(hours=1): 3}


async def test_now_is_a_few_seconds_ahead(place, clock, settings):
    slot = await place(COMMUNE, at=None)
    assert slot.at == clock.time + timedelta(seconds=settings.schedule.now_lead_s)


@pytest.mark.parametrize("state", ["draft", "submitted", "approved"])
async def test_who_places_a_bulletin_vouches_for_it(place, spoken, staff, rows, state):
    bulletin = spoken(staff, "Khác", state=state)
    await place(COMMUNE, bulletin=bulletin)
    assert {r.id: r.state for r in rows(BulletinRow)}[bulletin] == "approved"


@pytest.mark.parametrize("state", ["rejected", "withdrawn"])
async def test_what_was_rejected_or_withdrawn_does_not_air(place, spoken, staff, whole, state):
    bulletin = spoken(staff, "Khác", state=state)
    before = whole()
    with pytest.raises(Refusal, match="bulletin-life"):
        await place(COMMUNE, bulletin=bulletin)
    assert whole() == before


@pytest.fixture
def unplaced(refused, replan):
    """The Refusal of a placing after which nothing was changed and nothing went out."""

    async def unplaced(attempt):
        no = await refused(attempt)
        assert replan.asked == []
        return no

    return unplaced


async def test_a_time_in_the_past_is_refused(place, unplaced, clock):
    no = await unplaced(place(COMMUNE, at=clock.time - timedelta(minutes=5)))
    assert no.code == "time-past"
    assert "16:55" in refusal(no)


async def test_a_time_beyond_a_year_is_refused(place, unplaced, clock):
    no = await unplaced(place(COMMUNE, at=clock.time + timedelta(days=400)))
    assert no.code == "time-far"


async def test_an_area_without_receivers_is_named(place, unplaced):
    no = await unplaced(place(COMMUNE, DESERTED))
    assert (no.code, no.facts) == ("no-receivers", {"area": "Xã Phước Trạch"})


async def test_no_area_is_refused(place, unplaced):
    assert (await unplaced(place())).code == "no-areas"


@pytest.mark.parametrize("area", [PROVINCE, ELSEWHERE])
async def test_areas_of_others_are_refused(place, unplaced, area):
    assert (await unplaced(place(COMMUNE, area))).code == "not-your-area"


async def test_who_only_reads_places_nothing(place, unplaced, auditor):
    assert (await unplaced(place(COMMUNE, actor=auditor))).code == "not-allowed"


async def test_a_bulletin_without_sound_is_refused(place, unplaced, spoken, staff):
    assert (await unplaced(place(COMMUNE, bulletin=spoken(staff, clip=None)))).code == "no-sound"


async def test_a_sound_that_is_no_longer_on_disk_is_refused(place, unplaced, desk, rows):
    desk.library.path(rows(BulletinRow)[0].clip).unlink()
    assert (await unplaced(place(COMMUNE))).code == "no-sound"


async def test_a_bulletin_without_a_title_is_refused(place, unplaced, spoken, staff):
    assert (await unplaced(place(COMMUNE, bulletin=spoken(staff, "")))).code == "title-empty"


async def test_what_is_no_longer_valid_does_not_air(place, unplaced, spoken, staff):
    bulletin = spoken(staff, "Bão", valid_until=SOON - timedelta(seconds=1))
    assert (await unplaced(place(COMMUNE, bulletin=bulletin))).code == "bulletin-expired"


async def test_the_end_of_validity_goes_with_the_airing(place, spoken, staff, rows):
    until = SOON + timedelta(hours=1)
    await place(COMMUNE, bulletin=spoken(staff, "Bão", valid_until=until))
    assert [a.valid_until for a in rows(AiringRow)] == [until]


async def test_the_quiet_hours_need_hour_and_place_typed_and_a_reason_that_is_kept(place, unplaced, rows):
    no = await unplaced(place(COMMUNE, at=NIGHT))
    assert (no.code, no.facts["confirmation"]) == ("guards", "03:15 Xã Thạnh Đức")
    assert (await unplaced(place(COMMUNE, at=NIGHT, typed="03:15", reason="Lũ đang về"))).code == "guards"
    assert (await unplaced(place(COMMUNE, at=NIGHT, typed="03:15 xã thạnh đức"))).code == "reason-short"
    long = place(COMMUNE, at=NIGHT, typed="03:15 xã thạnh đức", reason="x" * 501)
    assert (await unplaced(long)).code == "reason-long"
    await place(COMMUNE, at=NIGHT, typed="03:15 XÃ thạnh đức", reason=" Lũ đang  về ")
    assert [a.quiet_hours_confirmed for a in rows(AiringRow)] == [True]
    assert [s.reason for s in rows(SlotRow)] == ["Lũ đang về"]


async def test_by_day_nothing_needs_to_be_typed(place, rows):
    await place(COMMUNE)
    assert [a.quiet_hours_confirmed for a in rows(AiringRow)] == [False]


async def test_a_failing_link_does_not_undo_the_placing(place, replan, rows):
    replan.fail = LinkDown("no broker")
    slot = await place(COMMUNE)
    assert [r.id for r in rows(SlotRow)] == [slot.id]
    assert len(rows(DeliveryRow)) == 2


async def test_a_button_pressed_twice_places_once(place, rows, replan, clock):
    first, second = await asyncio.gather(place(COMMUNE, at=None), place(COMMUNE, at=None))
    assert first == second
    clock.on(milliseconds=900)
    assert await place(COMMUNE, at=None) == first
    assert (len(rows(SlotRow)), len(rows(AiringRow)), len(replan.asked)) == (1, 1, 1)


async def test_the_same_again_later_is_meant_so(place, rows, clock):
    await place(COMMUNE, at=None)
    clock.on(seconds=3)
    await place(COMMUNE, at=None)
    assert len(rows(SlotRow)) == 2


async def test_another_sound_area_or_bulletin_is_another_slot(place, rows, spoken, staff):
    await place(COMMUNE)
    await place(NEIGHBOUR)
    await place(COMMUNE, bulletin=spoken(staff, "Khác"))
    assert len(rows(SlotRow)) == 3


async def test_what_was_withdrawn_may_be_placed_again(place, rows, desk, replan, staff):
    first = await place(COMMUNE)
    await scheduling.withdraw_slot(desk, replan, staff, first.id)
    assert (await place(COMMUNE)).id != first.id
    assert len(rows(SlotRow)) == 2


async def test_a_withdrawn_slot_is_taken_out_of_the_plans(place, rows, desk, replan, staff, clock):
    slot = await place(DISTRICT)
    done = await scheduling.withdraw_slot(desk, replan, staff, slot.id)
    assert done.withdrawn
    assert [a.withdrawn for a in rows(AiringRow)] == [True]
    assert {d.state for d in rows(DeliveryRow)} == {"withdrawn"}
    assert [s.withdrawn_at for s in rows(SlotRow)] == [clock.time]
    assert replan.asked == [(DISTRICT,), (DISTRICT,)]


async def test_what_sounds_already_stays_so_until_the_receiver_says_otherwise(place, rows, desk, replan, staff, tell):
    slot = await place(COMMUNE)
    await tell("thanh-duc-1", DeliveryState.PLAYING)
    await scheduling.withdraw_slot(desk, replan, staff, slot.id)
    assert {d.receiver: d.state for d in rows(DeliveryRow)} == {"thanh-duc-1": "playing", "thanh-duc-2": "withdrawn"}


async def test_a_slot_is_withdrawn_once(place, desk, replan, staff, whole):
    slot = await place(COMMUNE)
    await scheduling.withdraw_slot(desk, replan, staff, slot.id)
    before = whole()
    with pytest.raises(Refusal, match="slot-over"):
        await scheduling.withdraw_slot(desk, replan, staff, slot.id)
    assert whole() == before


async def test_what_has_aired_is_not_withdrawn(place, desk, replan, staff, clock, tell):
    slot = await place(COMMUNE)
    for receiver in ("thanh-duc-1", "thanh-duc-2"):
        await tell(receiver, DeliveryState.PLAYED)
    with pytest.raises(Refusal, match="slot-over"):
        await scheduling.withdraw_slot(desk, replan, staff, slot.id)


async def test_what_a_hold_broke_off_is_withdrawn_so_that_it_does_not_go_on_when_that_ends(
    place, desk, replan, staff, clock, tell, rows
):
    slot = await place(COMMUNE)
    await tell("thanh-duc-1", DeliveryState.STOPPED)
    await tell("thanh-duc-2", DeliveryState.INTERRUPTED)
    await scheduling.withdraw_slot(desk, replan, staff, slot.id)
    assert [a.withdrawn for a in rows(AiringRow)] == [True]
    assert {d.state for d in rows(DeliveryRow)} == {"stopped", "interrupted"}, "what was is not rewritten"


async def test_what_is_long_past_is_not_withdrawn(place, desk, replan, staff, clock):
    slot = await place(COMMUNE)
    clock.on(hours=1)
    with pytest.raises(Refusal, match="slot-over"):
        await scheduling.withdraw_slot(desk, replan, staff, slot.id)


async def test_only_who_may_place_there_may_withdraw(place, desk, replan, operator, auditor, stranger, province, whole):
    slot = await place(COMMUNE)
    before = whole()
    for actor, number, code in (
        (auditor, slot.id, "not-allowed"),
        (operator, slot.id, "slot-from-above"),
        (stranger, slot.id, "not-your-area"),
        (province, slot.id + 1, "no-such-slot"),
    ):
        with pytest.raises(Refusal, match=code):
            await scheduling.withdraw_slot(desk, replan, actor, number)
    assert whole() == before


async def test_a_withdrawal_stands_though_the_link_is_down(place, desk, replan, staff, rows):
    slot = await place(COMMUNE)
    replan.fail = LinkDown("no broker")
    assert (await scheduling.withdraw_slot(desk, replan, staff, slot.id)).withdrawn


@pytest.fixture
def tell(desk):
    """A receiver has said something, and it is in the books."""

    async def tell(receiver, state):
        def work(session):
            for row in session.exec(select(DeliveryRow).where(DeliveryRow.receiver == receiver)):
                row.state = state.value

        await desk.store.write(work)

    return tell

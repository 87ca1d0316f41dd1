"""A slot moves to another hour with the same checks as a placing, and the calendar shows where it is."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from broadcast import scheduling, views
from broadcast.agenda import calendaring, guarding, moving
from broadcast.domain.coming import Mark
from broadcast.receivers.presence import Presence
from broadcast.records import AiringRow, DeliveryRow, SlotRow
from devices.vocabulary import AreaId

PROVINCE = AreaId("tinh-tay-ninh-72")
DISTRICT = AreaId("huyen-go-dau-710")
COMMUNE = AreaId("xa-thanh-duc-25657")
NEIGHBOUR = AreaId("xa-cam-giang-25660")
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SOON = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)
LATER = SOON + timedelta(hours=1)
NIGHT = datetime(2026, 11, 26, 3, 15, tzinfo=ZONE).astimezone(UTC)
WEEK = datetime(2026, 11, 22, 17, tzinfo=UTC), datetime(2026, 11, 29, 17, tzinfo=UTC)


def released(_areas):
    """Nowhere is anything held."""


@pytest.fixture
def place(desk, replan, staff, spoken, receivers):
    def place(*areas, at=SOON, actor=staff, **bulletin):
        return scheduling.place(desk, replan, actor, spoken(actor, **bulletin), areas, at, "")

    return place


@pytest.fixture
def move(desk, replan, staff):
    def move(slot, at, typed="", reason="", actor=staff):
        return moving.move_slot(desk, replan, actor, slot.id, at, typed, reason)

    return move


async def test_a_slot_moves_with_everything_that_waits_for_it(desk, place, move, rows, replan, staff):
    slot = await place(DISTRICT)
    moved = await move(slot, LATER)
    assert (moved.id, moved.at, moved.areas) == (slot.id, LATER, (DISTRICT,))
    assert [(a.at, a.withdrawn) for a in rows(AiringRow)] == [(SOON, True), (LATER, False)]
    assert {(d.planned_at, d.state) for d in rows(DeliveryRow)} == {(SOON, "withdrawn"), (LATER, "planned")}
    assert [r.at for r in rows(SlotRow)] == [LATER]
    assert replan.asked[-1] == (DISTRICT,)
    (view,) = await views.slots(desk, staff, 10)
    assert view.slot.at == LATER
    assert len(await views.deliveries(desk, Presence(), staff, slot.id)) == 3


async def test_it_may_go_back_to_where_it_was(place, move, rows):
    slot = await place(COMMUNE)
    await move(slot, LATER)
    await move(slot, SOON)
    assert {(a.at, a.withdrawn) for a in rows(AiringRow)} == {(SOON, False), (LATER, True)}
    assert {d.state for d in rows(DeliveryRow) if d.planned_at == SOON} == {"planned"}


async def test_it_does_not_go_back_to_an_hour_at_which_a_receiver_that_was_away_sounded_it(
    desk, place, move, rows, refused
):
    slot = await place(COMMUNE)
    await move(slot, LATER)

    def sounded(session):
        session.get(DeliveryRow, (f"s{slot.id}-20261125t103000z", "thanh-duc-1")).state = "played"

    await desk.store.write(sounded)
    assert (await refused(move(slot, SOON))).code == "slot-begun"


async def test_moved_to_the_same_hour_nothing_changes(place, move, rows):
    slot = await place(COMMUNE)
    await move(slot, SOON)
    assert [(a.at, a.withdrawn) for a in rows(AiringRow)] == [(SOON, False)]


async def test_into_the_quiet_hours_only_on_purpose(place, move, rows, refused):
    slot = await place(COMMUNE)
    no = await refused(move(slot, NIGHT))
    assert (no.code, no.facts["confirmation"]) == ("guards", "03:15 Xã Thạnh Đức")
    await move(slot, NIGHT, "03:15 Xã Thạnh Đức", "Lũ đang về")
    assert [a.quiet_hours_confirmed for a in rows(AiringRow) if not a.withdrawn] == [True]
    assert [s.reason for s in rows(SlotRow)] == ["Lũ đang về"]
    await move(slot, LATER)
    assert [s.reason for s in rows(SlotRow)] == [""]


async def test_what_began_was_withdrawn_is_past_or_belongs_to_others_stays(
    desk, place, move, refused, replan, staff, stranger, operator, auditor, clock
):
    slot = await place(COMMUNE)
    assert (await refused(move(slot, SOON - timedelta(days=1)))).code == "time-past"
    assert (await refused(move(slot, LATER, actor=stranger))).code == "not-your-area"
    assert (await refused(move(slot, LATER, actor=auditor))).code == "not-allowed"
    assert (await refused(move(slot, LATER, actor=operator))).code == "slot-from-above"
    valid = await place(
        COMMUNE, title="Có hạn", valid_until=SOON + timedelta(minutes=5), at=SOON + timedelta(minutes=2)
    )
    assert (await refused(move(valid, LATER))).code == "bulletin-expired"
    gone = await place(COMMUNE, title="Khác", at=LATER)
    await scheduling.withdraw_slot(desk, replan, staff, gone.id)
    assert (await refused(move(gone, LATER + timedelta(hours=1)))).code == "slot-over"
    clock.on(minutes=31)
    assert (await refused(move(slot, LATER))).code == "slot-begun"


async def test_a_move_is_looked_at_before(desk, place, staff, whole):
    slot = await place(COMMUNE, title="Dời")
    await place(DISTRICT, title="Ở đó", at=LATER)
    before = whole()
    seen = await moving.preview_move(desk, Presence(), released, staff, slot.id, LATER)
    assert whole() == before
    assert seen.clashes == ("Ở đó (18:30)",)
    marks = {(x.title, x.at): x.mark for x in seen.next[0].lines}
    assert marks[("Dời", SOON)] is Mark.GONE
    assert marks[("Dời", LATER)] is Mark.NEW
    night = await moving.preview_move(desk, Presence(), released, staff, slot.id, NIGHT)
    assert (night.quiet_confirmation, night.breaches[0].breach) == ("03:15 Xã Thạnh Đức", "quiet-hours")


async def test_the_calendar_tells_where_each_comes_from_and_what_one_may_move(desk, place, province, operator, staff):
    await place(PROVINCE, title="Tỉnh", actor=province)
    await place(DISTRICT, title="Huyện", at=LATER)
    await place(NEIGHBOUR, title="Láng giềng")
    await place(COMMUNE, title="Tuần sau", at=SOON + timedelta(days=7))
    seen = await calendaring.calendar(desk, staff, COMMUNE, *WEEK)
    assert [(e.title, e.origin, e.movable) for e in seen] == [("Tỉnh", "province", False), ("Huyện", "district", True)]
    await place(COMMUNE, title="Huyện, cho một xã", at=LATER + timedelta(hours=1))
    await place(COMMUNE, title="Xã", actor=operator, at=LATER + timedelta(hours=2))
    own = await calendaring.calendar(desk, operator, COMMUNE, *WEEK)
    assert [(e.title, e.origin, e.movable) for e in own[2:]] == [
        ("Huyện, cho một xã", "district", False),
        ("Xã", "commune", True),
    ]
    assert len(await calendaring.calendar(desk, staff, DISTRICT, *WEEK)) == 5


async def test_too_many_days_and_places_of_others_are_refused(desk, operator, refused):
    far = calendaring.calendar(desk, operator, COMMUNE, WEEK[0], WEEK[0] + timedelta(days=63))
    assert (await refused(far)).code == "calendar-span"
    assert (await refused(calendaring.calendar(desk, operator, COMMUNE, WEEK[1], WEEK[0]))).code == "calendar-span"
    assert (await refused(calendaring.calendar(desk, operator, NEIGHBOUR, *WEEK))).code == "not-your-area"


async def test_what_is_moved_counts_once_to_the_airtime_of_the_day(desk, place, move, staff):
    async def assign(_receivers):
        """Nobody is there to be told."""

    await guarding.set_rule(desk, assign, staff, COMMUNE, "", "", 1)
    slot = await place(COMMUNE, seconds=40.0)
    assert (await move(slot, LATER)).at == LATER

"""Slots that come back: made three days ahead, each a slot of its own, guarded like the first."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from broadcast import scheduling
from broadcast.agenda import guarding, moving
from broadcast.agenda.air_types import Repeat
from broadcast.agenda.repeating import Repeating
from broadcast.domain.days import DayKind, Days, SpecialDay
from broadcast.domain.refusals import Refusal
from broadcast.records import AiringRow, BulletinRow, DeliveryRow, SlotRow
from devices.vocabulary import AreaId

DISTRICT = AreaId("huyen-go-dau-710")
COMMUNE = AreaId("xa-thanh-duc-25657")
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SOON = datetime(2026, 11, 25, 17, 30, tzinfo=ZONE).astimezone(UTC)  # a Wednesday
DAY = timedelta(days=1)
DAILY = Repeat("FREQ=DAILY")


@pytest.fixture
def repeating(desk, replan):
    holiday = SpecialDay(date(2026, 11, 27), DayKind.HOLIDAY, "Ngày hội")
    return Repeating(desk, Days((), (holiday,)), replan)


@pytest.fixture
def place(desk, replan, staff, spoken, receivers):
    def place(*areas, at=SOON, typed="", reason="", **bulletin):
        return scheduling.place(desk, replan, staff, spoken(staff, **bulletin), areas, at, typed, reason)

    return place


@pytest.fixture
def hours(rows):
    """When each slot that stands sounds, in days after the first."""

    def hours():
        return sorted((r.at - SOON) / DAY for r in rows(SlotRow) if r.withdrawn_at is None)

    return hours


async def test_a_slot_comes_back_every_day_and_is_made_three_days_ahead(
    repeating, place, staff, hours, rows, replan, clock
):
    slot = await place(DISTRICT)
    view = await repeating.repeat(staff, slot.id, DAILY)
    assert view.coming[:3] == (SOON, SOON + DAY, SOON + 2 * DAY)
    assert hours() == [0, 1, 2, 3]
    assert len(rows(AiringRow)) == 4
    assert len(rows(DeliveryRow)) == 4 * 3
    assert replan.asked[-1] == (DISTRICT,)
    await repeating.expand()
    assert hours() == [0, 1, 2, 3], "each once"
    clock.on(days=2)
    await repeating.expand()
    assert hours() == [0, 1, 2, 3, 4, 5]


async def test_weekdays_lunar_days_and_holidays_are_kept(repeating, place, staff):
    slot = await place(COMMUNE)
    weekdays = await repeating.look(staff, slot.id, Repeat("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", except_holidays=True))
    assert [(at - SOON) / DAY for at in weekdays] == [0, 1, 5, 6, 7, 8]
    lunar = await repeating.look(staff, slot.id, Repeat("", (1, 15)))
    assert [at.astimezone(ZONE).date() for at in lunar[:2]] == [date(2026, 12, 9), date(2026, 12, 23)]
    assert {at.astimezone(ZONE).time() for at in (*weekdays, *lunar)} == {SOON.astimezone(ZONE).time()}


async def test_what_is_done_to_one_day_is_done_to_that_day_alone(repeating, place, staff, hours, rows, desk, replan):
    slot = await place(COMMUNE)
    await repeating.repeat(staff, slot.id, DAILY)
    by_day = {(r.at - SOON) / DAY: r.id for r in rows(SlotRow)}
    await scheduling.withdraw_slot(desk, replan, staff, by_day[1])
    await moving.move_slot(desk, replan, staff, by_day[2], SOON + 2 * DAY + timedelta(hours=1), "", "")
    await repeating.expand()
    assert hours() == [0, 2 + 1 / 24, 3]


async def test_moving_the_first_does_not_move_those_to_come(repeating, place, staff, hours, desk, replan, clock):
    slot = await place(COMMUNE)
    await repeating.repeat(staff, slot.id, DAILY)
    await moving.move_slot(desk, replan, staff, slot.id, SOON + timedelta(hours=1), "", "")
    clock.on(days=1)
    await repeating.expand()
    assert hours() == [1 / 24, 1, 2, 3, 4]


async def test_it_comes_back_no_more(repeating, place, staff, hours, clock):
    slot = await place(COMMUNE)
    await repeating.repeat(staff, slot.id, DAILY)
    await repeating.end(staff, slot.id)
    assert hours() == [0]
    clock.on(days=2)
    await repeating.expand()
    assert hours() == [0]
    assert await repeating.series(staff, slot.id) is None
    with pytest.raises(Refusal, match="slot-once"):
        await repeating.end(staff, slot.id)


async def test_an_occurrence_may_itself_end_the_series(repeating, place, staff, hours, rows):
    slot = await place(COMMUNE)
    await repeating.repeat(staff, slot.id, DAILY)
    second = next(r.id for r in rows(SlotRow) if r.at == SOON + DAY)
    assert (await repeating.series(staff, second)).repeat == DAILY
    await repeating.end(staff, second)
    assert hours() == [1]


async def test_in_the_quiet_hours_only_what_was_passed_on_purpose_comes_back(repeating, place, staff, rows, desk):
    night = datetime(2026, 11, 26, 3, 15, tzinfo=ZONE).astimezone(UTC)
    slot = await place(COMMUNE, at=night, typed="03:15 Xã Thạnh Đức", reason="Mùa lũ")
    await repeating.repeat(staff, slot.id, DAILY)
    assert {a.quiet_hours_confirmed for a in rows(AiringRow)} == {True}
    assert {s.reason for s in rows(SlotRow)} == {"Mùa lũ"}


async def test_a_guard_that_came_later_leaves_occurrences_out(repeating, place, staff, hours, desk):
    async def assign(_receivers):
        """Nobody is there to be told."""

    slot = await place(COMMUNE)
    await guarding.set_rule(desk, assign, staff, COMMUNE, "17:00", "18:00", None)
    await repeating.repeat(staff, slot.id, DAILY)
    assert hours() == [0]


async def test_nothing_comes_back_after_its_validity_or_of_a_bulletin_that_was_withdrawn(
    repeating, place, staff, hours, rows, desk, clock
):
    slot = await place(COMMUNE, valid_until=SOON + 1.5 * DAY)
    assert await repeating.look(staff, slot.id, DAILY) == (SOON, SOON + DAY)
    view = await repeating.repeat(staff, slot.id, DAILY)
    assert view.coming == (SOON, SOON + DAY)
    assert hours() == [0, 1]
    other = await place(COMMUNE, title="Khác", at=SOON + timedelta(hours=1))
    await repeating.repeat(staff, other.id, DAILY)
    before = hours()

    def withdraw(session):
        session.get(BulletinRow, other.bulletin).state = "withdrawn"

    await desk.store.write(withdraw)
    clock.on(days=2)
    await repeating.expand()
    assert hours() == before
    assert (await repeating.series(staff, slot.id)).coming == ()


async def test_what_never_comes_is_no_rule_belongs_to_others_or_comes_back_already_is_refused(
    repeating, place, staff, operator, auditor, stranger, refused, desk, replan
):
    slot = await place(COMMUNE)
    for ask, code in (
        (Repeat("FREQ=HOURLY"), "recurrence-rule"),
        (Repeat(), "recurrence-empty"),
        (Repeat("", (31,)), "recurrence-lunar-day"),
        (Repeat("FREQ=DAILY;UNTIL=20261101"), "recurrence-never"),
    ):
        assert (await refused(repeating.repeat(staff, slot.id, ask))).code == code
    assert (await refused(repeating.repeat(auditor, slot.id, DAILY))).code == "not-allowed"
    assert (await refused(repeating.repeat(operator, slot.id, DAILY))).code == "slot-from-above"
    assert (await refused(repeating.repeat(stranger, slot.id, DAILY))).code == "not-your-area"
    with pytest.raises(Refusal, match="no-such-slot"):
        await repeating.repeat(staff, 99, DAILY)
    await repeating.repeat(staff, slot.id, DAILY)
    assert (await refused(repeating.repeat(staff, slot.id, DAILY))).code == "slot-repeats"
    gone = await place(COMMUNE, title="Khác", at=SOON + timedelta(hours=2))
    await scheduling.withdraw_slot(desk, replan, staff, gone.id)
    assert (await refused(repeating.repeat(staff, gone.id, DAILY))).code == "slot-over"

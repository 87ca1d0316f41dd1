"""A series that goes on is changed from now on; what has sounded and single days stay as they are."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from broadcast import scheduling
from broadcast.agenda import moving, series_changing
from broadcast.agenda.air_types import Repeat, SeriesAsk
from broadcast.agenda.repeating import Repeating
from broadcast.domain.days import DayKind, Days, SpecialDay
from broadcast.records import AiringRow, SlotRow
from devices.vocabulary import AreaId

DISTRICT, COMMUNE, NEIGHBOUR = AreaId("huyen-go-dau-710"), AreaId("xa-thanh-duc-25657"), AreaId("xa-cam-giang-25660")
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SOON = datetime(2026, 11, 25, 17, 30, tzinfo=ZONE).astimezone(UTC)  # a Wednesday
DAY = timedelta(days=1)
DAILY = Repeat("FREQ=DAILY")
SIX = SeriesAsk(DAILY, "18:00", (COMMUNE,))


@pytest.fixture
def days():
    return Days((), (SpecialDay(date(2026, 11, 27), DayKind.HOLIDAY, "Ngày hội"),))


@pytest.fixture
def repeating(desk, days, replan):
    return Repeating(desk, days, replan)


@pytest.fixture
def change(desk, days, repeating):
    return partial(series_changing.change_series, desk, days, repeating.expand, repeating.publish)


@pytest.fixture
async def slot(desk, replan, staff, spoken, receivers, repeating):
    placed = await scheduling.place(desk, replan, staff, spoken(staff), (COMMUNE,), SOON, "")
    await repeating.repeat(staff, placed.id, DAILY)
    return placed.id


@pytest.fixture
def hours(rows):
    def hours():
        return sorted((r.at - SOON) / DAY for r in rows(SlotRow) if r.withdrawn_at is None)

    return hours


async def test_another_hour_holds_from_now_on_and_what_has_sounded_stays(
    change, slot, staff, hours, clock, repeating, replan
):
    clock.on(days=1, hours=1)  # two have sounded
    await repeating.expand()
    assert hours() == [0, 1, 2, 3, 4]
    replan.asked.clear()
    following = await change(staff, slot, SIX, "", "")
    assert hours() == [0, 1, *(pytest.approx(d + 1 / 48) for d in (2, 3, 4))]
    assert {a for asked in replan.asked for a in asked} == {COMMUNE}
    view = await repeating.series(staff, following)
    assert (view.hour, view.areas) == ("18:00", (COMMUNE,))
    clock.on(days=2)
    await repeating.expand()
    assert hours()[-1] == pytest.approx(6 + 1 / 48)


async def test_a_day_that_was_moved_or_withdrawn_by_itself_stays_as_it_was_left(
    change, slot, staff, hours, rows, desk, replan
):
    by_day = {(r.at - SOON) / DAY: r.id for r in rows(SlotRow)}
    await scheduling.withdraw_slot(desk, replan, staff, by_day[1])
    await moving.move_slot(desk, replan, staff, by_day[2], SOON + 2 * DAY - timedelta(hours=2), "", "")
    await change(staff, slot, SIX, "", "")
    assert hours() == [pytest.approx(1 / 48), pytest.approx(2 - 1 / 12), pytest.approx(3 + 1 / 48)]


async def test_other_areas_and_another_rule(change, slot, staff, hours, rows):
    await change(
        staff, slot, SeriesAsk(Repeat("FREQ=DAILY", except_holidays=True), "17:30", (COMMUNE, NEIGHBOUR)), "", ""
    )
    assert hours() == [0, 1, 3]
    standing = [a.areas for a in rows(AiringRow) if not a.withdrawn]
    assert all(set(areas) == {COMMUNE, NEIGHBOUR} for areas in standing)


async def test_it_is_looked_at_before_and_guards_are_passed_by_typing(
    change, slot, staff, desk, days, hours, refused, whole, rows
):
    late = SeriesAsk(DAILY, "22:30", (COMMUNE,))
    before = whole()
    seen = await series_changing.look_change(desk, days, staff, slot, late)
    assert whole() == before
    assert [(at - SOON) / DAY for at in seen.before] == [0, 1, 2, 3, 4, 5]
    assert [(at - SOON) / timedelta(hours=1) for at in seen.after[:2]] == [5, 29]
    assert [b.breach for b in seen.breaches] == ["quiet-hours"]
    assert seen.confirmation == "22:30 Xã Thạnh Đức"
    assert (await refused(change(staff, slot, late, "", ""))).code == "guards"
    await change(staff, slot, late, "22:30 xã thạnh đức", "trực đêm giao thừa")
    made = [r for r in rows(SlotRow) if r.withdrawn_at is None]
    assert len(made) == 4
    assert {r.reason for r in made} == {"trực đêm giao thừa"}
    assert all(a.quiet_hours_confirmed for a in rows(AiringRow) if not a.withdrawn)
    assert (await series_changing.look_change(desk, days, staff, slot, SIX)).breaches == ()


async def test_what_is_no_series_no_hour_belongs_to_others_or_never_comes_is_refused(
    change, slot, staff, stranger, desk, replan, spoken, refused, receivers
):
    single = await scheduling.place(desk, replan, staff, spoken(staff, "Một lần"), (NEIGHBOUR,), SOON, "")

    async def no(who, key, ask):
        return (await refused(change(who, key, ask, "", ""))).code

    assert await no(staff, single.id, SIX) == "slot-once"
    assert await no(staff, slot, replace(SIX, hour="25:00")) == "hours-bad"
    assert await no(staff, slot, replace(SIX, areas=())) == "no-areas"
    assert await no(stranger, slot, SIX) == "not-your-area"
    assert await no(staff, slot, replace(SIX, areas=(AreaId("xa-tien-thuan-25693"),))) == "not-your-area"
    assert await no(staff, slot, replace(SIX, how=Repeat("FREQ=DAILY;UNTIL=20261101"))) == "recurrence-never"
    assert await no(staff, slot, replace(SIX, how=Repeat("FREQ=SECONDLY"))) == "recurrence-rule"

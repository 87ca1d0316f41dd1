"""The calendar beyond what is made already, and days on which no music sounds."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event

from broadcast import scheduling
from broadcast.agenda import calendaring
from broadcast.agenda.air_types import Repeat
from broadcast.agenda.repeating import Repeating
from broadcast.domain.days import DayKind, Days, SpecialDay
from broadcast.newsroom import ending
from broadcast.receivers.presence import Presence
from broadcast.records import SlotRow
from broadcast.tables.programme_records import ProgrammeRow
from devices.vocabulary import AreaId

DISTRICT, COMMUNE, NEIGHBOUR = AreaId("huyen-go-dau-710"), AreaId("xa-thanh-duc-25657"), AreaId("xa-cam-giang-25660")
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SOON = datetime(2026, 11, 25, 17, 30, tzinfo=ZONE).astimezone(UTC)  # a Wednesday
DAY = timedelta(days=1)


@pytest.fixture
def repeating(desk, replan):
    return Repeating(desk, Days(), replan)


@pytest.fixture
def ask(desk, staff):
    async def ask(first=SOON - timedelta(hours=1), last=SOON + 10 * DAY, area=COMMUNE):
        found = await calendaring.calendar(desk, staff, area, first, last)
        return [((e.at - SOON) / DAY, e.foreseen) for e in found]

    return ask


async def test_what_comes_back_is_foreseen_beyond_the_days_that_are_made(
    desk, replan, staff, spoken, receivers, repeating, ask
):
    over = SOON + 7 * DAY + timedelta(hours=1)
    slot = await scheduling.place(desk, replan, staff, spoken(staff, valid_until=over), (DISTRICT,), SOON, "")
    await repeating.repeat(staff, slot.id, Repeat("FREQ=DAILY"))
    assert await ask() == [(d, d > 3) for d in range(8)], "as long as what it says is true"
    (entry,) = await calendaring.calendar(desk, staff, COMMUNE, SOON + 4 * DAY, SOON + 5 * DAY)
    assert (entry.slot, entry.movable, entry.origin) == (slot.id, False, "district")
    assert "Mời họp (dự kiến)" in (await calendaring.calendar_csv(desk, staff, COMMUNE, SOON, SOON + 6 * DAY)).decode(
        "utf-8-sig"
    )


async def test_weekdays_and_lunar_days_are_foreseen_by_their_rule_and_what_ended_or_was_withdrawn_is_not(
    desk, replan, staff, spoken, receivers, repeating, ask
):
    bulletin = spoken(staff)
    slot = await scheduling.place(desk, replan, staff, bulletin, (COMMUNE,), SOON, "")
    await repeating.repeat(staff, slot.id, Repeat("FREQ=WEEKLY;BYDAY=MO,WE"))
    assert await ask() == [(0, False), (5, True), (7, True)]
    lunar = await scheduling.place(
        desk, replan, staff, spoken(staff, "Rằm"), (COMMUNE,), SOON + timedelta(minutes=5), ""
    )
    await repeating.repeat(staff, lunar.id, Repeat("", (1, 15)))
    days = [
        e.at.astimezone(ZONE).date()
        for e in await calendaring.calendar(desk, staff, COMMUNE, SOON, SOON + 40 * DAY)
        if e.title == "Rằm" and e.foreseen
    ]
    assert days == [date(2026, 12, 9), date(2026, 12, 23)]
    await ending.withdraw(desk, replan, staff, bulletin)
    assert not [x for x in await ask(last=SOON + 8 * DAY) if x[1]]


async def test_on_a_day_of_mourning_a_programme_with_music_needs_its_hour_and_place_typed(
    desk, replan, staff, spoken, receivers, rows, refused
):
    mourned = SpecialDay(date(2026, 11, 25), DayKind.MOURNING, "Quốc tang")
    desk.__dict__["days"] = Days((), (mourned,))
    plain = spoken(staff)
    await scheduling.place(desk, replan, staff, plain, (COMMUNE,), SOON, "")
    made = spoken(staff, "Chương trình", origin="programme")

    def programme(session):
        session.add(
            ProgrammeRow(
                area=DISTRICT, title="Chương trình", slot_s=900, gap_s=1, fade_s=1, bulletin=made, made_edition=1,
                parts=[{"key": "a", "kind": "opening", "bulletin": None, "sound": "rising"}], by=staff.id,
                changed_by=staff.id, changed_at=desk.now(),
            )
        )  # fmt: skip

    await desk.store.write(programme)
    at = SOON + timedelta(hours=1)
    no = await refused(scheduling.place(desk, replan, staff, made, (COMMUNE,), at, ""))
    assert no.code == "guards"
    seen = await scheduling.preview(desk, Presence(), lambda _: None, staff, made, (COMMUNE,), at)
    assert [(b.breach, b.facts["name"]) for b in seen.breaches] == [("mourning", "Quốc tang")]
    await scheduling.place(desk, replan, staff, made, (COMMUNE,), at, "18:30 Xã Thạnh Đức", "nhạc tang lễ")
    assert [s.reason for s in rows(SlotRow)] == ["", "nhạc tang lễ"]
    await scheduling.place(desk, replan, staff, made, (COMMUNE,), at + DAY, "")


async def test_what_is_foreseen_is_asked_for_as_often_for_twelve_series_as_for_two(
    desk, replan, staff, spoken, receivers, repeating
):
    asked, told = [], []
    event.listen(desk.store.engine, "before_cursor_execute", lambda *_: asked.append(1))
    for many in (2, 10):
        for i in range(many):
            at = SOON + timedelta(minutes=many * 10 + i)
            slot = await scheduling.place(desk, replan, staff, spoken(staff, f"{many} {i}"), (COMMUNE,), at, "")
            await repeating.repeat(staff, slot.id, Repeat("FREQ=WEEKLY"))
        asked.clear()
        found = await calendaring.calendar(desk, staff, COMMUNE, SOON, SOON + 9 * DAY)
        told.append(len(asked))
    assert len(found) == 24
    assert told[0] == told[1]

"""The hours of areas: said once, held below, told to receivers, asked at every placing."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from broadcast import scheduling
from broadcast.agenda import coming, guarding
from broadcast.newsroom import life
from broadcast.receivers.presence import Presence
from broadcast.records import AiringRow, AuditRow
from broadcast.tables.air_records import AreaRuleRow
from devices.vocabulary import AreaId

PROVINCE = AreaId("tinh-tay-ninh-72")
DISTRICT = AreaId("huyen-go-dau-710")
COMMUNE = AreaId("xa-thanh-duc-25657")
NEIGHBOUR = AreaId("xa-cam-giang-25660")
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
EVENING = datetime(2026, 11, 25, 21, 0, tzinfo=ZONE).astimezone(UTC)


class Told:
    def __init__(self):
        self.receivers: list[str] = []

    async def __call__(self, receivers):
        self.receivers = sorted(receivers)


@pytest.fixture
def told():
    return Told()


@pytest.fixture
def say(desk, told, staff):
    def say(area, quiet_from="", quiet_to="", longest=None, actor=staff):
        return guarding.set_rule(desk, told, actor, area, quiet_from, quiet_to, longest)

    return say


@pytest.fixture
def place(desk, replan, staff, spoken, receivers):
    def place(*areas, at=EVENING, typed="", reason="", **more):
        return scheduling.place(desk, replan, staff, spoken(staff, **more), areas, at, typed, reason)

    return place


def released(_areas):
    """Nowhere is anything held."""


async def test_what_a_district_says_holds_in_its_communes_until_they_say_otherwise(desk, say, told, receivers, staff):
    await say(DISTRICT, "20:00", "06:00", 30)
    assert told.receivers == ["cam-giang-1", "thanh-duc-1", "thanh-duc-2"]
    await say(COMMUNE, "21:30", "05:30")
    assert told.receivers == ["thanh-duc-1", "thanh-duc-2"]
    view = await guarding.area_rule(desk, staff, COMMUNE)
    assert (view.quiet_from, view.quiet_to, view.longest_min) == ("21:30", "05:30", 30)
    assert (view.own_quiet, view.own_longest_min, view.by_name) == (("21:30", "05:30"), None, staff.name)
    view = await guarding.area_rule(desk, staff, NEIGHBOUR)
    assert (view.quiet_from, view.own_quiet, view.at) == ("20:00", None, None)


async def test_said_nothing_more_the_settings_hold_again(say, rows):
    await say(COMMUNE, "20:00", "06:00")
    view = await say(COMMUNE)
    assert (view.quiet_from, view.quiet_to, rows(AreaRuleRow)) == ("22:00", "05:00", [])
    assert [r.subject for r in rows(AuditRow)] == [f"area_rule/{COMMUNE}"] * 2


async def test_places_of_others_and_those_who_place_nothing_are_refused(say, refused, operator, staff):
    assert (await refused(say(COMMUNE, "20:00", "06:00", actor=operator))).code == "not-allowed"
    assert (await refused(say(PROVINCE, "20:00", "06:00"))).code == "not-your-area"
    assert (await refused(say(COMMUNE, "20:00"))).code == "hours-bad"
    assert (await refused(say(COMMUNE, longest=2000))).code == "airtime-bad"


async def test_the_quiet_hours_of_one_commune_guard_what_is_aimed_at_its_district(
    desk, say, place, rows, refused, staff, spoken
):
    await say(COMMUNE, "20:30", "06:00")
    assert (await refused(place(DISTRICT))).code == "guards"
    await place(NEIGHBOUR)
    seen = await scheduling.preview(desk, Presence(), released, staff, spoken(staff, "Khác"), (DISTRICT,), EVENING)
    assert [(b.breach, b.area_name) for b in seen.breaches] == [("quiet-hours", "Xã Thạnh Đức")]
    assert seen.quiet_confirmation == "21:00 Huyện Gò Dầu"
    await place(DISTRICT, typed=seen.quiet_confirmation, reason="Lũ đang về")
    assert [a.quiet_hours_confirmed for a in rows(AiringRow)] == [False, True]


async def test_quiet_hours_that_grow_silence_what_was_not_confirmed_and_the_list_says_so(desk, say, place, operator):
    await place(COMMUNE)
    await say(COMMUNE, "20:30", "06:00")
    view = await coming.next_hours(desk, Presence(), released, operator, COMMUNE, "")
    assert [line.why for group in view.groups for line in group.lines] == ["quiet-hours"]


async def test_more_than_the_airtime_of_a_day_needs_to_be_confirmed(say, place, refused):
    await say(DISTRICT, longest=1)
    await place(COMMUNE, seconds=40.0)
    no = await refused(place(DISTRICT, at=EVENING + timedelta(minutes=5), seconds=30.0))
    assert (no.code, no.facts["confirmation"]) == ("guards", "21:05 Huyện Gò Dầu")
    await place(NEIGHBOUR, at=EVENING + timedelta(minutes=5), seconds=30.0)
    await place(COMMUNE, at=EVENING + timedelta(days=1), seconds=30.0)
    await place(COMMUNE, at=EVENING + timedelta(minutes=9), seconds=30.0, typed="21:09 Xã Thạnh Đức", reason="Bù giờ")


async def test_emergencies_pass_every_guard(desk, replan, say, receivers, staff, province, spoken):
    await say(COMMUNE, "20:30", "06:00", 1)
    bulletin = spoken(staff, seconds=600.0, level="emergency")
    await life.submit(desk, staff, bulletin)
    waits = (await life.life(desk, province, bulletin)).versions[0]
    await life.approve(desk, province, bulletin, waits.hash, "đã nghe")
    await scheduling.place(desk, replan, staff, bulletin, (COMMUNE,), EVENING, "", "")


async def test_softer_hours_are_said_once_hold_below_and_go_to_the_receivers(desk, staff, operator, receivers, refused):
    told = []

    async def assign(some):
        told.append(sorted(some))

    view = await guarding.set_soft(desk, assign, staff, DISTRICT, "05:00", "06:00", 60)
    assert (view.own_soft, view.soft) == (("05:00", "06:00", 60), ("05:00", "06:00", 60))
    assert told == [["cam-giang-1", "thanh-duc-1", "thanh-duc-2"]]
    assert (await guarding.area_rule(desk, staff, COMMUNE)).soft == ("05:00", "06:00", 60)
    await guarding.set_soft(desk, assign, staff, COMMUNE, "05:00", "06:00", 100)
    assert (await guarding.area_rule(desk, staff, COMMUNE)).soft is None, "none here"
    await guarding.set_rule(desk, assign, staff, DISTRICT, "", "", None)
    assert (await guarding.area_rule(desk, staff, DISTRICT)).soft is not None, "each thing by itself"
    await guarding.set_soft(desk, assign, staff, DISTRICT, "", "", None)
    assert (await guarding.area_rule(desk, staff, DISTRICT)).own_soft is None
    for bad, code in (
        (("05:00", "06:00", 101), "volume-bad"),
        (("5", "", 50), "hours-bad"),
        (("", "", 5), "hours-bad"),
    ):
        assert (await refused(guarding.set_soft(desk, assign, staff, DISTRICT, *bad))).code == code
    assert (await refused(guarding.set_soft(desk, assign, operator, COMMUNE, "", "", None))).code == "not-allowed"

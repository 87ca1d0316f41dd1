from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from broadcast import scheduling
from broadcast.domain.refusals import Refusal
from broadcast.receivers.presence import Presence
from devices.messages import State
from devices.vocabulary import AreaId

PROVINCE = AreaId("tinh-tay-ninh-72")
DISTRICT = AreaId("huyen-go-dau-710")
COMMUNE = AreaId("xa-thanh-duc-25657")
NEIGHBOUR = AreaId("xa-cam-giang-25660")
DESERTED = AreaId("xa-phuoc-trach-25675")
SOON = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)
NIGHT = datetime(2026, 11, 26, 3, 15, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")).astimezone(UTC)


def released(_areas):
    """Nowhere is anything held."""


@pytest.fixture
def bulletin(staff, spoken):
    return spoken(staff)


@pytest.fixture
def place(desk, replan, staff, bulletin, receivers):
    def place(area):
        return scheduling.place(desk, replan, staff, bulletin, (area,), SOON, "")

    return place


def heard(presence, receiver, at, *, online=True):
    presence.take(State(receiver=receiver, session=1, at=at, online=online), at)


async def test_a_preview_says_what_will_sound_where(desk, staff, bulletin, receivers, whole, clock):
    presence = Presence()
    heard(presence, "thanh-duc-1", clock.time)
    heard(presence, "cam-giang-1", clock.time, online=False)
    before = whole()
    seen = await scheduling.preview(desk, presence, released, staff, bulletin, (COMMUNE, DISTRICT), SOON)
    assert (seen.title, seen.at, seen.now, seen.seconds) == ("Mời họp", SOON, False, 10.0)
    assert (seen.areas, seen.receivers, seen.receivers_offline) == (("Huyện Gò Dầu",), 3, 2)
    assert (seen.clashes, seen.quiet_confirmation) == ((), "")
    assert whole() == before


async def test_a_receiver_not_heard_for_long_counts_as_absent(desk, staff, bulletin, receivers, clock):
    presence = Presence()
    heard(presence, "thanh-duc-1", clock.time)
    clock.on(seconds=desk.settings.receivers.stale_s + 1)
    seen = await scheduling.preview(desk, presence, released, staff, bulletin, (COMMUNE,), None)
    assert (seen.now, seen.receivers_offline) == (True, 2)


async def test_a_preview_names_what_sounds_there_at_that_time(desk, place, staff, spoken, replan, province):
    await place(COMMUNE)
    await place(NEIGHBOUR)
    late = spoken(staff, "Tin chiều", seconds=60)
    at = SOON + timedelta(seconds=5)
    seen = await scheduling.preview(desk, Presence(), released, staff, late, (COMMUNE,), at)
    assert seen.clashes == ("Mời họp (17:30–17:30)",)
    after = await scheduling.preview(desk, Presence(), released, staff, late, (COMMUNE,), SOON + timedelta(seconds=10))
    assert after.clashes == ()


async def test_a_withdrawn_airing_is_in_nobodys_way(desk, place, staff, spoken, replan):
    slot = await place(COMMUNE)
    await scheduling.withdraw_slot(desk, replan, staff, slot.id)
    seen = await scheduling.preview(desk, Presence(), released, staff, spoken(staff, "Khác"), (COMMUNE,), SOON)
    assert seen.clashes == ()


async def test_a_preview_of_the_night_says_what_to_type(desk, staff, bulletin, receivers):
    seen = await scheduling.preview(desk, Presence(), released, staff, bulletin, (COMMUNE,), NIGHT)
    assert seen.quiet_confirmation == "03:15 Xã Thạnh Đức"


@pytest.mark.parametrize(
    ("areas", "at", "code"),
    [
        ((), SOON, "no-areas"),
        ((DESERTED,), SOON, "no-receivers"),
        ((PROVINCE,), SOON, "not-your-area"),
        ((COMMUNE,), SOON - timedelta(days=1), "time-past"),
    ],
)
async def test_a_preview_refuses_what_placing_would(desk, staff, bulletin, receivers, areas, at, code):
    with pytest.raises(Refusal, match=code):
        await scheduling.preview(desk, Presence(), released, staff, bulletin, areas, at)

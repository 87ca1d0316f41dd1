"""The next 24 hours at a place, and what placing and withdrawing make of them."""

from datetime import UTC, datetime, timedelta

import pytest

from broadcast import scheduling
from broadcast.agenda import coming
from broadcast.domain.coming import Mark
from broadcast.domain.refusals import Refusal
from broadcast.newsroom import life
from broadcast.receivers.presence import Presence
from broadcast.records import AiringRow, PlanRow
from devices.messages import State
from devices.vocabulary import AreaId

PROVINCE = AreaId("tinh-tay-ninh-72")
DISTRICT = AreaId("huyen-go-dau-710")
COMMUNE = AreaId("xa-thanh-duc-25657")
NEIGHBOUR = AreaId("xa-cam-giang-25660")
DESERTED = AreaId("xa-phuoc-trach-25675")
SOON = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)


def released(_areas):
    """Nowhere is anything held."""


@pytest.fixture
def place(desk, replan, staff, spoken, receivers):
    def place(*areas, at=SOON, **bulletin):
        return scheduling.place(desk, replan, staff, spoken(staff, **bulletin), areas, at, "")

    return place


def lines(view):
    return [(line.title, line.starts, line.mark) for group in view.groups for line in group.lines]


async def test_a_place_hears_what_is_aimed_at_it_and_above(desk, place, operator):
    await place(COMMUNE, title="Xã")
    await place(DISTRICT, title="Huyện", at=SOON + timedelta(minutes=5))
    await place(NEIGHBOUR, title="Láng giềng")
    await place(COMMUNE, title="Mai", at=SOON + timedelta(hours=24))
    view = await coming.next_hours(desk, Presence(), released, operator, COMMUNE, "")
    assert [(t, s) for t, s, _ in lines(view)] == [("Xã", SOON), ("Huyện", SOON + timedelta(minutes=5))]
    (group,) = view.groups
    assert (group.places, group.receivers) == (("Xã Thạnh Đức",), 2)
    assert [line.area_kind for line in group.lines] == ["commune", "district"]


async def test_places_that_hear_different_things_are_told_apart(desk, place, staff):
    await place(COMMUNE, title="Xã")
    await place(DISTRICT, title="Huyện", at=SOON + timedelta(minutes=5))
    view = await coming.next_hours(desk, Presence(), released, staff, DISTRICT, "")
    told = {group.places: [line.title for line in group.lines] for group in view.groups}
    assert told == {("Xã Thạnh Đức",): ["Xã", "Huyện"], ("Xã Cẩm Giang",): ["Huyện"]}


async def test_a_place_without_receivers_tells_what_one_would_sound(desk, place, staff):
    await place(DISTRICT)
    view = await coming.next_hours(desk, Presence(), released, staff, DESERTED, "")
    assert view.hung == 0
    assert [t for t, _, _ in lines(view)] == ["Mời họp"]


async def test_a_receiver_says_itself_whether_it_holds_the_plan_and_what_it_lacks(desk, place, operator, clock, rows):
    await place(COMMUNE)
    (airing,) = rows(AiringRow)
    await desk.store.write(
        lambda s: s.add(PlanRow(target=f"area/{COMMUNE}", number=7, airings=1, envelope=b"", made_at=clock()))
    )
    presence = Presence()
    view = await coming.next_hours(desk, presence, released, operator, "", "thanh-duc-1")
    assert (view.newest, view.missing) == (None, frozenset())
    for number, missing in ((6, ()), (7, (airing.clip,))):
        state = State(
            receiver="thanh-duc-1", session=number, at=clock(), online=True,
            plans={f"area/{COMMUNE}": number}, missing=missing,
        )  # fmt: skip
        presence.take(state, clock())
        view = await coming.next_hours(desk, presence, released, operator, "", "thanh-duc-1")
        assert (view.newest, view.missing) == (number == 7, frozenset({airing.id} if missing else ()))


async def test_a_hold_is_told_of(desk, place, operator):
    await place(COMMUNE)
    until = SOON + timedelta(hours=1)
    view = await coming.next_hours(
        desk, Presence(), lambda areas: until if COMMUNE in areas else None, operator, COMMUNE, ""
    )
    (group,) = view.groups
    assert group.held_until == until
    assert [(line.starts, line.why) for line in group.lines] == [(None, "held")]


async def test_places_of_others_are_refused(desk, receivers, operator, refused):
    assert (
        await refused(coming.next_hours(desk, Presence(), released, operator, NEIGHBOUR, ""))
    ).code == "not-your-area"
    other = coming.next_hours(desk, Presence(), released, operator, "", "cam-giang-1")
    assert (await refused(other)).code == "not-your-area"
    for area, receiver, code in (("nowhere", "", "no-such-area"), ("", "nobody", "no-such-receiver")):
        with pytest.raises(Refusal) as no:
            await coming.next_hours(desk, Presence(), released, operator, area, receiver)
        assert no.value.code == code


async def test_a_preview_tells_what_the_new_one_does_to_the_others(desk, place, staff, province, spoken):
    await place(COMMUNE, title="Trước")
    bulletin = spoken(staff, "Sau", level="priority")
    await life.submit(desk, staff, bulletin)
    waits = (await life.life(desk, province, bulletin)).versions[0]
    await life.approve(desk, province, bulletin, waits.hash, "đã nghe")
    seen = await scheduling.preview(desk, Presence(), released, staff, bulletin, (DISTRICT,), SOON)
    told = {g.places: [(x.title, x.starts, x.mark, x.started_before) for x in g.lines] for g in seen.next}
    assert told == {
        ("Xã Thạnh Đức",): [
            ("Sau", SOON, Mark.NEW, None),
            ("Trước", SOON + timedelta(seconds=10), Mark.CHANGED, SOON),
        ],
        ("Xã Cẩm Giang",): [("Sau", SOON, Mark.NEW, None)],
    }
    assert seen.next[0].places == ("Xã Thạnh Đức",), "where something is changed comes first"


async def test_a_preview_of_a_later_day_shows_that_day(desk, place, staff, spoken):
    later = SOON + timedelta(days=5)
    await place(COMMUNE, title="Hôm ấy", at=later + timedelta(hours=1))
    await place(COMMUNE, title="Hôm nay")
    seen = await scheduling.preview(desk, Presence(), released, staff, spoken(staff, "Mới"), (COMMUNE,), later)
    assert [line.title for line in seen.next[0].lines] == ["Mới", "Hôm ấy"]


async def test_a_withdrawal_is_looked_at_before_it_is_done(desk, place, staff, operator, auditor, whole, refused):
    await place(COMMUNE, title="Một", seconds=60.0)
    slot = await place(COMMUNE, title="Hai", at=SOON - timedelta(seconds=20), seconds=60.0)
    before = whole()
    (group,) = await coming.without(desk, released, staff, slot.id)
    assert [(x.title, x.mark) for x in group.lines] == [("Hai", Mark.GONE), ("Một", Mark.CHANGED)]
    assert whole() == before
    with pytest.raises(Refusal, match="no-such-slot"):
        await coming.without(desk, released, staff, 99)
    assert (await refused(coming.without(desk, released, auditor, slot.id))).code == "not-allowed"
    assert (await refused(coming.without(desk, released, operator, slot.id))).code == "slot-from-above"

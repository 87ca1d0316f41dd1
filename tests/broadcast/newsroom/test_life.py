"""Handed in, heard, approved, rejected, expired: what one approves is a hash, and only that goes on the air."""

from datetime import timedelta

import pytest

from broadcast import editing, scheduling
from broadcast.domain.bulletins import BulletinState
from broadcast.domain.fields import Fields
from broadcast.domain.people import Role
from broadcast.domain.refusals import Refusal
from broadcast.domain.versions import Verdict
from broadcast.newsroom import ending, life
from broadcast.records import AiringRow, BulletinRow, SlotRow
from broadcast.tables.version_records import DecisionRow, HearingRow, VersionRow
from broadcast.wording import refusal
from devices.vocabulary import AreaId, Level

DISTRICT = AreaId("huyen-go-dau-710")
COMMUNE = AreaId("xa-thanh-duc-25657")
NEIGHBOUR = AreaId("xa-cam-giang-25660")


@pytest.fixture
def chief(hire):
    """Somebody else of the same centre, who may approve."""
    return hire("truong", Role.STAFF, DISTRICT)


@pytest.fixture
def hand_in(desk, staff, spoken):
    """A bulletin that waits, and the hash of what waits."""

    async def hand_in(**fields):
        bulletin = spoken(staff, **fields)
        await life.submit(desk, staff, bulletin)
        return bulletin, (await life.life(desk, staff, bulletin)).versions[0].hash

    return hand_in


@pytest.fixture
def place(desk, replan, receivers, clock):
    def place(actor, bulletin, *areas):
        return scheduling.place(desk, replan, actor, bulletin, areas, clock.time + timedelta(minutes=30), "")

    return place


async def test_a_bulletin_goes_its_way(desk, staff, chief, hand_in, rows, clock, replan):
    bulletin, seen = await hand_in()
    clock.on(minutes=5)
    await life.hear(desk, chief, bulletin, seen, 10.0)
    assert (await life.approve(desk, chief, bulletin, seen)).state is BulletinState.APPROVED
    (version,), (decision,), (hearing,) = rows(VersionRow), rows(DecisionRow), rows(HearingRow)
    assert (version.number, version.hash, version.by, version.title) == (1, seen, staff.id, "Mời họp")
    assert (decision.verdict, decision.by, decision.at, decision.waived) == ("approved", chief.id, clock.time, "")
    assert (hearing.person, hearing.at) == (chief.id, clock.time)
    assert (await ending.withdraw(desk, replan, staff, bulletin)).state is BulletinState.WITHDRAWN
    with pytest.raises(Refusal, match="bulletin-life"):
        await editing.save(desk, staff, bulletin, "Lại", "Lại")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"title": ""}, "title-empty"),
        ({"text": ""}, "text-empty"),
        ({"text": "🎉🎉"}, "text-silent"),
        ({"text": "<p>Mời họp</p>"}, "text-markup"),
        ({"clip": None}, "no-sound"),
    ],
)
async def test_what_cannot_be_said_or_heard_is_not_handed_in(desk, staff, spoken, refused, fields, code):
    bulletin = spoken(staff, **fields) if "title" not in fields else spoken(staff, fields["title"])
    assert (await refused(life.submit(desk, staff, bulletin))).code == code


async def test_what_is_no_longer_valid_is_neither_handed_in_nor_approved(desk, staff, chief, hand_in, refused, clock):
    over = clock.time + timedelta(hours=1)
    bulletin, seen = await hand_in(valid_until=over)
    await life.hear(desk, chief, bulletin, seen, 10.0)
    clock.on(hours=1)
    assert (await refused(life.approve(desk, chief, bulletin, seen))).code == "bulletin-over"
    await editing.save(desk, staff, bulletin, "Mời họp nữa", "Mời bà con đi họp.")
    assert (await refused(life.submit(desk, staff, bulletin))).code == "bulletin-over"


@pytest.mark.parametrize("seconds", [0.0, 8.9, -1.0, float("nan")])
async def test_half_a_hearing_is_none(desk, chief, hand_in, refused, seconds):
    bulletin, seen = await hand_in()
    assert (await refused(life.hear(desk, chief, bulletin, seen, seconds))).code == "not-heard"
    assert (await refused(life.approve(desk, chief, bulletin, seen))).code == "not-heard"


async def test_another_persons_hearing_does_not_count(desk, staff, chief, hand_in, refused):
    bulletin, seen = await hand_in()
    await life.hear(desk, staff, bulletin, seen, 10.0)
    assert (await refused(life.approve(desk, chief, bulletin, seen))).code == "not-heard"


async def test_who_did_not_listen_says_why_and_it_is_kept(desk, chief, hand_in, refused, rows):
    bulletin, seen = await hand_in()
    assert (await refused(life.approve(desk, chief, bulletin, seen, "..."))).code == "reason-missing"
    await life.approve(desk, chief, bulletin, seen, "Loa của máy hỏng, đã đọc chữ <b>")
    assert [d.waived for d in rows(DecisionRow)] == ["Loa của máy hỏng, đã đọc chữ <b>"]


async def test_one_approves_what_one_has_looked_at_and_nothing_else(desk, staff, chief, hand_in, refused):
    bulletin, seen = await hand_in()
    await life.hear(desk, chief, bulletin, seen, 10.0)
    await editing.describe(desk, staff, bulletin, Fields(), Fields(source="Đài"))
    assert (await refused(life.approve(desk, chief, bulletin, seen))).code == "bulletin-life"
    await life.submit(desk, staff, bulletin)
    for attempt in (
        life.approve(desk, chief, bulletin, seen),
        life.reject(desk, chief, bulletin, seen, "sai giờ"),
        life.hear(desk, chief, bulletin, seen, 10.0),
    ):
        assert (await refused(attempt)).code == "version-other"
    now = (await life.life(desk, chief, bulletin)).versions[0]
    assert (now.number, now.heard) == (2, ())
    assert (await refused(life.approve(desk, chief, bulletin, now.hash))).code == "not-heard"


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Khác"},
        {"text": "Khác."},
        {"clip": None},
        {"level": "priority"},
        {"source": "Đài"},
        {"issued_by": "UBND"},
        {"areas": [COMMUNE]},
        {"language": "km"},
        {"tags": ["họp"]},
        {"category": "policy"},
    ],
)
async def test_a_change_that_goes_past_the_state_is_noticed_all_the_same(desk, chief, hand_in, refused, change):
    bulletin, seen = await hand_in()
    await life.hear(desk, chief, bulletin, seen, 10.0)

    def behind_our_back(session):
        row = session.get(BulletinRow, bulletin)
        for name, value in change.items():
            setattr(row, name, value)

    await desk.store.write(behind_our_back)
    assert (await refused(life.approve(desk, chief, bulletin, seen))).code == "version-other"


async def test_a_rejection_tells_the_author_why(desk, staff, chief, hand_in, refused):
    bulletin, seen = await hand_in()
    assert (await refused(life.reject(desk, chief, bulletin, seen, " . "))).code == "reason-missing"
    assert (await life.reject(desk, chief, bulletin, seen, "Sai giờ họp")).state is BulletinState.REJECTED
    told = (await life.life(desk, staff, bulletin)).versions[0].decision
    assert told is not None
    assert (told.verdict, told.reason, told.by_name) == (Verdict.REJECTED, "Sai giờ họp", chief.name)
    assert (await refused(life.approve(desk, chief, bulletin, seen, "vội quá"))).code == "bulletin-life"
    await editing.save(desk, staff, bulletin, "Mời họp lúc 7 giờ", "Mời bà con đi họp.")
    await life.submit(desk, staff, bulletin)
    assert [v.number for v in (await life.life(desk, staff, bulletin)).versions] == [2, 1]


async def test_a_version_is_never_changed_not_even_in_the_file(desk, hand_in):
    bulletin, _ = await hand_in()

    def forge(session):
        session.get(VersionRow, (bulletin, 1)).title = "Khác"

    with pytest.raises(Refusal, match="store-failed"):
        await desk.store.write(forge)


async def test_priority_needs_a_second_person_always(desk, staff, chief, hand_in, refused, place, spoken):
    bulletin, seen = await hand_in(level="priority")
    no = await refused(life.approve(desk, staff, bulletin, seen, "đã nghe rồi"))
    assert no.code == "approval-own-priority"
    assert (await refused(place(chief, bulletin, COMMUNE))).code == "approval-priority"
    assert (await life.approve(desk, chief, bulletin, seen, "đã nghe rồi")).level is Level.PRIORITY
    await place(staff, bulletin, COMMUNE)


@pytest.mark.parametrize("demanded", [AreaId("tinh-tay-ninh-72"), DISTRICT, COMMUNE])
async def test_an_area_demands_a_second_person_for_all_it_hears(
    desk, staff, chief, province, hand_in, refused, place, demanded
):
    bulletin, seen = await hand_in(areas=[COMMUNE])
    await life.set_two_people(desk, province, demanded, demanded=True)
    assert (await refused(life.approve(desk, staff, bulletin, seen, "đã nghe"))).code == "approval-own"
    no = await refused(place(staff, bulletin, DISTRICT))
    assert no.code == "approval-two"
    assert desk.tree.get(demanded).name in refusal(no)
    await life.approve(desk, chief, bulletin, seen, "đã nghe")
    await place(staff, bulletin, DISTRICT)
    await life.set_two_people(desk, province, demanded, demanded=False)
    assert await life.two_people(desk, province) == ()


async def test_what_another_area_demands_is_not_demanded_here(desk, staff, province, hand_in, place):
    bulletin, seen = await hand_in()
    await life.set_two_people(desk, province, AreaId("huyen-ben-cau-711"), demanded=True)
    assert (await life.approve(desk, staff, bulletin, seen, "đã nghe")).state is BulletinState.APPROVED


async def test_who_wrote_in_it_is_an_author_too(desk, staff, chief, province, hand_in, refused):
    bulletin, _ = await hand_in(level="priority")
    await editing.save(desk, chief, bulletin, "Mời họp gấp", "Mời bà con đi họp.")
    await life.submit(desk, staff, bulletin)
    seen = (await life.life(desk, chief, bulletin)).versions[0].hash
    for writer in (staff, chief):
        assert (await refused(life.approve(desk, writer, bulletin, seen, "vội"))).code == "approval-own-priority"
    await life.approve(desk, province, bulletin, seen, "vội")


async def test_an_approval_of_ones_own_does_not_air_where_two_people_came_to_be_demanded(
    desk, staff, province, hand_in, refused, place
):
    bulletin, seen = await hand_in()
    await life.approve(desk, staff, bulletin, seen, "đã nghe")
    await life.set_two_people(desk, province, COMMUNE, demanded=True)
    assert (await refused(place(staff, bulletin, COMMUNE))).code == "approval-two"
    await place(staff, bulletin, NEIGHBOUR)


async def test_placing_vouches_for_the_very_version_that_sounds(desk, staff, spoken, place, rows):
    bulletin = spoken(staff)
    await place(staff, bulletin, COMMUNE)
    (version,), (decision,), (slot,), (airing,) = map(rows, (VersionRow, DecisionRow, SlotRow, AiringRow))
    assert (decision.verdict, decision.by, slot.version) == ("vouched", staff.id, version.number)
    assert (airing.clip, airing.title) == (version.clip, version.title)


async def test_what_was_changed_after_its_approval_is_approved_anew_and_the_slot_keeps_its_version(
    desk, staff, chief, province, hand_in, place, refused, rows, replan
):
    bulletin, seen = await hand_in()
    await life.set_two_people(desk, province, COMMUNE, demanded=True)
    await life.approve(desk, chief, bulletin, seen, "đã nghe")
    await place(staff, bulletin, COMMUNE)
    await editing.save(desk, staff, bulletin, "Mời họp khẩn", "Mời bà con đi họp.")
    assert [(s.version, a.title) for s, a in zip(rows(SlotRow), rows(AiringRow), strict=True)] == [(1, "Mời họp")]
    assert (await refused(place(staff, bulletin, COMMUNE))).code == "approval-two"


async def test_what_waits_and_is_approved_expires_and_may_come_back_with_a_later_end(
    desk, staff, hand_in, clock, rows, replan
):
    over = clock.time + timedelta(hours=1)
    bulletin, _ = await hand_in(valid_until=over)
    before = len(rows(VersionRow))
    await ending.expire(desk, replan)
    clock.on(hours=1, seconds=1)
    await ending.expire(desk, replan)
    view = await life.life(desk, staff, bulletin)
    assert (view.bulletin.state, view.waits) == (BulletinState.EXPIRED, False)
    later = Fields(valid_until=clock.time + timedelta(hours=1))
    await editing.describe(desk, staff, bulletin, view.bulletin.fields, later)
    assert (await life.submit(desk, staff, bulletin)).state is BulletinState.SUBMITTED
    assert len(rows(VersionRow)) == before + 1


async def test_what_waits_is_listed_for_those_who_may_approve_there(
    desk, staff, chief, stranger, operator, hand_in, clock, spoken
):
    first, _ = await hand_in()
    clock.on(minutes=1)
    urgent, seen = await hand_in(level="priority")
    spoken(staff)
    listed = await life.waiting(desk, chief)
    assert [(w.bulletin.id, w.number, w.own, w.by_name) for w in listed] == [
        (urgent, 1, False, staff.name), (first, 1, False, staff.name),
    ]  # fmt: skip
    assert await life.waiting_count(desk, chief) == 2
    assert all(w.own for w in await life.waiting(desk, staff))
    assert (await life.waiting(desk, stranger), await life.waiting_count(desk, operator)) == ((), 0)
    with pytest.raises(Refusal, match="not-allowed"):
        await life.waiting(desk, operator)
    await life.approve(desk, chief, urgent, seen, "vội")
    assert await life.waiting_count(desk, chief) == 1


async def test_a_view_says_what_one_may_do_and_why_not(desk, staff, chief, hand_in):
    bulletin, seen = await hand_in(level="priority")
    own, other = [await life.life(desk, who, bulletin) for who in (staff, chief)]
    assert (own.waits, own.may_decide, own.why_not) == (True, True, "approval-own-priority")
    assert (other.may_decide, other.why_not, other.heard) == (True, "", False)
    await life.hear(desk, chief, bulletin, seen, 9.5)
    assert (await life.life(desk, chief, bulletin)).heard is True


async def test_who_may_not_does_not(desk, administrator, stranger, staff, hand_in, refused, replan):
    bulletin, seen = await hand_in()
    attempts = {
        "submit": lambda who: life.submit(desk, who, bulletin),
        "hear": lambda who: life.hear(desk, who, bulletin, seen, 10.0),
        "approve": lambda who: life.approve(desk, who, bulletin, seen, "đã nghe"),
        "reject": lambda who: life.reject(desk, who, bulletin, seen, "sai giờ"),
        "withdraw": lambda who: ending.withdraw(desk, replan, who, bulletin),
    }
    for attempt in attempts.values():
        assert (await refused(attempt(administrator))).code == "not-allowed"
        with pytest.raises(Refusal, match="no-such-bulletin"):
            await attempt(stranger)
    assert (await refused(life.set_two_people(desk, staff, COMMUNE, demanded=True))).code == "not-allowed"

"""A commune operator, often alone: airs what they wrote, decides on nobody else's, hears what comes from above."""

from datetime import timedelta

import pytest

from broadcast import editing, scheduling, views
from broadcast.domain.bulletins import BulletinState
from broadcast.domain.fields import Fields
from broadcast.domain.people import Role
from broadcast.domain.refusals import Refusal
from broadcast.domain.versions import Verdict
from broadcast.library import ClipLibrary
from broadcast.newsroom import ending, life
from broadcast.newsroom.listening import Listening
from broadcast.records import BulletinRow
from broadcast.tables.version_records import DecisionRow
from devices.vocabulary import AreaId, Level

COMMUNE, NEIGHBOUR = AreaId("xa-thanh-duc-25657"), AreaId("xa-cam-giang-25660")
DISTRICT = AreaId("huyen-go-dau-710")


@pytest.fixture
def put(desk, receivers, replan):
    async def put(actor, bulletin, *areas):
        return await scheduling.place(desk, replan, actor, bulletin, areas or (COMMUNE,), None, "")

    return put


async def test_a_lone_operator_airs_what_they_wrote(put, operator, spoken, rows):
    slot = await put(operator, spoken(operator))
    assert slot.areas == (COMMUNE,)
    (bulletin,), (decision,) = rows(BulletinRow), rows(DecisionRow)
    assert (bulletin.state, decision.verdict, decision.by) == (BulletinState.APPROVED, Verdict.VOUCHED, operator.id)


async def test_also_what_they_had_handed_in_before(desk, put, operator, spoken):
    bulletin = spoken(operator)
    await life.submit(desk, operator, bulletin)
    assert await put(operator, bulletin)


@pytest.mark.parametrize(
    ("how", "code"), [("two", "approval-two"), ("priority", "approval-priority"), ("colleague", "approval-needed")]
)
async def test_what_another_must_look_at_they_do_not_air_alone(
    desk, put, operator, province, hire, spoken, refused, how, code
):
    bulletin = spoken(operator, level="priority" if how == "priority" else "routine")
    if how == "two":
        await life.set_two_people(desk, province, DISTRICT, demanded=True)
    if how == "colleague":
        await editing.save(desk, hire("ban", Role.OPERATOR, COMMUNE), bulletin, "Khác", "Mời bà con đi họp.")
    assert (await refused(put(operator, bulletin))).code == code


async def test_once_an_approver_let_it_through_they_place_it(desk, put, operator, hire, spoken):
    bulletin = spoken(operator, level="priority")
    await life.submit(desk, operator, bulletin)
    chief = hire("duyet", Role.APPROVER, DISTRICT)
    version = (await life.life(desk, chief, bulletin)).versions[0]
    await life.approve(desk, chief, bulletin, version.hash, "đã nghe ở xã")
    assert await put(operator, bulletin)


async def test_they_decide_on_nothing_and_aim_at_nobody_else(desk, put, operator, staff, spoken, refused):
    bulletin = spoken(staff, area=COMMUNE)
    await life.submit(desk, staff, bulletin)
    hash_ = (await life.life(desk, operator, bulletin)).versions[0].hash
    assert (await refused(life.approve(desk, operator, bulletin, hash_, "nghe rồi"))).code == "not-allowed"
    assert (await refused(put(operator, bulletin))).code == "approval-needed"
    own = spoken(operator)
    for area in (NEIGHBOUR, DISTRICT):
        assert (await refused(put(operator, own, area))).code == "not-your-area"
    aimed = editing.describe(desk, operator, own, Fields(), Fields(areas=(NEIGHBOUR,)))
    assert (await refused(aimed)).code == "not-your-area"
    urgent = await editing.describe(desk, operator, own, Fields(), Fields(level=Level.PRIORITY))
    assert urgent.level is Level.PRIORITY


async def test_what_comes_from_above_is_read_and_heard_while_it_airs_in_the_commune(
    desk, put, replan, operator, staff, spoken, tmp_path, refused
):
    listening = Listening(desk, ClipLibrary(tmp_path / "raw"), tmp_path / "outlines", ())
    bulletin = spoken(staff, "Tiêm chủng")

    async def hidden() -> bool:
        codes = []
        for ask in (views.bulletin(desk, operator, bulletin), listening.heard(operator, bulletin)):
            try:
                await ask
            except Refusal as no:
                codes.append(no.code)
        assert codes in ([], ["no-such-bulletin"] * 2)
        return bool(codes)

    assert await hidden()
    elsewhere = await put(staff, bulletin, NEIGHBOUR)
    assert await hidden()
    slot = await put(staff, bulletin, DISTRICT)
    assert not await hidden()
    for attempt in (
        editing.save(desk, operator, bulletin, "Khác", "Khác"),
        ending.withdraw(desk, replan, operator, bulletin),
        scheduling.withdraw_slot(desk, replan, operator, slot.id),
        put(operator, bulletin),
        life.life(desk, operator, bulletin),
    ):
        assert (await refused(attempt)).code in {"no-such-bulletin", "not-your-area"}
    await editing.save(desk, staff, bulletin, "Bản nháp mới", "Chưa ai duyệt lời này.")
    assert await hidden()
    assert elsewhere.at - slot.at < timedelta(seconds=1)

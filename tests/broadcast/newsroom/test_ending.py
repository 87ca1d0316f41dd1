"""What ends a bulletin takes it off the air too, in one write: nothing unfit is left to sound."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from broadcast import editing, scheduling
from broadcast.agenda.air_types import Repeat
from broadcast.agenda.repeating import Repeating
from broadcast.domain.bulletins import BulletinState
from broadcast.domain.days import Days
from broadcast.domain.deliveries import DeliveryState
from broadcast.domain.refusals import Refusal
from broadcast.newsroom import ending, life
from broadcast.records import AiringRow, BulletinRow, DeliveryRow, SlotRow
from broadcast.tables.air_records import SeriesRow
from devices.link import LinkError
from devices.vocabulary import AreaId

COMMUNE, NEIGHBOUR = AreaId("xa-thanh-duc-25657"), AreaId("xa-cam-giang-25660")


@pytest.fixture
def put(desk, receivers, replan, staff):
    async def put(bulletin, *areas, **ahead):
        return await scheduling.place(
            desk, replan, staff, bulletin, areas or (COMMUNE,), desk.now() + timedelta(**ahead), ""
        )

    return put


def states(rows):
    return {d.state for d in rows(DeliveryRow)}


async def test_withdrawn_it_takes_its_slots_back_and_plans_are_made_anew_once(desk, replan, staff, spoken, put, rows):
    bulletin, other = spoken(staff), spoken(staff, "Khác")
    await put(bulletin, hours=2)
    await put(bulletin, NEIGHBOUR, hours=3)
    kept = await put(other, hours=4)
    told = (await life.life(desk, staff, bulletin)).coming
    assert [(s.area_names, s.repeats) for s in told] == [(("Xã Thạnh Đức",), False), (("Xã Cẩm Giang",), False)]
    replan.asked.clear()
    await ending.withdraw(desk, replan, staff, bulletin)
    assert [s.id for s in rows(SlotRow) if s.withdrawn_at is None] == [kept.id]
    assert {a.slot for a in rows(AiringRow) if not a.withdrawn} == {kept.id}
    assert replan.asked == [(COMMUNE, NEIGHBOUR)]
    assert (await life.life(desk, staff, bulletin)).coming == ()


async def test_what_sounds_is_broken_off_and_what_was_played_stays_in_the_books(
    desk, replan, staff, spoken, put, rows, clock
):
    bulletin = spoken(staff, seconds=600.0)
    await put(bulletin, minutes=1)
    await put(bulletin, minutes=20)
    with Session(desk.store.engine) as session:
        first, *_ = session.exec(select(AiringRow).order_by(AiringRow.id)).all()
        for row in session.exec(select(DeliveryRow).where(DeliveryRow.subject == first.id)):
            row.state = DeliveryState.PLAYED.value
        session.commit()
    clock.on(minutes=22)
    await ending.withdraw(desk, replan, staff, bulletin)
    assert [s.withdrawn_at is None for s in rows(SlotRow)] == [True, False]
    assert states(rows) == {"played", "withdrawn"}


async def test_what_comes_back_comes_back_no_more(desk, replan, staff, spoken, put, rows, clock):
    bulletin = spoken(staff)
    repeating = Repeating(desk, Days(), replan)
    slot = await put(bulletin, hours=1)
    await repeating.repeat(staff, slot.id, Repeat("FREQ=DAILY"))
    assert len(rows(SlotRow)) > 1
    assert all(s.repeats for s in (await life.life(desk, staff, bulletin)).coming)
    await ending.withdraw(desk, replan, staff, bulletin)
    assert all(s.withdrawn_at for s in rows(SlotRow))
    assert all(s.ended_at for s in rows(SeriesRow))
    before = len(rows(SlotRow))
    clock.on(days=2)
    await repeating.expand()
    assert len(rows(SlotRow)) == before


async def test_whoever_may_not_withdraw_it_takes_nothing_off_the_air(desk, replan, stranger, staff, spoken, put, rows):
    bulletin = spoken(staff)
    await put(bulletin, hours=1)
    with pytest.raises(Refusal, match="no-such-bulletin"):
        await ending.withdraw(desk, replan, stranger, bulletin)
    assert [s.withdrawn_at for s in rows(SlotRow)] == [None]


async def test_with_the_link_down_the_books_hold_it_already(desk, replan, staff, spoken, put, rows):
    bulletin = spoken(staff)
    await put(bulletin, hours=1)
    replan.fail = LinkError("down")
    assert (await ending.withdraw(desk, replan, staff, bulletin)).state is BulletinState.WITHDRAWN
    assert all(a.withdrawn for a in rows(AiringRow))


async def test_once_expired_nothing_of_it_is_left_to_air_also_where_its_end_was_drawn_nearer(
    desk, replan, staff, spoken, put, rows, clock
):
    """An airing keeps the end of validity that held when it was placed; it may have got a nearer one since."""
    bulletin = spoken(staff)
    sounding = await put(bulletin, minutes=59.95)
    await put(bulletin, hours=4)
    with Session(desk.store.engine) as session:
        session.get_one(BulletinRow, bulletin).valid_until = desk.now() + timedelta(hours=1)
        session.commit()
    replan.asked.clear()
    clock.on(hours=1, seconds=1)
    await ending.expire(desk, replan)
    assert [s.id for s in rows(SlotRow) if s.withdrawn_at is None] == [sounding.id], "what began in time ends by itself"
    assert replan.asked == [(COMMUNE,)]


async def test_what_is_rejected_was_not_on_the_air_and_what_was_approved_before_stays(
    desk, replan, staff, province, spoken, put, rows
):
    bulletin = spoken(staff)
    slot = await put(bulletin, hours=2)
    clip = rows(AiringRow)[0].clip
    await editing.save(desk, staff, bulletin, "Tựa khác", "Mời bà con đi họp.")
    await life.submit(desk, staff, bulletin)
    await life.set_two_people(desk, province, COMMUNE, demanded=True)
    with pytest.raises(Refusal, match="approval-two"):
        await put(bulletin, hours=3)
    version = (await life.life(desk, province, bulletin)).versions[0]
    await life.reject(desk, province, bulletin, version.hash, "sai giờ họp")
    assert [(s.id, s.version) for s in rows(SlotRow) if s.withdrawn_at is None] == [(slot.id, 1)]
    assert [a.clip for a in rows(AiringRow)] == [clip]
    assert [c.id for c in (await life.life(desk, province, bulletin)).coming] == [slot.id], "the page names it"

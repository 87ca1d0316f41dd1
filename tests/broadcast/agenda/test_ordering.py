"""Priority bulletins that meet in a commune: what its receivers will sound, told by the very function they use."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session

from broadcast import books, scheduling
from broadcast.agenda import moving, ordering
from broadcast.agenda.joining_agenda import join
from broadcast.domain.coming import Listener, upcoming
from broadcast.domain.meetings import GAP, First, Rule
from broadcast.domain.people import Role
from broadcast.domain.versions import Verdict
from broadcast.newsroom import ending, version_books
from broadcast.records import AiringRow, AuditRow, BulletinRow, SlotRow
from broadcast.tables.offer_records import MeetingRow, OfferRow
from devices.vocabulary import AreaId

DISTRICT = AreaId("huyen-go-dau-710")
COMMUNE = AreaId("xa-thanh-duc-25657")
NEIGHBOUR = AreaId("xa-cam-giang-25660")
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
EVENING = datetime(2026, 11, 25, 19, 0, tzinfo=ZONE).astimezone(UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def own(hire):
    """Who places in the commune alone."""
    return hire("canboxa", Role.STAFF, COMMUNE)


@pytest.fixture
def place(desk, replan, staff, spoken, receivers, hire):
    """Something urgent that another person approved: of the centre for its district, else of the commune for itself."""
    other = hire("duyet", Role.APPROVER, DISTRICT)

    async def place(actor, minutes, title, long=10, **more):
        bulletin = spoken(actor, title, seconds=long * 60.0, level="priority", state="submitted", **more)
        with Session(desk.store.engine) as session:
            row = session.get_one(BulletinRow, bulletin)
            version = version_books.cut(session, row, actor.id, desk.now())
            version_books.decide(session, version, Verdict.APPROVED, other.id, desk.now())
            row.state = "approved"
            session.commit()
        area = DISTRICT if actor is staff else COMMUNE
        return await scheduling.place(desk, replan, actor, bulletin, (area,), EVENING + minutes * MINUTE, "")

    return place


@pytest.fixture
def heard(desk, rows):
    """What a receiver in an area will sound: title and minutes after the evening's begin; None: missed."""

    def heard(home=COMMUNE):
        airings = [books.airing(r) for r in rows(AiringRow) if not r.withdrawn]
        listener = Listener(desk.tree.path(home), "22:00", "05:00", "Asia/Ho_Chi_Minh")
        coming = upcoming(listener, airings, desk.now(), desk.now() + timedelta(hours=24))
        sounding = sorted(coming, key=lambda u: u.starts or u.airing.at)
        return [(u.airing.title, (u.starts - EVENING) / MINUTE if u.starts else None) for u in sounding]

    return heard


@pytest.fixture
def met(desk, operator):
    async def met():
        return await ordering.meetings(desk, operator)

    return met


@pytest.fixture
def order(desk, replan, operator):
    async def order(meeting, first):
        return await ordering.order(desk, replan, operator, meeting.id, first)

    return order


SECOND = GAP / MINUTE


async def test_until_somebody_orders_them_what_begins_earlier_is_first_and_nothing_is_missed(
    place, staff, own, heard, met, rows, desk, operator
):
    await place(own, 0, "Của xã", long=10)
    await place(staff, 5, "Từ trên")
    assert heard() == [("Của xã", 0), ("Từ trên", 10 + SECOND)], "by itself it would have been missed: five minutes"
    assert heard(NEIGHBOUR) == [("Từ trên", 5)]
    (meeting,) = await met()
    assert (meeting.first, meeting.rule, meeting.by_name) == (First.OWN, Rule.EARLIER, "")
    assert (meeting.above.title, meeting.own.title) == ("Từ trên", "Của xã")
    assert meeting.above.sounds_at == EVENING + 10 * MINUTE + GAP
    assert rows(OfferRow) == [], "what is urgent is not offered"
    assert await ordering.waiting_count(desk, operator) == 1
    assert await ordering.of_slot(desk, staff, meeting.above.slot) == (meeting,), "its sender sees it too"
    assert await ordering.of_slot(desk, staff, 99) == ()


async def test_of_two_at_one_instant_the_one_from_above_is_first(place, staff, own, heard, met):
    await place(staff, 0, "Từ trên", long=2)
    await place(own, 0, "Của xã", long=2)
    assert heard() == [("Từ trên", 0), ("Của xã", 2 + SECOND)]
    (meeting,) = await met()
    assert (meeting.first, meeting.rule) == (First.ABOVE, Rule.ABOVE)


async def test_a_short_wait_is_left_to_the_receivers(place, staff, own, heard, met, rows):
    await place(staff, 0, "Từ trên", long=3)
    await place(own, 1, "Của xã", long=3)
    assert heard() == [("Từ trên", 0), ("Của xã", 3)]
    assert len(rows(SlotRow)) == 2
    (meeting,) = await met()
    assert meeting.own.sounds_at == EVENING + 3 * MINUTE


@pytest.mark.parametrize(("above", "mine"), [(0, 5), (5, 0), (0, 0), (0, 9)])
async def test_the_operator_orders_them_one_way_and_the_other(place, staff, own, heard, met, order, above, mine):
    await place(staff, above, "Từ trên")
    await place(own, mine, "Của xã")
    for _ in range(2):
        (meeting,) = await met()
        told = await order(meeting, First.OWN)
        assert (told.first, told.by_name) == (First.OWN, "Người xa")
        assert heard() == [("Của xã", mine), ("Từ trên", mine + 10 + SECOND)]
        assert heard(NEIGHBOUR) == [("Từ trên", above)], "elsewhere nothing changes"
        assert told.above.sounds_at == EVENING + (mine + 10) * MINUTE + GAP
        await order(meeting, First.ABOVE)
        wait = 0 if mine - above == 9 else SECOND  # one minute is left to the receivers
        assert heard() == [("Từ trên", above), ("Của xã", above + 10 + wait)]
        assert heard(NEIGHBOUR) == [("Từ trên", above)]


async def test_the_second_meets_nothing_else_that_is_as_urgent(place, staff, own, heard):
    await place(own, 0, "Của xã")
    await place(own, 11, "Của xã nữa")
    await place(staff, 2, "Từ trên", long=5)
    assert heard() == [("Của xã", 0), ("Của xã nữa", 11), ("Từ trên", 21 + SECOND)]


async def test_with_three_of_them_each_sounds_once_and_what_the_page_says_is_so(place, staff, own, heard, met, order):
    await place(own, 0, "Của xã", long=8)
    await place(staff, 3, "Từ trên", long=3)
    await place(staff, 5, "Từ trên nữa", long=3)
    for first in (First.OWN, First.ABOVE, First.OWN):
        for meeting in await met():
            await order(meeting, first)
            sounding = dict(heard())
            assert sorted(sounding) == sorted(t for t, _ in heard()), "none of them twice"
            assert set(sounding) == {"Của xã", "Từ trên", "Từ trên nữa"}
            for m in await met():
                above, mine = sounding[m.above.title], sounding[m.own.title]
                assert (above < mine) is (m.first is First.ABOVE)


async def test_what_is_withdrawn_or_moved_away_leaves_the_other_at_its_hour(
    place, staff, own, heard, met, desk, replan, rows
):
    above = await place(staff, 0, "Từ trên")
    mine = await place(own, 5, "Của xã")
    assert heard() == [("Từ trên", 0), ("Của xã", 10 + SECOND)]
    await moving.move_slot(desk, replan, staff, above.id, EVENING + 60 * MINUTE, "", "")
    assert heard() == [("Của xã", 5), ("Từ trên", 60)]
    assert await met() == ()
    await moving.move_slot(desk, replan, staff, above.id, EVENING, "", "")
    assert heard() == [("Từ trên", 0), ("Của xã", 10 + SECOND)]
    await scheduling.withdraw_slot(desk, replan, staff, above.id)
    assert heard() == [("Của xã", 5)]
    await scheduling.withdraw_slot(desk, replan, own, mine.id)
    assert heard() == []
    assert rows(MeetingRow) == []


async def test_the_second_that_is_withdrawn_is_gone_at_its_later_hour_too(place, staff, own, heard, desk, replan):
    await place(staff, 0, "Từ trên")
    mine = await place(own, 5, "Của xã")
    await scheduling.withdraw_slot(desk, replan, own, mine.id)
    assert heard() == [("Từ trên", 0)]


async def test_a_bulletin_that_is_withdrawn_leaves_what_it_met_at_its_own_hour(
    place, staff, own, heard, desk, replan, rows
):
    above = await place(staff, 0, "Từ trên")
    await place(own, 5, "Của xã")
    await ending.withdraw(desk, replan, staff, above.bulletin)
    assert heard() == [("Của xã", 5)]
    assert rows(MeetingRow) == []


async def test_once_the_first_was_to_begin_their_order_stays(place, staff, own, met, order, refused, clock, heard):
    await place(staff, 0, "Từ trên")
    await place(own, 5, "Của xã")
    (meeting,) = await met()
    clock.time = EVENING
    assert (await refused(order(meeting, First.OWN))).code == "meeting-begun"
    (meeting,) = await met()
    assert not meeting.open
    assert heard() == [("Từ trên", 0), ("Của xã", 10 + SECOND)]


async def test_an_order_that_would_break_the_quiet_hours_or_outlive_the_validity_is_refused(
    place, staff, own, met, order, refused, heard
):
    await place(staff, 170, "Từ trên", long=8)  # 21:50
    await place(own, 175, "Của xã", long=4)
    assert heard()[0] == ("Từ trên", 170)
    (meeting,) = await met()
    assert (await refused(order(meeting, First.OWN))).code == "meeting-guards"
    await place(staff, 0, "Có hạn", valid_until=EVENING + 8 * MINUTE)
    await place(own, 5, "Của xã 2")
    meeting = next(m for m in await met() if m.above.title == "Có hạn")
    assert (await refused(order(meeting, First.OWN))).code == "bulletin-expired"


async def test_only_who_answers_for_the_commune_orders(place, staff, own, met, stranger, refused, desk, replan, hire):
    await place(staff, 0, "Từ trên")
    await place(own, 5, "Của xã")
    (meeting,) = await met()
    auditor = hire("kiemtra", Role.AUDITOR, DISTRICT)
    for actor, code in ((stranger, "not-your-area"), (auditor, "not-allowed")):
        assert (await refused(ordering.order(desk, replan, actor, meeting.id, First.OWN))).code == code
    assert (await refused(ordering.order(desk, replan, staff, 99, First.OWN))).code == "no-such-meeting"
    assert await ordering.waiting_count(desk, auditor) == 0


async def test_an_order_leaves_its_entry_in_the_trail(place, staff, own, met, desk, replan, operator, rows):
    async def assign(_):
        """Nobody is there to be told."""

    agenda, _ = join(desk, replan, assign)
    await place(staff, 0, "Từ trên")
    await place(own, 5, "Của xã")
    (meeting,) = await met()
    await agenda.inbox.order(operator, meeting.id, First.OWN)
    last = rows(AuditRow)[-1]
    assert (last.action, last.login) == ("order_meeting", "xa")
    assert '"first":"own"' in last.after

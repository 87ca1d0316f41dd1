"""What communes make of what comes from above: on the real books, down to the plans that receivers get."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from broadcast import books, scheduling
from broadcast.agenda import answer_rules, guarding, moving, offering, programming
from broadcast.agenda.air_types import Repeat
from broadcast.agenda.repeating import Repeating
from broadcast.domain.days import Days
from broadcast.domain.offers import OfferState
from broadcast.domain.people import Role
from broadcast.domain.plans import plan_for
from broadcast.receivers.presence import Presence
from broadcast.records import AiringRow, AuditRow, DeliveryRow, PlanRow, SlotRow
from broadcast.tables.offer_records import OfferAnswerRow, OfferRow
from devices.receiver.playlist import merge
from devices.vocabulary import AreaId

PROVINCE = AreaId("tinh-tay-ninh-72")
DISTRICT = AreaId("huyen-go-dau-710")
COMMUNE = AreaId("xa-thanh-duc-25657")
NEIGHBOUR = AreaId("xa-cam-giang-25660")
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
EVENING = datetime(2026, 11, 25, 19, 0, tzinfo=ZONE).astimezone(UTC)  # two hours from now
LATER = EVENING + timedelta(hours=1)
S = OfferState


@pytest.fixture
def place(desk, replan, staff, spoken, receivers):
    def place(*areas, at=EVENING, actor=staff, **bulletin):
        return scheduling.place(desk, replan, actor, spoken(actor, **bulletin), areas or (DISTRICT,), at, "")

    return place


@pytest.fixture
def planned(desk, rows):
    """The hours at which a receiver hung in an area has something in its plans, merged as it merges them."""

    def planned(home=COMMUNE):
        airings = [books.airing(r) for r in rows(AiringRow) if not r.withdrawn]
        plans = [plan_for(area, airings, desk.now(), 1) for area in desk.tree.path(home)]
        return [a.at for a in merge(plans, desk.now())]

    return planned


@pytest.fixture
def waiting(desk, operator):
    async def waiting(actor=operator):
        return (await offering.inbox(desk, actor)).waiting

    return waiting


@pytest.fixture
def state(desk, staff):
    """What the sender sees: commune > state."""

    async def state(slot, actor=staff):
        return {v.area: v.state for v in await offering.answers(desk, actor, slot.id)}

    return state


@pytest.fixture
def delivered(rows):
    def delivered():
        found: dict[str, list[str]] = {}
        for row in rows(DeliveryRow):
            found.setdefault(row.receiver, []).append(row.state)
        return found

    return delivered


async def test_what_the_centre_places_comes_to_each_commune_that_hears_it_and_is_planned_at_once(
    place, waiting, planned, state, desk, operator, replan
):
    slot = await place()
    assert replan.asked == [(DISTRICT,)]
    assert await state(slot) == {COMMUNE: S.OFFERED, NEIGHBOUR: S.OFFERED}
    (offer,) = await waiting()
    assert (offer.area, offer.title, offer.from_name, offer.at) == (COMMUNE, "Mời họp", "Người canbo", EVENING)
    assert offer.deadline == EVENING - timedelta(minutes=30)
    assert offer.airs
    assert offer.sounds
    assert planned() == planned(NEIGHBOUR) == [EVENING], "it sounds even if the server dies before anybody answers"
    assert await offering.waiting_count(desk, operator) == 1


async def test_who_places_in_their_own_commune_or_something_urgent_asks_nobody(place, waiting, hire, rows, desk):
    await place(COMMUNE, actor=hire("canboxa", Role.STAFF, COMMUNE))
    assert await waiting() == ()
    assert rows(OfferRow) == []


async def test_declining_takes_the_commune_alone_out_of_the_plans(
    place, waiting, planned, delivered, desk, replan, operator, state, rows, staff
):
    slot = await place()
    (offer,) = await waiting()
    told = await offering.decline(desk, replan, operator, offer.id, "Trùng lễ của xã")
    assert (told.state, told.sounds, told.by_name) == (S.DECLINED, False, "Người xa")
    assert planned() == []
    assert planned(NEIGHBOUR) == [EVENING]
    (airing,) = rows(AiringRow)
    assert set(airing.areas) == {a.id for a in desk.tree.children(DISTRICT)} - {COMMUNE}
    assert delivered() == {"thanh-duc-1": ["withdrawn"], "thanh-duc-2": ["withdrawn"], "cam-giang-1": ["planned"]}
    assert replan.asked[1:] == [tuple(sorted(airing.areas)), (DISTRICT,)], "there before it is gone here"
    assert await state(slot) == {COMMUNE: S.DECLINED, NEIGHBOUR: S.OFFERED}
    (seen,) = (v for v in await offering.answers(desk, staff, slot.id) if v.area == COMMUNE)
    assert (seen.reason, seen.by_name) == ("Trùng lễ của xã", "Người xa")
    assert rows(SlotRow)[0].areas == [DISTRICT], "what was meant stays written"


async def test_one_may_think_again_until_the_deadline(place, waiting, planned, delivered, desk, replan, operator):
    await place()
    (offer,) = await waiting()
    await offering.decline(desk, replan, operator, offer.id, "Nhầm giờ")
    await offering.take(desk, replan, operator, offer.id)
    assert planned() == [EVENING]
    assert delivered()["thanh-duc-1"] == ["planned"]
    await offering.put_off(desk, replan, operator, offer.id, LATER)
    assert planned() == [LATER]
    await offering.put_off(desk, replan, operator, offer.id, LATER + timedelta(minutes=5))
    assert planned() == [LATER + timedelta(minutes=5)], "not twice"
    await offering.take(desk, replan, operator, offer.id)
    assert planned() == [EVENING]


async def test_put_off_it_sounds_in_a_slot_of_the_communes_own(
    place, waiting, planned, desk, replan, operator, rows, staff, state
):
    slot = await place()
    (offer,) = await waiting()
    told = await offering.put_off(desk, replan, operator, offer.id, LATER)
    assert (told.state, told.own_at) == (S.PUT_OFF, LATER)
    assert planned() == [LATER]
    assert planned(NEIGHBOUR) == [EVENING]
    own = rows(SlotRow)[1]
    assert (own.id, own.areas, own.placed_by) == (told.own_slot, [COMMUNE], operator.id)
    assert COMMUNE in replan.asked[1], "its new plan goes out before the old place is gone"
    await scheduling.withdraw_slot(desk, replan, staff, slot.id)
    assert planned() == planned(NEIGHBOUR) == [], "what the sender withdraws is withdrawn everywhere"
    assert await state(slot) == {COMMUNE: S.TAKEN_BACK, NEIGHBOUR: S.TAKEN_BACK}
    assert await waiting() == ()


async def test_the_guards_of_the_commune_hold_for_what_is_put_off(
    place, waiting, desk, replan, operator, refused, rows
):
    await place(valid_until=LATER)
    (offer,) = await waiting()
    night = datetime(2026, 11, 25, 22, 30, tzinfo=ZONE)

    def put_off(at):
        return refused(offering.put_off(desk, replan, operator, offer.id, at))

    assert (await put_off(LATER + timedelta(minutes=1))).code == "bulletin-expired"
    assert (await put_off(desk.now() - timedelta(minutes=1))).code == "time-past"
    await place(title="Khác", at=EVENING + timedelta(minutes=20))
    offer = next(o for o in await waiting() if o.title == "Khác")
    assert (await put_off(night)).code == "offer-guards"
    assert len(rows(SlotRow)) == 2
    assert rows(OfferAnswerRow) == []


async def test_after_the_deadline_or_the_start_an_answer_is_refused(
    place, waiting, planned, desk, replan, operator, refused, clock, state
):
    slot = await place()
    (offer,) = await waiting()
    clock.time = offer.deadline
    assert await waiting() == ()
    for _ in range(2):  # as often as one likes
        await offering.settle(desk)
        assert await state(slot) == {COMMUNE: S.LEFT, NEIGHBOUR: S.LEFT}
    assert (await refused(offering.decline(desk, replan, operator, offer.id, "Quá muộn"))).code == "offer-over"
    clock.time = EVENING
    assert (await refused(offering.take(desk, replan, operator, offer.id))).code == "offer-begun"
    assert planned() == [EVENING]


async def test_what_is_played_now_can_be_answered_only_until_it_sounds(place, waiting, clock, desk):
    await place(at=None)
    (offer,) = await waiting()
    assert offer.deadline == offer.at == desk.now() + timedelta(seconds=5)
    clock.on(seconds=5)
    assert await waiting() == ()


async def test_where_nothing_airs_untouched_the_commune_is_out_until_it_takes_it(
    place, waiting, planned, desk, replan, operator, state, clock
):
    told = await answer_rules.set_answer_rule(desk, operator, COMMUNE, airs=False, minutes=60)
    assert (told.airs, told.minutes, told.own_airs, told.own_minutes) == (False, 60, False, 60)
    slot = await place()
    assert planned() == []
    assert planned(NEIGHBOUR) == [EVENING]
    assert DISTRICT not in replan.asked[0]
    (offer,) = await waiting()
    assert (offer.airs, offer.sounds, offer.deadline) == (False, False, EVENING - timedelta(hours=1))
    await offering.take(desk, replan, operator, offer.id)
    assert planned() == [EVENING]
    second = await place(title="Khác", at=EVENING + timedelta(minutes=10))
    clock.time = EVENING - timedelta(minutes=50)
    await offering.settle(desk)
    assert (await state(slot))[COMMUNE] is S.TAKEN
    assert (await state(second))[COMMUNE] is S.LEFT
    assert planned() == [EVENING]


async def test_the_sender_is_told_before_who_is_asked_and_where_it_does_not_sound(
    desk, staff, operator, spoken, receivers, province
):
    def preview():
        return scheduling.preview(desk, Presence(), lambda _: None, staff, spoken(staff), (DISTRICT,), EVENING)

    seen = await preview()
    assert (seen.asked, seen.silent) == (2, ())
    await answer_rules.set_answer_rule(desk, operator, COMMUNE, airs=False, minutes=None)
    seen = await preview()
    assert (seen.asked, seen.silent) == (2, ("Xã Thạnh Đức",))
    assert [g.places for g in seen.next if g.lines] == [("Xã Cẩm Giang",)], "before and after say so too"


async def test_the_rule_is_inherited_and_forgotten_and_does_not_touch_the_hours(desk, operator, staff, province, rows):
    async def assign(_):
        """Nobody is there to be told."""

    await guarding.set_rule(desk, assign, staff, DISTRICT, "21:00", "05:00", None)
    await answer_rules.set_answer_rule(desk, staff, DISTRICT, airs=False, minutes=None)
    told = await answer_rules.answer_rule(desk, operator, COMMUNE)
    assert (told.airs, told.minutes, told.own_airs) == (False, 30, None)
    await guarding.set_rule(desk, assign, staff, DISTRICT, "", "", None)
    assert not (await answer_rules.answer_rule(desk, operator, COMMUNE)).airs
    await answer_rules.set_answer_rule(desk, staff, DISTRICT, airs=None, minutes=None)
    assert (await answer_rules.answer_rule(desk, operator, COMMUNE)).airs


async def test_moved_to_another_hour_who_would_hear_it_is_asked_anew_and_who_declined_stays_out(
    place, waiting, planned, desk, replan, operator, staff, state, hire
):
    slot = await place()
    (offer,) = await waiting()
    neighbour = hire("lang-gieng", Role.OPERATOR, NEIGHBOUR)
    (theirs,) = await waiting(neighbour)
    await offering.decline(desk, replan, operator, offer.id, "Không hợp")
    await offering.take(desk, replan, neighbour, theirs.id)
    await moving.move_slot(desk, replan, staff, slot.id, LATER, "", "")
    assert await state(slot) == {COMMUNE: S.DECLINED, NEIGHBOUR: S.OFFERED}
    assert planned() == []
    assert planned(NEIGHBOUR) == [LATER]
    (theirs,) = await waiting(neighbour)
    assert theirs.deadline == LATER - timedelta(minutes=30)


async def test_each_occurrence_is_offered_and_declining_one_leaves_the_others(
    place, waiting, planned, desk, replan, operator, staff, clock
):
    slot = await place()
    repeating = Repeating(desk, Days(), replan)
    await repeating.repeat(staff, slot.id, Repeat("FREQ=DAILY"))
    days = [EVENING + timedelta(days=i) for i in range(4)]
    offers = await waiting()
    assert [o.at for o in offers] == days
    await offering.decline(desk, replan, operator, offers[0].id, "Xã có việc")
    assert planned() == days[1:3]
    clock.on(days=1)
    await repeating.expand()
    assert planned() == days[1:], "made of what was meant, not of what was left of the first"
    assert [o.at for o in await waiting()] == [*days[1:], EVENING + timedelta(days=4)]


async def test_only_who_answers_for_the_commune_answers_and_it_stands_in_the_trail(
    place, waiting, desk, replan, operator, stranger, refused, rows, hire
):
    await place()
    (offer,) = await waiting()
    auditor = hire("kiemtra", Role.AUDITOR, DISTRICT)
    assert (await refused(offering.take(desk, replan, stranger, offer.id))).code == "not-your-area"
    assert (await refused(offering.take(desk, replan, auditor, offer.id))).code == "not-allowed"
    assert (await refused(offering.inbox(desk, auditor))).code == "not-allowed"
    assert (await refused(offering.take(desk, replan, operator, 99))).code == "no-such-offer"
    assert (await refused(offering.decline(desk, replan, operator, offer.id, " "))).code == "reason-short"
    assert await offering.waiting_count(desk, auditor) == 0
    await offering.decline(desk, replan, operator, offer.id, "Trùng giờ")
    last = rows(AuditRow)[-1]
    assert last.areas == f" {COMMUNE} "
    assert "Trùng giờ" in last.after
    assert rows(PlanRow) == []


async def test_taken_into_a_programme_it_sounds_with_that_and_not_at_its_hour(
    place, waiting, planned, desk, replan, operator, state, refused, hire
):
    slot = await place()
    (offer,) = await waiting()
    morning = await programming.make(desk, operator, COMMUNE, None, "Sáng mai", None)
    staff = hire("trungtam", Role.STAFF, DISTRICT)
    theirs = await programming.make(desk, staff, NEIGHBOUR, None, "Của xã khác", None)
    for programme in (theirs.id, 99):
        no = await refused(offering.take_in(desk, replan, staff, offer.id, programme))
        assert no.code == "no-such-programme"
    told = await offering.take_in(desk, replan, operator, offer.id, morning.id)
    assert (told.state, told.programme, told.programme_title) == (S.IN_PROGRAMME, morning.id, "Sáng mai")
    assert planned() == []
    assert planned(NEIGHBOUR) == [EVENING]
    assert (await state(slot))[COMMUNE] is S.IN_PROGRAMME
    assert [p.title for p in (await programming.programme(desk, operator, morning.id)).parts] == ["Mời họp"]
    await offering.take(desk, replan, operator, offer.id)
    assert planned() == [EVENING]
    assert (await programming.programme(desk, operator, morning.id)).parts == (), "it is not to sound twice"

"""The life of what is offered to a commune: a table, a deadline, the fewest areas that are left."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadcast.areas_data import load_tree
from broadcast.domain.area_rules import AreaRule, offer_rule, require_answer_min
from broadcast.domain.offers import (
    ANSWERS,
    MOVES,
    Offer,
    OfferEvent,
    OfferRule,
    OfferState,
    after,
    asked,
    deadline,
    usual_hours,
)
from broadcast.domain.people import Actor, Grant, Role
from broadcast.domain.refusals import Refusal
from devices.vocabulary import AreaId

TREES = {name: load_tree(name) for name in ("tay-ninh-2024", "tay-ninh-2025")}
TREE = TREES["tay-ninh-2024"]
PROVINCE, DISTRICT, COMMUNE = (AreaId(a) for a in ("tinh-tay-ninh-72", "huyen-go-dau-710", "xa-thanh-duc-25657"))
NEIGHBOUR = AreaId("xa-cam-giang-25660")
NOON = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def at(minutes: float) -> datetime:
    return NOON + minutes * MINUTE


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(OfferEvent), st.integers(0, 30)), max_size=12), st.booleans(), st.integers(0, 90)
)
def test_whatever_happens_an_offer_is_answered_before_its_deadline_alone_and_ends_where_the_table_says(
    events, airs, lead
):
    offer, now = Offer(OfferState.OFFERED, at(60), deadline(at(60), NOON, lead * MINUTE), airs), NOON
    told = OfferState.OFFERED
    for event, minutes in events:
        now += minutes * MINUTE
        if event is OfferEvent.DEADLINE and now < offer.deadline:
            continue
        may = offer.open(now)
        try:
            state = after(offer, event, now)
        except Refusal:
            assert event in ANSWERS
            assert not may
            continue
        assert may or event not in ANSWERS
        told = MOVES.get((told, event), told)
        offer = Offer(state, offer.at, offer.deadline, airs)
        assert offer.state is told
    if offer.state in {OfferState.IN_PROGRAMME, OfferState.DECLINED, OfferState.PUT_OFF, OfferState.TAKEN_BACK}:
        assert not offer.sounds()
    elif offer.state is OfferState.TAKEN:
        assert offer.sounds()
    else:
        assert offer.sounds() is airs


@pytest.mark.parametrize("state", OfferState)
@pytest.mark.parametrize("event", OfferEvent)
def test_every_cell_of_the_table_is_done(state, event):
    offer = Offer(state, at(60), at(30), airs=True)
    if state is OfferState.TAKEN_BACK and event in ANSWERS:
        with pytest.raises(Refusal, match="offer-taken-back"):
            after(offer, event, NOON)
        return
    assert after(offer, event, NOON) is MOVES.get((state, event), state)


def test_the_deadline_itself_is_too_late_and_so_is_the_start():
    offer = Offer(OfferState.OFFERED, at(60), at(30), airs=True)
    just = timedelta(microseconds=1)
    assert after(offer, OfferEvent.DECLINE, at(30) - just) is OfferState.DECLINED
    for now, code in ((at(30), "offer-over"), (at(60) - just, "offer-over"), (at(60), "offer-begun")):
        assert not offer.open(now)
        with pytest.raises(Refusal, match=code):
            after(offer, OfferEvent.DECLINE, now)


def test_what_is_placed_later_than_the_deadline_is_answered_until_it_sounds():
    assert deadline(at(60), NOON, 30 * MINUTE) == at(30)
    assert deadline(at(30), NOON, 30 * MINUTE) == at(30)
    assert deadline(at(0.1), NOON, 30 * MINUTE) == at(0.1)


def test_communes_below_the_sender_are_asked_and_ones_own_are_not():
    def sender(*grants):
        return Actor(1, "ai", "Ai", tuple(Grant(role, area) for role, area in grants))

    staff = (Role.STAFF, DISTRICT)
    assert asked(TREE, sender(staff), [COMMUNE, NEIGHBOUR, COMMUNE]) == (NEIGHBOUR, COMMUNE)
    assert asked(TREE, sender((Role.PROVINCE, PROVINCE)), [COMMUNE]) == (COMMUNE,)
    assert asked(TREE, sender((Role.STAFF, COMMUNE)), [COMMUNE]) == ()
    assert asked(TREE, sender(staff, (Role.STAFF, COMMUNE)), [COMMUNE, NEIGHBOUR]) == (NEIGHBOUR,)
    assert asked(TREE, sender((Role.AUDITOR, PROVINCE)), [COMMUNE]) == ()
    assert asked(TREE, sender(staff), [DISTRICT]) == (), "what hangs at the district itself is in no commune"


def test_what_nobody_touched_follows_the_nearest_area_that_says_something_and_each_thing_by_itself():
    usual = AreaRule(untouched_airs=True, answer_min=30)
    said = {DISTRICT: AreaRule(untouched_airs=False), COMMUNE: AreaRule(answer_min=0)}
    assert offer_rule(TREE.path(COMMUNE), said, usual) == OfferRule(airs=False, lead=timedelta(0))
    assert offer_rule(TREE.path(NEIGHBOUR), said, usual) == OfferRule(airs=False, lead=30 * MINUTE)
    assert offer_rule((PROVINCE,), said, usual) == OfferRule()
    assert offer_rule((PROVINCE,), {}, AreaRule()) == OfferRule()
    for wrong in (-1, 24 * 60 + 1):
        with pytest.raises(Refusal, match="answer-min-bad"):
            require_answer_min(wrong)
    require_answer_min(None)
    require_answer_min(24 * 60)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), name=st.sampled_from(sorted(TREES)))
def test_the_areas_that_are_left_reach_every_commune_but_those_and_none_is_needless(data, name):
    tree = TREES[name]
    chosen = data.draw(st.lists(st.sampled_from(sorted(tree.areas)), max_size=4, unique=True))
    communes = sorted(a.id for a in tree.areas.values() if a.kind == "commune")
    without = data.draw(st.lists(st.sampled_from(communes), max_size=6, unique=True))
    left = tree.covering(chosen, without)
    paths = {c: set(tree.path(c)) for c in communes}
    covered = {c: len(paths[c].intersection(left)) for c in communes}
    heard = {c for c in communes if paths[c].intersection(chosen)} - set(without)
    assert {c for c in communes if covered[c]} == heard
    assert set(covered.values()) <= {0, 1}, "needless"
    for parent in {tree.get(area).parent for area in left if area not in tree.fewest(chosen)} - {None}:
        assert not {c for c in communes if parent in paths[c]} <= heard, "fewer would do"


def test_the_usual_hours_are_those_that_come_next_and_are_still_true():
    zone = ZoneInfo("Asia/Ho_Chi_Minh")

    def hours(after_, until=None):
        return [f"{h:%d %H:%M}" for h in usual_hours(after_, zone, until)]

    assert hours(NOON) == ["25 17:00", "26 05:00", "26 17:00"]
    five = datetime(2026, 11, 25, 17, 0, tzinfo=zone)
    assert hours(five) == ["26 05:00", "26 17:00", "27 05:00"]
    assert hours(NOON, five) == ["25 17:00"]

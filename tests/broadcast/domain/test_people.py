"""The table of permissions, against one that was written down a second time, by hand and by role."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.areas_data import load_tree
from broadcast.domain.bulletins import BulletinState
from broadcast.domain.people import ALLOWED, STATES, Action, Actor, Grant, Role, fewest, held, require
from broadcast.domain.refusals import Refusal
from devices.vocabulary import AreaId

TREE = load_tree("tay-ninh-2024")
PROVINCE, DISTRICT, COMMUNE = (AreaId(a) for a in ("tinh-tay-ninh-72", "huyen-go-dau-710", "xa-thanh-duc-25657"))
NEIGHBOUR, OTHER_DISTRICT = AreaId("xa-cam-giang-25660"), AreaId("huyen-ben-cau-711")

READS = {Action.SEE_RECEIVERS, Action.SEE_LOG}
ORDERS = {Action.STOP, Action.IDENTIFY, Action.ANSWER_OFFERS}
OWN = {Action.SEE_BULLETINS, Action.WRITE, Action.WITHDRAW, Action.PLACE}
NEWSROOM = OWN | {Action.APPROVE, Action.CORRECT_LEXICON, Action.EDIT_TEMPLATES, Action.SET_HOURS}
TOLD = {
    Role.PROVINCE: READS
    | ORDERS
    | NEWSROOM
    | {Action.RAISE_ALARM, Action.END_ALARM, Action.ENROL, Action.SEE_AUDIT, Action.SET_RULES},
    Role.STAFF: READS | ORDERS | NEWSROOM,
    Role.OPERATOR: READS | ORDERS | OWN,
    Role.APPROVER: READS | {Action.SEE_BULLETINS, Action.APPROVE, Action.WITHDRAW},
    Role.AUDITOR: READS | {Action.SEE_BULLETINS, Action.SEE_AUDIT, Action.SEE_PEOPLE},
    Role.ADMINISTRATOR: {Action.SEE_PEOPLE, Action.MANAGE_PEOPLE},
}
HOMES = {Role.PROVINCE: PROVINCE, Role.STAFF: DISTRICT, Role.OPERATOR: COMMUNE}
GRANTS = st.lists(
    st.builds(Grant, st.sampled_from(Role), st.sampled_from((PROVINCE, DISTRICT, COMMUNE, NEIGHBOUR, OTHER_DISTRICT))),
    max_size=5,
)


def person(*grants: Grant) -> Actor:
    return Actor(1, "ai", "Ai đó", grants)


def one(role: Role) -> Actor:
    return person(Grant(role, HOMES.get(role, DISTRICT)))


def may(actor: Actor, action: Action, area: AreaId, state: BulletinState | None = None) -> bool:
    try:
        require(actor, action, [area], TREE, state)
    except Refusal:
        return False
    return True


def test_every_cell_is_decided():
    assert set(ALLOWED) == set(itertools.product(Action, Role))


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("role", Role)
def test_every_role_and_action_is_as_it_was_meant(role, action):
    actor = one(role)
    assert actor.may(action) is (action in TOLD[role])
    if action in TOLD[role]:
        require(actor, action, [HOMES.get(role, DISTRICT)], TREE)
    else:
        with pytest.raises(Refusal, match="not-allowed"):
            require(actor, action, [HOMES.get(role, DISTRICT)], TREE)


@pytest.mark.parametrize("state", BulletinState)
@pytest.mark.parametrize(("action", "role"), list(ALLOWED))
def test_a_state_of_the_bulletin_narrows_what_a_role_may_do(action, role, state):
    allowed = ALLOWED[action, role]
    actor, area = one(role), HOMES.get(role, DISTRICT)
    assert may(actor, action, area, state) is (state in allowed)
    if allowed and state not in allowed:
        with pytest.raises(Refusal, match="bulletin-life"):
            require(actor, action, [area], TREE, state)


def test_an_auditor_changes_nothing_and_only_administrators_manage_people():
    seeing = {a for a in Action if a.value.startswith("see-")}
    assert {a for a in Action if ALLOWED[a, Role.AUDITOR]} == seeing
    assert {r for r in Role if ALLOWED[Action.MANAGE_PEOPLE, r]} == {Role.ADMINISTRATOR}
    assert STATES["submitted"] == ALLOWED[Action.APPROVE, Role.APPROVER]


def test_areas_are_held_with_everything_below():
    require(one(Role.STAFF), Action.PLACE, [DISTRICT, COMMUNE], TREE)


@pytest.mark.parametrize("area", [PROVINCE, OTHER_DISTRICT])
def test_what_lies_above_or_beside_is_not_ones_own(area):
    with pytest.raises(Refusal) as no:
        require(one(Role.STAFF), Action.PLACE, [COMMUNE, area], TREE)
    assert (no.value.code, no.value.facts) == ("not-your-area", {"area": TREE.get(area).name})


def test_a_role_in_one_area_gives_nothing_in_another_where_one_holds_another_role():
    both = person(Grant(Role.OPERATOR, COMMUNE), Grant(Role.AUDITOR, PROVINCE))
    require(both, Action.STOP, [COMMUNE], TREE)
    require(both, Action.SEE_BULLETINS, [NEIGHBOUR], TREE)
    with pytest.raises(Refusal, match="not-your-area"):
        require(both, Action.STOP, [NEIGHBOUR], TREE)
    assert both.where(Action.STOP) == (COMMUNE,)
    assert both.areas == (COMMUNE, PROVINCE)
    assert both.roles == (Role.OPERATOR, Role.AUDITOR)


def test_someone_who_holds_nothing_may_do_nothing():
    with pytest.raises(Refusal, match="not-allowed"):
        require(person(), Action.SEE_LOG, [PROVINCE], TREE)


def test_an_area_that_is_not_there_is_refused():
    with pytest.raises(Refusal, match="no-such-area"):
        require(one(Role.PROVINCE), Action.PLACE, [AreaId("xa-khong-co-1")], TREE)


@given(GRANTS)
def test_the_fewest_grants_hold_just_as_much(grants):
    whole, few = person(*grants), person(*fewest(grants, TREE))
    assert len(few.grants) <= len(set(grants))
    for action in (Action.WRITE, Action.STOP, Action.APPROVE, Action.MANAGE_PEOPLE, Action.RAISE_ALARM):
        for area in (PROVINCE, DISTRICT, COMMUNE, NEIGHBOUR, OTHER_DISTRICT):
            assert may(whole, action, area) is may(few, action, area)


@given(GRANTS, st.sampled_from((PROVINCE, DISTRICT, COMMUNE, NEIGHBOUR, OTHER_DISTRICT)))
def test_looking_at_one_area_shows_it_alone_and_never_gives_more(grants, chosen):
    whole = person(*grants)
    narrow = whole.within(chosen, TREE)
    for action in Action:
        for area in (PROVINCE, DISTRICT, COMMUNE, NEIGHBOUR, OTHER_DISTRICT):
            expected = may(whole, action, area) and TREE.holds(chosen, area)
            assert may(narrow, action, area) is expected


def test_what_a_reform_took_away_is_left_out_of_a_narrowed_view():
    gone = AreaId("xa-da-sap-nhap-1")
    assert person(*held(Role.OPERATOR, gone, COMMUNE)).within(COMMUNE, TREE).areas == (COMMUNE,)

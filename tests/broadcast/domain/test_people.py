import pytest

from broadcast.areas_data import load_tree
from broadcast.domain.people import ALLOWED, Action, Actor, Role, require
from broadcast.domain.refusals import Refusal
from devices.vocabulary import AreaId

TREE = load_tree("tay-ninh-2024")
PROVINCE, DISTRICT, COMMUNE = (AreaId(a) for a in ("tinh-tay-ninh-72", "huyen-go-dau-710", "xa-thanh-duc-25657"))
OTHER_DISTRICT = AreaId("huyen-ben-cau-711")

TOLD = {
    # action: province, staff, operator
    Action.WRITE: "yes yes no",
    Action.APPROVE: "yes yes no",
    Action.PLACE: "yes yes no",
    Action.STOP: "yes yes yes",
    Action.IDENTIFY: "yes yes yes",
    Action.SEE_RECEIVERS: "yes yes yes",
    Action.SEE_LOG: "yes yes yes",
    Action.RAISE_ALARM: "yes no no",
    Action.END_ALARM: "yes no no",
    Action.ENROL: "yes no no",
    Action.SEE_AUDIT: "yes no no",
    Action.CORRECT_LEXICON: "yes yes no",
}
HOMES = {Role.PROVINCE: PROVINCE, Role.STAFF: DISTRICT, Role.OPERATOR: COMMUNE}


def person(role: Role) -> Actor:
    return Actor(1, "ai", "Ai đó", role, (HOMES[role],))


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("role", Role)
def test_every_role_and_action_is_decided(role, action):
    allowed = TOLD[action].split()[list(Role).index(role)] == "yes"
    assert person(role).may(action) is allowed
    if allowed:
        require(person(role), action, [HOMES[role]], TREE)
    else:
        with pytest.raises(Refusal, match="not-allowed"):
            require(person(role), action, [HOMES[role]], TREE)


def test_every_role_stands_in_the_table():
    assert set(ALLOWED) == set(Role)


def test_areas_are_held_with_everything_below():
    require(person(Role.STAFF), Action.PLACE, [DISTRICT, COMMUNE], TREE)


@pytest.mark.parametrize("area", [PROVINCE, OTHER_DISTRICT])
def test_what_lies_above_or_beside_is_not_ones_own(area):
    with pytest.raises(Refusal) as no:
        require(person(Role.STAFF), Action.PLACE, [COMMUNE, area], TREE)
    assert (no.value.code, no.value.facts) == ("not-your-area", {"area": TREE.get(area).name})


def test_someone_without_an_area_may_nothing_anywhere():
    nobody = Actor(1, "ai", "Ai đó", Role.PROVINCE, ())
    with pytest.raises(Refusal, match="not-your-area"):
        require(nobody, Action.RAISE_ALARM, [PROVINCE], TREE)


def test_an_area_that_is_not_there_is_refused():
    with pytest.raises(Refusal, match="no-such-area"):
        require(person(Role.PROVINCE), Action.PLACE, [AreaId("xa-khong-co-1")], TREE)

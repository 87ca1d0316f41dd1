"""Who may look after whose account: every role, inside and outside one's areas, and never one's own."""

from dataclasses import replace

import pytest
from sqlmodel import Session

from broadcast.domain.house import Bell
from broadcast.domain.people import ALLOWED, Action, Grant, Role, held
from broadcast.domain.refusals import Refusal
from broadcast.people import account_books, administration, choosing_passwords, sessions
from broadcast.people.account_types import NewPerson, PeopleAsk
from broadcast.records import PersonRow
from broadcast.tables.account_records import SessionRow, TicketRow
from devices.vocabulary import AreaId

PROVINCE, DISTRICT, COMMUNE, ELSEWHERE = (
    AreaId(a) for a in ("tinh-tay-ninh-72", "huyen-go-dau-710", "xa-thanh-duc-25657", "huyen-ben-cau-711")
)
KEY = b"k" * 32
NEW = NewPerson("hoa", "Nguyễn Thị Hoa", "hoa@tayninh.vn", held(Role.OPERATOR, COMMUNE))


@pytest.fixture
def bell():
    return Bell()


@pytest.fixture
def chief(hire):
    return hire("quantri", Role.ADMINISTRATOR, PROVINCE)


@pytest.fixture
def local(hire):
    """Looks after the accounts of one district."""
    return hire("quantrihuyen", Role.ADMINISTRATOR, DISTRICT)


@pytest.fixture
def deeds(desk, bell, operator):
    """Everything that can be done to an account, done to the operator of the commune."""
    them = operator.id
    return {
        "add": lambda actor: administration.add(desk, KEY, actor, NEW, by_link=True),
        "rename": lambda actor: administration.rename(desk, bell, actor, them, "Tên khác", ""),
        "set_grants": lambda actor: administration.set_grants(desk, bell, actor, them, held(Role.STAFF, COMMUNE)),
        "deactivate": lambda actor: administration.deactivate(desk, bell, actor, them),
        "reactivate": lambda actor: administration.reactivate(desk, bell, actor, them),
        "reset": lambda actor: administration.reset(desk, KEY, bell, actor, them, by_link=True),
        "drop_second_factor": lambda actor: administration.drop_second_factor(desk, bell, actor, them),
        "end_session": lambda actor: administration.end_session(desk, bell, actor, them, None),
    }


DEEDS = (
    "add", "rename", "set_grants", "deactivate", "reactivate", "reset", "drop_second_factor", "end_session",
)  # fmt: skip


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("deed", DEEDS)
async def test_accounts_are_changed_by_their_administrators_alone(deeds, hire, refused, deed, role):
    actor = hire("ai", role, PROVINCE)
    if ALLOWED[Action.MANAGE_PEOPLE, role]:
        await deeds[deed](actor)
    else:
        assert (await refused(deeds[deed](actor))).code == "not-allowed"


@pytest.mark.parametrize("deed", DEEDS)
async def test_and_only_in_their_own_areas(deeds, hire, refused, deed):
    beside = hire("ai", Role.ADMINISTRATOR, ELSEWHERE)
    assert (await refused(deeds[deed](beside))).code in {"no-such-person", "not-your-area"}


@pytest.mark.parametrize("deed", [d for d in DEEDS if d not in {"add", "set_grants"}])
async def test_nobody_is_reset_by_someone_who_holds_less_than_they_do(desk, deeds, local, operator, refused, deed):
    """Else a district could make itself a province through a person who works in both."""
    with Session(desk.store.engine) as session:
        account_books.hold(desk, session, operator.id, [*operator.grants, Grant(Role.STAFF, PROVINCE)])
        session.commit()
    assert (await refused(deeds[deed](local))).code == "not-your-person"


@pytest.mark.parametrize("role", Role)
async def test_people_are_seen_by_who_may_see_them(desk, hire, operator, role):
    actor = hire("ai", role, COMMUNE)
    if ALLOWED[Action.SEE_PEOPLE, role]:
        page = await administration.people(desk, actor, PeopleAsk())
        assert {p.login for p in page.people} == {"ai", "xa"}
        assert (await administration.person(desk, actor, operator.id)).login == "xa"
        return
    with pytest.raises(Refusal, match="not-allowed"):
        await administration.people(desk, actor, PeopleAsk())
    with pytest.raises(Refusal, match="not-allowed"):
        await administration.person(desk, actor, operator.id)


async def test_people_are_found_without_tone_marks_and_listed_in_pages(desk, chief, hire):
    for n in range(5):
        hire(f"canbo{n}", Role.STAFF, DISTRICT)
    assert (await administration.people(desk, chief, PeopleAsk("nguoi canbo3"))).total == 1
    page = await administration.people(desk, chief, PeopleAsk(page=1, page_size=4))
    assert (len(page.people), page.total) == (2, 6)


@pytest.mark.parametrize("change", [held(Role.PROVINCE, PROVINCE), ()])
async def test_nobody_changes_what_they_hold_themselves(desk, bell, chief, refused, change):
    for attempt in (
        administration.set_grants(desk, bell, chief, chief.id, change),
        administration.deactivate(desk, bell, chief, chief.id),
        administration.reset(desk, KEY, bell, chief, chief.id, by_link=False),
    ):
        assert (await refused(attempt)).code == "own-account"


@pytest.mark.parametrize(
    ("grants", "code"),
    [
        ((), "no-areas"),
        (held(Role.OPERATOR, ELSEWHERE), "not-your-area"),
        (held(Role.ADMINISTRATOR, PROVINCE), "not-your-area"),
        (held(Role.PROVINCE, DISTRICT), "role-area"),
        (held(Role.OPERATOR, AreaId("xa-khong-co-1")), "no-such-area"),
        (held(Role.OPERATOR, *(AreaId(f"xa-{n}") for n in range(101))), "grants-many"),
    ],
)
async def test_roles_are_given_within_ones_areas_alone(desk, bell, local, operator, refused, grants, code):
    assert (await refused(administration.set_grants(desk, bell, local, operator.id, grants))).code == code
    assert (await refused(administration.add(desk, KEY, local, replace(NEW, grants=grants), by_link=True))).code == code


async def test_a_role_elsewhere_is_neither_taken_nor_touched(desk, bell, local, chief, operator):
    both = (*operator.grants, Grant(Role.AUDITOR, ELSEWHERE))
    await administration.set_grants(desk, bell, chief, operator.id, both)
    changed = (Grant(Role.STAFF, COMMUNE), Grant(Role.AUDITOR, ELSEWHERE))
    await administration.set_grants(desk, bell, local, operator.id, changed)
    with pytest.raises(Refusal, match="not-your-area"):
        await administration.set_grants(desk, bell, local, operator.id, held(Role.STAFF, COMMUNE))
    view = await administration.person(desk, local, operator.id)
    assert {(g.grant, g.mine) for g in view.grants} == {(changed[0], True), (changed[1], False)}
    assert not view.manageable


async def test_who_leaves_is_out_at_once_and_comes_back_as_they_were(desk, bell, chief, operator, rows):
    token = await sessions.begin(desk, operator, "10.0.0.9", "Firefox", "password")
    assert await sessions.whose(desk, token)
    rung = bell.revision
    await administration.deactivate(desk, bell, chief, operator.id)
    assert await sessions.whose(desk, token) is None
    assert bell.revision > rung
    assert [p.login for p in (await administration.people(desk, chief, PeopleAsk())).people] == ["quantri"]
    assert (await administration.people(desk, chief, PeopleAsk(left=True))).total == 2
    await administration.reactivate(desk, bell, chief, operator.id)
    assert await sessions.whose(desk, token) is None, "an old session stays dead"
    assert (await administration.person(desk, chief, operator.id)).grants[0].grant == operator.grants[0]
    assert len(rows(PersonRow)) == 2


async def test_an_administrator_who_was_deactivated_meanwhile_does_nothing_more(desk, bell, chief, hire, operator):
    other = hire("quantri2", Role.ADMINISTRATOR, PROVINCE)
    await administration.deactivate(desk, bell, other, chief.id)
    with pytest.raises(Refusal, match="not-allowed"):
        await administration.deactivate(desk, bell, chief, other.id)
    with pytest.raises(Refusal, match="not-allowed"):
        await administration.reset(desk, KEY, bell, chief, operator.id, by_link=True)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"login": "xa"}, "login-taken"),
        ({"login": "Hoa Mai"}, "login-bad"),
        ({"name": "\n"}, "name-bad"),
        ({"email": "hoa"}, "email-bad"),
        ({"email": "<b>@x.vn>"}, None),
    ],
)
async def test_what_is_typed_is_looked_at(desk, chief, operator, refused, change, code):
    attempt = administration.add(desk, KEY, chief, replace(NEW, **change), by_link=True)
    if code is None:
        await attempt  # odd, but an address; pages show it as text
    else:
        assert (await refused(attempt)).code == code


async def test_an_address_names_one_person(desk, bell, chief, operator, refused):
    await administration.add(desk, KEY, chief, NEW, by_link=True)
    attempt = administration.rename(desk, bell, chief, operator.id, "Lê Xã", "HOA@tayninh.vn")
    assert (await refused(attempt)).code == "email-taken"


async def test_a_link_is_signed_kept_as_a_hash_and_good_once(desk, bell, chief, rows, clock):
    way = await administration.add(desk, KEY, chief, NEW, by_link=True)
    assert way.token not in repr(rows(TicketRow))
    assert (await choosing_passwords.invited(desk, KEY, way.token)).login == "hoa"
    for forged in ("", "x", way.token[:-1] + "0", way.token.split(".")[0], way.token + "x", "a" * 10_000):
        with pytest.raises(Refusal, match="link-dead"):
            await choosing_passwords.invited(desk, KEY, forged)
    with pytest.raises(Refusal, match="password-short"):
        await choosing_passwords.accept(desk, KEY, bell, way.token, "ngan")
    await choosing_passwords.accept(desk, KEY, bell, way.token, "loa làng buổi sáng")
    with pytest.raises(Refusal, match="link-dead"):
        await choosing_passwords.accept(desk, KEY, bell, way.token, "loa làng buổi chiều")
    late = await administration.reset(desk, KEY, bell, chief, way.person, by_link=True)
    clock.on(hours=account_books.LINK_HOURS)
    with pytest.raises(Refusal, match="link-dead"):
        await choosing_passwords.invited(desk, KEY, late.token)


async def test_a_newer_link_and_leaving_kill_the_older_one(desk, bell, chief):
    first = await administration.add(desk, KEY, chief, NEW, by_link=True)
    second = await administration.reset(desk, KEY, bell, chief, first.person, by_link=True)
    with pytest.raises(Refusal, match="link-dead"):
        await choosing_passwords.invited(desk, KEY, first.token)
    await administration.deactivate(desk, bell, chief, first.person)
    with pytest.raises(Refusal, match="link-dead"):
        await choosing_passwords.invited(desk, KEY, second.token)


async def test_one_browser_of_somebody_is_logged_out_and_only_theirs(desk, bell, chief, operator, staff, rows):
    tokens = [await sessions.begin(desk, who, "10.0.0.9", "x", "password") for who in (operator, operator, staff)]
    view = await administration.person(desk, chief, operator.id)
    assert len(view.sessions) == 2
    strangers = rows(SessionRow)[2].id
    await administration.end_session(desk, bell, chief, operator.id, strangers)
    await administration.end_session(desk, bell, chief, operator.id, rows(SessionRow)[0].id)
    assert [await sessions.whose(desk, t) is not None for t in tokens] == [False, True, True]

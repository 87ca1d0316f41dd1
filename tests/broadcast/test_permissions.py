"""Every cell of the permission table, asked of the use cases themselves: what is not allowed changes nothing."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlmodel import Session

from broadcast import auditing, editing, logbook, scheduling, views
from broadcast.agenda import guarding, offering
from broadcast.alarm.ledger import Ledger
from broadcast.domain.alarms import CONFIRMATION
from broadcast.domain.bulletins import BulletinState
from broadcast.domain.people import ALLOWED, Action, Actor, Role
from broadcast.domain.refusals import Refusal
from broadcast.emergency import Emergency
from broadcast.newsroom import ending, lexicons, life, templating, version_books
from broadcast.receivers import enrolment
from broadcast.receivers.orders import Orders
from broadcast.receivers.presence import Presence
from broadcast.records import BulletinRow
from broadcast.view_types import LogAsk, TrailAsk
from broadcast.wire import Wire
from devices.loopback import Exchange, LoopbackLink
from devices.signing import Signer
from devices.vocabulary import AreaId, Siren

COMMUNE = AreaId("xa-thanh-duc-25657")
DAY = "2026-11-25"
Attempt = Callable[[Actor, int], Awaitable[object]]

STATELESS = (
    Action.STOP,
    Action.IDENTIFY,
    Action.SEE_RECEIVERS,
    Action.SEE_LOG,
    Action.RAISE_ALARM,
    Action.END_ALARM,
    Action.ENROL,
    Action.CORRECT_LEXICON,
    Action.EDIT_TEMPLATES,
    Action.SEE_AUDIT,
    Action.SET_RULES,
    Action.SET_HOURS,
    Action.ANSWER_OFFERS,
)
OF_A_BULLETIN = (Action.SEE_BULLETINS, Action.WRITE, Action.APPROVE, Action.WITHDRAW, Action.PLACE)


@pytest.fixture
def lies(desk, spoken):
    """A bulletin in a state; what was handed in has its version."""

    def lies(author: Actor, state: BulletinState, area: AreaId) -> int:
        bulletin: int = spoken(author, area=area, state=state.value)
        with Session(desk.store.engine) as session:
            version_books.cut(session, session.get_one(BulletinRow, bulletin), author.id, desk.now())
            session.commit()
        return bulletin

    return lies


@dataclass
class Rooms:
    """The use cases, each behind the action it asks for."""

    doors: dict[Action, Attempt]
    exchange: Exchange


@pytest.fixture
async def rooms(desk, replan, receivers, hire, spoken, tmp_path: Path):
    exchange = Exchange()
    wire = Wire(LoopbackLink(exchange), Signer("server-1", Ed25519PrivateKey.generate()))
    await wire.open()
    presence, orders = Presence(), Orders(desk, wire)
    emergency = Emergency(wire, Ledger(tmp_path / "alarms"), desk.tree, desk.settings.emergency, desk.now, desk.bell)
    chief = hire("chief", Role.PROVINCE, desk.tree.root.id)

    def trust(receiver: str, key: bytes) -> None:
        pass

    async def assign(receiver: str) -> None:
        pass

    async def assign_all(receivers: Iterable[str]) -> None:
        pass

    async def end_alarm(actor: Actor, _: int) -> object:
        alarm = await emergency.raise_alarm(chief, (COMMUNE,), Siren.WAIL, "Nước lên", CONFIRMATION)
        return await emergency.end_alarm(actor, alarm.id)

    def place(actor: Actor, bulletin: int) -> Awaitable[object]:
        at = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)
        return scheduling.place(desk, replan, actor, bulletin, (COMMUNE,), at, "")

    async def answer_offer(actor: Actor, _: int) -> object:
        at = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)
        await scheduling.place(desk, replan, chief, spoken(chief), (COMMUNE,), at, "")
        (offer,) = (await offering.inbox(desk, chief)).waiting
        return await offering.take(desk, replan, actor, offer.id)

    def newest(bulletin: int) -> str:
        with Session(desk.store.engine) as session:
            found = version_books.newest(session, bulletin)
            return found.hash if found else ""

    key = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    doors: dict[Action, Attempt] = {
        Action.SEE_BULLETINS: lambda actor, bulletin: views.bulletin(desk, actor, bulletin),
        Action.WRITE: lambda actor, bulletin: editing.save(desk, actor, bulletin, "Khác", "Lời khác"),
        Action.APPROVE: lambda actor, bulletin: life.approve(desk, actor, bulletin, newest(bulletin), "nghe rồi"),
        Action.WITHDRAW: lambda actor, bulletin: ending.withdraw(desk, replan, actor, bulletin),
        Action.SET_RULES: lambda actor, _: life.set_two_people(desk, actor, COMMUNE, demanded=True),
        Action.SET_HOURS: lambda actor, _: guarding.set_rule(desk, assign_all, actor, COMMUNE, "21:00", "05:00", None),
        Action.PLACE: place,
        Action.STOP: lambda actor, _: orders.stop(actor, COMMUNE),
        Action.IDENTIFY: lambda actor, _: orders.identify(actor, "thanh-duc-1"),
        Action.SEE_RECEIVERS: lambda actor, _: views.receivers(desk, presence, actor),
        Action.SEE_LOG: lambda actor, _: logbook.log(desk, actor, LogAsk(DAY, DAY, COMMUNE)),
        Action.RAISE_ALARM: lambda actor, _: emergency.raise_alarm(
            actor, (COMMUNE,), Siren.WAIL, "Nước lên", CONFIRMATION
        ),
        Action.END_ALARM: end_alarm,
        Action.ENROL: lambda actor, _: enrolment.enrol(desk, trust, assign, actor, "moi-1", COMMUNE, "Loa mới", key),
        Action.CORRECT_LEXICON: lambda actor, _: lexicons.lexicon(desk, actor, COMMUNE),
        Action.ANSWER_OFFERS: answer_offer,
        Action.EDIT_TEMPLATES: lambda actor, _: templating.templates(desk, actor, COMMUNE),
        Action.SEE_AUDIT: lambda actor, _: auditing.trail(desk, actor, TrailAsk(DAY, DAY, area=COMMUNE)),
    }
    yield Rooms(doors, exchange)
    await wire.close()


def test_every_action_is_asked_of_some_use_case():
    people = {Action.SEE_PEOPLE, Action.MANAGE_PEOPLE}  # in test_administration
    assert set(Action) == {*STATELESS, *OF_A_BULLETIN} | people


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", STATELESS)
async def test_what_touches_no_bulletin_is_done_for_those_who_may_and_refused_to_all_others(
    rooms, desk, hire, action, role
):
    actor = hire("ai", role, COMMUNE)
    if ALLOWED[action, role]:
        await rooms.doors[action](actor, 0)
        return
    before = len(rooms.exchange.published)
    with pytest.raises(Refusal, match="not-allowed"):
        await rooms.doors[action](actor, 0)
    assert len(rooms.exchange.published) == before + (action is Action.END_ALARM)


@pytest.mark.parametrize("action", STATELESS)
async def test_nobody_does_it_in_the_commune_next_door(rooms, hire, action):
    role = next(r for r in Role if ALLOWED[action, r])
    actor = hire("ai", role, AreaId("xa-cam-giang-25660"))
    if action is Action.SEE_RECEIVERS:
        (seen,) = await rooms.doors[action](actor, 0)
        assert seen.id == "cam-giang-1"
        return
    with pytest.raises(Refusal, match="not-your-area"):
        await rooms.doors[action](actor, 0)


@pytest.mark.parametrize("state", BulletinState)
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", OF_A_BULLETIN)
async def test_a_bulletin_in_each_state_is_open_to_each_role_as_the_table_says(
    rooms, hire, staff, lies, whole, action, role, state
):
    actor = hire("ai", role, COMMUNE)
    own = role is Role.OPERATOR and action is Action.PLACE  # what others wrote waits for an approver: test_operators
    bulletin = lies(actor if own else staff, state, COMMUNE)
    if state in ALLOWED[action, role]:
        await rooms.doors[action](actor, bulletin)
        return
    before = whole()
    with pytest.raises(Refusal) as no:
        await rooms.doors[action](actor, bulletin)
    seen = bool(ALLOWED[Action.SEE_BULLETINS, role])
    assert no.value.code == (
        "bulletin-life" if ALLOWED[action, role] else "not-allowed" if seen or action is not Action.SEE_BULLETINS
        else "no-such-bulletin"
    )  # fmt: skip
    assert whole() == before


@pytest.mark.parametrize("action", OF_A_BULLETIN)
async def test_who_only_reads_everywhere_writes_where_they_write_alone(rooms, desk, hire, staff, lies, spoken, action):
    theirs, others = lies(staff, BulletinState.SUBMITTED, COMMUNE), spoken(staff, area="xa-cam-giang-25660")
    actor = hire("ai", Role.AUDITOR, desk.tree.root.id)
    assert await views.bulletin(desk, actor, theirs)
    assert await views.bulletin(desk, actor, others)
    if action is not Action.SEE_BULLETINS:
        for bulletin in (theirs, others):
            with pytest.raises(Refusal, match="not-allowed"):
                await rooms.doors[action](actor, bulletin)

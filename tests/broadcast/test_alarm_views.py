import asyncio
from datetime import timedelta

import pytest
from sqlmodel import Session

from broadcast import views
from broadcast.domain.alarms import AlarmInForce
from broadcast.domain.deliveries import DeliveryState
from broadcast.domain.people import Role
from broadcast.domain.refusals import Refusal
from broadcast.receivers.presence import Presence
from broadcast.records import AlarmRow, DeliveryRow
from devices.vocabulary import AlarmId, AreaId, Siren

PROVINCE = AreaId("tinh-tay-ninh-72")
DISTRICT = AreaId("huyen-go-dau-710")
COMMUNE = AreaId("xa-thanh-duc-25657")
NEIGHBOUR = AreaId("xa-cam-giang-25660")
ELSEWHERE = AreaId("huyen-ben-cau-711")


@pytest.fixture
def alarm(clock):
    def alarm(name="a1", areas=(DISTRICT,), ago=timedelta(), **fields):
        at = clock.time - ago
        return AlarmInForce(
            AlarmId(name), areas, Siren.WAIL, "Lũ về", 1, "Trực ban", at, at + timedelta(minutes=30), **fields
        )

    return alarm


def enter(desk, alarm, heard=()):
    """An alarm and its deliveries, into the books at once."""
    with Session(desk.store.engine) as session:
        session.add(
            AlarmRow(
                id=alarm.id,
                areas=list(alarm.areas),
                siren=alarm.siren.value,
                words=alarm.words,
                raised_by=alarm.raised_by,
                raised_name=alarm.raised_name,
                raised_at=alarm.raised_at,
                until=alarm.until,
                ended_at=alarm.ended_at,
            )
        )
        session.add_all(
            DeliveryRow(
                subject=alarm.id,
                receiver=receiver,
                kind="alarm",
                area=area,
                state="playing",
                planned_at=alarm.raised_at,
                seconds=8.0,
                news_at=alarm.raised_at,
            )
            for receiver, area in heard
        )
        session.commit()


async def alarms(desk, actor, *board, presence=None):
    return await views.alarms(desk, presence or Presence(), lambda: board, actor)


async def test_an_alarm_in_force_shows_who_heard_it(desk, operator, province, receivers, alarm):
    raised = alarm(words_ready=True, unsent=(DISTRICT,))
    enter(desk, raised, [("thanh-duc-1", COMMUNE), ("cam-giang-1", NEIGHBOUR)])
    (seen,) = await alarms(desk, province, raised)
    assert (seen.in_force, seen.words_ready, seen.unsent) == (True, True, ("Huyện Gò Dầu",))
    assert (seen.area_names, seen.siren, seen.raised_name) == (("Huyện Gò Dầu",), "wail", "Trực ban")
    assert [(d.receiver, d.title, d.state) for d in seen.deliveries] == [
        ("cam-giang-1", "Lũ về", DeliveryState.PLAYING),
        ("thanh-duc-1", "Lũ về", DeliveryState.PLAYING),
    ]
    (own,) = await alarms(desk, operator, raised)
    assert [d.receiver_name for d in own.deliveries] == ["Loa thanh-duc-1"]


async def test_an_alarm_is_seen_by_whom_it_touches(desk, operator, staff, stranger, hire, alarm):
    raised = alarm(areas=(COMMUNE,))
    neighbour = hire("camgiang", Role.OPERATOR, NEIGHBOUR)
    for actor, sees in ((operator, 1), (staff, 1), (stranger, 0), (neighbour, 0)):
        assert len(await alarms(desk, actor, raised)) == sees


async def test_past_alarms_are_shown_for_a_day_those_in_force_first(desk, province, alarm):
    yesterday, hours_ago, now = (
        alarm("a1", ago=timedelta(days=1, seconds=1)),
        alarm("a2", ago=timedelta(hours=3)),
        alarm("a3"),
    )
    ended = alarm("a4", ended_at=now.raised_at)
    for one in (yesterday, hours_ago, ended):
        enter(desk, one)
    seen = await alarms(desk, province, now)
    assert [a.id for a in seen] == ["a3", "a4", "a2"]
    assert [a.in_force for a in seen] == [True, False, False]


async def test_what_the_server_holds_is_newer_than_the_books(desk, province, alarm, clock):
    enter(desk, alarm())
    (seen,) = await alarms(desk, province, alarm(ended_at=clock.time))
    assert not seen.in_force


async def test_alarms_are_shown_though_the_books_do_not_answer(desk, province, alarm, monkeypatch):
    async def fails(_work):
        raise Refusal("store-failed")

    async def hangs(_work):
        await asyncio.Event().wait()

    monkeypatch.setattr(views, "STORE_LIMIT_S", 0.01)
    for read in (fails, hangs):
        monkeypatch.setattr(desk.store, "read", read)
        (seen,) = await alarms(desk, province, alarm())
        assert (seen.id, seen.in_force, seen.deliveries) == ("a1", True, ())

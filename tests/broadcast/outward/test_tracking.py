import asyncio
import itertools
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from broadcast import tracking
from broadcast.domain.refusals import Refusal
from broadcast.planning import Planner
from broadcast.receivers import report_books
from broadcast.records import DeliveryRow, JournalRow, ReceiverRow, ReportRow
from broadcast.store import Store
from broadcast.tracking import Tracking
from devices.messages import Ack, Finished, Missed, NowPlaying, ReceiverReport, Refused, Started, State
from devices.topics import Leaf
from devices.vocabulary import Outcome, Part

LIMIT_S = 30


@pytest.fixture
async def taking(house):
    taking = Tracking(house.desk, house.presence, house.wire)
    house.wire.on_state, house.wire.on_report = taking.take_state, taking.take_report
    taking.start()
    yield taking
    await taking.stop()


async def until(true):
    async with asyncio.timeout(LIMIT_S):
        while True:
            found = true()
            if asyncio.iscoroutine(found):
                found = await found
            if found:
                return
            await asyncio.sleep(0.005)


def state(house, receiver="loa-1", *, plans=None, missing=(), session=1, **more):
    return State(
        receiver=receiver,
        session=session,
        at=house.hands.now(),
        online=True,
        plans=plans or {},
        missing=missing,
        **more,
    )


def started(house, subject, number=1, receiver="loa-1", **more):
    now = house.hands.now()
    return Started(
        receiver=receiver,
        journal="j1",
        number=number,
        at=now,
        subject=subject,
        started_at=now,
        planned_at=now,
        start_error_ms=3.5,
        **more,
    )


def finished(house, subject, number=2, receiver="loa-1", outcome=Outcome.PLAYED, played_ms=30_000, **more):
    return Finished(
        receiver=receiver,
        journal="j1",
        number=number,
        at=house.hands.now(),
        subject=subject,
        outcome=outcome,
        played_ms=played_ms,
        frames=played_ms * 48,
        started_at=house.hands.now(),
        **more,
    )


async def one_airing(house, *receivers):
    (area,) = house.communes(1)
    await house.hang(area, *(receivers or ("loa-1",)))
    name = await house.place([area], house.hands.now() + timedelta(minutes=10))
    await Planner(house.desk, house.wire).replan([area])
    plan = house.said(house.sent(Leaf.PLAN)[0])
    return name, {f"area/{area}": plan.number}, plan.airings[0].clip


def acks(house, receiver="loa-1"):
    said = (house.said(m) for m in house.sent(Leaf.ACK))
    return [a for a in said if a.target == f"receiver/{receiver}"]


async def test_a_receiver_that_holds_the_plan_has_received_it_and_is_ready_once_it_has_the_sound(house, taking):
    name, plans, clip = await one_airing(house)
    house.speak(state(house, plans=plans, missing=(clip,)))
    await until(lambda: _is(house, name, "received"))
    house.speak(state(house, plans=plans))
    await until(lambda: _is(house, name, "ready"))


async def _is(house, name, what, receiver="loa-1"):
    return (await house.states(name)).get(receiver) == what


async def test_an_older_plan_makes_nothing_ready(house, taking):
    name, plans, _ = await one_airing(house)
    house.speak(state(house, plans={target: number - 1 for target, number in plans.items()}))
    await until(lambda: not taking._states and not taking._heard)
    house.speak(started(house, "anything"))
    await until(lambda: taking.taken == 1)
    assert await _is(house, name, "sent")


async def test_books_that_changed_under_a_receiver_that_says_nothing_new_are_looked_at_again(house, taking):
    name, plans, _ = await one_airing(house)
    house.speak(state(house, plans=plans))
    await until(lambda: _is(house, name, "ready"))

    def forget(session):
        row = session.get(DeliveryRow, (name, "loa-1"))
        row.state = "sent"
        session.add(row)

    await house.store.write(forget)
    house.hands.turn(minutes=6)
    await taking.sweep()
    house.speak(state(house, plans=plans))
    await until(lambda: _is(house, name, "ready"))


async def test_progress_while_playing_is_kept_in_memory_alone(house, taking):
    name, plans, _ = await one_airing(house)
    house.speak(state(house, plans=plans))
    await until(lambda: _is(house, name, "ready"))
    before = await house.rows(DeliveryRow)
    playing = NowPlaying(subject=name, part=Part.AIRING, position_ms=2000, total_ms=30_000)
    house.speak(state(house, plans=plans, playing=playing))
    await until(lambda: house.presence.of("loa-1").state.playing == playing)
    assert not taking._states
    assert await house.rows(DeliveryRow) == before


async def test_the_books_note_at_most_once_a_minute_that_a_receiver_was_heard(house, taking):
    await one_airing(house)
    first = house.hands.now()

    async def heard():
        (row,) = await house.rows(ReceiverRow)
        return row.heard_at

    async def heard_is(instant):
        return await heard() == instant

    house.speak(state(house))
    await until(lambda: heard_is(first))
    house.hands.turn(seconds=30)
    house.speak(state(house))
    await until(lambda: house.presence.of("loa-1").at > first)
    assert not taking._heard
    house.hands.turn(seconds=31)
    house.speak(state(house))
    await until(lambda: heard_is(first + timedelta(seconds=61)))


async def test_a_state_the_broker_kept_is_as_old_as_it_says(house, taking):
    await one_airing(house)
    old = state(house)
    house.hands.turn(hours=2)
    taking.take_state(old, retained=True)
    assert house.presence.of("loa-1").at == old.at
    assert not taking._heard
    await taking.sweep()
    assert taking.stale == {"loa-1"}


async def test_what_sounded_is_told_and_acknowledged(house, taking):
    name, _, _ = await one_airing(house)
    house.speak(started(house, name))
    await until(lambda: _is(house, name, "playing"))
    house.speak(finished(house, name))
    await until(lambda: _is(house, name, "played"))
    (row,) = await house.rows(DeliveryRow)
    assert (row.played_ms, row.start_error_ms) == (30_000, 3.5)
    await until(lambda: acks(house) and acks(house)[-1].up_to == 2)
    ack = acks(house)[-1]
    assert isinstance(ack, Ack)
    assert ack.journal == "j1"


async def test_an_ack_never_speaks_of_what_is_not_committed(house, taking):
    name, _, _ = await one_airing(house)
    seen = []
    publish = house.wire.publish

    async def watched(topic, raw, **options):
        if topic.leaf is Leaf.ACK:
            # another connection sees only what was committed
            with Session(house.store.engine) as session:
                seen.append([r.number for r in session.exec(select(ReportRow)).all()])
        await publish(topic, raw, **options)

    house.wire.publish = watched
    house.speak(started(house, name))
    await until(lambda: seen)
    assert seen == [[1]]


async def test_while_the_books_cannot_be_written_nothing_is_acknowledged_and_it_counts_as_not_taken(
    house, taking, monkeypatch
):
    name, _, _ = await one_airing(house)
    monkeypatch.setattr(tracking, "TRY_AGAIN_S", 0.0)
    write = house.store.write

    async def full(work):
        raise Refusal("disk-full")

    monkeypatch.setattr(house.store, "write", full)
    house.speak(started(house, name))
    await until(lambda: taking.dropped == 1)
    assert acks(house) == []
    monkeypatch.setattr(house.store, "write", write)
    house.speak(started(house, name))
    await until(lambda: acks(house))
    assert acks(house)[-1].up_to == 1


async def test_a_gap_holds_the_ack_back_until_it_is_filled(house, taking):
    name, _, _ = await one_airing(house)
    house.speak(finished(house, name, number=2))
    await until(lambda: taking.taken == 1)
    assert acks(house) == []
    house.speak(started(house, name, number=1))
    await until(lambda: acks(house) and acks(house)[-1].up_to == 2)


async def test_what_a_journal_keeps_no_more_is_not_waited_for(house, taking):
    name, _, _ = await one_airing(house)
    house.speak(started(house, name, number=41, oldest=41))
    await until(lambda: acks(house) and acks(house)[-1].up_to == 41)


async def test_a_report_that_comes_again_is_acknowledged_again_and_kept_once(house, taking):
    name, _, _ = await one_airing(house)
    for _ in range(2):
        house.speak(started(house, name))
    await until(lambda: acks(house))
    house.speak(started(house, name))
    await until(lambda: len(acks(house)) >= 2)
    assert len(await house.rows(ReportRow)) == 1
    numbers = [a.number for a in acks(house)]
    assert numbers == sorted(set(numbers))


async def test_a_report_of_something_unknown_is_kept_and_moves_nothing(house, taking):
    name, _, _ = await one_airing(house)
    house.speak(started(house, "s99-never-placed"))
    await until(lambda: acks(house))
    assert [r.subject for r in await house.rows(ReportRow)] == ["s99-never-placed"]
    assert await _is(house, name, "sent")


async def test_refused_messages_are_counted_once(house, taking):
    await one_airing(house)
    report = Refused(
        receiver="loa-1", journal="j1", number=1, at=house.hands.now(), topic="loalang/v1/x", why="forged", count=12
    )
    house.speak(report)
    house.speak(report)
    await until(lambda: acks(house))
    house.speak(report)
    await until(lambda: len(acks(house)) >= 2)
    assert taking.refused == {"forged": 12}


async def test_two_thousand_receivers_that_report_at_once_cost_a_few_transactions(house, taking, monkeypatch):
    (area,) = house.communes(1)
    names = [f"loa-{i}" for i in range(2000)]
    await house.hang(area, *names)
    name = await house.place([area], house.hands.now())
    writes = []
    write = house.store.write

    async def counted(work):
        writes.append(1)
        return await write(work)

    monkeypatch.setattr(house.store, "write", counted)
    for receiver in names:
        taking.take_report(started(house, name, receiver=receiver))
    await until(lambda: taking.taken == 2000)
    assert len(writes) == 2000 / tracking.BATCH
    assert set((await house.states(name)).values()) == {"playing"}


async def test_more_than_the_queue_holds_is_dropped_counted_and_taken_when_it_comes_again(house, taking, monkeypatch):
    name, _, _ = await one_airing(house)
    monkeypatch.setattr(tracking, "QUEUE", 1)
    taking.take_report(started(house, name))
    taking.take_report(finished(house, name))
    assert taking.dropped == 1
    await until(lambda: taking.taken == 1)
    taking.take_report(finished(house, name))
    await until(lambda: _is(house, name, "played"))


async def test_a_batch_that_breaks_does_not_stop_the_next(house, taking, monkeypatch):
    name, _, _ = await one_airing(house)
    monkeypatch.setattr(tracking, "TRY_AGAIN_S", 0.0)
    enter = report_books.enter

    def broken(*args, **kwargs):
        monkeypatch.setattr(report_books, "enter", enter)
        raise RuntimeError("strange")

    monkeypatch.setattr(report_books, "enter", broken)
    house.speak(started(house, name))
    await until(lambda: taking.dropped == 1)
    house.speak(started(house, name))
    await until(lambda: _is(house, name, "playing"))


async def test_no_report_is_a_result_too_and_late_news_still_counts(house, taking):
    name, _, _ = await one_airing(house)
    house.hands.turn(minutes=16)
    await taking.sweep()
    assert await _is(house, name, "sent")
    house.hands.turn(minutes=1)
    await taking.sweep()
    assert await _is(house, name, "unknown")
    house.speak(finished(house, name, number=1))
    await until(lambda: _is(house, name, "played"))
    await taking.sweep()
    assert await _is(house, name, "played")


async def test_a_receiver_that_falls_silent_is_noticed_once_and_welcomed_back(house, taking):
    await one_airing(house)
    taking.take_state(state(house))
    house.hands.turn(seconds=91)
    await taking.sweep()
    rung = house.desk.bell.revision
    assert taking.stale == {"loa-1"}
    taking.take_state(state(house))
    await taking.sweep()
    assert taking.stale == frozenset()
    assert house.desk.bell.revision > rung


# any order, any of them again


def _told(steps):
    """A journal as a receiver could write it for one airing."""
    base: datetime = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
    reports: list[ReceiverReport] = []
    for number, step in enumerate(steps, 1):
        at = base + timedelta(seconds=number * 10)
        common: dict[str, Any] = {"receiver": "loa-1", "journal": "j1", "number": number, "at": at, "subject": "s1"}
        if step == "started":
            reports.append(Started(**common, started_at=at, start_error_ms=float(number)))
        elif step == "missed":
            reports.append(Missed(**common, planned_at=base, why="window-passed"))
        else:
            reports.append(Finished(**common, outcome=Outcome(step), played_ms=1000 * number, frames=1, started_at=at))
    return reports


STEPS = st.lists(st.sampled_from(["started", "missed", *(o.value for o in Outcome)]), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def folder():
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def _after(template, folder, batches):
    path = folder / "again.sqlite3"
    for old in folder.glob("again.sqlite3*"):
        old.unlink()
    shutil.copy(template, path)
    store = Store(f"sqlite:///{path}")
    base = _told(["started"])[0].at
    with Session(store.engine) as session:
        session.add(
            DeliveryRow(
                subject="s1",
                receiver="loa-1",
                kind="airing",
                area="a",
                state="ready",
                planned_at=base,
                seconds=30,
                news_at=base,
            )
        )
        session.commit()
        for batch in batches:
            report_books.enter(session, batch, base)
            session.commit()
        row = session.exec(select(DeliveryRow)).one()
        journal = session.exec(select(JournalRow)).one()
        reports = sorted(r.number for r in session.exec(select(ReportRow)))
        outcome = (row.state, row.started_at, row.start_error_ms, row.played_ms, row.why, journal.up_to, reports)
    store.engine.dispose()
    return outcome


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, data=st.data())
def test_reports_in_any_order_and_any_number_of_times_tell_the_same(template, folder, steps, data):
    reports = _told(steps)
    again = data.draw(st.lists(st.sampled_from(reports), max_size=4))
    shuffled = data.draw(st.permutations([*reports, *again]))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(shuffled)), max_size=3)))
    edges = [0, *cuts, len(shuffled)]
    batches = [shuffled[a:b] for a, b in itertools.pairwise(edges) if a < b]
    assert _after(template, folder, batches) == _after(template, folder, [reports])

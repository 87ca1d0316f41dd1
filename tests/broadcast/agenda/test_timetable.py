import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from broadcast.agenda.timetable import Job, Timetable

SOON = timedelta(milliseconds=10)
LIMIT_S = 30


def now():
    return datetime.now(UTC)


async def test_a_job_runs_at_once_and_again():
    enough = asyncio.Event()
    runs = []

    async def work():
        runs.append(1)
        if len(runs) == 3:
            enough.set()

    table = Timetable([Job("roll", SOON, work)], now)
    table.start()
    await asyncio.wait_for(enough.wait(), LIMIT_S)
    await table.stop()
    assert table.runs["roll"] >= 3
    assert not table.failures


async def test_a_job_that_is_an_hour_late_runs_once_and_is_not_dropped():
    done = asyncio.Event()
    runs = []

    async def work():
        runs.append(1)
        done.set()

    table = Timetable([Job("roll", timedelta(minutes=10), work, first=-timedelta(hours=1))], now)
    table.start()
    await asyncio.wait_for(done.wait(), LIMIT_S)
    for _ in range(20):
        await asyncio.sleep(0)
    await table.stop()
    assert runs == [1]


async def test_a_job_that_fails_is_counted_and_runs_again_and_harms_no_other(caplog):
    tried, other = asyncio.Event(), asyncio.Event()

    async def bad():
        if table.failures["bad"] >= 2:
            tried.set()
        raise OSError("no disk")

    async def good():
        other.set()

    table = Timetable([Job("bad", SOON, bad), Job("good", SOON, good)], now)
    table.start()
    await asyncio.wait_for(asyncio.gather(tried.wait(), other.wait()), LIMIT_S)
    await table.stop()
    assert table.failures["bad"] >= 2
    assert table.failures["good"] == 0


async def test_stopping_lets_what_is_under_way_end_and_begins_nothing():
    begun, go_on, ended = asyncio.Event(), asyncio.Event(), []

    async def work():
        begun.set()
        await go_on.wait()
        ended.append(1)

    table = Timetable([Job("slow", SOON, work)], now)
    table.start()
    await asyncio.wait_for(begun.wait(), LIMIT_S)
    stopping = asyncio.create_task(table.stop())
    for _ in range(5):
        await asyncio.sleep(0)
    assert not stopping.done()
    go_on.set()
    await asyncio.wait_for(stopping, LIMIT_S)
    assert ended == [1]
    runs = table.runs["slow"]
    await table.stop()
    assert table.runs["slow"] == runs


async def test_one_job_never_runs_beside_itself():
    at_once, most, enough = 0, 0, asyncio.Event()

    async def work():
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        for _ in range(50):
            await asyncio.sleep(0.001)
        at_once -= 1
        if table.runs["slow"] >= 3:
            enough.set()

    table = Timetable([Job("slow", SOON, work)], now)
    table.start()
    await asyncio.wait_for(enough.wait(), LIMIT_S)
    await table.stop()
    assert most == 1


async def test_two_jobs_of_one_name_are_a_mistake():
    async def work():
        pass

    with pytest.raises(ValueError, match="one name"):
        Timetable([Job("a", SOON, work), Job("a", SOON, work)], now).start()

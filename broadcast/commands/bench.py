"""`loalang bench`: the figures of docs/performance.md, taken in one run on this machine."""

import asyncio
import json
import sys
import tempfile
import time
import timeit
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from importlib.resources import files
from pathlib import Path
from statistics import median
from typing import Any, Final

import msgspec
import psutil

from audio.reading import read
from broadcast.bootstrap import House
from broadcast.commands.demo import CONNECT_S, ensure_people, ensure_receivers, stop_receivers, wait_online
from broadcast.commands.demo_once import demo_actor, fresh_settings
from broadcast.commands.demo_receivers import DemoReceiver
from broadcast.commands.logins import demo_commune
from broadcast.commands.serving import Say, serving
from broadcast.domain.alarms import CONFIRMATION
from broadcast.domain.deliveries import ENDED, DeliveryState
from broadcast.domain.people import Actor, Role
from broadcast.domain.schedule import Slot
from broadcast.settings import Settings
from broadcast.view_types import DeliveryView
from devices.receiver.enrolment import make_kit
from devices.receiver.settings import Broker, Sound
from devices.vocabulary import ReceiverId, Siren

AIRINGS: Final = 100
PAUSE_S: Final = 0.5
"""Between two airings, so that none waits for the one before it."""
ALARMS: Final = 20
STOPS: Final = 5
MANY: Final = 2_000
"""Receivers of the province, enrolled without a process: what a change costs must not depend on them."""
READ: Final = 10_000
IDLE_S: Final = 10.0
LOOK_S: Final = 0.005
LEAD_S: Final = 4.0
REPORT_S: Final = 20.0


async def bench(settings: Settings, tell: Say) -> dict[str, Any]:
    """Every figure with its unit in its name."""
    fresh = fresh_settings(settings, Path(tempfile.mkdtemp(prefix="loalang-bench-")))
    fresh = msgspec.structs.replace(
        fresh,
        speech=msgspec.structs.replace(fresh.speech, engines=("espeak",)),
        emergency=msgspec.structs.replace(fresh.emergency, siren_s=2.0),
    )
    tell("  reading")
    figures: dict[str, Any] = reading()
    async with serving(fresh, tell) as house, _watch_loop(figures):
        await ensure_people(house, fresh.data / "logins.json")
        receivers = await ensure_receivers(house, fresh, Sound(sink="wav"))
        try:
            for receiver in receivers:
                receiver.start()
            await wait_online(house, receivers, CONNECT_S)
            for part in (_idle, _start_errors, _text_to_plan, _stops, _alarms, _province):
                tell(f"  {part.__name__.strip('_')}")
                figures |= await part(house, receivers, fresh)
        finally:
            await stop_receivers(receivers, lambda _: None)
    tell("  pages")
    return figures | await _pages()


async def _pages() -> dict[str, Any]:
    """In a process of its own: one process has one panel."""
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "broadcast.commands.bench_pages", stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await running.communicate()
    figures: dict[str, Any] = json.loads(printed) if running.returncode == 0 else {}
    return figures


def reading() -> dict[str, float]:
    """What reading 10,000 characters into words takes, of processor time: bulletins, and nothing but bare numbers."""
    sentences = files("broadcast").joinpath("data", "bench-sentences.txt").read_text("utf-8").split("\n")
    texts = {"bulletins": "\n".join(sentences), "bare_numbers": " ".join(map(str, range(1, READ)))}
    figures = {}
    for name, text in texts.items():
        whole = (f"{text}\n" * (READ // len(text) + 1))[:READ]
        read(whole)  # tables are loaded once
        spent = timeit.repeat(partial(read, whole), number=1, repeat=20, timer=time.process_time)
        figures[f"read_{READ}_characters_of_{name}_ms"] = round(median(spent) * 1000, 1)
    return figures


@asynccontextmanager
async def _watch_loop(figures: dict[str, Any]) -> AsyncIterator[None]:
    """Note the longest time for which something held the event loop."""
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        while True:
            began = time.perf_counter()
            await asyncio.sleep(LOOK_S)
            longest = max(longest, time.perf_counter() - began - LOOK_S)

    watching = asyncio.create_task(watch())
    try:
        yield
    finally:
        watching.cancel()
        figures["event_loop_held_ms_longest"] = round(longest * 1000, 1)


async def _idle(house: House, receivers: tuple[DemoReceiver, ...], settings: Settings) -> dict[str, Any]:
    del house, settings
    await asyncio.sleep(3)  # the work of connecting is over by then
    processes = [_process(r) for r in receivers]
    before = [sum(p.cpu_times()[:2]) for p in processes]
    await asyncio.sleep(IDLE_S)
    shares = [(sum(p.cpu_times()[:2]) - b) / IDLE_S * 100 for p, b in zip(processes, before, strict=True)]
    return {"receiver_idle_cpu_percent_of_a_core": round(max(shares), 2)}


async def _start_errors(house: House, receivers: tuple[DemoReceiver, ...], settings: Settings) -> dict[str, Any]:
    del settings
    staff = await demo_actor(house, Role.STAFF)
    bulletin = await house.office.draft(staff, "Đo độ lệch", "Một.")
    bulletin = await house.office.render(staff, bulletin.id, lambda _: None)
    every = (bulletin.sound.seconds if bulletin.sound else 0.0) + PAUSE_S
    commune = demo_commune(house.tree).id
    first = house.now() + timedelta(seconds=LEAD_S)
    slots = [
        await house.office.place(staff, bulletin.id, (commune,), first + timedelta(seconds=n * every), "")
        for n in range(AIRINGS)
    ]
    memory = [0] * len(receivers)
    while house.now() < slots[-1].at:
        memory = [max(m, _process(r).memory_info().rss) for m, r in zip(memory, receivers, strict=True)]
        await asyncio.sleep(0.5)
    errors = await _errors(house, staff, slots)
    return {
        "airings": AIRINGS,
        "start_errors": len(errors),
        "start_error_ms_median": round(median(errors), 2),
        "start_error_ms_p99": round(_p99(errors), 2),
        "receiver_playing_memory_mb": round(max(memory) / 2**20, 1),
    }


async def _errors(house: House, actor: Actor, slots: list[Slot]) -> list[float]:
    end = house.now() + timedelta(seconds=REPORT_S)
    while True:
        views = [v for s in slots for v in await house.office.deliveries(actor, s.id)]
        if all(v.state in ENDED for v in views) or house.now() > end:
            return [abs(v.start_error_ms) for v in views if v.start_error_ms is not None]
        await asyncio.sleep(0.5)


async def _text_to_plan(house: House, receivers: tuple[DemoReceiver, ...], settings: Settings) -> dict[str, Any]:
    del receivers, settings
    staff = await demo_actor(house, Role.STAFF)
    text = ("Thông báo lịch tiêm chủng của trạm y tế xã. " * 20)[:500]
    bulletin = await house.office.draft(staff, "Năm trăm ký tự", text)
    began, engine_ended = time.perf_counter(), 0.0

    def note(progress: object) -> None:
        nonlocal engine_ended
        if getattr(progress, "stage", "") == "speaking":
            engine_ended = time.perf_counter()

    await house.office.render(staff, bulletin.id, note)
    at = house.now() + timedelta(hours=1)
    await house.office.place(staff, bulletin.id, (demo_commune(house.tree).id,), at, "")
    return {
        "text_500_to_plan_ms_without_engine": round((time.perf_counter() - engine_ended) * 1000),
        "text_500_engine_ms": round((engine_ended - began) * 1000),
    }


async def _stops(house: House, receivers: tuple[DemoReceiver, ...], settings: Settings) -> dict[str, Any]:
    """From the touch of "Dừng tất cả" to the last frame, by the receivers' own count."""
    del receivers, settings
    staff, commune = await demo_actor(house, Role.STAFF), demo_commune(house.tree).id
    bulletin = await house.office.draft(staff, "Dừng thử", "Bà con chú ý. " * 10)
    await house.office.render(staff, bulletin.id, lambda _: None)
    delays: list[float] = []
    for _ in range(STOPS):
        slot = await house.office.place(staff, bulletin.id, (commune,), None, "")
        await _all_are(house, staff, slot, DeliveryState.PLAYING)
        pressed = house.now()
        await house.office.hold(staff, commune)
        delays += [
            (v.started_at - pressed).total_seconds() * 1000 + v.played_ms
            for v in await _all_are(house, staff, slot, DeliveryState.STOPPED)
            if v.started_at is not None and v.played_ms is not None
        ]
        await house.office.withdraw_slot(staff, slot.id)
        await house.office.release(staff, commune)
    return {
        "stops": len(delays),
        "stop_button_to_silence_ms_median": round(median(delays), 1),
        "stop_button_to_silence_ms_longest": round(max(delays), 1),
    }


async def _all_are(house: House, actor: Actor, slot: Slot, state: DeliveryState) -> list[DeliveryView]:
    end = time.monotonic() + REPORT_S
    while True:
        views = list(await house.office.deliveries(actor, slot.id))
        if all(v.state is state for v in views) or time.monotonic() > end:
            return views
        await asyncio.sleep(0.1)


async def _alarms(house: House, receivers: tuple[DemoReceiver, ...], settings: Settings) -> dict[str, Any]:
    del settings
    province = await demo_actor(house, Role.PROVINCE)
    commune = demo_commune(house.tree).id
    delays: list[float] = []
    for n in range(ALARMS):
        pressed = house.now()
        alarm = await house.office.raise_alarm(province, (commune,), Siren.HI_LO, f"Đo lần {n}.", CONFIRMATION)
        delays += await _sirens(house, province, alarm.id, len(receivers), pressed)
        await house.office.end_alarm(province, alarm.id)
        await asyncio.sleep(0.3)
    return {
        "alarms": ALARMS,
        "sirens": len(delays),
        "alarm_button_to_siren_ms_median": round(median(delays), 1),
        "alarm_button_to_siren_ms_p99": round(_p99(delays), 1),
    }


async def _sirens(house: House, actor: Actor, alarm: str, count: int, pressed: Any) -> list[float]:  # noqa: ANN401 - a datetime
    end = time.monotonic() + REPORT_S
    while True:
        views = next((a.deliveries for a in await house.office.alarms(actor) if a.id == alarm), ())
        started = [v.started_at for v in views if v.started_at is not None]
        if len(started) == count or time.monotonic() > end:
            return [(s - pressed).total_seconds() * 1000 for s in started]
        await asyncio.sleep(0.1)


async def _province(house: House, receivers: tuple[DemoReceiver, ...], settings: Settings) -> dict[str, Any]:
    del receivers
    staff = await demo_actor(house, Role.PROVINCE)
    bulletin = await house.office.draft(staff, "Toàn tỉnh", "Thông báo toàn tỉnh.")
    await house.office.render(staff, bulletin.id, lambda _: None)
    few = await _publishes(house, lambda at: house.office.place(staff, bulletin.id, (house.tree.root.id,), at, ""), 2)
    communes = [a.id for a in house.tree.areas.values() if a.kind == "commune"]
    key = make_kit(settings.data / "kit", "many", Broker(), {})
    for n in range(MANY):
        await house.enrol(ReceiverId(f"many-{n}"), communes[n % len(communes)], f"Cụm {n}", key)
    many = await _publishes(house, lambda at: house.office.place(staff, bulletin.id, (house.tree.root.id,), at, ""), 3)
    return {"publishes_for_the_province_3_receivers": few, f"publishes_for_the_province_{MANY}_receivers": many}


async def _publishes(house: House, place: Callable[..., Any], hours: int) -> int:
    await asyncio.sleep(2)  # what enrolling published is out by then
    before = house.figures.publishes()
    await place(house.now() + timedelta(hours=hours))
    return house.figures.publishes() - before


def _process(receiver: DemoReceiver) -> psutil.Process:
    pid = receiver.running()
    if pid is None:
        raise LookupError(receiver.id)
    return psutil.Process(pid)


def _p99(values: list[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.99))]

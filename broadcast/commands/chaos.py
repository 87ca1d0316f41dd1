"""`loalang chaos`: airings all the time, SIGKILL at random moments, and a count of what was lost or sounded twice.

The plan is placed first; then server, broker and receivers run as processes of their own, die and come back.
"""

import asyncio
import os
import random
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
import psutil
from sqlmodel import Session, select

from broadcast.bootstrap import open_house
from broadcast.commands.demo import ensure_people, ensure_receivers
from broadcast.commands.demo_once import demo_actor, fresh_settings
from broadcast.commands.demo_receivers import DemoReceiver, end_process
from broadcast.commands.logins import demo_commune
from broadcast.commands.serving import Say
from broadcast.domain.deliveries import ENDED
from broadcast.domain.people import Role
from broadcast.records import AiringRow, DeliveryRow
from broadcast.settings import Settings, as_toml
from broadcast.store import Store
from broadcast.wording import say
from devices.receiver.settings import Sound

EVERY_S: Final = 4.0
"""An airing every four seconds: fifteen a minute."""
FIRST_S: Final = 5.0
"""From placing to the first airing: the processes start meanwhile."""
KILL_EVERY_S: Final = (1.5, 4.0)
"""Seconds between two kills, drawn anew each time."""
DOWN_S: Final = (0.3, 1.5)
"""Seconds a victim stays dead."""
REPORT_S: Final = 25.0
"""How long all reports may take after the last airing: a server starts anew, receivers connect again."""
TEXT: Final = "Thử."


@dataclass(frozen=True, slots=True)
class Placed:
    """What was placed: slots by airing instant, in order."""

    slots: tuple[int, ...]
    first: datetime


async def chaos(settings: Settings, kills: int, seed: int | None, tell: Say) -> dict[str, Any]:
    """Run it in fresh data; `lost` and `doubled` count deliveries (one airing at one receiver)."""
    seed = random.SystemRandom().randrange(2**32) if seed is None else seed
    rng = random.Random(seed)  # noqa: S311 - moments to kill at, no secret
    fresh = fresh_settings(settings, Path(tempfile.mkdtemp(prefix="loalang-chaos-")))
    fresh = msgspec.structs.replace(fresh, speech=msgspec.structs.replace(fresh.speech, engines=("espeak",)))
    blows = [(rng.uniform(*KILL_EVERY_S), rng.uniform(*DOWN_S)) for _ in range(kills)]
    airings = max(4, round(sum(pause + down for pause, down in blows) / EVERY_S) + 1)
    tell(say("command.chaos-seed", seed=seed, kills=kills, airings=airings))
    receivers, placed = await place_airings(fresh, airings, TEXT)
    stage = Stage(fresh, receivers)
    try:
        stage.start()
        await asyncio.sleep(FIRST_S / 2)
        for pause, down in blows:
            await asyncio.sleep(pause)
            victim = rng.choice([*(r.id for r in receivers), "server", "broker"])
            tell(say("command.chaos-kill", victim=victim))
            await stage.kill(victim, down)
        views = await reported(fresh, placed, airings)
    finally:
        await asyncio.to_thread(stage.stop)
    sounded = Counter(_sounded(receivers))
    deliveries = [(slot, r.id) for slot in placed.slots for r in receivers]
    lost = [d for d in deliveries if not sounded[d] and views.get(d) not in _TOLD]
    doubled = [d for d in deliveries if sounded[d] > 1]
    tell(say("command.chaos-result", deliveries=len(deliveries), lost=len(lost), doubled=len(doubled)))
    return {
        "kills": kills,
        "airings": airings,
        "lost": len(lost),
        "doubled": len(doubled),
        "seed": seed,
        "deliveries": len(deliveries),
        "sounded": sum(sounded[d] > 0 for d in deliveries),
        "outcomes": dict(Counter(views.get(d, "absent") for d in deliveries)),
        "data": str(fresh.data),
    }


_TOLD: Final = {state.value for state in ENDED}
"""Results a receiver itself reported. Unknown is none."""
_HEADER_BYTES: Final = 44
"""A WAV of this size holds no sound."""


async def place_airings(settings: Settings, airings: int, text: str) -> tuple[tuple[DemoReceiver, ...], Placed]:
    """Three enrolled receivers and as many airings of that text, placed by a server that is gone afterwards."""
    async with open_house(settings) as house:
        await ensure_people(house, settings.data / "logins.json")
        receivers = await ensure_receivers(house, settings, Sound(sink="wav"))
        staff = await demo_actor(house, Role.STAFF)
        bulletin = await house.office.draft(staff, "Thử độ bền", text)
        await house.office.render(staff, bulletin.id, lambda _: None)
        commune = demo_commune(house.tree).id
        first = house.now() + timedelta(seconds=FIRST_S)
        slots = []
        for n in range(airings):
            at = first + timedelta(seconds=n * EVERY_S)
            slots.append((await house.office.place(staff, bulletin.id, (commune,), at, "")).id)
    return receivers, Placed(tuple(slots), first)


class Stage:
    """The processes: one server with its broker, three receivers."""

    def __init__(self, settings: Settings, receivers: tuple[DemoReceiver, ...]) -> None:
        self._receivers = {r.id: r for r in receivers}
        self._config = settings.data / "config.toml"
        self._log = settings.data / "server.log"
        self._config.write_text(as_toml(settings), "utf-8")
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Server first, then the receivers."""
        self.start_server()
        for receiver in self._receivers.values():
            receiver.start()

    async def kill(self, victim: str, down_s: float) -> None:
        """SIGKILL it and, where nobody else does, start it again after a while."""
        if victim in self._receivers:
            await asyncio.to_thread(self._receivers[victim].kill)
            await asyncio.sleep(down_s)
            self._receivers[victim].start()
        elif victim == "server" and self._server is not None:
            self._server.kill()
            await asyncio.to_thread(self._server.wait)
            await asyncio.sleep(down_s)
            self.start_server()
        else:  # the server itself starts its broker again
            for pid in self._brokers():
                os.kill(pid, signal.SIGKILL)
            await asyncio.sleep(down_s)

    def stop(self) -> None:
        """End everything in its own order."""
        for receiver in self._receivers.values():
            receiver.stop()
        if self._server is not None and self._server.poll() is None:
            end_process(self._server.pid)
            self._server.wait()

    def start_server(self) -> None:
        """The server, with its broker."""
        with self._log.open("ab") as log:
            self._server = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", "broadcast.cli", "serve", "--config", str(self._config)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _brokers(self) -> list[int]:
        if self._server is None:
            return []
        try:
            children = psutil.Process(self._server.pid).children()
            return [c.pid for c in children if "broadcast.broker_child" in " ".join(c.cmdline())]
        except psutil.Error:
            return []


async def reported(settings: Settings, placed: Placed, airings: int) -> dict[tuple[int, str], str]:
    """How the books say each delivery ended, once all have, or when REPORT_S has passed since the last airing."""
    store = Store(settings.database_url)
    last = placed.first + timedelta(seconds=airings * EVERY_S + REPORT_S)
    while True:
        found = await store.read(_states)
        now = datetime.now(UTC)
        over = now > last - timedelta(seconds=REPORT_S) and all(s in _TOLD for s in found.values())
        if (found and over) or now > last:
            await store.close()
            return found
        await asyncio.sleep(0.5)


def _states(session: Session) -> dict[tuple[int, str], str]:
    rows = session.exec(
        select(AiringRow.slot, DeliveryRow.receiver, DeliveryRow.state).where(AiringRow.id == DeliveryRow.subject)
    )
    return {(slot, receiver): state for slot, receiver, state in rows}


def _sounded(receivers: tuple[DemoReceiver, ...]) -> list[tuple[int, str]]:
    """(slot, receiver) for every WAV with sound in it; its name holds the airing, whose name begins with the slot."""
    found = []
    for receiver in receivers:
        for wav in receiver.wavs.glob("*.wav"):
            label = next((part for part in wav.stem.replace("_", "-").split("-") if part.startswith("s")), "")
            if label[1:].isdigit() and wav.stat().st_size > _HEADER_BYTES:
                found.append((int(label[1:]), receiver.id))
    return found

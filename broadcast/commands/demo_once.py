"""`loalang demo --once`: one bulletin the whole way, from a text to three horns, and the proof of what they played."""

import asyncio
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec

from audio.likeness import Likeness, likeness
from broadcast.bootstrap import House
from broadcast.commands.demo import CONNECT_S, ensure_people, ensure_receivers, stop_receivers, wait_online
from broadcast.commands.demo_receivers import DemoReceiver
from broadcast.commands.free_ports import free_ports
from broadcast.commands.logins import demo_commune, demo_people
from broadcast.commands.serving import Say, serving
from broadcast.domain.deliveries import ENDED, DeliveryState
from broadcast.domain.people import Actor, Role
from broadcast.settings import Settings
from broadcast.view_types import DeliveryView
from broadcast.wording import say
from devices.receiver.settings import Sound

TEXT: Final = (
    "Ủy ban nhân dân xã Thạnh Đức thông báo: chiều nay có mưa lớn. "
    "Bà con ven rạch chú ý theo dõi mực nước và giữ gìn an toàn."
)
LIKE: Final = 0.9
"""Correlation above which a WAV is the clip: speech against other speech stays below 0.2, Opus loses about 0.02."""
WHOLE: Final = 0.97
"""Share of the clip that must be found in the WAV: the last block may be lost to rounding, no more."""
LAG_MS: Final = 60.0
"""The WAV begins with the clip's first frame; more lag than this means that something else stands before it."""
AFTER_S: Final = 25.0
"""How long after its end an airing may take to be reported."""


async def once(settings: Settings, text: str, tell: Say) -> tuple[dict[str, Any], bool]:
    """Play `text` (or TEXT) once in fresh data; the JSON object of the command, and whether all three played it."""
    fresh = fresh_settings(settings, Path(tempfile.mkdtemp(prefix="loalang-once-")))
    async with serving(fresh, tell) as house:
        await ensure_people(house, fresh.data / "logins.json")
        receivers = await ensure_receivers(house, fresh, Sound(sink="wav"))
        try:
            for receiver in receivers:
                receiver.start()
            staff = await demo_actor(house, Role.STAFF)
            tell(say("command.once-speaking"))
            bulletin = await house.office.draft(staff, "Thử hệ thống", text.strip() or TEXT)
            bulletin = await house.office.render(staff, bulletin.id, lambda _: None)
            sound = bulletin.sound
            assert sound is not None  # noqa: S101 - render either gives a sound or refuses
            tell(say("command.once-spoken", engine=sound.engine, voice=sound.voice, seconds=sound.seconds))
            await wait_online(house, receivers, CONNECT_S)
            slot = await house.office.place(staff, bulletin.id, (demo_commune(house.tree).id,), None, "")
            tell(say("command.once-placed", at=slot.at))
            views = await ended(house, staff, slot.id, slot.at + timedelta(seconds=sound.seconds + AFTER_S))
        finally:
            await stop_receivers(receivers, lambda _: None)
        clip = house.office.clip(sound.clip)
        assert clip is not None  # noqa: S101 - it was kept a moment ago
        rows = [await _row(receiver, views.get(receiver.id), clip, tell) for receiver in receivers]
    good = all(row["outcome"] == DeliveryState.PLAYED and row["same_sound"] for row in rows)
    return {"clip": {"sha256": sound.clip, "seconds": round(sound.seconds, 3)}, "deliveries": rows}, good


def fresh_settings(settings: Settings, data: Path) -> Settings:
    """The same settings with data of its own, free ports, and no quiet hours."""
    server_port, broker_port = free_ports(2)
    return msgspec.structs.replace(
        settings,
        server=msgspec.structs.replace(
            settings.server, host="127.0.0.1", port=server_port, data=str(data), database="", log_level="error"
        ),
        broker=msgspec.structs.replace(settings.broker, kind="embedded", port=broker_port),
        clips=msgspec.structs.replace(settings.clips, url=""),
        schedule=msgspec.structs.replace(settings.schedule, quiet_from="00:00", quiet_to="00:00"),
    )


async def demo_actor(house: House, role: Role) -> Actor:
    """The person of that role, as one who has logged in. Raises LookupError."""
    login = next(p.login for p in demo_people(house.tree) if p.role is role)
    actor = await house.actor_of(login)
    if actor is None:
        raise LookupError(login)
    return actor


async def ended(house: House, actor: Actor, slot: int, last: datetime) -> dict[str, DeliveryView]:
    """The deliveries of a slot by receiver, once all have ended, at the latest at `last`."""
    while True:
        views = {v.receiver: v for v in await house.office.deliveries(actor, slot)}
        over = all(v.state in ENDED or v.state is DeliveryState.UNKNOWN for v in views.values())
        if (views and over) or house.now() > last:
            return views
        await asyncio.sleep(0.2)


async def _row(receiver: DemoReceiver, view: DeliveryView | None, clip: Path, tell: Say) -> dict[str, Any]:
    wav = next(iter(sorted(receiver.wavs.glob(f"*{view.subject}*.wav"))), None) if view else None
    like = await asyncio.to_thread(likeness, clip, wav) if wav else None
    outcome = view.state.value if view else "absent"
    error = view.start_error_ms if view else None
    peak = round(like.peak, 4) if like else 0.0
    tell(say("command.once-played", receiver=receiver.id, outcome=outcome, error=error, peak=peak))
    return {
        "receiver": receiver.id,
        "outcome": outcome,
        "planned_at": view.planned_at.isoformat() if view else None,
        "started_at": view.started_at.isoformat() if view and view.started_at else None,
        "start_error_ms": error,
        "played_ms": view.played_ms if view else None,
        "wav": str(wav) if wav else None,
        "peak": peak,
        "lag_ms": round(like.lag_ms, 2) if like else None,
        "share": round(like.share, 3) if like else 0.0,
        "same_sound": same_sound(like),
    }


def same_sound(like: Likeness | None) -> bool:
    """Whether a WAV is the clip, whole and from its beginning."""
    return like is not None and like.peak >= LIKE and like.share >= WHOLE and abs(like.lag_ms) <= LAG_MS

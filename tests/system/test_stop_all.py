""" "Dừng tất cả", over a real broker, to real receivers: in order and state; how fast is told by `loalang bench`."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import pytest
from nicegui.testing.general import nicegui_reset_globals

from broadcast.commands.demo import CONNECT_S, ensure_people, ensure_receivers, stop_receivers, wait_online
from broadcast.commands.demo_once import demo_actor, fresh_settings
from broadcast.commands.logins import demo_commune
from broadcast.commands.serving import serving
from broadcast.domain.people import Role
from broadcast.settings import Settings
from devices.receiver.settings import Sound

pytestmark = pytest.mark.slow


@pytest.fixture
def settings(tmp_path):
    fresh = fresh_settings(Settings(), tmp_path / "data")
    with nicegui_reset_globals():  # pages of tests before it in this process have started the panel's application
        yield msgspec.structs.replace(
            fresh,
            speech=msgspec.structs.replace(fresh.speech, engines=("espeak",)),
            schedule=msgspec.structs.replace(fresh.schedule, now_lead_s=2.0),
        )


async def _until(true: Callable[[], Awaitable[bool]], what: str) -> None:
    for _ in range(300):
        if await true():
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"waited in vain: {what}")


async def test_one_touch_silences_every_horn_and_another_lets_them_go_on(settings):
    async with serving(settings, lambda _: None) as house:
        await ensure_people(house, settings.data / "logins.json")
        receivers = await ensure_receivers(house, settings, Sound(sink="wav"))
        office, commune = house.office, demo_commune(house.tree).id
        try:
            for receiver in receivers:
                receiver.start()
            operator = await demo_actor(house, Role.OPERATOR)
            bulletin = await office.draft(operator, "Dừng thử", "Bà con chú ý. " * 6)
            await office.render(operator, bulletin.id, lambda _: None)
            assert await wait_online(house, receivers, CONNECT_S) == len(receivers)
            slot = await office.place(operator, bulletin.id, (commune,), None, "")

            async def all_are(state: str) -> bool:
                return {d.state.value for d in await office.deliveries(operator, slot.id)} == {state}

            await _until(lambda: all_are("playing"), "three horns to sound")
            held = await office.hold(operator, commune)
            await _until(lambda: all_are("stopped"), "three horns to fall silent")
            playing = [h.state.playing for r in receivers if (h := house.presence.of(r.id))]
            assert playing == [None, None, None]
            assert [h.area for h in await office.holds(operator)] == [commune]
            assert held.by_name == operator.name
            await office.release(operator, commune)
            await _until(lambda: all_are("played"), "three horns to go on to the end")
        finally:
            await stop_receivers(receivers, lambda _: None)

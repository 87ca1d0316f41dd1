"""`loalang demo`: the whole system on one machine, three receivers as processes of their own."""

import asyncio
from pathlib import Path
from typing import Final

from broadcast.bootstrap import House
from broadcast.commands.demo_receivers import DemoReceiver, receivers_in
from broadcast.commands.logins import demo_commune, demo_people, keep, kept
from broadcast.commands.serving import Say, panel_url, serving, until_told_to_stop
from broadcast.domain.people import held
from broadcast.people.passwords import make as make_password
from broadcast.settings import Settings
from broadcast.wording import say
from devices.receiver.enrolment import make_kit
from devices.receiver.settings import Broker, Sound
from devices.vocabulary import ReceiverId

CONNECT_S: Final = 30.0
"""How long receivers may take to be heard of before the start goes on without them."""


async def demo(settings: Settings, tell: Say) -> None:
    """Start everything, show where and how to log in, run until told to stop, stop in the reverse order."""
    tell(say("command.starting"))
    async with serving(settings, tell) as house:
        passwords = await ensure_people(house, settings.data / "logins.json")
        receivers = await ensure_receivers(house, settings)
        try:
            for receiver in receivers:
                was = receiver.running()
                pid = receiver.start()
                tell(say("command.found-receiver" if was else "command.started-receiver", name=receiver.name, pid=pid))
            online = await wait_online(house, receivers, CONNECT_S)
            folder = settings.data / "receivers"
            if online == len(receivers):
                tell(say("command.receivers-online", count=online))
            else:
                tell(say("command.receivers-silent", count=online, of=len(receivers), folder=folder))
            tell(say("command.receivers-play", folder=f"{folder}/*/wav"))
            _show_logins(house, settings, passwords, tell)
            await until_told_to_stop()
            tell(say("command.stopping"))
        finally:
            await stop_receivers(receivers, tell)
    tell(say("command.stopped"))


def _show_logins(house: House, settings: Settings, passwords: dict[str, str], tell: Say) -> None:
    tell("")
    tell(say("command.ready", url=panel_url(settings)))
    for person in demo_people(house.tree):
        role = say(f"command.role-{person.role}")
        tell(say("command.login-line", role=role, login=person.login, password=passwords.get(person.login, "?")))
    file = settings.data / "logins.json"
    tell(say("command.logins-kept" if passwords else "command.logins-lost", file=file))


async def ensure_people(house: House, file: Path) -> dict[str, str]:
    """The passwords of the three people, made at the first start; later those that were kept."""
    passwords = kept(file)
    present = await house.logins()
    for person in demo_people(house.tree):
        if person.login not in present:
            # kept first: an account whose password nobody knows would lock its owner out
            passwords[person.login] = make_password()
            keep(file, passwords)
            grants = [grant for role in (person.role, *person.also) for grant in held(role, person.area)]
            await house.add_user(person.login, person.name, grants, passwords[person.login])
    return passwords


async def ensure_receivers(house: House, settings: Settings, sound: Sound | None = None) -> tuple[DemoReceiver, ...]:
    """The three receivers, each with its folder and enrolled; `sound` is where they play to, if not where they can."""
    commune = demo_commune(house.tree)
    broker = Broker("127.0.0.1" if settings.broker.kind == "embedded" else settings.broker.host, settings.broker.port)
    receivers = receivers_in((settings.data / "receivers").resolve(), commune.name)
    for receiver in receivers:
        public_key = make_kit(receiver.folder, receiver.id, broker, house.server_keys, sound)
        await house.enrol(ReceiverId(receiver.id), commune.id, receiver.name, public_key)
    return receivers


async def wait_online(house: House, receivers: tuple[DemoReceiver, ...], limit: float) -> int:
    """How many of them are connected, as soon as all are, or when the limit has passed."""
    end = asyncio.get_running_loop().time() + limit
    while True:
        heard = [house.presence.of(r.id) for r in receivers]
        online = sum(h is not None and h.state.online for h in heard)
        if online == len(receivers) or asyncio.get_running_loop().time() > end:
            return online
        await asyncio.sleep(0.1)


async def stop_receivers(receivers: tuple[DemoReceiver, ...], tell: Say) -> None:
    """Stop them all, the last one first."""
    for receiver in reversed(receivers):
        if receiver.running() is not None:
            await asyncio.to_thread(receiver.stop)
            tell(say("command.stopped-receiver", name=receiver.name))

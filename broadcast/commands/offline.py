"""Commands that work on the books directly, whether or not a server runs beside them: accounts and new receivers."""

import difflib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from broadcast.areas_data import load_tree
from broadcast.commands.serving import Say
from broadcast.domain.areas import AreaTree
from broadcast.domain.audit import COMMAND, Deed, doing
from broadcast.domain.house import Bell
from broadcast.domain.people import Role, held
from broadcast.domain.refusals import Refusal
from broadcast.library import ClipLibrary
from broadcast.newsroom.desk import Desk
from broadcast.people import accounts, passwords
from broadcast.receivers import enrolment
from broadcast.settings import Settings
from broadcast.store import Store
from broadcast.wording import say
from devices.receiver.enrolment import make_kit
from devices.receiver.settings import Broker
from devices.signing import load_or_make
from devices.vocabulary import AreaId, ReceiverId, is_slug, slug

SERVER_KEY: Final = "server-1"
FAILED: Final = 1


@asynccontextmanager
async def _desk(settings: Settings, action: str) -> AsyncIterator[Desk]:
    settings.data.mkdir(parents=True, exist_ok=True)
    store = Store(settings.database_url)
    store.migrate()
    library = ClipLibrary(settings.data / "clips")
    try:
        with doing(Deed(action, whence=COMMAND)):
            yield Desk(store, library, load_tree(settings.areas.tree), settings, partial(datetime.now, UTC), Bell())
    finally:
        await store.close()


async def add_user(
    settings: Settings, login: str, name: str, role: str, areas: list[str], password: str, tell: Say
) -> int:
    """`loalang user add`: without a password one is made and shown once; without an area, the whole province."""
    async with _desk(settings, "add_user") as desk:
        wanted = [_area(desk.tree, a) for a in areas] or [desk.tree.root.id]
        await accounts.add_user(
            desk,
            login,
            name or login,
            held(Role(role), *wanted),
            password or (made := passwords.make()),
            must_change=True,
        )
    tell(say("command.user-added", login=login))
    if not password:
        tell(say("command.user-password", password=made))
    return 0


async def set_password(settings: Settings, login: str, password: str, tell: Say) -> int:
    """`loalang user password`."""
    async with _desk(settings, "set_password") as desk:
        await accounts.change_password(desk, login, password or (made := passwords.make()), must_change=True)
    tell(say("command.user-password-set", login=login))
    if not password:
        tell(say("command.user-password", password=made))
    return 0


async def give(settings: Settings, login: str, role: str, areas: list[str], tell: Say) -> int:
    """`loalang user give`: a role besides; without an area, in the whole province."""
    async with _desk(settings, "give") as desk:
        wanted = [_area(desk.tree, a) for a in areas] or [desk.tree.root.id]
        await accounts.give(desk, login, held(Role(role), *wanted))
    tell(say("command.user-given", login=login))
    return 0


async def deactivate(settings: Settings, login: str, tell: Say) -> int:
    """`loalang user deactivate`: they no longer work here; nothing of theirs is deleted."""
    async with _desk(settings, "deactivate") as desk:
        await accounts.deactivate(desk, login)
    tell(say("command.user-deactivated", login=login))
    return 0


async def list_users(settings: Settings, tell: Say) -> int:
    """`loalang user list`: a line each."""
    async with _desk(settings, "list") as desk:
        for who, active in await accounts.listed(desk):
            held_there = ", ".join(f"{g.role}@{g.area}" for g in who.grants)
            tell(
                f"{who.login}\t{who.name}\t{held_there}\t{say('command.user-here' if active else 'command.user-left')}"
            )
    return 0


async def enrol(settings: Settings, id_: str, area: str, name: str, folder: Path, broker: str, tell: Say) -> int:
    """`loalang enrol`: the folder of a new receiver, and its place in the books. A running server learns of it."""
    if not is_slug(id_):
        raise Refusal("receiver-id", receiver=id_, proposal=slug(id_) or "loa-1")
    host, _, port = broker.partition(":")
    server = load_or_make(settings.data / "keys" / "server.key", SERVER_KEY)
    async with _desk(settings, "enrol") as desk:
        home = _area(desk.tree, area)
        address = Broker(
            host=host or settings.broker.host,
            port=int(port) if port.isdigit() else settings.broker.port,
            tls=settings.broker.tls,
            tls_ca=settings.broker.tls_ca,
        )
        key = make_kit(folder, id_, address, {SERVER_KEY: server.public})
        await enrolment.enrol(desk, _leave_to_the_server, _leave_to_the_server_too, None, id_, home, name, key)
    tell(say("command.receiver-made", folder=folder))
    return 0


def _leave_to_the_server(receiver: ReceiverId, public_key: bytes) -> None:
    """A running server reads the books for new receivers every half minute."""
    del receiver, public_key


async def _leave_to_the_server_too(receiver: ReceiverId) -> None:
    del receiver


def _area(tree: AreaTree, text: str) -> AreaId:
    """The area of an id or of a name, if it is the only one of that name. Raises Refusal, naming the nearest."""
    if text in tree.areas:
        return AreaId(text)
    plain = slug(text)
    named = [a.id for a in tree.areas.values() if plain in {slug(a.name), str(a.id)}]
    if len(named) == 1:
        return named[0]
    near = named or difflib.get_close_matches(plain, tree.areas, n=3, cutoff=0.3)
    raise Refusal("area-meant", area=text, near=", ".join(near) or tree.root.id)

"""A whole house with something on every page, in a process of its own: `python tests/system/seeded_panel.py FOLDER`.

Prints one line of JSON once it answers: where, what lets a browser in as whom, and every address its pages have.
"""

import asyncio
import json
import sys
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from nicegui import Client

from broadcast.commands.demo import ensure_people
from broadcast.commands.demo_once import demo_actor, fresh_settings
from broadcast.commands.logins import demo_commune
from broadcast.commands.seeding import Size, presence, receiver_ids, seed
from broadcast.commands.serving import panel_url, serving, until_told_to_stop
from broadcast.domain.people import Role, held
from broadcast.people.account_types import NewPerson
from broadcast.settings import Settings
from ui.session import SESSION_COOKIE

SIZE = Size(bulletins=24, receivers=94, people=12, words=8)
ROUTINE = 8
"""A bulletin that communes are asked about."""


async def main(folder: Path) -> None:
    settings = fresh_settings(Settings(), folder)
    await seed(settings, SIZE)
    async with serving(settings, lambda _: None) as house:
        await ensure_people(house, folder / "logins.json")
        presence(house.presence, receiver_ids(SIZE.receivers), house.now())
        accounts = house.office.accounts
        people = {role.value: await demo_actor(house, role) for role in (Role.PROVINCE, Role.OPERATOR)}
        province = people["province"]
        commune = demo_commune(house.tree).id
        noon = datetime.now(ZoneInfo(house.office.zone)).replace(hour=12, minute=0) + timedelta(days=1)
        await house.office.place(province, ROUTINE, (commune,), noon, "")
        shows = house.office.programmes
        usual = (await shows.patterns(province, commune))[0].pattern
        made = await shows.make(province, commune, usual, "Chương trình sáng", noon.date(), ())
        await shows.set_sound(province, made.id, made.parts[1].key, "chime")
        await shows.assemble(province, made.id, lambda _: None)
        await shows.make(province, commune, usual, "Chương trình có bản tin", None, (ROUTINE,))
        await house.office.hold(province, commune)
        await house.office.agenda.make_feed(province, commune)
        await house.office.life.set_two_people(province, commune, True)
        new = NewPerson("moi", "Người Mới", "", held(Role.OPERATOR, commune))
        link = await accounts.add(province, new, by_link=True)
        told = {
            "url": panel_url(settings),
            "cookie": SESSION_COOKIE,
            "sessions": {who: await accounts.begin(p, "127.0.0.1", "walk", "password") for who, p in people.items()},
            "link": link.token,
            "routes": sorted(set(Client.page_routes.values())),
        }
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
        await until_told_to_stop()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))

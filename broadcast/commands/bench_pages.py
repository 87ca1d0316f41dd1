"""What the first view of every page takes with the books of a province full: 10,000 bulletins, 2,000 receivers."""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Final
from zoneinfo import ZoneInfo

import httpx

from broadcast.bootstrap import House
from broadcast.commands.demo import ensure_people
from broadcast.commands.demo_once import demo_actor, fresh_settings
from broadcast.commands.logins import demo_commune
from broadcast.commands.seeding import Size, presence, receiver_ids, seed
from broadcast.commands.serving import Say, panel_url, serving
from broadcast.domain.people import Action, Actor, Role
from broadcast.newsroom.life_types import BulletinAsk
from broadcast.settings import Settings
from devices.vocabulary import AreaId

TIMES: Final = 5
"""Of each, and the median counts."""


async def bench_pages(settings: Settings, tell: Say, size: Size | None = None) -> dict[str, Any]:
    """Milliseconds from the request to the last byte of each page, and of what is asked for on pages: the median."""
    from ui.session import SESSION_COOKIE  # noqa: PLC0415 - the panel takes a second to load

    fresh = fresh_settings(settings, Path(tempfile.mkdtemp(prefix="loalang-pages-")))
    full = size or Size()
    await seed(fresh, full)
    figures: dict[str, Any] = {"pages_bulletins": full.bulletins, "pages_receivers": full.receivers}
    async with serving(fresh, tell) as house:
        await ensure_people(house, fresh.data / "logins.json")
        presence(house.presence, receiver_ids(full.receivers), house.now())
        for role in (Role.PROVINCE, Role.STAFF, Role.OPERATOR):
            actor = await demo_actor(house, role)
            cookie = {SESSION_COOKIE: await house.office.accounts.begin(actor, "127.0.0.1", "bench", "password")}
            async with httpx.AsyncClient(base_url=panel_url(fresh), cookies=cookie, timeout=60) as browser:
                for name, address in addresses(house, actor).items():
                    tell(f"  {role} {address}")
                    figures[f"page_{name}_{role}_ms"] = await _timed(partial(_got, browser, address))
        province = await demo_actor(house, Role.PROVINCE)
        for name, ask in _asked(house, province).items():
            tell(f"  {name}")
            figures[f"asked_{name}_ms"] = await _timed(ask)
    return figures


def addresses(house: House, actor: Actor) -> dict[str, str]:
    """The pages a person opens; those of one thing by an example."""
    here = actor.areas[0]
    shared = {
        "bulletins": "/",
        "bulletin": "/bulletins/7",
        "versions": "/bulletins/7/versions",
        "programmes": "/programmes",
        "programme_new": "/programmes/new",
        "slots": "/slots",
        "slot": "/slots/7",
        "calendar": f"/calendar?area={here}",
        "next": f"/next?area={here}",
        "receivers": "/receivers",
        "log": "/log",
        "lexicon": "/lexicon",
        "me": "/me",
    }
    if here != house.tree.root.id:
        may_answer = actor.may(Action.ANSWER_OFFERS)
        return {name: address for name, address in shared.items() if name != "lexicon" or not may_answer} | (
            {"inbox": "/inbox"} if may_answer else {}
        )
    names = ("approvals", "alarm", "people", "trail")
    return shared | {name: f"/{name}" for name in names} | {"person": "/people/3"}


def _asked(house: House, actor: Actor) -> dict[str, Callable[[], Awaitable[object]]]:
    office, root = house.office, house.tree.root.id
    noon = (house.now() + timedelta(days=1)).astimezone(ZoneInfo(house.office.zone)).replace(hour=12, minute=0)
    commune = demo_commune(house.tree).id

    def placed(*areas: AreaId, at: datetime = noon) -> Callable[[], Awaitable[object]]:
        return lambda: office.preview(actor, 7, areas, at)

    return {
        "search": lambda: office.bulletins(actor, BulletinAsk(words="vam co dong tiem", page_size=48)),
        "search_none": lambda: office.bulletins(actor, BulletinAsk(words="khong co chu nay", page_size=48)),
        "preview_province": placed(root),
        "preview_commune": placed(commune),
        "next_province": lambda: office.next_hours(actor, root, ""),
        "without": lambda: office.without(actor, 7),
    }


async def _got(browser: httpx.AsyncClient, address: str) -> None:
    answer = await browser.get(address)
    if answer.status_code != httpx.codes.OK:
        raise LookupError(f"{address}: {answer.status_code}")


async def _timed(ask: Callable[[], Awaitable[object]]) -> float:
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        await ask()
        taken.append(time.perf_counter() - began)
    return round(median(taken) * 1000, 1)


if __name__ == "__main__":
    figures = asyncio.run(bench_pages(Settings(), lambda line: print(line, file=sys.stderr, flush=True)))
    print(json.dumps(figures))

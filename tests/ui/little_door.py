"""The part of the little office at its door: who comes in and goes. Looking after people is tried out on real books."""

from dataclasses import dataclass, field
from typing import Any

from broadcast.areas_data import load_tree
from broadcast.domain.house import Bell
from broadcast.domain.people import Actor
from broadcast.domain.refusals import Refusal
from broadcast.people.account_types import Standing, Tour
from broadcast.people.office_accounts import Accounts

TREE = load_tree("tay-ninh-2024")
PASSWORD = "mat-khau-thu"


@dataclass
class LittleDoor:
    addresses: list[str] = field(default_factory=list)
    tries: int = 0
    steps: Tour = field(default_factory=lambda: Tour(left=True))
    sessions: dict[str, int] = field(default_factory=dict)

    async def log_in(self: Any, login: str, password: str, _code: str, address: str) -> Actor:
        self.addresses.append(address)
        if self.tries >= 5:
            raise Refusal("login-throttled", seconds=60)
        if login not in self.people or password != PASSWORD:
            self.tries += 1
            raise Refusal("bad-login")
        found: Actor = self.people[login]
        return found

    async def begin(self, actor: Actor, *_: str) -> str:
        self.sessions[f"phien-{len(self.sessions)}"] = actor.id
        return f"phien-{len(self.sessions) - 1}"

    async def whose(self: Any, token: str) -> Standing | None:
        found = next((p for p in self.people.values() if p.id == self.sessions.get(token)), None)
        return Standing(found, 1) if found else None

    async def end(self, token: str) -> None:
        self.sessions.pop(token, None)

    async def tour(self, _: Actor) -> Tour:
        return self.steps

    async def tour_on(self, _: Actor, to: Tour) -> None:
        self.steps = to

    async def elsewhere(self, *_: object, **__: object) -> Any:
        raise Refusal("not-allowed", action="")

    def accounts(self) -> Accounts:
        door: dict[str, Any] = {
            name: getattr(self, name) for name in ("log_in", "begin", "whose", "end", "tour", "tour_on")
        }
        looks = {"within": lambda who, area: who.within(area, TREE), "area_name": lambda area: TREE.get(area).name}
        facts = {"bell": Bell(), "session_days": 7, "url": "", "first_word": ""}
        return Accounts(**dict.fromkeys(Accounts.__annotations__, self.elsewhere) | door | looks | facts)

"""The part of the little office that says what sounds: holds, the next hours, the calendar."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from broadcast.areas_data import load_tree
from broadcast.domain.people import Action, Actor, require
from broadcast.view_types import HoldView
from devices.vocabulary import AreaId

TREE = load_tree("tay-ninh-2024")


@dataclass
class LittleAir:
    held: dict[AreaId, HoldView] = field(default_factory=dict)

    async def hold(self: Any, actor: Actor, where: AreaId) -> HoldView:
        self._may("hold")
        require(actor, Action.STOP, (where,), TREE)
        self.orders.append(("hold", where))
        end = self.time() + timedelta(hours=12)
        name, hung = TREE.get(where).name, len(self.reached((where,)))
        view = HoldView(where, name, self.time(), end, actor.name, self.health.well, hung, 0, theirs=True)
        self.held[where] = view
        self.bell.ring()
        return view

    async def release(self: Any, actor: Actor, where: AreaId) -> None:
        require(actor, Action.STOP, (where,), TREE)
        self.orders.append(("release", where))
        del self.held[where]
        self.bell.ring()

    async def holds(self: Any, actor: Actor) -> tuple[HoldView, ...]:
        mine = [
            h for h in self.held.values() if any(TREE.holds(h.area, a) or TREE.holds(a, h.area) for a in actor.areas)
        ]
        return tuple(replace(h, theirs=any(TREE.holds(a, h.area) for a in actor.areas)) for h in mine)

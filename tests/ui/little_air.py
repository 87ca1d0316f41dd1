"""The part of the little office that says what sounds: holds, the next hours, the calendar."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from broadcast.air_types import HoldView, NextGroup, NextLine, NextView
from broadcast.areas_data import load_tree
from broadcast.domain.coming import Mark
from broadcast.domain.people import Action, Actor, require
from devices.vocabulary import AreaId, Level, slug

TREE = load_tree("tay-ninh-2024")


@dataclass
class LittleAir:
    held: dict[AreaId, HoldView] = field(default_factory=dict)
    coming: tuple[NextGroup, ...] = ()
    newest: bool | None = True

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

    def line(self: Any, title: str, at: datetime, mark: Mark = Mark.SAME, **more: Any) -> NextLine:
        usual = {"level": Level.ROUTINE, "seconds": 12.3, "starts": at, "ends": at + timedelta(seconds=12.3), "why": ""}
        usual |= {"cut_short": False, "started_before": None, "area_name": "Huyện Gò Dầu", "area_kind": "district"}
        return NextLine(subject=slug(title), title=title, at=at, mark=mark, **{**usual, **more})

    def group(self: Any, *lines: NextLine, receivers: int = 1, **more: Any) -> NextGroup:
        now = self.time()
        usual = {"places": ("Xã Thạnh Đức",), "held_until": None, "begin": now, "end": now + timedelta(hours=24)}
        return NextGroup(receivers=receivers, lines=lines, **{**usual, **more})

    async def next_hours(self: Any, actor: Actor, where: str, receiver: str) -> NextView:
        here = self.horns[receiver].area if receiver else TREE.get(where).id
        require(actor, Action.SEE_RECEIVERS, (here,), TREE)
        name = self.horns[receiver].name if receiver else TREE.get(here).name
        newest, missing = self.newest if receiver else None, frozenset({"thieu-tieng"}) if receiver else frozenset()
        return NextView(name, self.coming, here, receiver, newest, missing, hung=len(self.reached((here,))))

    async def without(self: Any, actor: Actor, slot: int) -> tuple[NextGroup, ...]:
        require(actor, Action.PLACE, (), TREE)
        booked = self.booked[slot]
        return (self.group(self.line(booked.title, booked.at, Mark.GONE)),)

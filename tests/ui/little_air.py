"""The part of the little office that says what sounds: holds, the next hours, the calendar."""

from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from broadcast.agenda.air_types import (
    HoldView,
    NextGroup,
    NextLine,
    NextView,
)
from broadcast.agenda.office_agenda import Agenda
from broadcast.areas_data import load_tree
from broadcast.domain.coming import Mark
from broadcast.domain.guards import Breach, Found, pass_on_purpose
from broadcast.domain.people import Action, Actor, require
from broadcast.domain.schedule import QuietHours, Slot
from broadcast.view_types import SlotPreview
from devices.vocabulary import AreaId, Level, slug
from tests.ui.little_agenda import LittleAgenda

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
TREE = load_tree("tay-ninh-2024")


@dataclass
class LittleAir:
    held: dict[AreaId, HoldView] = field(default_factory=dict)
    coming: tuple[NextGroup, ...] = ()
    newest: bool | None = True
    # none unless a test sets them: what is placed "now" must not depend on the hour at which the tests run
    quiet: QuietHours = field(default_factory=lambda: QuietHours(time(5), time(5)))

    def found(self: Any, when: datetime) -> tuple[Found, ...]:
        return (Found(Breach.QUIET_HOURS, {"at": when}),) if self.quiet.hold(when, ZONE) else ()

    def place_name(self: Any, areas: tuple[AreaId, ...]) -> str:
        return TREE.get(areas[0]).name if len(areas) == 1 else f"{len(areas)} địa bàn"

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

    async def preview_move(self: Any, actor: Actor, slot: int, at: datetime) -> SlotPreview:
        booked = self.booked[slot]
        preview: SlotPreview = await self.preview(actor, booked.bulletin, booked.areas, at)
        return preview

    async def move_slot(self: Any, actor: Actor, slot: int, at: datetime, typed: str, reason: str) -> Slot:
        await self.preview_move(actor, slot, at)
        areas = self.booked[slot].areas
        pass_on_purpose(self.found(at), at, self.place_name(areas), ZONE, typed, reason)
        self.booked[slot] = replace(self.booked[slot], at=at)
        self.bell.ring()
        moved: Slot = self.booked[slot]
        return moved

    def __post_init__(self) -> None:
        self.shelf = LittleAgenda(self)

    @property
    def agenda(self) -> Agenda:
        return self.shelf.office()

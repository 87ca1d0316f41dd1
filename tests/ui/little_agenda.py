"""The calendar of the little office, its rules and what hands it on."""

from dataclasses import dataclass, field, fields
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from broadcast.agenda.air_types import (
    BreachView,
    CalendarEntry,
    FeedView,
    Repeat,
    RuleView,
    SeriesAsk,
    SeriesChange,
    SeriesView,
)
from broadcast.agenda.office_agenda import Agenda
from broadcast.agenda.office_inbox import Inbox
from broadcast.areas_data import load_tree
from broadcast.domain.area_rules import rule, soft_hours
from broadcast.domain.guards import confirmation, pass_on_purpose
from broadcast.domain.people import Action, Actor, require
from broadcast.domain.recurrence import parse_rule
from broadcast.domain.refusals import Refusal
from devices.vocabulary import AreaId, Level
from tests.ui.little_levels import LittleLevels

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
TREE = load_tree("tay-ninh-2024")


@dataclass
class LittleAgenda:
    little: Any
    secrets: list[FeedView] = field(default_factory=list)
    repeats: dict[int, SeriesView] = field(default_factory=dict)
    hours: dict[AreaId, tuple[str, str, int | None]] = field(default_factory=dict)
    softer: dict[AreaId, tuple[str, str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.levels = LittleLevels(self.little)

    @property
    def inbox(self) -> Inbox:
        return self.levels.office()

    def office(self) -> Agenda:
        return Agenda(**{part.name: getattr(self, part.name) for part in fields(Agenda)})

    async def calendar(self, actor: Actor, where: AreaId, first: datetime, last: datetime) -> tuple[CalendarEntry, ...]:
        require(actor, Action.SEE_LOG, (where,), TREE)
        return tuple(
            CalendarEntry(
                s.id, f"s{s.id}", s.title, Level.ROUTINE, s.at, 12.3, tuple(TREE.get(a).name for a in s.areas),
                TREE.get(s.areas[0]).kind, movable=actor.may(Action.PLACE),
            )
            for s in self.little.booked.values() if first <= s.at < last
        )  # fmt: skip

    async def csv(self, _: Actor, where: AreaId, first: datetime, __: datetime) -> bytes:
        return f"{where};{first:%Y-%m-%d}".encode("utf-8-sig")

    async def area_rule(self, _: Actor, where: AreaId) -> RuleView:
        said = self.hours.get(where)
        quiet = (said[0], said[1]) if said and said[0] else None
        most, by = (said[2] if said else None), ("Trần Văn Huyện" if said else "")
        held = quiet or ("22:00", "05:00")
        soft = self.softer.get(where)
        name, at = TREE.get(where).name, self.little.time() if said else None
        return RuleView(where, name, quiet, most, held[0], held[1], most or 0, soft, soft, by, at)

    async def set_rule(self, actor: Actor, where: AreaId, quiet_from: str, quiet_to: str, most: int | None) -> RuleView:
        require(actor, Action.SET_HOURS, (where,), TREE)
        rule(quiet_from, quiet_to, most)
        self.hours[where] = (quiet_from, quiet_to, most)
        return await self.area_rule(actor, where)

    async def set_soft(self, actor: Actor, where: AreaId, start: str, end: str, most: int | None) -> RuleView:
        require(actor, Action.SET_HOURS, (where,), TREE)
        said = soft_hours(start, end, most)
        self.softer.pop(where, None)
        if said is not None and most is not None:
            self.softer[where] = (start, end, most)
        return await self.area_rule(actor, where)

    async def series(self, _: Actor, slot: int) -> SeriesView | None:
        return self.repeats.get(slot)

    async def look_repeat(self, _: Actor, slot: int, ask: Repeat) -> tuple[datetime, ...]:
        if ask.rule:
            parse_rule(ask.rule)
        return (self.little.booked[slot].at + timedelta(days=1),)

    async def repeat(self, actor: Actor, slot: int, ask: Repeat) -> SeriesView:
        booked = self.little.booked[slot]
        hour = f"{booked.at.astimezone(ZONE):%H:%M}"
        self.repeats[slot] = SeriesView(ask, await self.look_repeat(actor, slot, ask), hour, booked.areas)
        self.little.bell.ring()
        return self.repeats[slot]

    async def look_change(self, actor: Actor, slot: int, ask: SeriesAsk) -> SeriesChange:
        require(actor, Action.PLACE, ask.areas, TREE)
        if not ask.areas:
            raise Refusal("no-areas")
        try:
            hour = time.fromisoformat(ask.hour)
        except ValueError:
            raise Refusal("hours-bad") from None
        before = self.repeats[slot].coming
        after = tuple(datetime.combine(at.astimezone(ZONE).date(), hour, ZONE) for at in before)
        found = self.little.found(after[0])
        typed = confirmation(after[0], self.little.place_name(ask.areas), ZONE) if found else ""
        names = tuple(TREE.get(a).name for a in ask.areas)
        return SeriesChange(
            before, after, names, (), tuple(BreachView(names[0], f.breach.value, f.facts) for f in found), typed
        )

    async def change_series(self, actor: Actor, slot: int, ask: SeriesAsk, typed: str, reason: str) -> int:
        seen = await self.look_change(actor, slot, ask)
        pass_on_purpose(
            self.little.found(seen.after[0]), seen.after[0], self.little.place_name(ask.areas), ZONE, typed, reason
        )
        self.repeats[slot] = SeriesView(ask.how, seen.after, ask.hour, ask.areas)
        self.little.bell.ring()
        return slot

    async def end_repeat(self, _: Actor, slot: int) -> None:
        del self.repeats[slot]
        self.little.bell.ring()

    async def feeds(self, actor: Actor, where: AreaId) -> tuple[FeedView, ...]:
        require(actor, Action.STOP, (where,), TREE)
        return tuple(self.secrets)

    async def make_feed(self, actor: Actor, _: AreaId) -> str:
        self.secrets.append(FeedView(len(self.secrets) + 1, self.little.time(), actor.name))
        self.little.bell.ring()
        return "bi-mat"

    async def revoke_feed(self, _: Actor, feed: int) -> None:
        self.secrets = [f for f in self.secrets if f.id != feed]
        self.little.bell.ring()

    async def ics(self, _: str) -> bytes | None:
        return None

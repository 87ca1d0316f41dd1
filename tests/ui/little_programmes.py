"""The programmes of the little office: the same rules of order and length, in memory."""

import asyncio
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from broadcast.agenda.office_programmes import Programmes
from broadcast.agenda.patterns import shipped
from broadcast.agenda.programme_types import (
    Frame,
    MadeView,
    PartView,
    PatternView,
    ProgrammeLine,
    ProgrammeView,
    SoundView,
    Stale,
)
from broadcast.areas_data import load_tree
from broadcast.domain.bulletins import Bulletin, BulletinState, Origin, Sound
from broadcast.domain.house import Progress, Tell
from broadcast.domain.people import Action, Actor, require
from broadcast.domain.programme_patterns import Pattern
from broadcast.domain.programmes import (
    SHIPPED,
    STOPS,
    Fault,
    Part,
    PartKind,
    Programme,
    from_pattern,
    laid_out,
    put_before,
    with_part,
    without_part,
)
from broadcast.domain.refusals import Refusal
from broadcast.works import Works
from devices.vocabulary import AreaId, ClipHash, Level

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
TREE = load_tree("tay-ninh-2024")


@dataclass
class Held:
    area: AreaId
    frame: Frame
    what: Programme
    edition: int = 1
    made_edition: int = 0
    bulletin: int | None = None


@dataclass
class LittleProgrammes:
    little: Any
    held: dict[int, Held] = field(default_factory=dict)
    usual: dict[str, PatternView] = field(default_factory=lambda: {p.key: PatternView(p, None, "") for p in shipped()})
    own: dict[str, SoundView] = field(default_factory=dict)
    keys: Any = field(default_factory=lambda: (f"k{i}" for i in count(1)))
    slow_s: float = 0.0
    works: Works = field(default_factory=Works)

    def office(self) -> Programmes:
        return Programmes(**{part.name: getattr(self, part.name) for part in fields(Programmes)})

    def _resolved(self, part: Part) -> Part:
        if part.bulletin is None:
            own = self.own.get(part.sound)
            return replace(part, title=own.name if own else "", seconds=own.seconds if own else SHIPPED.get(part.sound))
        book = self.little.books[part.bulletin]
        return replace(
            part, title=book.title, seconds=book.sound.seconds if book.sound else None, level=book.level,
            valid_until=book.valid_until,
        )  # fmt: skip

    def _view(self, key: int, actor: Actor) -> ProgrammeView:
        held = self.held[key]
        what = replace(
            held.what,
            parts=tuple(map(self._resolved, held.what.parts)),
            gap_s=held.frame.gap_s,
            fade_s=held.frame.fade_s,
        )
        layout = laid_out(what, held.frame.slot_s, held.frame.at)
        starts = {p.index: p.start for p in layout.placed}
        parts = []
        for i, p in enumerate(what.parts):
            book = self.little.books.get(p.bulletin)
            found = [f for f, at in layout.faults if at == i]
            if book and book.state is not BulletinState.APPROVED:
                found.append(Fault.UNAPPROVED)
            parts.append(
                PartView(
                    p.key, p.kind, p.title, p.seconds, starts.get(i), p.sound, p.bulletin, p.level,
                    book.state if book else None, p.valid_until, tuple(found),
                )
            )  # fmt: skip
        whole = tuple(f for f, at in layout.faults if at is None)
        made = None
        if held.bulletin is not None:
            stale = (("", Stale.ORDER),) if held.edition != held.made_edition else ()
            made = MadeView(self.little.books[held.bulletin], stale)
        return ProgrammeView(
            key, held.area, TREE.get(held.area).name, held.frame, tuple(parts), layout.total, layout.over, layout.left,
            whole, not STOPS.intersection((*whole, *(f for p in parts for f in p.faults))), made, held.edition,
            "Trần Văn Huyện", self.little.time(), actor.may(Action.WRITE),
        )  # fmt: skip

    def _set(self, key: int, actor: Actor, what: Programme) -> ProgrammeView:
        held = self.held[key]
        held.what, held.edition = what, held.edition + 1
        self.little.bell.ring()
        return self._view(key, actor)

    def _mine(self, key: int, actor: Actor) -> Programme:
        require(actor, Action.WRITE, (), TREE)
        if key not in self.held:
            raise Refusal("no-such-programme")
        return self.held[key].what

    async def programmes(self, actor: Actor) -> tuple[ProgrammeLine, ...]:
        require(actor, Action.SEE_BULLETINS, (), TREE)
        views = [self._view(key, actor) for key in reversed(self.held)]
        return tuple(
            ProgrammeLine(
                v.id, v.frame.title, v.area_name, v.frame.at, len(v.parts), v.total_s, v.frame.slot_s,
                v.made.bulletin.state if v.made else None, bool(v.made and v.made.stale), None, v.changed_name,
                v.changed_at,
            )
            for v in views
        )  # fmt: skip

    async def programme(self, actor: Actor, key: int) -> ProgrammeView:
        if key not in self.held:
            raise Refusal("no-such-programme")
        return self._view(key, actor)

    async def of_bulletin(self, _: Actor, bulletin: int) -> int | None:
        return next((key for key, held in self.held.items() if held.bulletin == bulletin), None)

    async def make(
        self, actor: Actor, area: AreaId, usual: Pattern | None, title: str, day: date | None, some: tuple[int, ...]
    ) -> ProgrammeView:
        require(actor, Action.WRITE, (area,), TREE)
        at = datetime.combine(day, usual.hour, ZONE) if day and usual and usual.hour else None
        frame = Frame(
            title, at, usual.slot_s if usual else 900, usual.gap_s if usual else 1, usual.fade_s if usual else 2
        )
        news = [self._resolved(Part(PartKind.BULLETIN, "", bulletin=b, key=next(self.keys))) for b in some]
        pattern = [replace(p, key=next(self.keys)) if p else None for p in (usual.parts if usual else ())]
        key = len(self.held) + 1
        self.held[key] = Held(area, frame, from_pattern(pattern, news))
        self.little.bell.ring()
        return self._view(key, actor)

    async def take_into(self, actor: Actor, key: int, bulletin: int) -> ProgrammeView:
        part = Part(PartKind.BULLETIN, "", bulletin=bulletin, key=next(self.keys))
        return self._set(key, actor, with_part(self._mine(key, actor), part))

    async def add_part(self, actor: Actor, key: int, kind: PartKind, sound: str) -> ProgrammeView:
        part = Part(kind, "", key=next(self.keys), sound=sound)
        return self._set(key, actor, with_part(self._mine(key, actor), part))

    async def set_sound(self, actor: Actor, key: int, part: str, sound: str) -> ProgrammeView:
        what = self._mine(key, actor)
        parts = tuple(replace(p, sound=sound) if p.key == part else p for p in what.parts)
        return self._set(key, actor, replace(what, parts=parts))

    async def move_part(self, actor: Actor, key: int, part: str, before: str) -> ProgrammeView:
        return self._set(key, actor, put_before(self._mine(key, actor), part, before))

    async def drop_part(self, actor: Actor, key: int, part: str) -> ProgrammeView:
        return self._set(key, actor, without_part(self._mine(key, actor), part))

    async def set_frame(self, actor: Actor, key: int, before: Frame, after: Frame) -> ProgrammeView:
        self._mine(key, actor)
        held = self.held[key]
        held.frame = held.frame.merged(before, after)
        return self._set(key, actor, held.what)

    async def drop(self, actor: Actor, key: int) -> None:
        self._mine(key, actor)
        del self.held[key]
        self.little.bell.ring()

    async def assemble(self, actor: Actor, key: int, tell: Tell) -> ProgrammeView:
        self._mine(key, actor)
        if not self._view(key, actor).ready:
            raise Refusal("programme-faults")
        tell(Progress("assembling", 0.5))
        await asyncio.sleep(self.slow_s)
        held = self.held[key]
        seconds = self._view(key, actor).total_s
        held.bulletin = held.bulletin or len(self.little.books) + 1
        held.made_edition = held.edition
        sound = Sound(ClipHash("b" * 64), seconds, 9_000)
        self.little.books[held.bulletin] = Bulletin(
            held.bulletin, held.frame.title, "", Level.ROUTINE, BulletinState.DRAFT, Origin.PROGRAMME, actor.id,
            held.area, sound, self.little.time(), areas=(held.area,),
        )  # fmt: skip
        self.little.bell.ring()
        return self._view(key, actor)

    async def patterns(self, _: Actor, __: AreaId) -> tuple[PatternView, ...]:
        return tuple(sorted(self.usual.values(), key=lambda v: str(v.pattern.hour)))

    async def put_pattern(self, actor: Actor, area: AreaId, what: Pattern) -> None:
        require(actor, Action.WRITE, (area,), TREE)
        self.usual[what.key] = PatternView(what, area, TREE.get(area).name)
        self.little.bell.ring()

    async def drop_pattern(self, actor: Actor, area: AreaId, key: str) -> None:
        require(actor, Action.WRITE, (area,), TREE)
        self.usual[key] = PatternView(next(p for p in shipped() if p.key == key), None, "")
        self.little.bell.ring()

    async def sounds(self, _: Actor, __: AreaId) -> tuple[SoundView, ...]:
        ours = (SoundView(name, 0, "", seconds, "", "", theirs=False) for name, seconds in SHIPPED.items())
        return (*ours, *self.own.values())

    async def add_sound(self, actor: Actor, area: AreaId, name: str, file: Path, tell: Tell) -> SoundView:
        require(actor, Action.WRITE, (area,), TREE)
        tell(Progress("decoding", 0.5))
        key = len(self.own) + 1
        size = (await asyncio.to_thread(file.stat)).st_size
        made = SoundView(f"own:{key}", key, Path(name).stem, size / 1000, "c" * 64, TREE.get(area).name, theirs=True)
        self.own[made.sound] = made
        self.little.bell.ring()
        return made

    async def drop_sound(self, actor: Actor, sound: int) -> None:
        require(actor, Action.WRITE, (), TREE)
        del self.own[f"own:{sound}"]
        self.little.bell.ring()

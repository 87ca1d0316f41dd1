"""A little office in memory, honest enough to click through: the same refusals, states that move, a bell that rings."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from nicegui.testing import User, user_simulation

from audio.marked import explain, read
from audio.marks import lacking
from audio.reading import Lexicon
from broadcast.agenda.air_types import BreachView
from broadcast.domain.alarms import LASTS, AlarmInForce, require_confirmation, require_words
from broadcast.domain.areas import Area, AreaTree
from broadcast.domain.bulletins import Bulletin, BulletinState, Origin, Sound, clean_title, sayable
from broadcast.domain.coming import Mark
from broadcast.domain.concerns import Answer
from broadcast.domain.deliveries import DeliveryState
from broadcast.domain.guards import confirmation, pass_on_purpose
from broadcast.domain.house import Bell, HouseHealth, Progress, Tell
from broadcast.domain.lexicons import clean_words, clean_written
from broadcast.domain.listening import Breathless, Foretold, Heard, Outline, SpokenLine
from broadcast.domain.merging import Words, joined
from broadcast.domain.people import Action, Actor, Role, held, require
from broadcast.domain.refusals import Refusal
from broadcast.domain.schedule import Slot, require_time
from broadcast.domain.voices import AS_USUAL, VoiceChoice, VoiceOffered
from broadcast.newsroom import lexicon_books
from broadcast.office import Office
from broadcast.view_types import (
    AlarmView,
    AreaNode,
    BulletinView,
    Correction,
    DeliveryView,
    LexiconView,
    LogAsk,
    LogPage,
    LogRow,
    ReadingToken,
    ReadingView,
    ReceiverView,
    SlotPreview,
    SlotView,
    TrailAsk,
    TrailLine,
    TrailPage,
)
from devices.vocabulary import AlarmId, AreaId, ClipHash, Level, Siren
from tests.ui.little_air import LittleAir
from tests.ui.little_desk import LittleDesk
from tests.ui.little_door import PASSWORD, LittleDoor
from tests.ui.little_life import LittleLife
from tests.ui.little_programmes import LittleProgrammes
from tests.ui.little_sound import LittleSound

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
TREE = AreaTree.from_csv(files("broadcast").joinpath("data/areas/tay-ninh-2024.csv").read_text("utf-8").splitlines())


def area(name: str) -> Area:
    return next(a for a in TREE.areas.values() if a.name == name)


COMMUNES = (area("Xã Thạnh Đức"), area("Xã Cẩm Giang"), area("Xã Hiệp Thạnh"))
GO_DAU = area("Huyện Gò Dầu")
PEOPLE = {
    "tinh": Actor(1, "tinh", "Nguyễn Thị Tỉnh", held(Role.PROVINCE, TREE.root.id)),
    "huyen": Actor(2, "huyen", "Trần Văn Huyện", held(Role.STAFF, GO_DAU.id)),
    "xa": Actor(3, "xa", "Lê Thị Xã", held(Role.OPERATOR, COMMUNES[0].id)),
}


@dataclass
class LittleOffice(LittleSound, LittleAir, LittleLife, LittleDesk, LittleDoor):
    now: datetime | None = None
    people: dict[str, Actor] = field(default_factory=lambda: dict(PEOPLE))
    bell: Bell = field(default_factory=Bell)
    books: dict[int, Bulletin] = field(default_factory=dict)
    booked: dict[int, Slot] = field(default_factory=dict)
    ways: dict[int, tuple[DeliveryView, ...]] = field(default_factory=dict)
    horns: dict[str, ReceiverView] = field(default_factory=dict)
    raised: dict[str, AlarmInForce] = field(default_factory=dict)
    log_rows: list[LogRow] = field(default_factory=list)
    trail_lines: list[TrailLine] = field(default_factory=list)
    trail_asks: list[TrailAsk] = field(default_factory=list)
    orders: list[tuple[str, str]] = field(default_factory=list)
    refuse: dict[str, Refusal | Exception] = field(default_factory=dict)
    """What a use case is to raise."""
    health: HouseHealth = field(default_factory=lambda: HouseHealth("serving", "embedded", "", 0, "up", ""))
    clips: dict[str, Path] = field(default_factory=dict)
    speech_s: float = 0.0
    fell_back: str = ""
    choice: VoiceChoice = AS_USUAL
    uploaded: list[int] = field(default_factory=list)
    lines: dict[int, tuple[SpokenLine, ...]] = field(default_factory=dict)
    raws: dict[int, Path] = field(default_factory=dict)
    spoken: list[str] = field(default_factory=list)
    own: dict[int, dict[str, str]] = field(default_factory=dict)
    words: dict[AreaId, dict[str, str]] = field(default_factory=dict)
    """How things are read: in a bulletin, in an area."""
    limit_mb: int = 1
    left: dict[int, str] = field(default_factory=dict)
    answers: dict[tuple[int, str], Answer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.programming = LittleProgrammes(self)
        for i, home in enumerate(COMMUNES):
            self.horns[f"loa-{i + 1}"] = ReceiverView(
                f"loa-{i + 1}", f"Cụm loa ấp {i + 1}", home.id, home.name, i != 2, self.time(), "idle", "", None, None,
                80, 3.2, 21_400, 48.5, "0.1.0", 0, 0,
            )  # fmt: skip

    def tree(self) -> AreaTree:
        return TREE

    def time(self) -> datetime:
        return self.now or datetime.now(UTC)

    def _may(self, name: str) -> None:
        if name in self.refuse:
            raise self.refuse[name]

    def node(self, here: Area) -> AreaNode:
        children = tuple(self.node(c) for c in TREE.children(here.id))
        count = sum(TREE.holds(here.id, r.area) for r in self.horns.values())
        return AreaNode(here.id, here.name, here.kind, count, children)

    def reached(self, areas: tuple[AreaId, ...]) -> list[ReceiverView]:
        return [r for r in self.horns.values() if any(TREE.holds(a, r.area) for a in areas)]

    def seen(self, actor: Actor, home: AreaId) -> bool:
        return any(TREE.holds(mine, home) for mine in actor.areas)

    async def draft(self, actor: Actor, title: str, text: str) -> Bulletin:
        self._may("draft")
        require(actor, Action.WRITE, (), TREE)
        key = len(self.books) + 1
        self.books[key] = Bulletin(
            key, clean_title(title), text, Level.ROUTINE, BulletinState.DRAFT, Origin.TEXT, actor.id,
            actor.areas[0], None, self.time(),
        )  # fmt: skip
        self.bell.ring()
        return self.books[key]

    def _book(self, key: int, **changes: object) -> Bulletin:
        if key not in self.books:
            raise Refusal("no-such-bulletin")
        self.books[key] = replace(self.books[key], updated_at=self.time(), **changes)  # type: ignore[arg-type]  # fields
        self.bell.ring()
        return self.books[key]

    async def save(self, actor: Actor, bulletin: int, title: str, text: str, began: Words | None = None) -> Bulletin:
        self._may("save")
        key = bulletin
        require(actor, Action.WRITE, (), TREE)
        if len(text) > 20_000:
            raise Refusal("text-long", limit=20_000, length=len(text))
        old = self.books[key]
        now = joined(Words(old.title, old.text), began or Words(old.title, old.text), Words(title, text))
        if now is None:
            raise Refusal("text-elsewhere", name="Phạm Thị Trưởng")
        sound = old.sound if now.text == old.text or old.origin is Origin.UPLOAD else None
        return self._book(key, title=clean_title(now.title), text=now.text, sound=sound)

    def _clip(self, content: str) -> ClipHash:
        return ClipHash(sha256(content.encode()).hexdigest())

    async def render(self, actor: Actor, bulletin: int, tell: Tell, choice: VoiceChoice = AS_USUAL) -> Bulletin:
        key, self.choice = bulletin, choice
        self._may("render")
        require(actor, Action.WRITE, (), TREE)
        text = sayable(self.books[key].text, 20_000)
        self.spoken.append(read(text, lexicon=self._lexicon(key)))
        for i, name in enumerate(("waiting", "speaking", "mastering", "keeping")):
            tell(Progress(name, None if i == 0 else i / 4))
            await asyncio.sleep(self.speech_s / 4)
        engine, voice = ("espeak", "vi-vn-x-south") if self.fell_back else ("gtts", "vi")
        seconds = max(2.0, len(text.split()) / 3.5)
        return self._book(key, sound=Sound(self._clip(text), seconds, 9_000, engine, voice, self.fell_back))

    async def left_off(self, actor: Actor, key: int) -> str:
        require(actor, Action.WRITE, (), TREE)
        return self.left.get(key, "")

    def _lexicon(self, key: int) -> Lexicon:
        path = TREE.path(self.books[key].area)
        return lexicon_books.lexicon((self.own.get(key, {}), *(self.words.get(a, {}) for a in path)))

    async def reading(self, actor: Actor, key: int, text: str) -> ReadingView:
        self._may("reading")
        home = self.books[key].area
        tokens = []
        for t in explain(text, lexicon=self._lexicon(key)):
            written, corrected = text[t.start : t.end], None
            if t.rule == "own" and written in self.own.get(key, {}):
                corrected = Correction(written, t.words)
            elif t.rule == "own":
                corrected = Correction(written, t.words, home, TREE.get(home).name, actor.name, self.time())
            tokens.append(ReadingToken(t.start, t.end, t.kind, t.rule, t.words, t.others, corrected))
        may = any(TREE.holds(a, home) for a in actor.where(Action.CORRECT_LEXICON))
        return ReadingView(text, tuple(tokens), home, TREE.get(home).name, may)

    async def correct(self, actor: Actor, key: int, written: str, words: str, where: AreaId | None) -> Bulletin:
        self._may("correct")
        kept, said = clean_written(written), clean_words(words)
        if where is None:
            self.own.setdefault(key, {})[kept] = said
        else:
            require(actor, Action.CORRECT_LEXICON, (where,), TREE)
            self.own.get(key, {}).pop(kept, None)
            self.words.setdefault(where, {})[kept] = said
        return self._book(key, sound=None)

    async def uncorrect(self, _: Actor, key: int, written: str, where: AreaId | None) -> Bulletin:
        del (self.own[key] if where is None else self.words[where])[written]
        return self._book(key, sound=None)

    async def lexicon(self, actor: Actor, where: AreaId) -> LexiconView:
        require(actor, Action.CORRECT_LEXICON, (where,), TREE)
        entries = [
            Correction(written, said, a, TREE.get(a).name, actor.name, self.time())
            for a in TREE.path(where)
            for written, said in self.words.get(a, {}).items()
        ]
        return LexiconView(where, TREE.get(where).name, tuple(sorted(entries, key=lambda c: c.written.lower())))

    async def put_word(self, actor: Actor, where: AreaId, written: str, words: str) -> None:
        require(actor, Action.CORRECT_LEXICON, (where,), TREE)
        self.words.setdefault(where, {})[clean_written(written)] = clean_words(words)
        self.bell.ring()

    async def drop_word(self, actor: Actor, where: AreaId, written: str) -> None:
        require(actor, Action.CORRECT_LEXICON, (where,), TREE)
        del self.words[where][written]
        self.bell.ring()

    async def upload(self, actor: Actor, key: int, name: str, file: Path, tell: Tell) -> Bulletin:
        self._may("upload")
        require(actor, Action.WRITE, (), TREE)
        content = await asyncio.to_thread(file.read_bytes)
        if content.startswith(b"PK"):
            raise Refusal("sound-not-sound", name=name)
        self.uploaded.append(len(content))
        tell(Progress("decoding", 0.5))
        return self._book(key, sound=Sound(self._clip(name), 12.0, 9_000), origin=Origin.UPLOAD, upload_name=name)

    async def foretell(self, actor: Actor, _: int, text: str, choice: VoiceChoice) -> Foretold:
        self._may("foretell")
        require(actor, Action.WRITE, (), TREE)
        syllables = len(text.split())
        short = tuple(Breathless(part.strip(), len(part.split())) for part in text.split(".") if len(part.split()) > 30)
        by = VoiceChoice(choice.engine or "gtts", choice.voice or "vi", choice.rate)
        lack = lacking(text, ("woman",) if by.engine == "gtts" else ("man", "woman"))
        return Foretold(syllables / 3 / choice.rate, syllables, by, by.engine == "espeak", short, lacking=lack)

    async def choose(self, actor: Actor, key: int, choice: VoiceChoice) -> Bulletin:
        self._may("choose")
        require(actor, Action.WRITE, (), TREE)
        return self._book(key, choice=choice)

    async def heard(self, actor: Actor, key: int) -> Heard | None:
        require(actor, Action.SEE_BULLETINS, (), TREE)
        sound = self._view(self.books[key]).bulletin.sound
        raw = "f" * 64 if key in self.raws else ""
        return Heard(sound.clip, raw, 1.9, self.lines.get(key, ())) if sound else None

    async def before(self, actor: Actor, key: int) -> Path:
        require(actor, Action.SEE_BULLETINS, (), TREE)
        if key not in self.raws:
            raise Refusal("no-sound")
        return self.raws[key]

    async def outline(self, actor: Actor, key: int) -> Outline:
        require(actor, Action.SEE_BULLETINS, (), TREE)
        if key not in self.raws:
            raise Refusal("no-sound")
        return Outline((0.1, 0.9, 0.4), (0.05, 0.2, 0.1))

    async def drop_upload(self, actor: Actor, key: int) -> Bulletin:
        require(actor, Action.WRITE, (), TREE)
        return self._book(key, sound=None, origin=Origin.TEXT, upload_name="")

    def _placeable(self, actor: Actor, key: int, areas: tuple[AreaId, ...], at: datetime | None) -> datetime:
        require(actor, Action.PLACE, areas, TREE)
        if not areas:
            raise Refusal("no-areas")
        if self.books[key].sound is None:
            raise Refusal("no-sound")
        if not self.reached(areas):
            raise Refusal("no-receivers", area=TREE.get(areas[0]).name)
        when = at or self.time() + timedelta(seconds=5)
        require_time(when, self.time())
        return when

    async def preview(self, actor: Actor, key: int, areas: tuple[AreaId, ...], at: datetime | None) -> SlotPreview:
        self._may("preview")
        when = self._placeable(actor, key, areas, at)
        book, reached = self.books[key], self.reached(areas)
        found = self.found(when)
        quiet = confirmation(when, self.place_name(areas), ZONE) if found else ""
        views = tuple(BreachView(TREE.get(areas[0]).name, f.breach.value, f.facts) for f in found)
        offline = sum(not r.online for r in reached)
        names = tuple(TREE.get(a).name for a in areas)
        assert book.sound is not None
        seconds, coming = book.sound.seconds, (self.group(self.line(book.title, when, Mark.NEW)),)
        return SlotPreview(
            book.title, when, at is None, seconds, names, len(reached), offline, (), quiet, views, coming
        )

    async def place(
        self, actor: Actor, key: int, areas: tuple[AreaId, ...], at: datetime | None, typed: str, reason: str = ""
    ) -> Slot:
        self._may("place")
        when = self._placeable(actor, key, areas, at)
        pass_on_purpose(self.found(when), when, self.place_name(areas), ZONE, typed, reason)
        slot = Slot(len(self.booked) + 1, key, self.books[key].title, areas, when, actor.id)
        self.booked[slot.id] = slot
        self.ways[slot.id] = tuple(self.way(slot.id, r, DeliveryState.PLANNED) for r in self.reached(areas))
        self.bell.ring()
        return slot

    def way(self, slot: int, r: ReceiverView, state: DeliveryState, **more: object) -> DeliveryView:
        booked = self.booked[slot]
        view = DeliveryView(
            f"s{slot}", booked.title, r.id, r.name, r.area_name, state, booked.at, self.time(), None, None, None, None,
            12_345, "",
        )  # fmt: skip
        return replace(view, **more)  # type: ignore[arg-type]  # fields

    def move(self, slot: int, receiver: str, state: DeliveryState, **more: object) -> None:
        """News of one receiver."""
        fresh = self.way(slot, self.horns[receiver], state, **more)
        self.ways[slot] = tuple(fresh if d.receiver == receiver else d for d in self.ways[slot])
        self.bell.ring()

    async def withdraw_slot(self, actor: Actor, slot: int) -> Slot:
        require(actor, Action.PLACE, (), TREE)
        self.booked[slot] = replace(self.booked[slot], withdrawn=True)
        for d in self.ways[slot]:
            self.move(slot, d.receiver, DeliveryState.WITHDRAWN)
        return self.booked[slot]

    async def stop(self, actor: Actor, where: AreaId) -> None:
        self._may("stop")
        require(actor, Action.STOP, (where,), TREE)
        self.orders.append(("stop", where))

    async def identify(self, actor: Actor, receiver: str) -> None:
        self._may("identify")
        require(actor, Action.IDENTIFY, (self.horns[receiver].area,), TREE)
        self.orders.append(("identify", receiver))

    async def raise_alarm(
        self, actor: Actor, areas: tuple[AreaId, ...], siren: Siren, words: str, typed: str
    ) -> AlarmInForce:
        require(actor, Action.RAISE_ALARM, areas, TREE)
        if not areas:
            raise Refusal("no-areas")
        kept = require_words(words)
        require_confirmation(typed)
        key, now = AlarmId(f"a{len(self.raised) + 1}"), self.time()
        self.raised[key] = AlarmInForce(key, areas, siren, kept, actor.id, actor.name, now, now + LASTS)
        self.bell.ring()
        return self.raised[key]

    async def end_alarm(self, actor: Actor, key: str) -> AlarmInForce:
        require(actor, Action.END_ALARM, (), TREE)
        self.raised[key] = replace(self.raised[key], ended_at=self.time())
        self.bell.ring()
        return self.raised[key]

    async def areas(self, actor: Actor, action: Action | None = None) -> tuple[AreaNode, ...]:
        return tuple(self.node(TREE.get(a)) for a in (actor.areas if action is None else actor.where(action)))

    def _view(self, book: Bulletin) -> BulletinView:
        name = next(p.name for p in PEOPLE.values() if p.id == book.author)
        return BulletinView(book, name, tuple(s for s in self.booked.values() if s.bulletin == book.id))

    async def bulletin(self, actor: Actor, key: int) -> BulletinView:
        require(actor, Action.SEE_BULLETINS, (), TREE)
        if key not in self.books:
            raise Refusal("no-such-bulletin")
        return self._view(self.books[key])

    async def slots(self, actor: Actor, how_many: int) -> tuple[SlotView, ...]:
        views = []
        for slot in self.booked.values():
            mine = [d.state for d in await self.deliveries(actor, slot.id)]
            names = tuple(TREE.get(a).name for a in slot.areas)
            views.append(SlotView(slot, names, 12.3, {s: mine.count(s) for s in mine}))
        return tuple(views[:how_many])

    async def deliveries(self, actor: Actor, slot: int) -> tuple[DeliveryView, ...]:
        return tuple(d for d in self.ways.get(slot, ()) if self.seen(actor, self.horns[d.receiver].area))

    async def receivers(self, actor: Actor) -> tuple[ReceiverView, ...]:
        self._may("receivers")
        return tuple(r for r in self.horns.values() if self.seen(actor, r.area))

    async def alarms(self, actor: Actor) -> tuple[AlarmView, ...]:
        now = self.time()
        return tuple(
            AlarmView(
                a.id, tuple(TREE.get(x).name for x in a.areas), a.siren.value, a.words, a.raised_name, a.raised_at,
                a.until, a.ended_at, a.in_force(now), a.words_ready, tuple(TREE.get(x).name for x in a.unsent),
                tuple(
                    DeliveryView(
                        a.id, a.words[:40], r.id, r.name, r.area_name, DeliveryState.SENT, a.raised_at, a.raised_at,
                        None, None, None, None, 0, "",
                    )
                    for r in self.reached(a.areas) if self.seen(actor, r.area)
                ),
            )
            for a in self.raised.values() if any(self.seen(actor, r.area) for r in self.reached(a.areas))
        )  # fmt: skip

    async def log(self, _: Actor, ask: LogAsk) -> LogPage:
        rows = [r for r in self.log_rows if self._asked(r, ask)]
        first = ask.page * ask.page_size
        return LogPage(tuple(rows[first : first + ask.page_size]), len(rows))

    def _asked(self, row: LogRow, ask: LogAsk) -> bool:
        day = row.planned_at.astimezone(ZONE).date().isoformat()
        inside = ask.area is None or any(TREE.holds(ask.area, a.id) for a in COMMUNES if a.name == row.area_name)
        return ask.first_day <= day <= ask.last_day and inside

    async def trail(self, _: Actor, ask: TrailAsk) -> TrailPage:
        self.trail_asks.append(ask)
        lines = [x for x in self.trail_lines if ask.action in {"", x.action}]
        start = ask.page * ask.page_size
        people = tuple((p.id, p.name) for p in self.people.values())
        return TrailPage(tuple(lines[start : start + ask.page_size]), len(lines), people)

    async def trail_csv(self, _: Actor, ask: TrailAsk) -> bytes:
        return f"{ask.first_day}".encode()

    async def log_csv(self, _: Actor, ask: LogAsk) -> bytes:
        lines = [f"{r.title},{r.receiver_name}" for r in self.log_rows if self._asked(r, ask)]
        return "\n".join(["Bản tin,Cụm loa", *lines]).encode("utf-8-sig")

    def office(self) -> Office:
        bound = {name: getattr(self, name) for name in Office.__annotations__ if hasattr(type(self), name)}
        return Office(
            **{
                **bound,
                "clip": self.clips.get,
                "house": lambda: self.health,
                "bell": self.bell,
                "accounts": self.accounts(),
                "life": self.life(),
                "sound": self.sound(),
                "programmes": self.programming.office(),
            },
            zone="Asia/Ho_Chi_Minh",
            upload_limit_mb=self.limit_mb,
            text_limit=20_000,
            voices=(VoiceOffered("gtts", ("vi",)), VoiceOffered("espeak", ("vi-vn-x-south", "vi"))),
        )


@pytest.fixture
def little() -> LittleOffice:
    return LittleOffice()


@pytest.fixture
async def user(little: LittleOffice, tmp_path: Path) -> AsyncIterator[User]:
    """Someone at a browser, at the panel of the little office; not logged in yet."""
    from nicegui.storage import Storage  # noqa: PLC0415 - the simulation gives every test new modules

    before, Storage.path = Storage.path, tmp_path / "sessions"
    async with user_simulation() as someone:
        from ui.panel import register  # noqa: PLC0415 - see above

        register(little.office())
        yield someone
    Storage.path = before


@pytest.fixture
def enter(user: User):
    """Log in by the form, and open a page."""

    async def entering(login: str, address: str = "/") -> User:
        await user.open(f"/login?to={address}")
        user.find(marker="login").type(login)
        user.find(marker="password").type(PASSWORD)
        user.find(marker="log-in").click()
        await user.should_see(marker="account", retries=30)
        return user

    return entering

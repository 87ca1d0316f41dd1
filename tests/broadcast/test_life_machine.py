"""The life of a bulletin walked at random through the use cases: nothing airs but what was approved."""

import asyncio
import shutil
import tempfile
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlmodel import Session, select

from broadcast import editing, scheduling
from broadcast.domain.bulletins import LIFE, BulletinEvent, BulletinState
from broadcast.domain.fields import Fields
from broadcast.domain.house import Bell
from broadcast.domain.people import Actor, Role
from broadcast.domain.refusals import Refusal
from broadcast.domain.versions import fingerprint
from broadcast.newsroom import ending, life
from broadcast.newsroom.desk import Desk
from broadcast.newsroom.version_books import content
from broadcast.records import AiringRow, BulletinRow, ClipRow, SlotRow
from broadcast.settings import Settings
from broadcast.store import Store
from broadcast.tables.version_records import DecisionRow, HearingRow, VersionRow
from devices.vocabulary import AreaId, Level

DISTRICT = AreaId("huyen-go-dau-710")
COMMUNE = AreaId("xa-thanh-duc-25657")
WHO = st.sampled_from(["staff", "chief"])
PLACED = {"draft>approved", "submitted>approved", "approved>approved"}


async def _replan(_areas: tuple[AreaId, ...]) -> None:
    pass


class Life(RuleBasedStateMachine):
    """One bulletin in books of its own. What it stands on is set by the fixture."""

    folders: Path
    books: bytes
    plain: Desk
    people: dict[str, Actor]
    clock: Any
    began: datetime

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=self.folders))
        (self.folder / "books.sqlite3").write_bytes(self.books)
        self.clock.time = self.began
        self.loop = asyncio.new_event_loop()
        self.desk = replace(
            self.plain,
            store=Store(f"sqlite:///{self.folder / 'books.sqlite3'}", self.clock),
            bell=Bell(),
            settings=Settings(),
        )
        self.seen = ""
        self.kept: dict[tuple[int, int], str] = {}
        self.takes = 0

    def do(self, what):
        return self.loop.run_until_complete(what)

    def tried(self, what) -> bool:
        """Whether it was done; a step that the rules refuse changes nothing."""
        before = self.state
        try:
            self.do(what)
        except Refusal:
            assert self.state == before
            return False
        return True

    @property
    def row(self) -> BulletinRow:
        with Session(self.desk.store.engine) as session:
            return session.exec(select(BulletinRow)).one()

    @property
    def state(self) -> str:
        return self.row.state

    def rows(self, table):
        with Session(self.desk.store.engine) as session:
            return list(session.exec(select(table)).all())

    @initialize()
    def write(self) -> None:
        self.key = self.do(editing.draft(self.desk, self.people["staff"], "Mời họp", "Mời bà con đi họp.")).id

    @rule(who=WHO, text=st.sampled_from(["Mời bà con.", "Mời bà con họp.", ""]))
    def edit(self, who, text) -> None:
        before, had = self.row.state, (self.row.title, self.row.text)
        if self.tried(editing.save(self.desk, self.people[who], self.key, "Mời họp", text)):
            same = had == ("Mời họp", text)
            assert self.state == (before if same else LIFE[BulletinState(before), BulletinEvent.EDIT])

    @rule(who=WHO, level=st.sampled_from([Level.ROUTINE, Level.PRIORITY]), hours=st.sampled_from([None, 1, 9]))
    def describe(self, who, level, hours) -> None:
        until = None if hours is None else self.began + timedelta(hours=hours)
        held = self.do(life.life(self.desk, self.people[who], self.key)).bulletin.fields
        self.tried(
            editing.describe(self.desk, self.people[who], self.key, held, Fields(level=level, valid_until=until))
        )

    @rule()
    def speak(self) -> None:
        """As rendering does: another sound, and so an edit."""
        self.takes += 1
        file = self.folder / "take"
        file.write_bytes(b"%d" % self.takes)
        clip = self.desk.library.keep(file)

        def enter(session: Session) -> None:
            row = session.exec(select(BulletinRow)).one()
            after = LIFE.get((BulletinState(row.state), BulletinEvent.EDIT))
            if after is None:
                return
            session.merge(ClipRow(sha256=clip, seconds=10.0, size=1, made_at=self.clock.time))
            session.flush()
            row.clip, row.state = clip, after.value

        self.do(self.desk.store.write(enter))

    @rule(who=WHO)
    def submit(self, who) -> None:
        if self.tried(life.submit(self.desk, self.people[who], self.key)):
            assert self.state == "submitted"

    @rule(who=WHO)
    def look(self, who) -> None:
        versions = self.do(life.life(self.desk, self.people[who], self.key)).versions
        self.seen = versions[0].hash if versions else ""

    @precondition(lambda self: self.seen)
    @rule(who=WHO)
    def hear(self, who) -> None:
        self.tried(life.hear(self.desk, self.people[who], self.key, self.seen, 10.0))

    @precondition(lambda self: self.seen)
    @rule(who=WHO, waived=st.sampled_from(["", "đã nghe ở phòng bên"]))
    def approve(self, who, waived) -> None:
        before = self.row
        if self.tried(life.approve(self.desk, self.people[who], self.key, self.seen, waived)):
            assert (before.state, self.state) == ("submitted", "approved")
            assert fingerprint(content(before)) == self.seen
            decision = self.rows(DecisionRow)[-1]
            heard = {(h.number, h.person) for h in self.rows(HearingRow)}
            assert decision.waived or (decision.number, self.people[who].id) in heard

    @precondition(lambda self: self.seen)
    @rule(who=WHO)
    def reject(self, who) -> None:
        if self.tried(life.reject(self.desk, self.people[who], self.key, self.seen, "sai giờ họp")):
            assert self.state == "rejected"

    @rule()
    def expire(self) -> None:
        before = self.row
        self.do(ending.expire(self.desk, _replan))
        over = before.valid_until is not None and before.valid_until < self.clock.time
        moved = over and before.state in {"submitted", "approved"}
        assert self.state == ("expired" if moved else before.state)

    @rule(demanded=st.booleans())
    def demand(self, demanded) -> None:
        self.do(life.set_two_people(self.desk, self.people["province"], COMMUNE, demanded))

    @rule(minutes=st.sampled_from([1, 40]))
    def wait(self, minutes) -> None:
        self.clock.on(minutes=minutes)

    @rule(who=WHO)
    def place(self, who) -> None:
        before = self.row
        two = bool(self.do(life.two_people(self.desk, self.people["province"]))) or before.level == "priority"
        slots = len(self.rows(SlotRow))
        at = self.clock.time + timedelta(minutes=5)
        if not self.tried(scheduling.place(self.desk, _replan, self.people[who], self.key, (COMMUNE,), at, "")):
            return
        if len(self.rows(SlotRow)) == slots:
            return
        assert f"{before.state}>{self.state}" in PLACED
        slot, airing = self.rows(SlotRow)[-1], self.rows(AiringRow)[-1]
        version = next(v for v in self.rows(VersionRow) if v.number == slot.version)
        decision = next(d for d in self.rows(DecisionRow) if d.number == slot.version)
        assert decision.verdict in {"approved", "vouched"}
        assert version.hash == fingerprint(content(before))
        assert (airing.clip, airing.title, airing.level) == (version.clip, version.title, version.level)
        assert version.valid_until is None or airing.at <= version.valid_until
        if two:
            assert decision.by not in version.writers

    @precondition(lambda self: self.takes > 4)
    @rule()
    def withdraw(self) -> None:
        if self.tried(ending.withdraw(self.desk, _replan, self.people["staff"], self.key)):
            assert self.state == "withdrawn"

    @invariant()
    def versions_are_what_they_were(self) -> None:
        now = {(v.bulletin, v.number): f"{v.hash}{v.title}{v.text}{v.clip}{v.level}" for v in self.rows(VersionRow)}
        assert {key: now[key] for key in self.kept} == self.kept
        assert all(v.hash == fingerprint(content(v)) for v in self.rows(VersionRow))
        self.kept = now

    @invariant()
    def what_is_approved_is_the_newest_version_and_let_through(self) -> None:
        rows = self.rows(BulletinRow)
        if not rows or rows[0].state not in {"submitted", "approved"}:
            return
        newest = max(self.rows(VersionRow), key=lambda v: v.number)
        decided = {d.number: d.verdict for d in self.rows(DecisionRow)}.get(newest.number)
        assert newest.hash == fingerprint(content(rows[0]))
        assert decided in ({None} if rows[0].state == "submitted" else {"approved", "vouched"})

    def teardown(self) -> None:
        self.do(self.desk.store.close())
        self.loop.close()
        shutil.rmtree(self.folder)


@pytest.fixture
def machine(tree, clock, hire, desk, receivers, staff, tmp_path):
    """The machine, with people and receivers of the fixtures in its books."""
    people = {"staff": staff, "chief": hire("truong", Role.STAFF, DISTRICT)}
    people["province"] = hire("tinh", Role.PROVINCE, tree.root.id)
    with desk.store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    here = {"folders": tmp_path, "books": (tmp_path / "loalang.sqlite3").read_bytes(), "plain": desk}
    return type("Here", (Life,), {**here, "people": people, "clock": clock, "began": clock.time})


def test_whatever_happens_only_what_was_approved_goes_on_the_air(machine):
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

"""What is written into the trail, and that nothing passes it by."""

import asyncio
import dataclasses
import json
import math
import struct
import wave
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from broadcast import auditing, editing, trail
from broadcast.agenda.air_types import Repeat, SeriesAsk
from broadcast.bootstrap import open_house
from broadcast.domain.audit import Change, Deed, Fault, Head, doing, whence
from broadcast.domain.people import Role, held
from broadcast.domain.programme_patterns import Pattern
from broadcast.domain.programmes import PartKind
from broadcast.domain.refusals import Refusal
from broadcast.domain.template_writing import Written
from broadcast.domain.voices import VoiceChoice
from broadcast.newsroom.life_types import BulletinAsk
from broadcast.office import Office
from broadcast.people import accounts
from broadcast.recording import Recording
from broadcast.records import AuditHeadRow, AuditRow, BulletinRow, PersonRow
from broadcast.settings import Settings
from broadcast.view_types import LogAsk, TrailAsk
from devices.loopback import Exchange, LoopbackLink
from devices.signing import load_or_make
from devices.vocabulary import AreaId, Siren

PASSWORD = "correct horse 7"
LAN = Deed("save", 7, "lan", "Lan", "10.0.0.1")
INVITED = {
    "authority": "Ấp Bến",
    "who": "bà con",
    "matter": "làm đường",
    "hour": "19:00",
    "day": "28/11/2099",
    "place": "nhà văn hóa",
}
FORM = Written("Họp", "news", title="Họp", text="Mời bà con họp.")
TODAY = TrailAsk("2000-01-01", "2100-01-01", page_size=100)


@pytest.fixture
def house_settings(tmp_path):
    plain = Settings()
    return msgspec.structs.replace(
        plain,
        server=msgspec.structs.replace(plain.server, data=str(tmp_path / "data")),
        speech=msgspec.structs.replace(plain.speech, engines=("espeak",)),
        schedule=msgspec.structs.replace(plain.schedule, quiet_from="00:00", quiet_to="00:00"),
    )


async def whole(store) -> bool:
    return (await store.read(auditing.check)).fault is None


async def test_a_change_is_entered_with_who_where_before_and_after(desk, staff, rows, clock):
    with doing(Deed("draft", staff.id, staff.login, staff.name, "10.0.0.1")):
        made = await editing.draft(desk, staff, "Cúp nước", "Nước về trễ.")
    clock.on(minutes=1)
    with doing(dataclasses.replace(LAN, person=staff.id)):
        await editing.save(desk, staff, made.id, "Cúp nước", "Nước về rất trễ.")
    first, second = rows(AuditRow)
    assert (first.seq, first.action, first.login, first.whence) == (1, "draft", "canbo", "10.0.0.1")
    assert (first.subject, first.areas) == (f"bulletin/{made.id}", f" {staff.areas[0]} ")
    assert json.loads(first.before) == {}
    assert json.loads(first.after)[first.subject]["title"] == "Cúp nước"
    assert second.at == clock.time
    assert json.loads(second.before)[second.subject] == {
        "text": "Nước về trễ.",
        "updated_at": "2026-11-25T10:00:00.000Z",
    }
    assert json.loads(second.after)[second.subject]["text"] == "Nước về rất trễ."
    assert await whole(desk.store)


async def test_what_was_undone_leaves_no_entry(desk, staff, refused, rows):
    made = await editing.draft(desk, staff, "Cúp nước", "Nước về trễ.")
    await refused(editing.save(desk, staff, made.id, "Cúp nước", "x" * 30_000))
    assert [r.action for r in rows(AuditRow)] == [trail.UNNAMED]


async def test_what_changes_nothing_leaves_no_entry(desk, staff, rows):
    made = await editing.draft(desk, staff, "Cúp nước", "Nước về trễ.")
    await editing.save(desk, staff, made.id, "Cúp nước", "Nước về trễ.")
    assert len(rows(AuditRow)) == 1


async def test_a_change_nobody_answers_for_is_entered_all_the_same(desk, staff, rows):
    await editing.draft(desk, staff, "Cúp nước", "Nước về trễ.")
    (row,) = rows(AuditRow)
    assert (row.action, row.person, row.name) == (trail.UNNAMED, None, "")


async def test_no_secret_stands_in_the_trail(desk, tree, rows):
    await accounts.add_user(desk, "lan", "Lan", held(Role.PROVINCE, tree.root.id), PASSWORD)
    await accounts.change_password(desk, "lan", PASSWORD + "8")
    hashes = [p.password_hash for p in rows(PersonRow)]
    made, changed = rows(AuditRow)
    assert json.loads(changed.before) == {"person/1": {"password_hash": "•"}}
    assert json.loads(changed.after) == {"person/1": {"password_hash": "•••"}}
    assert not [h for h in hashes for r in (made, changed) if h[:20] in r.before + r.after]


async def test_removing_a_row_keeps_what_it_was(desk, staff, rows):
    made = await editing.draft(desk, staff, "Cúp nước", "Nước về trễ.")
    await desk.store.write(lambda s: s.delete(s.get_one(BulletinRow, made.id)))
    last = rows(AuditRow)[-1]
    assert json.loads(last.before)[f"bulletin/{made.id}"]["title"] == "Cúp nước"
    assert json.loads(last.after) == {}


async def test_a_long_text_is_kept_as_the_part_that_changed(desk, staff, rows):
    long = "Bà con chú ý. " * 200
    made = await editing.draft(desk, staff, "Dài", long)
    await editing.save(desk, staff, made.id, "Dài", long + "Hết.")
    last = rows(AuditRow)[-1]
    assert json.loads(last.after)[last.subject]["text"] == {"from": len(long), "text": "Hết."}


async def test_a_statement_that_would_pass_by_the_watch_is_refused(desk, staff):
    await editing.draft(desk, staff, "Cúp nước", "Nước về trễ.")
    with pytest.raises(TypeError, match="bulletin is watched"):
        await desk.store.write(lambda s: s.execute(update(BulletinRow).values(title="x")))


@pytest.mark.parametrize(
    "statement", ["UPDATE audit SET login = 'x'", "DELETE FROM audit", "UPDATE audit SET hash = ''"]
)
async def test_the_database_itself_refuses_to_change_or_remove_an_entry(desk, statement):
    await desk.store.note(LAN, Change())
    with pytest.raises(DBAPIError, match="append-only"), desk.store.engine.begin() as books:
        books.execute(text(statement))


async def test_two_programs_writing_at_once_make_one_trail(desk, store, clock):
    other = type(store)(f"sqlite:///{store.engine.url.database}", clock)
    async with asyncio.timeout(30):
        await asyncio.gather(*(s.note(LAN, Change({}, {f"x/{i}": i})) for i in range(20) for s in (store, other)))
    await other.close()
    assert await whole(store)
    assert (await auditing.head(desk)).seq == 40


def attack(desk, *statements):
    """As someone would who has the file: the triggers are no lock."""
    with desk.store.engine.begin() as books:
        for trigger in ("audit_no_update", "audit_no_delete"):
            books.execute(text(f"DROP TRIGGER IF EXISTS {trigger}"))
        for statement in statements:
            books.execute(text(statement))


@pytest.mark.parametrize(
    ("statements", "fault", "at"),
    [
        (["UPDATE audit SET login = 'hung' WHERE seq = 3"], Fault.CHANGED, 3),
        (["UPDATE audit SET at = '2020-01-01 00:00:00.000000' WHERE seq = 5"], Fault.CHANGED, 5),
        (["UPDATE audit SET person = NULL WHERE seq = 1"], Fault.CHANGED, 1),
        (["DELETE FROM audit WHERE seq = 2"], Fault.REMOVED, 2),
        (["DELETE FROM audit WHERE seq = 5"], Fault.REMOVED, 5),
        (["DELETE FROM audit"], Fault.REMOVED, 1),
        (["DELETE FROM audit WHERE seq = 2", "UPDATE audit SET seq = seq - 1 WHERE seq > 2"], Fault.CHANGED, 2),
        (["INSERT INTO audit SELECT 6, at, person, login, name, whence, action, subject, areas, before, after, hash FROM audit WHERE seq = 1"], Fault.PUT_IN, 6),  # noqa: E501 - one statement
        (["UPDATE audit_head SET hash = 'x'"], Fault.HEAD, 5),
    ],
)  # fmt: skip
async def test_the_file_attacked_is_found_out_and_the_first_entry_named(desk, statements, fault, at):
    for number in range(5):
        await desk.store.note(LAN, Change({}, {"x": number}))
    attack(desk, *statements)
    verdict = await desk.store.read(auditing.check)
    assert (verdict.fault, verdict.at) == (fault, at)


async def test_every_day_the_head_is_told_once_and_a_trail_cut_short_is_betrayed(desk, clock):
    await desk.store.note(LAN, Change())
    for _ in range(3):
        await auditing.send_head(desk)
    clock.on(days=1)
    await desk.store.note(LAN, Change())
    await auditing.send_head(desk)
    heads = auditing.read_heads(desk.settings.audit_heads)
    assert [(day, h.seq) for day, h in heads] == [("2026-11-25", 1), ("2026-11-26", 2)]
    attack(
        desk,
        "DELETE FROM audit WHERE seq = 2",
        "UPDATE audit_head SET seq = 1, hash = (SELECT hash FROM audit WHERE seq = 1)",
    )
    assert await whole(desk.store)
    verdict = await desk.store.read(lambda s: auditing.check(s, tuple(h for _, h in heads)))
    assert (verdict.fault, verdict.at) == (Fault.REMOVED, 2)


def test_every_table_is_watched_or_named_as_the_machines_own(store):
    tables = {t.name for t in SQLModel.metadata.sorted_tables}
    assert {"person", "bulletin", "slot", "receiver"} <= tables - trail.UNWATCHED


READS = {
    "actor", "areas", "bulletin", "bulletins", "clip", "deliveries", "house", "log", "log_csv", "preview", "receivers",
    "slots", "alarms", "trail", "trail_csv", "reading", "lexicon", "left_off", "foretell", "before", "heard",
    "outline", "holds", "without", "next_hours", "preview_move", "templates", "take_in", "warnings",
}  # fmt: skip


def tone(file):
    with wave.open(str(file), "wb") as sound:
        sound.setparams((1, 2, 16_000, 0, "NONE", ""))
        wave_ = (round(12_000 * math.sin(i / 6)) for i in range(16_000))
        sound.writeframes(b"".join(struct.pack("<h", v) for v in wave_))
    return file


def programme_walk(shows, lan, bulletin, root, tmp_path):
    """Every call about programmes that changes something, in an order in which it can."""

    async def sounds():
        await shows.set_sound(lan, 1, (await shows.programme(lan, 1)).parts[0].key, "chime")

    async def moved():
        music = (await shows.add_part(lan, 1, PartKind.MUSIC, "")).parts
        await shows.move_part(lan, 1, music[-1].key, music[1].key)

    async def framed():
        held = (await shows.programme(lan, 1)).frame
        await shows.set_frame(lan, 1, held, dataclasses.replace(held, gap_s=3.0))

    async def dropped():
        await shows.drop_part(lan, 1, (await shows.programme(lan, 1)).parts[0].key)

    return {
        "make_programme": lambda: shows.make(lan, root, None, "Chiều", None, ()),
        "take_into": lambda: shows.take_into(lan, 1, bulletin),
        "add_part": lambda: shows.add_part(lan, 1, PartKind.OPENING, "rising"),
        "set_sound": sounds,
        "move_part": moved,
        "assemble": lambda: shows.assemble(lan, 1, lambda _: None),
        "set_frame": framed,
        "drop_part": dropped,
        "drop_programme": lambda: shows.drop(lan, 1),
        "put_pattern": lambda: shows.put_pattern(lan, root, Pattern("sang", "S", None, 60.0, 1.0, 0.0, ())),
        "drop_pattern": lambda: shows.drop_pattern(lan, root, "sang"),
        "add_sound": lambda: shows.add_sound(lan, root, "a.wav", tone(tmp_path / "a.wav"), lambda _: None),
        "drop_sound": lambda: shows.drop_sound(lan, 1),
    }


async def test_every_call_of_the_office_that_changes_something_leaves_its_entry(house_settings, tmp_path):
    """A new call stands among those that only read, or is walked here, or this test fails."""
    async with open_house(house_settings, LoopbackLink(Exchange())) as house:
        root = house.tree.root.id
        lan = await house.add_user("lan", "Lan", held(Role.PROVINCE, root), PASSWORD)
        await house.enrol("loa-1", "xa-thanh-duc-25657", "Ấp Bến", load_or_make(tmp_path / "loa.key", "loa-1").public)
        office, entries = house.office, []
        whence.set("10.0.0.1")
        await office.accounts.begin(lan, "10.0.0.1", "Firefox", "password")

        async def left(name: str):
            async with asyncio.timeout(30):
                while not (found := [x for x in (await office.trail(lan, TODAY)).lines if x.action == name]):  # noqa: ASYNC110 - the books are what is waited for
                    await asyncio.sleep(0.01)
            entries.append(found[0])

        made = await office.draft(lan, "Nước", "Nước về trễ.")
        alarms = []

        async def raised():
            alarms.append(await office.raise_alarm(lan, (root,), Siren.WAIL, "Lũ về", "KHẨN CẤP"))

        slots, later = [], []

        async def placed():
            slots.append(await office.place(lan, made.id, (root,), None, ""))
            later.append(await office.place(lan, made.id, (root,), datetime.now(UTC) + timedelta(hours=1), ""))

        async def restored():
            own = await office.forms.template(lan, root, "hop-dan")
            await office.forms.restore_template(lan, root, "hop-dan", own.state)

        async def taken_in():
            made = await office.programmes.make(lan, AreaId("xa-thanh-duc-25657"), None, "Sáng", None, ())
            await office.agenda.inbox.take_in(lan, 2, made.id)

        changes = {
            "log_in": lambda: None,
            "draft": lambda: None,
            "from_template": lambda: office.from_template(lan, "hop-dan", INVITED),
            "save": lambda: office.save(lan, made.id, "Nước", "Nước về trễ hai giờ."),
            "answer_warning": lambda: office.answer_warning(lan, made.id, "no-validity-0123456789ab", "phát thử"),
            "upload": lambda: office.upload(lan, made.id, "a.wav", tone(tmp_path / "a.wav"), lambda _: None),
            "drop_upload": lambda: office.drop_upload(lan, made.id),
            "correct": lambda: office.correct(lan, made.id, "trễ", "chậm", None),
            "uncorrect": lambda: office.uncorrect(lan, made.id, "trễ", None),
            "save_template": lambda: office.forms.save_template(lan, root, "hop-dan", FORM, ""),
            "restore_template": restored,
            "hide_template": lambda: office.forms.hide_template(lan, root, "bao", ""),
            "put_word": lambda: office.put_word(lan, root, "trễ", "chậm"),
            "drop_word": lambda: office.drop_word(lan, root, "trễ"),
            "choose": lambda: office.choose(lan, made.id, VoiceChoice("espeak", "vi", 0.9)),
            "render": lambda: office.render(lan, made.id, lambda _: None),
            "place": placed,
            "move_slot": lambda: office.move_slot(lan, later[0].id, datetime.now(UTC) + timedelta(hours=2), "", ""),
            "withdraw_slot": lambda: office.withdraw_slot(lan, slots[0].id),
            **programme_walk(office.programmes, lan, made.id, root, tmp_path),
            "stop": lambda: office.stop(lan, root),
            "set_rule": lambda: office.agenda.set_rule(lan, root, "22:00", "22:00", 0),
            "take_offer": lambda: office.agenda.inbox.take(lan, 2),
            "take_in_offer": taken_in,
            "put_off_offer": lambda: office.agenda.inbox.put_off(lan, 2, datetime.now(UTC) + timedelta(hours=3)),
            "decline_offer": lambda: office.agenda.inbox.decline(lan, 2, "Trùng lễ"),
            "set_answer_rule": lambda: office.agenda.inbox.set_answer_rule(lan, root, False, 10),
            "set_soft": lambda: office.agenda.set_soft(lan, root, "05:00", "06:00", 60),
            "repeat": lambda: office.agenda.repeat(lan, later[0].id, Repeat("FREQ=DAILY")),
            "change_series": lambda: office.agenda.change_series(
                lan, later[0].id, SeriesAsk(Repeat("FREQ=DAILY"), "12:00", (root,)), "", ""
            ),
            "end_repeat": lambda: office.agenda.end_repeat(lan, later[0].id),
            "make_feed": lambda: office.agenda.make_feed(lan, root),
            "revoke_feed": lambda: office.agenda.revoke_feed(lan, 1),
            "hold": lambda: office.hold(lan, root),
            "release": lambda: office.release(lan, root),
            "identify": lambda: office.identify(lan, "loa-1"),
            "raise_alarm": raised,
            "end_alarm": lambda: office.end_alarm(lan, alarms[0].id),
        }
        calls = {f.name for f in dataclasses.fields(Office) if callable(getattr(office, f.name)) and f.name != "bell"}
        assert not calls - READS - set(changes), "put it among READS, or walk it here: what changes must leave an entry"
        named = {"make": "make_programme", "drop": "drop_programme"}
        parts = {named.get(f.name, f.name) for f in dataclasses.fields(office.programmes)} - {"works"}
        assert parts - set(changes) == {"programmes", "programme", "of_bulletin", "patterns", "sounds"}
        for name, call in changes.items():
            if (doing_it := call()) is not None:
                await doing_it
            await left(name)
        for line in entries:
            assert (line.login, line.name, line.whence) == ("lan", "Lan", "10.0.0.1"), line
        by_hand = {x.action: x for x in (await office.trail(lan, TODAY)).lines}
        assert by_hand["add_user"].whence == by_hand["enrol"].whence == "command"
        assert trail.UNNAMED not in by_hand
        assert [x.action for x in (await office.trail(lan, TODAY)).lines].count("raise_alarm") == 1
        # what only reads leaves nothing
        before = (await office.trail(lan, TODAY)).total
        await office.log(lan, LogAsk("2000-01-01", "2100-01-01"))
        await office.bulletins(lan, BulletinAsk())
        assert (await office.trail(lan, TODAY)).total == before


async def test_an_order_goes_out_though_the_trail_cannot_be_written_and_is_caught_up_with(house_settings, tmp_path):
    async with open_house(house_settings, LoopbackLink(Exchange())) as house:
        lan = await house.add_user("lan", "Lan", held(Role.PROVINCE, house.tree.root.id), PASSWORD)
        written: list[tuple[Deed, Change]] = []
        full = [True]

        async def note(what, change):
            if full[0]:
                raise Refusal("disk-full")
            written.append((what, change))

        async def nowhere(_):
            return None

        recording = Recording(note, nowhere)
        office = recording.over(house.office)
        await office.stop(lan, house.tree.root.id)
        assert written == []
        full[0] = False
        await recording.catch_up()
        assert [(d.action, c.areas) for d, c in written] == [("stop", (house.tree.root.id,))]


async def test_the_head_row_is_one_and_counts(desk, rows):
    await desk.store.note(LAN, Change())
    (row,) = rows(AuditHeadRow)
    assert (row.id, row.seq) == (1, 1)
    assert await auditing.head(desk) == Head(1, row.hash)

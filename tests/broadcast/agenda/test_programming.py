"""Programmes in real books: made, ordered by two people, put together, and what that is worth afterwards."""

import asyncio
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event
from sqlmodel import Session

from audio.made import Finished, Unreadable
from broadcast import editing, scheduling
from broadcast.agenda import area_sounds, assembling, patterns, programming
from broadcast.agenda.air_types import Repeat
from broadcast.agenda.programme_types import MadeView, Stale
from broadcast.agenda.repeating import Repeating
from broadcast.domain.bulletins import BulletinState, Origin
from broadcast.domain.days import Days
from broadcast.domain.fields import Fields
from broadcast.domain.house import Progress
from broadcast.domain.people import Role
from broadcast.domain.programme_patterns import Pattern
from broadcast.domain.programmes import Fault, Part, PartKind
from broadcast.domain.refusals import Refusal
from broadcast.newsroom import ending, life
from broadcast.records import BulletinRow, SlotRow
from broadcast.studio import Studio
from broadcast.studio_tools import Tools
from broadcast.tables.programme_records import MadeOfRow
from devices.vocabulary import AreaId, Level

PROVINCE = AreaId("tinh-tay-ninh-72")
DISTRICT = AreaId("huyen-go-dau-710")
COMMUNE = AreaId("xa-thanh-duc-25657")
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
LATER = datetime(2026, 11, 25, 18, 0, tzinfo=ZONE).astimezone(UTC)
K = PartKind


def told(_):
    return None


@pytest.fixture
def pieces():
    """What was given to be put together, call by call."""
    return []


@pytest.fixture
async def studio(tools, desk, pieces):
    def assemble(given, out, tell, cancelled):
        pieces.append(tuple(given))
        tell(0.5)
        while not tools.gate.wait(0.01):
            if cancelled():
                tools.cancelled.set()
                raise Unreadable("given up")
        out.write_bytes(repr([(p.source, p.start_s) for p in given]).encode())
        return Finished(max(p.start_s + p.seconds for p in given), out.stat().st_size, 0.0, -16.0, -16.0, -2.0)

    made = Studio(
        Tools(tools.speak, tools.inspect, tools.finish, bare=tools.finish, assemble=assemble), desk.library, 1, 90
    )
    yield made
    tools.gate.set()
    await made.close()


@pytest.fixture
def make(desk, staff):
    def make(*bulletins, area=DISTRICT, who=None, usual=None, **more):
        usual = usual or Pattern("x", "x", time(17), 60.0, 1.0, 0.0, (Part(K.OPENING, "", sound="rising"), None))
        return programming.make(desk, who or staff, area, usual, "Chiều thứ Tư", None, bulletins, **more)

    return make


@pytest.fixture
def approved(desk, staff, spoken, hire):
    """A bulletin that somebody else let through."""

    async def approved(title="Mời họp", author=None, **more):
        made = spoken(author or staff, title, **more)
        await life.submit(desk, author or staff, made)
        boss = hire(f"duyet{made}", Role.APPROVER, PROVINCE)
        version = (await life.life(desk, boss, made)).versions[0].hash
        await life.approve(desk, boss, made, version, "đã nghe ở phòng thu")
        return made

    return approved


@pytest.fixture
def put(desk, studio):
    """Put a programme together."""

    async def put(programme, who, tell=told) -> MadeView:
        made = (await assembling.assemble(desk, studio, who, programme, tell)).made
        assert made is not None
        return made

    return put


def titles(view):
    return [p.title or p.kind.value for p in view.parts]


async def test_a_programme_begins_as_a_usual_one_with_urgent_bulletins_first(make, staff, spoken):
    a, b = spoken(staff, "Thường"), spoken(staff, "Gấp", level="priority")
    view = await make(a, b, a)
    assert titles(view) == ["opening", "Gấp", "Thường"]
    assert [p.start for p in view.parts] == [0, 6.8, 17.8]
    assert (view.total_s, view.over_s, view.faults, view.ready) == (27.8, 0, (), True)
    assert [p.faults for p in view.parts] == [(), (Fault.UNAPPROVED,), (Fault.UNAPPROVED,)]


async def test_two_people_change_one_programme_and_nothing_of_either_is_lost(make, desk, staff, province, spoken):
    view = await make(spoken(staff, "A"), spoken(staff, "B"), spoken(staff, "C"))
    _, a, b, c = (p.key for p in view.parts)
    await programming.move_part(desk, staff, view.id, a, "")
    await programming.move_part(desk, province, view.id, c, b)
    await programming.drop_part(desk, staff, view.id, b)
    taken = await programming.take_into(desk, province, view.id, spoken(staff, "D"))
    assert titles(taken) == ["opening", "C", "A", "D"]
    held = taken.frame
    await programming.set_frame(desk, staff, view.id, held, replace(held, gap_s=3.0))
    now = await programming.set_frame(desk, province, view.id, held, replace(held, slot_s=900.0, title="Tối"))
    assert (now.frame.gap_s, now.frame.slot_s, now.frame.title) == (3.0, 900.0, "Tối")
    with pytest.raises(Refusal) as no:
        await programming.move_part(desk, staff, view.id, a, b)
    assert no.value.code == "no-such-part"


async def test_what_may_not_be_in_it_is_refused_in_words(make, desk, staff, stranger, spoken, refused, studio, put):
    a = spoken(staff, "A")
    view = await make(a)

    async def no(attempt):
        return (await refused(attempt)).code

    assert await no(programming.take_into(desk, staff, view.id, a)) == "programme-twice"
    assert await no(programming.take_into(desk, staff, view.id, 99)) == "no-such-bulletin"
    assert await no(programming.take_into(desk, staff, view.id, spoken(stranger, "Xa"))) == "no-such-bulletin"
    gone = spoken(staff, "Bỏ", state="withdrawn")
    assert await no(programming.take_into(desk, staff, view.id, gone)) == "bulletin-life"
    assert await no(programming.add_part(desk, staff, view.id, K.MUSIC, "own:7")) == "no-such-sound"
    assert await no(programming.add_part(desk, staff, view.id, K.MUSIC, "own:x'; drop")) == "no-such-sound"
    assert await no(programming.add_part(desk, staff, view.id, K.BULLETIN, "")) == "no-such-part"
    assert await no(programming.drop_part(desk, staff, view.id, "?")) == "no-such-part"
    assert await no(programming.set_sound(desk, staff, view.id, view.parts[1].key, "chime")) == "no-such-part"
    frame = view.frame
    assert await no(programming.set_frame(desk, staff, view.id, frame, replace(frame, gap_s=11))) == "programme-bounds"
    assert await no(programming.set_frame(desk, staff, view.id, frame, replace(frame, slot_s=5))) == "programme-slot"
    assert await no(programming.set_frame(desk, staff, view.id, frame, replace(frame, title=" "))) == "title-empty"
    made = await put(view.id, staff)
    assert await no(programming.take_into(desk, staff, view.id, made.bulletin.id)) == "programme-inside"


async def test_only_who_writes_there_changes_it_and_only_who_sees_there_sees_it(
    make, desk, staff, operator, stranger, hire, spoken, refused, studio
):
    view = await make(spoken(staff, "A"))
    auditor = hire("soat", Role.AUDITOR, PROVINCE)
    assert [x.title for x in await programming.programmes(desk, auditor)] == ["Chiều thứ Tư"]
    assert not (await programming.programme(desk, auditor, view.id)).writable
    assert await programming.programmes(desk, stranger) == ()
    for who, code in ((operator, "no-such-programme"), (stranger, "no-such-programme"), (auditor, "not-allowed")):
        for attempt in (
            programming.drop_part(desk, who, view.id, view.parts[0].key),
            programming.take_into(desk, who, view.id, 1),
            programming.drop(desk, who, view.id),
            assembling.assemble(desk, studio, who, view.id, told),
        ):
            assert (await refused(attempt)).code == code
    for attempt in (make(who=operator), make(who=stranger), make(who=auditor)):
        assert (await refused(attempt)).code in {"not-allowed", "not-your-area"}


async def test_a_commune_takes_in_what_was_approved_above_it_and_nothing_else_from_there(
    make, desk, hire, staff, province, approved, spoken, refused
):
    below = hire("canboxa", Role.STAFF, COMMUNE)
    view = await make(area=COMMUNE, who=below)
    from_above = await approved("Của huyện")
    assert titles(await programming.take_into(desk, below, view.id, from_above)) == ["opening", "Của huyện"]
    no = await refused(programming.take_into(desk, below, view.id, spoken(staff, "Nháp của huyện")))
    assert no.code == "no-such-bulletin"


async def test_put_together_it_is_a_bulletin_like_any_other(
    make, desk, staff, studio, approved, pieces, rows, replan, receivers, put
):
    over = LATER + timedelta(days=2)
    a, b = await approved("A"), await approved("B", level="priority", valid_until=over)
    view = await make(a, b)
    progress: list[Progress] = []
    made = await put(view.id, staff, progress.append)
    assert (made.bulletin.origin, made.bulletin.level, made.bulletin.valid_until) == (
        Origin.PROGRAMME, Level.PRIORITY, over,
    )  # fmt: skip
    assert made.bulletin.text == "00:00 Nhạc hiệu mở đầu\n00:06 B\n00:17 A"
    assert (made.bulletin.title, made.bulletin.areas, made.stale) == ("Chiều thứ Tư", (DISTRICT,), ())
    assert [(p.start_s, p.seconds, p.musical) for p in pieces[0]] == [
        (0, 5.8, True),
        (6.8, 10, False),
        (17.8, 10, False),
    ]
    assert pieces[0][0].source == "rising"
    assert [p.stage for p in progress][:2] == ["assembling", "assembling"]
    assert [(r.part, r.place) for r in rows(MadeOfRow)] == [(b, 0), (a, 1)]
    slot = await scheduling.place(desk, replan, staff, made.bulletin.id, (COMMUNE,), LATER, "")
    assert rows(SlotRow)[0].version == 1
    again = await put(view.id, staff)
    assert again.bulletin.state is BulletinState.APPROVED, "of the same comes the same, and the approval stays"
    (line,) = await programming.programmes(desk, staff)
    assert (line.made, line.next_at, line.stale, line.parts) == (BulletinState.APPROVED, slot.at, False, 3)
    assert await programming.of_bulletin(desk, staff, made.bulletin.id) == view.id
    assert await programming.of_bulletin(desk, staff, a) is None


async def test_it_is_vouched_for_only_by_whom_each_part_may_be(
    make, desk, staff, studio, spoken, approved, replan, receivers, refused, hire, put
):
    urgent = spoken(staff, "Gấp", level="priority")
    view = await make(await approved("A"), urgent)
    made = await put(view.id, staff)
    no = await refused(scheduling.place(desk, replan, staff, made.bulletin.id, (COMMUNE,), LATER, ""))
    assert (no.code, no.facts["part"]) == ("programme-part", "Gấp")
    await life.submit(desk, staff, made.bulletin.id)
    boss = hire("sep", Role.APPROVER, PROVINCE)
    version = (await life.life(desk, boss, made.bulletin.id)).versions[0]
    await life.approve(desk, boss, made.bulletin.id, version.hash, "nghe tại phòng thu")
    assert await scheduling.place(desk, replan, staff, made.bulletin.id, (COMMUNE,), LATER, "")


async def test_placing_it_vouches_for_each_part_that_was_not_let_through_yet(
    make, desk, hire, approved, spoken, replan, receivers, put, refused
):
    commune = hire("xa", Role.OPERATOR, COMMUNE)
    mine = spoken(commune, "Của xã")
    view = await make(mine, await approved("Của huyện"), area=COMMUNE, who=commune)
    made = await put(view.id, commune)
    await scheduling.place(desk, replan, commune, made.bulletin.id, (COMMUNE,), LATER, "")
    assert (await life.life(desk, commune, mine)).bulletin.state is BulletinState.APPROVED
    assert (await programming.programme(desk, commune, view.id)).parts[1].faults == ()
    theirs = await make(spoken(hire("bạn", Role.OPERATOR, COMMUNE), "Của người khác"), area=COMMUNE, who=commune)
    made = await put(theirs.id, commune)
    no = await refused(scheduling.place(desk, replan, commune, made.bulletin.id, (COMMUNE,), LATER, ""))
    assert no.code == "programme-part"


async def test_where_two_people_are_needed_parts_that_had_them_need_no_third_but_a_sound_of_ones_own_does(
    make, desk, staff, province, studio, approved, replan, receivers, refused, tmp_path, put
):
    await life.set_two_people(desk, province, DISTRICT, True)
    view = await make(await approved("A"))
    made = await put(view.id, staff)
    assert await scheduling.place(desk, replan, staff, made.bulletin.id, (COMMUNE,), LATER, "")
    (tmp_path / "loi.mp3").write_bytes(b"words, perhaps")
    sound = await area_sounds.add_sound(desk, studio, staff, DISTRICT, "Lời.mp3", tmp_path / "loi.mp3", told)
    other = await make(await approved("B"))
    await programming.add_part(desk, staff, other.id, K.MUSIC, sound.sound)
    made = await put(other.id, staff)
    no = await refused(scheduling.place(desk, replan, staff, made.bulletin.id, (COMMUNE,), LATER, ""))
    assert no.code == "approval-two"


async def test_whoever_wrote_a_part_does_not_approve_it_in_a_programme(
    make, desk, staff, province, studio, spoken, refused, put
):
    view = await make(spoken(staff, "Gấp", level="priority"), who=province)
    made = (await put(view.id, province)).bulletin.id
    await life.submit(desk, province, made)
    version = (await life.life(desk, province, made)).versions[0]
    assert (await refused(life.approve(desk, staff, made, version.hash, "đã nghe"))).code == "approval-own-priority"


@pytest.fixture
async def ready(make, desk, staff, studio, approved, put):
    """A programme of an approved bulletin, put together."""
    part = await approved("A", valid_until=LATER + timedelta(days=4))
    view = await make(part)
    made = await put(view.id, staff)
    return part, view.id, made.bulletin.id


@pytest.mark.parametrize(
    ("what", "why", "code"),
    [
        ("title", ("A mới", Stale.CHANGED), "programme-stale"),
        ("withdrawn", ("A", Stale.BARRED), "programme-stale"),
        ("expired", ("A", Stale.EXPIRED), "programme-stale"),
        ("order", ("", Stale.ORDER), "programme-order"),
    ],
)
async def test_what_is_changed_afterwards_makes_it_stale_and_it_is_not_placed(
    ready, desk, staff, replan, receivers, refused, what, why, code
):
    part, programme, made = ready
    if what == "title":
        await editing.save(desk, staff, part, "A mới", "Mời bà con đi họp.")
    elif what == "withdrawn":
        await ending.withdraw(desk, replan, staff, part)
    elif what == "expired":
        with Session(desk.store.engine) as session:
            session.get_one(BulletinRow, part).state = "expired"
            session.commit()
    else:
        await programming.add_part(desk, staff, programme, K.CLOSING, "falling")
    view = await programming.programme(desk, staff, programme)
    assert view.made
    assert view.made.stale == (why,)
    assert (await programming.programmes(desk, staff))[0].stale
    assert (await refused(scheduling.place(desk, replan, staff, made, (COMMUNE,), LATER, ""))).code == code
    assert (await refused(life.submit(desk, staff, made))).code == code


async def test_put_together_again_it_is_another_version_and_may_be_placed(
    ready, desk, staff, studio, replan, receivers, rows, put
):
    _, programme, made = ready
    await scheduling.place(desk, replan, staff, made, (COMMUNE,), LATER, "")
    await programming.add_part(desk, staff, programme, K.CLOSING, "falling")
    again = await put(programme, staff)
    assert (again.bulletin.id, again.bulletin.state, again.stale) == (made, BulletinState.DRAFT, ())
    await scheduling.place(desk, replan, staff, made, (COMMUNE,), LATER + timedelta(hours=1), "")
    assert [s.version for s in rows(SlotRow)] == [1, 2]
    await ending.withdraw(desk, replan, staff, made)
    await programming.drop_part(
        desk, staff, programme, (await programming.programme(desk, staff, programme)).parts[-1].key
    )
    new = await put(programme, staff)
    assert new.bulletin.id != made, "what was withdrawn never airs again"


async def test_a_series_of_it_ends_when_a_part_is_withdrawn(ready, desk, staff, replan, receivers, rows, clock):
    part, _, made = ready
    repeating = Repeating(desk, Days(), replan)
    slot = await scheduling.place(desk, replan, staff, made, (COMMUNE,), LATER, "")
    await repeating.repeat(staff, slot.id, Repeat("FREQ=DAILY"))
    assert len(rows(SlotRow)) == 4
    await ending.withdraw(desk, replan, staff, part)
    clock.on(days=1)
    await repeating.expand()
    assert len(rows(SlotRow)) == 4


async def test_a_part_that_is_withdrawn_takes_back_what_sounds_with_it_and_leaves_what_sounds_without(
    make, desk, staff, approved, replan, receivers, rows, put
):
    gone, stays = await approved("Bỏ"), await approved("Giữ")
    view = await make(gone, stays)
    with_it = (await put(view.id, staff)).bulletin.id
    await scheduling.place(desk, replan, staff, with_it, (COMMUNE,), LATER, "")
    await programming.drop_part(desk, staff, view.id, view.parts[1].key)
    await put(view.id, staff)
    await scheduling.place(desk, replan, staff, with_it, (COMMUNE,), LATER + timedelta(hours=1), "")
    await ending.withdraw(desk, replan, staff, gone)
    assert [s.withdrawn_at is None for s in rows(SlotRow)] == [False, True]
    await ending.withdraw(desk, replan, staff, stays)
    assert [s.withdrawn_at is None for s in rows(SlotRow)] == [False, False]


async def test_its_bulletin_is_changed_nowhere_but_in_its_programme(ready, desk, staff, refused):
    _, _, made = ready
    words = editing.save(desk, staff, made, "Khác", "Lời khác")
    fields = editing.describe(desk, staff, made, Fields(), Fields(level=Level.PRIORITY))
    for attempt in (words, fields, editing.drop_upload(desk, staff, made)):
        assert (await refused(attempt)).code == "programme-bulletin"


async def test_what_must_be_mended_keeps_it_from_being_put_together(make, desk, staff, studio, spoken, refused, clock):
    silent = spoken(staff, "Im", clip=None)
    view = await make(silent)
    assert (view.parts[1].faults[0], view.ready) == (Fault.NO_SOUND, False)
    assert (await refused(assembling.assemble(desk, studio, staff, view.id, told))).code == "programme-faults"
    empty = await make()
    assert (empty.faults, empty.ready) == ((Fault.EMPTY,), False)
    over = await make(spoken(staff, "Sắp hết", valid_until=clock.time + timedelta(seconds=5)))
    assert over.ready
    before = over.frame
    late = await programming.set_frame(desk, staff, over.id, before, replace(before, at=clock.time))
    assert late.parts[1].faults == (Fault.EXPIRED, Fault.UNAPPROVED)


async def test_placeholders_without_a_sound_are_left_out_and_say_so(make, desk, staff, studio, spoken, pieces):
    usual = Pattern("x", "x", None, 10.0 + 60, 1.0, 2.0, (Part(K.RELAY, ""), None, Part(K.MUSIC, "")))
    view = await make(spoken(staff, "A"), usual=usual)
    assert [p.faults for p in view.parts] == [(Fault.LEFT_OUT,), (Fault.UNAPPROVED,), (Fault.LEFT_OUT,)]
    assert [p.start for p in view.parts] == [None, 0, None]
    assert view.ready
    await assembling.assemble(desk, studio, staff, view.id, told)
    assert len(pieces[0]) == 1


async def test_changed_while_it_is_put_together_nothing_is_entered(make, desk, staff, studio, tools, spoken, rows):
    a = spoken(staff, "A")
    view = await make(a)
    tools.gate.clear()
    going = asyncio.ensure_future(assembling.assemble(desk, studio, staff, view.id, told))
    while not studio._inside:  # noqa: ASYNC110 - the studio is what is waited for
        await asyncio.sleep(0)
    await editing.save(desk, staff, a, "Khác", "Mời bà con đi họp.")
    tools.gate.set()
    with pytest.raises(Refusal) as no:
        await going
    assert no.value.code == "programme-changed"
    assert rows(MadeOfRow) == []
    assert (await programming.programme(desk, staff, view.id)).made is None


async def test_given_up_it_ends_at_once_and_leaves_nothing(make, desk, staff, studio, tools, spoken):
    view = await make(spoken(staff, "A"))
    tools.gate.clear()
    going = asyncio.ensure_future(assembling.assemble(desk, studio, staff, view.id, told))
    while not studio._inside:  # noqa: ASYNC110 - the studio is what is waited for
        await asyncio.sleep(0)
    going.cancel()
    with pytest.raises(asyncio.CancelledError):
        await going
    assert await asyncio.to_thread(threading.Event.wait, tools.cancelled, 30)
    assert (await programming.programme(desk, staff, view.id)).made is None


async def test_a_sound_of_an_area_is_there_below_it_and_goes_when_it_is_taken_away(
    make, desk, staff, studio, stranger, hire, spoken, refused, tmp_path
):
    file = tmp_path / "nhac.mp3"
    file.write_bytes(b"music")
    mine = await area_sounds.add_sound(desk, studio, staff, DISTRICT, "../Nhạc  quê.mp3", file, told)
    assert (mine.name, mine.seconds, mine.theirs) == ("Nhạc quê", 4.5, True)
    below = hire("canboxa", Role.STAFF, COMMUNE)
    offered = await area_sounds.sounds(desk, below, COMMUNE)
    assert [(s.sound, s.theirs) for s in offered] == [
        ("rising", False), ("falling", False), ("chime", False), (mine.sound, False),
    ]  # fmt: skip
    assert (await refused(area_sounds.drop_sound(desk, below, mine.id))).code == "not-your-area"
    view = await make(spoken(staff, "A"))
    with_music = await programming.add_part(desk, staff, view.id, K.MUSIC, mine.sound)
    assert (with_music.parts[-1].title, with_music.parts[-1].seconds) == ("Nhạc quê", 4.5)
    await area_sounds.drop_sound(desk, staff, mine.id)
    gone = (await programming.programme(desk, staff, view.id)).parts[-1]
    assert (gone.seconds, gone.faults) == (None, (Fault.LEFT_OUT,))
    assert (await refused(area_sounds.drop_sound(desk, staff, mine.id))).code == "no-such-sound"
    nameless = area_sounds.add_sound(desk, studio, staff, DISTRICT, "", file, told)
    assert (await refused(nameless)).code == "sound-name-empty"


async def test_usual_programmes_hold_below_and_the_nearest_area_decides(desk, staff, province, hire, refused):
    morning, afternoon = (v.pattern for v in await patterns.patterns(desk, staff, DISTRICT))
    assert (morning.name, morning.hour, afternoon.hour) == ("Chương trình sáng", time(5), time(17))
    assert [p.kind.value if p else "-" for p in morning.parts] == ["opening", "-", "music", "closing"]
    await patterns.put_pattern(desk, province, PROVINCE, replace(morning, name="Sáng của tỉnh", hour=time(5, 15)))
    await patterns.put_pattern(desk, staff, DISTRICT, replace(morning, name="Sáng Gò Dầu"))
    new = replace(morning, key=patterns.NEW, name="Chủ nhật", hour=None)
    await patterns.put_pattern(desk, staff, DISTRICT, new)
    await patterns.put_pattern(desk, staff, DISTRICT, new)
    below = hire("canboxa", Role.STAFF, COMMUNE)
    found = await patterns.patterns(desk, below, COMMUNE)
    assert [(v.pattern.name, v.own_name) for v in found] == [
        ("Sáng Gò Dầu", "Huyện Gò Dầu"), ("Chương trình chiều", ""), ("Chủ nhật", "Huyện Gò Dầu"),
        ("Chủ nhật", "Huyện Gò Dầu"),
    ]  # fmt: skip
    assert [v.pattern.key for v in found[2:]] == ["chu-nhat", "chu-nhat-1"]
    assert found[0].pattern.parts == morning.parts
    assert (await refused(patterns.put_pattern(desk, below, DISTRICT, morning))).code == "not-your-area"
    own = replace(morning, parts=(Part(K.OPENING, "", sound="own:9"), None))
    assert (await refused(patterns.put_pattern(desk, staff, DISTRICT, own))).code == "no-such-sound"
    await patterns.drop_pattern(desk, staff, DISTRICT, "sang")
    assert (await patterns.patterns(desk, below, COMMUNE))[0].pattern.name == "Sáng của tỉnh"
    assert (await refused(patterns.drop_pattern(desk, staff, DISTRICT, "sang"))).code == "no-such-pattern"


async def test_the_day_and_the_hour_of_the_usual_one_are_when_it_is_to_begin(make, desk, staff):
    usual = Pattern("x", "x", time(5), 900.0, 1.0, 0.0, ())
    view = await programming.make(desk, staff, DISTRICT, usual, "Sáng", date(2026, 12, 1))
    assert view.frame.at == datetime(2026, 12, 1, 5, tzinfo=ZONE)
    await programming.drop(desk, staff, view.id)
    assert await programming.programmes(desk, staff) == ()


async def test_the_list_asks_as_much_of_thirty_programmes_as_of_three(make, desk, staff, spoken):
    some = [spoken(staff, f"Tin {i}") for i in range(5)]
    asked = []
    event.listen(desk.store.engine, "before_cursor_execute", lambda *_: asked.append(1))
    told = []
    for many in (3, 27):
        for _ in range(many):
            await make(*some)
        asked.clear()
        await programming.programmes(desk, staff)
        told.append(len(asked))
    assert told[0] == told[1] <= 8

"""How texts are read, corrected for a bulletin or for an area."""

import asyncio
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlmodel import Session, select

import broadcast
from audio.reading import read
from broadcast import editing, rendering
from broadcast.domain.bulletins import BulletinState
from broadcast.domain.people import Role
from broadcast.domain.refusals import Refusal
from broadcast.newsroom import lexicons
from broadcast.records import BulletinRow, LexiconRow
from broadcast.store import Store
from broadcast.studio import Studio
from broadcast.studio_tools import Tools
from broadcast.view_types import Correction
from devices.vocabulary import AreaId

PROVINCE = AreaId("tinh-tay-ninh-72")
DISTRICT = AreaId("huyen-go-dau-710")
COMMUNE = AreaId("xa-thanh-duc-25657")
NEIGHBOUR = AreaId("xa-cam-giang-25660")
ELSEWHERE = AreaId("huyen-ben-cau-711")
TEXT = "Ngày 25/11, TT họp."


@pytest.fixture
async def reading_studio(tools, desk):
    def words(text, lexicon):
        return read(text, lexicon=lexicon)

    made = Studio(Tools(tools.speak, tools.inspect, tools.finish, words), desk.library, at_once=1, limit_minutes=90)
    yield made
    await made.close()


@pytest.fixture
def said(desk, reading_studio, staff, tools):
    """What an engine is given for a bulletin now."""

    async def said(bulletin, actor=staff):
        await rendering.render(desk, reading_studio, actor, bulletin, lambda _: None)
        return tools.spoken[-1]

    return said


@pytest.fixture
def words_of(desk, staff):
    """(written, words, correction) of what was not taken as a plain word."""

    async def words_of(bulletin, text=TEXT, actor=staff):
        view = await lexicons.reading(desk, actor, bulletin, text)
        special = [t for t in view.tokens if t.kind not in {"word", "pause"}]
        return [(view.text[t.start : t.end], t.words, t.corrected) for t in special]

    return words_of


@pytest.fixture
def enter(desk, province):
    """An entry of an area, in the books at once."""

    def enter(area, written, words):
        with Session(desk.store.engine) as session:
            session.add(LexiconRow(area=area, written=written, words=words, by=province.id, at=desk.now()))
            session.commit()

    return enter


async def test_a_text_is_explained_as_it_is_being_written(words_of, spoken, staff):
    assert await words_of(spoken(staff)) == [
        ("25/11", "hai mươi lăm tháng mười một", None),
        ("TT", "trung tâm", None),
    ]


async def test_a_correction_holds_in_its_bulletin_alone_and_says_so(desk, words_of, said, spoken, staff):
    mine, other = spoken(staff, text=TEXT), spoken(staff, text=TEXT)
    await lexicons.correct(desk, staff, mine, "25/11", "hăm lăm tháng mười một")
    assert (await words_of(mine))[0] == (
        "25/11",
        "hăm lăm tháng mười một",
        Correction("25/11", "hăm lăm tháng mười một"),
    )
    assert (await words_of(other))[0][2] is None
    assert await said(mine) == "Ngày hăm lăm tháng mười một, trung tâm họp."
    assert await said(other) == "Ngày hai mươi lăm tháng mười một, trung tâm họp."


async def test_the_entries_of_an_area_hold_below_it_and_the_nearer_wins(
    desk, words_of, said, spoken, staff, stranger, enter, clock
):
    enter(PROVINCE, "TT", "tổ trưởng")
    enter(PROVINCE, "25/11", "ngày hội")
    here, there = spoken(staff, text=TEXT), spoken(stranger, text=TEXT)
    await lexicons.correct(desk, staff, here, "TT", "thị trấn", DISTRICT)
    assert await said(here) == "Ngày ngày hội, thị trấn họp."
    assert await said(there, stranger) == "Ngày ngày hội, tổ trưởng họp."
    (_, _, by_province), (_, _, by_district) = await words_of(here)
    assert by_province == Correction("25/11", "ngày hội", PROVINCE, "Tỉnh Tây Ninh", "Người tinh", clock.time)
    assert (by_district.area, by_district.by_name) == (DISTRICT, "Người canbo")
    await lexicons.correct(desk, staff, here, "TT", "tờ tờ")
    assert await said(here) == "Ngày ngày hội, tờ tờ họp."


async def test_what_is_decided_for_the_area_is_no_longer_decided_in_the_bulletin(desk, said, spoken, staff, rows):
    bulletin = spoken(staff, text=TEXT)
    await lexicons.correct(desk, staff, bulletin, "TT", "tổ trưởng")
    await lexicons.correct(desk, staff, bulletin, "TT", "thị trấn", DISTRICT)
    assert [b.readings for b in rows(BulletinRow)] == [{}]
    assert await said(bulletin) == "Ngày hai mươi lăm tháng mười một, thị trấn họp."


async def test_other_words_take_the_sound_away_and_make_a_draft_of_it(desk, spoken, staff, clock):
    bulletin = spoken(staff, text=TEXT, state="approved")
    clock.on(minutes=1)
    changed = await lexicons.correct(desk, staff, bulletin, "TT", "thị trấn")
    assert (changed.sound, changed.state, changed.updated_at) == (None, BulletinState.DRAFT, clock.time)
    assert desk.bell.revision == 1


@pytest.mark.parametrize("area", [None, DISTRICT])
async def test_the_same_words_leave_the_sound_and_the_state(desk, spoken, staff, area):
    bulletin = spoken(staff, text=TEXT, state="approved")
    for written, words in (("HĐND", "hội đồng"), ("TT", "trung tâm")):
        kept = await lexicons.correct(desk, staff, bulletin, written, words, area)
        assert (kept.sound is not None, kept.state) == (True, BulletinState.APPROVED)


async def test_a_correction_back_is_a_change_too(desk, spoken, said, staff, rows):
    bulletin = spoken(staff, text=TEXT)
    for area in (None, DISTRICT):
        await lexicons.correct(desk, staff, bulletin, "TT", "thị trấn", area)
        assert "thị trấn" in await said(bulletin)
        assert (await lexicons.uncorrect(desk, staff, bulletin, "TT", area)).sound is None
        assert "trung tâm" in await said(bulletin)
    assert rows(LexiconRow) == []


async def test_an_upload_and_other_bulletins_keep_their_sound(desk, spoken, staff, rows):
    uploaded = spoken(staff, text=TEXT, origin="upload", upload_name="hop.mp3")
    other = spoken(staff, text=TEXT)
    mine = spoken(staff, text=TEXT)
    assert (await lexicons.correct(desk, staff, uploaded, "25/11", "ngày hội")).sound is not None
    await lexicons.correct(desk, staff, mine, "TT", "thị trấn", DISTRICT)
    await lexicons.put_word(desk, staff, DISTRICT, "họp", "hội họp")
    assert {b.id: b.clip is not None for b in rows(BulletinRow)} == {uploaded: True, other: True, mine: False}


async def test_corrected_while_it_was_spoken_it_gets_no_sound(desk, reading_studio, spoken, staff, tools, rows):
    bulletin = spoken(staff, text=TEXT, clip=None)
    tools.gate.clear()
    rendering_ = asyncio.create_task(rendering.render(desk, reading_studio, staff, bulletin, lambda _: None))
    async with asyncio.timeout(30):
        while not tools.spoken:  # noqa: ASYNC110 - what is waited for happens in threads
            await asyncio.sleep(0.005)
    await lexicons.correct(desk, staff, bulletin, "TT", "thị trấn")
    tools.gate.set()
    with pytest.raises(Refusal, match="text-changed"):
        await rendering_
    assert [b.clip for b in rows(BulletinRow)] == [None]


@pytest.mark.parametrize("area", [None, DISTRICT])
@pytest.mark.parametrize(
    ("written", "words", "code"),
    [
        ("", "năm", "written-empty"),
        ("\u00ad", "năm", "written-empty"),
        ("x" * 5000, "năm", "written-long"),
        ("–", "đến", "written-sign"),
        ("TT", "", "words-empty"),
        ("TT", "tờ 2", "words-digits"),
        ("TT", "<b>", "words-sign"),
        ("TT", "tờ " * 100, "words-long"),
    ],
)
async def test_what_cannot_be_a_correction_is_refused_and_nothing_changed(
    desk, spoken, staff, refused, area, written, words, code
):
    bulletin = spoken(staff, text=TEXT)
    assert (await refused(lexicons.correct(desk, staff, bulletin, written, words, area))).code == code


async def test_only_who_may_corrects_and_only_in_their_areas(
    desk, spoken, staff, operator, administrator, stranger, hire, refused, enter
):
    bulletin = spoken(staff, text=TEXT)
    enter(DISTRICT, "TT", "thị trấn")
    commune = hire("canboxa", Role.STAFF, COMMUNE)
    attempts = [
        (lexicons.correct(desk, administrator, bulletin, "TT", "tờ"), "not-allowed"),
        (lexicons.correct(desk, administrator, bulletin, "TT", "tờ", COMMUNE), "not-allowed"),
        (lexicons.uncorrect(desk, administrator, bulletin, "TT", DISTRICT), "not-allowed"),
        (lexicons.correct(desk, staff, bulletin, "TT", "tờ", PROVINCE), "not-your-area"),
        (lexicons.correct(desk, staff, bulletin, "TT", "tờ", NEIGHBOUR), "not-your-area"),
        (lexicons.put_word(desk, commune, DISTRICT, "TT", "tờ"), "not-your-area"),
        (lexicons.drop_word(desk, stranger, DISTRICT, "TT"), "not-your-area"),
        (lexicons.put_word(desk, administrator, COMMUNE, "TT", "tờ"), "not-allowed"),
        (lexicons.put_word(desk, operator, COMMUNE, "TT", "tờ"), "not-allowed"),
    ]
    for attempt, code in attempts:
        assert (await refused(attempt)).code == code
    for unseen in (
        lexicons.correct(desk, stranger, bulletin, "TT", "tờ"),
        lexicons.reading(desk, stranger, bulletin, TEXT),
    ):
        with pytest.raises(Refusal, match="no-such-bulletin"):
            await unseen
    with pytest.raises(Refusal, match="not-your-area"):
        await lexicons.lexicon(desk, stranger, DISTRICT)


async def test_what_was_withdrawn_is_not_corrected(desk, spoken, staff, refused):
    bulletin = spoken(staff, text=TEXT, state="withdrawn")
    assert (await refused(lexicons.correct(desk, staff, bulletin, "TT", "tờ"))).code == "bulletin-life"
    assert (await refused(lexicons.correct(desk, staff, bulletin, "TT", "tờ", DISTRICT))).code == "bulletin-life"


async def test_what_was_never_corrected_cannot_be_taken_back(desk, spoken, staff, refused):
    bulletin = spoken(staff, text=TEXT)
    assert (await refused(lexicons.uncorrect(desk, staff, bulletin, "TT"))).code == "no-such-correction"
    assert (await refused(lexicons.uncorrect(desk, staff, bulletin, "TT", DISTRICT))).code == "no-such-correction"
    assert (await refused(lexicons.drop_word(desk, staff, DISTRICT, "TT"))).code == "no-such-correction"


async def test_a_text_in_an_old_encoding_is_told(desk, spoken, staff):
    legacy = "Kính gửi bà con: x· héi chñ nghÜa ViÖt Nam đường phố nước khóa học giữ gìn"
    with pytest.raises(Refusal, match="text-legacy"):
        await lexicons.reading(desk, staff, spoken(staff), legacy)
    await lexicons.correct(desk, staff, spoken(staff, text=legacy), "TT", "thị trấn")


async def test_bounds_hold(desk, spoken, staff, refused, monkeypatch):
    monkeypatch.setattr(lexicons, "OF_BULLETIN", 2)
    monkeypatch.setattr(lexicons, "OF_AREA", 2)
    bulletin = spoken(staff, text=TEXT)
    for area in (None, DISTRICT):
        for written in ("AA", "BB", "AA"):
            await lexicons.correct(desk, staff, bulletin, written, "chữ", area)
        assert (await refused(lexicons.correct(desk, staff, bulletin, "CC", "chữ", area))).code == "lexicon-full"
    with pytest.raises(Refusal, match="text-long"):
        await lexicons.reading(desk, staff, bulletin, "a " * 20_000)


async def test_a_lexicon_shows_what_holds_there_who_entered_it_and_when(desk, staff, province, enter, clock):
    enter(PROVINCE, "TT", "tổ trưởng")
    clock.on(hours=1)
    await lexicons.put_word(desk, staff, DISTRICT, "  Covid ", "cô vít")
    await lexicons.put_word(desk, staff, DISTRICT, "covid", "cô vi")
    await lexicons.put_word(desk, province, ELSEWHERE, "HĐ", "hợp đồng")
    view = await lexicons.lexicon(desk, staff, DISTRICT)
    assert view.area_name == "Huyện Gò Dầu"
    assert [(c.written, c.words, c.area_name, c.by_name) for c in view.entries] == [
        ("covid", "cô vi", "Huyện Gò Dầu", "Người canbo"),
        ("TT", "tổ trưởng", "Tỉnh Tây Ninh", "Người tinh"),
    ]
    assert view.entries[0].at == clock.time
    await lexicons.drop_word(desk, staff, DISTRICT, "Covid")
    assert [c.written for c in (await lexicons.lexicon(desk, staff, DISTRICT)).entries] == ["TT"]


async def test_corrections_are_found_however_they_are_written(desk, words_of, spoken, staff):
    bulletin = spoken(staff)
    await lexicons.put_word(desk, staff, DISTRICT, "KT-XH", "kinh tế xã hội")
    await lexicons.correct(desk, staff, bulletin, "suối Vàng", "suối vàng")
    found = await words_of(bulletin, "KT - XH, KTXH và suối  Vàng")
    assert [(written, c.written) for written, _, c in found] == [
        ("KT - XH", "KT-XH"),
        ("KTXH", "KT-XH"),
        ("suối  Vàng", "suối Vàng"),
    ]


async def test_an_alarm_is_read_as_all_its_areas_read_it(desk, enter):
    enter(PROVINCE, "TT", "tổ trưởng")
    enter(DISTRICT, "TT", "thị trấn")

    async def reads(*areas):
        return read("TT", lexicon=await lexicons.of_areas(desk, areas))

    assert await reads(COMMUNE) == await reads(COMMUNE, NEIGHBOUR) == "thị trấn"
    assert await reads(COMMUNE, ELSEWHERE) == "tổ trưởng"


async def test_a_line_that_became_unusable_does_not_stop_the_reading(enter, said, spoken, staff):
    enter(DISTRICT, "TT", "tờ 2")
    enter(DISTRICT, "25/11", "ngày hội")
    assert await said(spoken(staff, text=TEXT)) == "Ngày ngày hội, trung tâm họp."


async def test_a_bulletin_of_an_area_that_is_gone_is_read_as_the_province_reads(desk, province, enter, spoken, said):
    enter(PROVINCE, "TT", "tổ trưởng")
    bulletin = spoken(province, text="TT", area="xa-khong-con-1")
    assert await said(bulletin, province) == "tổ trưởng"
    view = await lexicons.reading(desk, province, bulletin, "TT")
    assert (view.area, view.for_area) == (PROVINCE, True)


async def test_saving_keeps_the_corrections(desk, spoken, staff, said):
    bulletin = spoken(staff, text=TEXT)
    await lexicons.correct(desk, staff, bulletin, "TT", "thị trấn")
    await editing.save(desk, staff, bulletin, "Họp", "TT nghỉ.")
    assert await said(bulletin) == "thị trấn nghỉ."


async def test_bulletins_from_before_there_were_corrections_have_none(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    config = Config()
    config.set_main_option("script_location", str(Path(broadcast.__file__).parent / "migrations"))
    with store.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        connection.exec_driver_sql("INSERT INTO person VALUES (1, 'a', 'A', 'staff', '[]', 'none', 1, '2026-11-24')")
        connection.exec_driver_sql(
            "INSERT INTO bulletin (title, text, level, state, origin, author, area, updated_at, upload_name, engine, "
            "voice, fell_back) VALUES ('Cũ', 'TT', 'routine', 'draft', 'text', 1, 'x', '2026-11-24', '', '', '', '')"
        )
    store.migrate()
    (row,) = await store.read(lambda session: list(session.exec(select(BulletinRow)).all()))
    assert (row.title, row.readings) == ("Cũ", {})
    await store.close()

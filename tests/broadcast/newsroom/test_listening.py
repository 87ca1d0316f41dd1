"""Listening is part of writing: lengths foretold, choices remembered, what sounds when, how it was before."""

import os
import sqlite3
import wave

import msgspec
import numpy as np
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from audio.made import Kept
from audio.reading import Reading
from broadcast import editing, rendering
from broadcast.domain.bulletins import BulletinState, Origin
from broadcast.domain.refusals import Refusal
from broadcast.domain.voices import AS_USUAL, VoiceChoice, VoiceOffered
from broadcast.library import ClipLibrary
from broadcast.newsroom.foretelling import Foretelling
from broadcast.newsroom.listening import Listening
from broadcast.records import BulletinRow, ClipRow
from broadcast.studio import open_studio
from broadcast.studio_tools import as_read
from broadcast.tables.listening_records import PaceRow, SpokenRow

OFFERED = (
    VoiceOffered("gtts", ("vi",), ("woman",)),
    VoiceOffered("espeak", ("vi-vn-x-south", "vi"), ("man", "woman")),
)
TEXT = "  UBND xã mời bà con họp ngày 25/11.\n\nKính mời!"


@pytest.fixture
def listening(desk, tmp_path):
    return Listening(desk, ClipLibrary(tmp_path / "raw"), tmp_path / "outlines", OFFERED)


@pytest.fixture
def foretell(desk):
    def read(text, lexicon):
        return as_read(Reading("south"), text, lexicon)

    return Foretelling(desk, read, OFFERED).foretell


@pytest.fixture
async def offline(desk, settings, listening):
    """A studio that speaks for itself, and keeps what came in."""
    speech = msgspec.structs.replace(settings.speech, engines=("espeak",))
    async with open_studio(msgspec.structs.replace(settings, speech=speech), desk.library, listening.raw) as opened:
        yield opened


@pytest.fixture
async def bulletin(desk, staff):
    return (await editing.draft(desk, staff, "Mời họp", TEXT)).id


@pytest.fixture
def recording(tmp_path):
    """Three seconds of a tone that swells, as a WAV file."""
    file = tmp_path / "recording.wav"
    at = np.arange(3 * 16_000)
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16_000)
        out.writeframes((np.sin(at / 4) * at / len(at) * 12_000).astype(np.int16).tobytes())
    return file


def untold(_progress):
    pass


def render(desk, studio, actor, bulletin, tell, choice=AS_USUAL):
    return rendering.render(desk, studio, actor, bulletin, tell, choice)


def upload(desk, studio, actor, bulletin, name, file, tell):
    return rendering.upload(desk, studio, actor, bulletin, name, file, tell)


# lengths


async def test_a_length_is_told_before_anything_is_spoken_and_kept_when_it_was(
    desk, offline, staff, bulletin, foretell, rows
):
    espeak = VoiceChoice("espeak", "", 0.9)
    told = await foretell(staff, bulletin, TEXT, espeak)
    assert (told.by.engine, told.heard, told.syllables) == ("espeak", True, 18)
    done = await render(desk, offline, staff, bulletin, untold, espeak)
    assert told.seconds == pytest.approx(done.sound.seconds, rel=0.1)
    ((engine, samples),) = [(p.engine, p.samples) for p in rows(PaceRow)]
    assert engine == "espeak"
    assert 0.25 < samples[0][1] < 0.4


async def test_who_spoke_instead_the_last_time_is_who_will_likely_speak(desk, studio, staff, bulletin, foretell, tools):
    assert (await foretell(staff, bulletin, TEXT, AS_USUAL)).by == VoiceChoice("gtts", "vi", 1.0)
    tools.fell_back = "gtts: unreachable"
    await render(desk, studio, staff, bulletin, untold)
    assert (await foretell(staff, bulletin, TEXT, AS_USUAL)).by == VoiceChoice("espeak", "vi-vn-x-south", 1.0)
    tools.fell_back = ""
    await render(desk, studio, staff, bulletin, untold)
    assert (await foretell(staff, bulletin, TEXT, AS_USUAL)).by.engine == "gtts"


async def test_a_pace_that_was_assumed_is_learned(desk, studio, staff, bulletin, foretell, tools):
    before = await foretell(staff, bulletin, TEXT, AS_USUAL)
    assert not before.heard
    assert before.instead == VoiceChoice("espeak", "vi-vn-x-south", 1.0)
    assert before.instead_s == (await foretell(staff, bulletin, TEXT, before.instead)).seconds
    with_pace = PaceRow(engine="gtts", voice="vi", samples=[[60.0, 0.48]])
    await desk.store.write(lambda session: session.add(with_pace))
    after = await foretell(staff, bulletin, TEXT, AS_USUAL)
    assert (after.heard, after.instead) == (True, None)
    assert after.seconds > before.seconds * 1.4


async def test_a_clause_without_a_breath_is_told_with_its_words(staff, bulletin, foretell):
    told = await foretell(staff, bulletin, "Mời họp. " + "bà con ấp Bến Rộng " * 8, AS_USUAL)
    assert [(b.words[:6], b.syllables) for b in told.breathless] == [("bà con", 40)]
    assert (await foretell(staff, bulletin, "", AS_USUAL)).seconds == 0


async def test_the_corrections_of_a_bulletin_count(desk, staff, bulletin, foretell):
    def correct(session):
        session.get(BulletinRow, bulletin).readings = {"UBND": "ủy ban nhân dân của chúng ta ở đây"}

    before = (await foretell(staff, bulletin, TEXT, AS_USUAL)).syllables
    await desk.store.write(correct)
    assert (await foretell(staff, bulletin, TEXT, AS_USUAL)).syllables == before + 5


# who reads


async def test_who_was_chosen_is_remembered_and_changes_nothing_else(listening, staff, spoken, desk):
    bulletin = spoken(staff, state="approved")
    choice = VoiceChoice("espeak", "vi", 0.9)
    done = await listening.choose(staff, bulletin, choice)
    assert (done.choice, done.state) == (choice, BulletinState.APPROVED)
    assert done.sound is not None


@pytest.mark.parametrize(
    "choice",
    [VoiceChoice("nobody"), VoiceChoice("gtts", "vi-vn-x-south"), VoiceChoice("", "vi"), VoiceChoice(rate=9.0)],
)
async def test_a_voice_that_there_is_not_cannot_be_chosen(listening, staff, bulletin, refused, choice):
    assert (await refused(listening.choose(staff, bulletin, choice))).code == "no-such-voice"


async def test_who_spoke_by_choice_is_remembered(desk, studio, staff, bulletin):
    choice = VoiceChoice("espeak", "vi", 1.1)
    assert (await render(desk, studio, staff, bulletin, untold, choice)).choice == choice


# what sounds when, before and after


async def test_every_sentence_is_known_by_its_place_and_its_text(desk, offline, staff, bulletin, listening):
    assert await listening.heard(staff, bulletin) is None
    done = await render(desk, offline, staff, bulletin, untold)
    heard = await listening.heard(staff, bulletin)
    first, second = heard.lines
    assert "".join(p.text for p in first.pieces) + "".join(p.text for p in second.pieces) == TEXT.strip()
    assert sum(p.words for p in first.pieces if p.text == "25/11") == 6
    assert heard.lead_s < first.start_s + 0.2 < first.end_s < second.start_s < second.end_s
    assert second.end_s == pytest.approx(done.sound.seconds, abs=0.1)
    assert -60 < done.sound.before_lufs < -10
    assert done.sound.integrated_lufs == pytest.approx(-16, abs=0.5)
    assert done.sound.true_peak_db < -1
    path = await listening.before(staff, bulletin)
    assert path.read_bytes()[:4] == b"OggS"
    outline = await listening.outline(staff, bulletin)
    assert len(outline.after) == len(outline.before) == 600
    assert max(outline.after) > 0.3


async def test_a_text_of_two_voices_is_followed_without_its_marks_and_a_voice_that_is_not_there_is_told_of(
    desk, offline, staff, listening, foretell
):
    text = "[Nữ] Kính thưa bà con.\n[nghỉ 3 giây]\n[NAM] Họp ngày 25/11. [nghĩ]"
    marked = (await editing.draft(desk, staff, "Mời họp", text)).id
    espeak = VoiceChoice("espeak")
    told = await foretell(staff, marked, text, espeak)
    done = await render(desk, offline, staff, marked, untold, espeak)
    assert told.seconds == pytest.approx(done.sound.seconds, rel=0.1)
    heard = await listening.heard(staff, marked)
    first, second = heard.lines
    assert second.start_s - first.end_s == pytest.approx(3, abs=0.05)
    assert [p.text for line in heard.lines for p in line.pieces if p.words] == [
        *("Kính", "thưa", "bà", "con", "Họp", "ngày", "25/11"),
    ]
    assert [p.text for p in first.pieces if not p.words][-1] == ".\n[nghỉ 3 giây]\n[NAM] "
    assert (told.lacking, heard.lacking) == ((), ())
    assert (await foretell(staff, marked, text, VoiceChoice("gtts"))).lacking == ("man",)


async def test_an_outline_is_drawn_once(desk, offline, staff, bulletin, recording, listening, monkeypatch):
    await upload(desk, offline, staff, bulletin, "hop.wav", recording, untold)
    outline = await listening.outline(staff, bulletin)
    assert outline.before[20] < outline.before[150] < outline.before[290]
    monkeypatch.setattr("broadcast.newsroom.listening.waveform", None)
    assert await listening.outline(staff, bulletin) == outline
    assert (await listening.heard(staff, bulletin)).lines == ()


async def test_a_voice_that_is_drowned_in_an_upload_is_told_of_but_not_where_music_is_what_is_aired(
    desk, offline, staff, bulletin, recording, settings, listening, monkeypatch
):
    drowned = Kept(9, masked=True)

    def compact(_sound, out, _tell, _cancelled):
        out.write_bytes(b"OggS")
        return drowned

    monkeypatch.setattr("broadcast.studio_tools.compact", compact)
    for profile, told in (("horn", True), ("music", False)):
        mastering = msgspec.structs.replace(settings.mastering, profile=profile)
        with_profile = msgspec.structs.replace(settings, mastering=mastering)
        async with open_studio(with_profile, desk.library, listening.raw) as studio:
            done = await upload(desk, studio, staff, bulletin, "hop.wav", recording, untold)
        assert done.sound.masked is told


async def test_other_words_have_neither_sound_nor_places(desk, offline, staff, bulletin, listening, refused):
    await render(desk, offline, staff, bulletin, untold)
    await editing.save(desk, staff, bulletin, "Mời họp", "Hoãn họp.")
    assert await listening.heard(staff, bulletin) is None
    for ask in (listening.before, listening.outline):
        assert (await refused(ask(staff, bulletin))).code == "no-sound"


async def test_places_of_a_clip_that_is_not_the_bulletins_are_not_shown(desk, offline, staff, bulletin, listening):
    await render(desk, offline, staff, bulletin, untold)

    def other(session):
        session.get(SpokenRow, bulletin).clip = "0" * 64

    await desk.store.write(other)
    heard = await listening.heard(staff, bulletin)
    assert (heard.lines, heard.lead_s) == ((), 0.0)


async def test_only_who_may_see_a_bulletin_hears_how_it_was_before(
    listening, foretell, spoken, staff, administrator, stranger
):
    bulletin = spoken(staff)
    asks = (
        lambda who: listening.heard(who, bulletin),
        lambda who: listening.before(who, bulletin),
        lambda who: listening.outline(who, bulletin),
        lambda who: listening.choose(who, bulletin, AS_USUAL),
        lambda who: foretell(who, bulletin, TEXT, AS_USUAL),
    )
    for actor, code in ((administrator, "not-allowed"), (stranger, "no-such-bulletin")):
        for ask in asks:
            with pytest.raises(Refusal, match=code):
                await ask(actor)


async def test_what_no_bulletin_refers_to_is_swept_but_not_at_once(
    desk, offline, staff, bulletin, listening, recording
):
    await upload(desk, offline, staff, bulletin, "hop.wav", recording, untold)
    await listening.outline(staff, bulletin)
    files = [*listening.raw.folder.glob("??/*.opus"), *listening.outlines.glob("*.json")]
    assert len(files) == 3

    async def left(*, old):
        for file in files:
            if old:
                os.utime(file, (0, 0))
        await listening.sweep()
        return sum(file.exists() for file in files)

    assert await left(old=True) == 3
    done = await editing.drop_upload(desk, staff, bulletin)
    assert done.origin is Origin.TEXT
    for file in files:
        os.utime(file)
    assert await left(old=False) == 3
    assert await left(old=True) == 0


async def test_of_a_bulletin_of_last_season_only_what_is_aired_is_kept(
    desk, offline, staff, bulletin, listening, clock
):
    done = await render(desk, offline, staff, bulletin, untold)
    path = await listening.before(staff, bulletin)
    os.utime(path, (0, 0))
    clock.on(days=59)
    await listening.sweep()
    assert path.exists()
    clock.on(days=2)
    await listening.sweep()
    assert not path.exists()
    assert (await listening.heard(staff, bulletin)).raw == ""
    assert desk.library.path(done.sound.clip) is not None


async def test_sound_whose_raw_copy_cannot_be_kept_is_sound_all_the_same(desk, studio, staff, bulletin, listening):
    done = await render(desk, studio, staff, bulletin, untold)
    assert done.sound.raw == ""
    assert (await listening.heard(staff, bulletin)).raw == ""


# the books of before


def test_bulletins_and_clips_of_before_survive(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    config = Config()
    config.set_main_option("script_location", "broadcast:migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
    engine.dispose()
    with sqlite3.connect(tmp_path / "old.sqlite3") as raw:
        raw.execute("insert into person values (1, 'a', 'A', 'staff', '[]', 'x', 1, '2026-11-24')")
        raw.execute("insert into clip (sha256, seconds, size, made_at) values ('ab', 4.5, 9, '2026-11-24')")
        raw.execute(
            "insert into bulletin (id, title, text, level, state, origin, author, area, updated_at, upload_name, clip,"
            " engine, voice, fell_back) values (1, 't', 'x', 'routine', 'draft', 'text', 1, 'a', '2026-11-24', '',"
            " 'ab', 'espeak', 'vi', '')"
        )
    raw.close()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    with engine.connect() as connection:
        row = connection.execute(BulletinRow.__table__.select()).one()  # type: ignore[attr-defined]  # SQLModel makes it
        clip = connection.execute(ClipRow.__table__.select()).one()  # type: ignore[attr-defined]  # SQLModel makes it
    engine.dispose()
    assert (row.chosen_engine, row.chosen_voice, row.chosen_rate, row.raw) == ("", "", 1.0, "")
    assert (clip.seconds, clip.before_lufs, clip.masked) == (4.5, None, False)

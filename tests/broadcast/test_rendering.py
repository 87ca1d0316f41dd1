import asyncio
import math
import struct
import wave

import pytest

from audio.made import NotSound, Unreadable
from audio.speaker import Choice
from audio.speech import SpeechFailed
from broadcast import editing, rendering
from broadcast.domain.bulletins import BulletinState, Origin
from broadcast.domain.refusals import Refusal
from broadcast.domain.voices import VoiceChoice
from broadcast.records import BulletinRow, ClipRow
from broadcast.wording import say

LIMIT_S = 30
"""Of every wait here; none takes long unless something is broken."""


@pytest.fixture
def told():
    return []


@pytest.fixture
def render(desk, studio, staff, told):
    def render(bulletin, actor=staff, tell=told.append):
        return rendering.render(desk, studio, actor, bulletin, tell)

    return render


@pytest.fixture
def upload(desk, studio, staff, told):
    def upload(bulletin, file, name="hop.mp3", actor=staff, studio=studio):
        return rendering.upload(desk, studio, actor, bulletin, name, file, told.append)

    return upload


@pytest.fixture
async def bulletin(desk, staff):
    return (await editing.draft(desk, staff, "Mời họp", "Mời bà con đi họp.")).id


@pytest.fixture
def recording(tmp_path):
    """Three seconds of a tone, as a WAV file."""
    file = tmp_path / "recording.wav"
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16_000)
        out.writeframes(b"".join(struct.pack("<h", int(12_000 * math.sin(i / 8))) for i in range(3 * 16_000)))
    return file


async def until(condition):
    async with asyncio.timeout(LIMIT_S):
        while not condition():  # noqa: ASYNC110 - what is waited for happens in threads
            await asyncio.sleep(0.005)


async def test_a_bulletin_is_spoken_and_its_clip_kept(render, bulletin, desk, rows, tools, told, clock):
    done = await render(bulletin)
    assert done.sound is not None
    assert (done.sound.engine, done.sound.voice, done.sound.fell_back) == ("espeak", "vi-vn-x-south", "")
    assert (done.sound.seconds, done.state, done.updated_at) == (4.5, BulletinState.DRAFT, clock.time)
    assert tools.spoken == ["Mời bà con đi họp."]
    path = desk.library.path(done.sound.clip)
    assert path.stat().st_size == done.sound.size
    assert [(c.sha256, c.seconds, c.size) for c in rows(ClipRow)] == [(done.sound.clip, 4.5, done.sound.size)]
    stages = list(dict.fromkeys(p.stage for p in told))
    assert stages == ["speaking", "mastering", "keeping"]
    assert all(say(f"progress.{stage}") for stage in [*stages, "waiting", "decoding"])
    assert desk.bell.revision == 2


async def test_the_same_words_make_the_same_clip(render, bulletin, rows):
    first, second = await render(bulletin), await render(bulletin)
    assert first.sound == second.sound
    assert len(rows(ClipRow)) == 1


async def test_who_spoke_instead_is_told(render, bulletin, tools):
    tools.fell_back = "gtts: timeout"
    assert (await render(bulletin)).sound.fell_back == "gtts: timeout"


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "text-empty"), ("🎉🎊", "text-silent"), ("<b>Mời</b> họp", "text-markup")],
)
async def test_what_cannot_be_read_aloud_is_not_spoken(desk, staff, render, bulletin, refused, tools, text, code):
    await editing.save(desk, staff, bulletin, "Họp", text)
    assert (await refused(render(bulletin))).code == code
    assert tools.spoken == []


async def test_no_voice_that_answers_is_told(render, bulletin, refused, tools):
    tools.fail_speech = SpeechFailed("failed", "gtts: unreachable; espeak: crashed")
    no = await refused(render(bulletin))
    assert (no.code, no.facts["detail"]) == ("speech-failed", "gtts: unreachable; espeak: crashed")


async def test_speech_that_cannot_be_read_is_a_failure_of_speech(render, bulletin, refused, tools):
    tools.fail_finish = Unreadable("nothing in it")
    assert (await refused(render(bulletin))).code == "speech-failed"


async def test_words_changed_while_they_were_spoken_get_no_sound(desk, staff, render, bulletin, tools, rows):
    tools.gate.clear()
    rendering_ = asyncio.create_task(render(bulletin))
    await until(lambda: tools.spoken)
    await editing.save(desk, staff, bulletin, "Mời họp", "Hoãn họp.")
    tools.gate.set()
    with pytest.raises(Refusal, match="text-changed"):
        await rendering_
    assert [(b.text, b.clip) for b in rows(BulletinRow)] == [("Hoãn họp.", None)]
    assert rows(ClipRow) == []


async def test_an_uploaded_file_becomes_the_sound(upload, bulletin, recording, desk, told):
    done = await upload(bulletin, recording, name="C:\\Ghi âm\\họp\n.mp3")
    assert (done.origin, done.upload_name) == (Origin.UPLOAD, "họp.mp3")
    assert (done.sound.engine, done.sound.seconds) == ("", 4.5)
    assert recording.exists()
    assert next(iter(told)).stage == "decoding"


async def test_a_text_beside_an_upload_is_not_spoken(upload, render, bulletin, recording, refused, tools):
    await upload(bulletin, recording)
    assert (await refused(render(bulletin))).code == "upload-in-place"
    assert tools.spoken == []


async def test_a_file_that_is_no_sound_is_refused_by_name(upload, bulletin, recording, refused, tools):
    tools.fail_inspect = NotSound("sound-too-long", name="hop.mp3", limit=90)
    no = await refused(upload(bulletin, recording))
    assert (no.code, no.facts) == ("sound-too-long", {"name": "hop.mp3", "limit": 90})


async def test_an_upload_of_300_mb_is_refused_unread(upload, bulletin, tmp_path, refused, desk):
    file = tmp_path / "lon.mp3"
    with file.open("wb") as out:
        out.truncate(300 * 1024 * 1024)
    no = await refused(upload(bulletin, file, name="lon.mp3"))
    assert (no.code, no.facts) == ("upload-large", {"name": "lon.mp3", "limit": desk.settings.upload.limit_mb})


async def test_what_was_withdrawn_gets_no_sound(upload, render, spoken, staff, recording, refused, tools):
    bulletin = spoken(staff, state="withdrawn")
    assert (await refused(render(bulletin))).code == "bulletin-life"
    assert (await refused(upload(bulletin, recording))).code == "bulletin-life"
    assert tools.spoken == []


async def test_an_approved_bulletin_with_a_new_sound_is_a_draft_again(render, spoken, staff):
    assert (await render(spoken(staff, state="approved"))).state is BulletinState.DRAFT


async def test_only_who_may_write_there_has_it_spoken(
    render, upload, bulletin, operator, auditor, stranger, recording, whole
):
    for actor, code in ((auditor, "not-allowed"), (operator, "no-such-bulletin"), (stranger, "no-such-bulletin")):
        with pytest.raises(Refusal, match=code):
            await render(bulletin, actor=actor)
        with pytest.raises(Refusal, match=code):
            await upload(bulletin, recording, actor=actor)


async def test_a_bulletin_is_spoken_by_whom_one_chose(desk, studio, staff, bulletin, tools):
    choice = VoiceChoice("espeak", "vi", 0.9)
    await rendering.render(desk, studio, staff, bulletin, lambda _: None, choice)
    assert tools.choices == [Choice("espeak", "vi", 0.9)]

import asyncio
import errno
import math
import os
import struct
import threading
import wave
import zipfile

import msgspec
import pytest

from audio.calls import Cancelled
from audio.intake import Inspected, NotSound
from audio.master import Finished
from audio.sound import Unreadable
from audio.speech import SpeechFailed, Spoken
from broadcast import editing, rendering
from broadcast.domain.bulletins import BulletinState, Origin
from broadcast.domain.house import Progress
from broadcast.domain.refusals import Refusal
from broadcast.records import BulletinRow, ClipRow
from broadcast.studio import QUEUE, Studio, Tools, open_studio
from broadcast.wording import refusal, say

LIMIT_S = 30
"""Of every wait here; none takes long unless something is broken."""


class FastTools:
    """Tools that make a few bytes at once; tests bend them, or hold them up at `gate`."""

    def __init__(self):
        self.spoken = []
        self.cancelled = threading.Event()
        self.gate = threading.Event()
        self.gate.set()
        self.fail_speech = self.fail_inspect = self.fail_finish = None
        self.fell_back = ""

    def speak(self, text, out, tell, cancelled):
        self.spoken.append(text)
        tell(0.5)
        while not self.gate.wait(0.01):
            if cancelled():
                self.cancelled.set()
                raise Cancelled
        if self.fail_speech:
            raise self.fail_speech
        out.write_text(text)
        return Spoken(out, "espeak", "vi-vn-x-south", self.fell_back)

    def inspect(self, _file, _name, _limit_minutes, tell, _cancelled):
        if self.fail_inspect:
            raise self.fail_inspect
        tell(1.0)
        return Inspected(3.0, "mp3", "mp3", 1, -10.0)

    def finish(self, sound, clip, tell, _cancelled):
        clip.write_bytes(b"half")
        if self.fail_finish:
            raise self.fail_finish
        clip.write_bytes(b"clip of " + sound.read_bytes())
        tell(1.0)
        return Finished(4.5, clip.stat().st_size, 0.0)


@pytest.fixture
def tools():
    return FastTools()


@pytest.fixture
async def studio(tools, desk):
    made = Studio(Tools(tools.speak, tools.inspect, tools.finish), desk.library, at_once=1, limit_minutes=90)
    yield made
    tools.gate.set()
    await made.close()


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


@pytest.fixture(autouse=True)
def nothing_is_left_behind(desk):
    yield
    unfinished = desk.library.folder / "unfinished"
    assert not unfinished.exists() or list(unfinished.iterdir()) == []


async def refused(attempt, whole):
    before = whole()
    with pytest.raises(Refusal) as no:
        await attempt
    assert whole() == before
    assert "Hãy" in refusal(no.value)
    return no.value


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


async def test_progress_is_told_on_the_event_loop(render, bulletin):
    threads = set()
    await render(bulletin, tell=lambda _: threads.add(threading.get_ident()))
    assert threads == {threading.get_ident()}


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "text-empty"), ("🎉🎊", "text-silent"), ("<b>Mời</b> họp", "text-markup")],
)
async def test_what_cannot_be_read_aloud_is_not_spoken(desk, staff, render, bulletin, whole, tools, text, code):
    await editing.save(desk, staff, bulletin, "Họp", text)
    assert (await refused(render(bulletin), whole)).code == code
    assert tools.spoken == []


async def test_no_voice_that_answers_is_told(render, bulletin, whole, tools):
    tools.fail_speech = SpeechFailed("failed", "gtts: unreachable; espeak: crashed")
    no = await refused(render(bulletin), whole)
    assert (no.code, no.facts["detail"]) == ("speech-failed", "gtts: unreachable; espeak: crashed")


async def test_speech_that_cannot_be_read_is_a_failure_of_speech(render, bulletin, whole, tools):
    tools.fail_finish = Unreadable("nothing in it")
    assert (await refused(render(bulletin), whole)).code == "speech-failed"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
async def test_a_full_disk_is_told_and_nothing_is_left(render, upload, bulletin, whole, tools, recording, number):
    full = OSError(number, os.strerror(number))
    wrapped = Unreadable("write failed")
    wrapped.__cause__ = full
    for tools.fail_finish in (full, wrapped):
        assert (await refused(render(bulletin), whole)).code == "disk-full"
        assert (await refused(upload(bulletin, recording), whole)).code == "disk-full"


async def test_a_disk_with_nothing_left_is_full_whatever_the_engine_says(render, bulletin, whole, tools, monkeypatch):
    tools.fail_speech = SpeechFailed("crashed")
    monkeypatch.setattr("broadcast.studio._FULL_BYTES", 2**62)
    assert (await refused(render(bulletin), whole)).code == "disk-full"


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


async def test_who_comes_while_all_voices_speak_waits_and_too_many_are_sent_away(
    desk, staff, render, tools, whole, told
):
    numbers = [(await editing.draft(desk, staff, f"Tin {i}", f"Bản tin số {i}")).id for i in range(QUEUE + 2)]
    tools.gate.clear()
    running = [asyncio.create_task(render(n)) for n in numbers[:-1]]
    await until(lambda: sum(p == Progress("waiting") for p in told) == QUEUE)
    assert len(tools.spoken) == 1
    assert (await refused(render(numbers[-1]), whole)).code == "speech-busy"
    tools.gate.set()
    assert all(done.sound for done in await asyncio.gather(*running))
    assert (await render(numbers[-1])).sound


async def test_the_words_of_an_alarm_do_not_wait_behind_bulletins(studio, render, bulletin, tools, told):
    tools.gate.clear()
    task = asyncio.create_task(render(bulletin))
    await until(lambda: tools.spoken)
    tools.fail_speech = None
    alarm = asyncio.create_task(studio.speak("Lũ về", told.append))
    await until(lambda: len(tools.spoken) == 2)
    assert Progress("waiting") not in told
    tools.gate.set()
    assert (await alarm).seconds == 4.5
    await task


async def test_who_goes_away_breaks_off_the_work(render, bulletin, tools, whole):
    before = whole()
    tools.gate.clear()
    task = asyncio.create_task(render(bulletin))
    await until(lambda: tools.spoken)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.to_thread(tools.cancelled.wait, LIMIT_S)
    assert whole() == before


async def test_a_studio_that_closes_breaks_off_the_work(studio, render, bulletin, tools):
    tools.gate.clear()
    task = asyncio.create_task(render(bulletin))
    await until(lambda: tools.spoken)
    await studio.close()
    with pytest.raises(Cancelled):
        await task
    assert tools.cancelled.is_set()


async def test_an_uploaded_file_becomes_the_sound(upload, bulletin, recording, desk, told):
    done = await upload(bulletin, recording, name="C:\\Ghi âm\\họp\n.mp3")
    assert (done.origin, done.upload_name) == (Origin.UPLOAD, "họp.mp3")
    assert (done.sound.engine, done.sound.seconds) == ("", 4.5)
    assert recording.exists()
    assert next(iter(told)).stage == "decoding"


async def test_a_text_beside_an_upload_is_not_spoken(upload, render, bulletin, recording, whole, tools):
    await upload(bulletin, recording)
    assert (await refused(render(bulletin), whole)).code == "upload-in-place"
    assert tools.spoken == []


async def test_a_file_that_is_no_sound_is_refused_by_name(upload, bulletin, recording, whole, tools):
    tools.fail_inspect = NotSound("sound-too-long", name="hop.mp3", limit=90)
    no = await refused(upload(bulletin, recording), whole)
    assert (no.code, no.facts) == ("sound-too-long", {"name": "hop.mp3", "limit": 90})


async def test_an_upload_of_300_mb_is_refused_unread(upload, bulletin, tmp_path, whole, desk):
    file = tmp_path / "lon.mp3"
    with file.open("wb") as out:
        out.truncate(300 * 1024 * 1024)
    no = await refused(upload(bulletin, file, name="lon.mp3"), whole)
    assert (no.code, no.facts) == ("upload-large", {"name": "lon.mp3", "limit": desk.settings.upload.limit_mb})


async def test_what_was_withdrawn_gets_no_sound(upload, render, spoken, staff, recording, whole, tools):
    bulletin = spoken(staff, state="withdrawn")
    assert (await refused(render(bulletin), whole)).code == "bulletin-life"
    assert (await refused(upload(bulletin, recording), whole)).code == "bulletin-life"
    assert tools.spoken == []


async def test_an_approved_bulletin_with_a_new_sound_is_a_draft_again(render, spoken, staff):
    assert (await render(spoken(staff, state="approved"))).state is BulletinState.DRAFT


async def test_only_who_may_write_there_has_it_spoken(render, upload, bulletin, operator, stranger, recording, whole):
    for actor, code in ((operator, "not-allowed"), (stranger, "no-such-bulletin")):
        with pytest.raises(Refusal, match=code):
            await render(bulletin, actor=actor)
        with pytest.raises(Refusal, match=code):
            await upload(bulletin, recording, actor=actor)


@pytest.fixture
async def real_studio(desk, settings):
    offline = msgspec.structs.replace(settings, speech=msgspec.structs.replace(settings.speech, engines=("espeak",)))
    left = desk.library.folder / "unfinished" / "tmp-of-a-killed-server"
    left.mkdir(parents=True)
    (left / "speech").write_bytes(b"half")
    async with open_studio(offline, desk.library) as opened:
        yield opened


async def test_the_real_studio_speaks(real_studio, desk, staff, bulletin, told):
    done = await rendering.render(desk, real_studio, staff, bulletin, told.append)
    assert done.sound is not None
    assert done.sound.engine == "espeak"
    assert 1.5 < done.sound.seconds < 15
    assert desk.library.path(done.sound.clip).read_bytes()[:4] == b"OggS"
    assert told[-1].stage == "keeping"


async def test_the_real_studio_takes_a_recording(real_studio, upload, bulletin, recording):
    done = await upload(bulletin, recording, name="ghi am.wav", studio=real_studio)
    assert done.sound.seconds > 3


@pytest.mark.parametrize(
    ("name", "code"), [("rong.mp3", "sound-empty"), ("nen.mp3", "sound-not-sound"), ("phim.mp4", "sound-video")]
)
async def test_the_real_studio_refuses_what_is_no_sound(real_studio, upload, bulletin, tmp_path, whole, name, code):
    file = tmp_path / "uploaded"
    match name:
        case "rong.mp3":
            file.write_bytes(b"")
        case "nen.mp3":
            with zipfile.ZipFile(file, "w") as archive:
                archive.writestr("bai.txt", "không phải âm thanh")
        case _:
            file.write_bytes(b"\x1a\x45\xdf\xa3" + bytes(1_000))
    no = await refused(upload(bulletin, file, name=name, studio=real_studio), whole)
    assert (no.code, no.facts["name"]) == (code, name)

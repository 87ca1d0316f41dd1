import asyncio
import errno
import math
import os
import struct
import threading
import wave
import zipfile
from pathlib import Path

import av
import msgspec
import numpy as np
import pytest
from av.audio.stream import AudioStream
from av.video.stream import VideoStream

from audio.calls import Cancelled
from audio.made import Unreadable
from audio.speaker import Choice
from audio.speech import SpeechFailed
from broadcast import editing, rendering
from broadcast.domain.house import Progress
from broadcast.domain.voices import VoiceChoice
from broadcast.studio import QUEUE, open_studio

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


async def test_progress_is_told_on_the_event_loop(render, bulletin):
    threads = set()
    await render(bulletin, tell=lambda _: threads.add(threading.get_ident()))
    assert threads == {threading.get_ident()}


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
async def test_a_full_disk_is_told_and_nothing_is_left(render, upload, bulletin, refused, tools, recording, number):
    full = OSError(number, os.strerror(number))
    wrapped = Unreadable("write failed")
    wrapped.__cause__ = full
    for tools.fail_finish in (full, wrapped):
        assert (await refused(render(bulletin))).code == "disk-full"
        assert (await refused(upload(bulletin, recording))).code == "disk-full"


async def test_a_disk_with_nothing_left_is_full_whatever_the_engine_says(render, bulletin, refused, tools, monkeypatch):
    tools.fail_speech = SpeechFailed("crashed")
    monkeypatch.setattr("broadcast.studio._FULL_BYTES", 2**62)
    assert (await refused(render(bulletin))).code == "disk-full"


async def test_who_comes_while_all_voices_speak_waits_and_too_many_are_sent_away(
    desk, staff, render, tools, refused, told
):
    numbers = [(await editing.draft(desk, staff, f"Tin {i}", f"Bản tin số {i}")).id for i in range(QUEUE + 2)]
    tools.gate.clear()
    running = [asyncio.create_task(render(n)) for n in numbers[:-1]]
    await until(lambda: sum(p == Progress("waiting") for p in told) == QUEUE)
    assert len(tools.spoken) == 1
    assert (await refused(render(numbers[-1]))).code == "speech-busy"
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
    await until(lambda: whole() == before)  # the thread that broke off still clears its folder


async def test_a_studio_that_closes_breaks_off_the_work(studio, render, bulletin, tools):
    tools.gate.clear()
    task = asyncio.create_task(render(bulletin))
    await until(lambda: tools.spoken)
    await studio.close()
    with pytest.raises(Cancelled):
        await task
    assert tools.cancelled.is_set()


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


async def test_while_a_text_is_spoken_the_seconds_made_are_told(render, bulletin, told):
    await render(bulletin)
    assert Progress("speaking", 0.5, 2.5) in told


async def test_a_bulletin_may_be_spoken_as_someone_chose(studio, tools, told):
    await studio.speak_in_turn("Xin chào.", told.append, VoiceChoice("espeak", "vi", 1.2))
    await studio.speak("Báo động.", told.append)
    assert tools.choices == [Choice("espeak", "vi", 1.2), Choice()]


async def test_the_real_studio_takes_a_recording(real_studio, upload, bulletin, recording):
    done = await upload(bulletin, recording, name="ghi am.wav", studio=real_studio)
    assert done.sound.seconds > 3


def video(path: Path) -> None:
    """A second of pictures and of silence, as a phone films."""
    with av.open(str(path), "w", format="mp4") as container:
        picture, sound = container.add_stream("mpeg4", rate=10), container.add_stream("aac", rate=48_000)
        assert isinstance(picture, VideoStream)
        assert isinstance(sound, AudioStream)
        picture.width = picture.height = 64
        sound.layout = "mono"
        for _ in range(10):
            frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            container.mux(picture.encode(frame))
        container.mux(picture.encode(None))
        still = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        still.sample_rate = 48_000
        for _ in range(47):
            container.mux(sound.encode(still))
        container.mux(sound.encode(None))


@pytest.mark.parametrize(
    ("name", "code"), [("rong.mp3", "sound-empty"), ("nen.mp3", "sound-not-sound"), ("phim.mp4", "sound-video")]
)
async def test_the_real_studio_refuses_what_is_no_sound(real_studio, upload, bulletin, tmp_path, refused, name, code):
    file = tmp_path / "uploaded"
    match name:
        case "rong.mp3":
            file.write_bytes(b"")
        case "nen.mp3":
            with zipfile.ZipFile(file, "w") as archive:
                archive.writestr("bai.txt", "không phải âm thanh")
        case _:
            video(file)
    no = await refused(upload(bulletin, file, name=name, studio=real_studio))
    assert (no.code, no.facts["name"]) == (code, name)

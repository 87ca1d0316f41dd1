import wave
import zipfile

import av
import numpy as np
import pytest

from audio.calls import Cancelled
from audio.intake import inspect
from audio.made import NotSound
from broadcast.wording import table


def look(path, limit_minutes=90, tell=lambda _: None, cancelled=lambda: False):
    return inspect(path, "Bản tin.mp3", limit_minutes, tell, cancelled)


def refused(path, **asked):
    with pytest.raises(NotSound) as caught:
        look(path, **asked)
    assert caught.value.facts["name"] == "Bản tin.mp3"
    return caught.value.code


@pytest.mark.parametrize("suffix", ["mp3", "wav", "m4a", "opus", "flac", "ogg"])
def test_every_format_we_promise_is_taken(sounds, suffix):
    found = look(sounds / f"speech.{suffix}")
    assert found.seconds == pytest.approx(3, abs=0.1)
    assert found.channels == 1
    assert -40 < found.loudest_db < 0


@pytest.mark.parametrize(
    ("suffix", "codec", "form"),
    [
        ("aiff", "pcm_s16be", "aiff"),
        ("caf", "pcm_s16be", "caf"),
        ("au", "pcm_s16be", "au"),
        ("webm", "libopus", "webm"),
        ("mka", "flac", "matroska"),
        ("wma", "wmav2", "asf"),
    ],
)
def test_what_else_recorders_and_browsers_write_is_taken(make, tmp_path, suffix, codec, form):
    path = make.sound(tmp_path / f"a.{suffix}", make.speechlike(3), codec, form=form)
    assert look(path).seconds == pytest.approx(3, abs=0.15)


@pytest.mark.parametrize(
    ("form", "codec", "options"),
    [
        ("webm", "libopus", {"live": "1"}),
        ("mp4", "aac", {"movflags": "frag_keyframe+empty_moov+default_base_moof", "frag_duration": "500000"}),
    ],
)
def test_what_a_browser_records_piece_by_piece_has_no_length_in_its_head_and_is_taken(
    make, tmp_path, form, codec, options
):
    path = tmp_path / "recorded"
    with av.open(str(path), "w", format=form, options=options) as out:
        track = out.add_stream(codec, rate=make.rate)
        track.layout = "mono"
        sound = make.speechlike(3)
        for at in range(0, len(sound), 960):
            piece = np.ascontiguousarray(sound[at : at + 960]).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(piece, format="s16", layout="mono")
            frame.sample_rate, frame.pts = make.rate, at
            out.mux(track.encode(frame))
        out.mux(track.encode(None))
    assert look(path).seconds == pytest.approx(3, abs=0.1)


def test_the_name_decides_nothing(sounds, tmp_path):
    for suffix in ("mp3", "wav", "m4a", "opus", "flac"):
        path = tmp_path / f"{suffix}.txt"
        path.write_bytes((sounds / f"speech.{suffix}").read_bytes())
        assert look(path).seconds == pytest.approx(3, abs=0.1)


@pytest.mark.parametrize("suffix", ["mp3", "m4a", "flac"])
def test_a_cover_picture_is_no_video(make, tmp_path, suffix):
    path = make.sound(tmp_path / f"cover.{suffix}", make.speechlike(2), cover=True)
    with av.open(str(path)) as container:
        assert container.streams.video
    assert look(path).seconds == pytest.approx(2, abs=0.1)


def test_stereo_at_another_rate_is_taken(make, tmp_path):
    path = make.sound(tmp_path / "s.mp3", make.speechlike(2), channels=2, rate=44_100)
    assert look(path).channels == 2


def test_an_empty_file(tmp_path):
    path = tmp_path / "a.mp3"
    path.touch()
    assert refused(path) == "sound-empty"


def test_a_zip_named_mp3(tmp_path, sounds):
    path = tmp_path / "a.mp3"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(sounds / "speech.wav", "speech.wav")
        archive.write(sounds / "speech.mp3", "speech.mp3")
    assert refused(path) == "sound-not-sound"


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7 " * 500,
        b"Xin ch\xc3\xa0o b\xc3\xa0 con\n" * 100,
        b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"ID3\x04\x00\x00\x00\x00\x00\x0a" + bytes(10) + b"PK\x03\x04" + bytes(range(256)) * 40,
        b"\xff\xfb" + b"\x00" * 3000,
        b"\xff\xf1" + b"no sound " * 300,
        b"\0" * 5000,
        b"x",
    ],
)
def test_what_is_no_sound(tmp_path, content):
    path = tmp_path / "a.mp3"
    path.write_bytes(content)
    assert refused(path) == "sound-not-sound"


def test_noise_is_no_sound(tmp_path):
    path = tmp_path / "a.mp3"
    path.write_bytes(b"\xff\xfb" + np.random.default_rng(3).bytes(300_000))
    assert refused(path) in {"sound-not-sound", "sound-truncated"}


def test_a_video_with_sound(make, tmp_path):
    assert refused(make.video(tmp_path / "a.mp4")) == "sound-video"


def test_a_video_in_other_containers(make, tmp_path):
    assert refused(make.video(tmp_path / "a.mkv")) == "sound-video"
    assert refused(make.video(tmp_path / "a.avi")) == "sound-video"


def test_a_video_without_sound(make, tmp_path):
    assert refused(make.video(tmp_path / "a.mp4", sound=False)) == "sound-no-sound-track"


@pytest.mark.parametrize("suffix", ["mp3", "wav", "m4a", "opus", "flac", "ogg"])
@pytest.mark.parametrize("share", [0.5, 0.8])
def test_a_file_that_was_cut_off(sounds, tmp_path, suffix, share):
    whole = (sounds / f"speech.{suffix}").read_bytes()
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(whole[: int(len(whole) * share)])
    assert refused(path) == "sound-truncated"


def test_a_file_with_a_hole_in_it(sounds, tmp_path):
    whole = bytearray((sounds / "speech.mp3").read_bytes())
    whole[len(whole) // 4 : len(whole) // 2] = b"\x55" * (len(whole) // 2 - len(whole) // 4)
    path = tmp_path / "a.mp3"
    path.write_bytes(whole)
    assert refused(path) == "sound-truncated"


def test_silence_and_almost_silence(make, tmp_path):
    silent = make.pcm(tmp_path / "a.wav", np.zeros(48_000, np.int16))
    assert refused(silent) == "sound-silent"
    hiss = (np.random.default_rng(1).standard_normal(48_000) * 3).astype(np.int16)
    assert refused(make.pcm(tmp_path / "b.wav", hiss)) == "sound-silent"
    assert refused(make.pcm(tmp_path / "c.wav", np.zeros(0, np.int16))) == "sound-silent"
    assert look(make.pcm(tmp_path / "d.wav", (hiss * 30).astype(np.int16))).loudest_db > -60


def test_a_recording_that_is_too_long(make, tmp_path):
    path = make.pcm(tmp_path / "a.wav", np.ones(8000 * 61, np.int16), rate=8000)
    with pytest.raises(NotSound) as caught:
        look(path, limit_minutes=1)
    assert (caught.value.code, caught.value.facts["limit"]) == ("sound-too-long", 1)


def test_a_length_the_head_is_silent_about_is_measured(make, tmp_path):
    path = make.sound(tmp_path / "a.aac", make.speechlike(65), codec="aac", rate=48_000)
    assert refused(path, limit_minutes=1) == "sound-too-long"
    assert look(path, limit_minutes=2).container == "aac"


def test_progress_grows_to_the_end(sounds):
    told: list[float] = []
    look(sounds / "speech.mp3", tell=told.append)
    assert told[0] == 0
    assert told[-1] == 1
    assert told == sorted(told)
    assert len(told) > 5


def test_it_can_be_cancelled(sounds):
    with pytest.raises(Cancelled):
        look(sounds / "speech.mp3", cancelled=lambda: True)


def test_a_file_that_is_not_there_is_the_house_s_own_fault(tmp_path):
    with pytest.raises(FileNotFoundError):
        look(tmp_path / "none")


def test_a_constant_voltage_is_silence(make, tmp_path):
    assert refused(make.pcm(tmp_path / "a.wav", np.full(96_000, 9000, np.int16))) == "sound-silent"


def test_what_a_shop_has_locked(sounds, tmp_path):
    for lock in (b"drms", b"enca"):
        path = tmp_path / "a.m4a"
        path.write_bytes((sounds / "speech.m4a").read_bytes().replace(b"mp4a", lock))
        assert refused(path) == "sound-encrypted"


def test_a_megabyte_that_says_it_is_days_long(make, tmp_path):
    with pytest.raises(NotSound) as caught:
        look(make.pcm(tmp_path / "a.wav", make.speechlike(10), rate=1))
    assert (caught.value.code, caught.value.facts["rate"]) == ("sound-rate", 1)


def test_a_telephone_a_studio_and_a_cinema_are_taken(make, tmp_path):
    telephone = make.pcm(tmp_path / "a.wav", make.speechlike(2)[::6].copy(), rate=8000)
    studio = make.pcm(tmp_path / "b.wav", np.repeat(make.speechlike(2), 4), rate=192_000)
    cinema = tmp_path / "c.wav"
    with wave.open(str(cinema), "wb") as file:
        file.setparams((6, 2, 48_000, 0, "NONE", ""))
        file.writeframes(np.repeat(make.speechlike(2), 6).tobytes())
    assert look(telephone).seconds == pytest.approx(2, abs=0.01)
    assert look(studio).seconds == pytest.approx(2, abs=0.01)
    assert (look(cinema).seconds, look(cinema).channels) == (pytest.approx(2, abs=0.01), 6)


def test_every_code_has_a_sentence():
    codes = "empty not-sound video no-sound-track encrypted rate truncated silent too-long heavy"
    for code in codes.split():
        assert f"refusal.sound-{code}" in table()

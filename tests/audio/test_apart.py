import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from audio import apart
from audio.apart import Bounds, finish, inspect, waveform
from audio.calls import Cancelled
from audio.made import NotSound, TooHeavy, Unreadable
from audio.master import finish as finish_here

ROOT = Path(__file__).parents[2]


def never():
    return False


def untold(share):
    pass


def children():
    return Path(f"/proc/{os.getpid()}/task/{threading.get_native_id()}/children").read_text("ascii").split()


def test_what_is_made_apart_is_what_would_be_made_here(sounds, tmp_path):
    told: list[float] = []
    ours = finish(sounds / "speech.mp3", tmp_path / "a.opus", chime=True, tell=told.append, cancelled=never)
    here = finish_here(sounds / "speech.mp3", tmp_path / "b.opus", chime=True, tell=untold, cancelled=never)
    assert (tmp_path / "a.opus").read_bytes() == (tmp_path / "b.opus").read_bytes()
    assert (ours.seconds, ours.integrated_lufs, ours.true_peak_db) == (
        here.seconds,
        here.integrated_lufs,
        here.true_peak_db,
    )
    assert ours.used_mb > 20
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0, 1)


def test_looking_a_file_over_apart(sounds, tmp_path):
    assert inspect(sounds / "speech.flac", "a.flac", 90, untold, never).seconds == pytest.approx(3, abs=0.1)
    with pytest.raises(NotSound) as caught:
        inspect(Path(__file__), "a.mp3", 90, untold, never)
    assert (caught.value.code, caught.value.facts) == ("sound-not-sound", {"name": "a.mp3"})
    with pytest.raises(FileNotFoundError):
        inspect(tmp_path / "none", "a.mp3", 90, untold, never)


def test_a_profile_and_the_chime_at_the_end_are_passed_on(sounds, tmp_path):
    plain = finish(sounds / "speech.wav", tmp_path / "a.opus", chime=True, tell=untold, cancelled=never)
    other = finish(
        sounds / "speech.wav",
        tmp_path / "b.opus",
        chime=True,
        closing=True,
        profile="music",
        tell=untold,
        cancelled=never,
    )
    assert other.seconds > plain.seconds + 1


@pytest.mark.parametrize("bounds", [Bounds(cpu_s=1), Bounds(wall_s=1.0)])
def test_what_decodes_for_ever_is_stopped(make, tmp_path, bounds):
    endless = make.pcm(tmp_path / "a.wav", np.tile(make.speechlike(60), 5)[::2].copy(), rate=4000)
    with pytest.raises(TooHeavy):
        finish(endless, tmp_path / "a.opus", chime=False, tell=untold, cancelled=never, bounds=bounds)
    assert not (tmp_path / "a.opus").exists()
    with pytest.raises(NotSound) as caught:
        inspect(endless, "a.wav", 10_000, untold, never, bounds=Bounds(wall_s=0.05))
    assert caught.value.code == "sound-heavy"
    assert not children()


def test_what_wants_all_memory_is_stopped(make, tmp_path):
    with pytest.raises(Unreadable):
        finish(
            make.pcm(tmp_path / "a.wav", make.speechlike(3)),
            tmp_path / "a.opus",
            chime=False,
            tell=untold,
            cancelled=never,
            bounds=Bounds(memory_mb=64),
        )
    assert not (tmp_path / "a.opus").exists()


def test_cancelled_it_is_gone_at_once_and_leaves_nothing(make, tmp_path):
    spoken = make.pcm(tmp_path / "a.wav", np.tile(make.speechlike(60), 3)[::6].copy(), rate=8000)
    told: list[float] = []
    with pytest.raises(Cancelled):
        finish(
            spoken,
            tmp_path / "a.opus",
            chime=False,
            tell=told.append,
            cancelled=lambda: bool(told) and told[-1] > 0.1,
        )
    assert not (tmp_path / "a.opus").exists()
    assert not children()


def test_a_decoder_that_crashes_takes_nobody_with_it(sounds, tmp_path, monkeypatch):
    monkeypatch.setattr(apart, "_WORKER", (sys.executable, "-c", "import os; os.abort()"))
    with pytest.raises(Unreadable):
        finish(sounds / "speech.wav", tmp_path / "a.opus", chime=False, tell=untold, cancelled=never)
    with pytest.raises(NotSound) as caught:
        inspect(sounds / "speech.wav", "a.wav", 90, untold, never)
    assert caught.value.code == "sound-not-sound"


def test_a_full_disk_is_an_oserror(sounds, tmp_path):
    program = (
        "import sys, resource; from pathlib import Path; from audio.apart import finish\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (5000,) * 2)\n"
        "try: finish(Path(sys.argv[1]), Path(sys.argv[2]), chime=True, tell=lambda s: None, cancelled=lambda: False)\n"
        "except OSError as error: print('no room', error.errno)"
    )
    out = tmp_path / "a.opus"
    done = subprocess.run(
        [sys.executable, "-c", program, sounds / "speech.wav", out], cwd=ROOT, check=True, capture_output=True
    )
    assert done.stdout == b"no room 27\n"
    assert not out.exists()


def test_when_the_parent_is_killed_the_decoder_ends_too(make, tmp_path):
    spoken = make.pcm(tmp_path / "a.wav", np.tile(make.speechlike(60), 5)[::6].copy(), rate=8000)
    program = (
        "import sys; from pathlib import Path; from audio.apart import finish\n"
        "def tell(share): print(share, flush=True)\n"
        "finish(Path(sys.argv[1]), Path(sys.argv[2]), chime=True, tell=tell, cancelled=lambda: False)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program, spoken, tmp_path / "a.opus"], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert parent.stdout
    parent.stdout.readline()
    child = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text("ascii").split()[0]
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 30
    while Path(f"/proc/{child}/cmdline").exists() and Path(f"/proc/{child}/cmdline").read_bytes():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_the_outline_follows_the_sound(make, tmp_path):
    rising = make.speechlike(4, peak=0.9) * np.repeat([0.1, 0.3, 0.6, 1.0], 48_000)
    points = waveform(make.pcm(tmp_path / "a.wav", rising.astype(np.int16)), 4, untold, never)
    assert points == sorted(points)
    assert 0.5 < points[-1] <= 1
    assert len(waveform(tmp_path / "a.wav", 1000, untold, never)) == 400
    with pytest.raises(Unreadable):
        waveform(Path(__file__), 10, untold, never)

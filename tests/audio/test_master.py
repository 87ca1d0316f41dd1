import hashlib
import math
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest

from audio.calls import Cancelled
from audio.chime import chime
from audio.dynamics import LEAD_S, MAKE_UP_DB, MOST_GAIN_DB, TAIL_S, TARGET_LUFS
from audio.likeness import likeness
from audio.made import Unreadable
from audio.master import PEAK_DBTP, finish
from audio.profiles import PROFILES

ROOT = Path(__file__).parents[2]


def make_clip(spoken, out, *, with_chime=False, tell=lambda _: None, cancelled=lambda: False, profile="horn", **more):
    return finish(spoken, out, chime=with_chime, tell=tell, cancelled=cancelled, profile=PROFILES[profile], **more)


def loudness(path):
    with av.open(str(path)) as container:
        graph = av.filter.Graph()
        nodes = [graph.add_abuffer(template=container.streams.audio[0]), graph.add("ebur128", "metadata=1")]
        graph.link_nodes(*nodes, graph.add("abuffersink")).configure()
        measured = -70.0
        for frame in container.decode(audio=0):
            graph.push(frame)
            while True:
                try:
                    measured = float(graph.pull().metadata["lavfi.r128.I"])
                except (av.BlockingIOError, av.EOFError):
                    break
    return measured


def true_peak_db(samples):
    spectrum = np.fft.rfft(samples)
    wide = np.zeros(2 * len(samples) + 1, complex)
    wide[: len(spectrum)] = spectrum
    return 20 * math.log10(np.abs(np.fft.irfft(wide) * 4).max())


def test_a_clip_is_mono_opus_at_48_khz_as_long_as_it_says(sounds, tmp_path, make):
    finished = make_clip(sounds / "speech.wav", tmp_path / "a.opus")
    with av.open(str(tmp_path / "a.opus")) as container:
        stream = container.streams.audio[0]
        assert container.format.name == "ogg"
        assert (stream.codec_context.name, stream.codec_context.channels, stream.rate) == ("opus", 1, 48_000)
    assert finished.seconds == pytest.approx(3, abs=0.001)
    assert len(make.read(tmp_path / "a.opus")) == round(finished.seconds * 48_000)
    assert finished.size == (tmp_path / "a.opus").stat().st_size
    assert finished.size * 8 / finished.seconds < 48_000


@pytest.mark.parametrize("suffix", ["mp3", "wav", "m4a", "opus", "flac"])
def test_it_holds_what_was_spoken(sounds, tmp_path, suffix):
    make_clip(sounds / f"speech.{suffix}", tmp_path / "a.opus", profile="music")
    found = likeness(sounds / "speech.wav", tmp_path / "a.opus")
    assert found.peak > 0.75  # all but what stood out
    assert abs(found.lag_ms) < 60


@pytest.mark.parametrize("seconds", [2, 20])
@pytest.mark.parametrize("peak", [0.01, 0.1, 0.3, 0.9])
def test_quiet_and_loud_recordings_come_out_equally_loud_and_never_clip(make, tmp_path, peak, seconds):
    spoken = make.pcm(tmp_path / "a.wav", make.speechlike(seconds, peak=peak))
    made = make_clip(spoken, tmp_path / "a.opus", with_chime=True)
    assert loudness(tmp_path / "a.opus") == pytest.approx(TARGET_LUFS, abs=0.5)
    assert made.integrated_lufs == pytest.approx(loudness(tmp_path / "a.opus"), abs=0.1)
    assert true_peak_db(make.read(tmp_path / "a.opus")) <= PEAK_DBTP + 0.05
    assert made.true_peak_db <= PEAK_DBTP


@pytest.mark.parametrize("profile", list(PROFILES))
def test_every_profile_is_as_loud_as_the_others(sounds, tmp_path, profile):
    make_clip(sounds / "speech.wav", tmp_path / "a.opus", profile=profile)
    assert loudness(tmp_path / "a.opus") == pytest.approx(TARGET_LUFS, abs=0.5)


def test_what_a_horn_cannot_carry_is_taken_out_and_consonants_come_forward(make, tmp_path):
    noise = (np.random.default_rng(1).normal(0, 3000, 48_000 * 4)).astype(np.int16)
    make_clip(make.pcm(tmp_path / "a.wav", noise), tmp_path / "a.opus")
    spectrum = np.abs(np.fft.rfft(make.read(tmp_path / "a.opus"))) ** 2
    hertz = np.fft.rfftfreq(len(make.read(tmp_path / "a.opus")), 1 / 48_000)

    def level(low, high):
        return 10 * math.log10(spectrum[(hertz >= low) & (hertz < high)].mean())

    assert level(20, 120) < level(800, 1200) - 17  # more of it is Opus's own noise
    assert level(2400, 3200) > level(800, 1200) + 1.5
    assert level(11_000, 15_000) < level(800, 1200) - 3


def test_of_a_voice_nothing_is_left_below_200_hz(make, tmp_path):
    at = np.arange(48_000 * 4) / 48_000
    syllables = np.sin(2 * np.pi * 2.5 * at) ** 2
    hum = 0.3 * np.sin(2 * np.pi * 50 * at) + 0.2 * np.sin(2 * np.pi * 100 * at)
    voice = sum(np.sin(2 * np.pi * 150 * k * at) / k for k in range(1, 25)) * syllables * 0.15
    make_clip(make.pcm(tmp_path / "a.wav", ((hum + voice) * 20_000).astype(np.int16)), tmp_path / "a.opus")

    def low(samples):
        spectrum = np.abs(np.fft.rfft(samples)) ** 2
        hertz = np.fft.rfftfreq(len(samples), 1 / 48_000)
        return 10 * math.log10(spectrum[hertz < 200].sum() / spectrum[(hertz > 300) & (hertz < 4000)].sum())

    assert low(make.read(tmp_path / "a.wav")) > 0
    assert low(make.read(tmp_path / "a.opus")) < -20


def test_the_quiet_half_of_a_sentence_comes_up_to_the_loud_half(make, tmp_path):
    fading = make.speechlike(8, peak=0.5) * np.repeat([1.0, 0.25], 4 * 48_000)
    make_clip(make.pcm(tmp_path / "a.wav", fading.astype(np.int16)), tmp_path / "a.opus")
    heard = make.read(tmp_path / "a.opus")
    loud, quiet = heard[: 4 * 48_000].std(), heard[4 * 48_000 :].std()
    assert quiet / loud > 0.45


@pytest.mark.parametrize("profile", list(PROFILES))
def test_noise_and_square_waves_are_as_loud_too_and_crackle_peaks_no_higher(make, tmp_path, profile):
    rng = np.random.default_rng(5)
    clicks = np.where(rng.random(48_000 * 3) < 0.002, 20_000, rng.normal(0, 100, 48_000 * 3))
    square = 12_000 * np.sign(np.sin(2 * np.pi * 440 * np.arange(48_000 * 3) / 48_000))
    for sound in (clicks, rng.normal(0, 4000, 48_000 * 3), square):
        spoken = make.pcm(tmp_path / "a.wav", np.clip(sound, -32768, 32767).astype(np.int16))
        made = make_clip(spoken, tmp_path / "a.opus", profile=profile)
        assert made.true_peak_db <= PEAK_DBTP
        assert sound is clicks or made.integrated_lufs == pytest.approx(TARGET_LUFS, abs=0.5)


def test_a_constant_voltage_is_no_sound_and_moves_no_membrane(make, tmp_path):
    speech = np.clip(make.speechlike(3, peak=0.3).astype(int) + 9000, -32768, 32767).astype(np.int16)
    make_clip(make.pcm(tmp_path / "a.wav", speech), tmp_path / "a.opus")
    heard = make.read(tmp_path / "a.opus")
    assert abs(heard.mean()) < 0.001
    assert np.abs(heard[:480]).max() < 0.2  # no blow where it sets in


def test_silence_at_the_ends_is_cut_and_what_stays_is_faded(make, tmp_path):
    speech = make.speechlike(2, peak=0.4)
    still = np.zeros(48_000, np.int16)
    made = make_clip(make.pcm(tmp_path / "a.wav", np.concatenate((still, speech, still))), tmp_path / "a.opus")
    assert made.seconds == pytest.approx(2 + LEAD_S + TAIL_S, abs=0.1)
    heard = np.abs(make.read(tmp_path / "a.opus"))
    assert heard[:48].max() < 0.02
    assert heard[-48:].max() < 0.02


def test_a_closing_chime_stands_behind_the_words(sounds, tmp_path):
    plain = make_clip(sounds / "speech.wav", tmp_path / "a.opus", with_chime=True)
    closed = make_clip(sounds / "speech.wav", tmp_path / "b.opus", with_chime=True, closing=True)
    assert closed.seconds == pytest.approx(plain.seconds + len(chime()) / 96_000, abs=0.01)


def test_a_recording_far_too_quiet_is_not_lifted_above_reason(make, tmp_path):
    spoken = make.pcm(tmp_path / "a.wav", make.speechlike(3, peak=0.0008))
    assert make_clip(spoken, tmp_path / "a.opus").gain_db <= MOST_GAIN_DB + MAKE_UP_DB


def test_silence_stays_silence(make, tmp_path):
    spoken = make.pcm(tmp_path / "a.wav", np.zeros(48_000, np.int16))
    assert make_clip(spoken, tmp_path / "a.opus").gain_db == 0.0
    assert np.abs(make.read(tmp_path / "a.opus")).max() < 0.001


def test_a_word_too_short_to_measure_is_kept(make, tmp_path):
    spoken = make.pcm(tmp_path / "a.wav", make.speechlike(0.2))
    assert make_clip(spoken, tmp_path / "a.opus").seconds == pytest.approx(0.2, abs=0.001)


def test_the_chime_stands_in_front_and_nothing_of_the_words_is_lost(sounds, tmp_path, make):
    plain = make_clip(sounds / "speech.wav", tmp_path / "plain.opus")
    rung = make_clip(sounds / "speech.wav", tmp_path / "rung.opus", with_chime=True)
    front = len(chime()) / 96_000
    assert rung.seconds == pytest.approx(plain.seconds + front, abs=0.001)
    found = likeness(tmp_path / "plain.opus", tmp_path / "rung.opus")
    assert found.peak > 0.96
    assert found.lag_ms == pytest.approx(front * 1000, abs=2)
    heard = likeness(make.pcm(tmp_path / "chime.wav", np.frombuffer(chime(), np.int16)), tmp_path / "rung.opus")
    assert (heard.peak > 0.92, abs(heard.lag_ms) < 2) == (True, True)


def test_the_chime_is_soft_at_its_edges_and_not_too_loud():
    samples = np.frombuffer(chime(), np.int16).astype(float) / 32768
    assert 1 < len(samples) / 48_000 < 3
    assert np.abs(samples).max() < 10 ** (-3 / 20)
    assert np.abs(samples[:10]).max() < 0.01
    assert np.abs(samples[-10_000:]).max() < 0.001


def test_the_same_words_give_the_same_bytes_in_every_process(sounds, tmp_path):
    make_clip(sounds / "speech.mp3", tmp_path / "a.opus", with_chime=True)
    program = (
        "import sys; from pathlib import Path; from audio.master import finish\n"
        "finish(Path(sys.argv[1]), Path(sys.argv[2]), chime=True, tell=lambda s: None, cancelled=lambda: False)"
    )
    other = tmp_path / "other name.opus"
    subprocess.run([sys.executable, "-c", program, sounds / "speech.mp3", other], cwd=ROOT, check=True)
    first, second = (hashlib.sha256(p.read_bytes()).hexdigest() for p in (tmp_path / "a.opus", other))
    assert first == second


def test_memory_does_not_grow_with_the_length(make, tmp_path):
    program = (
        "import sys, resource; from pathlib import Path; from audio.master import finish\n"
        "finish(Path(sys.argv[1]), Path(sys.argv[2]), chime=True, tell=lambda s: None, cancelled=lambda: False)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    peaks = []
    short = make.speechlike(10)[::6].copy()
    for repeats in (1, 30):
        spoken = make.pcm(tmp_path / "a.wav", np.tile(short, repeats), rate=8000)
        done = subprocess.run(
            [sys.executable, "-c", program, spoken, tmp_path / "a.opus"], cwd=ROOT, check=True, capture_output=True
        )
        peaks.append(int(done.stdout))
    assert peaks[1] - peaks[0] < 12_000


def test_progress_grows_to_the_end(sounds, tmp_path):
    told: list[float] = []
    make_clip(sounds / "speech.wav", tmp_path / "a.opus", tell=told.append)
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0, 1)
    assert len(told) > 10


def test_cancelled_in_the_middle_it_leaves_nothing(sounds, tmp_path):
    told: list[float] = []
    with pytest.raises(Cancelled):
        make_clip(sounds / "speech.wav", tmp_path / "a.opus", tell=told.append, cancelled=lambda: told[-1] > 0.5)
    assert 0.5 < max(told) < 1
    assert not (tmp_path / "a.opus").exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04" * 100, b"RIFF\x00\x00\x00\x00WAVE", b"OggS" * 100])
def test_what_cannot_be_read_is_said(tmp_path, content):
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(Unreadable):
        make_clip(tmp_path / "a", tmp_path / "a.opus", with_chime=True)
    assert not (tmp_path / "a.opus").exists()


@pytest.mark.parametrize("room", [100, 5_000])
def test_a_disk_that_is_full_is_an_oserror_and_leaves_nothing(sounds, tmp_path, room):
    program = (
        "import sys, resource; from pathlib import Path; from audio.master import finish\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]),) * 2)\n"
        "try: finish(Path(sys.argv[1]), Path(sys.argv[2]), chime=True, tell=lambda s: None, cancelled=lambda: False)\n"
        "except OSError: print('no room')"
    )
    out = tmp_path / "a.opus"
    done = subprocess.run(
        [sys.executable, "-c", program, sounds / "speech.wav", out, str(room)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    assert done.stdout == b"no room\n"
    assert not out.exists()

"""Whether speech is hard to make out: eSpeak NG below music, a held chord and noise, at several distances."""

import numpy as np
import pytest

from audio.compact import compact
from audio.espeak_engine import EspeakEngine
from audio.reading import read
from audio.speaker import Speaker

RATE = 48_000
SECONDS = 33
TEXT = (
    "Điện lực Gò Dầu thông báo ngừng cung cấp điện từ 8h đến 17h ngày 30/11 tại các xã Thạnh Đức, Cẩm Giang. Mong quý "
    "khách hàng thông cảm. Chiều tối nay có mưa rào và dông, đề phòng lốc, sét và gió giật mạnh. Kính chúc bà con sức "
    "khỏe, an khang, thịnh vượng."
)
HARMONICS = range(1, 7)


def notes(seed, beat):
    """Plucked chords: on the beat, or whenever, where there is none."""
    rng = np.random.default_rng(seed)
    sound, at, ring = np.zeros((SECONDS + 3) * RATE), 0, np.arange(2 * RATE) / RATE
    while at < SECONDS * RATE:
        for _ in range(2):
            hertz = rng.choice([262, 330, 392, 440, 523]) * rng.choice([0.5, 1, 2])
            tone = sum(np.sin(2 * np.pi * hertz * h * ring) / h for h in HARMONICS) * np.exp(-2.5 * ring)
            sound[at : at + len(ring)] += tone
        at += int((beat or rng.uniform(0.12, 0.7)) * RATE)
    return sound[: SECONDS * RATE]


def chord():
    """Strings that hold a chord, swelling slowly."""
    at = np.arange(SECONDS * RATE) / RATE
    tones = (sum(np.sin(2 * np.pi * f * h * at + h) / h for h in HARMONICS) for f in (220, 277, 330))
    swelling = sum(tone * (1 + 0.2 * np.sin(2 * np.pi * 0.3 * at + n)) for n, tone in enumerate(tones))
    return np.asarray(swelling)


def noise():
    return np.random.default_rng(5).standard_normal(SECONDS * RATE)


BEDS = {"beat": lambda: notes(1, 0.5), "free": lambda: notes(2, 0), "chord": chord, "noise": noise}


@pytest.fixture(scope="module")
def voice(tmp_path_factory):
    file = tmp_path_factory.mktemp("voice") / "said.wav"
    Speaker([EspeakEngine()]).speak(read(TEXT), file, lambda _: None, lambda: False)
    return np.frombuffer(file.read_bytes()[44:], np.int16).astype(float)[: SECONDS * RATE]


@pytest.fixture
def masked(make, tmp_path):
    def masked(sound):
        pcm = (sound / np.abs(sound).max() * 16_000).astype(np.int16)
        return compact(make.pcm(tmp_path / "a.wav", pcm), tmp_path / "a.opus", lambda _: None, lambda: False).masked

    return masked


def below(voice, bed, distance_db):
    """The voice with `bed` so far below it; a pause counts for neither."""
    speaking = np.sqrt(np.mean(voice[np.abs(voice) > 200] ** 2))
    under = bed[: len(voice)]
    return voice + under * speaking / np.sqrt(np.mean(under**2)) * 10 ** (-distance_db / 20)


def test_a_clean_voice_is_not_warned_of(voice, masked):
    assert not masked(voice)


@pytest.mark.parametrize(("bed", "distance_db"), [("beat", 5), ("free", 4), ("chord", 8), ("noise", 2)])
def test_what_lies_well_below_a_voice_is_not_warned_of_and_what_drowns_it_is(voice, masked, bed, distance_db):
    assert not masked(below(voice, BEDS[bed](), 15))
    assert masked(below(voice, BEDS[bed](), distance_db))


@pytest.mark.parametrize("bed", BEDS)
def test_music_and_noise_alone_are_not_warned_of(masked, bed):
    assert not masked(BEDS[bed]())


@pytest.mark.parametrize("sound", [np.zeros(SECONDS * RATE), np.zeros(100), noise()[: 3 * RATE]])
def test_silence_and_what_is_too_short_are_not_warned_of(masked, sound):
    assert not masked(sound + 1e-9)

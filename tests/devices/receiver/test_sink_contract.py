import sys
import time
import types
import wave
from array import array
from datetime import UTC, datetime
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from devices.receiver.cardsink import CardSink, has_card
from devices.receiver.clock import SteppedClock, SystemClock
from devices.receiver.sinks import open_sink
from devices.receiver.sound import BLOCK_FRAMES, FRAME_BYTES, NoSoundCard, Sink
from devices.receiver.wavsink import BUFFER_S, WavSink, wavs_of
from devices.vocabulary import SAMPLE_RATE

BLOCK = array("h", [1234]).tobytes() * BLOCK_FRAMES


class PortAudioError(Exception):
    """As in sounddevice: it derives from nothing else."""


class StandInStream:
    """Keeps what `sounddevice.RawOutputStream` promises: write blocks while the buffer is full."""

    def __init__(self, house, *, samplerate, channels, dtype, device, latency):
        if house.refuses:
            raise house.refuses
        assert (samplerate, channels, dtype) == (48_000, 1, "int16")
        self.house, self.device, self.latency = house, device, latency
        self.running = False
        self.ends = None
        self.played = bytearray()
        self.empty_at = 0.0

    def start(self):
        self.running = True

    def write(self, data):
        if self.ends is not None or not self.running:
            raise PortAudioError("Stream is stopped", -9983)
        if self.house.pulled_out:
            raise PortAudioError("Unanticipated host error", -9999)
        seconds = len(data) / 2 / 48_000
        clock = self.house.clock
        wait = self.empty_at + seconds - self.latency - clock.monotonic()
        if wait > 0:
            self.house.pause(wait)
        dry = self.empty_at < clock.monotonic()
        self.empty_at = max(self.empty_at, clock.monotonic()) + seconds
        self.played += data
        return dry

    def stop(self):
        self.ends = "drained"
        self.house.pause(max(0.0, self.empty_at - self.house.clock.monotonic()))

    def abort(self):
        self.ends = "aborted"

    def close(self):
        self.house.closed += 1


class StandInHouse(types.ModuleType):
    """The module `sounddevice` with one card, or none."""

    def __init__(self, clock, pause):
        super().__init__("sounddevice")
        self.clock, self.pause = clock, pause
        self.refuses = None
        self.pulled_out = False
        self.streams = []
        self.closed = 0

    def RawOutputStream(self, **asked):  # noqa: N802 - its name there
        stream = StandInStream(self, **asked)
        self.streams.append(stream)
        return stream

    def check_output_settings(self, **asked):
        if self.refuses:
            raise self.refuses
        assert asked["samplerate"] == 48_000


class Hands:
    """A clock whose hands a blocking writer turns itself."""

    def __init__(self):
        self.clock = SteppedClock()

    def pause(self, seconds):
        self.clock.elapsed += seconds

    @property
    def now(self):
        return self.clock.elapsed


@pytest.fixture
def hands():
    return Hands()


@pytest.fixture
def house(hands, monkeypatch):
    made = StandInHouse(hands.clock, hands.pause)
    monkeypatch.setitem(sys.modules, "sounddevice", made)
    return made


TWINS = ["wav", "card stand-in"]
"""Their clock is turned by hand, so that speeds may be asserted on them."""
ALL = [*TWINS, "card"] if has_card() else TWINS


@pytest.fixture(params=ALL)
def sink(request, hands, tmp_path):
    made: Sink
    if request.param == "wav":
        made = WavSink(tmp_path, hands.clock, hands.pause)
    elif request.param == "card stand-in":
        request.getfixturevalue("house")
        made = CardSink()
    else:
        made, hands.clock = CardSink(), SystemClock()
    yield made
    made.close(drain=False)


def test_it_takes_frames_at_the_pace_of_real_time_with_a_short_buffer(sink, hands):
    sink.open("a")
    began = hands.clock.monotonic()
    for _ in range(50):
        sink.write(BLOCK)
    took = hands.clock.monotonic() - began
    assert sink.frames_taken == SAMPLE_RATE
    assert 0.9 <= took <= 1.1


@pytest.mark.parametrize("sink", TWINS, indirect=True)
def test_the_first_block_is_taken_at_once(sink, hands):
    hands.clock.elapsed = 1000.0
    sink.open("a")
    sink.write(BLOCK)
    assert hands.now == 1000.0


def test_close_lets_what_was_taken_sound_to_its_end_or_drops_it(sink, hands):
    sink.open("a")
    began = hands.clock.monotonic()
    for _ in range(5):
        sink.write(BLOCK)
    sink.close(drain=True)
    assert hands.clock.monotonic() - began >= 0.099
    sink.close(drain=True)
    sink.open("b")
    began = hands.clock.monotonic()
    sink.write(BLOCK)
    sink.close(drain=False)
    assert hands.clock.monotonic() - began < 0.5


def test_a_new_label_goes_on_without_a_gap_and_counts_anew(sink, hands):
    sink.open("a")
    began = hands.clock.monotonic()
    for label in ("a", "b"):
        sink.open(label)
        assert sink.frames_taken == 0
        for _ in range(10):
            sink.write(BLOCK)
        assert sink.frames_taken == 10 * BLOCK_FRAMES
    assert hands.clock.monotonic() - began >= 0.4 - 0.1


@pytest.mark.parametrize("sink", TWINS, indirect=True)
def test_after_silence_the_buffer_is_empty_again(sink, hands):
    sink.open("a")
    sink.write(BLOCK * 10)
    hands.clock.elapsed += 5
    began = hands.now
    sink.write(BLOCK * 3)
    assert hands.now == pytest.approx(began)


def test_a_sink_that_is_not_open_takes_nothing(sink):
    with pytest.raises(NoSoundCard):
        sink.write(BLOCK)
    assert sink.frames_taken == 0
    assert sink.latency_s < 0.5


def test_a_wav_file_is_one_sound_named_by_its_first_instant(tmp_path, hands):
    hands.clock.wall = datetime(2026, 11, 25, 22, 0, 0, 250_000, tzinfo=UTC)
    sink = WavSink(tmp_path, hands.clock, hands.pause)
    sink.open("slot-7-x")
    assert list(tmp_path.iterdir()) == []
    sink.write(BLOCK * 10)
    sink.open("a/../b")
    sink.write(BLOCK)
    sink.open("never heard")
    sink.close(drain=True)
    names = sorted(p.name for p in tmp_path.iterdir())
    assert names == ["20261125T220000.250000Z_a-..-b.wav", "20261125T220000.250000Z_slot-7-x.wav"]
    assert [p.name for p in wavs_of(tmp_path, "slot-7-x")] == [names[1]]
    with wave.open(str(tmp_path / names[1])) as file:
        assert file.getparams()[:4] == (1, FRAME_BYTES, SAMPLE_RATE, 10 * BLOCK_FRAMES)
        assert file.readframes(100_000) == BLOCK * 10


def test_the_wav_of_a_killed_process_is_readable_up_to_its_last_block(tmp_path):
    program = (
        "import sys; from pathlib import Path\n"
        "from devices.receiver.clock import SystemClock\n"
        "from devices.receiver.wavsink import WavSink\n"
        "sink = WavSink(Path(sys.argv[1]), SystemClock()); sink.open('x')\n"
        "while True:\n    sink.write(bytes([1, 2]) * 960); print(sink.frames_taken, flush=True)\n"
    )
    root = Path(__file__).parents[3]
    with Popen([sys.executable, "-c", program, str(tmp_path)], stdout=PIPE, cwd=root, text=True) as child:
        assert child.stdout is not None
        told = 0
        while told < 10 * BLOCK_FRAMES:
            told = int(child.stdout.readline())
        child.kill()
    (path,) = wavs_of(tmp_path, "x")
    with wave.open(str(path)) as file:
        frames = file.getnframes()
        assert frames >= told
        assert file.readframes(frames) == bytes([1, 2]) * frames
    assert path.stat().st_size >= 44 + frames * FRAME_BYTES


def test_a_folder_that_cannot_be_written_says_what_to_mend(tmp_path, hands):
    blocked = tmp_path / "file"
    blocked.write_text("")
    sink = WavSink(blocked / "below", hands.clock, hands.pause)
    with pytest.raises(NoSoundCard, match=r"sound\.wav"):
        sink.open("a")


def test_a_card_stays_open_under_a_new_label_and_is_let_go_of_at_the_end(house):
    sink = CardSink("USB")
    sink.open("a")
    sink.write(BLOCK)
    sink.open("b")
    sink.write(BLOCK)
    sink.close(drain=True)
    (stream,) = house.streams
    assert (stream.device, stream.ends, house.closed) == ("USB", "drained", 1)
    assert bytes(stream.played) == BLOCK * 2
    sink.open("c")
    sink.close(drain=False)
    assert house.streams[1].ends == "aborted"


def test_a_card_may_be_chosen_by_its_number_or_left_to_the_system(house):
    for given, asked in (("3", 3), ("", None)):
        sink = CardSink(given)
        sink.open("a")
        sink.close(drain=False)
        assert house.streams[-1].device == asked


def test_a_card_pulled_out_in_the_middle_is_said(house):
    sink = CardSink()
    sink.open("a")
    sink.write(BLOCK)
    house.pulled_out = True
    with pytest.raises(NoSoundCard, match="aplay"):
        sink.write(BLOCK)
    assert sink.frames_taken == BLOCK_FRAMES


def test_a_card_that_will_not_open_is_said(house):
    house.refuses = PortAudioError("Device unavailable", -9985)
    with pytest.raises(NoSoundCard, match="Device unavailable"):
        CardSink().open("a")


def test_auto_takes_the_card_where_there_is_one_and_files_where_there_is_none(house, tmp_path):
    assert isinstance(open_sink("auto", "", tmp_path, SystemClock()), CardSink)
    assert isinstance(open_sink("card", "", tmp_path, SystemClock()), CardSink)
    assert isinstance(open_sink("wav", "", tmp_path, SystemClock()), WavSink)
    house.refuses = ValueError("No output device matching 'x'")
    assert isinstance(open_sink("auto", "x", tmp_path, SystemClock()), WavSink)
    with pytest.raises(NoSoundCard, match=r"sound\.device"):
        open_sink("card", "x", tmp_path, SystemClock())


def test_a_machine_without_portaudio_has_no_card_and_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    assert not has_card()
    assert isinstance(open_sink("auto", "", tmp_path, SystemClock()), WavSink)
    with pytest.raises(NoSoundCard, match="libportaudio2"):
        CardSink().open("a")


def test_the_wav_sink_keeps_the_pace_of_the_machine_clock_too(tmp_path):
    sink = WavSink(tmp_path, SystemClock())
    sink.open("a")
    began = time.monotonic()
    for _ in range(15):
        sink.write(BLOCK)
    assert time.monotonic() - began >= 15 * 0.020 - BUFFER_S - 0.001
    sink.close(drain=True)

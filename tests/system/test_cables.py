"""Cables pulled at the worst moment: whole processes, real sound, a real broker."""

import asyncio
import shutil
import subprocess
import sys
import wave

import msgspec
import pytest

from broadcast.commands.chaos import Stage, place_airings, reported
from broadcast.commands.demo_once import fresh_settings
from broadcast.settings import Settings

pytestmark = pytest.mark.slow

LONG = "Bà con chú ý. " * 5


@pytest.fixture
def settings(tmp_path):
    fresh = fresh_settings(Settings(), tmp_path / "data")
    return msgspec.structs.replace(fresh, speech=msgspec.structs.replace(fresh.speech, engines=("espeak",)))


def sounding(receivers) -> bool:
    wavs = [next(iter(r.wavs.glob("*.wav")), None) for r in receivers]
    return all(w is not None and w.stat().st_size > 96_000 for w in wavs)


async def test_a_server_killed_in_the_middle_of_an_airing_is_told_of_it_afterwards(settings, until):
    receivers, placed = await place_airings(settings, 1, LONG)
    stage = Stage(settings, receivers)
    try:
        stage.start()
        await asyncio.to_thread(until, lambda: sounding(receivers), "three horns to sound")
        await stage.kill("server", 1.0)
        states = await reported(settings, placed, 3)
    finally:
        await asyncio.to_thread(stage.stop)
    assert sorted(states.values()) == ["played"] * 3
    for receiver in receivers:
        (wav,) = receiver.wavs.glob("*.wav")
        with wave.open(str(wav)) as sound:
            assert sound.getnframes() / sound.getframerate() > 5


async def test_a_receiver_that_loses_power_in_the_middle_tells_of_it_and_does_not_begin_again(settings, until):
    receivers, placed = await place_airings(settings, 1, LONG)
    stage = Stage(settings, receivers)
    try:
        stage.start()
        await asyncio.to_thread(until, lambda: sounding(receivers), "three horns to sound")
        await stage.kill("loa-2", 0.5)
        states = await reported(settings, placed, 3)
    finally:
        await asyncio.to_thread(stage.stop)
    assert {receiver: state for (_, receiver), state in states.items()} == {
        "loa-1": "played",
        "loa-2": "interrupted",
        "loa-3": "played",
    }
    assert [len(list(r.wavs.glob("*.wav"))) for r in receivers] == [1, 1, 1]


def test_the_same_programs_speak_to_mosquitto(tmp_path, until):
    mosquitto = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
    fresh = fresh_settings(Settings(), tmp_path / "data")
    conf = tmp_path / "mosquitto.conf"
    conf.write_text(f"listener {fresh.broker.port} 127.0.0.1\nallow_anonymous true\n")
    config = tmp_path / "config.toml"
    config.write_text(
        f'[server]\nport = {fresh.server.port}\ndata = "{tmp_path / "data"}"\n'
        f'[broker]\nkind = "external"\nport = {fresh.broker.port}\n'
    )
    printed = tmp_path / "printed.txt"
    broker = subprocess.Popen([mosquitto, "-c", conf], stderr=subprocess.DEVNULL)
    with printed.open("w") as output:
        demo = subprocess.Popen(
            [sys.executable, "-m", "broadcast.cli", "demo", "--config", config], stdout=output, stderr=output
        )
    try:
        until(lambda: "Ctrl-C" in printed.read_text("utf-8"), "the demo on mosquitto")
        assert "3 cụm loa đã kết nối" in printed.read_text("utf-8")
    finally:
        demo.terminate()
        demo.wait(60)
        broker.terminate()
        broker.wait(60)
    assert "Đã dừng hết" in printed.read_text("utf-8")

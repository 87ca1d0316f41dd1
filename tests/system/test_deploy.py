"""The shipped broker configuration, tried on a real mosquitto: a receiver speaks on its own topics alone."""

import asyncio
import shutil
import subprocess
from pathlib import Path

import pytest

from devices.link import LinkError, LinkState, Received
from devices.mqtt import MqttAddress, MqttLink

DEPLOY = Path(__file__).parents[2] / "deploy" / "mosquitto"
PASSWORD = "a password"


@pytest.fixture
def broker(tmp_path, free_port, until):
    passwords = tmp_path / "passwd"
    for user in ("loalang-server", "loa-1", "loa-2"):
        create = [] if passwords.exists() else ["-c"]
        subprocess.run(["mosquitto_passwd", *create, "-b", passwords, user, PASSWORD], check=True)
    conf = tmp_path / "mosquitto.conf"
    shipped = (DEPLOY / "loalang.conf").read_text("utf-8")
    plain = [line for line in shipped.splitlines() if not line.startswith(("certfile", "keyfile", "listener"))]
    text = "\n".join([f"listener {free_port} 127.0.0.1", *plain, f"persistence_location {tmp_path}/", "user root"])
    text = text.replace("/etc/mosquitto/passwd", str(passwords))
    conf.write_text(text.replace("/etc/mosquitto/acl", str(DEPLOY / "acl")))
    for file in (passwords, DEPLOY / "acl"):
        assert file.exists()
    mosquitto = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
    process = subprocess.Popen([mosquitto, "-c", conf], stderr=subprocess.DEVNULL)
    yield free_port
    assert process.poll() is None, "mosquitto refused the shipped configuration"
    process.terminate()
    process.wait(30)


async def client(port: int, user: str, filters: tuple[str, ...], heard: list[Received]) -> MqttLink:
    link = MqttLink(MqttAddress("127.0.0.1", port, user, user, PASSWORD))
    await link.subscribe(filters)
    up = asyncio.Event()
    await link.open(heard.append, lambda state: up.set() if state is LinkState.UP else None)
    async with asyncio.timeout(30):
        await up.wait()
    return link


async def test_a_receiver_may_not_speak_for_another_or_for_the_server(broker):
    heard: list[Received] = []
    server = await client(broker, "loalang-server", ("loalang/v1/#",), heard)
    one = await client(broker, "loa-1", ("loalang/v1/receiver/loa-1/order",), [])
    for topic in ("receiver/loa-2/state", "area/xa/plan", "area/xa/alarm", "receiver/loa-1/ack"):
        with pytest.raises(LinkError):
            await one.publish(f"loalang/v1/{topic}", b"x", retain=True)
    await one.publish("loalang/v1/receiver/loa-1/state", b"mine", retain=True)
    async with asyncio.timeout(30):
        while not heard:  # noqa: ASYNC110 - another program's memory
            await asyncio.sleep(0.02)
    assert [(m.topic, m.payload) for m in heard] == [("loalang/v1/receiver/loa-1/state", b"mine")]
    await one.close()
    await server.close()

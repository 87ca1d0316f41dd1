"""The embedded broker stays alive, whatever happens to it, and dies with us."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from itertools import product

import psutil
import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from broadcast import broker as broker_module
from broadcast.broker import TRANSITIONS, BrokerFailed, BrokerState, EmbeddedBroker, PortTaken
from broadcast.commands.free_ports import free_ports
from broadcast.wording import say
from devices.link import LinkReason, LinkState, Received
from devices.mqtt import MqttAddress, MqttLink

LIMIT_S = 30
TOPIC = "loalang/v1/area/a/order"


async def until(true: Callable[[], bool], what: str) -> None:
    try:
        async with asyncio.timeout(LIMIT_S):
            while not true():  # noqa: ASYNC110 - any condition, also one that has no event
                await asyncio.sleep(0.01)
    except TimeoutError:
        pytest.fail(f"{what} did not come true within {LIMIT_S} s")


def free_port() -> int:
    return free_ports(1)[0]


def port_is_free(port: int) -> bool:
    try:
        broker_module.require_free(port)
    except broker_module.PortTaken:
        return False
    return True


def alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def states() -> list[BrokerState]:
    return []


@pytest.fixture
async def broker(states) -> AsyncIterator[EmbeddedBroker]:
    made = EmbeddedBroker(free_port(), changed=states.append)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def client(broker) -> AsyncIterator[tuple[MqttLink, list[Received]]]:
    """A link that was there before anything went wrong, and what it took."""
    took: list[Received] = []
    link = MqttLink(MqttAddress(broker.host, broker.port, "bystander"))
    await link.subscribe((TOPIC,))
    await link.open(took.append, lambda _: None)
    await until(lambda: link.state is LinkState.UP, "up")
    yield link, took
    await link.close()


async def serves_again(broker: EmbeddedBroker, client: tuple[MqttLink, list[Received]], payload: bytes) -> None:
    await until(lambda: broker.restarts >= 1 and broker.state is BrokerState.SERVING, "serving again")
    link, took = client
    link.hurry()
    await until(lambda: link.state is LinkState.UP, "the bystander's link")
    await link.publish(TOPIC, payload)
    await until(lambda: bool(took) and took[-1].payload == payload, "a message through the new process")


async def test_once_started_it_serves_on_loopback(broker, client, states):
    link, took = client
    await link.publish(TOPIC, b"hello")
    await until(lambda: [m.payload for m in took] == [b"hello"], "the message")
    assert states == [BrokerState.STARTING, BrokerState.SERVING]
    assert (broker.host, broker.reason, broker.restarts) == ("127.0.0.1", "", 0)


async def test_a_killed_process_is_replaced(broker, client, states):
    before = broker.pid
    os.kill(before, signal.SIGKILL)
    await serves_again(broker, client, b"after the kill")
    assert broker.pid != before
    assert broker.restarts == 1
    assert broker.reason == ""
    assert states[2:] == [BrokerState.RESTARTING, BrokerState.STARTING, BrokerState.SERVING]


async def test_a_router_that_died_of_a_poisonous_topic_is_replaced_though_its_process_lives(broker, client, states):
    before = broker.pid
    poison = Client(
        CallbackAPIVersion.VERSION2, "evil", protocol=MQTTProtocolVersion.MQTTv5, reconnect_on_failure=False
    )
    poison.connect(broker.host, broker.port)
    poison.loop_start()
    poison.publish("đài/a", b"x", qos=1)
    await until(lambda: BrokerState.RESTARTING in states, "the silence noticed")
    poison.loop_stop()
    assert BrokerState.FAILING in states
    await serves_again(broker, client, b"after the poison")
    assert not alive(before)


async def test_a_process_that_stands_still_is_replaced(broker, client):
    before = broker.pid
    os.kill(before, signal.SIGSTOP)
    await serves_again(broker, client, b"after the standstill")
    assert not alive(before)


async def test_one_late_probe_is_forgiven(broker, states):
    os.kill(broker.pid, signal.SIGSTOP)
    await until(lambda: BrokerState.FAILING in states, "failing")
    assert broker.reason == say("broker.reason-silent")
    os.kill(broker.pid, signal.SIGCONT)
    await until(lambda: broker.state is BrokerState.SERVING, "serving")
    assert broker.restarts == 0
    assert broker.reason == ""


async def test_a_taken_port_is_named_with_the_setting_that_changes_it():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        broker = EmbeddedBroker(port)
        with pytest.raises(PortTaken) as error:
            await broker.start()
    assert str(port) in str(error.value)
    assert "broker.port" in str(error.value)
    assert broker.state is BrokerState.STOPPED


async def test_a_broker_that_never_serves_is_given_up_in_words(monkeypatch):
    async def spawn(_port: int) -> asyncio.subprocess.Process:
        pipe = asyncio.subprocess.PIPE
        return await asyncio.create_subprocess_exec(sys.executable, "-c", "exit(3)", stdin=pipe, stderr=pipe)

    monkeypatch.setattr(broker_module, "_spawn", spawn)
    monkeypatch.setattr(broker_module, "START_LIMIT_S", 1.0)
    broker = EmbeddedBroker(free_port())
    with pytest.raises(BrokerFailed, match="3"):
        await broker.start()
    assert broker.state is BrokerState.STOPPED


async def test_stopping_ends_the_process_and_frees_the_port(states):
    broker = EmbeddedBroker(free_port(), changed=states.append)
    await broker.start()
    pid = broker.pid
    assert pid is not None
    await broker.stop()
    await broker.stop()
    assert not alive(pid)
    assert states[-1] is BrokerState.STOPPED
    await broker.start()
    await broker.stop()


PARENT = """
import asyncio, sys
from broadcast.broker import EmbeddedBroker
from broadcast.commands.free_ports import free_ports

async def main():
    broker = EmbeddedBroker(int(sys.argv[1]))
    await broker.start()
    print("pid", broker.pid, flush=True)
    await asyncio.sleep(3600)

asyncio.run(main())
"""


async def test_the_broker_ends_with_its_parent_even_if_that_is_killed():
    port = free_port()
    parent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PARENT, str(port)), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    assert parent.stdout is not None
    async with asyncio.timeout(LIMIT_S):
        line = b""
        while not line.startswith(b"pid "):
            line = await parent.stdout.readline()
            assert line, "the parent ended"
    child = int(line.split()[1])
    parent.kill()
    await parent.wait()
    await until(lambda: not alive(child), "the end of the broker")
    # the kernel lets go of the port a moment after the process is gone
    await until(lambda: port_is_free(port), "the port's release")


async def test_ctrl_c_in_the_terminal_does_not_reach_the_broker(broker):
    assert os.getsid(broker.pid) != os.getsid(0)
    os.kill(broker.pid, signal.SIGINT)
    await asyncio.sleep(0)
    assert alive(broker.pid)
    assert broker.restarts == 0


@pytest.mark.parametrize(("one", "other"), list(product(BrokerState, BrokerState)))
def test_only_the_transitions_of_the_table_happen(one, other):
    seen: list[BrokerState] = []
    broker = EmbeddedBroker(1, changed=seen.append)
    broker.state = one
    if one is other:
        broker._become(other)
        assert not seen
    elif other in TRANSITIONS[one]:
        broker._become(other)
        assert seen == [other]
    else:
        with pytest.raises(AssertionError):
            broker._become(other)
        assert broker.state is one


def test_every_state_and_every_reason_of_the_link_has_its_sentence():
    for state in BrokerState:
        assert say(f"broker.state-{state}")
    for link_state in LinkState:
        assert say(f"broker.link-{link_state}")
    for why in LinkReason:
        if why is not LinkReason.NONE:
            assert say(f"broker.why-{why}", detail="x")

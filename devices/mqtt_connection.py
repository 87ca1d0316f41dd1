"""One connection to an MQTT 5 broker, from dialling to its end. The only module that knows paho.

Version 5, because only there a broker says that it declines a publish; an access list would else swallow it silently.
The socket is read and written by the event loop itself: a process whose loop hangs sends no pings and counts as gone,
which is the truth, and no select() fails at the 1,025th open file. Only dialling (name lookup, TCP, TLS) blocks: it has
a thread of its own and comes back into the loop at one line, in `_dial`.
"""

import asyncio
import contextlib
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from devices.link import LinkReason, LinkRefused, Received, Take, Will

T = TypeVar("T")
Codes = list[ReasonCode]

KEEP_ALIVE_S: Final = 15
"""A broker takes us for gone after one and a half of it. rumqttd refuses less than 5 s."""
DIAL_S: Final = 5.0
"""TCP and TLS over a poor 4G link take up to 3 s."""
ANSWER_S: Final = 10.0
"""The limit for every answer of the broker: CONNACK, SUBACK, PUBACK."""
IN_FLIGHT: Final = 20
"""Publishes that may wait for their PUBACK at one time: what mosquitto allows by default (Receive Maximum)."""
IN_FLIGHT_URGENT: Final = 8
"""Of these kept free for what is urgent: an alarm does not stand in line behind two thousand assignments."""
_HEAD_BYTES: Final = 10
"""Of a PUBLISH packet, besides topic and payload: type, length, length of the topic, identifier, properties."""
_BAD_CREDENTIALS: Final = frozenset({134, 135, 138, 140})
"""CONNACK codes of MQTT 5 for a client that is unknown, not authorised or banned (table 3-1)."""


@dataclass(frozen=True, slots=True)
class MqttAddress:
    """Where a broker is and who we are there. With `tls`, `tls_ca` is a PEM file, or "" for the system's own list."""

    host: str
    port: int
    client_id: str
    username: str = ""
    password: str = field(default="", repr=False)
    tls: bool = False
    tls_ca: str = ""


class Ended(Exception):
    """Raised when a connection cannot be made or is over: why, and what the carrier said."""

    def __init__(self, why: LinkReason, detail: str) -> None:
        super().__init__(detail)
        self.why = why
        self.detail = detail


class Connection:
    """One connection. Every wait in it ends with an answer, with Ended, or at the limit (then with Ended too)."""

    def __init__(self, address: MqttAddress, take: Take) -> None:
        self._address = address
        self._take = take
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        self._connected: asyncio.Future[ReasonCode] = self._loop.create_future()
        self._answers: dict[tuple[str, int], asyncio.Future[Codes]] = {}
        self._early: list[Received] | None = []
        self._held: tuple[str, ...] = ()
        self._holding = asyncio.Lock()
        self._reader: int | None = None
        self._largest: int | None = None
        self._ticking: asyncio.Task[None] | None = None
        self._ended.add_done_callback(_look_at)
        self._client = client = Client(
            CallbackAPIVersion.VERSION2, client_id=address.client_id, protocol=MQTTProtocolVersion.MQTTv5
        )
        client.connect_timeout = DIAL_S
        client.max_inflight_messages_set(IN_FLIGHT)
        client.max_queued_messages_set(4 * IN_FLIGHT)
        client.on_connect = self._on_connect
        client.on_disconnect = lambda _c, _u, flags, code, _props: self.end(
            Ended(LinkReason.LOST, str(code) if flags.is_disconnect_packet_from_server else "the connection broke")
        )
        client.on_message = self._on_message
        client.on_publish = lambda _c, _u, mid, code, _props: self._on_answer("publish", mid, [code])
        client.on_subscribe = lambda _c, _u, mid, codes, _props: self._on_answer("subscribe", mid, codes)
        client.on_unsubscribe = lambda _c, _u, mid, codes, _props: self._on_answer("unsubscribe", mid, codes)

    async def dial(self, will: Will | None) -> None:
        """From nothing to a broker that has accepted us."""
        if self._address.username:
            self._client.username_pw_set(self._address.username, self._address.password)
        if will is not None:
            self._client.will_set(will.topic, will.payload, qos=1, retain=True)
        await self._dial()
        self._attach()
        code = await self._within_limit(self._connected, LinkReason.UNREACHABLE)
        if code.is_failure:
            refused = code.value in _BAD_CREDENTIALS
            raise Ended(LinkReason.CREDENTIALS if refused else LinkReason.UNREACHABLE, f"refused: {code}")

    async def hold(self, wanted: Callable[[], tuple[str, ...]]) -> None:
        """Be subscribed to exactly the filters wanted, also if they change meanwhile."""
        async with self._holding:
            while (filters := wanted()) != self._held:
                if gone := [f for f in self._held if f not in filters]:
                    await self._ask("unsubscribe", self._client.unsubscribe(gone))
                if new := [f for f in filters if f not in self._held]:
                    options = SubscribeOptions(qos=1)
                    codes = await self._ask("subscribe", self._client.subscribe([(f, options) for f in new]))
                    refused = [f for f, code in zip(new, codes, strict=True) if code.is_failure]
                    if refused:
                        raise Ended(LinkReason.NOT_ALLOWED, f"the broker refuses to hand over {', '.join(refused)}")
                self._held = filters

    def deliver(self) -> None:
        """Hand over what came before the link was up, in order, and from now on everything at once."""
        early, self._early = self._early or [], None
        for message in early:
            self._take(message)

    async def publish(self, topic: str, payload: bytes, *, qos: int, retain: bool) -> None:
        """Returns once it is taken (QoS 1) or written (QoS 0). Raises LinkRefused where the broker declines it."""
        if self._largest is not None and len(payload) + len(topic) + _HEAD_BYTES > self._largest:
            raise LinkRefused(f"the broker takes packets of {self._largest} bytes; {len(payload)} on {topic}")
        info = self._client.publish(topic, payload, qos, retain)
        codes = await self._ask("publish", (info.rc, info.mid))
        if codes[0].is_failure:
            raise LinkRefused(f"the broker declines {topic}: {codes[0]}")

    def doubt(self) -> None:
        """An answer is overdue: give up on a broker that has all we wrote, and not on a line that is only slow."""
        if not self._client.want_write():
            self.end(Ended(LinkReason.LOST, "the broker has our message and says nothing"))

    async def over(self) -> None:
        """Wait for the end, and raise it as Ended."""
        await asyncio.shield(self._ended)

    def end(self, end: Ended) -> None:
        """It is over: everyone who waits is told."""
        if self._ended.done():
            return
        self._ended.set_exception(end)
        waiting: list[asyncio.Future[Any]] = [*self._answers.values(), self._connected]
        for future in waiting:
            if not future.done():
                future.add_done_callback(_look_at)
                future.set_exception(Ended(end.why, end.detail))

    async def say_goodbye(self) -> None:
        """Disconnect in order, so that the will is not published; wait briefly until it is said."""
        if self._reader is None:
            return
        self._client.disconnect()
        self._client.loop_write()
        with contextlib.suppress(Ended, TimeoutError):
            async with asyncio.timeout(2):
                await self.over()

    def drop(self) -> None:
        """Let go of the socket, whatever state it is in."""
        self.end(Ended(LinkReason.LOST, "dropped"))
        if self._ticking is not None:
            self._ticking.cancel()
        _close_socket(self._client)
        self._detach()

    async def _dial(self) -> None:
        done: asyncio.Future[None] = self._loop.create_future()
        address, client, loop = self._address, self._client, self._loop

        def arrive(error: OSError | ValueError | None) -> None:
            if done.done():
                _close_socket(client)  # nobody waits any more: the link was closed while we dialled
            elif error is None:
                done.set_result(None)
            else:
                done.set_exception(error)

        def dial() -> None:
            failed = _connect(client, address)
            try:
                loop.call_soon_threadsafe(arrive, failed)
            except RuntimeError:  # the loop is closed: the program ends
                _close_socket(client)

        # a daemon, because a name lookup without a network can hang for half a minute and must not hold up an exit
        threading.Thread(target=dial, name=f"dial {address.client_id}", daemon=True).start()
        try:
            await done
        except ssl.SSLError as error:
            raise Ended(LinkReason.UNTRUSTED, f"{address.host}:{address.port}: {error}") from error
        except (OSError, ValueError) as error:
            raise Ended(LinkReason.UNREACHABLE, f"{address.host}:{address.port}: {error}") from error

    def _attach(self) -> None:
        sock = self._client.socket()
        if sock is None:
            raise Ended(LinkReason.UNREACHABLE, "the broker hung up at once")
        self._reader = sock.fileno()
        self._loop.add_reader(self._reader, self._read)
        self._client.on_socket_close = lambda _c, _u, _s: self._detach()
        self._client.on_socket_register_write = lambda _c, _u, s: self._loop.add_writer(s.fileno(), self._write)
        self._client.on_socket_unregister_write = lambda _c, _u, s: self._unwrite(s.fileno())
        if self._client.want_write():
            self._loop.add_writer(self._reader, self._write)
        self._ticking = asyncio.create_task(self._tick())

    def _detach(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            self._loop.remove_reader(reader)
            self._loop.remove_writer(reader)

    def _unwrite(self, descriptor: int) -> None:
        if descriptor == self._reader:
            self._loop.remove_writer(descriptor)

    def _read(self) -> None:
        while True:
            self._note(self._client.loop_read())
            sock = self._client.socket()
            if not (isinstance(sock, ssl.SSLSocket) and sock.pending()):
                break  # decrypted bytes wait inside TLS, where no select sees them; plain ones will wake us again

    def _write(self) -> None:
        self._note(self._client.loop_write())

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(1)
            self._note(self._client.loop_misc())

    def _note(self, code: MQTTErrorCode) -> None:
        if code != MQTTErrorCode.MQTT_ERR_SUCCESS:
            self.end(Ended(LinkReason.LOST, f"connection lost ({code.name})"))

    async def _ask(self, what: str, sent: tuple[MQTTErrorCode, int | None]) -> Codes:
        code, mid = sent
        if code != MQTTErrorCode.MQTT_ERR_SUCCESS or mid is None:
            raise Ended(LinkReason.LOST, f"{what}: {code.name}")
        if self._ended.done():
            raise Ended(LinkReason.LOST, "connection lost")
        answer: asyncio.Future[Codes] = self._loop.create_future()
        self._answers[what, mid] = answer
        try:
            if what == "publish":
                return await answer  # the caller counts the time it waited for its turn as well
            return await self._within_limit(answer, LinkReason.LOST)
        finally:
            del self._answers[what, mid]

    async def _within_limit(self, answer: "asyncio.Future[T]", why: LinkReason) -> T:
        try:
            async with asyncio.timeout(ANSWER_S):
                return await answer
        except TimeoutError as error:
            raise Ended(why, f"no answer from the broker within {ANSWER_S:.0f} s") from error

    def _on_answer(self, what: str, mid: int, codes: Codes) -> None:
        answer = self._answers.get((what, mid))
        if answer is not None:
            _answer(answer, codes)

    def _on_connect(
        self, _c: Client, _u: object, _flags: ConnectFlags, code: ReasonCode, props: Properties | None
    ) -> None:
        self._largest = getattr(props, "MaximumPacketSize", None)
        _answer(self._connected, code)

    def _on_message(self, _c: Client, _u: object, message: MQTTMessage) -> None:
        received = Received(message.topic, bytes(message.payload), message.retain)
        if self._early is None:
            self._take(received)
        else:
            self._early.append(received)


def _answer(future: asyncio.Future[T], value: T) -> None:
    if not future.done():
        future.set_result(value)


def _look_at(future: "asyncio.Future[Any]") -> None:
    """Nobody may be waiting for this one: an exception nobody fetches would be reported as lost."""
    if not future.cancelled():
        future.exception()


def _close_socket(client: Client) -> None:
    sock = client.socket()
    if sock is not None:
        client.on_socket_close = client.on_socket_register_write = client.on_socket_unregister_write = None
        sock.close()


def _connect(client: Client, address: MqttAddress) -> OSError | ValueError | None:
    """Blocks until there is a socket and CONNECT is written, or tells what went wrong."""
    try:
        if address.tls:
            if address.tls_ca and not Path(address.tls_ca).is_file():
                raise ssl.SSLError(f"tls_ca: there is no file {address.tls_ca}")
            context = ssl.create_default_context(cafile=address.tls_ca or None)
            context.sslsocket_class = _TlsSocket
            client.tls_set_context(context)
        client.connect(address.host, address.port, KEEP_ALIVE_S, clean_start=True)
    except (OSError, ValueError) as error:
        return error
    return None


class _TlsSocket(ssl.SSLSocket):
    """Closed when its handshake fails; paho leaves that to the garbage collector."""

    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise

"""The embedded broker's own process: iotcore (rumqttd) on loopback, until standard input ends.

    python -m broadcast.broker_child PORT PAYLOAD_LIMIT

The parent holds the other end of standard input. Its death, of whatever kind, closes it, and nothing stays behind.
Signals of the terminal are the parent's: it stops us when our turn has come.
"""

import logging
import os
import signal
import sys
import tempfile
import threading
from typing import Final, NoReturn

HOST: Final = "127.0.0.1"
"""Loopback only: this broker has no access lists, and one publish from anyone can kill its router."""
_HEADROOM: Final = 16 * 1024
"""Bytes of topic and properties around a payload."""

_CONFIGURATION: Final = """
id = 0
[router]
id = 0
max_connections = 10010
max_outgoing_packet_count = 200
# rumqttd keeps this much of every filter's messages in memory: 16 MB, and a plan of 1 MB still fits into a segment
max_segment_size = 2097152
max_segment_count = 8
[v5.1]
name = "loalang"
listen = "{host}:{port}"
next_connection_delay_ms = 1
    [v5.1.connections]
    connection_timeout_ms = 30000
    max_payload_size = {limit}
    max_inflight_count = 100
"""


def main(port: int, payload_limit: int) -> None:
    """Serve until standard input ends."""
    from iotcore import IotCoreBroker  # noqa: PLC0415 - the parent imports this module too and needs no broker in it

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    logging.basicConfig(level=logging.WARNING)
    logging.getLogger("rumqttd").setLevel(logging.CRITICAL)  # it reports every packet as an error
    with tempfile.NamedTemporaryFile("w", suffix=".toml", encoding="utf-8") as file:
        file.write(_CONFIGURATION.format(host=HOST, port=port, limit=payload_limit + _HEADROOM))
        file.flush()
        broker = IotCoreBroker(config_path=file.name)
    broker.run_forever()


def _end_with_parent() -> NoReturn:
    try:
        sys.stdin.buffer.read()
    finally:
        os._exit(0)  # the broker runs outside Python and cannot be asked to return


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))

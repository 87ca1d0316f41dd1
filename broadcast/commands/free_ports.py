"""Ports nobody has, for houses that are made for an hour: a demonstration beside another one, a bench, a test."""

import random
import socket
from typing import Final

BELOW_THE_SYSTEMS: Final = range(15_000, 32_000)
"""The system hands out ports above (32,768 on Linux) to whoever connects: there, a free one is taken a moment later."""
_given: Final[set[int]] = set()
_random: Final = random.SystemRandom()


def free_ports(count: int) -> list[int]:
    """So many ports of the loopback interface that nobody listens on, and that were not given before."""
    found: list[int] = []
    while len(found) < count:
        port = _random.choice(BELOW_THE_SYSTEMS)
        if port in _given:
            continue
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        _given.add(port)
        found.append(port)
    return found

"""What the rooms of a running receiver share."""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from devices.receiver.cache import Cache
from devices.receiver.clock import Clock
from devices.receiver.drafts import Drafts
from devices.receiver.holdings import Holdings
from devices.receiver.scribe import Scribe
from devices.receiver.sound import Player, Source

MakeSource = Callable[[Path, int], Source]
"""A source of a clip's file and its length in ms."""


@dataclass(frozen=True, slots=True)
class Parts:
    """One of each. `worker` runs what blocks and is no journal; `poke` has the agent look again at once."""

    player: Player
    clock: Clock
    scribe: Scribe
    holdings: Holdings
    cache: Cache
    drafts: Drafts
    sirens: Path
    make_source: MakeSource
    worker: Executor
    poke: Callable[[], None]

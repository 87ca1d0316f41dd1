"""The part of the office that takes sound in by pieces; the rules of `broadcast.office` hold."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from broadcast.domain.arrivals import Arrival
from broadcast.domain.bulletins import Bulletin
from broadcast.domain.house import Tell
from broadcast.domain.people import Actor


@dataclass(frozen=True)
class SoundOffice:
    """A file for a bulletin, sent in as many goes as the line needs. `key` names it; a stranger's is not there."""

    begin: Callable[[Actor, int, str, int], Awaitable[Arrival]]
    """(actor, bulletin, file name, bytes): takes the place of what was on its way to that bulletin from them.

    Refusal: not-allowed, no-such-bulletin, bulletin-life, upload-empty, upload-large, uploads-many, disk-full.
    """
    arrived: Callable[[Actor, str], Awaitable[Arrival]]
    """(actor, key): how far it is, once nothing is being written. Refusal: no-such-upload."""
    take: Callable[[Actor, str, int, AsyncIterator[bytes]], Awaitable[Arrival]]
    """(actor, key, offset, bytes): goes on at `offset`; what came before the line broke stays.

    Refusal: no-such-upload, upload-offset, upload-elsewhere (its sender began anew), upload-long, disk-full.
    """
    drop: Callable[[Actor, str], Awaitable[None]]
    """(actor, key). Refusal: no-such-upload."""
    waiting: Callable[[Actor, int], Awaitable[Arrival | None]]
    """(actor, bulletin): what has come whole for it from them, and was not taken in yet."""
    use: Callable[[Actor, str, Tell], Awaitable[Bulletin]]
    """(actor, key, tell): it becomes the bulletin's sound, and is no more. Refusal: as `Office.upload`."""

"""The part of the office that leads a bulletin through its life; the rules of `broadcast.office` hold."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from broadcast.domain.bulletins import Bulletin
from broadcast.domain.fields import Fields
from broadcast.domain.people import Actor
from broadcast.newsroom.life_types import LifeView, Waiting
from devices.vocabulary import AreaId


@dataclass(frozen=True)
class LifeOffice:
    """Handed in, heard, decided. `hash` is of the version that one has looked at: it alone is decided on."""

    describe: Callable[[Actor, int, Fields, Fields], Awaitable[Bulletin]]
    """(actor, bulletin, fields before, after): what was changed between them; what others changed stays."""
    view: Callable[[Actor, int], Awaitable[LifeView]]
    submit: Callable[[Actor, int], Awaitable[Bulletin]]
    """Refusal: title-..., text-..., no-sound, bulletin-over, bulletin-life."""
    hear: Callable[[Actor, int, str, float], Awaitable[None]]
    """(actor, bulletin, hash, seconds heard). Refusal: not-heard, version-other."""
    approve: Callable[[Actor, int, str, str], Awaitable[Bulletin]]
    """(actor, bulletin, hash, why it was not heard). Refusal: approval-own..., not-heard, version-other, reason-..."""
    reject: Callable[[Actor, int, str, str], Awaitable[Bulletin]]
    """(actor, bulletin, hash, reason). Refusal: reason-..., version-other, bulletin-life."""
    withdraw: Callable[[Actor, int], Awaitable[Bulletin]]
    """With all that is still to air of it, see LifeView.coming."""
    waiting: Callable[[Actor, int], Awaitable[tuple[Waiting, ...]]]
    """(actor, how many): what is urgent first, then the oldest."""
    waiting_count: Callable[[Actor], Awaitable[int]]
    """0 for who may not approve."""
    two_people: Callable[[Actor], Awaitable[tuple[tuple[AreaId, str], ...]]]
    """Areas, with their names, where author and approver must be two people."""
    set_two_people: Callable[[Actor, AreaId, bool], Awaitable[None]]

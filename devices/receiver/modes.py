"""What is true of a receiver as a whole, and what changes it: a table, every pair of it tested."""

from enum import StrEnum
from typing import Final


class Mode(StrEnum):
    """One line each of what is true. The value stands in State.mode."""

    STARTING = "starting"
    """Its disk is being read: nothing sounds, nothing is connected."""
    LONELY = "lonely"
    """It has never been told its areas, and there is no connection: nothing can sound."""
    UNASSIGNED = "unassigned"
    """Connected on its own topics only, waiting to be told its areas: nothing can sound."""
    OFFLINE = "offline"
    """It knows its areas; there is no connection: it plays what it holds and keeps its reports."""
    ONLINE = "online"
    """It knows its areas and is connected on all their topics."""
    STOPPING = "stopping"
    """Told to end: nothing new starts, what sounds fades out, the last reports are written."""


class Event(StrEnum):
    """What may happen to it."""

    READ_NOTHING = "read-nothing"
    """The disk is read and holds no assignment."""
    READ_ASSIGNMENT = "read-assignment"
    LINK_UP = "link-up"
    LINK_DOWN = "link-down"
    ASSIGNED = "assigned"
    """A signed assignment was accepted."""
    STOP = "stop"


MOVES: Final[dict[tuple[Mode, Event], Mode]] = {
    (Mode.STARTING, Event.READ_NOTHING): Mode.LONELY,
    (Mode.STARTING, Event.READ_ASSIGNMENT): Mode.OFFLINE,
    (Mode.LONELY, Event.LINK_UP): Mode.UNASSIGNED,
    (Mode.UNASSIGNED, Event.LINK_DOWN): Mode.LONELY,
    (Mode.UNASSIGNED, Event.ASSIGNED): Mode.ONLINE,
    # it was on its way when the link fell
    (Mode.LONELY, Event.ASSIGNED): Mode.OFFLINE,
    (Mode.OFFLINE, Event.LINK_UP): Mode.ONLINE,
    (Mode.ONLINE, Event.LINK_DOWN): Mode.OFFLINE,
    **{(mode, Event.STOP): Mode.STOPPING for mode in Mode},
}
"""A pair that is not here changes nothing."""


def after(mode: Mode, event: Event) -> Mode:
    """The mode an event leads to."""
    return MOVES.get((mode, event), mode)

"""What every long call here is given: someone to tell how far it is, someone to ask whether to go on."""

from collections.abc import Callable

Tell = Callable[[float], None]
"""How far it is, 0 to 1. Called in the thread that works."""
IsCancelled = Callable[[], bool]
"""Whether to give up; asked a few times a second."""


class Cancelled(Exception):
    """Raised when the person no longer wants what is being made."""

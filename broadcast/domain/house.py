"""How the house itself is: what the head of every page and /healthz tell."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a long action is.

    `stage` names a sentence of `broadcast/words/progress.toml`; `share` is 0 to 1, None where it cannot be told;
    `seconds` of sound are made so far, None where none are being made.
    """

    stage: str
    share: float | None = None
    seconds: float | None = None


Tell = Callable[[Progress], None]
"""Called on the event loop, as often as there is something new."""


@dataclass
class Bell:
    """Rings when anything a page may show has changed. A page keeps the number it drew and draws again when it grew."""

    revision: int = 0

    def ring(self) -> None:
        """Something has changed."""
        self.revision += 1


@dataclass(frozen=True, slots=True)
class HouseHealth:
    """The state of broker and link, in words of `BrokerState` and `LinkState`, and why."""

    broker: str
    broker_kind: str
    broker_reason: str
    broker_restarts: int
    link: str
    link_reason: str

    @property
    def well(self) -> bool:
        """Whether messages get through."""
        return self.link == "up"

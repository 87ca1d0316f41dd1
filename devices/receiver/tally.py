"""Refusals, counted: the server hears of them in few words, so that a stranger's flood fills no journal."""

from dataclasses import dataclass, field
from typing import Final

from devices.receiver.gate import Turned

PAUSE_S: Final = 30.0
"""At most one report a topic and reason in this time; what comes meanwhile is added up."""
KINDS: Final = 64
"""Pairs of topic and reason counted apart; what comes beyond is counted together."""
_REST: Final = "+"


@dataclass
class Tally:
    """Counts refusals; `total` since the start. Times are monotonic seconds."""

    total: int = 0
    _counts: dict[Turned, int] = field(default_factory=dict)
    _told: dict[Turned, float] = field(default_factory=dict)

    def count(self, refusal: Turned) -> None:
        """One more."""
        self.total += 1
        if refusal not in self._counts and len(self._counts) >= KINDS:
            refusal = Turned(_REST, refusal.why)
        self._counts[refusal] = self._counts.get(refusal, 0) + 1

    def ripe(self, now: float) -> list[tuple[Turned, int]]:
        """What is to be reported at `now`, with its count since the last time; it is taken out."""
        self._told = {k: t for k, t in self._told.items() if now - t < PAUSE_S}
        found = [(k, n) for k, n in self._counts.items() if k not in self._told]
        for kind, _ in found:
            del self._counts[kind]
            self._told[kind] = now
        return found

    @property
    def next_ripe(self) -> float | None:
        """When something will be ripe; None while nothing is counted."""
        return min((self._told.get(k, -PAUSE_S) + PAUSE_S for k in self._counts), default=None)

"""Who is there: the newest State of every receiver, in memory. Rebuilt from what receivers say after every start."""

from dataclasses import dataclass, field
from datetime import datetime

from devices.messages import State
from devices.vocabulary import ReceiverId


@dataclass(frozen=True, slots=True)
class Heard:
    """A receiver's newest State, and when the server took it."""

    state: State
    at: datetime


@dataclass
class Presence:
    """The newest State by receiver. One of an older session, or of an older instant of it, changes nothing."""

    _heard: dict[ReceiverId, Heard] = field(default_factory=dict)

    def take(self, state: State, now: datetime) -> bool:
        """Remember a State; False where a newer one is known. A last will counts as the end of its session."""
        receiver = ReceiverId(state.receiver)
        known = self._heard.get(receiver)
        if known is not None:
            if state.session < known.state.session:
                return False
            if state.session == known.state.session and state.online and state.at < known.state.at:
                return False
        self._heard[receiver] = Heard(state, now)
        return True

    def of(self, receiver: ReceiverId | str) -> Heard | None:
        """What was heard of it since the server started."""
        return self._heard.get(ReceiverId(receiver))

    def all(self) -> dict[ReceiverId, Heard]:
        """Everyone heard of since the server started."""
        return dict(self._heard)

    def forget(self, receiver: ReceiverId | str) -> None:
        """It is no receiver of ours any more."""
        self._heard.pop(ReceiverId(receiver), None)

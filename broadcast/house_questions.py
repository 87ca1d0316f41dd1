"""What the house is asked about itself: by the head of every page, by /healthz and by who looks at the figures."""

import asyncio
from collections import Counter
from typing import Final

from sqlmodel import Session, select

from broadcast.broker import BrokerState, EmbeddedBroker
from broadcast.domain.house import HouseHealth
from broadcast.domain.refusals import Refusal
from broadcast.newsroom.desk import Desk
from broadcast.receivers.presence import Presence
from broadcast.records import PersonRow
from broadcast.settings import Settings
from broadcast.sight import present
from broadcast.store import Store
from broadcast.wire import Wire

ANSWER_S: Final = 5.0
"""Books that take longer than this to answer a simple question count as failing."""


def health(settings: Settings, broker: EmbeddedBroker | None, wire: Wire) -> HouseHealth:
    """How the house is."""
    return HouseHealth(
        broker=broker.state.value if broker else BrokerState.EXTERNAL.value,
        broker_kind=settings.broker.kind,
        broker_reason=broker.reason if broker else "",
        broker_restarts=broker.restarts if broker else 0,
        link=wire.state.value,
        link_reason=wire.reason,
    )


def presences(desk: Desk, presence: Presence) -> dict[str, int]:
    """How many receivers are online, offline, not heard of yet."""
    words = {True: "online", False: "offline", None: "unknown"}
    return dict(Counter(words[present(desk, heard)] for heard in presence.all().values()))


async def answers(store: Store) -> bool:
    """Whether the books answer."""
    try:
        await asyncio.wait_for(store.read(lambda session: session.exec(select(PersonRow.id).limit(1)).all()), ANSWER_S)
    except (Refusal, TimeoutError):
        return False
    return True


def logins(session: Session) -> frozenset[str]:
    """Everybody's login."""
    return frozenset(session.exec(select(PersonRow.login)).all())

"""The part of the office in which communes answer what comes from above; the rules of `broadcast.office` hold."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from broadcast.agenda.offer_types import AnswerRuleView, InboxView, MeetingView, OfferView
from broadcast.domain.meetings import First
from broadcast.domain.people import Actor
from devices.vocabulary import AreaId


@dataclass(frozen=True)
class Inbox:
    """What comes to communes from above, and what they make of it (Circular 39/2020)."""

    inbox: Callable[[Actor], Awaitable[InboxView]]
    waiting_count: Callable[[Actor], Awaitable[int]]
    """How much waits for an answer of theirs."""
    answers: Callable[[Actor, int], Awaitable[tuple[OfferView, ...]]]
    """(actor, slot): what the communes made of it, for its sender."""
    take: Callable[[Actor, int], Awaitable[OfferView]]
    """(actor, offer). Refusal: offer-over, offer-begun, offer-taken-back, no-such-offer."""
    take_in: Callable[[Actor, int, int], Awaitable[OfferView]]
    """(actor, offer, programme of the commune). Refusal as take; no-such-programme, programme-..."""
    put_off: Callable[[Actor, int, datetime], Awaitable[OfferView]]
    """(actor, offer, at): a slot of the commune's own. Refusal as take; offer-guards, time-..., bulletin-expired."""
    decline: Callable[[Actor, int, str], Awaitable[OfferView]]
    """(actor, offer, reason). Refusal as take, and reason-..."""
    meetings: Callable[[Actor], Awaitable[tuple[MeetingView, ...]]]
    """Priority bulletins from above that meet one of the commune's own, and which sounds first."""
    meetings_of: Callable[[Actor, int], Awaitable[tuple[MeetingView, ...]]]
    """(actor, slot): in which communes it meets something as urgent, for its sender."""
    order: Callable[[Actor, int, First], Awaitable[MeetingView]]
    """(actor, meeting, which first). Refusal: no-such-meeting, meeting-begun, meeting-guards, bulletin-expired."""
    answer_rule: Callable[[Actor, AreaId], Awaitable[AnswerRuleView]]
    """What an area does with what nobody answered."""
    set_answer_rule: Callable[[Actor, AreaId, bool | None, int | None], Awaitable[AnswerRuleView]]
    """(actor, area, airs, minutes before it sounds until which one answers; None: as above)."""

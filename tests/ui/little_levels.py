"""The inbox of the little office: offers that are answered by the table of the domain itself."""

from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Any

from broadcast.agenda.offer_types import AnswerRuleView, InboxView, MeetingView, Meets, OfferView
from broadcast.agenda.office_inbox import Inbox
from broadcast.areas_data import load_tree
from broadcast.domain.area_rules import require_answer_min
from broadcast.domain.meetings import First, Rule
from broadcast.domain.offers import Offer, OfferEvent, OfferState, after
from broadcast.domain.people import Action, Actor, require
from broadcast.domain.refusals import Refusal
from broadcast.domain.schedule import require_time
from broadcast.domain.warnings import clean_reason
from devices.vocabulary import AreaId

TREE = load_tree("tay-ninh-2024")


@dataclass
class LittleLevels:
    little: Any
    offers: dict[int, OfferView] = field(default_factory=dict)
    met: dict[int, MeetingView] = field(default_factory=dict)
    said: dict[AreaId, tuple[bool | None, int | None]] = field(default_factory=dict)

    def office(self) -> Inbox:
        return Inbox(**{part.name: getattr(self, part.name) for part in fields(Inbox)})

    def come(self, title: str, where: AreaId, hours: float = 2, **more: Any) -> OfferView:
        """Something comes from above."""
        key, at = len(self.offers) + 1, self.little.time() + timedelta(hours=hours)
        usual: dict[str, Any] = {
            "slot": key, "clip": "c" * 64, "seconds": 72.0, "from_name": "Trần Văn Huyện", "from_area": "Huyện Gò Dầu",
            "deadline": at - timedelta(minutes=30), "state": OfferState.OFFERED, "airs": True, "sounds": True,
            "open": True, "valid_until": None,
        }  # fmt: skip
        view = OfferView(id=key, area=where, area_name=TREE.get(where).name, title=title, at=at, **{**usual, **more})
        self.offers[key] = view
        self.little.bell.ring()
        return view

    def meet(self, above: str, own: str, where: AreaId) -> MeetingView:
        """Two urgent ones come together, the one from above first."""
        at, key = self.little.time() + timedelta(hours=1), len(self.met) + 1
        one = Meets(71, above, "a" * 64, at, 90.0, "Trần Văn Huyện", at)
        other = Meets(72, own, "b" * 64, at, 60.0, "Lê Thị Xã", at + timedelta(seconds=92))
        name = TREE.get(where).name
        self.met[key] = MeetingView(key, where, name, one, other, First.ABOVE, Rule.ABOVE, True, "", None)
        self.little.bell.ring()
        return self.met[key]

    async def meetings(self, actor: Actor) -> tuple[MeetingView, ...]:
        mine = actor.where(Action.ANSWER_OFFERS)
        return tuple(m for m in self.met.values() if any(TREE.holds(a, m.area) for a in mine))

    async def meetings_of(self, actor: Actor, slot: int) -> tuple[MeetingView, ...]:
        return tuple(m for m in await self.meetings(actor) if slot in {m.above.slot, m.own.slot})

    async def order(self, actor: Actor, meeting: int, first: First) -> MeetingView:
        self.little._may("order")
        view = self.met[meeting]
        require(actor, Action.ANSWER_OFFERS, (view.area,), TREE)
        self.met[meeting] = replace(view, first=first, by_name=actor.name, ordered_at=self.little.time())
        self.little.bell.ring()
        return self.met[meeting]

    def _now(self, view: OfferView) -> OfferView:
        offer = Offer(view.state, view.at, view.deadline, view.airs)
        return replace(view, open=offer.open(self.little.time()), sounds=offer.sounds())

    def _theirs(self, actor: Actor, action: Action) -> list[OfferView]:
        mine = actor.where(action)
        found = (v for v in self.offers.values() if any(TREE.holds(a, v.area) for a in mine))
        return sorted(map(self._now, found), key=lambda v: v.deadline)

    async def inbox(self, actor: Actor) -> InboxView:
        require(actor, Action.ANSWER_OFFERS, (), TREE)
        views = self._theirs(actor, Action.ANSWER_OFFERS)
        waiting = tuple(v for v in views if v.open and v.state is OfferState.OFFERED)
        return InboxView(waiting, tuple(v for v in views if v not in waiting))

    async def waiting_count(self, actor: Actor) -> int:
        return len((await self.inbox(actor)).waiting) if actor.may(Action.ANSWER_OFFERS) else 0

    async def answers(self, actor: Actor, slot: int) -> tuple[OfferView, ...]:
        return tuple(v for v in self._theirs(actor, Action.SEE_LOG) if v.slot == slot)

    def _answer(self, actor: Actor, key: int, event: OfferEvent, **more: Any) -> OfferView:
        self.little._may(event.value)
        if key not in self.offers:
            raise Refusal("no-such-offer")
        view = self.offers[key]
        require(actor, Action.ANSWER_OFFERS, (view.area,), TREE)
        state = after(Offer(view.state, view.at, view.deadline, view.airs), event, self.little.time())
        usual: dict[str, Any] = {"reason": "", "own_at": None}
        self.offers[key] = self._now(
            replace(view, state=state, by_name=actor.name, answered_at=self.little.time(), **{**usual, **more})
        )
        self.little.bell.ring()
        return self.offers[key]

    async def take(self, actor: Actor, key: int) -> OfferView:
        return self._answer(actor, key, OfferEvent.TAKE)

    async def take_in(self, actor: Actor, key: int, programme: int) -> OfferView:
        title = (await self.little.programming.programme(actor, programme)).frame.title
        return self._answer(actor, key, OfferEvent.TAKE_IN, programme=programme, programme_title=title)

    async def put_off(self, actor: Actor, key: int, at: datetime) -> OfferView:
        require_time(at, self.little.time())
        return self._answer(actor, key, OfferEvent.PUT_OFF, own_at=at, own_slot=9)

    async def decline(self, actor: Actor, key: int, reason: str) -> OfferView:
        return self._answer(actor, key, OfferEvent.DECLINE, reason=clean_reason(reason))

    async def answer_rule(self, _: Actor, where: AreaId) -> AnswerRuleView:
        airs, minutes = self.said.get(where, (None, None))
        held = airs is not False, 30 if minutes is None else minutes
        return AnswerRuleView(where, TREE.get(where).name, airs, minutes, *held)

    async def set_answer_rule(
        self, actor: Actor, where: AreaId, airs: bool | None, minutes: int | None
    ) -> AnswerRuleView:
        require(actor, Action.ANSWER_OFFERS, (where,), TREE)
        require_answer_min(minutes)
        self.said[where] = airs, minutes
        return await self.answer_rule(actor, where)

"""What an area does with what comes from above and nobody touches. What it leaves open, the area above says."""

from datetime import timedelta

from sqlmodel import Session

from broadcast.agenda.guard_books import rule_of, rules
from broadcast.agenda.offer_books import rule_at
from broadcast.agenda.offer_types import AnswerRuleView
from broadcast.domain.area_rules import AreaRule, require_answer_min
from broadcast.domain.people import Action, Actor, require
from broadcast.newsroom.desk import Desk
from broadcast.tables.air_records import AreaRuleRow
from devices.vocabulary import AreaId


async def answer_rule(desk: Desk, actor: Actor, area: AreaId) -> AnswerRuleView:
    """What an area says of itself, and what holds there. Raises Refusal: no-such-area, not-..."""
    here = desk.tree.get(area)
    require(actor, Action.SEE_RECEIVERS, (here.id,), desk.tree)

    def work(session: Session) -> AnswerRuleView:
        known = rules(session)
        own, held = known.get(here.id, AreaRule()), rule_at(desk, known, here.id)
        minutes = held.lead // timedelta(minutes=1)
        return AnswerRuleView(here.id, here.name, own.untouched_airs, own.answer_min, held.airs, minutes)

    return await desk.store.read(work)


async def set_answer_rule(
    desk: Desk, actor: Actor, area: AreaId, airs: bool | None, minutes: int | None
) -> AnswerRuleView:
    """Say it, or (None) leave it to the area above. It holds for what is placed from now on.

    Raises Refusal: answer-min-bad, no-such-area, not-...
    """
    here = desk.tree.get(area)
    require(actor, Action.ANSWER_OFFERS, (here.id,), desk.tree)
    require_answer_min(minutes)

    def work(session: Session) -> None:
        row = session.get(AreaRuleRow, here.id) or AreaRuleRow(area=here.id, by=actor.id, at=desk.now())
        row.untouched_airs, row.answer_min = airs, minutes
        row.by, row.at = actor.id, desk.now()
        if not rule_of(row).empty:
            session.add(row)
        elif row in session:
            session.delete(row)

    await desk.store.write(work)
    desk.bell.ring()
    return await answer_rule(desk, actor, area)

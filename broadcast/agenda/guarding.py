"""The hours of an area: when it keeps quiet, how long it may air a day. What it leaves open, the area above says."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta

from sqlmodel import Session, select

from broadcast.agenda.air_types import RuleView
from broadcast.agenda.guard_books import guards_at, hours, rule_of, rules
from broadcast.domain.area_rules import rule, soft_hours
from broadcast.domain.guards import VolumeHours
from broadcast.domain.people import Action, Actor, require
from broadcast.newsroom.desk import Desk
from broadcast.records import PersonRow, ReceiverRow
from broadcast.tables.air_records import AreaRuleRow
from devices.vocabulary import AreaId

Assign = Callable[[Iterable[str]], Awaitable[None]]
"""Tell these receivers what they are."""


async def area_rule(desk: Desk, actor: Actor, area: AreaId) -> RuleView:
    """What an area says of itself, and what holds there. Raises Refusal: no-such-area, not-..."""
    here = desk.tree.get(area)
    require(actor, Action.SEE_RECEIVERS, (here.id,), desk.tree)

    def work(session: Session) -> RuleView:
        known = rules(session)
        row = session.get(AreaRuleRow, here.id)
        own = rule_of(row) if row else None
        held = guards_at(desk, known, here.id)
        person = session.get(PersonRow, row.by) if row else None
        quiet_from, quiet_to = hours(held)
        return RuleView(
            area=here.id,
            area_name=here.name,
            own_quiet=(f"{own.quiet.start:%H:%M}", f"{own.quiet.end:%H:%M}") if own and own.quiet else None,
            own_longest_min=own.longest_min if own else None,
            quiet_from=quiet_from,
            quiet_to=quiet_to,
            longest_min=held.longest_day // timedelta(minutes=1) if held.longest_day else 0,
            own_soft=_shown(own.soft) if own and own.soft else None,
            soft=_shown(held.volumes[0]) if held.volumes else None,
            by_name=person.name if person else "",
            at=row.at if row else None,
        )

    return await desk.store.read(work)


async def set_rule(
    desk: Desk, assign: Assign, actor: Actor, area: AreaId, quiet_from: str, quiet_to: str, longest_min: int | None
) -> RuleView:
    """Say it, or (empty, None) leave it to the area above; every receiver there is told at once.

    What is placed already stays: a receiver whose quiet hours grew refuses what was not confirmed.
    Raises Refusal: hours-bad, airtime-bad, no-such-area, not-...
    """
    here = desk.tree.get(area)
    require(actor, Action.SET_HOURS, (here.id,), desk.tree)
    said = rule(quiet_from, quiet_to, longest_min)
    below = {a.id for a in desk.tree.under(here.id)}

    def work(session: Session) -> list[str]:
        row = session.get(AreaRuleRow, here.id)
        row = row or AreaRuleRow(area=here.id, by=actor.id, at=desk.now())
        row.quiet_from = f"{said.quiet.start:%H:%M}" if said.quiet else None
        row.quiet_to = f"{said.quiet.end:%H:%M}" if said.quiet else None
        row.longest_min, row.by, row.at = said.longest_min, actor.id, desk.now()
        if not rule_of(row).empty:
            session.add(row)
        elif row in session:
            session.delete(row)
        return [r for r, home in session.exec(select(ReceiverRow.id, ReceiverRow.area)) if home in below]

    await assign(await desk.store.write(work))
    desk.bell.ring()
    return await area_rule(desk, actor, area)


async def set_soft(
    desk: Desk, assign: Assign, actor: Actor, area: AreaId, start: str, end: str, most: int | None
) -> RuleView:
    """Hours in which nothing but an emergency is louder than so; all empty: as the area above; 100: none here.

    Receivers keep to it by themselves, whatever volume they are set to. Raises Refusal: hours-bad, volume-bad,
    no-such-area, not-...
    """
    here = desk.tree.get(area)
    require(actor, Action.SET_HOURS, (here.id,), desk.tree)
    said = soft_hours(start, end, most)
    below = {a.id for a in desk.tree.under(here.id)}

    def work(session: Session) -> list[str]:
        row = session.get(AreaRuleRow, here.id) or AreaRuleRow(area=here.id, by=actor.id, at=desk.now())
        row.soft_from, row.soft_to, row.soft_most = _shown(said) if said else (None, None, None)
        row.by, row.at = actor.id, desk.now()
        if not rule_of(row).empty:
            session.add(row)
        elif row in session:
            session.delete(row)
        return [r for r, home in session.exec(select(ReceiverRow.id, ReceiverRow.area)) if home in below]

    await assign(await desk.store.write(work))
    desk.bell.ring()
    return await area_rule(desk, actor, area)


def _shown(hours_: VolumeHours) -> tuple[str, str, int]:
    return f"{hours_.start:%H:%M}", f"{hours_.end:%H:%M}", hours_.most

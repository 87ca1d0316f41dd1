"""Where the use cases of the calendar and its rules are joined, for `broadcast.bootstrap`."""

from collections.abc import Awaitable, Callable, Iterable
from functools import partial

from broadcast.agenda import answer_rules, calendaring, feeds, guarding, offering, ordering, series_changing
from broadcast.agenda.office_agenda import Agenda
from broadcast.agenda.office_inbox import Inbox
from broadcast.agenda.repeating import Repeating
from broadcast.agenda.sending import Replan
from broadcast.domain.people import Actor
from broadcast.newsroom.desk import Desk
from broadcast.recording import by_hand, in_name


def join(
    desk: Desk,
    replan: Replan,
    assign: Callable[[Iterable[str]], Awaitable[None]],
) -> tuple[Agenda, Callable[[], Awaitable[None]]]:
    """All of them, and what the timetable does for slots that come back.

    What changes something is done in the name of who does it. Raises Refusal("days-file").
    """
    repeating = Repeating(desk, desk.days, replan)
    agenda = Agenda(
        calendar=partial(calendaring.calendar, desk),
        csv=partial(calendaring.calendar_csv, desk),
        area_rule=partial(guarding.area_rule, desk),
        set_rule=in_name("set_rule", partial(guarding.set_rule, desk, assign)),
        set_soft=in_name("set_soft", partial(guarding.set_soft, desk, assign)),
        series=repeating.series,
        look_repeat=repeating.look,
        repeat=in_name("repeat", repeating.repeat),
        look_change=partial(series_changing.look_change, desk, desk.days),
        change_series=in_name(
            "change_series",
            partial(series_changing.change_series, desk, desk.days, repeating.expand, repeating.publish),
        ),
        end_repeat=in_name("end_repeat", repeating.end),
        feeds=partial(feeds.feeds, desk),
        make_feed=in_name("make_feed", partial(feeds.make_feed, desk)),
        revoke_feed=in_name("revoke_feed", partial(feeds.revoke_feed, desk)),
        inbox=_inbox(desk, replan),
        ics=partial(feeds.ics, desk),
    )
    return agenda, by_hand("recur", repeating.expand)


def _inbox(desk: Desk, replan: Replan) -> Inbox:
    async def waiting_count(actor: Actor) -> int:
        return await offering.waiting_count(desk, actor) + await ordering.waiting_count(desk, actor)

    return Inbox(
        inbox=partial(offering.inbox, desk),
        waiting_count=waiting_count,
        answers=partial(offering.answers, desk),
        take=in_name("take_offer", partial(offering.take, desk, replan)),
        take_in=in_name("take_in_offer", partial(offering.take_in, desk, replan)),
        put_off=in_name("put_off_offer", partial(offering.put_off, desk, replan)),
        decline=in_name("decline_offer", partial(offering.decline, desk, replan)),
        meetings=partial(ordering.meetings, desk),
        meetings_of=partial(ordering.of_slot, desk),
        order=in_name("order_meeting", partial(ordering.order, desk, replan)),
        answer_rule=partial(answer_rules.answer_rule, desk),
        set_answer_rule=in_name("set_answer_rule", partial(answer_rules.set_answer_rule, desk)),
    )

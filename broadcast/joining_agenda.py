"""Where the use cases that hand the calendar on are joined, for `broadcast.bootstrap`."""

from functools import partial

from broadcast import calendaring, feeds
from broadcast.desk import Desk
from broadcast.office_agenda import Agenda
from broadcast.recording import in_name


def join(desk: Desk) -> Agenda:
    """All of them; what changes something is done in the name of who does it."""
    return Agenda(
        calendar=partial(calendaring.calendar, desk),
        csv=partial(calendaring.calendar_csv, desk),
        feeds=partial(feeds.feeds, desk),
        make_feed=in_name("make_feed", partial(feeds.make_feed, desk)),
        revoke_feed=in_name("revoke_feed", partial(feeds.revoke_feed, desk)),
        ics=partial(feeds.ics, desk),
    )

"""The life of a bulletin, joined for the office."""

from functools import partial

from broadcast import editing
from broadcast.agenda.sending import Replan
from broadcast.newsroom import ending, life
from broadcast.newsroom.arriving import Arriving, Upload
from broadcast.newsroom.desk import Desk
from broadcast.newsroom.office_life import LifeOffice
from broadcast.newsroom.office_sound import SoundOffice


def join(desk: Desk, replan: Replan) -> LifeOffice:
    """Everything that happens to a bulletin beside its words."""
    return LifeOffice(
        describe=partial(editing.describe, desk),
        view=partial(life.life, desk),
        submit=partial(life.submit, desk),
        hear=partial(life.hear, desk),
        approve=partial(life.approve, desk),
        reject=partial(life.reject, desk),
        withdraw=partial(ending.withdraw, desk, replan),
        waiting=partial(life.waiting, desk),
        waiting_count=partial(life.waiting_count, desk),
        two_people=partial(life.two_people, desk),
        set_two_people=partial(life.set_two_people, desk),
    )


def join_sound(arriving: Arriving, upload: Upload) -> SoundOffice:
    """What comes in by pieces; `upload` makes it a bulletin's sound, in the name of who sent it."""
    return SoundOffice(
        begin=arriving.begin,
        arrived=arriving.arrived,
        take=arriving.take,
        drop=arriving.drop,
        waiting=arriving.waiting,
        use=partial(arriving.use, upload),
    )

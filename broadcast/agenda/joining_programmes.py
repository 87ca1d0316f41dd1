"""Where the use cases of programmes are joined, for `broadcast.bootstrap`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from broadcast.agenda import area_sounds, assembling, patterns, programming
from broadcast.agenda.office_programmes import Programmes
from broadcast.newsroom.desk import Desk
from broadcast.recording import in_name
from broadcast.studio import Studio


@asynccontextmanager
async def open_programmes(desk: Desk, studio: Studio) -> AsyncIterator[Programmes]:
    """All of them; what changes something is done in the name of who does it. What is being made ends with it."""
    programmes = Programmes(
        programmes=partial(programming.programmes, desk),
        programme=partial(programming.programme, desk),
        of_bulletin=partial(programming.of_bulletin, desk),
        make=in_name("make_programme", partial(programming.make, desk)),
        take_into=in_name("take_into", partial(programming.take_into, desk)),
        add_part=in_name("add_part", partial(programming.add_part, desk)),
        set_sound=in_name("set_sound", partial(programming.set_sound, desk)),
        move_part=in_name("move_part", partial(programming.move_part, desk)),
        drop_part=in_name("drop_part", partial(programming.drop_part, desk)),
        set_frame=in_name("set_frame", partial(programming.set_frame, desk)),
        drop=in_name("drop_programme", partial(programming.drop, desk)),
        assemble=in_name("assemble", partial(assembling.assemble, desk, studio)),
        patterns=partial(patterns.patterns, desk),
        put_pattern=in_name("put_pattern", partial(patterns.put_pattern, desk)),
        drop_pattern=in_name("drop_pattern", partial(patterns.drop_pattern, desk)),
        sounds=partial(area_sounds.sounds, desk),
        add_sound=in_name("add_sound", partial(area_sounds.add_sound, desk, studio)),
        drop_sound=in_name("drop_sound", partial(area_sounds.drop_sound, desk)),
    )
    try:
        yield programmes
    finally:
        await programmes.works.close()

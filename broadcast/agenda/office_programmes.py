"""The part of the office that makes programmes; the rules of `broadcast.office` hold."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from broadcast.agenda.programme_types import Frame, PatternView, ProgrammeLine, ProgrammeView, SoundView
from broadcast.domain.house import Tell
from broadcast.domain.people import Actor
from broadcast.domain.programme_patterns import Pattern
from broadcast.domain.programmes import PartKind
from broadcast.works import Works
from devices.vocabulary import AreaId


@dataclass(frozen=True)
class Programmes:
    """Made from usual ones, filled, ordered, put together; from then on each is a bulletin like any other.

    Two people may be at one programme: each call changes one thing of what is there, and nothing is lost.
    """

    programmes: Callable[[Actor], Awaitable[tuple[ProgrammeLine, ...]]]
    """What was changed last first."""
    programme: Callable[[Actor, int], Awaitable[ProgrammeView]]
    of_bulletin: Callable[[Actor, int], Awaitable[int | None]]
    """(actor, bulletin): which programme it was put together from; None for every other."""
    make: Callable[[Actor, AreaId, Pattern | None, str, date | None, tuple[int, ...]], Awaitable[ProgrammeView]]
    """(actor, area, usual programme or None, title, day or None, bulletins). Refusal: title-..., programme-..."""
    take_into: Callable[[Actor, int, int], Awaitable[ProgrammeView]]
    """(actor, programme, bulletin): before its closing. Refusal: programme-twice, programme-inside, bulletin-life.

    The bulletin may be any the actor may see, or one approved above the programme's area: so a commune's inbox
    asks this for "take into the programme", and `programmes` for those to choose from.
    """
    add_part: Callable[[Actor, int, PartKind, str], Awaitable[ProgrammeView]]
    """(actor, programme, kind, sound or ""): a jingle, music, room for a relay. Refusal: no-such-sound."""
    set_sound: Callable[[Actor, int, str, str], Awaitable[ProgrammeView]]
    """(actor, programme, key of the part, sound or "")."""
    move_part: Callable[[Actor, int, str, str], Awaitable[ProgrammeView]]
    """(actor, programme, key, key it comes in front of, "" for the end). Refusal: no-such-part."""
    drop_part: Callable[[Actor, int, str], Awaitable[ProgrammeView]]
    set_frame: Callable[[Actor, int, Frame, Frame], Awaitable[ProgrammeView]]
    """(actor, programme, before, after): what was changed between them; what others changed stays."""
    drop: Callable[[Actor, int], Awaitable[None]]
    """(actor, programme): off the list; its bulletin stays."""
    assemble: Callable[[Actor, int, Tell], Awaitable[ProgrammeView]]
    """One sound, and with it a bulletin. Refusal: programme-faults, programme-changed, speech-busy, disk-full."""
    patterns: Callable[[Actor, AreaId], Awaitable[tuple[PatternView, ...]]]
    """The usual programmes that hold at an area."""
    put_pattern: Callable[[Actor, AreaId, Pattern], Awaitable[None]]
    """(actor, area, what): holds there and below, instead of the one of that key; "-" as its key: one more."""
    drop_pattern: Callable[[Actor, AreaId, str], Awaitable[None]]
    sounds: Callable[[Actor, AreaId], Awaitable[tuple[SoundView, ...]]]
    add_sound: Callable[[Actor, AreaId, str, Path, Tell], Awaitable[SoundView]]
    """(actor, area, file name, file, tell). Refusal: sound-..., upload-large, sounds-many."""
    drop_sound: Callable[[Actor, int], Awaitable[None]]
    works: Works = field(default_factory=Works)
    """What is being put together, by programme."""

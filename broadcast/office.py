"""The frozen bundle of use cases that is handed to the pages: all they can do, and nothing else.

Every call takes the actor first and checks what they may do itself. A Refusal (see `broadcast.domain.refusals`) means
nothing was changed; `broadcast.wording.refusal` makes the sentence. Calls are made on the event loop
and never block it.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from broadcast.agenda.air_types import HoldView, NextGroup, NextView
from broadcast.agenda.office_agenda import Agenda
from broadcast.agenda.office_programmes import Programmes
from broadcast.domain.alarms import AlarmInForce
from broadcast.domain.bulletins import Bulletin
from broadcast.domain.concerns import Warned
from broadcast.domain.documents import Imported
from broadcast.domain.house import Bell, HouseHealth, Tell
from broadcast.domain.listening import Foretold, Heard, Outline
from broadcast.domain.merging import Words
from broadcast.domain.people import Action, Actor
from broadcast.domain.schedule import Slot
from broadcast.domain.templates import Template
from broadcast.domain.voices import AS_USUAL, VoiceChoice, VoiceOffered
from broadcast.newsroom.life_types import BulletinAsk, BulletinPage
from broadcast.newsroom.office_life import LifeOffice
from broadcast.newsroom.office_sound import SoundOffice
from broadcast.newsroom.office_templates import TemplateOffice
from broadcast.people.office_accounts import Accounts
from broadcast.view_types import (
    AlarmView,
    AreaNode,
    BulletinView,
    DeliveryView,
    LexiconView,
    LogAsk,
    LogPage,
    ReadingView,
    ReceiverView,
    SlotPreview,
    SlotView,
    TrailAsk,
    TrailPage,
)
from broadcast.works import Works
from devices.vocabulary import AreaId, Siren


class Place(Protocol):
    """Puts a bulletin on the air. Refusal: time-past, no-receivers, guards, reason-short, reason-long."""

    def __call__(
        self,
        actor: Actor,
        bulletin: int,
        areas: tuple[AreaId, ...],
        at: datetime | None,
        typed: str,
        reason: str = "",
    ) -> Awaitable[Slot]:
        """`at`: None for now. `typed`, `reason`: to pass a guard on purpose."""


class Save(Protocol):
    """Keeps a bulletin's words."""

    def __call__(
        self, actor: Actor, bulletin: int, title: str, text: str, began: Words | None = None
    ) -> Awaitable[Bulletin]:
        """`began` are the words that this was begun with: what others changed since then is not written over."""


class Render(Protocol):
    """Has a bulletin's text spoken."""

    def __call__(self, actor: Actor, bulletin: int, tell: Tell, choice: VoiceChoice = AS_USUAL) -> Awaitable[Bulletin]:
        """`choice` is who reads, and how."""


async def _nothing_left_off(_actor: Actor, _bulletin: int) -> str:
    return ""


class AreasOf(Protocol):
    """The areas of someone, with everything below."""

    def __call__(self, actor: Actor, action: Action | None = None) -> Awaitable[tuple[AreaNode, ...]]:
        """Where they may do `action`; None: where they hold anything."""


@dataclass(frozen=True)
class Office:
    """The use cases, joined to their store, link and engines by `broadcast.bootstrap`."""

    accounts: Accounts
    """The door, one's own account, and the people one looks after."""

    # a bulletin's way
    draft: Callable[[Actor, str, str], Awaitable[Bulletin]]
    """(actor, title, text): a new draft. Autosave may pass an unfinished text: only bounds are checked."""
    templates: Callable[[Actor], Awaitable[tuple[Template, ...]]]
    """By name: those that are offered where what the actor begins is born."""
    from_template: Callable[[Actor, str, Mapping[str, str]], Awaitable[Bulletin]]
    """(actor, template, values): a new draft of it. Raises NotFilled; Refusal: no-such-template, title-long."""
    take_in: Callable[[Actor, str, Path], Awaitable[Imported]]
    """(actor, file name, file): what a document says, nothing is kept. Refusal: import-..., text-..."""
    warnings: Callable[[Actor, int, str], Awaitable[tuple[Warned, ...]]]
    """(actor, bulletin, text): what to look at again in the text as it is being written. Refusal: cues-file."""
    answer_warning: Callable[[Actor, int, str, str], Awaitable[None]]
    """(actor, bulletin, key of the concern, reason; "" takes it back). Refusal: reason-..., answers-many."""
    save: Save
    """A change of the words takes the sound away. Refusal: text-elsewhere (name) where another changed the same."""
    upload: Callable[[Actor, int, str, Path, Tell], Awaitable[Bulletin]]
    """(actor, bulletin, file name, file, tell): the file becomes its sound. Refusal: sound-..., upload-large."""
    sound: SoundOffice
    """A file for a bulletin, sent in pieces."""
    drop_upload: Callable[[Actor, int], Awaitable[Bulletin]]
    """(actor, bulletin): the text is what is said again."""
    render: Render
    """Its text spoken; `sound` says by whom. Refusal: text-..., speech-failed, disk-full."""
    foretell: Callable[[Actor, int, str, VoiceChoice], Awaitable[Foretold]]
    """(actor, bulletin, text, choice): how long the text, as it is being written, will sound."""
    choose: Callable[[Actor, int, VoiceChoice], Awaitable[Bulletin]]
    """(actor, bulletin, choice): who is to read it, remembered. Its sound stays. Refusal: no-such-voice."""
    heard: Callable[[Actor, int], Awaitable[Heard | None]]
    """What of a bulletin sounds when; None while it has no sound."""
    before: Callable[[Actor, int], Awaitable[Path]]
    """(actor, bulletin): the file of its sound before mastering. Refusal: no-sound."""
    outline: Callable[[Actor, int], Awaitable[Outline]]
    """(actor, bulletin): how its sound stands, after mastering and before. Refusal: no-sound."""
    reading: Callable[[Actor, int, str], Awaitable[ReadingView]]
    """(actor, bulletin, text): how the text, as it is being written, will be read there. Refusal: text-legacy."""
    correct: Callable[[Actor, int, str, str, AreaId | None], Awaitable[Bulletin]]
    """(actor, bulletin, written, words, area or None for this bulletin alone). Other words take the sound away."""
    uncorrect: Callable[[Actor, int, str, AreaId | None], Awaitable[Bulletin]]
    """(actor, bulletin, written, area or None for the bulletin's own). Refusal: no-such-correction."""
    lexicon: Callable[[Actor, AreaId], Awaitable[LexiconView]]
    put_word: Callable[[Actor, AreaId, str, str], Awaitable[None]]
    """(actor, area, written, words): how it is read there and below, from the next sound on."""
    drop_word: Callable[[Actor, AreaId, str], Awaitable[None]]
    life: LifeOffice
    """What happens to a bulletin beside its words: handed in, approved, rejected."""
    agenda: Agenda
    forms: TemplateOffice
    """The templates of an area, to be edited."""
    programmes: Programmes
    preview: Callable[[Actor, int, tuple[AreaId, ...], datetime | None], Awaitable[SlotPreview]]
    """(actor, bulletin, areas, at or None for now): what will sound where. Refusal as place, but quiet-hours."""
    place: Place
    withdraw_slot: Callable[[Actor, int], Awaitable[Slot]]
    without: Callable[[Actor, int], Awaitable[tuple[NextGroup, ...]]]
    """(actor, slot): the hours around it, before and after it is withdrawn. Refusal: no-such-slot."""
    next_hours: Callable[[Actor, str, str], Awaitable[NextView]]
    """(actor, area, receiver or ""): what will sound there in 24 hours, by the receiver's own function."""
    clip: Callable[[str], Path | None]
    """Where the sound of that hash lies. Pages play it from /clips/{sha256}."""

    preview_move: Callable[[Actor, int, datetime], Awaitable[SlotPreview]]
    """(actor, slot, at): what would become of it at another hour. Refusal: slot-begun, and as place, but guards."""
    move_slot: Callable[[Actor, int, datetime, str, str], Awaitable[Slot]]
    """(actor, slot, at, typed, reason): the same bulletin at another hour, in the same areas."""
    # orders
    stop: Callable[[Actor, AreaId], Awaitable[None]]
    """Break off what sounds in an area now (alarms go on). Refusal: link-down."""
    hold: Callable[[Actor, AreaId], Awaitable[HoldView]]
    """Silence an area at once, and keep it silent until it is released or its time is over (alarms go on)."""
    release: Callable[[Actor, AreaId], Awaitable[None]]
    """Let it sound again; what was broken off goes on where its time is not over. Refusal: not-held."""
    holds: Callable[[Actor], Awaitable[tuple[HoldView, ...]]]
    """Those in force that are heard in the actor's areas."""
    identify: Callable[[Actor, str], Awaitable[None]]
    """(actor, receiver): three short tones."""

    # the alarm
    raise_alarm: Callable[[Actor, tuple[AreaId, ...], Siren, str, str], Awaitable[AlarmInForce]]
    """(actor, areas, siren, words, typed confirmation)."""
    end_alarm: Callable[[Actor, str], Awaitable[AlarmInForce]]

    # what pages read
    areas: AreasOf
    """The trees in which the actor may do something: one root for each of their areas."""
    bulletins: Callable[[Actor, BulletinAsk], Awaitable[BulletinPage]]
    """Newest first, a page at a time."""
    bulletin: Callable[[Actor, int], Awaitable[BulletinView]]
    slots: Callable[[Actor, int], Awaitable[tuple[SlotView, ...]]]
    """(actor, how many): those that reach the actor's areas, coming ones first, then the newest past ones."""
    deliveries: Callable[[Actor, int], Awaitable[tuple[DeliveryView, ...]]]
    """(actor, slot): only receivers in the actor's areas."""
    receivers: Callable[[Actor], Awaitable[tuple[ReceiverView, ...]]]
    alarms: Callable[[Actor], Awaitable[tuple[AlarmView, ...]]]
    """In force, and those of the last day; only what touches the actor's areas. Answers without the store too."""
    log: Callable[[Actor, LogAsk], Awaitable[LogPage]]
    log_csv: Callable[[Actor, LogAsk], Awaitable[bytes]]
    """The whole of what is asked for, UTF-8 with a byte order mark so that spreadsheet programs read it."""
    trail: Callable[[Actor, TrailAsk], Awaitable[TrailPage]]
    """Who changed what, when and from where. Refusal: not-allowed, bad-day, days-reversed."""
    trail_csv: Callable[[Actor, TrailAsk], Awaitable[bytes]]
    house: Callable[[], HouseHealth]

    bell: Bell
    zone: str
    """The time zone of every hour shown."""
    upload_limit_mb: int
    text_limit: int
    upload_limit_minutes: int = 90
    voices: tuple[VoiceOffered, ...] = ()
    """Who may be chosen to read, in the order in which they are asked."""

    works: Works = field(default_factory=Works)
    """What is being made for bulletins, also what was asked for before the server last started."""
    left_off: Callable[[Actor, int], Awaitable[str]] = _nothing_left_off
    """(actor, bulletin): why sound that was asked for never came: "", restarts, failed, upload."""

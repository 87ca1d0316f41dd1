"""Every message of the wire, and the one place where bytes become messages and back.

JSON; times are aware and in UTC; every field added later has a default. `decode` reads only payloads whose
signature has been checked (`devices.signing.unseal`): nothing else may call it.
"""

from datetime import datetime
from typing import Annotated, Final, TypeVar

import msgspec

from devices.vocabulary import HASH_PATTERN, SLUG_LENGTH, SLUG_PATTERN, Level, Outcome, Part, Siren

Slug = Annotated[str, msgspec.Meta(pattern=SLUG_PATTERN, max_length=SLUG_LENGTH)]
Hash = Annotated[str, msgspec.Meta(pattern=HASH_PATTERN)]
Instant = Annotated[datetime, msgspec.Meta(tz=True)]
Number = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
"""Milliseconds, frames, messages: what a database column and a page can hold."""
Percent = Annotated[int, msgspec.Meta(ge=0, le=100)]
Title = Annotated[str, msgspec.Meta(max_length=200)]
Detail = Annotated[str, msgspec.Meta(max_length=500)]
Hour = Annotated[str, msgspec.Meta(pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?\Z")]
"""Local wall time "HH:MM", or "" for none."""
Target = Annotated[str, msgspec.Meta(pattern=r"^(area|receiver)/[a-z0-9-]{1,64}\Z")]
"""Whom a signed message is for: the first two levels of its topic, such as "area/xa-thanh-duc"."""

PLAN_AIRINGS: Final = 1_000
"""Airings one plan may hold: one every four minutes for 72 hours, more than any area may air."""
WORDS_LENGTH: Final = 4_000
"""Characters an alarm's words may have: four minutes of speech."""


class Message(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """One thing said on the wire. The tag "kind" names it."""


class Signed(Message, frozen=True, kw_only=True):
    """What the server says: numbered per topic, growing; void after `expires`."""

    target: Target
    number: Number
    issued: Instant
    expires: Instant


class PlannedAiring(msgspec.Struct, frozen=True, kw_only=True):
    """One airing in a Plan: sound `clip` (`seconds` long, `size` bytes) from the instant `at`."""

    id: Slug
    at: Instant
    clip: Hash
    seconds: Annotated[float, msgspec.Meta(ge=0, le=6 * 3600)]
    size: Annotated[int, msgspec.Meta(ge=0)]
    level: Level = Level.ROUTINE
    title: Title = ""
    window_s: Annotated[int, msgspec.Meta(ge=1, le=3600)] = 300
    """It must start within this many seconds of `at`, or is reported missed."""
    resume: bool = False
    """After a power cut in the middle: go on where it broke off (True) or let it be (False)."""
    quiet_hours_confirmed: bool = False
    """A person typed that it is to sound in the quiet hours."""
    valid_until: Instant | None = None
    """It does not start after this: the bulletin's own end."""


class Plan(Signed, frozen=True, kw_only=True, tag="plan"):
    """Every airing aimed at `target` in the next 72 h. A newer number replaces it whole."""

    airings: Annotated[tuple[PlannedAiring, ...], msgspec.Meta(max_length=PLAN_AIRINGS)]


class VolumeCap(msgspec.Struct, frozen=True, kw_only=True):
    """From one local hour to another (over midnight too; equal ones are the whole day) no airing is louder."""

    start: Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d\Z")]
    end: Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d\Z")]
    most: Percent


class Assignment(Signed, frozen=True, kw_only=True, tag="assignment"):
    """What a receiver is: where it hangs, how loud, when it keeps quiet, where clips are fetched."""

    areas: Annotated[tuple[Slug, ...], msgspec.Meta(min_length=1, max_length=8)]
    """Its own area first, then every area above, up to the province."""
    clips_url: Annotated[str, msgspec.Meta(max_length=300)]
    """Address under which `/{sha256}` is a clip, without a slash at its end."""
    volume: Percent = 80
    alarm_volume: Percent = 100
    quiet_from: Hour = ""
    quiet_to: Hour = ""
    caps: Annotated[tuple[VolumeCap, ...], msgspec.Meta(max_length=8)] = ()
    """Where several hold at one moment, the lowest does. Emergencies pass."""
    timezone: Annotated[str, msgspec.Meta(max_length=64)] = "Asia/Ho_Chi_Minh"


class Alarm(Signed, frozen=True, kw_only=True, tag="alarm"):
    """An alarm in force from the moment it is read until `until`, at the latest `expires`.

    A newer number with the same `alarm` adds to it (the words' clip, once it is spoken) and does not start the
    siren again.
    """

    alarm: Slug
    siren: Siren
    siren_s: Annotated[float, msgspec.Meta(ge=1, le=120)] = 8.0
    words: Annotated[str, msgspec.Meta(max_length=WORDS_LENGTH)] = ""
    clip: Hash | None = None
    seconds: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 0.0
    size: Annotated[int, msgspec.Meta(ge=0)] = 0
    repeats: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 3
    """How many times siren and words sound."""
    pause_s: Annotated[float, msgspec.Meta(ge=0, le=3600 * 4)] = 5.0
    until: Instant


class AlarmEnded(Signed, frozen=True, kw_only=True, tag="alarm-ended"):
    """The alarm is over: fall silent now, and do not start it when it is read late."""

    alarm: Slug


class Stop(Signed, frozen=True, kw_only=True, tag="stop"):
    """Break off the airing that sounds now; what is planned later still sounds. Alarms go on."""

    airing: Slug | None = None
    """Only this one, if it is named."""


class Hold(Signed, frozen=True, kw_only=True, tag="hold"):
    """Fall silent now and let no airing begin until `until`, or a HoldEnded; what it breaks off goes on afterwards.

    Alarms go on, as do airings of level emergency that are planned for after `issued`. Retained. It holds for
    `HOLD_LONGEST` from `issued` at most, whatever `until` says.
    """

    until: Instant


class HoldEnded(Signed, frozen=True, kw_only=True, tag="hold-ended"):
    """The hold of this target is over: airings sound again."""


class SetVolume(Signed, frozen=True, kw_only=True, tag="set-volume"):
    """Play airings at this volume until the next assignment."""

    volume: Percent


class Identify(Signed, frozen=True, kw_only=True, tag="identify"):
    """Sound three short tones, for the person who stands under the horn."""


class Ack(Signed, frozen=True, kw_only=True, tag="ack"):
    """Reports of this journal up to and with `up_to` are safely stored: the receiver may let go of them."""

    journal: Slug
    up_to: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


class NowPlaying(msgspec.Struct, frozen=True, kw_only=True):
    """What sounds at this moment, in a State."""

    subject: Slug
    part: Part
    position_ms: Count
    total_ms: Count


class State(Message, frozen=True, kw_only=True, tag="state"):
    """How a receiver is. Retained; its last will is one with `online` False and the same `session`."""

    receiver: Slug
    session: Number
    """Grows with every connection: an old last will cannot speak for a newer connection."""
    at: Instant
    online: bool
    journal: Slug = "none"
    mode: Annotated[str, msgspec.Meta(max_length=32)] = ""
    playing: NowPlaying | None = None
    plans: dict[Target, int] = {}
    """Number of the newest plan held, by target."""
    missing: Annotated[tuple[Hash, ...], msgspec.Meta(max_length=PLAN_AIRINGS)] = ()
    """Clips that held plans name and the disk does not have yet."""
    volume: Percent = 0
    clock_offset_ms: float | None = None
    """Own clock minus the server's, as far as it can be told; None: cannot be told."""
    disk_free_mb: Count | None = None
    temperature_c: float | None = None
    versions: dict[str, Annotated[str, msgspec.Meta(max_length=80)]] = {}
    refused: Count = 0
    """Messages refused since the receiver started."""
    unacknowledged: Count = 0
    """Reports the server has not acknowledged yet."""
    held_until: Instant | None = None
    """Until when a Hold silences it; None where none does."""


class Report(Message, frozen=True, kw_only=True):
    """What a receiver did. `number` grows by one inside `journal`, so a gap or a double is seen."""

    receiver: Slug
    journal: Slug
    number: Number
    at: Instant
    oldest: Number = 1
    """Lowest number the journal still keeps: what lies below was acknowledged, maybe to a server that lost it."""


class Started(Report, frozen=True, kw_only=True, tag="started"):
    """The first frame was taken by the sound card at `started_at`."""

    subject: Slug
    """Airing or alarm identifier."""
    part: Part = Part.AIRING
    started_at: Instant
    planned_at: Instant | None = None
    start_error_ms: float | None = None
    """`started_at` minus the planned instant (for a siren: minus the arrival of the alarm)."""
    clip: Hash | None = None
    resumed_from_ms: Count = 0


class Finished(Report, frozen=True, kw_only=True, tag="finished"):
    """A sound that had started has ended."""

    subject: Slug
    part: Part = Part.AIRING
    outcome: Outcome
    played_ms: Count
    frames: Count
    """Frames the sound card took, at 48 kHz."""
    started_at: Instant | None = None


class Missed(Report, frozen=True, kw_only=True, tag="missed"):
    """An airing whose window passed without a start."""

    subject: Slug
    planned_at: Instant
    why: Detail


class Failed(Report, frozen=True, kw_only=True, tag="failed"):
    """Something that should have sounded could not, or a clip could not be had."""

    subject: Slug
    part: Part = Part.AIRING
    why: Detail
    detail: Detail = ""


class Refused(Report, frozen=True, kw_only=True, tag="refused"):
    """`count` messages on `topic` were refused since the last such report."""

    topic: Annotated[str, msgspec.Meta(max_length=300)]
    why: Detail
    count: Count = 1


ServerMessage = Plan | Assignment | Alarm | AlarmEnded | Hold | HoldEnded | Stop | SetVolume | Identify | Ack
Order = Stop | SetVolume | Identify
AlarmMessage = Alarm | AlarmEnded
HoldMessage = Hold | HoldEnded
ReceiverReport = Started | Finished | Missed | Failed | Refused
ReceiverMessage = State | ReceiverReport
AnyMessage = ServerMessage | ReceiverMessage


class Unreadable(Exception):
    """Raised when a payload is not a message of a known kind, or breaks its bounds."""


class UnknownKind(Unreadable):
    """Raised when a payload is well formed but of a kind this version does not know."""


class _Kind(msgspec.Struct):
    kind: str


_encoder = msgspec.json.Encoder()
_kind_decoder = msgspec.json.Decoder(_Kind)
_any_decoder: "msgspec.json.Decoder[AnyMessage]" = msgspec.json.Decoder(AnyMessage)
_kinds: Final = frozenset(str(k.__struct_config__.tag) for k in AnyMessage.__args__)

M = TypeVar("M", bound=Message)


def encode(message: Message) -> bytes:
    """The payload bytes of a message."""
    return _encoder.encode(message)


def decode(payload: bytes) -> AnyMessage:
    """The message in a payload whose signature has been checked.

    Raises UnknownKind, or Unreadable where anything else is wrong with it.
    """
    try:
        if _kind_decoder.decode(payload).kind not in _kinds:
            raise UnknownKind(payload[:80].decode("utf-8", "replace"))
        return _any_decoder.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(str(error)) from error

"""Words of programmes: section "programmes", and what their parts and faults are called."""

from broadcast import wording
from broadcast.agenda.programme_types import PartView, SoundView
from broadcast.domain.programmes import SHIPPED, Fault, PartKind
from ui.words import length, speak

ICONS = {
    PartKind.OPENING: "music_note",
    PartKind.BULLETIN: "campaign",
    PartKind.RELAY: "sensors",
    PartKind.MUSIC: "library_music",
    PartKind.CLOSING: "music_off",
}


def prog(key: str, /, **facts: object) -> str:
    """The sentence of `key` in section "programmes". Raises KeyError for a key that is not there."""
    speak()
    return wording.say(f"programmes.{key}", **facts)


def kind_name(kind: PartKind) -> str:
    """Such as "Nhạc hiệu mở đầu"."""
    speak()
    return wording.say(f"programme.kind-{kind.value}")


def fault_told(fault: Fault) -> str:
    """What is wrong, and what to do."""
    speak()
    return wording.say(f"programme.fault-{fault.value}")


def part_title(part: PartView) -> str:
    """What a part is called: a bulletin by its title, everything else by what it is."""
    return part.title if part.bulletin is not None else kind_name(part.kind)


def sound_name(sound: SoundView) -> str:
    """Such as "Nhạc hiệu đi lên (6 giây)"."""
    name = prog(f"sound-{sound.sound}") if sound.sound in SHIPPED else sound.name
    return prog("sound-line", name=name, length=length(sound.seconds))


def clock(seconds: float) -> str:
    """A place in a programme, such as "07:05"."""
    whole = int(seconds)
    return f"{whole // 60:02}:{whole % 60:02}"

"""Words of the ways to begin a bulletin: section "writing", and what is wrong with a field of a template."""

from broadcast import wording
from broadcast.domain.templates import Fault
from ui.words import speak


def told(key: str, /, **facts: object) -> str:
    """The sentence of `key` in section "writing". Raises KeyError for a key that is not there."""
    speak()
    return wording.say(f"writing.{key}", **facts)


def fault_told(fault: Fault) -> str:
    """What is wrong with a field, and how to write it."""
    speak()
    return wording.say(f"template.fault-{fault.value}")

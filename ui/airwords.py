"""Words of what sounds when and where: section "onair", in the language of the page at hand."""

from collections.abc import Mapping

from broadcast import wording
from ui.words import speak


def air(key: str, /, **facts: object) -> str:
    """The sentence of `key` in section "onair". Raises KeyError for a key that is not there."""
    speak()
    return wording.say(f"onair.{key}", **facts)


def guard(breach: str, facts: Mapping[str, object]) -> str:
    """Which rule of a place is in the way."""
    speak()
    return wording.say(f"programme.guard-{breach}", **facts)

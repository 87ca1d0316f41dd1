"""Words of what sounds when and where: section "onair", in the language of the page at hand."""

from broadcast import wording
from ui.words import speak


def air(key: str, /, **facts: object) -> str:
    """The sentence of `key` in section "onair". Raises KeyError for a key that is not there."""
    speak()
    return wording.say(f"onair.{key}", **facts)

"""Words that lead a newcomer: section "operators"."""

from broadcast import wording
from ui.words import speak


def guiding(key: str, /, **facts: object) -> str:
    """The sentence of `key` in section "operators". Raises KeyError for a key that is not there."""
    speak()
    return wording.say(f"operators.{key}", **facts)

"""Words of what one hears: section "listening", and figures of sound as people write them."""

from broadcast import wording
from ui.words import speak


def phrase(key: str, /, **facts: object) -> str:
    """The sentence of `key` in section "listening". Raises KeyError for a key that is not there."""
    speak()
    return wording.say(f"listening.{key}", **facts)


def decimal(value: float, digits: int = 1) -> str:
    """A number with its decimals as the language writes them: −16,0 or −16.0."""
    written = f"{value:.{digits}f}".replace("-", "−")
    return written if speak() == "en" else written.replace(".", ",")

"""Two people write in one bulletin: what only one of them changed is theirs, the rest is for people to decide."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """Title and text of a bulletin."""

    title: str
    text: str


def joined(held: Words, began: Words, mine: Words) -> Words | None:
    """`held`, with what was changed from `began` to `mine`; None where both changed the same thing, and not alike."""
    title, text = _one(held.title, began.title, mine.title), _one(held.text, began.text, mine.text)
    return None if title is None or text is None else Words(title, text)


def _one(held: str, began: str, mine: str) -> str | None:
    if mine in {began, held}:
        return held
    return mine if held == began else None

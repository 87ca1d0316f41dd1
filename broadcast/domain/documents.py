"""What a document is taken in as, and how large it may be."""

from dataclasses import dataclass
from typing import Final

LIMIT_MB: Final = 20


@dataclass(frozen=True, slots=True)
class Imported:
    """What a document says. `left_out`: lines that belong to paper, told so that nothing is missed unseen."""

    title: str
    text: str
    left_out: tuple[str, ...]
    name: str

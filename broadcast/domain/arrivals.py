"""Sound on its way in: what is known of a file of which a part has come."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Final

NAME_LENGTH: Final = 200
KEPT_FOR: Final = timedelta(days=1)
"""A file that stopped coming is kept so long after its last piece."""
MOST: Final = 10
"""Files on their way that one person may have: one for each of so many bulletins."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file of `length` bytes of which the first `offset` are here. `key` is known to its sender alone."""

    key: str
    person: int
    bulletin: int
    name: str
    length: int
    offset: int
    expires: datetime

    @property
    def whole(self) -> bool:
        """Whether all of it is here."""
        return self.offset == self.length


def shown_name(name: str) -> str:
    """A file's name as people may see it: no folders, nothing unprintable."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return "".join(c for c in last if c.isprintable())[-NAME_LENGTH:] or "?"

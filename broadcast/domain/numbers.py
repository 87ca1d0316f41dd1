"""Numbers that grow for ever, also when a database is restored from yesterday."""

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def following(last: int, now: datetime) -> int:
    """A number above `last` and not below the milliseconds since 1970 at `now`.

    A receiver refuses what is numbered below what it holds; a server that lost its books would stay refused if it
    counted from one again. Milliseconds: more publishes to one topic in a second than a thousand do not happen.
    """
    # whole milliseconds by whole numbers: a float would lose one now and then
    return max(last + 1, (now - _EPOCH) // timedelta(milliseconds=1))

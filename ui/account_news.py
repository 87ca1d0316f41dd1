"""Pages about people look again when somebody else has changed who works here, or as what."""

from collections.abc import Awaitable, Callable
from typing import Final

from nicegui import ui

from ui.session import Visit, asking

LOOK_S: Final = 1.0


def follow(visit: Visit, redraw: Callable[[], Awaitable[None]]) -> None:
    """Call `redraw` whenever the bell of accounts has rung."""
    known = visit.accounts.bell.revision

    async def look() -> None:
        nonlocal known
        if visit.accounts.bell.revision != known:
            known = visit.accounts.bell.revision
            async with asking():
                await redraw()

    ui.timer(LOOK_S, look)

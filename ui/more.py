"""A long list shows its beginning first; a button shows more of it."""

from collections.abc import Awaitable, Callable
from typing import Final

from nicegui import ui

from ui.session import asking
from ui.words import number, say

FIRST: Final = 48
"""Cards of a first view: more take longer to draw than anybody waits."""


class More:
    """So many are listed by now, and the button for more."""

    redraw: Callable[[], Awaitable[None]]
    """Lists as many as are asked for."""

    def __init__(self) -> None:
        self.limit = FIRST
        self._button = ui.button(on_click=self._widen).props("outline no-caps data-testid=more").mark("more")
        self._button.classes("loa-more").visible = False

    def offer(self, left: int | None) -> None:
        """There are so many more, 0 for none; None: nobody has counted them."""
        self._button.visible = left != 0
        self._button.set_text(say("show-older") if left is None else say("show-more", count=number(left)))

    async def _widen(self) -> None:
        self.limit += FIRST
        async with asking():
            await self.redraw()

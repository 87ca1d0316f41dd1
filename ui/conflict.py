"""Two people changed the same words: both texts stand side by side, and the person decides."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from broadcast.domain.merging import Words
from ui.comparing import sides
from ui.living import told


class Conflict:
    """Theirs on the left, mine on the right as it stands in the fields. `keep` and `take` are the two ways out."""

    def __init__(self, keep: Callable[[], Awaitable[None]], take: Callable[[], Awaitable[None]]) -> None:
        self._shown: object = None
        with ui.element("div").classes("loa-notice loa-conflict").mark("conflict") as self._root:
            self._root.props("role=alert data-testid=conflict")
            self._who = ui.label().classes("loa-strong")
            self._pair = ui.element("div").classes("loa-compared")
            with ui.element("div").classes("loa-actions"):
                mine = ui.button(told("conflict-keep"), icon="edit", on_click=keep).props("unelevated no-caps")
                mine.props("data-testid=conflict-keep").mark("conflict-keep").classes("loa-primary")
                theirs = ui.button(told("conflict-take"), icon="download", on_click=take).props("outline no-caps")
                theirs.props("data-testid=conflict-take").mark("conflict-take")
            ui.label(told("conflict-hint")).classes("loa-dim loa-small")
        self._root.visible = False

    @property
    def open(self) -> bool:
        """Whether there is something to decide."""
        return bool(self._root.visible)

    def show(self, name: str, theirs: Words, mine: Words) -> None:
        """Show both."""
        self._root.visible = True
        if (name, theirs, mine) == self._shown:
            return
        self._shown = name, theirs, mine
        self._who.set_text(told("conflict", name=name))
        self._pair.clear()
        with self._pair:
            for part in ("title", "text"):
                was, now = getattr(theirs, part), getattr(mine, part)
                if was == now:
                    continue
                left, right = sides(was, now)
                with ui.element("div").classes("loa-compared-row"):
                    ui.label(told(f"row-{part}")).classes("loa-strong")
                    # every character of both is escaped in `sides`
                    ui.html(left, sanitize=False).classes("loa-words").mark(f"conflict-theirs-{part}")
                    ui.html(right, sanitize=False).classes("loa-words").mark(f"conflict-mine-{part}")

    def close(self) -> None:
        """It is decided."""
        self._root.visible = False

"""Two people changed the same template: theirs is shown, and the person decides."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from broadcast.domain.template_writing import written
from broadcast.newsroom.template_types import TemplateView
from ui.template_words import told


class TemplateConflict:
    """Told above the form. `keep` and `take` are the two ways out; both get what the other has made of it."""

    def __init__(
        self, keep: Callable[[TemplateView | None], Awaitable[None]], take: Callable[[TemplateView | None], None]
    ) -> None:
        self._keep, self._take = keep, take
        self._theirs: TemplateView | None = None
        with ui.element("div").classes("loa-notice").mark("template-conflict") as self._root:
            self._root.props("role=alert data-testid=template-conflict")
            self._sentence = ui.label().classes("loa-strong")
            with ui.expansion(told("conflict-theirs")).props("dense").mark("conflict-theirs"):
                self._shown = ui.element("div").classes("loa-template-theirs")
            with ui.element("div").classes("loa-actions"):
                mine = ui.button(told("conflict-mine"), icon="edit", on_click=self._mine).props("unelevated no-caps")
                mine.props("data-testid=conflict-mine").mark("conflict-mine").classes("loa-primary")
                theirs = ui.button(told("conflict-drop"), icon="download", on_click=self._drop)
                theirs.props("outline no-caps data-testid=conflict-drop").mark("conflict-drop")
        self._root.visible = False

    @property
    def open(self) -> bool:
        """Whether there is something to decide."""
        return bool(self._root.visible)

    def show(self, sentence: str, theirs: TemplateView | None) -> None:
        """Tell it."""
        self._theirs = theirs
        self._sentence.set_text(sentence)
        self._shown.clear()
        with self._shown:
            if theirs is None or not theirs.state or theirs.line.hidden:
                ui.label(told("conflict-gone")).classes("loa-dim")
            else:
                what = written(theirs.line.template)
                for text in (what.name, what.title, what.text):
                    ui.label(text).style("white-space: pre-wrap")
                ui.label(", ".join(f.label for f in what.fields)).classes("loa-dim")
        self._root.visible = True

    async def _mine(self) -> None:
        self._root.visible = False
        await self._keep(self._theirs)

    def _drop(self) -> None:
        self._root.visible = False
        self._take(self._theirs)

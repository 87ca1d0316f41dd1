"""One piece of a text: what it was taken for, how it is read, how else it may be, and for whom that is to hold."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from broadcast.domain.lexicons import WORDS_LENGTH, WRITTEN_LENGTH
from broadcast.view_types import Correction, ReadingToken, ReadingView
from devices.vocabulary import AreaId
from ui.session import asking
from ui.theme import tagged
from ui.words import lexicon as say
from ui.words import moment
from ui.words import say as say_ui


class ReadingDialog:
    """One piece of the text: what it was taken for, how it is read, and how else it may be."""

    def __init__(
        self,
        correct: Callable[[str, str, AreaId | None], Awaitable[bool]],
        uncorrect: Callable[[Correction], Awaitable[bool]],
    ) -> None:
        self._correct, self._uncorrect = correct, uncorrect
        self.focus: int | None = None
        """Which token it was opened from."""
        with ui.dialog() as self._dialog, ui.card().classes("loa-dialog loa-reading-dialog") as self._card:
            self._card.props(f'role=dialog aria-label="{say("pane")}" data-testid=reading-dialog')
            self._card.mark("reading-dialog")

    def show(
        self,
        view: ReadingView | None,
        written: str,
        words: str,
        *,
        token: ReadingToken | None = None,
        focus: int | None = None,
    ) -> None:
        """Open it on a token, or on words of one's own choice."""
        self.focus = focus
        self._card.clear()
        with self._card:
            self._written = ui.input(say("written"), value=written).classes("loa-wide")
            self._written.props(f"outlined maxlength={WRITTEN_LENGTH} data-testid=reading-written")
            self._written.mark("reading-written")
            if token is not None:
                self._written.visible = False
                tagged("h2", f"“{written}”").mark("reading-token")
                self._explain(token, words)
            self._words = ui.textarea(say("words"), value=words).classes("loa-wide").mark("reading-words")
            self._words.props(f"outlined autogrow rows=1 maxlength={WORDS_LENGTH} data-testid=reading-words")
            self._words.props["hint"] = say("words-hint")
            if token is not None and token.others:
                self._offer(token.others)
            self._told = ui.label().classes("loa-wrong").props("role=alert data-testid=reading-wrong")
            self._told.mark("reading-wrong")
            self._actions(view)
        self._dialog.open()

    def wrong(self, sentence: str) -> None:
        """Say why it was not done."""
        self._told.set_text(sentence)

    def _explain(self, token: ReadingToken, words: str) -> None:
        with ui.element("dl").classes("loa-read-facts"):
            for head, fact in (
                (say("taken-for"), _named("kind", token.kind)),
                (say("by-rule"), _named("rule", token.rule)),
                (say("read-as"), words),
            ):
                if fact:
                    tagged("dt", head)
                    tagged("dd", fact)
        own = token.corrected
        if own is not None:
            with ui.element("div").classes("loa-notice"):
                if own.area is None:
                    ui.label(say("own-here"))
                else:
                    at = moment(own.at) if own.at else ""
                    ui.label(say("own-area", area=own.area_name, name=own.by_name, at=at))
                undo = ui.button(say("undo"), icon="undo", on_click=lambda: self._do(self._uncorrect(own)))
                undo.props("outline no-caps data-testid=reading-undo").mark("reading-undo")

    def _offer(self, others: tuple[str, ...]) -> None:
        ui.label(say("other-readings")).classes("loa-dim loa-small")
        with ui.element("div").classes("loa-actions").props(f'role=group aria-label="{say("other-readings")}"'):
            for other in others:
                choice = ui.button(other, on_click=lambda o=other: self._words.set_value(o)).classes("loa-second")
                choice.props("unelevated no-caps data-testid=reading-other").mark("reading-other")

    def _actions(self, view: ReadingView | None) -> None:
        with ui.element("div").classes("loa-actions loa-end loa-wide"):
            ui.button(say_ui("cancel"), on_click=self._dialog.close).props("flat no-caps").mark("reading-cancel")
            if view is not None and view.for_area:
                area = view.area
                wide = ui.button(say("for-area", area=view.area_name), on_click=lambda: self._do(self._given(area)))
                wide.props("outline no-caps data-testid=reading-for-area").mark("reading-for-area")
            here = ui.button(say("for-bulletin"), on_click=lambda: self._do(self._given(None)))
            here.props("unelevated no-caps data-testid=reading-for-bulletin").mark("reading-for-bulletin")
            self._words.on("keydown.enter.prevent", lambda: self._do(self._given(None)))

    def _given(self, area: AreaId | None) -> Awaitable[bool]:
        return self._correct(self._written.value or "", self._words.value or "", area)

    async def _do(self, work: Awaitable[bool]) -> None:
        self._told.set_text("")
        async with asking(self._told.set_text):
            if await work:
                self._dialog.close()


def _named(sort: str, name: str) -> str:
    """What a kind or a rule is called; "" for a rule nobody has put in words."""
    try:
        return say(f"{sort}-{name}")
    except KeyError:
        return ""

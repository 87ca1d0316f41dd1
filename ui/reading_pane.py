"""The text as it will be read, beside the text as it is written; a press on a word shows why, and corrects it.

All of it is one HTML element with its events delegated (panel.js): a long text has thousands of pieces.
"""

import asyncio
import html
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Final, Protocol

from nicegui import events, ui

from broadcast.domain.bulletins import Bulletin
from broadcast.domain.lexicons import WRITTEN_LENGTH
from broadcast.domain.refusals import Refusal
from broadcast.view_types import Correction, ReadingToken, ReadingView
from devices.vocabulary import AreaId
from ui.reading_dialog import ReadingDialog
from ui.session import LoggedOut, Visit, log, tell
from ui.theme import tagged
from ui.words import lexicon as say
from ui.words import refusal
from ui.words import say as say_ui

QUIET_S: Final = 0.5
"""Typing has paused this long when the text is read anew."""
_LOOK_S: Final = 0.2
GROUPS: Final = {
    "number": ("number", "quantity", "money", "share", "fraction", "roman", "range", "unit"),
    "when": ("date", "time"),
    "short": ("abbreviation", "letters"),
    "code": ("phone", "code", "document", "address", "place", "web", "mail", "hashtag", "sign"),
}
_GROUP: Final = {kind: group for group, kinds in GROUPS.items() for kind in kinds}
OWN: Final = "own"
_AS_WRITTEN: Final = frozenset({"word", "pause", "mark", "mark-unknown"})
_PRESSED: Final = "(e) => { const hit = window.loaReading.pressed(e); if (hit) emit(hit); }"
_KEYED: Final = "(e) => { const hit = window.loaReading.keyed(e); if (hit) emit(hit); }"


class Page(Protocol):
    """The fields beside it."""

    text: ui.textarea
    saved: Callable[[], Awaitable[None]]

    async def flush(self) -> bool:
        """Save what is typed; whether that was done."""


def differs(token: ReadingToken, text: str) -> bool:
    """Whether it is said otherwise than it is written, or was corrected."""
    if token.kind in _AS_WRITTEN:
        return False
    return token.corrected is not None or token.words.casefold() != text[token.start : token.end].strip().casefold()


def piece(view: ReadingView, index: int) -> tuple[str, str]:
    """What a correction of that token is about, and its words: a dash takes the numbers on both sides along."""
    token = view.tokens[index]
    first = last = index
    if not any(c.isalnum() for c in view.text[token.start : token.end]) and token.kind == "range":
        first, last = max(0, index - 1), min(len(view.tokens) - 1, index + 1)
    around = view.tokens[first : last + 1]
    written = view.text[around[0].start : around[-1].end]
    return " ".join(written.split()), " ".join(t.words for t in around)


def as_html(view: ReadingView, version: int) -> str:
    """The words, with whatever is said otherwise than it is written as buttons that arrow keys reach."""
    out = "".join(_pieces(view))
    label = html.escape(say("pane-label"))
    return f'<div class="loa-read" role="group" aria-label="{label}" data-v="{version}">{out}</div>'


def _pieces(view: ReadingView) -> Iterator[str]:
    text, at, last, reached = view.text, 0, "", False
    for index, token in enumerate(view.tokens):
        if token.start < at:  # pieces of one character in the source
            continue
        between = text[at : token.start]
        if between:
            yield _silent(between)
            last = between[-1]
        written = text[token.start : token.end]
        at = token.end
        if token.kind == "mark":
            yield f'<span class="loa-mark" title="{html.escape(say("mark"))}">{html.escape(written)}</span>'
            last = " "
            continue
        if not differs(token, text):
            yield _silent(written) if token.kind == "mark-unknown" else html.escape(written)
            last = written[-1:]
            continue
        lead = written[: len(written) - len(written.lstrip())]
        if lead or (last.isalnum() and token.words[:1].isalnum()):
            yield html.escape(lead) or " "
        yield _button(token, index, written.strip(), first=not reached)
        reached = True
        trail = written[len(written.rstrip()) :]
        last = trail[-1:] or token.words[-1:]
        if trail:
            yield html.escape(trail)
        elif text[at : at + 1].isalnum():
            yield " "
            last = " "
    if at < len(text):
        yield _silent(text[at:])


def _silent(between: str) -> str:
    """What no token took: spaces, and what is not said because it was just said in full."""
    if not any(c.isalnum() for c in between):
        return html.escape(between)
    return f'<s title="{html.escape(say("silent"))}">{html.escape(between)}</s>'


def _button(token: ReadingToken, index: int, written: str, *, first: bool) -> str:
    style = f"loa-r loa-r-{OWN if token.corrected else _GROUP.get(token.kind, 'code')}"
    label = html.escape(say("token-label", written=written, words=token.words))
    title, words = html.escape(written), html.escape(token.words)
    return (
        f'<span class="{style}" role="button" tabindex="{0 if first else -1}" data-i="{index}" '
        f'title="{title}" aria-label="{label}">{words}</span>'
    )


class ReadingPane:
    """How what is typed will be read. `page` is asked for its text; corrections are made after it was saved."""

    def __init__(self, visit: Visit, bulletin: Bulletin, page: Page) -> None:
        self._visit, self._id, self._page = visit, bulletin.id, page
        self._view: ReadingView | None = None
        self._version = 0
        self._typed, self._typed_at = "", 0.0
        self._read: str | None = None
        self._reading = asyncio.Lock()
        with ui.element("section").classes("loa-reading").props("data-testid=reading-pane"):
            with ui.element("div").classes("loa-card-head"):
                tagged("h2", say("pane"))
                another = ui.button(say("another"), icon="edit_note", on_click=self._another)
                another.props("flat dense no-caps data-testid=correct-other").mark("correct-other")
            ui.label(say("pane-hint")).classes("loa-dim loa-small")
            self._text = ui.html("", sanitize=False).mark("reading")  # every character of it is escaped here
            self._text.props("data-testid=reading")
            self._text.on("click", self._pressed, js_handler=_PRESSED)
            self._text.on("keydown", self._pressed, js_handler=_KEYED)
            self._legend = ui.element("div").classes("loa-read-legend loa-small").props("aria-hidden=true")
            with self._legend:
                for group in (*GROUPS, OWN):
                    ui.label(say(f"group-{group}")).classes(f"loa-r loa-r-{group}")
            self._note = ui.label(say("pane-empty")).classes("loa-dim").mark("reading-note")
            self._note.props("data-testid=reading-note role=status")
        self._legend.visible = False
        self._dialog = ReadingDialog(self._correct, self._uncorrect)
        ui.timer(_LOOK_S, self._look)

    async def _look(self) -> None:
        now, typed = asyncio.get_running_loop().time(), self._page.text.value or ""
        if typed != self._typed and self._read is not None:
            self._typed, self._typed_at = typed, now
        elif typed != self._read and now - self._typed_at >= QUIET_S:
            await self.refresh()

    async def refresh(self) -> None:
        """Read what is typed now, and show it."""
        async with self._reading:
            typed = self._typed = self._page.text.value or ""
            self._read = typed
            told, view = say("pane-empty"), None
            if typed.strip():
                try:
                    view = await self._visit.office.reading(self._visit.actor, self._id, typed)
                except Refusal as no:
                    told = refusal(no)
                except LoggedOut:
                    return
                except Exception:  # noqa: BLE001 - writing goes on whatever the pane does
                    log.exception("a text could not be shown as it is read")
                    told = say_ui("unexpected")
            self._show(view, told)

    def _show(self, view: ReadingView | None, told: str) -> None:
        self._version += 1
        self._view = view
        self._text.set_content(as_html(view, self._version) if view else "")
        self._legend.visible = bool(view and any(differs(t, view.text) for t in view.tokens))
        self._note.set_text("" if view else told)
        self._note.visible = view is None

    def _pressed(self, event: events.GenericEventArguments) -> None:
        """A token (version, index), or a plain word of the pane."""
        hit, view = event.args, self._view
        if view is None or not isinstance(hit, dict):
            return
        index, word = hit.get("i"), hit.get("word")
        if isinstance(index, int) and hit.get("v") == self._version and 0 <= index < len(view.tokens):
            token = view.tokens[index]
            written, words = piece(view, index)
            own = token.corrected.written if token.corrected else written
            self._dialog.show(view, own, words, token=token, focus=index)
        elif isinstance(word, str):
            self._dialog.show(view, word[:WRITTEN_LENGTH], "")

    async def _another(self) -> None:
        picked = await ui.run_javascript("window.loaReading.picked()")
        if self._view is None:
            await self.refresh()
        word = picked[:WRITTEN_LENGTH] if isinstance(picked, str) else ""
        self._dialog.show(self._view, word, "")

    async def _correct(self, written: str, words: str, area: AreaId | None) -> bool:
        """Whether it was done; the dialog has said why not."""
        if not await self._page.flush():
            self._dialog.wrong(say_ui("save-first"))
            return False
        await self._visit.office.correct(await self._visit.me(), self._id, written, words, area)
        await self._changed(say("corrected"))
        return True

    async def _uncorrect(self, correction: Correction) -> bool:
        if not await self._page.flush():
            self._dialog.wrong(say_ui("save-first"))
            return False
        actor = await self._visit.me()
        await self._visit.office.uncorrect(actor, self._id, correction.written, correction.area)
        await self._changed(say("uncorrected"))
        return True

    async def _changed(self, told: str) -> None:
        await self.refresh()
        await self._page.saved()
        tell(told)
        if self._dialog.focus is not None:
            ui.run_javascript(f"window.loaReading.back({json.dumps(self._dialog.focus)})")

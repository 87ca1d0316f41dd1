"""What to look at again in a bulletin, below its text: what, where, what to mend; a reason answers it."""

import json
import unicodedata
from typing import Final, Protocol

from nicegui import ui

from broadcast import wording
from broadcast.domain.bulletins import Bulletin
from broadcast.domain.concerns import Concern, Warned
from broadcast.domain.people import Action
from broadcast.domain.refusals import Refusal
from broadcast.domain.warnings import REASON_LENGTH, clean_reason
from ui.session import Visit, asking
from ui.theme import tagged
from ui.words import moment, refusal, speak

AROUND: Final = 24
"""Characters shown on both sides of what is warned about."""
_SELECT: Final = (
    "{{ const field = document.querySelector('textarea[data-testid=text]');"
    " if (field) {{ field.focus(); field.setSelectionRange({0}, {1}); }} }}"
)


class Page(Protocol):
    """The field above."""

    def typed(self) -> str:
        """The text as it stands there."""


def told(key: str, /, **facts: object) -> str:
    """The sentence of `key` in section "looking". Raises KeyError for a key that is not there."""
    speak()
    return wording.say(f"looking.{key}", **facts)


def sentence(concern: Concern) -> str:
    """What is to be looked at, and what to mend."""
    speak()
    return wording.say(f"warning.{concern.code.value}", **concern.facts)


def excerpt(text: str, concern: Concern) -> str:
    """The words it is about, with a little around them."""
    start, end = max(0, concern.start - AROUND), min(len(text), concern.end + AROUND)
    words = " ".join(text[start:end].split())
    return f"{'…' if start else ''}{words}{'…' if end < len(text) else ''}"


def selected(typed: str, text: str, concern: Concern) -> tuple[int, int]:
    """Where the browser finds it: in its own units, in the text as it was typed."""
    words = text[concern.start : concern.end]
    start = concern.start if typed[concern.start : concern.end] == words else max(0, typed.find(words))
    before = len(typed[:start].encode("utf-16-le", "surrogatepass")) // 2
    return before, before + len(words.encode("utf-16-le", "surrogatepass")) // 2


def draw_warned(place: ui.element, text: str, found: tuple[Warned, ...]) -> None:
    """For whoever decides on it: what was warned about, and with what reason the writer let it stand."""
    kept = unicodedata.normalize("NFC", text)
    once = {w.concern.key: w for w in reversed(found)}
    place.clear()
    with place:
        if once:
            tagged("h3", told("for-decider"))
        for warned in reversed(once.values()):
            concern, answer = warned.concern, warned.answer
            with ui.element("div").classes("loa-notice").mark(f"warned warned-{concern.code.value}"):
                ui.label(sentence(concern)).classes("loa-strong")
                if concern.end:
                    ui.label(told("where", words=excerpt(kept, concern))).classes("loa-dim")
                if answer is None:
                    ui.label(told("unanswered-by-writer"))
                else:
                    ui.label(told("answered", reason=answer.reason, name=answer.by_name, at=moment(answer.at)))


class Warnings:
    """Looked for anew whenever the bulletin was saved; `beside` tells next to the hand-in button how many are open."""

    def __init__(self, visit: Visit, bulletin: Bulletin, page: Page, beside: ui.link) -> None:
        self._visit, self._id, self._page, self._beside = visit, bulletin.id, page, beside
        self._looking, self._again = False, False
        self._shown: object = None
        self._text = ""
        self._drafts: dict[str, str] = {}
        """Reasons being typed: key > words."""
        with ui.element("div").classes("loa-result").mark("warnings").props("data-testid=warnings id=warnings") as root:
            self._root = root
            tagged("h2", told("title"))
            self._hint = ui.label().classes("loa-dim loa-small").mark("warnings-hint").props("role=status")
            self._list = ui.element("div").classes("loa-result").props("role=list")
            self._wrong = ui.label().classes("loa-wrong").mark("warnings-error")
            self._wrong.props("role=alert data-testid=warnings-error")
        ui.timer(0, self.refresh, once=True)

    async def refresh(self) -> None:
        """Look again; while that lasts, whoever asks is answered by one more look."""
        self._again = True
        if self._looking:
            return
        self._looking = True
        try:
            while self._again:
                self._again = False
                async with asking(self._wrong.set_text):
                    text = self._page.typed()
                    found = await self._visit.office.warnings(self._visit.actor, self._id, text)
                    self._show(unicodedata.normalize("NFC", text), found)
        finally:
            self._looking = False

    def _show(self, text: str, found: tuple[Warned, ...]) -> None:
        self._text = text
        once = tuple({w.concern.key: w for w in reversed(found)}.values())[::-1]  # the same words are answered once
        seen = tuple((w, excerpt(text, w.concern)) for w in once)
        if seen == self._shown or self._root.is_deleted:
            return
        self._shown = seen
        unanswered = sum(w.answer is None for w in once)
        self._hint.set_text(told("hint") if once else told("none"))
        self._beside.set_text(told("count", count=unanswered))
        self._beside.visible = unanswered > 0
        self._wrong.set_text("")
        self._list.clear()
        with self._list:
            for warned in once:
                self._item(warned)

    def _item(self, warned: Warned) -> None:
        concern, key = warned.concern, warned.concern.key
        may = self._visit.actor.may(Action.WRITE)
        with (
            ui.element("div")
            .classes("loa-notice")
            .style("width: 100%")
            .mark(f"warning warning-{concern.code.value}") as item
        ):
            item.props(f"role=listitem data-testid=warning-{concern.code.value}")
            if warned.answer is not None:
                answer = warned.answer
                tagged("s", sentence(concern)).classes("loa-dim")
                ui.label(told("answered", reason=answer.reason, name=answer.by_name, at=moment(answer.at)))
                if may:
                    button = ui.button(told("drop"), on_click=lambda: self._answer(key, "")).mark("warning-drop")
                    button.props("flat no-caps data-testid=warning-drop")
                return
            ui.label(sentence(concern)).classes("loa-strong")
            if concern.end:
                ui.label(told("where", words=excerpt(self._text, concern))).classes("loa-dim")
            form = ui.element("div").style("width: 100%")
            with ui.element("div").classes("loa-actions") as actions:
                if concern.end:
                    go = ui.button(told("go"), icon="my_location", on_click=lambda: self._go(concern)).mark(
                        "warning-go"
                    )
                    go.props("flat no-caps data-testid=warning-go")
                if may:
                    keep = ui.button(told("keep"), on_click=lambda: self._ask(key, form, actions))
                    keep.props("outline no-caps data-testid=warning-keep").mark("warning-keep")
            if key in self._drafts:
                self._ask(key, form, actions)

    def _go(self, concern: Concern) -> None:
        first, last = selected(self._page.typed(), self._text, concern)
        ui.run_javascript(_SELECT.format(json.dumps(first), json.dumps(last)))

    def _ask(self, key: str, form: ui.element, actions: ui.element) -> None:
        """The field for a reason, in the place of the buttons."""

        def cancel() -> None:
            self._drafts.pop(key, None)
            form.clear()
            actions.visible = True

        self._drafts.setdefault(key, "")
        actions.visible = False
        form.clear()
        with form:
            field = ui.input(told("reason"), value=self._drafts[key]).mark("warning-reason").style("width: 100%")
            field.on_value_change(lambda e: self._drafts.update({key: e.value or ""}))
            field.props(f"outlined dense autofocus maxlength={REASON_LENGTH.stop - 1} data-testid=warning-reason")
            field.on("keydown.enter", lambda: self._give(key, field.value))
            with ui.element("div").classes("loa-actions"):
                save = ui.button(told("save"), on_click=lambda: self._give(key, field.value))
                save.props("unelevated no-caps data-testid=warning-save").mark("warning-save")
                ui.button(told("cancel"), on_click=cancel).props("flat no-caps").mark("warning-cancel")

    async def _give(self, key: str, reason: str | None) -> None:
        try:
            kept = clean_reason(reason or "")  # an empty one would take a reason back
        except Refusal as no:
            self._wrong.set_text(refusal(no))
        else:
            await self._answer(key, kept)

    async def _answer(self, key: str, reason: str) -> None:
        self._wrong.set_text("")
        async with asking(self._wrong.set_text):
            await self._visit.office.answer_warning(await self._visit.me(), self._id, key, reason)
            self._drafts.pop(key, None)
        if not self._wrong.text:
            await self.refresh()

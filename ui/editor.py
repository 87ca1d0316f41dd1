"""Writing a bulletin. What is typed is kept at once in the browser, then by the office; nothing typed is ever lost."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from fastapi.responses import RedirectResponse
from nicegui import app, events, ui

from broadcast.domain.bulletins import TITLE_LENGTH, Bulletin
from broadcast.domain.people import Action
from broadcast.domain.refusals import Refusal
from devices.vocabulary import AreaId
from ui.bulletin_view import draw_bulletin
from ui.fields import FieldsPanel
from ui.foretold import LengthLine
from ui.hearing import phrase
from ui.life import LifeStrip
from ui.looking import Warnings
from ui.placing import Placing
from ui.reading_pane import ReadingPane
from ui.session import LoggedOut, Panel, Visit, log
from ui.sound import SoundDesk
from ui.theme import heading, show
from ui.words import number, refusal, say

QUIET_S: Final = 0.8
"""Typing has paused this long when it is saved."""
LONGEST_S: Final = 5.0
"""It is saved after this even when typing does not pause."""
DRAFTS_KEY: Final = "drafts"
"""In the person's storage on the server: what the office would not take."""


def register(panel: Panel) -> None:
    """The page at /bulletins/{id}."""

    @ui.page("/bulletins/{bulletin_id:int}")
    async def editor(bulletin_id: int) -> RedirectResponse | None:
        return await show(panel, "bulletins", lambda visit: _draw(visit, bulletin_id), needs=Action.SEE_BULLETINS)


async def _draw(visit: Visit, bulletin_id: int) -> None:
    if not visit.actor.may(Action.WRITE):
        await draw_bulletin(visit, bulletin_id)
        return
    bulletin = (await visit.office.bulletin(visit.actor, bulletin_id)).bulletin

    async def flush() -> bool:
        return await page.flush() and await fields.flush()

    def meant(areas: tuple[AreaId, ...]) -> None:
        placing.intend(areas)

    with ui.element("div").classes("loa-desk"):
        with ui.element("section").classes("loa-panel loa-write"):
            heading(say("editor"))
            life = LifeStrip(visit, bulletin_id, flush)
            page = Autosave(visit, bulletin)
            foretold = LengthLine(visit, bulletin_id, page.typed, lambda: sound.picker.choice)
            warnings = Warnings(visit, bulletin, page, life.unanswered)
            ReadingPane(visit, bulletin, page)
            fields = FieldsPanel(visit, bulletin, meant)
        with ui.element("section").classes("loa-panel loa-sound"):
            sound = SoundDesk(visit, bulletin, page.flush)
        with ui.element("section").classes("loa-panel loa-placing"):
            placing = Placing(visit, bulletin_id, flush, life.submit)

    async def hurry(event: events.GenericEventArguments) -> None:
        if isinstance(event.args, str):  # what was typed in the last moment is still on its way
            page.text.set_value(event.args)
        await sound.listen()

    page.text.on("keydown.ctrl.enter.prevent", hurry, js_handler="(e) => emit(e.target.value)")
    page.title.on("keydown.ctrl.enter.prevent", sound.listen)

    async def redraw() -> None:
        fresh = (await visit.office.bulletin(visit.actor, bulletin_id)).bulletin
        sound.show(fresh)
        fields.show(fresh)
        await life.refresh()
        foretold.again()
        await placing.refresh()
        await warnings.refresh()

    page.saved = redraw
    await placing.refresh()
    await fields.offer()
    await life.refresh()
    visit.redraws.append(redraw)


@dataclass(frozen=True)
class _Words:
    title: str
    text: str


async def _nothing() -> None:
    pass


class Autosave:
    """The two fields and what became of what was typed in them."""

    def __init__(self, visit: Visit, bulletin: Bulletin) -> None:
        self._visit = visit
        self._bulletin = bulletin.id
        self._held = _Words(bulletin.title, bulletin.text)
        """What the office has."""
        self._updated_ms = bulletin.updated_at.timestamp() * 1000
        self._typed_at: float | None = None
        self._unsaved_since: float | None = None
        self._saving = asyncio.Lock()
        self.saved: Callable[[], Awaitable[None]] = _nothing
        rest = self._rest()
        key = f"{visit.actor.id}-{bulletin.id}"
        self._keys = {f"{key}-title": "title", f"{key}-text": "text"}
        self.title = ui.input(say("title"), value=rest.title, on_change=self._typed).classes("loa-title-field")
        self.title.props(f'outlined maxlength={TITLE_LENGTH} data-draft="{key}-title" data-testid=title').mark("title")
        self.text = ui.textarea(say("text"), value=rest.text, placeholder=say("text-placeholder"))
        self.text.on_value_change(self._typed).classes("loa-text-field").mark("text")
        self.text.props(f'outlined autogrow debounce=200 data-draft="{key}-text" data-testid=text')
        with ui.element("div").classes("loa-under"):
            self._count = ui.label().classes("loa-dim").mark("text-count").props("data-testid=text-count")
            self._status = ui.label().classes("loa-dim").mark("save-state")
            self._status.props("data-testid=save-state role=status")
        self._notices = ui.element("div")
        self._count_words()
        ui.on("loaDraft", self._found)
        ui.run_javascript(f"loaDraft.offer({json.dumps(list(self._keys))})")
        ui.timer(0.25, self._tick)
        if rest != self._held:
            self._typed()
            self._status.set_text(say("draft-restored"))

    def typed(self) -> str:
        """The text as it stands in its field."""
        return self.text.value or ""

    async def flush(self) -> bool:
        """Save now what is not saved; whether the office has all that is typed."""
        async with self._saving:
            words = self._words()
            if words == self._held:
                self._typed_at = self._unsaved_since = None
                return True
            self._typed_at = None
            try:
                kept = await self._visit.office.save(await self._visit.me(), self._bulletin, words.title, words.text)
            except LoggedOut:
                self._keep(words)
                return False
            except Refusal as no:
                self._refused(words, refusal(no))
                return False
            except Exception:  # noqa: BLE001 - whatever it was, what was typed is kept and the person told
                log.exception("a bulletin could not be saved")
                self._refused(words, say("unexpected"))
                return False
            self._unsaved_since = None
            self._held = words
            self._drafts(None)
            for key, field in self._keys.items():
                ui.run_javascript(f"loaDraft.saved({json.dumps(key)}, {json.dumps(getattr(words, field))})")
            self._updated_ms = kept.updated_at.timestamp() * 1000
            local = kept.updated_at.astimezone(ZoneInfo(self._visit.office.zone))
            self._status.set_text(say("saved-at", time=f"{local:%H:%M:%S}"))
            self._status.classes(remove="loa-wrong")
        await self.saved()
        return True

    def _words(self) -> _Words:
        return _Words(self.title.value or "", self.text.value or "")

    def _typed(self) -> None:
        now = asyncio.get_running_loop().time()
        self._typed_at = now
        self._unsaved_since = self._unsaved_since or now
        self._status.set_text(say("saving"))
        self._count_words()

    async def _tick(self) -> None:
        if self._typed_at is None or self._unsaved_since is None:
            return
        now = asyncio.get_running_loop().time()
        if now - self._typed_at >= QUIET_S or now - self._unsaved_since >= LONGEST_S:
            await self.flush()

    def _refused(self, words: _Words, sentence: str) -> None:
        self._keep(words)
        self._status.set_text(say("not-saved", why=sentence))
        self._status.classes(add="loa-wrong")

    def _keep(self, words: _Words) -> None:
        self._drafts({"title": words.title, "text": words.text})

    def _drafts(self, draft: dict[str, str] | None) -> None:
        kept: dict[str, Any] = dict(app.storage.user.get(DRAFTS_KEY, {}))
        name = str(self._bulletin)
        if draft is None and name not in kept:
            return
        if draft is None:
            del kept[name]
        else:
            kept[name] = draft
        app.storage.user[DRAFTS_KEY] = kept

    def _rest(self) -> _Words:
        draft = app.storage.user.get(DRAFTS_KEY, {}).get(str(self._bulletin))
        return _Words(draft["title"], draft["text"]) if draft else self._held

    def _found(self, event: events.GenericEventArguments) -> None:
        """The browser holds what may never have reached us: it is put back, and saved like anything typed."""
        field = self._keys.get(str(event.args.get("key")))
        value = event.args.get("value")
        if field is None or not isinstance(value, str):
            return
        if value == getattr(self._held, field):
            ui.run_javascript(f"loaDraft.saved({json.dumps(event.args['key'])}, {json.dumps(value)})")
            return
        if float(event.args.get("at") or 0) < self._updated_ms:
            self._offer_older(event.args["key"], field, value)
            return
        self._restore(field, value)

    def _restore(self, field: str, value: str) -> None:
        (self.title if field == "title" else self.text).set_value(value)
        self._status.set_text(say("draft-restored"))

    def _offer_older(self, key: str, field: str, value: str) -> None:
        """The bulletin was saved elsewhere after this was typed here: the person decides."""

        def drop() -> None:
            ui.run_javascript(f"loaDraft.saved({json.dumps(key)}, {json.dumps(value)})")
            notice.delete()

        def use() -> None:
            self._restore(field, value)
            notice.delete()

        with self._notices, ui.element("div").classes("loa-notice").mark("older-draft") as notice:
            ui.label(say("draft-older")).classes("loa-strong")
            ui.label(value[:200]).classes("loa-excerpt loa-dim")
            with ui.element("div").classes("loa-actions"):
                ui.button(say("draft-use"), on_click=use).props("outline no-caps")
                ui.button(say("draft-drop"), on_click=drop).props("flat no-caps")

    def _count_words(self) -> None:
        typed = self.typed()
        limit = self._visit.office.text_limit
        self._count.set_text(phrase("count", count=number(len(typed)), limit=number(limit)))
        self._count.classes(
            add="loa-wrong" if len(typed) > limit else "", remove="" if len(typed) > limit else "loa-wrong"
        )

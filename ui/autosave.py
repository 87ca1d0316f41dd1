"""What is typed is kept at once in the browser, then by the office; what others type is never written over."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Final
from zoneinfo import ZoneInfo

from nicegui import app, events, ui

from broadcast.domain.bulletins import TITLE_LENGTH, Bulletin, unfinished, unfinished_title
from broadcast.domain.merging import Words
from broadcast.domain.refusals import Refusal
from ui.conflict import Conflict
from ui.guiding import guiding
from ui.hearing import phrase
from ui.session import LoggedOut, Visit, log
from ui.words import number, refusal, say

QUIET_S: Final = 0.8
"""Typing has paused this long when it is saved."""
LONGEST_S: Final = 5.0
"""It is saved after this even when typing does not pause."""
ANSWER_S: Final = 5.0
"""As long a browser may take to say whether somebody is typing in it."""
DRAFTS_KEY: Final = "drafts"
"""In the person's storage on the server: what the office would not take."""


async def _nothing() -> None:
    pass


class Autosave:
    """The two fields and what became of what was typed in them."""

    def __init__(self, visit: Visit, bulletin: Bulletin) -> None:
        self._visit = visit
        self._bulletin = bulletin.id
        self._kept = Words(bulletin.title, bulletin.text)
        """What the office had when what stands here was begun."""
        self._held = self._kept
        """What stood here when it was saved last: the same, but for spaces that the office does not keep."""
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
            self._status.props["data-lost"] = guiding("lost-unsaved")
        self._notices = ui.element("div")
        self._conflict = Conflict(self._keep_mine, self._take_theirs)
        self._other, self._theirs = "", self._kept
        self._count_words()
        ui.on("loaDraft", self._found)
        ui.run_javascript(f"loaDraft.offer({json.dumps(list(self._keys))})")
        self._begin()
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
            if self._conflict.open:
                self._keep(words)
                return False
            if words == self._held:
                self._typed_at = self._unsaved_since = None
                return True
            self._typed_at = None
            try:
                me = await self._visit.me()
                kept = await self._visit.office.save(me, self._bulletin, words.title, words.text, self._kept)
            except LoggedOut:
                self._keep(words)
                return False
            except Refusal as no:
                self._refused(words, refusal(no))
                if no.code == "text-elsewhere":
                    await self._clash(words, str(no.facts["name"]))
                return False
            except Exception:  # noqa: BLE001 - whatever it was, what was typed is kept and the person told
                log.exception("a bulletin could not be saved")
                self._refused(words, say("unexpected"))
                return False
            await self._was_saved(words, kept)
        await self.saved()
        return True

    async def news(self, fresh: Bulletin) -> None:
        """The bulletin as it is now: what others wrote is taken in where nobody is typing here."""
        theirs = Words(fresh.title, fresh.text)
        if self._saving.locked() or theirs == self._kept:
            return
        async with self._saving:
            if self._conflict.open:
                self._theirs = theirs
                self._conflict.show(self._other, theirs, self._words())
            elif self._words() == self._held:
                await self._take_in(theirs, fresh)

    async def _was_saved(self, words: Words, kept: Bulletin) -> None:
        self._unsaved_since = None
        self._held, self._kept = words, Words(kept.title, kept.text)
        self._drafts(None)
        self._saved_in_browser(words)
        self._updated_ms = kept.updated_at.timestamp() * 1000
        local = kept.updated_at.astimezone(ZoneInfo(self._visit.office.zone))
        self._status.set_text(say("saved-at", time=f"{local:%H:%M:%S}"))
        self._status.classes(remove="loa-wrong")
        limit = self._visit.office.text_limit
        if self._kept != Words(unfinished_title(words.title), unfinished(words.text, limit)):
            await self._take_in(self._kept, kept)  # with it, what somebody else wrote in the other field

    async def _take_in(self, theirs: Words, fresh: Bulletin) -> None:
        """Put others' words into the fields, if they are still as we know them; what can be undone there stays so."""
        here = self._words()
        fields = [[name, getattr(here, name), getattr(theirs, name)] for name in ("title", "text")]
        try:
            taken = await self._visit.client.run_javascript(f"loaText.take({json.dumps(fields)})", timeout=ANSWER_S)
        except TimeoutError:
            return
        if not taken:  # somebody is typing: it is joined when that is saved
            return
        self._held = self._kept = theirs
        self._updated_ms = fresh.updated_at.timestamp() * 1000
        self.title.set_value(theirs.title)
        self.text.set_value(theirs.text)
        self._saved_in_browser(theirs)

    async def _clash(self, mine: Words, name: str) -> None:
        fresh = (await self._visit.office.bulletin(self._visit.actor, self._bulletin)).bulletin
        self._other, self._theirs = name, Words(fresh.title, fresh.text)
        self._conflict.show(name, self._theirs, mine)

    async def _keep_mine(self) -> None:
        """What stands here is to hold, and the person has seen what it replaces."""
        self._conflict.close()
        self._held = self._kept = self._theirs
        await self.flush()

    async def _take_theirs(self) -> None:
        self._conflict.close()
        mine, self._held, self._kept = self._words(), self._theirs, self._theirs
        self.title.set_value(self._theirs.title)
        self.text.set_value(self._theirs.text)
        self._drafts(None)
        self._saved_in_browser(mine)
        self._status.set_text("")
        self._status.classes(remove="loa-wrong")
        await self.saved()

    def _saved_in_browser(self, words: Words) -> None:
        for key, field in self._keys.items():
            self._visit.client.run_javascript(f"loaDraft.saved({json.dumps(key)}, {json.dumps(getattr(words, field))})")
        self._begin()

    def _begin(self) -> None:
        began = {key: getattr(self._kept, field) for key, field in self._keys.items()}
        self._visit.client.run_javascript(f"loaDraft.begin({json.dumps(began)})")

    def _words(self) -> Words:
        return Words(self.title.value or "", self.text.value or "")

    def _typed(self) -> None:
        now = asyncio.get_running_loop().time()
        self._typed_at = now
        self._unsaved_since = self._unsaved_since or now
        if not self._conflict.open:
            self._status.set_text(say("saving"))
        self._count_words()

    async def _tick(self) -> None:
        if self._typed_at is None or self._unsaved_since is None:
            return
        now = asyncio.get_running_loop().time()
        if now - self._typed_at >= QUIET_S or now - self._unsaved_since >= LONGEST_S:
            if self._conflict.open:
                self._typed_at = None
                self._conflict.show(self._other, self._theirs, self._words())
            await self.flush()

    def _refused(self, words: Words, sentence: str) -> None:
        self._keep(words)
        self._status.set_text(say("not-saved", why=sentence))
        self._status.classes(add="loa-wrong")

    def _keep(self, words: Words) -> None:
        began = {"began_title": self._kept.title, "began_text": self._kept.text}
        self._drafts({"title": words.title, "text": words.text, **began})

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

    def _rest(self) -> Words:
        """What was left here: with the words it was begun with, so that what others wrote since is not written over."""
        draft = app.storage.user.get(DRAFTS_KEY, {}).get(str(self._bulletin))
        if not draft:
            return self._held
        if "began_text" in draft:
            self._kept = Words(draft["began_title"], draft["began_text"])
        return Words(draft["title"], draft["text"])

    def _found(self, event: events.GenericEventArguments) -> None:
        """The browser holds what may never have reached us: it is put back, and saved like anything typed."""
        field = self._keys.get(str(event.args.get("key")))
        value, began = event.args.get("value"), event.args.get("began")
        if field is None or not isinstance(value, str):
            return
        if value == getattr(self._held, field):
            ui.run_javascript(f"loaDraft.saved({json.dumps(event.args['key'])}, {json.dumps(value)})")
            return
        if isinstance(began, str):
            self._kept = replace(self._kept, **{field: began})
        elif float(event.args.get("at") or 0) < self._updated_ms:
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

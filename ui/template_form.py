"""The page on which a template is written, saved as the area's own, and what others do to it meanwhile."""

import json
from dataclasses import replace
from functools import partial
from typing import Any, Final

from nicegui import app, events, ui
from nicegui.elements.mixins.validation_element import ValidationElement

from broadcast.domain.refusals import Refusal
from broadcast.domain.template_flaws import NAME_LENGTH, TEXT_LENGTH, Flawed
from broadcast.domain.template_writing import Written, written
from broadcast.newsroom.template_types import TemplateView, Whence
from devices.vocabulary import AreaId
from ui import template_drafts
from ui.session import Visit, asking, tell
from ui.template_conflict import TemplateConflict
from ui.template_sheet import BROWSER, Sheet
from ui.template_ways import ask_restore, edit_address, list_address
from ui.template_words import restore_told, told
from ui.theme import heading
from ui.words import moment, refusal

SAVED: Final = "template-saved"
"""In the person's storage: the name of one that was saved, told on the page that comes next."""
LAST_MOMENT: Final = "(e) => emit(e.target.value)"
ANOTHER: Final = "another"
"""A state that no template has: what was begun with something else is told before it is saved."""


async def draw_form(visit: Visit, area: AreaId, id_: str) -> None:
    """One that an area has, to be edited. Raises Refusal."""
    view = await visit.office.forms.template(visit.actor, area, id_)
    form = TemplateForm(visit, area, view.area_name, id_, view, written(view.line.template))
    if (saved := app.storage.user.pop(SAVED, None)) is not None:
        tell(told("saved", name=saved))
    await form.news()
    visit.redraws.append(form.news)


async def draw_new(visit: Visit, area: AreaId, like: str) -> None:
    """A new one, begun with another where that is said. Raises Refusal."""
    forms = visit.office.forms
    name = (await forms.templates(visit.actor, area)).area_name
    base = Written()
    if like:
        base = written((await forms.template(visit.actor, area, like)).line.template)
        base = replace(base, name=told("copy-name", name=base.name)[:NAME_LENGTH])
    TemplateForm(visit, area, name, "", None, base)


class TemplateForm:
    """The page. `view` None: a new one. `base` is what it began with."""

    def __init__(
        self, visit: Visit, area: AreaId, area_name: str, id_: str, view: TemplateView | None, base: Written
    ) -> None:
        self._visit, self._area, self._area_name, self._id = visit, area, area_name, id_
        self._view, self._base = view, base
        self._began = view.state if view else ""
        self._draft = f"{visit.actor.id}/{area}/{id_}"
        self._gone = False
        self._sheet = Sheet(self._key, self._changed)
        self._head()
        self._notices = ui.element("div")
        self._conflict = TemplateConflict(self._keep_mine, self._take_theirs)
        with ui.element("div").classes("loa-desk loa-template-desk"):
            with ui.element("section").classes("loa-panel loa-write"):
                self._sheet.draw_words()
                self._foot()
            with ui.element("section").classes("loa-panel loa-placing loa-template-preview"):
                self._sheet.draw_preview()
        left = template_drafts.kept(self._draft)
        if left is not None and left[0] != base:
            self._began = left[1]
            self._sheet.fill(left[0])
            self._offer_drop()
        else:
            self._sheet.fill(base)
        ui.on("loaDraft", self._found)
        self._begin()
        ui.run_javascript(f"loaDraft.offer({json.dumps([self._key(part) for part in BROWSER])})")

    def _head(self) -> None:
        with ui.element("div").classes("loa-top"):
            view = self._view
            own = view is not None and view.state != "" and not view.line.hidden
            word = "heading-new" if view is None else "heading-own" if own else "heading-from"
            heading(told(word, area=self._area_name), self._hint())
            with ui.element("div").classes("loa-actions"):
                if own and view is not None:
                    back = ui.button(restore_told(view.beneath), icon="undo", on_click=self._ask_restore)
                    back.props("outline no-caps data-testid=template-restore").mark("template-restore")
                ui.link(told("back"), list_address(self._area)).classes("loa-strong").mark("to-templates")

    def _hint(self) -> str:
        if self._view is None:
            return ""
        line = self._view.line
        if line.hidden:
            return told("hint-hidden", area=self._area_name)
        if line.whence is not Whence.AREA or line.at is None:
            return told(f"hint-{line.whence.value}", area=self._area_name)
        if line.area == self._area:
            return told("hint-own", name=line.by_name, at=moment(line.at))
        return told("hint-above", above=line.area_name, area=self._area_name)

    def _foot(self) -> None:
        self._wrong = ui.label().classes("loa-wrong").props("role=alert data-testid=template-wrong")
        self._wrong.mark("template-wrong")
        with ui.element("div").classes("loa-actions"):
            own = self._view is None or self._view.line.area == self._area
            button = ui.button(told("save" if own else "save-own"), icon="check", on_click=self._save)
            button.props("unelevated no-caps data-testid=template-save").mark("template-save").classes("loa-primary")
            for made in self._sheet.typed().values():
                made.on("keydown.ctrl.enter.prevent", partial(self._hurry, made), js_handler=LAST_MOMENT)
            self._status = ui.label().classes("loa-dim").props("role=status data-testid=template-state")
            self._status.mark("template-state")

    def _key(self, part: str) -> str:
        return f"template-{self._draft}-{part}"

    def _changed(self) -> None:
        what = self._sheet.read()
        if what == self._base:
            template_drafts.drop(self._draft)
            self._status.set_text("")
        else:
            template_drafts.keep(self._draft, what, self._began)
            self._status.set_text(told("kept"))
            self._let_go()

    async def _hurry(self, made: ValidationElement[Any], event: events.GenericEventArguments) -> None:
        if isinstance(event.args, str):  # what was typed in the last moment is still on its way
            made.set_value(event.args)
        await self._save()

    async def _save(self) -> None:
        self._sheet.commit()
        self._wrong.set_text("")
        what = self._sheet.read()
        forms = self._visit.office.forms
        self._gone = True  # what the bell tells from here on is our own doing
        async with asking(self._wrong.set_text):
            try:
                me = await self._visit.me()
                id_ = await forms.save_template(me, self._area, self._id, what, self._began)
            except Flawed as no:
                self._gone = False
                self._sheet.blame(no.found)
                self._wrong.set_text(refusal(no))
                return
            except Refusal as no:
                self._gone = False
                if no.code in {"template-elsewhere", "template-gone"}:
                    await self._clash(refusal(no))
                    return
                raise
            self._forget()
            app.storage.user[SAVED] = " ".join(what.name.split())
            ui.navigate.to(edit_address(self._area, id_))

    def _forget(self) -> None:
        """What stands here is not news any more, neither to us nor to the browser."""
        template_drafts.drop(self._draft)
        self._let_go()

    def _let_go(self) -> None:
        """The browser need not keep what we have."""
        typed = {self._key(part): made.value or "" for part, made in self._sheet.typed().items()}
        script = f"Object.entries({json.dumps(typed)}).forEach(([key, value]) => loaDraft.saved(key, value))"
        self._visit.client.run_javascript(script)

    def _begin(self) -> None:
        began = {self._key(part): getattr(self._base, part) for part in BROWSER}
        ui.run_javascript(f"loaDraft.begin({json.dumps(began)})")

    def _found(self, event: events.GenericEventArguments) -> None:
        """The browser holds what may never have reached us."""
        parts = {self._key(part): (part, made) for part, made in self._sheet.typed().items()}
        part, made = parts.get(str(event.args.get("key")), ("", None))
        value = event.args.get("value")
        if made is None or not isinstance(value, str) or len(value) > TEXT_LENGTH or value == made.value:
            return
        if event.args.get("began") != getattr(self._base, part):
            self._began = ANOTHER
        made.set_value(value)
        self._offer_drop()

    def _offer_drop(self) -> None:
        self._notices.clear()
        with self._notices, ui.element("div").classes("loa-notice").mark("draft-restored"):
            ui.label(told("restored-draft"))
            button = ui.button(told("drop-draft"), on_click=self._drop).props("outline no-caps")
            button.props("data-testid=drop-draft").mark("drop-draft")

    def _drop(self) -> None:
        self._forget()
        ui.navigate.reload()

    async def _ask_restore(self) -> None:
        async with asking():
            if self._view is not None:
                await ask_restore(self._visit, self._area, self._view.line, self._restore)

    async def _restore(self) -> None:
        async with asking():
            await self._visit.office.forms.restore_template(
                await self._visit.me(), self._area, self._id, self._view.state if self._view else ""
            )
            self._forget()
            self._gone = True
            ui.navigate.to(list_address(self._area))

    async def news(self) -> None:
        """Somebody has changed it meanwhile: shown at once where nothing is written here, told where something is."""
        if self._gone or self._conflict.open:
            return
        fresh = await self._fresh()
        if (fresh.state if fresh else "") == self._began:
            return
        if self._sheet.read() == self._base:
            self._gone = True
            ui.navigate.reload()
            return
        name = fresh.line.by_name if fresh and fresh.state else ""
        no = Refusal("template-elsewhere", name=name) if name else Refusal("template-gone")
        self._conflict.show(refusal(no), fresh)

    async def _fresh(self) -> TemplateView | None:
        try:
            return await self._visit.office.forms.template(self._visit.actor, self._area, self._id)
        except Refusal as no:
            if no.code == "no-such-template":
                return None
            raise

    async def _clash(self, sentence: str) -> None:
        self._conflict.show(sentence, await self._fresh())

    async def _keep_mine(self, theirs: TemplateView | None) -> None:
        """What stands here is to hold; where theirs is gone altogether, as a new one."""
        self._began = theirs.state if theirs else ""
        if theirs is None:
            self._id = ""
        await self._save()

    def _take_theirs(self, theirs: TemplateView | None) -> None:
        self._forget()
        self._gone = True
        ui.navigate.to(edit_address(self._area, self._id) if theirs else list_address(self._area))

"""The part of the little office in which templates are edited: in memory, with the same refusals."""

from pathlib import Path
from typing import Any

from broadcast.domain.people import Action, Actor, require
from broadcast.domain.refusals import Refusal
from broadcast.domain.template_flaws import flaws
from broadcast.domain.template_writing import Written, finished
from broadcast.domain.templates import Template
from broadcast.newsroom.newsroom_data import load_templates
from broadcast.newsroom.template_books import offered
from broadcast.newsroom.template_types import TemplateLine, TemplateList, TemplateView, Whence
from devices.vocabulary import AreaId, slug


class LittleTemplates:
    """As `TemplateOffice`. `own`: what each area says itself."""

    def __init__(self, little: Any) -> None:
        self._little = little
        self.own: dict[tuple[AreaId, str], TemplateLine] = {}

    def held(self, path: tuple[AreaId, ...]) -> dict[str, TemplateLine]:
        found = {t.id: TemplateLine(t, Whence.SHIPPED) for t in load_templates(Path("nowhere"))[0]}
        for area in reversed(path):
            for (home, id_), line in self.own.items():
                if home == area:
                    found[id_] = line
        return found

    def offered(self, actor: Actor) -> tuple[Template, ...]:
        return offered(self.held(self._path(actor.where(Action.WRITE)[0])).values())

    def state(self, area: AreaId, id_: str) -> str:
        line = self.own.get((area, id_))
        return "" if line is None else repr((line.template, line.hidden))

    def put(self, actor: Actor, area: AreaId, template: Template, *, hidden: bool = False) -> None:
        little = self._little
        name, now = little.tree().get(area).name, little.time()
        self.own[area, template.id] = TemplateLine(
            template, Whence.AREA, area, name, actor.name, now, hidden, not hidden and bool(flaws(template))
        )
        little.bell.ring()

    async def templates(self, actor: Actor, area: AreaId) -> TemplateList:
        self._may(actor, area)
        lines = sorted(self.held(self._path(area)).values(), key=lambda x: slug(x.template.name))
        return TemplateList(area, self._little.tree().get(area).name, tuple(lines))

    async def template(self, actor: Actor, area: AreaId, id_: str) -> TemplateView:
        self._may(actor, area)
        path = self._path(area)
        held = self.held(path)
        if id_ not in held:
            raise Refusal("no-such-template")
        name = self._little.tree().get(area).name
        return TemplateView(area, name, held[id_], self.state(area, id_), self.held(path[1:]).get(id_))

    async def save_template(self, actor: Actor, area: AreaId, id_: str, what: Written, began: str) -> str:
        self._may(actor, area)
        self._little._may("save_template")
        key = id_ or slug(what.name)
        made = finished(key, what)
        self._unchanged(area, key, began)
        self.put(actor, area, made)
        return key

    async def hide_template(self, actor: Actor, area: AreaId, id_: str, began: str) -> None:
        self._may(actor, area)
        self._unchanged(area, id_, began)
        self.put(actor, area, self.held(self._path(area))[id_].template, hidden=True)

    async def restore_template(self, actor: Actor, area: AreaId, id_: str, began: str) -> None:
        self._may(actor, area)
        self._unchanged(area, id_, began)
        del self.own[area, id_]
        self._little.bell.ring()

    def _path(self, area: AreaId) -> tuple[AreaId, ...]:
        path: tuple[AreaId, ...] = self._little.tree().path(area)
        return path

    def _may(self, actor: Actor, area: AreaId) -> None:
        require(actor, Action.EDIT_TEMPLATES, (area,), self._little.tree())

    def _unchanged(self, area: AreaId, id_: str, began: str) -> None:
        if self.state(area, id_) == began:
            return
        line = self.own.get((area, id_))
        raise Refusal("template-elsewhere", name=line.by_name) if line else Refusal("template-gone")

"""The part of the little office in which bulletins are begun from templates and documents."""

import asyncio
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from broadcast.domain.bulletins import Bulletin
from broadcast.domain.concerns import Answer, Warned
from broadcast.domain.documents import Imported
from broadcast.domain.people import Actor
from broadcast.domain.refusals import Refusal
from broadcast.domain.templates import Template
from broadcast.domain.warnings import Look, clean_reason, look
from broadcast.newsroom.newsroom_data import load_cues
from devices.vocabulary import AreaId
from tests.ui.little_templates import LittleTemplates

COMMUNE = AreaId("xa-thanh-duc-25657")
CUES = load_cues(Path("nowhere"))


class LittleDesk:
    @cached_property
    def forms(self) -> LittleTemplates:
        return LittleTemplates(self)

    async def templates(self: Any, actor: Actor) -> tuple[Template, ...]:
        found: tuple[Template, ...] = self.forms.offered(actor)
        return found

    async def from_template(self: Any, actor: Actor, template: str, values: Mapping[str, str]) -> Bulletin:
        found = next(t for t in await self.templates(actor) if t.id == template)
        filled = found.fill(values)
        made: Bulletin = await self.draft(actor, filled.title, filled.text)
        return made

    async def warnings(self: Any, _: Actor, key: int, text: str) -> tuple[Warned, ...]:
        self._may("warnings")
        book = self.books[key]
        found = look(Look(text, date(2026, 11, 25), book.valid_until, (COMMUNE,)), CUES, self.tree())
        return tuple(Warned(c, self.answers.get((key, c.key))) for c in found)

    async def answer_warning(self: Any, actor: Actor, key: int, concern: str, reason: str) -> None:
        self._may("answer_warning")
        if reason:
            self.answers[key, concern] = Answer(clean_reason(reason), actor.name, self.time())
        else:
            del self.answers[key, concern]
        self.bell.ring()

    async def take_in(self: Any, _: Actor, name: str, file: Path) -> Imported:
        self._may("take_in")
        content = await asyncio.to_thread(file.read_bytes)
        if content.startswith(b"\xd0\xcf"):
            raise Refusal("import-old-word")
        title, *rest = content.decode().splitlines()
        return Imported(title, "\n".join(x for x in rest if "Nơi nhận" not in x), ("Nơi nhận:",), name)

"""The part of the little office that leads a bulletin through its life: nothing waits in it."""

from dataclasses import fields
from typing import Any

from broadcast.areas_data import load_tree
from broadcast.domain.finding import folded, wanted
from broadcast.domain.people import Action, Actor, require
from broadcast.newsroom.life_types import BulletinAsk, BulletinPage, LifeView
from broadcast.newsroom.office_life import LifeOffice

TREE = load_tree("tay-ninh-2024")


class LittleLife:
    def life(self: Any) -> LifeOffice:
        """Nothing waits here; pages of that are tried on a whole house."""

        async def view(_: Actor, key: int) -> LifeView:
            return LifeView(self.books[key], "", "", (), (), False, False, "", "", False)

        async def nothing(*_: object) -> tuple[()]:
            return ()

        calls: dict[str, Any] = dict.fromkeys((f.name for f in fields(LifeOffice)), nothing)
        return LifeOffice(**{**calls, "view": view})

    async def bulletins(self: Any, actor: Actor, ask: BulletinAsk) -> BulletinPage:
        self._may("bulletins")
        require(actor, Action.SEE_BULLETINS, (), TREE)
        newest = sorted(self.books.values(), key=lambda b: b.updated_at, reverse=True)
        found = [b for b in newest if all(word in folded(f"{b.title} {b.text}") for word in wanted(ask.words))]
        first = ask.page * ask.page_size
        return BulletinPage(tuple(self._view(b) for b in found[first : first + ask.page_size]), len(found))

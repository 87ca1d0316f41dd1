"""The part of the little office that leads a bulletin through its life: nothing waits in it."""

from dataclasses import fields
from typing import Any

from broadcast.domain.people import Actor
from broadcast.office_life import LifeOffice
from broadcast.view_types import LifeView


class LittleLife:
    def life(self: Any) -> LifeOffice:
        """Nothing waits here; pages of that are tried on a whole house."""

        async def view(_: Actor, key: int) -> LifeView:
            return LifeView(self.books[key], "", "", (), (), False, False, "", "", False)

        async def nothing(*_: object) -> tuple[()]:
            return ()

        calls: dict[str, Any] = dict.fromkeys((f.name for f in fields(LifeOffice)), nothing)
        return LifeOffice(**{**calls, "view": view})

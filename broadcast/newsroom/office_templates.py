"""The part of the office in which an area's templates are edited; the rules of `broadcast.office` hold."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from broadcast.domain.people import Actor
from broadcast.domain.template_writing import Written
from broadcast.newsroom.template_types import TemplateList, TemplateView
from devices.vocabulary import AreaId


@dataclass(frozen=True)
class TemplateOffice:
    """`began` is the state of the area's own that one has looked at: another's change is never written over."""

    templates: Callable[[Actor, AreaId], Awaitable[TemplateList]]
    """(actor, area): all it has, and where each comes from."""
    template: Callable[[Actor, AreaId, str], Awaitable[TemplateView]]
    """(actor, area, id). Refusal: no-such-template."""
    save_template: Callable[[Actor, AreaId, str, Written, str], Awaitable[str]]
    """(actor, area, id or "" for a new one, what, began): its id. Raises Flawed; Refusal: template-elsewhere."""
    hide_template: Callable[[Actor, AreaId, str, str], Awaitable[None]]
    """(actor, area, id, began): the one from above is not offered here and below. Refusal: template-own."""
    restore_template: Callable[[Actor, AreaId, str, str], Awaitable[None]]
    """(actor, area, id, began): what comes from above holds again; where nothing does, it is gone."""

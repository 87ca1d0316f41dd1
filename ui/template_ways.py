"""The addresses of the pages on which templates are edited, and the question before one's own is taken back."""

from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import quote, urlencode

from nicegui import ui

from broadcast.newsroom.template_types import TemplateLine
from devices.vocabulary import AreaId
from ui.session import Visit
from ui.template_words import restore_told, told
from ui.words import say

LIST: Final = "/templates"
NEW: Final = "/templates/new"
EDIT: Final = "/templates/edit"


def list_address(area: AreaId) -> str:
    """The list of an area."""
    return f"{LIST}?{urlencode({'area': area})}"


def new_address(area: AreaId, like: str = "") -> str:
    """A new one for an area, begun with another."""
    return f"{NEW}?{urlencode({'area': area} | ({'like': like} if like else {}))}"


def edit_address(area: AreaId, template: str) -> str:
    """One of them."""
    return f"{EDIT}/{quote(area)}/{quote(template)}"


async def ask_restore(visit: Visit, area: AreaId, line: TemplateLine, restore: Callable[[], Awaitable[None]]) -> None:
    """Ask once more, saying what will hold then; `restore` is what is done. Raises Refusal."""
    view = await visit.office.forms.template(visit.actor, area, line.template.id)
    word = restore_told(view.beneath)
    with visit.client, ui.dialog() as dialog, ui.card().classes("loa-dialog"):
        ui.label(word).classes("loa-strong")
        ui.label(told("restore-ask", name=line.template.name, area=view.area_name))

        async def yes() -> None:
            dialog.close()
            await restore()

        with ui.element("div").classes("loa-actions loa-end"):
            ui.button(say("cancel"), on_click=dialog.close).props("flat no-caps")
            sure = ui.button(word, icon="undo", on_click=yes).props("unelevated no-caps data-testid=restore-yes")
            sure.mark("restore-yes")
    dialog.on("hide", dialog.delete)
    dialog.open()

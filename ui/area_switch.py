"""One person with several areas looks at one of them, or at all: one touch, on every page, kept in this browser."""

from typing import Final

from nicegui import app, ui

from ui.session import Visit, area_key
from ui.words import say

BUTTONS: Final = 5
"""As many areas are buttons; more are a list."""
_ALL: Final = ""


def area_switch(visit: Visit) -> None:
    """Stands under the head of a page, for whoever holds more than one area."""
    areas = visit.standing.actor.areas
    if len(areas) < 2:  # noqa: PLR2004 - with one there is nothing to choose
        return
    names: dict[str, str] = {area: visit.accounts.area_name(area) for area in areas}
    chosen = visit.area or _ALL

    def look(area: str) -> None:
        key = area_key(visit.standing.actor)
        if area == _ALL:
            app.storage.user.pop(key, None)
        else:
            app.storage.user[key] = area
        ui.navigate.reload()

    with ui.element("div").classes("loa-switch").mark("area-switch") as strip:
        strip.props(f'role=group aria-label="{say("area-switch")}" data-testid=area-switch')
        ui.icon("place").props("aria-hidden=true")
        if len(areas) > BUTTONS:
            options = {_ALL: say("area-switch-all"), **names}
            field = ui.select(options, value=chosen, on_change=lambda event: look(event.value)).props("outlined dense")
            field.mark("area-switch-list").props(f'data-testid=area-switch-list aria-label="{say("area-switch")}"')
            return
        for area, name in {_ALL: say("area-switch-all"), **names}.items():
            pressed = area == chosen
            button = ui.button(name, on_click=lambda a=area: look(a)).props("flat no-caps dense")
            button.props(f"aria-pressed={'true' if pressed else 'false'} data-testid=area-switch-{area or 'all'}")
            button.mark(f"area-switch-{area or 'all'}").classes("loa-switch-on" if pressed else "")

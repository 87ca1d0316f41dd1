"""Stop everything in a commune at one touch, and undo it at one touch: told on every page while it holds."""

from dataclasses import dataclass

from nicegui import ui

from broadcast.agenda.air_types import HoldView
from broadcast.domain.people import Action
from devices.vocabulary import AreaId
from ui.airwords import air
from ui.board import Board
from ui.session import Visit, asking, tell, warn

BUTTONS = 4
"""Areas with a button of their own; where there are more, they are in a menu."""


@dataclass(frozen=True)
class Place:
    """Somewhere that can be stopped."""

    id: AreaId
    name: str


class HoldStrip:
    """What is silenced, on top of every page; pressed, it sounds again."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        place = ui.element("div").classes("loa-holds").props("role=status aria-live=polite").mark("holds")
        self._board: Board[HoldView] = Board(place, lambda h: h.area, lambda h: _Strip(visit, h))

    async def refresh(self) -> None:
        """Ask what is silenced."""
        self._board.show(await self._visit.office.holds(self._visit.actor))


class _Strip:
    """One area that is silenced."""

    def __init__(self, visit: Visit, view: HoldView) -> None:
        self._visit, self._view = visit, view
        with ui.element("div").classes("loa-hold").mark(f"hold-{view.area}") as self.root:
            self.root.props(f"data-testid=hold-{view.area}")
            ui.icon("volume_off").props("aria-hidden=true")
            with ui.element("div").classes("loa-hold-words"):
                self._what = ui.label().classes("loa-strong")
                self._more = ui.label().classes("loa-small")
            self._button = ui.button(air("release"), icon="play_circle", on_click=self._release)
            self._button.props(f"unelevated no-caps data-testid=release-{view.area}").mark(f"release-{view.area}")

    def show(self, view: HoldView) -> None:
        """Show it as it is now."""
        self._view = view
        self._what.set_text(air("held", area=view.area_name, until=view.until))
        told = [air("held-by", name=view.by_name, at=view.at)]
        told.append(
            air("held-silent", silent=view.silent, receivers=view.receivers) if view.sent else air("held-unsent")
        )
        if not view.theirs:
            told.append(air("held-above"))
        self._more.set_text(" · ".join(told))
        self._button.visible = view.theirs

    async def _release(self) -> None:
        async with asking():
            await self._visit.office.release(await self._visit.me(), self._view.area)
            tell(air("released", area=self._view.area_name))


class StopAll:
    """The buttons that stop everything: one for each of a few areas, a menu for many."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._places: tuple[Place, ...] = ()
        self._root = ui.element("div").classes("loa-stop-all").mark("stop-all")

    def offer(self, places: tuple[Place, ...]) -> None:
        """The areas that can be stopped."""
        if places == self._places:
            return
        self._places = places
        self._root.visible = bool(places) and self._visit.actor.may(Action.STOP)
        self._root.clear()
        with self._root:
            if len(places) <= BUTTONS:
                for place in places:
                    text = air("stop-all") if len(places) == 1 else air("stop-all-in", area=place.name)
                    button = ui.button(text, icon="volume_off", on_click=lambda p=place: self._stop(p))
                    button.props(f"unelevated no-caps data-testid=stop-all-{place.id}").classes("loa-danger")
                    button.mark(f"stop-all-{place.id}")
                return
            with ui.button(air("stop-all-choose"), icon="volume_off") as button:
                button.props("unelevated no-caps data-testid=stop-all-menu").classes("loa-danger").mark("stop-all-menu")
                with ui.menu().classes("loa-menu"):
                    for place in places:
                        item = ui.menu_item(on_click=lambda p=place: self._stop(p)).props("role=menuitem")
                        with item.mark(f"stop-all-{place.id}"):
                            ui.icon("volume_off").props("aria-hidden=true").classes("loa-menu-icon")
                            ui.label(air("stop-all-in", area=place.name))

    async def _stop(self, place: Place) -> None:
        async with asking():
            view = await self._visit.office.hold(await self._visit.me(), place.id)
            if view.sent:
                tell(air("stopped", area=place.name, until=view.until))
            else:
                warn(air("stopped-unsent", area=place.name))

"""Secret addresses of a calendar, for phones: made, shown once, taken back."""

from nicegui import ui

from broadcast.agenda.air_types import FeedView
from devices.vocabulary import AreaId
from ui.airwords import air
from ui.board import Board
from ui.session import Visit, asking, tell
from ui.theme import tagged


class Feeds:
    """The addresses of one area."""

    def __init__(self, visit: Visit, area: AreaId) -> None:
        self._visit, self._area = visit, area
        with ui.element("section").classes("loa-card loa-no-print").mark("feeds"):
            tagged("h2", air("feeds"))
            ui.label(air("feeds-hint")).classes("loa-dim")
            lines = ui.element("div").classes("loa-feeds")
            self._board: Board[FeedView] = Board(lines, lambda f: f.id, lambda f: _Line(visit, f))
            self._new = ui.element("div").classes("loa-notice").props("role=status").mark("feed-new")
            self._new.visible = False
            make = ui.button(air("feeds-make"), icon="add_link", on_click=self._make).props("outline no-caps")
            make.props("data-testid=feed-make").mark("feed-make")

    async def refresh(self) -> None:
        """Ask which hold."""
        self._board.show(await self._visit.office.agenda.feeds(self._visit.actor, self._area))

    async def _make(self) -> None:
        async with asking():
            secret = await self._visit.office.agenda.make_feed(await self._visit.me(), self._area)
            request = self._visit.client.request
            self._new.clear()
            self._new.visible = True
            with self._new:
                ui.label(air("feeds-once"))
                ui.label(str(request.base_url).rstrip("/") + f"/feeds/{secret}.ics").classes("loa-strong loa-address")


class _Line:
    """One address: not itself, only who made it and when."""

    def __init__(self, visit: Visit, view: FeedView) -> None:
        self._visit, self._view = visit, view
        with ui.element("div").classes("loa-card-foot") as self.root:
            self._said = ui.label()
            button = ui.button(air("feeds-revoke"), icon="link_off", on_click=self._revoke).props("flat no-caps")
            button.props(f"data-testid=feed-revoke-{view.id}").mark(f"feed-revoke-{view.id}")

    def show(self, view: FeedView) -> None:
        """Show it as it is now."""
        self._said.set_text(air("feeds-line", name=view.by_name, at=view.at))

    async def _revoke(self) -> None:
        async with asking():
            await self._visit.office.agenda.revoke_feed(await self._visit.me(), self._view.id)
            tell(air("feeds-revoked"))

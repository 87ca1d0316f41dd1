"""How much waits for approval, in the head of every page."""

from nicegui import ui

from broadcast.domain.people import Action
from ui.living import told
from ui.session import Visit


class WaitingBadge:
    """The way to what waits for approval, with how much that is, for those who may approve."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self.root = ui.link(target="/approvals").classes("loa-waits").mark("nav-approvals")
        with self.root.props("data-testid=nav-approvals"):
            ui.icon("fact_check").props("aria-hidden=true")
            self._count = ui.label("").classes("loa-waits-count").mark("approvals-count")
        self.root.visible = visit.actor.may(Action.APPROVE)
        self._say(0)

    def _say(self, count: int) -> None:
        self._count.set_text(str(count) if count else "")
        self.root.props["aria-label"] = self.root.props["title"] = told("approvals-count", count=count)

    async def refresh(self) -> None:
        """Ask how much waits."""
        if self.root.visible:
            self._say(await self._visit.office.life.waiting_count(self._visit.actor) or 0)

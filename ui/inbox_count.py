"""How much waits in the inbox, at every way to it."""

from nicegui import ui

from ui.levelwords import level
from ui.session import Visit
from ui.words import say


class InboxCount:
    """The number beside each link to the inbox; nothing where there is none."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._marks: list[tuple[ui.link, ui.label]] = []

    def beside(self, link: ui.link) -> None:
        """Count in that link too."""
        with link:
            self._marks.append((link, ui.label("").classes("loa-waits-count loa-inbox-count").mark("inbox-count")))

    async def refresh(self) -> None:
        """Ask how much waits."""
        if not self._marks:
            return
        count = await self._visit.office.agenda.inbox.waiting_count(self._visit.actor)
        for link, mark in self._marks:
            mark.set_text(str(count) if count else "")
            link.props["aria-label"] = level("inbox-count", count=count) if count else say("nav-inbox")

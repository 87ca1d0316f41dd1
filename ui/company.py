"""Who has the same bulletin open: told to each, so that nobody is surprised by another's words."""

from dataclasses import dataclass, field
from typing import Final

from nicegui import Client, ui

from ui.living import told

LOOK_S: Final = 1.0


@dataclass
class Company:
    """The editors that are open: bulletin > its pages, each with a person and a name. One server, one company."""

    _open: dict[int, dict[Client, tuple[int, str]]] = field(default_factory=dict)

    def join(self, bulletin: int, page: Client, person: int, name: str) -> None:
        """From here on that page is there, until it is deleted; while it has no connection, it is not seen."""
        self._open.setdefault(bulletin, {})[page] = (person, name)
        page.on_delete(lambda: self._leave(bulletin, page))

    def _leave(self, bulletin: int, page: Client) -> None:
        here = self._open.get(bulletin, {})
        here.pop(page, None)
        if not here:
            self._open.pop(bulletin, None)

    def others(self, bulletin: int, page: Client) -> tuple[tuple[int, str], ...]:
        """Everybody else there, each person once; the same person at another page too."""
        here = self._open.get(bulletin, {})
        return tuple(dict.fromkeys(who for other, who in here.items() if other is not page and _seen(other)))


def _seen(page: Client) -> bool:
    return page.has_socket_connection and not page.is_deleted


class CompanyLine:
    """A line that names who else has this bulletin open."""

    def __init__(self, company: Company, client: Client, bulletin: int, person: int, name: str) -> None:
        self._company, self._bulletin, self._page, self._me = company, bulletin, client, person
        self._line = ui.label().classes("loa-notice").mark("company").props("role=status data-testid=company")
        self._line.visible = False
        company.join(bulletin, client, person, name)
        ui.timer(LOOK_S, self._look)

    def _look(self) -> None:
        others = self._company.others(self._bulletin, self._page)
        names = [name for person, name in others if person != self._me]
        told_of = [told("company", names=", ".join(names))] if names else []
        if len(names) < len(others):
            told_of.append(told("company-self"))
        self._line.set_text(" ".join(told_of))
        self._line.visible = bool(told_of)

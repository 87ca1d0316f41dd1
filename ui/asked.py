"""Lists that are asked for by fields above them and read a page at a time: what they share."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from nicegui import ui

from broadcast.view_types import AreaNode
from ui.area_tree import indented
from ui.session import asking
from ui.words import say

DAY: Final = "%d/%m/%Y"


class AskedList(ABC):
    """What is asked for, and a page of what answers; each list says itself how it is read."""

    _wrong: ui.label
    """Where it is told what is wrong with what was asked."""
    _pages: ui.pagination
    _first: ui.date_input
    _area: ui.select
    _zone: ZoneInfo

    @abstractmethod
    async def read(self) -> None:
        """Read what is asked for, and show it."""

    def _choice(self, options: dict[Any, str], value: object, label: str, marker: str) -> ui.select:
        field = ui.select(options, value=value, label=label, on_change=self._asked_anew)
        field.props(f"outlined dense options-dense data-testid={marker}").mark(marker).classes("loa-select")
        return field

    def _day(self, label: str, value: date, marker: str) -> ui.date_input:
        field = ui.date_input(label, value=f"{value:{DAY}}", on_change=self._asked_anew)
        field.props(f'outlined dense mask="##/##/####" inputmode=numeric data-testid={marker}').mark(marker)
        field.picker.props('mask="DD/MM/YYYY"')
        return field

    def _month(self) -> None:
        """Ask for thirty days, everywhere and of everybody."""
        day = datetime.now(self._zone).date() - timedelta(days=29)
        self._area.set_value("")
        self._first.set_value(f"{day:{DAY}}")

    def _paging(self, marker: str) -> ui.pagination:
        pages = ui.pagination(1, 1, direction_links=True, on_change=self._turned).props("max-pages=7")
        return pages.mark(marker).classes("loa-pages")

    @property
    def _page(self) -> int:
        """Which page is asked for, from 0."""
        return int(self._pages.value or 1) - 1

    def _tell_total(self, total: int, page_size: int) -> None:
        """So many there are in all."""
        pages = max(1, -(-total // page_size))
        self._pages.max = pages
        self._pages.visible = pages > 1

    async def _asked_anew(self) -> None:
        if self._pages.value != 1:
            self._pages.set_value(1)  # which reads
        else:
            await self._turned()

    async def _turned(self) -> None:
        async with asking(self._wrong.set_text):
            await self.read()


def area_options(nodes: Iterable[AreaNode]) -> dict[str, str]:
    """All of one's areas, and each of them."""
    return {"": say("all-areas")} | indented(nodes)


def days_asked(one: ui.date_input, other: ui.date_input) -> tuple[date, date]:
    """The days of two fields, the earlier first. Raises ValueError where a field says no day."""
    first, last = sorted(datetime.strptime(f.value or "", DAY).date() for f in (one, other))  # noqa: DTZ007 - a local day has no zone
    return first, last

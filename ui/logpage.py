"""The log book (sổ nhật ký phát thanh): what sounded where, when, and how it ended."""

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from fastapi.responses import RedirectResponse
from nicegui import ui

from broadcast.domain.people import Action
from broadcast.view_types import AreaNode, LogAsk, LogPage, LogRow
from devices.vocabulary import AreaId
from ui.asked import AskedList, area_options, days_asked
from ui.deliveries import StateChip
from ui.guiding import guiding
from ui.session import Panel, Visit, asking
from ui.theme import empty, heading, show
from ui.words import day, deviation, length, milliseconds, number, reason, say, spoken_by

DAYS: Final = 7
PAGE_SIZE: Final = 50
COLUMNS: Final = ("title", "receiver", "planned", "started", "deviation", "played", "state", "by")


def register(panel: Panel) -> None:
    """The page at /log."""

    @ui.page("/log")
    async def log_book() -> RedirectResponse | None:
        return await show(panel, "log", _draw, needs=Action.SEE_LOG)


async def _draw(visit: Visit) -> None:
    page = _Book(visit, await visit.office.areas(visit.actor, Action.SEE_LOG))
    await page.read()
    visit.redraws.append(page.read)


class _Book(AskedList):
    """What is asked for, and the lines that answer."""

    def __init__(self, visit: Visit, nodes: tuple[AreaNode, ...]) -> None:
        self._visit = visit
        self._drawn: object = None
        self._zone = ZoneInfo(visit.office.zone)
        today = datetime.now(UTC).astimezone(self._zone).date()
        with ui.element("div").classes("loa-top"):
            heading(say("nav-log"), say("log-hint"))
            button = ui.button(say("csv"), icon="download", on_click=self._csv).props("outline no-caps")
            button.props("data-testid=csv").mark("csv")
        with ui.element("div").classes("loa-filter loa-log-filter"):
            self._first = self._day(say("first-day"), today - timedelta(days=DAYS - 1), "first-day")
            self._last = self._day(say("last-day"), today, "last-day")
            self._area = self._choice(area_options(nodes), "", say("area"), "log-area")
        self._wrong = ui.label().classes("loa-wrong").props("role=alert").mark("log-error")
        self._nothing = ui.element("div")
        with self._nothing:
            empty("menu_book", say("log-empty"), say("log-empty-hint"), (guiding("go-month"), self._month))
        self._total = ui.label().classes("loa-dim").mark("log-total")
        with ui.element("table").classes("loa-table").mark("log-table").props("data-testid=log-table") as self._table:
            with ui.element("thead"), ui.element("tr"):
                for column in COLUMNS:
                    with ui.element("th").props("scope=col"):
                        ui.label(say(f"log-{column}"))
            self._body = ui.element("tbody")
        self._pages = self._paging("log-pages")

    def _ask(self) -> LogAsk:
        """Raises ValueError where a field says no day."""
        first, last = days_asked(self._first, self._last)
        area = AreaId(self._area.value) if self._area.value else None
        return LogAsk(first.isoformat(), last.isoformat(), area, self._page, PAGE_SIZE)

    async def read(self) -> None:
        """Read what is asked for; draw it if it is not what stands there."""
        try:
            ask = self._ask()
        except ValueError:
            self._wrong.set_text(say("no-such-day"))
            return
        page = await self._visit.office.log(self._visit.actor, ask)
        self._wrong.set_text("")
        if page == self._drawn:
            return
        self._drawn = page
        self._show(page)

    def _show(self, page: LogPage) -> None:
        self._nothing.visible = not page.rows
        self._table.visible = bool(page.rows)
        self._total.set_text(say("log-total", count=number(page.total)))
        self._total.visible = bool(page.rows)
        self._tell_total(page.total, PAGE_SIZE)
        self._body.clear()
        with self._body:
            for row in page.rows:
                _line(row, self._zone)

    async def _csv(self) -> None:
        async with asking(self._wrong.set_text):
            try:
                ask = self._ask()
            except ValueError:
                self._wrong.set_text(say("no-such-day"))
                return
            content = await self._visit.office.log_csv(await self._visit.me(), ask)
            ui.download.content(content, f"nhat-ky-{ask.first_day}-{ask.last_day}.csv", "text/csv; charset=utf-8")


def _line(row: LogRow, zone: ZoneInfo) -> None:
    with ui.element("tr").classes("loa-log-alarm" if row.kind == "alarm" else "").mark("log-row"):
        with _cell("title"):
            ui.label(row.title).classes("loa-strong")
            if row.kind == "alarm":
                ui.label(say("nav-alarm")).classes("loa-tag loa-tag-alarm")
            if who := spoken_by(row.engine, row.voice, row.fell_back):
                ui.label(who).classes("loa-dim loa-small")
        with _cell("receiver"):
            ui.label(row.receiver_name)
            ui.label(row.area_name).classes("loa-dim")
        with _cell("planned"):
            _instant(row.planned_at, zone)
        with _cell("started"):
            _instant(row.started_at, zone)
        with _cell("deviation"):
            ui.label(deviation(row.start_error_ms) if row.start_error_ms is not None else "–")
        with _cell("played"):
            ui.label(length(row.played_ms / 1000) if row.played_ms is not None else "–")
            if row.played_ms is not None:
                ui.label(milliseconds(row.played_ms)).classes("loa-dim loa-small")
        with _cell("state"):
            StateChip().show(row.state)
            if row.why:
                ui.label(reason(row.why)).classes("loa-dim loa-small")
        with _cell("by"):
            ui.label(row.placed_by)


def _instant(at: datetime | None, zone: ZoneInfo) -> None:
    if at is None:
        ui.label("–")
        return
    local = at.astimezone(zone)
    ui.label(f"{local:%H:%M:%S}")
    ui.label(day(local)).classes("loa-dim loa-small")


def _cell(column: str) -> ui.element:
    cell = ui.element("td")
    cell.props["data-label"] = say(f"log-{column}")
    return cell

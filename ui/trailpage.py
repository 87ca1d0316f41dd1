"""The trail (nhật ký thao tác): who changed what, when and from where."""

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from fastapi.responses import RedirectResponse
from nicegui import ui

from broadcast import wording
from broadcast.domain.audit import COMMAND
from broadcast.domain.people import Action
from broadcast.view_types import AreaNode, TrailAsk, TrailLine, TrailPage
from devices.vocabulary import AreaId
from ui import words
from ui.asked import AskedList, area_options, days_asked
from ui.guiding import guiding
from ui.session import Panel, Visit, asking
from ui.theme import empty, heading, show
from ui.trail_words import action_name, changes, subject_name
from ui.words import day, number, say

DAYS: Final = 7
PAGE_SIZE: Final = 50
SHOWN: Final = 6
"""Changed columns a line shows; all are in the file."""
_COLUMNS: Final = ("what", "who", "when", "where", "change")
_NO_DEEDS: Final = frozenset({"unnamed"})


def register(panel: Panel) -> None:
    """The page at /trail."""

    @ui.page("/trail")
    async def trail() -> RedirectResponse | None:
        return await show(panel, "trail", _draw, needs=Action.SEE_AUDIT)


async def _draw(visit: Visit) -> None:
    page = _Trail(visit, await visit.office.areas(visit.actor, Action.SEE_AUDIT))
    await page.read()
    visit.redraws.append(page.read)


class _Trail(AskedList):
    """What is asked for, and the entries that answer."""

    def __init__(self, visit: Visit, nodes: tuple[AreaNode, ...]) -> None:
        self._visit = visit
        self._drawn: TrailPage | None = None
        self._zone = ZoneInfo(visit.office.zone)
        today = datetime.now(UTC).astimezone(self._zone).date()
        with ui.element("div").classes("loa-top"):
            heading(say("nav-trail"), _say("hint"))
            button = ui.button(say("csv"), icon="download", on_click=self._csv).props("outline no-caps")
            button.props("data-testid=trail-csv").mark("trail-csv")
        with ui.element("div").classes("loa-filter loa-log-filter"):
            self._first = self._day(say("first-day"), today - timedelta(days=DAYS - 1), "trail-first")
            self._last = self._day(say("last-day"), today, "trail-last")
            self._person = self._choice({0: _say("everyone")}, 0, _say("person"), "trail-person")
            self._action = self._choice(_actions(), "", _say("action"), "trail-action")
            self._area = self._choice(area_options(nodes), "", say("area"), "trail-area")
        self._wrong = ui.label().classes("loa-wrong").props("role=alert").mark("trail-error")
        self._nothing = ui.element("div")
        with self._nothing:
            empty("history", _say("empty"), say("log-empty-hint"), (guiding("go-month"), self._month))
        self._total = ui.label().classes("loa-dim").mark("trail-total")
        with (
            ui.element("table")
            .classes("loa-table loa-trail")
            .mark("trail-table")
            .props("data-testid=trail-table") as self._table
        ):
            with ui.element("thead"), ui.element("tr"):
                for column in _COLUMNS:
                    with ui.element("th").props("scope=col"):
                        ui.label(_say(column))
            self._body = ui.element("tbody")
        self._pages = self._paging("trail-pages")

    def _ask(self) -> TrailAsk:
        """Raises ValueError where a field says no day."""
        first, last = days_asked(self._first, self._last)
        area = AreaId(self._area.value) if self._area.value else None
        person = self._person.value or None
        action = self._action.value or ""
        return TrailAsk(first.isoformat(), last.isoformat(), person, action, area, self._page, PAGE_SIZE)

    async def read(self) -> None:
        """Read what is asked for; draw it if it is not what stands there."""
        try:
            ask = self._ask()
        except ValueError:
            self._wrong.set_text(say("no-such-day"))
            return
        page = await self._visit.office.trail(self._visit.actor, ask)
        self._wrong.set_text("")
        if page == self._drawn:
            return
        if self._drawn is None or page.people != self._drawn.people:
            people = {0: _say("everyone")} | dict(page.people)
            self._person.set_options(people, value=self._person.value if self._person.value in people else 0)
        self._drawn = page
        self._show(page)

    def _show(self, page: TrailPage) -> None:
        self._nothing.visible = not page.lines
        self._table.visible = self._total.visible = bool(page.lines)
        self._total.set_text(say("log-total", count=number(page.total)))
        self._tell_total(page.total, PAGE_SIZE)
        self._body.clear()
        with self._body:
            for line in page.lines:
                _line(line, self._zone)

    async def _csv(self) -> None:
        async with asking(self._wrong.set_text):
            try:
                ask = self._ask()
            except ValueError:
                self._wrong.set_text(say("no-such-day"))
                return
            content = await self._visit.office.trail_csv(await self._visit.me(), ask)
            name = f"nhat-ky-thao-tac-{ask.first_day}-{ask.last_day}.csv"
            ui.download.content(content, name, "text/csv; charset=utf-8")


def _say(key: str, **facts: object) -> str:
    words.speak()
    return wording.say(f"trail.{key}", **facts)


def _actions() -> dict[object, str]:
    named = (key.removeprefix("audit.action-") for key in wording.table() if key.startswith("audit.action-"))
    found: dict[object, str] = {a: action_name(a) for a in named if a not in _NO_DEEDS}
    return {"": _say("all-actions")} | dict(sorted(found.items(), key=lambda item: words.order(item[1])))


def _line(line: TrailLine, zone: ZoneInfo) -> None:
    with ui.element("tr").mark("trail-row").props(f"data-testid=trail-row-{line.seq}"):
        with _cell("what"):
            ui.label(action_name(line.action)).classes("loa-strong")
            ui.label(f"#{line.seq} · {subject_name(line)}").classes("loa-dim loa-small")
        with _cell("who"):
            ui.label(line.name or line.login or _say("house"))
            where = _say("command") if line.whence == COMMAND else line.whence
            if where:
                ui.label(where).classes("loa-dim loa-small")
        with _cell("when"):
            local = line.at.astimezone(zone)
            ui.label(f"{local:%H:%M:%S}")
            ui.label(day(local)).classes("loa-dim loa-small")
        with _cell("where"):
            ui.label(", ".join(line.area_names) or "–")
        with _cell("change"), ui.element("div"):
            said = changes(line)
            for sentence in said[:SHOWN]:
                ui.label(sentence).classes("loa-small")
            if len(said) > SHOWN:
                ui.label(_say("more", count=len(said) - SHOWN)).classes("loa-dim loa-small")


def _cell(column: str) -> ui.element:
    cell = ui.element("td")
    cell.props["data-label"] = _say(column)
    return cell

"""A new programme: as a usual one has it, for a day, with the bulletins that are ticked."""

from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from fastapi.responses import RedirectResponse
from nicegui import ui

from broadcast.agenda.programme_types import PatternView
from broadcast.domain.bulletins import Bulletin, BulletinState, Origin
from broadcast.domain.people import Action
from broadcast.newsroom.life_types import BulletinAsk
from devices.vocabulary import AreaId
from ui.area_tree import walk
from ui.asked import DAY
from ui.session import Panel, Visit, asking
from ui.showing import prog
from ui.theme import heading, show, tagged
from ui.words import length, moment

OFFERED: Final = 60
"""Bulletins that can be ticked; others are found by their words on the next page."""
_NOTHING: Final = ""


def register(panel: Panel) -> None:
    """The page at /programmes/new."""

    @ui.page("/programmes/new")
    async def new() -> RedirectResponse | None:
        return await show(panel, "programmes", _draw, needs=Action.WRITE)


async def _draw(visit: Visit) -> None:
    heading(prog("new"), prog("new-hint"))
    form = _Form(visit)
    await form.begin()


class _Form:
    """Area, usual programme, day, title, bulletins, and the button."""

    def __init__(self, visit: Visit) -> None:
        self._visit, self._zone = visit, ZoneInfo(visit.office.zone)
        self._usual: dict[str, PatternView] = {}
        self._ticked: dict[int, ui.checkbox] = {}
        self._own_title = False
        with ui.element("div").classes("loa-desk"):
            with ui.element("section").classes("loa-panel loa-write"):
                self._area = ui.select({}, label=prog("area"), with_input=True, on_change=self._offer)
                self._area.props("outlined options-dense data-testid=programme-area").mark("programme-area")
                ui.label(prog("which-usual")).classes("loa-strong")
                self._which = ui.radio({}, on_change=self._named).props("data-testid=programme-usual")
                self._which.mark("programme-usual")
                self._day = ui.date_input(prog("day"), on_change=self._named)
                self._day.props('outlined mask="##/##/####" inputmode=numeric data-testid=programme-day')
                self._day.mark("programme-day").picker.props('mask="DD/MM/YYYY"')
                self._title = ui.input(prog("title")).props("outlined maxlength=200 data-testid=programme-title")
                self._title.mark("programme-title").on("input", self._typed)
                self._wrong = ui.label().classes("loa-wrong").props("role=alert").mark("programme-error")
                create = ui.button(prog("create"), icon="check", on_click=self._create).classes("loa-primary")
                create.props("unelevated no-caps data-testid=programme-create").mark("programme-create")
            with ui.element("section").classes("loa-panel loa-placing"):
                tagged("h2", prog("choose-bulletins"))
                ui.label(prog("choose-hint")).classes("loa-dim loa-small")
                self._list = ui.element("div").classes("loa-ticks")

    async def begin(self) -> None:
        """Offer what there is."""
        nodes = {n.id: n.name for n in walk(await self._visit.office.areas(self._visit.actor, Action.WRITE))}
        self._area.set_options(nodes, value=next(iter(nodes)))
        self._area.visible = len(nodes) > 1
        ask = BulletinAsk(state=BulletinState.APPROVED, page_size=OFFERED)
        now = datetime.now(UTC)
        found = [v.bulletin for v in (await self._visit.office.bulletins(self._visit.actor, ask)).views]
        some = [b for b in found if b.origin is not Origin.PROGRAMME and (b.valid_until is None or b.valid_until > now)]
        with self._list:
            if not some:
                ui.label(prog("choose-none")).classes("loa-dim")
            for bulletin in some:
                self._tick(bulletin)

    def _tick(self, bulletin: Bulletin) -> None:
        with ui.element("div").classes("loa-tick"):
            box = ui.checkbox(bulletin.title).mark(f"tick-{bulletin.id}").props(f"data-testid=tick-{bulletin.id}")
            told = [length(bulletin.sound.seconds)] if bulletin.sound else []
            if bulletin.valid_until is not None:
                told.append(prog("valid-until", at=moment(bulletin.valid_until)))
            ui.label(" · ".join(told)).classes("loa-dim loa-small")
        self._ticked[bulletin.id] = box

    async def _offer(self) -> None:
        async with asking(self._wrong.set_text):
            found = await self._visit.office.programmes.patterns(self._visit.actor, AreaId(self._area.value))
            self._usual = {v.pattern.key: v for v in found}
            options = {key: _line(v) for key, v in self._usual.items()} | {_NOTHING: prog("from-nothing")}
            kept = self._which.value if self._which.value in options else next(iter(options))
            self._which.set_options(options, value=kept)
            self._named()

    def _named(self) -> None:
        usual = self._usual.get(self._which.value)
        if not self._day.value:
            self._day.set_value(f"{self._next_day():{DAY}}")
        if not self._own_title:
            day = self._day.value or ""
            name = usual.pattern.name if usual else ""
            self._title.set_value(prog("title-usual", name=name, day=day) if usual else prog("title-plain", day=day))

    def _next_day(self) -> date:
        """The next day on which the hour of the usual one is still to come."""
        now = datetime.now(UTC).astimezone(self._zone)
        usual = self._usual.get(self._which.value)
        past = usual is not None and usual.pattern.hour is not None and now.time() >= usual.pattern.hour
        return now.date() + timedelta(days=past)

    def _typed(self) -> None:
        self._own_title = True

    async def _create(self) -> None:
        self._wrong.set_text("")
        try:
            day = datetime.strptime(self._day.value or "", DAY).date() if self._day.value else None  # noqa: DTZ007 - a local day has no zone
        except ValueError:
            self._wrong.set_text(prog("no-such-day"))
            return
        async with asking(self._wrong.set_text):
            usual = self._usual.get(self._which.value)
            chosen = tuple(key for key, box in self._ticked.items() if box.value)
            made = await self._visit.office.programmes.make(
                await self._visit.me(),
                AreaId(self._area.value),
                usual.pattern if usual else None,
                self._title.value or "",
                day,
                chosen,
            )
            ui.navigate.to(f"/programmes/{made.id}")


def _line(view: PatternView) -> str:
    usual = view.pattern
    hour = f"{usual.hour:%H:%M}" if usual.hour else prog("no-hour")
    return prog("usual-line", name=usual.name, hour=hour, minutes=f"{usual.slot_s / 60:g}")

"""Answering what came from above: at a touch, at another hour, or with a reason."""

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from nicegui import ui

from broadcast.agenda.offer_types import OfferView
from broadcast.agenda.programme_types import ProgrammeLine
from broadcast.domain.offers import usual_hours
from broadcast.domain.people import Action
from broadcast.domain.versions import REASON_LENGTH
from ui.levelwords import level
from ui.session import Visit, asking, tell, warn
from ui.words import moment, say

PROGRAMMES: Final = 6
"""Programmes that are offered at most."""
REASONS: Final = ("reason-day", "reason-elsewhere", "reason-twice")
_DAY: Final = "%d/%m/%Y"


class Answering:
    """The three answers; two of them ask something more, in a dialog that all cards share."""

    def __init__(self, visit: Visit) -> None:
        self._visit, self._zone = visit, ZoneInfo(visit.office.zone)
        self._view: OfferView | None = None
        with ui.dialog() as self._hours, ui.card().classes("loa-dialog"):
            self._hours_title = ui.label().classes("loa-strong")
            ui.label(level("put-off-hint")).classes("loa-dim")
            self._until = ui.label().classes("loa-warning")
            self._usual = ui.element("div").classes("loa-thumbs loa-thumbs-down")
            ui.label(level("put-off-other")).classes("loa-strong")
            with ui.element("div").classes("loa-hours"):
                self._day = ui.date_input(say("day"))
                self._day.props('outlined mask="##/##/####" inputmode=numeric data-testid=put-off-day')
                self._day.mark("put-off-day").picker.props('mask="DD/MM/YYYY"')
                self._hour = ui.time_input(say("hour"))
                self._hour.props('outlined mask="##:##" inputmode=numeric data-testid=put-off-hour')
                self._hour.mark("put-off-hour").picker.props("format24h")
            self._hours_wrong = self._wrong("put-off-error")
            self._end(self._hours, "put-off", "schedule", self._put_off_typed)
        with ui.dialog() as self._take, ui.card().classes("loa-dialog"):
            self._take_title = ui.label().classes("loa-strong")
            ui.label(level("take-hint")).classes("loa-dim")
            self._ways = ui.element("div").classes("loa-thumbs loa-thumbs-down")
            ui.label(level("take-in-hint")).classes("loa-dim loa-small")
            self._take_wrong = self._wrong("take-error")
            ui.button(say("cancel"), on_click=self._take.close).props("flat no-caps")
        with ui.dialog() as self._why, ui.card().classes("loa-dialog"):
            self._why_title = ui.label().classes("loa-strong")
            ui.label(level("decline-hint")).classes("loa-dim")
            with ui.element("div").classes("loa-chips"):
                for key in REASONS:
                    chip = ui.chip(level(key)).props(f"clickable outline data-testid={key}").classes("loa-chip")
                    chip.mark(key).on("click", lambda k=key: self._because(k))
            self._reason = ui.input(level("reason")).props(
                f"outlined autocomplete=off maxlength={REASON_LENGTH} data-testid=decline-reason"
            )
            self._reason.classes("loa-wide").mark("decline-reason").on("keydown.enter", self._decline)
            self._why_wrong = wrong = self._wrong("decline-error")
            self._reason.on_value_change(lambda: wrong.set_text(""))
            self._end(self._why, "decline", "close", self._decline).classes("loa-danger")

    @staticmethod
    def _wrong(marker: str) -> ui.label:
        return ui.label().classes("loa-wrong").props(f"role=alert data-testid={marker}").mark(marker)

    @staticmethod
    def _end(dialog: ui.dialog, key: str, icon: str, done: object) -> ui.button:
        with ui.element("div").classes("loa-actions loa-end"):
            ui.button(say("cancel"), on_click=dialog.close).props("flat no-caps")
            button = ui.button(level(key), icon=icon, on_click=done)  # type: ignore[arg-type]  # awaited by it
            return button.props(f"unelevated no-caps data-testid={key}-yes").mark(f"{key}-yes")

    async def take(self, view: OfferView) -> None:
        """It sounds at the hour it came with; where the commune has programmes to come, ask whether in one of them."""
        self._view = view
        async with asking():
            some = await self._programmes(view)
            if not some:
                await self._take_alone()
                return
            self._take_title.set_text(level("take-of", title=view.title, area=view.area_name))
            self._take_wrong.set_text("")
            self._ways.clear()
            with self._ways:
                alone = ui.button(level("take-at", at=view.at), icon="check", on_click=self._take_alone)
                alone.props("unelevated no-caps data-testid=take-alone").classes("loa-primary").mark("take-alone")
                for line in some:
                    key = "take-in-at" if line.at else "take-in"
                    way = ui.button(level(key, programme=line.title, at=line.at), icon="queue_music")
                    way.on_click(lambda chosen=line: self._take_in(chosen))
                    way.props(f"outline no-caps data-testid=take-in-{line.id}").mark(f"take-in-{line.id}")
            self._take.open()

    async def _programmes(self, view: OfferView) -> list[ProgrammeLine]:
        """Those of the commune that are still to come."""
        actor = self._visit.actor
        if not (actor.may(Action.WRITE) and actor.may(Action.SEE_BULLETINS)):
            return []
        now, lines = datetime.now(UTC), await self._visit.office.programmes.programmes(actor)
        mine = [p for p in lines if p.area_name == view.area_name]
        return [p for p in mine if p.at is None or p.at > now][:PROGRAMMES]

    async def _take_alone(self) -> None:
        if self._view is None:
            return
        async with asking(self._take_wrong.set_text if self._take.value else warn):
            done = await self._visit.office.agenda.inbox.take(await self._visit.me(), self._view.id)
            self._take.close()
            tell(level("took", at=done.at))

    async def _take_in(self, line: ProgrammeLine) -> None:
        if self._view is None:
            return
        async with asking(self._take_wrong.set_text):
            await self._visit.office.agenda.inbox.take_in(await self._visit.me(), self._view.id, line.id)
            self._take.close()
            tell(level("took-in", programme=line.title))

    def put_off(self, view: OfferView) -> None:
        """Ask to which hour."""
        self._view = view
        self._hours_title.set_text(level("put-off-of", title=view.title, area=view.area_name))
        self._until.set_text(level("put-off-until", at=view.valid_until) if view.valid_until else "")
        self._until.visible = view.valid_until is not None
        self._hours_wrong.set_text("")
        hours = usual_hours(max(view.at, datetime.now(UTC)), self._zone, view.valid_until)
        self._usual.clear()
        with self._usual:
            for number, at in enumerate(hours):
                button = ui.button(moment(at), icon="schedule", on_click=lambda a=at: self._put_off(a))
                button.props(f"outline no-caps data-testid=usual-{number}").mark(f"usual-{number}")
        first = hours[0] if hours else view.at.astimezone(self._zone)
        self._day.set_value(f"{first:{_DAY}}")
        self._hour.set_value(f"{first:%H:%M}")
        self._hours.open()

    def decline(self, view: OfferView) -> None:
        """Ask for the reason."""
        self._view = view
        self._why_title.set_text(level("decline-of", title=view.title, area=view.area_name))
        self._why_wrong.set_text("")
        self._reason.set_value("")
        self._why.open()

    def _because(self, key: str) -> None:
        self._reason.set_value(level(key))

    async def _put_off_typed(self) -> None:
        typed = f"{self._day.value or ''} {self._hour.value or ''}"
        try:
            at = datetime.strptime(typed, f"{_DAY} %H:%M").replace(tzinfo=self._zone)
        except ValueError:
            self._hours_wrong.set_text(level("bad-hour"))
            return
        await self._put_off(at)

    async def _put_off(self, at: datetime) -> None:
        if self._view is None:
            return
        async with asking(self._hours_wrong.set_text):
            await self._visit.office.agenda.inbox.put_off(await self._visit.me(), self._view.id, at)
            self._hours.close()
            tell(level("did-put-off", at=at))

    async def _decline(self) -> None:
        if self._view is None:
            return
        async with asking(self._why_wrong.set_text):
            me, reason = await self._visit.me(), self._reason.value or ""
            await self._visit.office.agenda.inbox.decline(me, self._view.id, reason)
            self._why.close()
            tell(level("declined"))

"""Answering what came from above: at a touch, at another hour, or with a reason."""

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from nicegui import ui

from broadcast.agenda.offer_types import OfferView
from broadcast.domain.offers import usual_hours
from broadcast.domain.versions import REASON_LENGTH
from ui.levelwords import level
from ui.session import Visit, asking, tell
from ui.words import moment, say

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
        """It sounds at the hour it came with."""
        async with asking():
            done = await self._visit.office.agenda.inbox.take(await self._visit.me(), view.id)
            tell(level("took", at=done.at))

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

"""Putting a bulletin on the air: where, when, what that means in words, and then doing it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from nicegui import ui

from broadcast.domain.people import Action
from broadcast.domain.refusals import Refusal
from broadcast.view_types import SlotPreview
from devices.vocabulary import AreaId
from ui.ages import Age
from ui.airwords import air, guard
from ui.area_tree import AreaField
from ui.levelwords import level
from ui.living import told
from ui.nextlist import draw_change
from ui.session import Visit, asking
from ui.theme import heading
from ui.words import length, moment, refusal, say

USUAL: Final = (time(5), time(17))
"""Hours at which communes air, offered at a touch."""
NAMES: Final = 6
"""Areas named in the preview; the rest are counted."""
_DAY = "%d/%m/%Y"
_NOW = datetime.fromtimestamp(0, UTC)
"""Stands for "now" where two previews are compared."""


class Placing:
    """Areas, hour, preview, button. The preview is always of what is chosen now."""

    def __init__(
        self,
        visit: Visit,
        bulletin: int,
        flush: Callable[[], Awaitable[bool]],
        submit: Callable[[], Awaitable[None]],
    ) -> None:
        self._visit = visit
        self._bulletin = bulletin
        self._flush = flush
        self._zone = ZoneInfo(visit.office.zone)
        self._asked = 0
        self._lock = asyncio.Lock()
        self._drawn: tuple[SlotPreview | None, str] = None, ""
        heading(say("placing"))
        if not visit.actor.may(Action.PLACE):
            ui.label(say("not-for-you")).classes("loa-dim")
        with ui.element("div").classes("loa-steps"):
            with ui.element("div").classes("loa-step"):
                ui.label(say("where")).classes("loa-strong")
                self._areas = AreaField(self._changed)
            with ui.element("div").classes("loa-step"):
                ui.label(say("when")).classes("loa-strong")
                self._hours()
                self._preview = ui.element("div").classes("loa-preview").mark("preview")
                self._preview.props("data-testid=preview aria-live=polite")
                self._quiet = ui.input().props("outlined data-testid=quiet-confirm autocomplete=off")
                self._quiet.mark("quiet-confirm").visible = False
                self._reason = ui.input(air("reason")).props("outlined data-testid=pass-reason maxlength=300")
                self._reason.mark("pass-reason").visible = False
                self._wrong = ui.label().classes("loa-wrong").props("role=alert data-testid=place-error")
                self._wrong.mark("place-error")
                self._button = ui.button(say("place"), icon="podcasts", on_click=self._place)
                self._button.props("unelevated no-caps data-testid=place").classes("loa-primary loa-wide").mark("place")
                self._submit = ui.button(told("submit"), icon="send", on_click=submit)
                self._submit.props("unelevated no-caps data-testid=place-submit").classes("loa-primary loa-wide")
                self._submit.mark("place-submit").visible = False

    def _hours(self) -> None:
        later = datetime.now(UTC).astimezone(self._zone) + timedelta(minutes=30)
        self._when = ui.toggle({"now": say("now"), "later": say("later")}, value="now", on_change=self._changed)
        self._when.props("no-caps unelevated spread data-testid=when").mark("when").classes("loa-toggle")
        with ui.element("div").classes("loa-hours") as hours:
            self._day = ui.date_input(say("day"), value=f"{later:{_DAY}}", on_change=self._changed)
            self._day.props('outlined mask="##/##/####" inputmode=numeric data-testid=day').mark("day")
            self._day.picker.props('mask="DD/MM/YYYY"')
            self._hour = ui.time_input(say("hour"), value=f"{later:%H:%M}", on_change=self._changed)
            self._hour.props('outlined mask="##:##" inputmode=numeric data-testid=hour').mark("hour")
            self._hour.picker.props("format24h")
            with ui.element("div").classes("loa-chips"):
                for at in self._usual():
                    chip = ui.chip(say("usual", time=f"{at:%H:%M}", day=at.date()), icon="schedule")
                    chip.props("clickable outline").classes("loa-chip").on("click", lambda a=at: self._set(a))
            ui.label(say("zone-hint", zone=self._visit.office.zone)).classes("loa-dim loa-small")
        hours.bind_visibility_from(self._when, "value", value="later")

    def _usual(self) -> list[datetime]:
        now = datetime.now(UTC).astimezone(self._zone)
        days = (now.date(), now.date() + timedelta(days=1))
        at = [datetime.combine(day, hour, self._zone) for day in days for hour in USUAL]
        return [a for a in at if a > now][:2]

    def _set(self, at: datetime) -> None:
        self._day.set_value(f"{at:{_DAY}}")
        self._hour.set_value(f"{at:%H:%M}")

    def _at(self) -> datetime | None:
        """The chosen instant, None for now. Raises ValueError where the fields say no instant."""
        if self._when.value == "now":
            return None
        typed = f"{self._day.value or ''} {self._hour.value or ''}"
        return datetime.strptime(typed, f"{_DAY} %H:%M").replace(tzinfo=self._zone)

    async def refresh(self) -> None:
        """Ask again what would happen."""
        self._areas.offer(await self._visit.office.areas(self._visit.actor, Action.PLACE))
        await self._ask()

    def intend(self, areas: tuple[AreaId, ...]) -> None:
        """Start from where the bulletin is meant to be heard; a choice that was made stays."""
        if areas and not self._areas.chosen:
            self._areas.tick(areas)
            self._changed()

    def propose(self, at: datetime) -> None:
        """Start from an hour that is to come."""
        if at > datetime.now(UTC):
            self._when.set_value("later")
            self._set(at.astimezone(self._zone))

    def _changed(self) -> None:
        self._asked += 1
        mine = self._asked
        self._wrong.set_text("")

        async def soon() -> None:
            if mine == self._asked:
                async with asking(self._wrong.set_text):
                    await self._ask()

        ui.timer(0.25, soon, once=True)

    async def _ask(self) -> None:
        async with self._lock:
            self._button.set_text(say("place-now") if self._when.value == "now" else say("place"))
            areas = self._areas.chosen
            preview: SlotPreview | None = None
            missing = code = ""
            if not areas:
                missing = say("choose-areas")
            else:
                try:
                    at = self._at()
                    preview = await self._visit.office.preview(self._visit.actor, self._bulletin, areas, at)
                except ValueError:
                    missing = say("no-such-time")
                except Refusal as no:
                    missing, code = refusal(no), no.code
            needs_approval = code.startswith("approval-")
            self._button.visible, self._submit.visible = not needs_approval, needs_approval
            self._draw(preview, missing)

    def _draw(self, preview: SlotPreview | None, missing: str) -> None:
        same = _still(preview) if preview and preview.now else preview
        if self._drawn == (same, missing):
            return
        self._drawn = same, missing
        self._preview.clear()
        confirmation = preview.quiet_confirmation if preview else ""
        self._quiet.visible = self._reason.visible = bool(confirmation)
        with self._preview:
            if preview is None:
                with ui.element("div").classes("loa-hint"):
                    ui.icon("info").props("aria-hidden=true")
                    ui.label(missing)
                return
            when = say("preview-now") if preview.now else moment(preview.at)
            areas = ", ".join(preview.areas[:NAMES]) + (
                f" {say('and-more', count=len(preview.areas) - NAMES)}" if len(preview.areas) > NAMES else ""
            )
            ui.label(preview.title).classes("loa-preview-title")
            with ui.element("div").classes("loa-preview-line"):
                ui.icon("schedule").props("aria-hidden=true")
                ui.label(when)
                if not preview.now:
                    Age(preview.at)
            self._line("timer", say("preview-length", length=length(preview.seconds)))
            self._line("place", areas)
            self._line("speaker_group", say("preview-receivers", count=preview.receivers))
            if preview.receivers_offline:
                self._line("cloud_off", say("preview-offline", count=preview.receivers_offline), "loa-warning")
            if preview.asked:
                self._line("inbox", level("preview-asked", count=preview.asked))
            if preview.silent:
                some = ", ".join(preview.silent[:NAMES]) + ("…" if len(preview.silent) > NAMES else "")
                self._line("volume_off", level("preview-silent", areas=some), "loa-warning")
            for clash in preview.clashes:
                self._line("event_busy", say("preview-clash", what=clash), "loa-warning")
            self._guards(preview, confirmation)
            draw_change(preview.next, self._zone)
        if confirmation:
            self._quiet.set_label(say("quiet-label", confirmation=confirmation))

    def _guards(self, preview: SlotPreview, confirmation: str) -> None:
        """What is in the way, where, and what to type for it."""
        told: dict[str, list[str]] = {}
        for each in preview.breaches:
            told.setdefault(guard(each.breach, each.facts), []).append(each.area_name)
        for sentence, places in told.items():
            more = f" {say('and-more', count=len(places) - NAMES)}" if len(places) > NAMES else ""
            self._line("gpp_maybe", f"{', '.join(places[:NAMES])}{more}: {sentence}", "loa-warning")
        if confirmation:
            self._line("keyboard", say("preview-quiet", confirmation=confirmation), "loa-warning")

    def _line(self, icon: str, text: str, style: str = "") -> None:
        with ui.element("div").classes(f"loa-preview-line {style}"):
            ui.icon(icon).props("aria-hidden=true")
            ui.label(text)

    async def _place(self) -> None:
        self._wrong.set_text("")
        if not await self._flush():
            self._wrong.set_text(say("save-first"))
            return
        self._button.props("loading")
        async with asking(self._wrong.set_text):
            try:
                at = self._at()
            except ValueError:
                self._wrong.set_text(say("no-such-time"))
            else:
                actor, typed, reason = await self._visit.me(), self._quiet.value or "", self._reason.value or ""
                slot = await self._visit.office.place(actor, self._bulletin, self._areas.chosen, at, typed, reason)
                ui.navigate.to(f"/slots/{slot.id}")
        self._button.props(remove="loading")
        async with asking():
            await self._ask()


def _still(preview: SlotPreview) -> SlotPreview:
    """What is looked at of a preview of "now": not the seconds, which go on."""
    lines = [replace(line, subject="", at=_NOW, starts=None, ends=None) for g in preview.next for line in g.lines]
    return replace(
        preview, at=_NOW, next=tuple(replace(g, begin=_NOW, end=_NOW, lines=tuple(lines)) for g in preview.next)
    )

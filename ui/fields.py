"""What a bulletin tells of itself beside its words: saved as it is changed, and what others change meanwhile stays."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from nicegui import ui

from broadcast.domain.bulletins import Bulletin
from broadcast.domain.fields import LINE_LENGTH, Category, Fields, Language
from broadcast.domain.people import Action
from devices.vocabulary import AreaId, Level
from ui.area_tree import AreaField
from ui.living import category_name, language_name, level_name, told, validity
from ui.session import Visit, asking

QUIET_S: Final = 0.5
"""Typing has paused this long when it is saved."""
_DAY: Final = "%d/%m/%Y"
_LAST_MINUTE: Final = time(23, 59)


class FieldsPanel:
    """The fields, folded; the line above them tells the most important ones. `meant` is told where it is meant for."""

    def __init__(self, visit: Visit, bulletin: Bulletin, meant: Callable[[tuple[AreaId, ...]], None]) -> None:
        self._visit, self._id, self._meant = visit, bulletin.id, meant
        self._zone = ZoneInfo(visit.office.zone)
        self._held = bulletin.fields
        """What the office has."""
        self._ticked: tuple[AreaId, ...] = ()
        """What of its areas could be ticked."""
        self._quiet = True
        """Fields are being filled, not changed by the person."""
        self._changed_at: float | None = None
        self._saving = asyncio.Lock()
        with ui.expansion().classes("loa-fields").mark("fields").props("data-testid=fields dense") as panel:
            self._panel = panel
            self._build()
        self._wrong = ui.label().classes("loa-wrong").props("role=alert data-testid=fields-error").mark("fields-error")
        self._fill()
        ui.timer(0.2, self._tick)

    async def offer(self) -> None:
        """The areas one may write for; to be called once the page is there."""
        self._areas.offer(await self._visit.office.areas(self._visit.actor, Action.WRITE))
        self._fill()
        self._meant(self._held.areas)

    def show(self, bulletin: Bulletin) -> None:
        """Show them as they are now, unless something here is on its way."""
        if self._changed_at is None and not self._saving.locked() and bulletin.fields != self._held:
            self._held = bulletin.fields
            self._fill()

    async def flush(self) -> bool:
        """Save now what is not saved; whether the office has all of it."""
        async with self._saving:
            if self._changed_at is None:
                return True
            self._changed_at = None
            self._wrong.set_text("")
            try:
                wanted = self._read()
            except ValueError:
                self._wrong.set_text(told("until-wrong"))
                return False
            if wanted == self._held:
                return True
            async with asking(self._wrong.set_text):
                me, held = await self._visit.me(), self._held
                kept = await self._visit.office.life.describe(me, self._id, held, wanted)
                self._held = kept.fields
            if self._wrong.text:
                return False
            self._ticked = self._areas.chosen
            self._head()
            self._meant(self._held.areas)
            return True

    def _build(self) -> None:
        levels = {one.value: level_name(one) for one in (Level.ROUTINE, Level.PRIORITY)}
        ui.label(told("level")).classes("loa-strong")
        self._level = ui.toggle(levels, on_change=self._typed).classes("loa-toggle").mark("level")
        self._level.props("no-caps unelevated spread data-testid=level")
        ui.label(told("level-hint")).classes("loa-dim loa-small")
        self._category = self._choice("category", {one.value: category_name(one) for one in Category})
        self._source, self._issued_by = self._line("source"), self._line("issued-by")
        with ui.element("div").classes("loa-until"):
            self._day = ui.date_input(told("until-day"), on_change=self._typed)
            self._day.props('outlined clearable mask="##/##/####" inputmode=numeric data-testid=until-day')
            self._day.mark("until-day").picker.props('mask="DD/MM/YYYY"')
            self._hour = ui.time_input(told("until-hour"), on_change=self._typed)
            self._hour.props('outlined clearable mask="##:##" inputmode=numeric data-testid=until-hour')
            self._hour.mark("until-hour").picker.props("format24h")
        ui.label(told("until-hint")).classes("loa-dim loa-small")
        self._language = self._choice("language", {one.value: language_name(one) for one in Language})
        self._tags = self._line("tags")
        with ui.expansion(told("meant-for")).props("dense data-testid=meant-for").mark("meant-for"):
            self._areas = AreaField(self._typed, "meant-")

    def _choice(self, name: str, options: dict[str, str]) -> ui.select:
        field = ui.select(options, label=told(name), on_change=self._typed)
        field.props(f"outlined options-dense data-testid={name}").mark(name)
        return field

    def _line(self, name: str) -> ui.input:
        field = ui.input(told(name), on_change=self._typed)
        limit = LINE_LENGTH if name != "tags" else 4 * LINE_LENGTH
        field.props(f"outlined autocomplete=off maxlength={limit} data-testid={name}").mark(name)
        return field

    def _typed(self) -> None:
        if not self._quiet:
            self._changed_at = asyncio.get_running_loop().time()

    async def _tick(self) -> None:
        if self._changed_at is not None and asyncio.get_running_loop().time() - self._changed_at >= QUIET_S:
            await self.flush()

    def _read(self) -> Fields:
        """What stands in the fields. Raises ValueError where day and hour say no instant."""
        return replace(
            self._held,
            level=Level(self._level.value),
            category=Category(self._category.value or ""),
            source=" ".join((self._source.value or "").split()),
            issued_by=" ".join((self._issued_by.value or "").split()),
            valid_until=self._until(),
            # what lies outside what one may choose from stays, unless something else is chosen
            areas=self._held.areas if self._areas.chosen == self._ticked else self._areas.chosen,
            language=Language(self._language.value),
            tags=tuple(one.strip() for one in (self._tags.value or "").split(",") if one.strip()),
        )

    def _until(self) -> datetime | None:
        day, hour = (self._day.value or "").strip(), (self._hour.value or "").strip()
        if not day and not hour:
            return None
        # a day alone ends with its last minute
        return datetime.strptime(f"{day} {hour or f'{_LAST_MINUTE:%H:%M}'}", f"{_DAY} %H:%M").replace(tzinfo=self._zone)

    def _fill(self) -> None:
        held = self._held
        self._quiet = True
        self._level.set_value(held.level.value)
        self._category.set_value(held.category.value)
        self._source.set_value(held.source)
        self._issued_by.set_value(held.issued_by)
        local = held.valid_until.astimezone(self._zone) if held.valid_until else None
        self._day.set_value(f"{local:{_DAY}}" if local else "")
        self._hour.set_value(f"{local:%H:%M}" if local else "")
        self._language.set_value(held.language.value)
        self._tags.set_value(", ".join(held.tags))
        self._areas.tick(held.areas)
        self._ticked = self._areas.chosen
        self._quiet = False
        self._head()

    def _head(self) -> None:
        held = self._held
        facts = (level_name(held.level), category_name(held.category), validity(held.valid_until))
        self._panel.set_text(told("fields"))
        self._panel.props["caption"] = told("fields-short", level=facts[0], category=facts[1], until=facts[2])

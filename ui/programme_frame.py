"""Title, hour, slot, gap and fade of a programme: each kept as it is changed; what others change meanwhile stays."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from nicegui import ui

from broadcast.agenda.programme_types import Frame, ProgrammeView
from broadcast.domain.programmes import LONGEST_FADE_S, LONGEST_GAP_S
from ui.asked import DAY
from ui.programme_parts import Taken
from ui.session import Visit, asking
from ui.showing import prog
from ui.theme import tagged

T = TypeVar("T")


class FramePanel:
    """The fields."""

    def __init__(self, visit: Visit, view: ProgrammeView, taken: Taken) -> None:
        self._visit, self._id, self._taken = visit, view.id, taken
        self._zone = ZoneInfo(visit.office.zone)
        self._held = view.frame
        tagged("h2", prog("frame"))
        self._title = ui.input(prog("title")).props("outlined maxlength=200 data-testid=frame-title")
        self._title.mark("frame-title").on("change", self._keep)
        with ui.element("div").classes("loa-hours"):
            self._day = ui.input(prog("begins")).props('outlined mask="##/##/####" inputmode=numeric')
            self._day.props("data-testid=frame-day").mark("frame-day").on("change", self._keep)
            self._hour = ui.input(prog("hour")).props('outlined mask="##:##" inputmode=numeric')
            self._hour.props("data-testid=frame-hour").mark("frame-hour").on("change", self._keep)
            self._slot = ui.input(prog("slot-minutes")).props("outlined inputmode=decimal data-testid=frame-slot")
            self._slot.mark("frame-slot").on("change", self._keep)
        ui.label(prog("begins-hint")).classes("loa-dim loa-small")
        self._gap_told, self._gap = self._slider("gap", LONGEST_GAP_S)
        self._fade_told, self._fade = self._slider("fade", LONGEST_FADE_S)
        ui.label(prog("fade-hint")).classes("loa-dim loa-small")
        self._wrong = ui.label().classes("loa-wrong").props("role=alert data-testid=frame-error").mark("frame-error")
        if not view.writable:
            for field in (self._title, self._day, self._hour, self._slot, self._gap, self._fade):
                field.disable()
        self._fill()

    def show(self, view: ProgrammeView) -> None:
        """Show it as it is now; what is being typed and not kept yet stays."""
        if view.frame != self._held:
            typed, self._held = self._typed(), view.frame
            self._fill(typed)

    def _slider(self, name: str, most: float) -> tuple[ui.label, ui.slider]:
        told = ui.label().classes("loa-strong").props(f"id=loa-{name}")
        slider = ui.slider(min=0, max=most, step=0.5, value=0, on_change=self._tell)
        slider.props(f"data-testid=frame-{name} aria-labelledby=loa-{name}").mark(f"frame-{name}")
        slider.on("change", self._keep)
        return told, slider

    def _tell(self) -> None:
        self._gap_told.set_text(prog("gap", value=_number(self._gap.value or 0)))
        self._fade_told.set_text(prog("fade", value=_number(self._fade.value or 0)))

    def _typed(self) -> frozenset[str]:
        """Which fields say something else than what is held."""
        shown, now = _shown(self._held, self._zone), self._values()
        return frozenset(name for name in shown if now[name] != shown[name])

    def _values(self) -> dict[str, str]:
        return {name: str(getattr(self, f"_{name}").value or "").strip() for name in ("title", "day", "hour", "slot")}

    def _fill(self, but: frozenset[str] = frozenset()) -> None:
        for name, value in _shown(self._held, self._zone).items():
            if name not in but:
                getattr(self, f"_{name}").set_value(value)
        self._gap.set_value(self._held.gap_s)
        self._fade.set_value(self._held.fade_s)
        self._tell()

    async def _keep(self) -> None:
        self._wrong.set_text("")
        try:
            wanted = self._read()
        except _Wrong as wrong:
            self._wrong.set_text(prog(wrong.key))
            return
        if wanted == self._held:
            return
        read = self._values()
        async with asking(self._wrong.set_text):
            me = await self._visit.me()
            fresh = await self._visit.office.programmes.set_frame(me, self._id, self._held, wanted)
            self._held = fresh.frame
            now = self._values()
            self._fill(frozenset(name for name in now if now[name] != read[name]))  # typed meanwhile
            await self._taken(fresh)

    def _read(self) -> Frame:
        day, hour = (str(field.value or "").strip() for field in (self._day, self._hour))
        at = _parsed("begins-wrong", lambda: self._instant(day, hour)) if day or hour else None
        slot = _parsed("slot-wrong", lambda: 60 * float(str(self._slot.value or "").replace(",", ".")))
        if _shown(self._held, self._zone)["slot"] == str(self._slot.value or "").strip():
            slot = self._held.slot_s
        return replace(
            self._held,
            title=" ".join(str(self._title.value or "").split()),
            at=at,
            slot_s=slot,
            gap_s=float(self._gap.value),
            fade_s=float(self._fade.value),
        )

    def _instant(self, day: str, hour: str) -> datetime:
        return datetime.strptime(f"{day} {hour}", f"{DAY} %H:%M").replace(tzinfo=self._zone)


class _Wrong(Exception):
    """Raised when a field says nothing that can be kept. `key` is of its sentence."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def _parsed(key: str, read: Callable[[], T]) -> T:
    try:
        return read()
    except ValueError as error:
        raise _Wrong(key) from error


def _shown(frame: Frame, zone: ZoneInfo) -> dict[str, str]:
    local = frame.at.astimezone(zone) if frame.at else None
    return {
        "title": frame.title,
        "day": f"{local:{DAY}}" if local else "",
        "hour": f"{local:%H:%M}" if local else "",
        "slot": _number(frame.slot_s / 60),
    }


def _number(value: float) -> str:
    return f"{value:g}".replace(".", ",")

"""The way of each airing at each receiver: counts on top, a card each, every state with its age."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from nicegui import ui

from broadcast.domain.deliveries import DeliveryState
from broadcast.view_types import DeliveryView
from ui.ages import Age, Meter
from ui.board import Board
from ui.words import deviation, milliseconds, order, reason, say

_D = DeliveryState
PAGE: Final = 60
"""Cards drawn at first: what a screen and a half can hold."""
TROUBLE_FIRST: Final = (
    _D.FAILED,
    _D.MISSED,
    _D.UNKNOWN,
    _D.INTERRUPTED,
    _D.STOPPED,
    _D.PLAYING,
    _D.PLANNED,
    _D.SENT,
    _D.RECEIVED,
    _D.READY,
    _D.PLAYED,
    _D.WITHDRAWN,
)
ICONS: Final = {
    _D.PLANNED: "edit_calendar",
    _D.SENT: "send",
    _D.RECEIVED: "download",
    _D.READY: "task_alt",
    _D.PLAYING: "volume_up",
    _D.PLAYED: "done_all",
    _D.STOPPED: "stop_circle",
    _D.INTERRUPTED: "power_off",
    _D.MISSED: "alarm_off",
    _D.FAILED: "error",
    _D.WITHDRAWN: "undo",
    _D.UNKNOWN: "help",
}


class StateChip:
    """A state in a word and a sign."""

    def __init__(self) -> None:
        with ui.element("div") as self.root:
            self._icon = ui.icon("help").props("aria-hidden=true")
            self._text = ui.label()

    def show(self, state: DeliveryState) -> None:
        """Show another state."""
        self.root.classes(replace=f"loa-state loa-state-{state.value}")
        self.root.props(f"data-state={state.value}")
        self._icon.set_name(ICONS[state])
        self._text.set_text(say(f"state-{state.value}"))


class DeliveryCard:
    """One airing at one receiver."""

    def __init__(self, view: DeliveryView) -> None:
        with ui.element("article").classes("loa-card loa-delivery") as self.root:
            self.root.props(f"data-testid=delivery-{view.receiver}").mark(f"delivery delivery-{view.receiver}")
            with ui.element("div").classes("loa-card-head"):
                with ui.element("div").classes("loa-card-names"):
                    ui.label(view.receiver_name).classes("loa-strong")
                    ui.label(view.area_name).classes("loa-dim")
                self._chip = StateChip()
            self._meter = Meter()
            self._figures = ui.label().classes("loa-figures").mark("figures")
            self._why = ui.label().classes("loa-why")
            with ui.element("div").classes("loa-card-foot loa-dim"):
                ui.label(say("news"))
                self._age = Age(view.news_at)

    def show(self, view: DeliveryView) -> None:
        """Show it as it is now."""
        self._chip.show(view.state)
        playing = view.state is _D.PLAYING
        self._meter.visible = playing
        if playing:
            self._meter.show(view.position_ms or 0, view.total_ms, view.news_at)
        self._figures.set_text(figures(view))
        self._figures.visible = bool(self._figures.text)
        self._why.set_text(reason(view.why))
        self._why.visible = bool(view.why)
        self._age.show(view.news_at)


def figures(view: DeliveryView) -> str:
    """What was measured: how much sounded, and how far off the planned instant."""
    told = []
    if view.played_ms is not None:
        told.append(milliseconds(view.played_ms))
    if view.start_error_ms is not None:
        told.append(deviation(view.start_error_ms))
    return ", ".join(told)


@dataclass(frozen=True)
class _Tally:
    state: DeliveryState
    count: int
    pressed: bool


class DeliveryBoard:
    """Counts by state, which also choose what is listed, and the cards: trouble first, by name below that."""

    def __init__(self) -> None:
        self._views: tuple[DeliveryView, ...] = ()
        self._only: DeliveryState | None = None
        self._limit = PAGE
        tallies = ui.element("div").classes("loa-tallies").props(f'role=group aria-label="{say("counts")}"')
        tallies.mark("delivery-counts").props("data-testid=delivery-counts")
        self._tallies: Board[_Tally] = Board(tallies, lambda t: t.state, lambda t: _TallyButton(t, self._choose))
        cards = ui.element("div").classes("loa-grid")
        self._cards: Board[DeliveryView] = Board(cards, lambda v: (v.subject, v.receiver), DeliveryCard)
        self._more = ui.button(on_click=self._show_more).props("outline no-caps").classes("loa-more")

    def show(self, views: Iterable[DeliveryView]) -> None:
        """Show these."""
        rank = {state: i for i, state in enumerate(TROUBLE_FIRST)}
        self._views = tuple(sorted(views, key=lambda v: (rank[v.state], order(v.area_name), order(v.receiver_name))))
        counts = Counter(v.state for v in self._views)
        if self._only not in counts:
            self._only = None
        self._tallies.show(_Tally(s, counts[s], s is self._only) for s in DeliveryState if counts[s])
        listed = [v for v in self._views if self._only is None or v.state is self._only]
        self._cards.show(listed[: self._limit])
        left = len(listed) - self._limit
        self._more.visible = left > 0
        self._more.set_text(say("show-more", count=left))

    def _choose(self, state: DeliveryState) -> None:
        self._only = None if self._only is state else state
        self._limit = PAGE
        self.show(self._views)

    def _show_more(self) -> None:
        self._limit += PAGE
        self.show(self._views)


class _TallyButton:
    """How many are in one state; pressed, only these are listed."""

    def __init__(self, tally: _Tally, choose: Callable[[DeliveryState], None]) -> None:
        with ui.button(on_click=lambda: choose(tally.state)).props("flat no-caps") as self.root:
            self.root.mark(f"count-{tally.state.value}").props(f"data-testid=count-{tally.state.value}")
            self._count = ui.label().classes("loa-tally-count")
            ui.label(say(f"state-{tally.state.value}"))

    def show(self, view: _Tally) -> None:
        """Show it as it is now."""
        self._count.set_text(str(view.count))
        self.root.classes(replace=f"loa-tally loa-state-{view.state.value}" + (" loa-pressed" if view.pressed else ""))
        self.root.props(f"aria-pressed={'true' if view.pressed else 'false'}")

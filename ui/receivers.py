"""The receivers: one look, from a phone, and one knows what is wrong and where."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from fastapi.responses import RedirectResponse
from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

from broadcast.domain.people import Action
from broadcast.view_types import ReceiverView
from devices.vocabulary import slug
from ui.ages import Age, Meter
from ui.airwords import air
from ui.board import Board
from ui.guiding import guiding
from ui.holds import Place, StopAll
from ui.session import Panel, Visit, asking, tell
from ui.theme import empty, heading, show
from ui.words import number, order, say

PAGE: Final = 40
CLOCK_OFF_MS: Final = 200
"""Two horns of one square further apart than this are heard as two."""
HOT_C: Final = 75
"""A Raspberry Pi slows itself down from 80 °C."""
DISK_LOW_MB: Final = 500


def troubles(view: ReceiverView) -> tuple[str, ...]:
    """What a person should look at, as keys of sentences, worst first."""
    found = []
    if view.online is False:
        found.append("offline")
    if view.short_of:
        found.append("missing")
    if view.clock_offset_ms is not None and abs(view.clock_offset_ms) > CLOCK_OFF_MS:
        found.append("clock")
    if view.disk_free_mb is not None and view.disk_free_mb < DISK_LOW_MB:
        found.append("disk")
    if view.temperature_c is not None and view.temperature_c > HOT_C:
        found.append("hot")
    return tuple(found)


def presence(view: ReceiverView) -> str:
    """One of "playing", "online", "offline", "never" and "unknown"."""
    if view.online:
        return "playing" if view.playing_title else "online"
    if view.heard_at is None:
        return "never"
    return "offline" if view.online is False else "unknown"


FILTERS: Final[dict[str, Callable[[ReceiverView], bool]]] = {
    "all": lambda _: True,
    "trouble": lambda v: bool(troubles(v)) or v.online is None,
    "playing": lambda v: presence(v) == "playing",
    "offline": lambda v: not v.online,
}


def register(panel: Panel) -> None:
    """The page at /receivers."""

    @ui.page("/receivers")
    async def receivers() -> RedirectResponse | None:
        return await show(panel, "receivers", _draw, needs=Action.SEE_RECEIVERS)


async def _draw(visit: Visit) -> None:
    with ui.element("div").classes("loa-top"):
        heading(say("nav-receivers"), say("receivers-hint"))
        stopper = StopAll(visit)
    sieve = _Sieve()
    nothing = ui.element("div")
    with nothing:
        empty(
            "speaker_group", say("receivers-empty"), say("receivers-empty-hint"), (guiding("go-all"), sieve.everything)
        )
    cards = ui.element("div").classes("loa-grid")
    board: Board[ReceiverView] = Board(cards, lambda v: v.id, lambda v: _ReceiverCard(visit, v))
    more = ui.button(on_click=sieve.widen).props("outline no-caps").classes("loa-more")
    views: tuple[ReceiverView, ...] = ()

    def draw() -> None:
        listed = sieve.through(views)
        nothing.visible = not listed
        board.show(listed[: sieve.limit])
        more.visible = len(listed) > sieve.limit
        more.set_text(say("show-more", count=len(listed) - sieve.limit))

    async def redraw() -> None:
        nonlocal views
        views = await visit.office.receivers(visit.actor)
        stopper.offer(_places(views))
        draw()

    sieve.changed = draw
    await redraw()
    visit.redraws.append(redraw)


def _places(views: tuple[ReceiverView, ...]) -> tuple[Place, ...]:
    """Where receivers hang, by name."""
    named = {v.area: v.area_name for v in sorted(views, key=lambda v: order(v.area_name))}
    return tuple(Place(area, name) for area, name in named.items())


@dataclass(frozen=True)
class _Tally:
    name: str
    count: int
    pressed: bool


class _Sieve:
    """Which receivers are listed: by what ails them, by name; trouble first."""

    def __init__(self) -> None:
        self.changed: Callable[[], None] = lambda: None
        self._name = "all"
        self.limit = PAGE
        with ui.element("div").classes("loa-filter"):
            place = ui.element("div").classes("loa-tallies").props("role=group").mark("receiver-filters")
            self._tallies: Board[_Tally] = Board(place, lambda t: t.name, lambda t: _TallyButton(t, self._press))
            self._typed = ui.input(say("receiver-find"), on_change=self._retyped).props("outlined dense clearable")
            self._typed.props("debounce=150 data-testid=receiver-filter").mark("receiver-filter")

    def through(self, views: tuple[ReceiverView, ...]) -> list[ReceiverView]:
        """Those to list, in order."""
        self._tallies.show(
            _Tally(name, sum(fits(v) for v in views), name == self._name) for name, fits in FILTERS.items()
        )
        wanted = slug(self._typed.value or "")
        fits = FILTERS[self._name]
        named = (v for v in views if not wanted or wanted in slug(f"{v.name} {v.area_name} {v.id}"))
        listed = [v for v in named if fits(v)]
        return sorted(listed, key=lambda v: (not troubles(v), v.online is not None, order(v.area_name), order(v.name)))

    def everything(self) -> None:
        """List all again."""
        self._typed.set_value("")
        self._press("all")

    def widen(self) -> None:
        """List more."""
        self.limit += PAGE
        self.changed()

    def _press(self, name: str) -> None:
        self._name = name
        self.limit = PAGE
        self.changed()

    def _retyped(self) -> None:
        self.limit = PAGE
        self.changed()


class _TallyButton:
    """How many receivers are so; pressed, only these are listed."""

    def __init__(self, tally: _Tally, press: Callable[[str], None]) -> None:
        with ui.button(on_click=lambda: press(tally.name)).props("flat no-caps") as self.root:
            self.root.mark(f"filter-{tally.name}").props(f"data-testid=filter-{tally.name}")
            self._count = ui.label().classes("loa-tally-count")
            ui.label(say(f"filter-{tally.name}"))

    def show(self, view: _Tally) -> None:
        """Show it as it is now."""
        self._count.set_text(number(view.count))
        bad = view.name in {"trouble", "offline"} and view.count
        self.root.classes(replace="loa-tally" + (" loa-pressed" if view.pressed else "") + (" loa-bad" if bad else ""))
        self.root.props(f"aria-pressed={'true' if view.pressed else 'false'}")


class _ReceiverCard:
    """One receiver as last heard of."""

    def __init__(self, visit: Visit, view: ReceiverView) -> None:
        self._visit = visit
        self._view = view
        with ui.element("article").classes("loa-card loa-receiver") as self.root:
            self.root.mark(f"receiver receiver-{view.id}").props(f"data-testid=receiver-{view.id}")
            with ui.element("div").classes("loa-card-head"):
                with ui.element("div").classes("loa-card-names"):
                    ui.label(view.name).classes("loa-card-title")
                    ui.label(view.area_name).classes("loa-dim")
                self._state = ui.label()
            self._title = ui.label().classes("loa-strong")
            self._meter = Meter()
            self._trouble = ui.label().classes("loa-why").mark("trouble")
            with ui.element("dl").classes("loa-figures-list"):
                self._figures = {
                    name: self._figure(name)
                    for name in ("volume", "clock", "disk", "temperature", "missing", "refused", "version")
                }
            with ui.element("div").classes("loa-card-foot"):
                self._said = ui.label().classes("loa-dim")
                self._age = Age(view.heard_at or datetime.now(UTC))
                with ui.link(target=f"/next?receiver={view.id}").classes("loa-small").mark(f"next-of-{view.id}"):
                    ui.label(air("nav-next"))
                button = ui.button(say("identify"), icon="notifications", on_click=self._identify)
                button.props(f"flat no-caps data-testid=identify-{view.id}").mark(f"identify-{view.id}")
                button.visible = visit.actor.may(Action.IDENTIFY)

    def _figure(self, name: str) -> TextElement:
        with ui.element("div"):
            TextElement(tag="dt", text=say(f"receiver-{name}"))
            return TextElement(tag="dd", text="")

    def show(self, view: ReceiverView) -> None:
        """Show it as it is now."""
        self._view = view
        word = presence(view)
        self._state.set_text(say(f"receiver-{word}"))
        self._state.classes(replace=f"loa-state loa-receiver-{word}")
        playing = word == "playing"
        self._title.visible = self._meter.visible = playing
        if playing:
            self._title.set_text(view.playing_title)
            self._meter.show(view.position_ms or 0, view.total_ms or 0, view.heard_at or datetime.now(UTC))
        found = troubles(view)
        self._trouble.visible = bool(found)
        self._trouble.set_text(" ".join(say(f"trouble-{name}") for name in found))
        self.root.classes(add="loa-troubled" if found else "", remove="" if found else "loa-troubled")
        shown = {
            "volume": f"{view.volume} %" if view.volume is not None else "–",
            "clock": say("clock-off", ms=f"{view.clock_offset_ms:+.0f}") if view.clock_offset_ms is not None else "–",
            "disk": f"{number(view.disk_free_mb)} MB" if view.disk_free_mb is not None else "–",
            "temperature": f"{view.temperature_c:.0f} °C" if view.temperature_c is not None else "–",
            "missing": number(view.clips_missing),
            "refused": number(view.refused),
            "version": view.version or "–",
        }
        for name, text in shown.items():
            self._figures[name].set_text(text)
        self._said.set_text(say("last-word") if view.heard_at else say("never-heard"))
        self._age.visible = view.heard_at is not None
        if view.heard_at:
            self._age.show(view.heard_at)

    async def _identify(self) -> None:
        async with asking():
            await self._visit.office.identify(await self._visit.me(), self._view.id)
            tell(say("identify-sent", name=self._view.name))

"""The alarm: raised on purpose, watched live, ended with one touch. Red, but calm."""

from dataclasses import dataclass
from typing import Final

from fastapi.responses import RedirectResponse
from nicegui import ui

from broadcast.domain.alarms import CONFIRMATION
from broadcast.domain.people import Action
from broadcast.view_types import AlarmView
from devices.messages import WORDS_LENGTH
from devices.vocabulary import AlarmId, Siren
from ui.ages import Age
from ui.area_tree import AreaField
from ui.board import Board
from ui.deliveries import DeliveryBoard
from ui.session import Panel, Visit, asking, tell
from ui.theme import empty, heading, show, tagged
from ui.words import moment, say

SIRENS: Final = tuple(Siren)


def register(panel: Panel) -> None:
    """The page at /alarm."""

    @ui.page("/alarm")
    async def alarm() -> RedirectResponse | None:
        return await show(panel, "alarm", _draw)


async def _draw(visit: Visit) -> None:
    heading(say("nav-alarm"), say("alarm-hint"))
    held = ui.element("div").classes("loa-alarms")
    board: Board[AlarmView] = Board(held, lambda v: v.id, lambda v: _AlarmPicture(visit, v))
    if visit.actor.may(Action.RAISE_ALARM):
        _Form(visit).offer(await visit.office.areas(visit.actor, Action.RAISE_ALARM))
    tagged("h2", say("alarm-past"))
    nothing = ui.element("div")
    with nothing:
        empty("notifications_off", say("alarm-empty"), say("alarm-empty-hint"))
    past: Board[AlarmView] = Board(
        ui.element("div").classes("loa-alarms"), lambda v: v.id, lambda v: _AlarmPicture(visit, v)
    )

    async def redraw() -> None:
        views = await visit.office.alarms(visit.actor)
        board.show(v for v in views if v.in_force)
        over = [v for v in views if not v.in_force]
        past.show(over)
        nothing.visible = not over

    await redraw()
    visit.redraws.append(redraw)


class _Form:
    """Everything that must be said before an alarm is raised."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._siren: Siren = SIRENS[0]
        with ui.element("section").classes("loa-panel loa-alarm-form").mark("alarm-form"):
            tagged("h2", say("alarm-raise"))
            with ui.element("div").classes("loa-steps"):
                with ui.element("div").classes("loa-step"):
                    ui.label(say("where")).classes("loa-strong")
                    self._areas = AreaField(lambda: None)
                with ui.element("div").classes("loa-step"):
                    ui.label(say("siren")).classes("loa-strong").props("id=siren-label")
                    place = ui.element("div").classes("loa-sirens").props("role=radiogroup aria-labelledby=siren-label")
                    self._sirens: Board[_SirenView] = Board(place, lambda v: v.siren, lambda v: _SirenButton(v, self))
                    self.choose(self._siren)
                    self._words = ui.textarea(say("alarm-words"), placeholder=say("alarm-words-placeholder"))
                    self._words.props(f"outlined autogrow counter maxlength={WORDS_LENGTH} data-testid=alarm-words")
                    self._words.mark("alarm-words").classes("loa-text-field loa-alarm-words")
                    self._typed = ui.input(say("alarm-confirm", confirmation=CONFIRMATION))
                    self._typed.props("outlined autocomplete=off data-testid=alarm-confirm").mark("alarm-confirm")
                    self._wrong = ui.label().classes("loa-wrong").props("role=alert data-testid=alarm-error")
                    self._wrong.mark("alarm-error")
                    self._button = ui.button(say("alarm-send"), icon="notifications_active", on_click=self._raise)
                    self._button.props("unelevated no-caps data-testid=alarm-raise").mark("alarm-raise")
                    self._button.classes("loa-danger loa-wide")
        self.offer = self._areas.offer

    def choose(self, siren: Siren) -> None:
        """Let this siren sound."""
        self._siren = siren
        self._sirens.show(_SirenView(s, s is siren) for s in SIRENS)

    async def _raise(self) -> None:
        self._wrong.set_text("")
        self._button.props("loading")
        async with asking(self._wrong.set_text):
            actor = await self._visit.me()
            words, typed = self._words.value or "", self._typed.value or ""
            raised = await self._visit.office.raise_alarm(actor, self._areas.chosen, self._siren, words, typed)
            self._typed.set_value("")
            self._words.set_value("")
            tell(say("alarm-raised") if not raised.unsent else say("alarm-raised-partly"))
            ui.run_javascript("window.scrollTo({top: 0, behavior: 'smooth'})")
        self._button.props(remove="loading")


@dataclass(frozen=True)
class _SirenView:
    siren: Siren
    chosen: bool


class _SirenButton:
    """One siren by name, and what it sounds like."""

    def __init__(self, view: _SirenView, form: _Form) -> None:
        siren = view.siren
        with ui.button(on_click=lambda: form.choose(siren)).props("flat no-caps role=radio") as self.root:
            self.root.mark(f"siren-{siren.value}").props(f"data-testid=siren-{siren.value}")
            ui.label(say(f"siren-{siren.value}")).classes("loa-strong")
            ui.label(say(f"siren-{siren.value}-more")).classes("loa-dim loa-small")

    def show(self, view: _SirenView) -> None:
        """Whether it is the chosen one."""
        self.root.classes(replace="loa-siren" + (" loa-pressed" if view.chosen else ""))
        self.root.props(f"aria-checked={'true' if view.chosen else 'false'}")


class _AlarmPicture:
    """One alarm: what was said where, who heard it, and while it holds the way to end it."""

    def __init__(self, visit: Visit, view: AlarmView) -> None:
        self._visit = visit
        self._id = AlarmId(view.id)
        with ui.element("section").classes("loa-panel loa-alarm") as self.root:
            self.root.mark(f"alarm alarm-{view.id}").props(f"data-testid=alarm-{view.id}")
            with ui.element("div").classes("loa-top"):
                with ui.element("div").classes("loa-heading"):
                    tagged("h3", ", ".join(view.area_names))
                    with ui.element("div").classes("loa-facts"):
                        self._state = ui.label().classes("loa-strong")
                        ui.label(say("alarm-by", name=view.raised_name, at=view.raised_at))
                        Age(view.raised_at)
                        known = view.siren in SIRENS
                        ui.label(say(f"siren-{view.siren}") if known else view.siren)
                self._end = ui.button(say("alarm-end"), icon="stop_circle", on_click=self._ending)
                self._end.props("unelevated no-caps data-testid=alarm-end").classes("loa-danger").mark("alarm-end")
            ui.label(view.words).classes("loa-alarm-said")
            self._words = ui.label().classes("loa-dim")
            self._unsent = ui.label().classes("loa-warning loa-strong").props("role=alert data-testid=alarm-unsent")
            self._unsent.mark("alarm-unsent")
            self._board = DeliveryBoard()

    def show(self, view: AlarmView) -> None:
        """Show it as it is now."""
        self.root.classes(add="loa-in-force" if view.in_force else "", remove="" if view.in_force else "loa-in-force")
        self._end.visible = view.in_force and self._visit.actor.may(Action.END_ALARM)
        if view.in_force:
            self._state.set_text(say("alarm-in-force", until=view.until))
        elif view.ended_at is not None:
            self._state.set_text(say("alarm-ended-at", at=moment(view.ended_at)))
        else:
            self._state.set_text(say("alarm-ran-out", at=moment(view.until)))
        self._words.visible = view.in_force
        self._words.set_text(say("alarm-words-ready") if view.words_ready else say("alarm-words-coming"))
        self._unsent.visible = bool(view.unsent)
        self._unsent.set_text(say("alarm-unsent", areas=", ".join(view.unsent)))
        self._board.show(view.deliveries)

    async def _ending(self) -> None:
        async with asking():
            await self._visit.office.end_alarm(await self._visit.me(), self._id)
            tell(say("alarm-end-sent"))

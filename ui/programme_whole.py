"""The whole of a programme: put together with progress, heard, handed in, placed."""

import asyncio
from datetime import datetime

from nicegui import ui

from broadcast.agenda.programme_types import MadeView, ProgrammeView, Stale
from broadcast.domain.house import Tell
from broadcast.domain.listening import Heard
from broadcast.domain.people import Action
from broadcast.works import Work
from ui.life import LifeStrip
from ui.listening import Hearing, tell_loudness
from ui.placing import Placing
from ui.programme_parts import Taken
from ui.session import Visit, asking, tell
from ui.showing import prog
from ui.theme import heading
from ui.words import stage


class Whole:
    """A button while it is to be put together; then a player and the fields of a placing."""

    def __init__(self, visit: Visit, view: ProgrammeView, taken: Taken) -> None:
        self._visit, self._id, self._taken = visit, view.id, taken
        self._works = visit.office.programmes.works
        self._drawn: object = None
        self._life: LifeStrip | None = None
        self._placing: Placing | None = None
        heading(prog("whole"))
        self._stale = ui.element("div").classes("loa-notice").props("role=status data-testid=stale").mark("stale")
        self._button = ui.button(prog("assemble"), icon="merge_type", on_click=self._assemble).classes("loa-primary")
        self._button.props("unelevated no-caps data-testid=assemble").mark("assemble")
        self._not = ui.label(prog("assemble-not")).classes("loa-dim").mark("assemble-not")
        with ui.element("div").classes("loa-working").props("role=status data-testid=assembling") as self._working:
            self._working.mark("assembling")
            self._stage = ui.label()
            self._bar = ui.linear_progress(0, show_value=False, size="8px").props("rounded")
            stop = ui.button(prog("stop"), on_click=self._give_up).props("flat no-caps data-testid=assemble-stop")
            stop.mark("assemble-stop")
        self._working.visible = False
        self._wrong = ui.label().classes("loa-wrong").props("role=alert data-testid=whole-error").mark("whole-error")
        self._nothing = ui.label(prog("not-made-yet")).classes("loa-dim").mark("not-made")
        self._result = ui.element("div").classes("loa-result").props("data-testid=whole").mark("whole")
        self._place = ui.element("div").classes("loa-whole-place")
        under_way = self._works.of(self._id)
        if under_way is not None:
            ui.timer(0, lambda: self._follow(under_way), once=True)

    async def show(self, view: ProgrammeView) -> None:
        """Show it as it is now."""
        made = view.made
        self._nothing.visible = made is None
        self._button.set_text(prog("assemble-again") if made else prog("assemble"))
        self._button.visible = view.writable and (made is None or bool(made.stale)) and not self._working.visible
        self._button.set_enabled(view.ready)
        self._not.visible = self._button.visible and not view.ready
        self._stale.clear()
        self._stale.visible = made is not None and bool(made.stale)
        if made is not None:
            with self._stale:
                for title, why in made.stale:
                    ui.label(prog(f"stale-{why.value}", **({} if why is Stale.ORDER else {"part": title})))
                ui.label(prog("stale-do")).classes("loa-strong")
            await self._hear(made)
            await self._offer(made, view.frame.at)

    async def _hear(self, made: MadeView) -> None:
        seen = (made.bulletin.id, made.bulletin.sound)
        if seen == self._drawn or made.bulletin.sound is None:
            return
        self._drawn = seen
        sound = made.bulletin.sound
        heard = await self._visit.office.heard(self._visit.actor, made.bulletin.id)
        self._result.clear()
        with self._result:
            with ui.element("div").classes("loa-audio"):
                Hearing(made.bulletin.id, heard or Heard(sound.clip, "", 0.0, ()))
            tell_loudness(sound)

    async def _offer(self, made: MadeView, at: datetime | None) -> None:
        """The way to the horns: only of what is as it should be now."""
        key = made.bulletin.id
        self._place.visible = not made.stale
        if made.stale:
            return
        if self._life is None or self._for != key:
            self._for = key
            self._place.clear()
            with self._place:
                self._life = LifeStrip(self._visit, key, _nothing_typed)
                if self._visit.over(Action.PLACE, (made.bulletin.area,)):
                    self._placing = Placing(self._visit, key, _nothing_typed, self._life.submit)
            if self._placing is not None:
                await self._placing.refresh()
                self._placing.intend(made.bulletin.areas)
                if at is not None:
                    self._placing.propose(at)
        elif self._placing is not None:
            await self._placing.refresh()
        await self._life.refresh()

    _for: int = 0
    """The bulletin that `_life` and `_placing` are about."""

    async def _assemble(self) -> None:
        async with asking(self._wrong.set_text):
            actor, office = await self._visit.me(), self._visit.office.programmes

            async def run(tell_: Tell) -> ProgrammeView:
                return await office.assemble(actor, self._id, tell_)

            await self._follow(self._works.begin(self._id, run))

    async def _follow(self, work: Work) -> None:
        self._wrong.set_text("")
        self._button.visible, self._working.visible = False, True
        clock = ui.timer(0.15, lambda: self._say(work))
        try:
            async with asking(self._wrong.set_text):
                await work.wait()
                tell(prog("assembled"))
        except asyncio.CancelledError:
            if not work.task.cancelled():
                raise  # the page went away, not the work
        finally:
            clock.cancel()
            self._working.visible = False
        if self._visit.client.is_deleted:
            return
        async with asking():
            await self._taken(await self._visit.office.programmes.programme(self._visit.actor, self._id))

    def _say(self, work: Work) -> None:
        self._stage.set_text(f"{stage(work.progress.stage)}…")
        share = work.progress.share
        self._bar.props(remove="indeterminate") if share is not None else self._bar.props("indeterminate")
        self._bar.set_value(share or 0)

    def _give_up(self) -> None:
        work = self._works.of(self._id)
        if work is not None:
            work.task.cancel()


async def _nothing_typed() -> bool:
    """All that is changed on this page is kept at once."""
    return True

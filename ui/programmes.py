"""The programmes, what was changed last first, and the way to a new one."""

from fastapi.responses import RedirectResponse
from nicegui import ui

from broadcast.agenda.programme_types import ProgrammeLine
from broadcast.domain.people import Action
from ui.ages import Age
from ui.board import Board
from ui.session import Panel, Visit
from ui.showing import prog
from ui.theme import empty, heading, show
from ui.words import length, moment, say


def register(panel: Panel) -> None:
    """The page at /programmes."""

    @ui.page("/programmes")
    async def programmes(bulletin: int = 0) -> RedirectResponse | None:
        async def draw(visit: Visit) -> None:
            of = await visit.office.programmes.of_bulletin(visit.actor, bulletin) if bulletin else None
            if of is not None:
                ui.navigate.to(f"/programmes/{of}")
            await _draw(visit)

        return await show(panel, "programmes", draw, needs=Action.SEE_BULLETINS)


async def _draw(visit: Visit) -> None:
    with ui.element("div").classes("loa-top"):
        heading(say("nav-programmes"), prog("hint"))
        with ui.element("div").classes("loa-actions"):
            new = ui.button(prog("new"), icon="add", on_click=lambda: ui.navigate.to("/programmes/new"))
            new.props("unelevated no-caps data-testid=programme-new").classes("loa-primary").mark("programme-new")
            usual = ui.button(prog("usual"), icon="tune", on_click=lambda: ui.navigate.to("/programmes/usual"))
            usual.props("outline no-caps data-testid=to-usual").mark("to-usual")
            new.visible = usual.visible = visit.actor.may(Action.WRITE)
    nothing = ui.element("div")
    with nothing:
        ways = ((prog("new"), "/programmes/new"),) if visit.actor.may(Action.WRITE) else ()
        empty("queue_music", prog("empty"), prog("empty-hint"), *ways)
    board: Board[ProgrammeLine] = Board(ui.element("div").classes("loa-grid"), lambda line: line.id, _Card)

    async def redraw() -> None:
        lines = await visit.office.programmes.programmes(visit.actor)
        nothing.visible = not lines
        board.show(lines)

    await redraw()
    visit.redraws.append(redraw)


class _Card:
    """One programme: when it is to air, how long it is, whether it is ready."""

    def __init__(self, line: ProgrammeLine) -> None:
        with ui.link(target=f"/programmes/{line.id}").classes("loa-card loa-card-link") as self.root:
            self.root.mark(f"programme programme-{line.id}").props(f"data-testid=programme-{line.id}")
            self._title = ui.label().classes("loa-card-title")
            self._when = ui.label().classes("loa-strong")
            self._where = ui.label().classes("loa-excerpt loa-dim")
            with ui.element("div").classes("loa-card-foot"):
                self._made = ui.label().classes("loa-tag")
                self._length = ui.label().classes("loa-tag")
                self._airs = ui.label().classes("loa-tag loa-tag-slot")
                ui.space()
                self._by = ui.label().classes("loa-dim")
                self._age = Age(line.changed_at)

    def show(self, line: ProgrammeLine) -> None:
        """Show it as it is now."""
        self._title.set_text(line.title)
        self._when.set_text(moment(line.at) if line.at else "")
        self._when.visible = line.at is not None
        self._where.set_text(f"{line.area_name} · {prog('parts-count', count=line.parts)}")
        state = "not-made" if line.made is None else "stale" if line.stale else "made"
        tone = {"made": "loa-tag-good", "stale": "loa-tag-alarm", "not-made": ""}[state]
        self._made.set_text(prog(state))
        self._made.classes(replace=f"loa-tag {tone}")
        over = line.total_s > line.slot_s
        self._length.set_text(prog("of-slot", length=length(line.total_s), slot=length(line.slot_s)))
        self._length.classes(add="loa-tag-alarm" if over else "", remove="" if over else "loa-tag-alarm")
        self._airs.visible = line.next_at is not None
        self._airs.set_text(prog("airs", at=line.next_at) if line.next_at else "")
        self._by.set_text(prog("changed-by", name=line.changed_name))
        self._age.show(line.changed_at)

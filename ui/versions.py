"""A bulletin's versions: what waits is heard and decided here, any two are compared side by side."""

from collections.abc import Awaitable, Callable
from typing import Final

from fastapi.responses import RedirectResponse
from nicegui import ui

from broadcast.domain.bulletins import BulletinState
from broadcast.domain.people import Action
from broadcast.newsroom.life_types import ComingSlot, LifeView, VersionView
from ui.comparing import Comparison
from ui.deciding import Deciding
from ui.guiding import guiding
from ui.life import StateTag
from ui.living import decided, told
from ui.session import Panel, Visit, asking, tell
from ui.theme import empty, heading, show, tagged
from ui.words import moment, say

COMING: Final = 8
"""Slots shown by their hour; the rest are counted."""
OPEN = frozenset(BulletinState) - {BulletinState.WITHDRAWN}


def register(panel: Panel) -> None:
    """The page at /bulletins/{id}/versions."""

    @ui.page("/bulletins/{bulletin_id:int}/versions")
    async def versions(bulletin_id: int) -> RedirectResponse | None:
        return await show(panel, "versions", lambda visit: _draw(visit, bulletin_id), needs=Action.SEE_BULLETINS)


async def _draw(visit: Visit, bulletin_id: int) -> None:
    view = await visit.office.life.view(visit.actor, bulletin_id)

    ask = _withdrawing(visit, bulletin_id, view.bulletin.title)
    with ui.element("div").classes("loa-top"):
        with ui.element("div").classes("loa-heading"):
            heading(view.bulletin.title, view.author_name)
            with ui.element("div").classes("loa-facts"):
                state = StateTag()
        with ui.element("div").classes("loa-actions"):
            ui.link(told("to-editor"), f"/bulletins/{bulletin_id}").classes("loa-strong").mark("to-editor")
            taker = ui.button(told("withdraw"), icon="block", on_click=ask).props("outline no-caps")
            taker.props("data-testid=withdraw-bulletin").mark("withdraw-bulletin")
    nothing = ui.element("div")
    with nothing:
        empty(
            "layers",
            told("versions-none"),
            told("versions-none-hint"),
            (told("to-editor"), f"/bulletins/{bulletin_id}"),
        )
    deciding = Deciding(visit, bulletin_id)
    comparison = Comparison()
    history = ui.element("section").classes("loa-panel").mark("history").props("data-testid=history")
    drawn: LifeView | None = None

    async def redraw() -> None:
        nonlocal drawn
        now = await visit.office.life.view(visit.actor, bulletin_id)
        if now == drawn:
            return
        drawn = now
        state.show(now.bulletin.state)
        mine = visit.over(Action.WITHDRAW, (now.bulletin.area,))
        taker.visible = mine and now.bulletin.state in OPEN
        nothing.visible = not now.versions
        history.visible = bool(now.versions)
        await deciding.show(now)
        await comparison.show(now)
        history.clear()
        with history:
            tagged("h2", told("history"))
            for version in now.versions:
                _past(version)

    await redraw()
    visit.redraws.append(redraw)


def _withdrawing(visit: Visit, bulletin_id: int, title: str) -> Callable[[], Awaitable[None]]:
    """Asks whether it is to be withdrawn, and names what goes with it."""

    async def withdraw() -> None:
        sure.close()
        async with asking():
            await visit.office.life.withdraw(await visit.me(), bulletin_id)
            tell(told("withdrawn"))

    async def ask() -> None:
        async with asking():
            _draw_coming((await visit.office.life.view(visit.actor, bulletin_id)).coming, going)
            sure.open()

    with ui.dialog() as sure, ui.card().classes("loa-dialog"):
        ui.label(told("withdraw-sure", title=title)).classes("loa-strong")
        going = ui.element("div").classes("loa-wide").mark("withdraw-coming").props("data-testid=withdraw-coming")
        with ui.element("div").classes("loa-actions loa-end"):
            ui.button(told("cancel"), on_click=sure.close).props("flat no-caps")
            yes = ui.button(told("withdraw"), icon="block", on_click=withdraw).props("unelevated no-caps")
            yes.props("data-testid=withdraw-bulletin-yes").classes("loa-danger").mark("withdraw-bulletin-yes")
    return ask


def _draw_coming(slots: tuple[ComingSlot, ...], place: ui.element) -> None:
    """What is taken back together with a bulletin."""
    place.clear()
    with place:
        ui.label(guiding("withdraw-coming", count=len(slots)) if slots else guiding("withdraw-nothing")).classes(
            "loa-dim"
        )
        for slot in slots[:COMING]:
            with ui.element("div").classes("loa-preview-line"):
                ui.icon("repeat" if slot.repeats else "event").props("aria-hidden=true")
                ui.label(f"{moment(slot.at)} · {', '.join(slot.area_names)}")
        if len(slots) > COMING:
            ui.label(say("and-more", count=len(slots) - COMING)).classes("loa-dim")
        if any(slot.repeats for slot in slots):
            ui.label(guiding("withdraw-series")).classes("loa-dim")


def _past(version: VersionView) -> None:
    with ui.element("div").classes("loa-past").mark(f"version-{version.number}"):
        ui.label(told("version", number=version.number)).classes("loa-strong")
        ui.label(told("version-by", name=version.by_name, at=moment(version.at)))
        for name, at in version.heard:
            ui.label(told("heard-by", name=name, at=moment(at))).classes("loa-dim")
        if version.decision is None:
            return
        ui.label(decided(version.decision, version.number))
        if version.decision.reason:
            ui.label(told("reason-was", reason=version.decision.reason)).classes("loa-warning")
        if version.decision.waived:
            ui.label(told("waived-was", reason=version.decision.waived)).classes("loa-warning")

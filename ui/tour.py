"""The first steps of somebody new: what the page is for, write, hear, place, see that it sounded.

Where they are is kept with their account; `static/tour.js` leads on the pages themselves.
"""

import json
from typing import Final

from nicegui import events, ui

from broadcast.domain.people import Action
from broadcast.domain.refusals import Refusal
from broadcast.people.account_types import TOUR_STEPS, Tour
from ui.guiding import guiding
from ui.session import Visit, asking

_STEPS: Final = (
    ("campaign", "for"),
    ("edit", "write"),
    ("play_circle", "hear"),
    ("podcasts", "place"),
    ("speaker_group", "see"),
)
_WORDS: Final = (
    *("name", "step", "write", "text", "listen", "making", "hear", "heard", "where", "quiet", "place", "submit"),
    *("see", "sounded", "later", "done", "elsewhere", "back", "there", "leave"),
)


def leads(visit: Visit) -> bool:
    """Whether there is a way for this person that they can go to its end."""
    return visit.actor.may(Action.WRITE) and visit.actor.may(Action.PLACE)


async def led(visit: Visit) -> Tour | None:
    """How far they are; None for whoever is not led."""
    if not leads(visit):
        return None
    try:
        tour = await visit.accounts.tour(visit.actor)
    except Refusal:  # the books do not answer: a page without hints is a page
        return None
    return None if tour.left or tour.step > TOUR_STEPS else tour


def lead(visit: Visit, tour: Tour | None) -> None:
    """Let the browser lead on from there, and keep how far it comes."""

    async def went(event: events.GenericEventArguments) -> None:
        step, place = event.args.get("step"), event.args.get("place")
        if isinstance(step, int) and isinstance(place, str):
            async with asking(lambda _: None):
                await visit.accounts.tour_on(visit.actor, Tour(step, place, event.args.get("left") is True))

    if not leads(visit):
        return
    ui.on("loaTour", went)
    if tour is not None and tour.step > 1:
        _begin(visit, tour)


def welcome(visit: Visit, tour: Tour | None) -> None:
    """The first step, on the first page: what it is for."""
    if tour is None or tour.step > 1:
        return

    async def go(to: Tour) -> None:
        async with asking():
            await visit.accounts.tour_on(await visit.me(), to)
            card.delete()
            if not to.left:
                _begin(visit, to)

    with ui.element("section").classes("loa-panel").mark("tour-welcome").props("data-testid=tour-welcome") as card:
        card.props(f'aria-label="{guiding("tour-name")}"')
        ui.label(guiding("tour-welcome")).classes("loa-card-title")
        ui.label(guiding("tour-for")).classes("loa-dim")
        with ui.element("ol").classes("loa-tour-steps"):
            for number, (icon, name) in enumerate(_STEPS, 1):
                with ui.element("li"):
                    ui.icon(icon).props("aria-hidden=true")
                    ui.label(f"{number}. {guiding(f'tour-step-{name}')}")
        with ui.element("div").classes("loa-actions"):
            begin = ui.button(guiding("tour-begin"), icon="school", on_click=lambda: go(Tour(2)))
            begin.props("unelevated no-caps data-testid=tour-begin").classes("loa-primary").mark("tour-begin")
            later = ui.button(guiding("tour-leave"), on_click=lambda: go(Tour(1, left=True)))
            later.props("flat no-caps data-testid=tour-not-now").mark("tour-not-now")


async def again(visit: Visit) -> None:
    """From the first step, on the first page."""
    async with asking():
        await visit.accounts.tour_on(await visit.me(), Tour())
        ui.navigate.to("/")


def _begin(visit: Visit, tour: Tour) -> None:
    words = {
        name: guiding(f"tour-{name}") if name != "step" else guiding("tour-step", step="{step}") for name in _WORDS
    }
    to = json.dumps({"step": tour.step, "place": tour.place, "words": words})
    visit.client.run_javascript(f"loaTour.begin({to})")

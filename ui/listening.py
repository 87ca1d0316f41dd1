"""A bulletin's sound to be heard: both its states, its outline, its text with what is being said marked."""

from functools import cache
from hashlib import sha256
from typing import Final

from fastapi import Request
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from nicegui import app, ui
from nicegui.element import Element

from broadcast.domain.bulletins import Sound
from broadcast.domain.listening import Heard
from broadcast.domain.refusals import Refusal
from ui.hearing import decimal, phrase
from ui.session import Panel, asking_for
from ui.theme import STATIC, STATIC_URL
from ui.words import say

_HELD: Final = {"Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"}
"""Asked again each time: whoever may no longer see a bulletin no longer hears it."""


def register(panel: Panel) -> None:
    """What pages fetch beside the clip: for whoever is logged in and may see that bulletin, nobody else."""

    @app.api_route("/bulletins/{bulletin_id:int}/before", methods=["GET", "HEAD"], include_in_schema=False)
    async def before(bulletin_id: int, request: Request) -> Response:
        """The sound before mastering."""
        actor = await asking_for(panel, request)
        if actor is None:
            return PlainTextResponse("log in first", 401, headers=_HELD)
        try:
            path = await panel.office.before(actor, bulletin_id)
        except Refusal as no:
            return _refused(no)
        return FileResponse(path, media_type="audio/ogg", headers=_HELD)

    @app.get("/bulletins/{bulletin_id:int}/outline", include_in_schema=False)
    async def outline(bulletin_id: int, request: Request) -> Response:
        """Heights of the sound, after and before."""
        actor = await asking_for(panel, request)
        if actor is None:
            return PlainTextResponse("log in first", 401, headers=_HELD)
        try:
            drawn = await panel.office.outline(actor, bulletin_id)
        except Refusal as no:
            return _refused(no)
        return JSONResponse({"after": drawn.after, "before": drawn.before}, headers=_HELD)


def _refused(no: Refusal) -> Response:
    return PlainTextResponse(no.code, 403 if no.code == "not-allowed" else 404, headers=_HELD)


class Hearing(Element, component="static/listening.js"):
    """Two players, an outline, the text; the page's own script does the rest."""

    def __init__(self, bulletin: int, heard: Heard) -> None:
        super().__init__()
        there = f"/bulletins/{bulletin}"
        self._props["after"] = f"/clips/{heard.clip}"
        self._props["before"] = f"{there}/before?{heard.raw[:12]}" if heard.raw else ""
        self._props["outline"] = f"{there}/outline?{heard.clip[:12]}"
        self._props["lead"] = heard.lead_s
        self._props["lines"] = [
            [line.start_s, line.end_s, [[piece.text, piece.words] for piece in line.pieces]] for line in heard.lines
        ]
        self._props["imitation"] = _imitation()
        self._props["words"] = {
            "player": say("player"),
            "playerBefore": phrase("player-before"),
            "which": phrase("which"),
            "after": phrase("after"),
            "before": phrase("before"),
            "outline": phrase("outline"),
            "horn": phrase("horn"),
            "hornHint": phrase("horn-hint"),
            "hornCannot": phrase("horn-cannot"),
            "spokenText": phrase("spoken-text"),
        }
        self.mark("player")


@cache
def _imitation() -> str:
    file = STATIC / "horn.js"
    return f"{STATIC_URL}/{file.name}?{sha256(file.read_bytes()).hexdigest()[:12]}"


def tell_loudness(sound: Sound) -> None:
    """How loud it was and is, where that is known; and whether one can make out what is said."""
    if sound.integrated_lufs is not None and sound.true_peak_db is not None:
        after = phrase("lufs", value=decimal(sound.integrated_lufs))
        peak = phrase("dbtp", value=decimal(sound.true_peak_db))
        if sound.before_lufs is None:
            words = phrase("loudness-after", after=after, peak=peak)
        else:
            words = phrase("loudness", before=phrase("lufs", value=decimal(sound.before_lufs)), after=after, peak=peak)
        ui.label(words).classes("loa-dim loa-small").mark("loudness").props("data-testid=loudness")
    if sound.masked:
        with ui.element("div").classes("loa-notice").props("role=note data-testid=masked").mark("masked"):
            ui.label(phrase("masked")).classes("loa-strong")
            ui.label(phrase("masked-more")).classes("loa-dim loa-small")

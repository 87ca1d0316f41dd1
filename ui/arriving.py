"""Sound sent in pieces: tus 1.0.0 (tus.io) with creation, termination and expiration, for whoever is logged in.

A page of another site cannot send here: the heads that tus demands need a permission that nobody gives.
"""

import asyncio
import base64
import binascii
from collections.abc import AsyncIterator, Awaitable, Callable
from email.utils import format_datetime
from typing import Final

from fastapi import Request
from fastapi.responses import PlainTextResponse, Response
from nicegui import app
from starlette.requests import ClientDisconnect

from broadcast.domain.arrivals import Arrival
from broadcast.domain.people import Actor
from broadcast.domain.refusals import Refusal
from ui.session import Panel, asking_for

PATH: Final = "/sounds"
VERSION: Final = "1.0.0"
IDLE_S: Final = 60.0
"""Seconds without a byte after which a line counts as broken."""
_BYTES: Final = "application/offset+octet-stream"
_DIGITS: Final = 15
_META: Final = 2_000
_SAID: Final = {"Tus-Resumable": VERSION, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_STATUS: Final = {
    "not-allowed": 403,
    "not-your-area": 403,
    "no-such-bulletin": 404,
    "no-such-upload": 404,
    "upload-offset": 409,
    "upload-elsewhere": 409,
    "bulletin-life": 410,
    "upload-large": 413,
    "upload-long": 413,
    "upload-empty": 400,
    "uploads-many": 429,
    "disk-full": 507,
}
_REST: Final = 503


def register(panel: Panel) -> None:
    """POST /sounds, and HEAD, PATCH, DELETE on what it names."""
    door = _Door(panel)

    @app.options(PATH, include_in_schema=False)
    @app.options(f"{PATH}/{{key}}", include_in_schema=False)
    async def able() -> Response:
        return door.able()

    @app.post(PATH, include_in_schema=False)
    async def create(request: Request) -> Response:
        return await door.told(request, lambda actor: door.create(actor, request))

    @app.api_route(f"{PATH}/{{key}}", methods=["HEAD", "PATCH", "DELETE", "POST"], include_in_schema=False)
    async def one(key: str, request: Request) -> Response:
        method = request.headers.get("x-http-method-override", request.method).upper()
        act = {"HEAD": door.look, "PATCH": door.go_on, "DELETE": door.end}.get(method)
        if act is None:
            return _answer(405, "method")
        return await door.told(request, lambda actor: act(actor, key, request))


class _Door:
    def __init__(self, panel: Panel) -> None:
        self._panel, self._sound = panel, panel.office.sound

    async def told(self, request: Request, act: Callable[[Actor], Awaitable[Response]]) -> Response:
        """What `act` answers to whoever is logged in."""
        if request.headers.get("tus-resumable") != VERSION:
            return _answer(412, "tus-version", {"Tus-Version": VERSION})
        actor = await asking_for(self._panel, request)
        if actor is None:
            return _answer(401, "log-in")
        try:
            return await act(actor)
        except Refusal as no:
            return _answer(_STATUS.get(no.code, _REST), no.code)
        except (ClientDisconnect, TimeoutError):  # what came is kept; nobody hears this
            return _answer(408, "line-broken")

    def able(self) -> Response:
        most = str(self._panel.office.upload_limit_mb * 1024 * 1024)
        heads = {"Tus-Version": VERSION, "Tus-Extension": "creation,termination,expiration", "Tus-Max-Size": most}
        return _answer(204, "", heads)

    async def create(self, actor: Actor, request: Request) -> Response:
        length = _number(request, "upload-length")
        meta = _meta(request.headers.get("upload-metadata", ""))
        bulletin = meta.get("bulletin", "")
        if length is None or not (bulletin.isascii() and bulletin.isdecimal()) or len(bulletin) > _DIGITS:
            return _answer(400, "heads")
        made = await self._sound.begin(actor, int(bulletin), meta.get("filename", ""), length)
        return _answer(201, "", {"Location": f"{PATH}/{made.key}", **_where(made)})

    async def look(self, actor: Actor, key: str, _: Request) -> Response:
        arrival = await self._sound.arrived(actor, key)
        return _answer(200, "", {"Upload-Length": str(arrival.length), **_where(arrival)})

    async def go_on(self, actor: Actor, key: str, request: Request) -> Response:
        """A piece. Its length is looked at before it is read, where it is told."""
        offset = _number(request, "upload-offset")
        if request.headers.get("content-type") != _BYTES:
            return _answer(415, "content-type")
        if offset is None:
            return _answer(400, "heads")
        coming = _number(request, "content-length") or 0
        arrival = await self._sound.arrived(actor, key)
        if offset == arrival.offset and coming > arrival.length - offset:
            return _answer(413, "upload-long")
        return _answer(204, "", _where(await self._sound.take(actor, key, offset, _steady(request.stream()))))

    async def end(self, actor: Actor, key: str, _: Request) -> Response:
        await self._sound.drop(actor, key)
        return _answer(204, "")


def _answer(status: int, why: str, heads: dict[str, str] | None = None) -> Response:
    """`why` is a code: the page has the sentence."""
    if not why:
        return Response(None, status, headers={**_SAID, **(heads or {})})
    return PlainTextResponse(why, status, headers={**_SAID, **(heads or {})})


def _where(arrival: Arrival) -> dict[str, str]:
    return {"Upload-Offset": str(arrival.offset), "Upload-Expires": format_datetime(arrival.expires, usegmt=True)}


def _number(request: Request, head: str) -> int | None:
    said = request.headers.get(head, "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) <= _DIGITS else None


def _meta(said: str) -> dict[str, str]:
    """Keys and values of Upload-Metadata; what is not as it should be is left out."""
    found: dict[str, str] = {}
    for pair in said[:_META].split(","):
        key, _, value = pair.strip().partition(" ")
        try:
            found[key] = base64.b64decode(value.strip(), validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            continue
    return found


async def _steady(sent: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same; a line on which nothing comes any more is given up. Raises TimeoutError."""
    while True:
        async with asyncio.timeout(IDLE_S):
            try:
                piece = await anext(sent)
            except StopAsyncIteration:
                return
        yield piece

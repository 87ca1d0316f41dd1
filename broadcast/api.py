"""HTTP for machines: clips for receivers and ears, health for whoever watches, figures for Prometheus."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Final

from fastapi import FastAPI, Response
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse

from broadcast.domain.house import HouseHealth

_FOR_EVER: Final = "public, max-age=31536000, immutable"
"""A clip is named by its own hash: what has this name never changes."""

_SECRET_LENGTH: Final = 64


def add_routes(
    app: FastAPI,
    clip: Callable[[str], Path | None],
    house: Callable[[], HouseHealth],
    store_answers: Callable[[], Awaitable[bool]],
    figures: Callable[[], bytes],
    feed: Callable[[str], Awaitable[bytes | None]],
) -> None:
    """Put `/clips/{sha256}` (with Range), `/healthz`, `/metrics` and `/feeds/{secret}.ics` on `app`."""

    @app.api_route("/clips/{sha256}", methods=["GET", "HEAD"], include_in_schema=False)
    async def get_clip(sha256: str) -> Response:
        path = clip(sha256)
        if path is None:
            return PlainTextResponse("no such clip", 404)
        headers = {"Cache-Control": _FOR_EVER, "ETag": f'"{sha256}"', "X-Content-Type-Options": "nosniff"}
        return FileResponse(path, media_type="audio/ogg", headers=headers)

    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> Response:
        books = await store_answers()
        health = house()
        well = health.well and books
        body = {"well": well, "store": "answers" if books else "failing", **asdict(health)}
        return JSONResponse(body, 200 if well else 503)

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(figures(), media_type="text/plain; version=0.0.4; charset=utf-8")

    @app.get("/feeds/{secret}.ics", include_in_schema=False)
    async def get_feed(secret: str) -> Response:
        found = await feed(secret) if len(secret) <= _SECRET_LENGTH else None
        if found is None:
            return PlainTextResponse("no such calendar", 404)
        headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
        return Response(found, media_type="text/calendar; charset=utf-8", headers=headers)

"""The server as one thing that is started and stopped: house, panel and HTTP on one event loop.

Each part is started after what it stands on; stopping is the same list from the end.
"""

import asyncio
import contextlib
import gc
import os
import secrets
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import uvicorn
from fastapi import FastAPI

from broadcast.api import add_routes
from broadcast.bootstrap import House, open_house
from broadcast.settings import DEFAULT_FILE, Settings
from broadcast.telemetry import exposition
from broadcast.wording import say

Say = Callable[[str], None]
"""Tells whoever started us what is being done, one line each."""
_HTTP_CLOSE_S: Final = 3
"""Open pages are let go after this when the server stops: their connection never ends by itself."""


class CannotStart(Exception):
    """Raised when the server cannot start; the text tells a person what to mend."""


@asynccontextmanager
async def serving(settings: Settings, tell: Say) -> AsyncIterator[House]:
    """A server that answers. Raises CannotStart."""
    require_free(settings.server.host, settings.server.port, "server.port")
    if settings.broker.kind == "embedded":
        require_free("127.0.0.1", settings.broker.port, "broker.port")
    async with open_house(settings) as house:
        tell(say("command.started-books", where=settings.database_url if settings.server.database else settings.data))
        if settings.broker.kind == "embedded":
            tell(say("command.started-broker", port=settings.broker.port))
        app = _app(house, settings)
        async with _http(app, settings.server.host, settings.server.port):
            tell(say("command.started-panel", url=panel_url(settings)))
            # what was made by starting stays for good: a collection that looks at all of it holds the loop for 80 ms
            gc.collect()
            gc.freeze()
            yield house


def panel_url(settings: Settings) -> str:
    """Where a person opens the panel."""
    host = settings.server.host
    return f"http://{'127.0.0.1' if host in {'0.0.0.0', '::'} else host}:{settings.server.port}"  # noqa: S104 - compared, not bound


def require_free(host: str, port: int, setting: str) -> None:
    """Raises CannotStart, naming the setting, where another program has the port."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotStart(say("command.port-taken", port=port, setting=setting, file=DEFAULT_FILE)) from error


def _app(house: House, settings: Settings) -> FastAPI:
    from ui.panel import attach  # noqa: PLC0415 - commands that need no panel start in half the time

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    office, figures = house.office, exposition(house.figures)
    add_routes(app, office.clip, office.house, house.store_answers, figures, office.agenda.ics)
    secret = _session_secret(settings.data / "keys" / "sessions")
    behind_proxy = bool(settings.server.url) and settings.server.host in {"127.0.0.1", "::1", "localhost"}
    attach(
        app,
        house.office,
        storage_secret=secret,
        storage=(settings.data / "sessions").resolve(),
        trust_forwarded=behind_proxy,
        https_only=settings.server.url.startswith("https://"),
    )
    return app


def _session_secret(file: Path) -> str:
    try:
        return file.read_text("ascii")
    except FileNotFoundError:
        secret = secrets.token_urlsafe(32)
        file.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as stream:
            stream.write(secret)
        return secret


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone: the order of the stop is ours."""
        yield


@asynccontextmanager
async def _http(app: FastAPI, host: str, port: int) -> AsyncIterator[None]:
    server = _Server(
        uvicorn.Config(app, host=host, port=port, log_config=None, timeout_graceful_shutdown=_HTTP_CLOSE_S)
    )
    running = asyncio.create_task(server.serve(), name="http")
    try:
        while not server.started:
            if running.done():
                running.result()
                raise CannotStart(f"HTTP {host}:{port}")
            await asyncio.sleep(0.02)
        yield
    finally:
        server.should_exit = True
        await running


async def until_told_to_stop() -> None:
    """Return at the first SIGINT or SIGTERM. Further ones change nothing: the stop is under way, and bounded."""
    loop = asyncio.get_running_loop()
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    await told.wait()


async def serve(settings: Settings, tell: Say) -> None:
    """`loalang serve`: run until told to stop."""
    tell(say("command.starting"))
    async with serving(settings, tell) as house:
        if not await house.logins():
            address = settings.server.url or panel_url(settings)
            tell(say("command.serve-no-users", url=f"{address}/setup/{house.office.accounts.first_word}"))
        await until_told_to_stop()
        tell(say("command.stopping"))
    tell(say("command.stopped"))

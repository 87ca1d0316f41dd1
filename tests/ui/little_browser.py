"""Chromium at the panel of the little office."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from nicegui.storage import Storage
from nicegui.testing.general import nicegui_reset_globals
from playwright.async_api import Page, async_playwright


@asynccontextmanager
async def at_the_panel(little: Any, folder: Path, *more: str) -> AsyncIterator[Page]:
    """Logged in as staff; fails on requests that leave and on errors. `more` are arguments of the browser."""
    before = Storage.path
    with nicegui_reset_globals():
        from ui.panel import attach  # noqa: PLC0415 - every test has new modules

        app = FastAPI()
        attach(app, little.office(), storage_secret="for this test alone", storage=folder / "sessions")
        with socket.socket() as ear:
            ear.bind(("127.0.0.1", 0))
            server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="wsproto", timeout_graceful_shutdown=1))
            serving = asyncio.ensure_future(server.serve(sockets=[ear]))
            home = f"http://127.0.0.1:{ear.getsockname()[1]}"
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(
                    executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu", *more]
                )
                here = await (await browser.new_context(base_url=home)).new_page()
                left: list[str] = []
                here.on("request", lambda r: left.append(r.url) if not _ours(r.url, home) else None)
                here.on("pageerror", lambda error: left.append(str(error)))
                await here.goto("/")
                await here.fill("[data-testid=login]", "huyen")
                await here.fill("[data-testid=password]", "mat-khau-thu")
                await here.press("[data-testid=password]", "Enter")
                await here.wait_for_selector("[data-testid=write]")
                yield here
                await browser.close()
            server.should_exit = True
            await serving
            assert not left
    Storage.path = before


def _ours(address: str, home: str) -> bool:
    return address.startswith((home, home.replace("http", "ws"), "data:", "blob:"))

"""A bulletin begun from a document: chosen, sent, read apart, looked at, and made a draft."""

import asyncio
import contextlib
import os
import tempfile
from pathlib import Path
from typing import Final

from nicegui import events, ui

from broadcast.domain.documents import LIMIT_MB, Imported
from ui.begun import told
from ui.session import Visit, asking
from ui.theme import heading, tagged
from ui.uploading import FileWords, file_field

KINDS: Final = ".docx,.pdf,.txt"


async def draw_from_file(visit: Visit) -> None:
    """The page."""
    heading(told("file"), told("file-hint"))
    with ui.element("section").classes("loa-panel"):
        FromFile(visit)


class FromFile:
    """One document at a time; a new one takes the place of what was read before."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._limit = min(LIMIT_MB, visit.office.upload_limit_mb)
        self._reading: asyncio.Task[Imported] | None = None
        self._upload = self._uploader()
        with ui.element("div").classes("loa-working").props("role=status").mark("reading-file") as self._working:
            self._doing = ui.label()
            ui.linear_progress(0, show_value=False, size="8px").props("rounded indeterminate")
            ui.button(told("reading-stop"), on_click=self._stop).props("flat no-caps").mark("reading-stop")
        self._working.visible = False
        self._wrong = ui.label().classes("loa-wrong").props("role=alert data-testid=file-error").mark("file-error")
        self._result = ui.element("div").classes("loa-result").mark("file-result").props("data-testid=file-result")

    def _uploader(self) -> ui.upload:
        words = FileWords(told("pick"), told("pick-hint", limit=self._limit), told("sending"), told("abort"))
        return file_field(
            KINDS,
            self._limit,
            words,
            ("document", "pick-document"),
            taken=self._take,
            refused=self._refused,
            failed=lambda: self._wrong.set_text(told("upload-broken")),
        )

    def _refused(self, name: str, too_large: bool) -> None:
        self._wrong.set_text(told("too-large" if too_large else "not-kind", name=name, limit=self._limit))

    def _stop(self) -> None:
        if self._reading is not None:
            self._reading.cancel()

    async def _take(self, event: events.UploadEventArguments) -> None:
        self._stop()
        self._upload.reset()
        self._wrong.set_text("")
        self._result.clear()
        self._doing.set_text(told("reading", name=event.file.name))
        self._working.visible = True
        async with asking(self._wrong.set_text):
            mine = asyncio.create_task(self._read(event))
            self._reading = mine
            try:
                with contextlib.suppress(asyncio.CancelledError):
                    self._show(await mine)
            finally:
                mine.cancel()  # also when it was the page that went away
                if self._reading is mine:
                    self._reading = None
                    self._working.visible = False

    async def _read(self, event: events.UploadEventArguments) -> Imported:
        actor = await self._visit.me()
        handle, name = tempfile.mkstemp(prefix="loa-document-")
        os.close(handle)
        path = Path(name)
        try:
            await event.file.save(path)
            return await self._visit.office.take_in(actor, event.file.name, path)
        finally:
            path.unlink(missing_ok=True)  # noqa: ASYNC240 - one name off a local disk

    def _show(self, read: Imported) -> None:
        async def create() -> None:
            async with asking(self._wrong.set_text):
                made = await self._visit.office.draft(await self._visit.me(), read.title, read.text)
                ui.navigate.to(f"/bulletins/{made.id}")

        with self._result:
            ui.label(told("read-from", name=read.name)).classes("loa-dim loa-small")
            tagged("h2", read.title)
            button = ui.button(told("create"), icon="check", on_click=create).classes("loa-primary")
            button.props("unelevated no-caps data-testid=create").mark("create")
            if read.left_out:
                with ui.element("div").classes("loa-notice").mark("left-out").props("role=note data-testid=left-out"):
                    ui.label(told("left-out", count=len(read.left_out))).classes("loa-strong")
                    ui.label(told("left-out-hint")).classes("loa-dim loa-small")
                    ui.label("\n".join(read.left_out)).style("white-space: pre-wrap")
            else:
                ui.label(told("left-out-none")).classes("loa-dim loa-small").mark("left-out-none")
            ui.label(read.text).style("white-space: pre-wrap").mark("document-text")

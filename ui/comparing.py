"""Two versions of a bulletin side by side: words that went are struck through on the left, new ones marked right."""

import asyncio
import html
from collections.abc import Iterator
from typing import Final

from nicegui import ui

from broadcast.domain.versions import Content, Stretch, compared
from broadcast.newsroom.life_types import LifeView
from ui.living import category_name, language_name, level_name, told, validity
from ui.theme import tagged
from ui.words import length

NOW: Final = 0
"""Stands for the bulletin as it is now among the numbers of versions."""
_TAGS: Final = {Stretch.GONE: "del", Stretch.NEW: "ins"}


class Comparison:
    """Chooses two versions, and shows every row in which they differ."""

    def __init__(self) -> None:
        self._view: LifeView | None = None
        with ui.element("section").classes("loa-panel").mark("compare").props("data-testid=compare") as self._place:
            tagged("h2", told("compare"))
            with ui.element("div").classes("loa-pair"):
                self._left = self._choice("compare-left")
                self._right = self._choice("compare-right")
            self._same = ui.label(told("compare-same")).classes("loa-dim").mark("compare-same")
            self._rows = ui.element("div").classes("loa-compared")
        self._place.visible = False

    def _choice(self, name: str) -> ui.select:
        field = ui.select({}, label=told(name), on_change=self._draw)
        field.props(f"outlined dense options-dense data-testid={name}").mark(name)
        return field

    async def show(self, view: LifeView) -> None:
        """Offer the versions there are now. At first the newest stands beside what was let through before it."""
        first = self._view is None or len(self._view.versions) != len(view.versions)
        self._view = view
        self._place.visible = bool(view.versions)
        if not view.versions:
            return
        options = {v.number: told("version", number=v.number) for v in view.versions}
        options[NOW] = told("compare-now")
        for field in (self._left, self._right):
            field.set_options(options)
        if first:
            newest, *older = view.versions
            before = next((v for v in older if v.decision and v.decision.reason == ""), older[0] if older else newest)
            self._left.set_value(before.number)
            self._right.set_value(newest.number if older or view.waits else NOW)
        await self._draw()

    async def _draw(self) -> None:
        if self._view is None or self._left.value is None or self._right.value is None:
            return
        before, after = self._of(self._left.value), self._of(self._right.value)
        rows = await asyncio.to_thread(lambda: [(name, *sides(a, b)) for name, a, b in _differing(before, after)])
        self._rows.clear()
        self._same.visible = not rows
        with self._rows:
            for name, left, right in rows:
                with ui.element("div").classes("loa-compared-row").mark(f"differs-{name}"):
                    ui.label(told(name)).classes("loa-strong")
                    # every character of both is escaped in `sides`
                    ui.html(left, sanitize=False).classes("loa-words").mark(f"left-{name}")
                    ui.html(right, sanitize=False).classes("loa-words").mark(f"right-{name}")

    def _of(self, number: int) -> dict[str, str]:
        view = self._view
        if view is None:
            return {}
        version = next((v for v in view.versions if v.number == number), None)
        if version is not None:
            return _rows(version.content, version.area_names, version.seconds)
        now, sound = view.bulletin, view.bulletin.sound
        content = Content(now.title, now.text, sound.clip if sound else "", now.fields)
        return _rows(content, view.area_names, sound.seconds if sound else 0.0)


def _rows(what: Content, areas: tuple[str, ...], seconds: float) -> dict[str, str]:
    f = what.fields
    made = told("compare-sound-is", length=length(seconds), hash=what.clip[:12])
    return {
        "row-title": what.title,
        "row-text": what.text,
        "compare-sound": made if what.clip else told("compare-sound-none"),
        "level": level_name(f.level),
        "row-until": validity(f.valid_until),
        "row-areas": ", ".join(areas),
        "category": category_name(f.category),
        "source": f.source,
        "issued-by": f.issued_by,
        "language": language_name(f.language),
        "row-tags": ", ".join(f.tags),
    }


def _differing(before: dict[str, str], after: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    for name, was in before.items():
        if was != after[name]:
            yield name, was, after[name]


def sides(was: str, now: str) -> tuple[str, str]:
    """Both texts as HTML, every character of them escaped."""
    left, right = [], []
    for kind, text in compared(was, now):
        kept = html.escape(text)
        tag = _TAGS.get(kind)
        marked = f"<{tag}>{kept}</{tag}>" if tag else kept
        if kind is not Stretch.NEW:
            left.append(marked)
        if kind is not Stretch.GONE:
            right.append(marked)
    return "".join(left), "".join(right)

"""Marks in a text, for whoever writes it: buttons that put them in, and what is told where a voice is not there."""

import json
from typing import Final

from nicegui import ui

from broadcast import wording
from ui.words import speak

MARKS: Final = (
    ("woman", "record_voice_over", "[Nữ] ", True),
    ("man", "record_voice_over", "[Nam] ", True),
    ("pause", "pause", " [nghỉ 2 giây] ", False),
)
"""Words, icon, what is put in, and whether it begins a line."""


def told(key: str, /, **facts: object) -> str:
    """The sentence of `key` in section "marks". Raises KeyError for a key that is not there."""
    speak()
    return wording.say(f"marks.{key}", **facts)


def lacking(who: str, kinds: tuple[str, ...]) -> str:
    """Which of the voices that a text asks for is not there."""
    return told("lacking", who=who, kinds=", ".join(told(f"kind-{kind}") for kind in kinds))


def draw_marks() -> None:
    """The buttons; the field above them is changed as if it were typed."""
    with ui.element("div").classes("loa-marks").props(f'role=group aria-label="{told("group")}"'):
        for key, icon, mark, begins in MARKS:
            button = ui.button(told(key), icon=icon).props(f"outline dense no-caps data-testid=mark-{key}")
            button.on("click", js_handler=f"() => window.loaText.mark({json.dumps(mark)}, {json.dumps(begins)})")
            button.mark(f"mark-{key}")
        ui.label(told("hint")).classes("loa-dim loa-small loa-not-phone")

"""Small buttons that put marks into the text: who speaks from here on, a pause."""

import json
from typing import Final

from nicegui import ui

from ui.hearing import phrase

MARKS: Final = (
    ("mark-woman", "record_voice_over", "[Nữ] ", True),
    ("mark-man", "record_voice_over", "[Nam] ", True),
    ("mark-pause", "pause", " [nghỉ 2 giây] ", False),
)
"""Words, icon, what is put in, and whether it begins a line."""


def draw_marks() -> None:
    """The buttons; the field beside them is changed as if it were typed."""
    with ui.element("div").classes("loa-marks").props(f'role=group aria-label="{phrase("marks")}"'):
        for key, icon, mark, begins in MARKS:
            button = ui.button(phrase(key), icon=icon).props(f"outline dense no-caps data-testid={key}").mark(key)
            button.on("click", js_handler=f"() => window.loaText.mark({json.dumps(mark)}, {json.dumps(begins)})")
        ui.label(phrase("marks-hint")).classes("loa-dim loa-small loa-not-phone")

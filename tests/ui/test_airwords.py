"""Words of section "onair": every one that pages say is there, and every one that is there is said."""

import re
from pathlib import Path

from broadcast.wording import table

UI = Path(__file__).parents[2] / "ui"


def test_every_word_of_what_sounds_is_written_and_said() -> None:
    source = "".join(file.read_text("utf-8") for file in UI.glob("*.py"))
    said = set(re.findall(r'\bair\(\s*"([a-z0-9-]+)"', source))
    said_in_files = {f"column-{c}" for c in ("day", "hour", "title", "level", "minutes", "areas")}
    built = re.findall(r'\bair\(\s*f"([a-z-]+)\{', source)
    written = {key.removeprefix("onair.") for key in table() if key.startswith("onair.")}
    plain = set(re.findall(r'"([a-z0-9-]+)"', source))
    assert not said - written
    written -= said_in_files  # the columns of a file, see broadcast.agenda.calendaring
    assert not {w for w in written if w not in plain and not any(w.startswith(b) for b in built)}

"""Every case of the tables beside this file: input, tab, readings of which any one is right.

In a reading {a/b} stands for a or b, and {/a} for a or nothing.
"""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from audio.reading import NORTH, SOUTH, read

HERE = Path(__file__).parent
TABLES = (HERE / "shared-cases.tsv", *sorted((HERE / "cases").glob("*.tsv")))


def cases() -> Iterator[tuple[str, str, list[str]]]:
    """(where, text, readings); the table north.tsv is for the northern setting."""
    for table in TABLES:
        for number, line in enumerate(table.read_text("utf-8").splitlines(), 1):
            if line and not line.startswith("# "):
                text, _, readings = line.partition("\t")
                yield f"{table.stem}:{number}", text, readings.split("\t")[0].split("|")


def same(text: str) -> str:
    """Without what does not count: case, spacing, punctuation."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFC", text).lower())


def expected(readings: list[str]) -> re.Pattern[str]:
    """All that is right, as `same` leaves it."""
    whole = []
    for reading in readings:
        parts = re.split(r"\{([^}]*)\}", reading)
        whole.append(
            "".join(f"(?:{'|'.join(map(same, p.split('/')))})" if i % 2 else same(p) for i, p in enumerate(parts))
        )
    return re.compile("|".join(whole))


CASES = list(cases())


def test_all_cases_that_the_project_shares_are_here():
    assert sum(name.startswith("shared-cases:") for name, _, _ in CASES) == 94


@pytest.mark.parametrize(("where", "text", "readings"), CASES, ids=[name for name, _, _ in CASES])
def test_it_is_read_as_an_announcer_would(where, text, readings):
    said = read(text, NORTH if where.startswith("north:") else SOUTH)
    assert expected(readings).fullmatch(same(said)), f"{text!r}: {said!r}, not {readings}"

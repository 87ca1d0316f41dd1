"""Words around a number that say what it is: "ngày" before a date, "hẻm" before a house; in data/contexts.tsv."""

from functools import cache
from importlib.resources import files


@cache
def _all() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in files("audio.reading").joinpath("data", "contexts.tsv").read_text("utf-8").splitlines():
        name, tab, phrases = line.partition("\t")
        if tab and not line.startswith("# "):
            found.setdefault(name, set()).update(p.strip() for p in phrases.split("|") if p.strip())
    return {name: frozenset(phrases) for name, phrases in found.items()}


def context(name: str) -> frozenset[str]:
    """The phrases of that name, in small letters. Raises KeyError."""
    return _all()[name]

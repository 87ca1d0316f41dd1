"""Every sentence people read, in Vietnamese and English: one folder of tables, `broadcast/words/*.toml`.

Each file is a section; each entry is `key = ["tiếng Việt", "English"]`, with gaps as in `str.format`.
"""

import tomllib
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Final
from zoneinfo import ZoneInfo

from broadcast.domain.refusals import Refusal

LANGUAGES: Final = ("vi", "en")
language: ContextVar[str] = ContextVar("language", default="vi")
"""Language of the person being answered."""

_ZONE: Final = ZoneInfo("Asia/Ho_Chi_Minh")
_WEEKDAYS: Final = {
    "vi": ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


@cache
def table() -> dict[str, tuple[str, str]]:
    """All sentences: "section.key" > (Vietnamese, English). Raises ValueError for an entry that has not both."""
    found: dict[str, tuple[str, str]] = {}
    for file in files("broadcast").joinpath("words").iterdir():
        if not file.name.endswith(".toml"):
            continue
        section = file.name.removesuffix(".toml")
        for key, entry in tomllib.loads(file.read_text("utf-8")).items():
            if not (
                isinstance(entry, list) and len(entry) == len(LANGUAGES) and all(isinstance(e, str) for e in entry)
            ):
                raise ValueError(f"{file.name}: {key} needs two sentences, Vietnamese and English")
            found[f"{section}.{key}"] = (entry[0], entry[1])
    return found


def say(key: str, /, **facts: object) -> str:
    """The sentence of "section.key" in the reader's language, gaps filled. Raises KeyError for a key that is not there.

    Instants among the facts are shown in local time with their weekday, days with theirs.
    """
    sentence = table()[key][LANGUAGES.index(language.get())]
    return sentence.format(**{k: _shown(v) for k, v in facts.items()}) if facts else sentence


def refusal(no: Refusal) -> str:
    """The sentence that tells a person what was refused and what to do."""
    return say(f"refusal.{no.code}", **no.facts)


def moment(instant: datetime) -> str:
    """A local instant in full, such as "17:00 thứ Tư 25/11/2026"."""
    local = instant.astimezone(_ZONE)
    return f"{local:%H:%M} {day(local)}"


def day(of: date) -> str:
    """A local day in full, such as "thứ Tư 25/11/2026"."""
    return f"{_WEEKDAYS[language.get()][of.weekday()]} {of:%d/%m/%Y}"


def _shown(fact: object) -> object:
    if isinstance(fact, datetime):
        return moment(fact)
    return day(fact) if isinstance(fact, date) else fact

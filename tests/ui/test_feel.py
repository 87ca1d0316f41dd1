"""What holds for all pages: styles that follow the size of text, words for whatever the trail can name."""

import re
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import SQLModel

import broadcast.bootstrap  # for the tables of every room
from broadcast.domain.people import Role
from broadcast.trail import UNWATCHED
from broadcast.wording import LANGUAGES, language, say, table

STYLES = sorted((Path(__file__).parents[2] / "ui" / "static").glob("*.css"))
TABLES = {name: found for name, found in SQLModel.metadata.tables.items() if name not in UNWATCHED}
NAMES = {"life.language-tyz", "life.language-twh", "ui.other-language"}
"""Sentences that are Vietnamese names in English too."""


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_the_width_at_which_a_page_changes_follows_the_size_of_its_text(style: Path) -> None:
    assert not re.findall(r"@media[^{]*\d+px[^{]*", style.read_text("utf-8"))


@pytest.mark.parametrize("name", TABLES)
def test_whatever_the_trail_tells_of_has_a_name(name: str) -> None:
    assert broadcast.bootstrap
    told = {f"audit.field-{column.name}" for column in TABLES[name].columns} - {
        "audit.field-id",
        "audit.field-updated_at",
    }
    assert {*told, f"audit.thing-{name}"} - set(table()) == set()


def test_every_role_has_a_name_in_the_trail() -> None:
    assert {f"audit.value-{role.value}" for role in Role} <= set(table())


def test_no_vietnamese_is_left_in_an_english_sentence_but_for_names_and_what_is_quoted() -> None:
    left = {}
    for key, (_, english) in table().items():
        plain = re.sub(r"“[^”]*”|\[[^]]*\]|Loa Làng|, [A-Z].*$", "", english)
        if key not in NAMES and re.search("[àáâãèéêìíòóôõùúýăđĩũơưạ-ỹ]", plain, re.IGNORECASE):
            left[key] = english
    assert not left


def test_a_day_is_told_with_its_weekday_in_both_languages() -> None:
    said = []
    for spoken in LANGUAGES:
        token = language.set(spoken)
        said.append(say("onair.compare-day", day=date(2026, 11, 25)))
        language.reset(token)
    assert said == ["Cả ngày thứ Tư 25/11/2026 ở nơi sẽ phát", "Wednesday 25/11/2026 at the places aimed at"]

"""Bulletins begun from templates, in real books."""

from datetime import UTC, datetime
from functools import partial

import pytest

from broadcast import editing
from broadcast.domain.people import Role
from broadcast.domain.templates import Fault, NotFilled
from broadcast.newsroom import beginning
from broadcast.records import BulletinRow

INVITED = {
    "authority": "Ấp Bến",
    "who": "bà con",
    "matter": "làm đường",
    "hour": "19:00",
    "day": "28/11/2026",
    "place": "nhà văn hóa",
}


@pytest.fixture
def begin(desk):
    return partial(beginning.from_template, desk, partial(editing.draft, desk))


async def test_a_filled_template_is_a_draft_with_category_and_last_day(begin, staff, rows):
    made = await begin(staff, "hop-dan", INVITED)
    (row,) = rows(BulletinRow)
    assert (row.id, row.state, row.author, row.area) == (made.id, "draft", staff.id, staff.areas[0])
    assert row.title == "Mời họp: làm đường, thứ Bảy, ngày 28/11/2026"
    assert (row.category, row.level) == ("news", "routine")
    assert row.valid_until == datetime(2026, 11, 28, 16, 59, tzinfo=UTC)


async def test_a_last_day_that_is_over_is_not_taken_as_its_validity(begin, staff):
    assert (await begin(staff, "hop-dan", {**INVITED, "day": "24/11/2026"})).valid_until is None


async def test_what_is_missing_is_refused_field_by_field(begin, staff, refused):
    no = await refused(begin(staff, "hop-dan", {**INVITED, "who": " ", "day": "31/11/2026"}))
    assert isinstance(no, NotFilled)
    assert no.faults == {"who": Fault.MISSING, "day": Fault.NO_DATE}


async def test_an_unknown_template_is_refused(begin, staff, refused):
    assert (await refused(begin(staff, "../bao", {}))).code == "no-such-template"


async def test_a_title_that_becomes_too_long_is_refused(begin, staff, refused):
    assert (await refused(begin(staff, "hop-dan", {**INVITED, "matter": "x" * 290}))).code == "title-long"


async def test_only_who_writes_may(begin, desk, hire, tree, refused):
    auditor = hire("thanhtra", Role.AUDITOR, tree.root.id)
    assert (await refused(begin(auditor, "hop-dan", INVITED))).code == "not-allowed"
    assert (await refused(beginning.templates(desk, auditor))).code == "not-allowed"


async def test_a_template_of_the_centre_is_offered_at_once_and_a_broken_one_left_out(desk, staff, tmp_path):
    before = await beginning.templates(desk, staff)
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "loa.toml").write_text('name = "Thử loa"\ncategory = "news"\ntitle = "Thử loa"\ntext = "Một, hai, ba."\n')
    (folder / "hong.toml").write_text("name = ")
    assert [t.id for t in await beginning.templates(desk, staff) if t not in before] == ["loa"]

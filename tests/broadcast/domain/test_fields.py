from dataclasses import fields as fields_of
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.domain.fields import AREAS, LINE_LENGTH, TAG_LENGTH, TAGS, Category, Fields, Language, clean, merged
from broadcast.domain.refusals import Refusal
from devices.vocabulary import AreaId, Level

ANY = st.builds(
    Fields,
    level=st.sampled_from([Level.ROUTINE, Level.PRIORITY]),
    category=st.sampled_from(Category),
    source=st.text(max_size=20),
    issued_by=st.text(max_size=20),
    valid_until=st.none() | st.datetimes(timezones=st.just(UTC)),
    areas=st.lists(st.sampled_from(["a", "b", "c"]).map(AreaId), max_size=3).map(tuple),
    language=st.sampled_from(Language),
    tags=st.lists(st.text(max_size=9), max_size=4).map(tuple),
)


@given(ANY)
def test_what_is_kept_is_kept_alike_the_second_time(what):
    assert clean(clean(what)) == clean(what)


@given(ANY, ANY, ANY)
def test_a_change_touches_what_it_changes_and_nothing_else(held, before, after):
    now = merged(held, before, after)
    for field in fields_of(Fields):
        mine, theirs = getattr(after, field.name), getattr(held, field.name)
        assert getattr(now, field.name) == (theirs if mine == getattr(before, field.name) else mine)


def test_lines_stay_lines_and_tags_are_told_apart_without_case():
    kept = clean(
        Fields(source=" UBND\n xã\x00 ", issued_by="<b>Trạm</b> y tế", tags=("#Tiêm chủng", "tiêm CHỦNG", " "))
    )
    assert (kept.source, kept.issued_by, kept.tags) == ("UBND xã", "<b>Trạm</b> y tế", ("Tiêm chủng",))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"level": Level.EMERGENCY}, "level-emergency"),
        ({"source": "a" * (LINE_LENGTH + 1)}, "field-long"),
        ({"issued_by": "ă" * 100_000}, "field-long"),
        ({"tags": ("a" * (TAG_LENGTH + 1),)}, "tag-long"),
        ({"tags": tuple(map(str, range(TAGS + 1)))}, "tags-many"),
        ({"areas": tuple(AreaId(str(n)) for n in range(AREAS + 1))}, "areas-many"),
    ],
)
def test_fields_have_bounds(change, code):
    with pytest.raises(Refusal, match=code):
        clean(replace(Fields(valid_until=datetime(2026, 11, 25, tzinfo=UTC)), **change))

from dataclasses import fields as fields_of
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.domain.fields import Category, Fields, Language
from broadcast.domain.refusals import Refusal
from broadcast.domain.versions import Content, Stretch, clean_reason, compared, fingerprint, require_second
from devices.vocabulary import AreaId, Level

UNTIL = datetime(2026, 12, 1, tzinfo=UTC)
PLAIN = Content("Mời họp", "Mời bà con đi họp.", "a" * 64, Fields())
OTHERS: dict[str, Any] = {
    "level": Level.PRIORITY,
    "category": Category.DISASTER,
    "source": "Đài tỉnh",
    "issued_by": "UBND xã",
    "valid_until": UNTIL,
    "areas": (AreaId("xa-thanh-duc-25657"),),
    "language": Language.KHMER,
    "tags": ("họp",),
}


def test_the_hash_is_another_with_every_field():
    assert set(OTHERS) == {f.name for f in fields_of(Fields)}
    changed = [replace(PLAIN, fields=replace(Fields(), **{name: value})) for name, value in OTHERS.items()]
    changed += [
        replace(PLAIN, title="Mời  họp"),
        replace(PLAIN, text="Mời bà con đi họp!"),
        replace(PLAIN, clip="b" * 64),
    ]
    hashes = {fingerprint(one) for one in [PLAIN, *changed]}
    assert len(hashes) == 1 + len(changed)


def test_the_hash_does_not_hang_on_how_an_instant_or_a_list_of_areas_is_written():
    there = UNTIL.astimezone(timezone(timedelta(hours=7)))
    one, other = (
        replace(PLAIN, fields=Fields(valid_until=at, areas=areas))
        for at, areas in (
            (UNTIL, (AreaId("a"), AreaId("b"))),
            (there, (AreaId("b"), AreaId("a"))),
        )
    )
    assert fingerprint(one) == fingerprint(other)


@given(st.text(), st.text(), st.text())
def test_a_hash_is_not_fooled_by_moving_words_from_one_field_to_the_next(title, text, more):
    if more:
        assert fingerprint(Content(title + more, text, "", Fields())) != fingerprint(
            Content(title, more + text, "", Fields())
        )


WORDS = st.lists(st.sampled_from(["bà", "con", "họp", "\n", "<b>", " "]), max_size=30).map(" ".join)


@given(WORDS, WORDS)
def test_what_is_compared_adds_up_to_both_texts(before, after):
    found = compared(before, after)
    assert "".join(text for kind, text in found if kind is not Stretch.NEW) == before
    assert "".join(text for kind, text in found if kind is not Stretch.GONE) == after


def test_two_texts_are_compared_word_by_word():
    assert compared("Họp tối nay lúc 19 giờ.", "Họp tối mai lúc 19 giờ.") == (
        (Stretch.SAME, "Họp tối"), (Stretch.GONE, " nay"), (Stretch.NEW, " mai"), (Stretch.SAME, " lúc 19 giờ."),
    )  # fmt: skip


@pytest.mark.parametrize("text", ["", "  ", "...", "ok", "\x00\x00ab"])
def test_a_reason_says_something(text):
    with pytest.raises(Refusal, match="reason-missing"):
        clean_reason(text)


def test_a_reason_has_a_bound_and_is_one_line():
    assert clean_reason("sai\ngiờ  họp") == "sai giờ họp"
    with pytest.raises(Refusal, match="reason-long"):
        clean_reason("a" * 501)


@pytest.mark.parametrize(
    ("approver", "level", "area", "code"),
    [
        (1, Level.ROUTINE, "", None),
        (1, Level.ROUTINE, "Xã Thạnh Đức", "approval-own"),
        (1, Level.PRIORITY, "", "approval-own-priority"),
        (2, Level.PRIORITY, "Xã Thạnh Đức", None),
    ],
)
def test_author_and_approver_differ_where_it_is_demanded_and_for_what_is_urgent(approver, level, area, code):
    if code is None:
        require_second(approver, (1, 3), level, area)
    else:
        with pytest.raises(Refusal, match=code):
            require_second(approver, (1, 3), level, area)

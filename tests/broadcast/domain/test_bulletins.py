from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.domain.bulletins import (
    LIFE,
    TITLE_LENGTH,
    BulletinEvent,
    BulletinState,
    after,
    clean_title,
    sayable,
    unfinished,
    unfinished_title,
)
from broadcast.domain.refusals import Refusal

LIFE_TOLD = {
    # state: edit, submit, approve, reject, withdraw, expire ("-": cannot happen)
    "draft": "draft submitted - - withdrawn -",
    "submitted": "draft - approved rejected withdrawn expired",
    "approved": "draft - - - withdrawn expired",
    "rejected": "draft - - - withdrawn -",
    "withdrawn": "- - - - - -",
    "expired": "draft - - - withdrawn -",
}
EVENTS = ("edit", "submit", "approve", "reject", "withdraw", "expire")


@pytest.mark.parametrize(("state", "event"), list(product(BulletinState, BulletinEvent)))
def test_every_pair_of_state_and_event_is_decided(state, event):
    told = LIFE_TOLD[state.value].split()[EVENTS.index(event.value)]
    if told == "-":
        with pytest.raises(Refusal) as no:
            after(state, event)
        assert no.value.code == "bulletin-life"
        assert no.value.facts == {"state": state.value, "event": event.value}
    else:
        assert after(state, event) is BulletinState(told)


def test_the_life_speaks_of_no_other_pairs():
    assert set(LIFE) <= set(product(BulletinState, BulletinEvent))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "text-empty"),
        (" \n\t ", "text-empty"),
        ("\x00\x07\ud800", "text-empty"),
        ("🎉🎊 !!! …", "text-silent"),
        ("Mời bà con <b>họp</b>", "text-markup"),
        ("Mời <script>alert(1)</script>", "text-markup"),
        ("Mời <!-- họp -->", "text-markup"),
        ("a" * 101, "text-long"),
        ("a" * 100_000, "text-long"),
    ],
)
def test_what_cannot_be_read_aloud_is_refused(text, code):
    with pytest.raises(Refusal) as no:
        sayable(text, 100)
    assert no.value.code == code


@pytest.mark.parametrize("text", ["Mời bà con họp.", "2 < 3 và 5 > 4", "Nhiệt độ <40°", "ngày 25/11", "3"])
def test_what_can_be_read_aloud_is_kept_as_it_is(text):
    assert sayable(text, 100) == text


def test_a_decomposed_text_is_counted_as_it_is_kept():
    composed = "ấ" * 100
    decomposed = "a\u0302\u0301" * 100
    assert sayable(decomposed, 100) == composed


def test_the_length_that_is_too_long_is_told():
    with pytest.raises(Refusal) as no:
        unfinished("ơ" * 100_000, 20_000)
    assert no.value.facts == {"limit": 20_000, "length": 100_000}


@given(st.text(max_size=300))
def test_a_text_in_the_making_is_kept_whatever_is_in_it(text):
    kept = unfinished(text, 300)
    assert unfinished(kept, len(kept)) == kept
    kept.encode("utf-8")


@given(st.text(max_size=300))
def test_what_is_sayable_stays_sayable_as_it_is(text):
    try:
        kept = sayable(text, 200)
    except Refusal:
        return
    assert sayable(kept, 200) == kept


def test_a_title_is_one_line():
    assert clean_title("  Họp\n dân \t tối nay ") == "Họp dân tối nay"


@pytest.mark.parametrize(("title", "code"), [("", "title-empty"), (" \n", "title-empty"), ("t" * 201, "title-long")])
def test_a_title_that_is_none_is_refused(title, code):
    with pytest.raises(Refusal) as no:
        clean_title(title)
    assert no.value.code == code


def test_a_title_in_the_making_may_be_empty_but_not_too_long():
    assert unfinished_title("") == ""
    assert len(unfinished_title("t" * TITLE_LENGTH)) == TITLE_LENGTH
    with pytest.raises(Refusal, match="title-long"):
        unfinished_title("t" * 100_000)

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.domain.programmes import (
    LEAST_FILL_S,
    PARTS,
    Fault,
    Part,
    PartKind,
    Programme,
    from_pattern,
    laid_out,
    moved,
)
from broadcast.domain.refusals import Refusal
from broadcast.wording import refusal, table
from devices.vocabulary import Level

K = PartKind
FIVE = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
OPENING, CLOSING = Part(K.OPENING, "Nhạc hiệu", 10.0), Part(K.CLOSING, "Chào", 8.0)


def news(number, seconds=60.0, **more):
    return Part(K.BULLETIN, f"Tin {number}", seconds, number, **more)


def starts(layout):
    return [round(p.start, 3) for p in layout.placed]


def faults(programme, **more):
    return set(laid_out(programme, **more).faults)


def test_parts_follow_each_other_with_a_gap():
    layout = laid_out(Programme((OPENING, news(1), news(2, 30.0), CLOSING), gap_s=2.0), 900)
    assert starts(layout) == [0, 12, 74, 106]
    assert (layout.total, layout.over, layout.left, layout.faults) == (114, 0, 786, ())


def test_music_fades_into_words_and_words_never_into_words():
    layout = laid_out(Programme((OPENING, news(1), news(2), CLOSING), gap_s=1.0, fade_s=4.0))
    assert starts(layout) == [0, 6, 67, 123]


def test_a_fade_is_never_longer_than_half_of_what_it_touches():
    layout = laid_out(Programme((Part(K.OPENING, "Ngắn", 2.0), news(1)), fade_s=8.0))
    assert starts(layout) == [0, 1]


def test_a_programme_that_is_too_long_says_by_how_much_and_one_that_fits_to_the_second_fits():
    programme = Programme((news(1, 899.0),))
    assert laid_out(programme, 899.0).faults == ()
    layout = laid_out(programme, 898.5)
    assert (layout.over, layout.faults) == (0.5, ((Fault.TOO_LONG, None),))


def test_a_placeholder_takes_what_is_left():
    music = Part(K.MUSIC, "Nhạc", fills=True)
    layout = laid_out(Programme((OPENING, news(1), music, CLOSING), gap_s=1.0), 300)
    assert (layout.total, layout.left) == (300, 0)
    assert layout.placed[2].seconds == 300 - 10 - 60 - 8 - 3
    faded = laid_out(Programme((OPENING, news(1), music, CLOSING), gap_s=1.0, fade_s=4.0), 300)
    assert round(faded.total, 6) == 300


def test_a_placeholder_without_room_falls_away():
    programme = Programme((news(1, 100.0), Part(K.RELAY, "Tiếp âm", fills=True)), gap_s=0.0)
    assert len(laid_out(programme, 100 + LEAST_FILL_S - 1).placed) == 1
    assert len(laid_out(programme, 100 + LEAST_FILL_S).placed) == 2
    assert laid_out(programme, 50).over == 50


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        ((OPENING, CLOSING), (Fault.EMPTY, None)),
        ((), (Fault.EMPTY, None)),
        ((news(1), OPENING), (Fault.OPENING_NOT_FIRST, 1)),
        ((CLOSING, news(1)), (Fault.CLOSING_NOT_LAST, 0)),
        ((news(1, None),), (Fault.NO_SOUND, 0)),
        ((news(1), news(1)), (Fault.TWICE, 1)),
    ],
)
def test_what_keeps_a_programme_from_airing_is_told_of_the_part(parts, fault):
    assert fault in faults(Programme(parts))
    assert f"programme.fault-{fault[0]}" in table()


def test_a_bulletin_must_still_hold_when_its_turn_comes():
    programme = Programme((news(1, 60.0), news(2, valid_until=FIVE + timedelta(seconds=61))), gap_s=1.0)
    assert faults(programme, at=FIVE) == set()
    assert faults(programme, at=FIVE + timedelta(seconds=1)) == {(Fault.EXPIRED, 1)}
    assert faults(programme) == set()


def test_an_area_has_its_usual_programme_and_urgent_bulletins_come_first():
    relay = Part(K.RELAY, "Tiếp âm đài tỉnh", 300.0)
    some = [news(1), news(2, level=Level.PRIORITY), news(3)]
    programme = from_pattern((OPENING, relay, None, CLOSING), some)
    assert [p.bulletin for p in programme.parts] == [None, None, 2, 1, 3, None]
    assert from_pattern((OPENING, CLOSING), some).parts[-1] is CLOSING
    assert from_pattern((), some).parts == (some[1], some[0], some[2])


@pytest.mark.parametrize(
    "make",
    [
        lambda: Programme((news(1),) * (PARTS + 1)),
        lambda: Programme((news(1, -1.0),)),
        lambda: Programme((), gap_s=11.0),
        lambda: Programme((), gap_s=float("nan")),
        lambda: Programme((), fade_s=-1.0),
        lambda: Programme((replace(news(1), fills=True),)),
        lambda: Programme((Part(K.MUSIC, "a", fills=True), Part(K.RELAY, "b", fills=True))),
        lambda: moved(Programme((news(1),)), 1, 0),
    ],
)
def test_what_no_programme_is_is_refused_in_words(make):
    with pytest.raises(Refusal) as no:
        make()
    assert "hãy" in refusal(no.value).casefold()


kinds = st.sampled_from(PartKind)
parts = st.builds(Part, kinds, st.just("x"), st.floats(0, 600), st.none() | st.integers(1, 5))
programmes = st.builds(Programme, st.lists(parts, max_size=8).map(tuple), st.floats(0, 10), st.floats(0, 8))


@given(programmes, st.integers(0, 7), st.integers(-3, 12))
def test_dragging_keeps_every_part_and_opening_and_closing_in_their_places(programme, start, end):
    if start >= len(programme.parts):
        return
    after = moved(programme, start, end)
    assert sorted(map(repr, after.parts)) == sorted(map(repr, programme.parts))
    order = [p.kind for p in after.parts]
    assert order == sorted(order, key=lambda k: {K.OPENING: 0, K.CLOSING: 2}.get(k, 1))


@given(programmes, st.floats(0, 5_000), st.booleans())
def test_a_layout_is_in_order_and_its_sums_are_right(programme, slot, fills):
    if fills:
        programme = replace(programme, parts=(*programme.parts[:59], Part(K.MUSIC, "m", fills=True)))
    layout = laid_out(programme, slot)
    assert starts(layout) == sorted(starts(layout))
    assert layout.total == max((p.end for p in layout.placed), default=0.0)
    assert layout.over == pytest.approx(max(0.0, layout.total - slot))
    for before, after in zip(layout.placed, layout.placed[1:], strict=False):
        words = {before.part.kind, after.part.kind} <= {K.BULLETIN, K.RELAY}
        assert not words or after.start >= before.end
    if fills and len(layout.placed) == len(programme.parts):
        assert layout.total <= slot + 1e-6

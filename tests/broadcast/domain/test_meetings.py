"""Two priority bulletins at one time: which sounds first, and when the other begins."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from broadcast.domain.guards import Span
from broadcast.domain.meetings import GAP, WAITS, First, Rule, by_rule, by_themselves, meet, turn

NOON = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
SPANS = st.builds(
    lambda at, seconds: Span(NOON + timedelta(seconds=at), seconds), st.integers(0, 3600), st.integers(1, 1200)
)


def span(minutes: float, long: float = 5) -> Span:
    return Span(NOON + timedelta(minutes=minutes), long * 60)


def test_what_begins_earlier_is_first_and_of_two_at_one_instant_the_one_from_above():
    assert by_rule(span(0), span(3)) == (First.ABOVE, Rule.EARLIER)
    assert by_rule(span(3), span(0)) == (First.OWN, Rule.EARLIER)
    assert by_rule(span(0), span(0)) == (First.ABOVE, Rule.ABOVE)


def test_a_short_wait_is_left_to_the_receivers_and_a_long_one_is_not():
    assert by_themselves(span(0), span(3))
    assert turn(span(0), span(3), []) == span(3).at
    assert not by_themselves(span(0, 10), span(3))
    assert turn(span(0, 10), span(3), []) == span(10).at + GAP
    assert not by_themselves(span(0), span(0)), "which they begin with, they would choose by name"
    assert turn(span(3), span(0), []) == span(8).at + GAP, "the earlier one waits for the later, if somebody says so"


def test_its_turn_meets_nothing_else_that_is_as_urgent():
    assert turn(span(0, 10), span(3), [span(11), span(17)]) == span(22).at + GAP
    assert turn(span(0, 10), span(3), [span(40)]) == span(10).at + GAP


@settings(deadline=None)
@given(SPANS, SPANS, st.lists(SPANS, max_size=6))
def test_the_second_never_begins_before_the_first_has_ended_nor_so_late_by_itself_that_it_is_missed(a, b, others):
    at = turn(a, b, others)
    if at == b.at:
        assert by_themselves(a, b)
        assert a.ends <= at + WAITS
        return
    assert at >= a.ends + GAP
    assert not any(meet(Span(at, b.seconds), o) for o in others)

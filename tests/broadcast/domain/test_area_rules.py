"""The nearest area that says something of its hours decides, and each thing by itself."""

from datetime import time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from broadcast.domain.area_rules import AreaRule, guards, rule
from broadcast.domain.refusals import Refusal
from broadcast.domain.schedule import QuietHours
from devices.vocabulary import AreaId

PATH = tuple(AreaId(a) for a in ("ap", "xa", "huyen", "tinh"))
NIGHT = QuietHours(time(22), time(5))
USUAL = AreaRule(NIGHT, 0)

rules = st.dictionaries(
    st.sampled_from(PATH),
    st.builds(
        AreaRule,
        st.none() | st.builds(QuietHours, st.times(), st.times()),
        st.none() | st.integers(0, 1440),
    ),
)


@given(rules)
def test_the_nearest_area_that_says_something_decides_each_thing_by_itself(known):
    held = guards(PATH, known, USUAL)
    quiet = [known[a].quiet for a in PATH if a in known and known[a].quiet is not None]
    longest = [known[a].longest_min for a in PATH if a in known and known[a].longest_min is not None]
    assert held.quiet == (quiet[0] if quiet else NIGHT)
    assert held.longest_day == (timedelta(minutes=longest[0]) if longest and longest[0] else None)


def test_zero_below_lifts_what_the_area_above_limits():
    known = {PATH[1]: AreaRule(None, 0), PATH[3]: AreaRule(None, 30)}
    assert guards(PATH, known, USUAL).longest_day is None
    assert guards(PATH[2:], known, USUAL).longest_day == timedelta(minutes=30)


@given(st.text(max_size=8), st.text(max_size=8), st.none() | st.integers(-5, 2000))
def test_whatever_is_entered_is_a_rule_or_is_refused_in_words(quiet_from, quiet_to, longest):
    try:
        made = rule(quiet_from, quiet_to, longest)
    except Refusal as no:
        assert no.code in {"hours-bad", "airtime-bad"}  # noqa: PT017 - either a rule or one of these
    else:
        assert (made.quiet is None) == (not quiet_from and not quiet_to)


def test_hours_that_cross_midnight_are_a_rule():
    assert rule("21:30", "04:30", 45) == AreaRule(QuietHours(time(21, 30), time(4, 30)), 45)

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from broadcast.domain.numbers import following

moments = st.integers(1_600_000_000, 4_000_000_000).map(lambda s: datetime.fromtimestamp(s, UTC))


@given(st.integers(0, 2**62), moments)
def test_a_number_grows_and_never_lies_before_its_time(last, now):
    number = following(last, now)
    assert number > last
    assert number >= int(now.timestamp()) * 1000


@given(moments, st.integers(1, 1_000))
def test_a_server_that_lost_its_books_goes_on_above_what_it_said_before(now, said):
    last = 0
    for _ in range(said):
        last = following(last, now)
    assert following(0, now + timedelta(milliseconds=said)) > last

from hypothesis import given
from hypothesis import strategies as st

from broadcast.domain.merging import Words, joined

SOME = st.builds(Words, st.sampled_from("abc"), st.sampled_from("xyz"))


@given(SOME, SOME, SOME)
def test_nothing_anybody_wrote_is_lost_without_a_word(held, began, mine):
    now = joined(held, began, mine)
    for name in ("title", "text"):
        theirs, first, own = (getattr(w, name) for w in (held, began, mine))
        if theirs not in {first, own} and own != first:
            assert now is None
            return
    assert now is not None
    for name in ("title", "text"):
        theirs, first, own = (getattr(w, name) for w in (held, began, mine))
        assert getattr(now, name) == (own if own != first else theirs)


@given(SOME, SOME)
def test_alone_everything_is_as_it_was_typed(began, mine):
    assert joined(began, began, mine) == mine

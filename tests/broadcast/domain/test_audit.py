from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from broadcast.domain.audit import (
    GENESIS,
    Change,
    Deed,
    Entry,
    Fault,
    Head,
    canonical,
    chained,
    differing,
    entry,
    verify,
)

NOON = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
Trail = list[tuple[Entry, str]]

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
deeds = st.builds(Deed, texts, st.none() | st.integers(1, 99), texts, texts, texts)
changes = st.builds(
    Change, st.dictionaries(texts, texts, max_size=2), st.dictionaries(texts, texts, max_size=2), st.just(("xa-1",))
)


def written(what: list[tuple[Deed, Change]]) -> tuple[Trail, Head]:
    """A trail as it is written, entry after entry."""
    trail, head = [], GENESIS
    for number, (deed, change) in enumerate(what, 1):
        made = entry(number, NOON + timedelta(seconds=number), deed, change)
        head = chained(head, made)
        trail.append((made, head))
    return trail, Head(len(trail), head)


trails = st.lists(st.tuples(deeds, changes), min_size=1, max_size=8).map(written)


@given(trails)
def test_a_trail_that_nobody_touched_is_whole(made):
    trail, head = made
    verdict = verify(trail, head, [head, Head()])
    assert (verdict.fault, verdict.head) == (None, head)


@given(trails, st.data())
@settings(max_examples=300)
def test_any_byte_of_any_row_changed_is_found_at_that_row(made, data):
    trail, head = made
    at = data.draw(st.integers(0, len(trail) - 1))
    what, hash_ = trail[at]
    name = data.draw(st.sampled_from([f.name for f in fields(Entry) if f.name != "seq"] + ["hash"]))
    if name == "hash":
        other = data.draw(st.text("0123456789abcdef", min_size=64, max_size=64).filter(lambda h: h != hash_))
        trail[at] = what, other
    else:
        trail[at] = replace(what, **{name: data.draw(_another(getattr(what, name)))}), hash_
    verdict = verify(trail, head)
    assert (verdict.fault, verdict.at) == (Fault.CHANGED, at + 1)


def _another(value):
    if isinstance(value, datetime):
        return st.integers(1, 10**9).map(lambda us: value + timedelta(microseconds=us))
    if isinstance(value, str):
        return st.one_of(texts, st.just(value + " "), st.just(value[:-1] + "x")).filter(lambda t: t != value)
    return (st.none() | st.integers(1, 99)).filter(lambda n: n != value)


@given(trails, st.data())
def test_a_row_that_was_removed_is_named_wherever_it_stood(made, data):
    trail, head = made
    at = data.draw(st.integers(0, len(trail) - 1))
    del trail[at]
    verdict = verify(trail, head)
    assert (verdict.fault, verdict.at) == (Fault.REMOVED, at + 1)


@given(trails, deeds, changes, st.data())
def test_a_row_that_was_put_in_is_found_even_if_its_own_hash_is_right(made, deed, change, data):
    trail, head = made
    at = data.draw(st.integers(0, len(trail)))
    before = trail[at - 1][1] if at else GENESIS
    new = entry(at + 1, NOON, deed, change)
    later = [(replace(what, seq=what.seq + 1), hash_) for what, hash_ in trail[at:]]
    verdict = verify([*trail[:at], (new, chained(before, new)), *later], head)
    assert verdict.fault is not None
    assert verdict.at in {at + 1, at + 2}


@given(trails, st.data())
def test_two_rows_that_changed_places_are_found(made, data):
    trail, head = made
    if len(trail) < 2:
        return
    one, other = sorted(data.draw(st.lists(st.integers(0, len(trail) - 1), min_size=2, max_size=2, unique=True)))
    a, b = trail[one], trail[other]
    trail[one], trail[other] = (replace(b[0], seq=a[0].seq), b[1]), (replace(a[0], seq=b[0].seq), a[1])
    verdict = verify(trail, head)
    assert (verdict.fault, verdict.at) == (Fault.CHANGED, one + 1)


@given(trails, deeds, changes)
def test_a_trail_written_anew_is_betrayed_by_a_head_that_was_sent_elsewhere(made, deed, change):
    trail, head = made
    forged = [(deed, change)] * len(trail)
    anew, new_head = written(forged)
    if new_head.hash == head.hash:
        return
    assert verify(anew, new_head).fault is None
    assert verify(anew, new_head, [head]).fault is Fault.ELSEWHERE


@given(trails)
def test_the_end_cut_off_together_with_its_head_is_betrayed_by_a_head_sent_elsewhere(made):
    trail, head = made
    kept = trail[:-1]
    shorter = Head(len(kept), kept[-1][1] if kept else GENESIS)
    assert verify(kept, shorter).fault is None
    verdict = verify(kept, shorter, [head])
    assert (verdict.fault, verdict.at) == (Fault.REMOVED, len(trail))


def test_a_head_that_does_not_fit_its_last_entry_is_told():
    trail, head = written([(Deed("save"), Change())])
    assert verify(trail, replace(head, hash=GENESIS)).fault is Fault.HEAD


def test_a_known_trail_keeps_its_hash_for_ever():
    """Trails written by this version must verify in every later one: whoever changes the form sees this fail."""
    what = Entry(1, NOON, 7, "lan", "Lan", "10.0.0.1", "place", "slot/3", " xa-1 ", "{}", '{"slot/3":{"at":"Ấp"}}')
    assert canonical(what).startswith(b'[1,1,"2026-11-25T05:00:00.000000+00:00",7,"lan"')
    assert chained(GENESIS, what) == "04bcf7b390f0cf46ffa82300a67801baa731ea28bdda5832309e1d0558359cf9"


@given(st.text(max_size=400), st.text(max_size=400))
def test_of_long_texts_only_what_became_another_is_kept_and_the_whole_can_be_made_again(was, now):
    one, other = differing(was, now)
    if not (isinstance(one, dict) and isinstance(other, dict)):
        assert (one, other) == (was, now)
        return
    start = one["from"]
    assert start == other["from"]
    assert was[:start] + other["text"] + was[start + len(one["text"]) :] == now
    assert len(one["text"]) <= len(was)

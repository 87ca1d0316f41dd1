from datetime import time
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.domain.programme_patterns import NAME_LENGTH, Pattern, clean_name, is_sound, parts_of, written
from broadcast.domain.programmes import SHIPPED, Part, PartKind, Programme, put_before, with_part, without_part
from broadcast.domain.refusals import Refusal
from broadcast.wording import refusal

K = PartKind
TOML = 'name = "Sáng"\nhour = "05:00"\nminutes = 15\ngap_s = 1.0\nfade_s = 2.0\nparts = ["opening:rising", "bulletins"]'


def test_a_usual_programme_is_read_from_its_file():
    made = Pattern.from_toml("sang", TOML)
    assert (made.key, made.name, made.hour, made.slot_s) == ("sang", "Sáng", time(5), 900.0)
    assert made.parts == (Part(K.OPENING, "", sound="rising"), None)


@pytest.mark.parametrize("file", sorted(f.name for f in files("broadcast").joinpath("data/programmes").iterdir()))
def test_those_that_ship_can_be_read(file):
    text = files("broadcast").joinpath("data/programmes", file).read_text("utf-8")
    assert None in Pattern.from_toml(file, text).parts


@pytest.mark.parametrize(
    "bad",
    [
        "name = ",
        TOML.replace("minutes = 15", "minutes = 0"),
        TOML.replace("minutes = 15", 'minutes = "x"'),
        TOML.replace("minutes = 15", "minutes = 600"),
        TOML.replace("gap_s = 1.0", "gap_s = nan"),
        TOML.replace("05:00", "25:00"),
        TOML.replace("opening:rising", "opening:../x"),
        TOML.replace("opening:rising", "bulletin"),
        TOML.replace("opening:rising", "trống"),
        TOML.replace('"Sáng"', '""'),
        TOML.replace('"opening:rising", ', '"music", ' * 30),
    ],
)
def test_what_is_no_usual_programme_is_refused_in_words(bad):
    with pytest.raises(Refusal) as no:
        Pattern.from_toml("x", bad)
    assert no.value.code == "pattern-bounds"
    assert "hãy" in refusal(no.value).casefold()


kinds = st.sampled_from([k for k in PartKind if k is not K.BULLETIN])
sounds = st.sampled_from(["", *SHIPPED, "own:7", "own:123456789"])


@given(st.lists(st.none() | st.builds(lambda k, s: Part(k, "", sound=s), kinds, sounds), max_size=20).map(tuple))
def test_what_is_written_is_read_as_the_same(parts):
    assert parts_of(written(parts)) == parts


@given(st.text(max_size=30))
def test_nothing_names_a_sound_but_those_that_ship_and_numbers(text):
    assert is_sound(text) is (text in {"", *SHIPPED})
    assert is_sound(f"own:{text}") is (text.isascii() and text.isdigit() and len(text) < 10)


@given(st.text(max_size=400))
def test_a_name_is_one_line_of_printable_text_or_refused(text):
    try:
        kept = clean_name(text)
    except Refusal:
        assert len(text) > NAME_LENGTH or not any(c.isprintable() and not c.isspace() for c in text)
        return
    assert kept == " ".join(kept.split())
    assert 0 < len(kept) <= NAME_LENGTH
    assert clean_name(kept) == kept


def programme(*kinds_):
    return Programme(
        tuple(Part(k, k, key=f"{k}{i}", bulletin=i if k is K.BULLETIN else None) for i, k in enumerate(kinds_))
    )


def keys(what):
    return [p.key for p in what.parts]


def test_a_new_part_stands_before_the_closing_and_a_second_opening_takes_the_place_of_the_first():
    what = programme(K.OPENING, K.BULLETIN, K.CLOSING)
    assert keys(with_part(what, Part(K.MUSIC, "", key="m"))) == ["opening0", "bulletin1", "m", "closing2"]
    assert keys(with_part(what, Part(K.OPENING, "", key="o"))) == ["o", "bulletin1", "closing2"]
    assert keys(with_part(what, Part(K.CLOSING, "", key="c"))) == ["opening0", "bulletin1", "c"]
    with pytest.raises(Refusal, match="programme-twice"):
        with_part(what, Part(K.BULLETIN, "", bulletin=1, key="again"))


def test_a_part_is_put_in_front_of_another_and_what_is_not_there_is_refused():
    what = programme(K.BULLETIN, K.BULLETIN, K.BULLETIN)
    assert keys(put_before(what, "bulletin2", "bulletin0")) == ["bulletin2", "bulletin0", "bulletin1"]
    assert keys(put_before(what, "bulletin0", "bulletin2")) == ["bulletin1", "bulletin0", "bulletin2"]
    assert keys(put_before(what, "bulletin0", "")) == ["bulletin1", "bulletin2", "bulletin0"]
    assert keys(put_before(what, "bulletin1", "bulletin1")) == keys(what)
    assert keys(without_part(what, "bulletin1")) == ["bulletin0", "bulletin2"]
    for attempt in (
        lambda: put_before(what, "x", ""),
        lambda: put_before(what, "bulletin0", "x"),
        lambda: without_part(what, "x"),
    ):
        with pytest.raises(Refusal, match="no-such-part"):
            attempt()

"""Templates as people write them: gaps by label, and every flaw told in its place."""

import contextlib
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.domain.plain import line, paragraphs
from broadcast.domain.template_flaws import Flaw, Flawed
from broadcast.domain.template_writing import Written, WrittenField, finished, keys_of, renamed, sketched, written
from broadcast.domain.templates import FieldType
from broadcast.newsroom.newsroom_data import load_templates
from broadcast.wording import table
from devices.vocabulary import Level

SHIPPED = load_templates(Path("/nowhere"))[0]
DAY = WrittenField("Ngày họp", FieldType.DATE, example="28/11/2026")
CHOICE = FieldType.CHOICE
WHO = WrittenField("Mời ai", example="bà con trong ấp")
BRING = WrittenField("Mang theo", required=False, example="giấy mời")
GOOD = Written(
    name="Họp ấp",
    category="news",
    title="Mời họp {Ngày họp}",
    text="Mời {Mời ai} đến họp {ngày  họp}.[[ Mang theo {Mang theo}.]]",
    fields=(DAY, WHO, BRING),
    ends="Ngày họp",
)


def told(what):
    with pytest.raises(Flawed) as no:
        finished("x", what)
    return {(f.part, f.flaw.value) for f in no.value.found}


@pytest.mark.parametrize("template", SHIPPED, ids=lambda t: t.id)
def test_a_shipped_template_is_written_with_its_labels_and_says_the_same_when_it_comes_back(template):
    what = written(template)
    gaps = re.findall(r"\{([^}]*)\}", what.title + what.text)
    assert set(gaps) == {f.label for f in template.fields}
    again = finished(template.id, what)
    assert again.example() == template.example()
    assert written(again) == what


def test_a_gap_is_found_by_its_label_however_it_is_spaced_or_capitalised():
    made = finished("hop", GOOD)
    assert [f.key for f in made.fields] == ["ngay_hop", "moi_ai", "mang_theo"]
    assert made.text == "Mời {moi_ai} đến họp {ngay_hop}.[[ Mang theo {mang_theo}.]]"
    assert made.ends == "ngay_hop"
    assert made.example().title == "Mời họp thứ Bảy, ngày 28/11/2026"


def test_keys_are_made_of_labels_and_never_alike():
    assert keys_of(["Ngày", "Ngay", "ngày!", "1. Đơn vị", "", "???"]) == (
        "ngay", "ngay_2", "ngay_3", "o_1_don_vi", "o", "o_2",
    )  # fmt: skip


def test_a_field_of_another_name_keeps_its_gaps():
    assert renamed("Mời {Mời  ai} và {Ai}.", {"mời ai": "Người dự"}) == "Mời {Người dự} và {Ai}."
    assert renamed("{a} {b} {c}", {"a": "b", "b": "a"}) == "{b} {a} {c}"


ONE = (DAY, WHO, BRING)


def who(**change):
    return {"fields": (DAY, replace(WHO, **change), BRING)}


def more(label):
    return {"fields": (*ONE, replace(WHO, label=label))}


@pytest.mark.parametrize(
    ("change", "part", "flaw"),
    [
        ({"name": " "}, "name", "missing"),
        ({"name": "x" * 101}, "name", "long"),
        ({"category": ""}, "category", "unknown"),
        ({"level": Level.EMERGENCY}, "level", "emergency"),
        ({"title": ""}, "title", "missing"),
        ({"title": "x" * 401}, "title", "long"),
        ({"title": "Họp {Nơi họp}"}, "title", "gap-unknown"),
        ({"title": "Họp {Ngày họp"}, "title", "brace"),
        ({"title": "Họp [[{Mang theo}]]"}, "title", "title-optional"),
        ({"title": "Họp {Mang theo}"}, "title", "gap-bare"),
        ({"title": "x" * 190 + " {Ngày họp}"}, "title", "title-filled"),
        ({"text": ""}, "text", "missing"),
        ({"text": "x" * 10_001}, "text", "long"),
        ({"text": "…"}, "text", "silent"),
        ({"text": GOOD.text + " <b>a</b>"}, "text", "markup"),
        ({"text": GOOD.text + " {7*7}"}, "text", "gap-unknown"),
        ({"text": GOOD.text + " {{7*7}}"}, "text", "brace"),
        ({"text": GOOD.text + " [[x"}, "text", "open"),
        ({"text": GOOD.text + " [[xin nhớ]]"}, "text", "optional-plain"),
        ({"text": "Mời {Mời ai} {Ngày họp} {Mang theo}"}, "text", "gap-bare"),
        ({"ends": "Mời ai"}, "ends", "no-day"),
        ({"fields": ONE + (WHO,) * 30}, "fields", "many"),
        (more(""), "field-3-label", "missing"),
        (more("x" * 61), "field-3-label", "long"),
        (more("a}b"), "field-3-label", "sign"),
        (more(" mời  AI"), "field-3-label", "twice"),
        (more("Nơi họp"), "field-3-label", "unused"),
        (who(example=""), "field-1-example", "missing"),
        ({"fields": (replace(DAY, example="mai"), WHO, BRING)}, "field-0-example", "no-date"),
        (who(example="<b>x</b>"), "field-1-example", "markup"),
        (who(example="x" * 301), "field-1-example", "long"),
        (who(type=FieldType.TIME), "field-1-example", "no-time"),
        (who(type=FieldType.NUMBER), "field-1-example", "no-number"),
        (who(type=FieldType.CHOICE), "field-1-choices", "few"),
        (who(type=CHOICE, choices=("a", "b")), "field-1-example", "no-choice"),
        (who(type=CHOICE, choices=("a", "a")), "field-1-choices", "twice"),
        (who(type=CHOICE, choices=("a" * 101,)), "field-1-choices", "long"),
        (who(type=CHOICE, choices=tuple(map(str, range(41)))), "field-1-choices", "many"),
    ],
)  # fmt: skip
def test_a_flaw_is_told_in_its_place(change, part, flaw):
    assert (part, flaw) in told(replace(GOOD, **change))


def test_every_flaw_can_happen_and_has_words():
    assert {f"templates.flaw-{flaw.value}" for flaw in Flaw} <= set(table())


def test_flaws_are_told_all_at_once():
    assert told(Written()) == {("name", "missing"), ("category", "unknown"), ("title", "missing"), ("text", "missing")}


def test_what_cannot_be_seen_is_left_out():
    assert line("a\u202eb\0c\td\u200f  e", 10) == "ab c d e"
    assert paragraphs("a\r\nb\0\u2066c\rd", 10) == "a\nbc\nd"
    assert len(line("x" * 10_000, 100)) > 100
    assert finished("x", replace(GOOD, name="Họp\0 \u202eấp")).name == "Họp ấp"


@given(
    st.builds(
        Written,
        name=st.text(max_size=20),
        category=st.sampled_from(["news", "x"]),
        level=st.sampled_from(Level),
        title=st.text("ab{}[] é\n", max_size=30),
        text=st.text("ab{}[] é\n", max_size=60),
        fields=st.lists(
            st.builds(
                WrittenField,
                label=st.text("ab é{", max_size=4),
                type=st.sampled_from(FieldType),
                required=st.booleans(),
                example=st.text("a1:", max_size=4),
                choices=st.lists(st.text("ab", max_size=2), max_size=3).map(tuple),
            ),
            max_size=4,
        ).map(tuple),
        ends=st.text("ab", max_size=2),
    )
)
def test_whatever_is_written_can_be_looked_at_and_is_kept_whole_or_refused(what):
    sketched("x", what).sketch({})
    with contextlib.suppress(Flawed):
        made = finished("x", what)
        made.example()
        assert finished("x", written(made)) == made

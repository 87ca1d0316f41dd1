import contextlib
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.reading import read
from broadcast.domain.bulletins import clean_title, sayable
from broadcast.domain.refusals import Refusal
from broadcast.domain.template_files import from_toml
from broadcast.domain.templates import CATEGORIES, Fault, FieldType, NotFilled
from broadcast.domain.warnings import Look, look
from broadcast.newsroom.newsroom_data import load_cues, load_templates
from broadcast.wording import refusal, table
from devices.vocabulary import AreaId, Level

NOWHERE = Path("/nowhere")
SHIPPED = {t.id: t for t in load_templates(NOWHERE)[0]}
CUES = load_cues(NOWHERE)
WANTED = {
    "cup-dien", "cup-nuoc", "tiem-chung", "bao", "xa-lu", "thue", "nghia-vu-quan-su", "truong-hoc", "dat-dai",
    "chay-rung", "sau-benh", "gia-cho",
}  # fmt: skip

SMALL = """
name = "Họp"
category = "news"
title = "Họp {day}"
ends = "day"
text = "Mời {who} họp {hour}, {day}.[[ Mang theo {bring}.]]"
fields = [
  {key = "who", label = "Ai", example = "bà con"},
  {key = "hour", type = "time", label = "Giờ", example = "19:00"},
  {key = "day", type = "date", label = "Ngày", example = "28/11/2026"},
  {key = "bring", label = "Mang", required = false, example = "giấy mời"},
]
"""
GOOD = {"who": "bà con", "hour": "19:30", "day": "28/11/2026"}


@pytest.fixture(scope="module")
def small():
    return from_toml("hop", SMALL)


def test_the_twelve_that_every_commune_needs_are_there_and_more():
    assert set(SHIPPED) >= WANTED
    assert len(SHIPPED) >= 15


@pytest.mark.parametrize("template", SHIPPED.values(), ids=lambda t: t.id)
def test_a_shipped_template_reads_well_with_its_examples(template, tree):
    filled = template.example()
    assert clean_title(filled.title) == filled.title
    assert sayable(filled.text, 20_000) == filled.text
    assert not set("{}[]") & set(filled.title + filled.text)
    assert "  " not in filled.text
    assert filled.ends is not None
    assert filled.level in {Level.ROUTINE, Level.PRIORITY}
    spoken = read(filled.text)
    assert not [c for c in spoken if c.isdigit()], spoken
    concerns = look(
        Look(filled.text, date(2026, 11, 25), valid_until=None, areas=(AreaId("xa-thanh-duc-25657"),)), CUES, tree
    )
    assert [c.code.value for c in concerns] == ["no-validity"]


@pytest.mark.parametrize("template", SHIPPED.values(), ids=lambda t: t.id)
def test_a_shipped_template_reads_well_without_what_may_be_left_out(template):
    filled = template.fill({f.key: f.example for f in template.fields if f.required})
    assert not set("{}[]") & set(filled.text)
    assert not [w for w in (" .", " ,", "..", ",.", ": .") if w in filled.text]


def test_a_day_is_said_with_its_weekday_and_an_hour_in_words(small):
    filled = small.fill(GOOD)
    assert filled.text == "Mời bà con họp 19 giờ 30, thứ Bảy, ngày 28/11/2026."
    assert (filled.title, filled.ends) == ("Họp thứ Bảy, ngày 28/11/2026", date(2026, 11, 28))


def test_what_may_be_left_out_is_said_where_it_is_given(small):
    assert small.fill(GOOD | {"bring": "giấy mời"}).text.endswith("Mang theo giấy mời.")


def test_every_fault_is_told_at_once(small):
    with pytest.raises(NotFilled) as no:
        small.fill({"who": " ", "hour": "25:00", "day": "31/11/2026", "bring": "x" * 301})
    assert no.value.faults == {
        "who": Fault.MISSING,
        "hour": Fault.NO_TIME,
        "day": Fault.NO_DATE,
        "bring": Fault.LONG,
    }
    assert "Ai, Giờ, Ngày, Mang" in refusal(no.value)
    assert "hãy" in refusal(no.value).casefold()


@pytest.mark.parametrize(
    ("type_", "value", "said"),
    [
        ("time", "7:30", "7 giờ 30"),
        ("time", "07:05", "7 giờ 05"),
        ("time", "7h", "7 giờ"),
        ("time", "7 giờ 15", "7 giờ 15"),
        ("time", "7:60", Fault.NO_TIME),
        ("time", "sáng", Fault.NO_TIME),
        ("date", "2026-11-27", "thứ Sáu, ngày 27/11/2026"),
        ("date", "1/2/2027", "thứ Hai, ngày 01/02/2027"),
        ("date", "29/02/2027", Fault.NO_DATE),
        ("date", "mai", Fault.NO_DATE),
        ("number", "6.800", "6.800"),
        ("number", "12,5", "12,5"),
        ("number", "nhiều", Fault.NO_NUMBER),
        ("number", "1.2", Fault.NO_NUMBER),
        ("line", "  a   b\n", "a b"),
        ("line", "<b>a</b>", Fault.MARKUP),
        ("line", "nước < 3 m", "nước < 3 m"),
        ("paragraph", "a\n\nb", "a\n\nb"),
        ("choice", "có", "có"),
        ("choice", "chắc", Fault.NO_CHOICE),
    ],
)
def test_each_type_takes_what_people_write(type_, value, said):
    choices = ', choices = ["có", "không"]' if type_ == "choice" else ""
    example = {"time": "7:00", "date": "27/11/2026", "number": "1", "choice": "có"}.get(type_, "a")
    made = from_toml(
        "x",
        f'name="x"\ncategory="news"\ntitle="x"\ntext="{{a}}"\n'
        f'fields = [{{key="a", type="{type_}", label="A", example="{example}"{choices}}}]\n',
    )
    if isinstance(said, Fault):
        with pytest.raises(NotFilled) as no:
            made.fill({"a": value})
        assert no.value.faults == {"a": said}
    else:
        assert made.fill({"a": value}).text == said


@given(st.dictionaries(st.sampled_from([*GOOD, "bring", "x"]), st.text(max_size=40)))
def test_whatever_is_typed_is_filled_in_as_it_is_or_refused(small, values):
    with contextlib.suppress(NotFilled):
        assert small.fill(values).ends is not None


@given(st.sampled_from(["{who}", "{day}", "[[x]]", "{{", "}}", "{0}", "%s", "\\1", "\\g<0>"]))
def test_what_is_typed_is_never_read_as_a_gap(small, typed):
    assert typed in small.fill(GOOD | {"who": typed}).text


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_a_day_is_taken_in_both_ways_of_writing(small, day):
    one, other = (small.fill(GOOD | {"day": d}) for d in (day.isoformat(), f"{day:%d/%m/%Y}"))
    assert one == other
    assert one.ends == day


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"news"', '"gossip"', "gossip"),
        ("{who}", "{whom}", "whom"),
        ('ends = "day"', 'ends = "who"', "ends"),
        ('type = "time"', 'type = "clock"', "clock"),
        ('example = "28/11/2026"', 'example = "mai"', "day"),
        ("[[ Mang theo {bring}.]]", " Mang theo {bring}.", "bring"),
        ('key = "bring"', 'key = "who"', "who"),
        ('name = "Họp"', 'nam = "Họp"', "name"),
        ('label = "Ai", ', "", "label"),
        ('label = "Ai"', 'label = "Ai", colour = 1', "colour"),
        ("text =", "text", "line"),
    ],
)
def test_a_mistake_in_a_file_is_told(old, new, told):
    with pytest.raises(Refusal) as no:
        from_toml("hop", SMALL.replace(old, new, 1))
    assert no.value.code == "template-file"
    assert told in refusal(no.value)


def test_a_centres_own_template_holds_instead_of_ours_and_a_wrong_one_is_left_out_and_told(tmp_path):
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "hop.toml").write_text(SMALL, "utf-8")
    (folder / "bao.toml").write_text(SMALL, "utf-8")
    (folder / "hong.toml").write_text("name = 3", "utf-8")
    (folder / "nhi-phan.toml").write_bytes(b"\xff\xfe")
    (folder / "to.toml").write_text("# " + "x" * 70_000, "utf-8")
    shipped, own, faults = load_templates(tmp_path)
    found = {t.id: t for t in own}
    assert {t.id for t in shipped} == set(SHIPPED)
    assert set(found) == {"hop", "bao"}
    assert found["bao"].name == "Họp"
    assert sorted(str(f.facts["file"]) for f in faults) == ["hong.toml", "nhi-phan.toml", "to.toml"]


def test_every_category_and_fault_has_words():
    wanted = {f"template.category-{c}" for c in CATEGORIES} | {f"template.fault-{f}" for f in Fault}
    assert wanted <= set(table())
    assert {f.type for t in SHIPPED.values() for f in t.fields} == set(FieldType)


def test_a_bulletin_that_was_filled_in_yesterday_for_yesterday_is_told(small, tree):
    filled = small.fill(GOOD)
    assert filled.ends is not None
    concerns = look(Look(filled.text, filled.ends + timedelta(days=1)), CUES, tree)
    assert "past-date" in [c.code.value for c in concerns]

import pytest

from broadcast import editing
from broadcast.domain.bulletins import BulletinState, Origin
from broadcast.domain.fields import Category, Fields
from broadcast.domain.merging import Words
from broadcast.domain.refusals import Refusal
from broadcast.records import BulletinRow
from broadcast.wording import refusal
from devices.vocabulary import AreaId, Level


async def test_a_draft_belongs_to_its_author_and_their_area(desk, staff, clock):
    made = await editing.draft(desk, staff, "Họp dân", "Mời bà con")
    assert (made.title, made.text, made.author, made.area) == ("Họp dân", "Mời bà con", staff.id, staff.areas[0])
    assert (made.state, made.level, made.origin) == (BulletinState.DRAFT, Level.ROUTINE, Origin.TEXT)
    assert (made.sound, made.updated_at) == (None, clock.time)
    assert desk.bell.revision == 1


async def test_autosave_keeps_what_is_not_finished(desk, staff, rows):
    made = await editing.draft(desk, staff, "", "")
    saved = await editing.save(desk, staff, made.id, "", "Mời <b> 🎉")
    assert (saved.title, saved.text) == ("", "Mời <b> 🎉")
    assert [r.text for r in rows(BulletinRow)] == ["Mời <b> 🎉"]


@pytest.mark.parametrize(("title", "text", "code"), [("t" * 201, "", "title-long"), ("", "a" * 100_000, "text-long")])
async def test_bounds_are_checked_at_every_keystroke_and_nothing_is_changed(desk, staff, whole, title, text, code):
    made = await editing.draft(desk, staff, "Họp", "Mời")
    before = whole()
    for attempt in (editing.draft(desk, staff, title, text), editing.save(desk, staff, made.id, title, text)):
        with pytest.raises(Refusal, match=code):
            await attempt
    assert whole() == before


async def test_a_text_of_100_000_characters_is_told_what_to_do(desk, staff):
    with pytest.raises(Refusal) as no:
        await editing.draft(desk, staff, "Họp", "ă" * 100_000)
    assert "100000" in refusal(no.value)
    assert "Hãy" in refusal(no.value)


async def test_other_words_take_the_sound_away(desk, staff, spoken):
    bulletin = spoken(staff)
    changed = await editing.save(desk, staff, bulletin, "Mời họp", "Mời bà con đi họp tối nay.")
    assert changed.sound is None


async def test_another_title_leaves_the_sound(desk, staff, spoken):
    bulletin = spoken(staff)
    changed = await editing.save(desk, staff, bulletin, "Họp tối nay", "Mời bà con đi họp.")
    assert changed.sound is not None
    assert (changed.sound.engine, changed.sound.seconds) == ("espeak", 10.0)


async def test_an_approved_bulletin_that_is_changed_is_a_draft_again(desk, staff, spoken):
    bulletin = spoken(staff, state="approved")
    assert (await editing.save(desk, staff, bulletin, "Khác", "Khác")).state is BulletinState.DRAFT


async def test_the_same_words_saved_again_change_nothing(desk, staff, spoken, whole):
    bulletin = spoken(staff, state="approved")
    before = whole()
    same = await editing.save(desk, staff, bulletin, " Mời  họp", "Mời bà con đi họp.")
    assert same.state is BulletinState.APPROVED
    assert whole() == before


async def test_the_words_beside_an_upload_do_not_touch_it(desk, staff, spoken):
    bulletin = spoken(staff, origin="upload", upload_name="hop.mp3")
    assert (await editing.save(desk, staff, bulletin, "Họp", "Ghi chú")).sound is not None


async def test_a_dropped_upload_gives_the_word_back_to_the_text(desk, staff, spoken, whole):
    bulletin = spoken(staff, origin="upload", upload_name="hop.mp3")
    dropped = await editing.drop_upload(desk, staff, bulletin)
    assert (dropped.origin, dropped.upload_name, dropped.sound) == (Origin.TEXT, "", None)
    before = whole()
    await editing.drop_upload(desk, staff, bulletin)
    assert whole() == before


async def test_who_only_reads_writes_nothing(desk, auditor, staff, spoken, whole):
    bulletin = spoken(staff)
    before = whole()
    for attempt in (
        editing.draft(desk, auditor, "Họp", "Mời"),
        editing.save(desk, auditor, bulletin, "Họp", "Mời"),
        editing.drop_upload(desk, auditor, bulletin),
        editing.describe(desk, auditor, bulletin, Fields(), Fields(source="Đài")),
    ):
        with pytest.raises(Refusal, match="not-allowed"):
            await attempt
    assert whole() == before


async def test_what_another_district_writes_is_not_there(desk, staff, stranger, province, spoken, whole):
    bulletin = spoken(staff)
    before = whole()
    for attempt in (
        editing.save(desk, stranger, bulletin, "Họp", "Mời"),
        editing.drop_upload(desk, stranger, bulletin),
        editing.describe(desk, stranger, bulletin, Fields(), Fields(source="Đài")),
        editing.save(desk, staff, bulletin + 1, "Họp", "Mời"),
    ):
        with pytest.raises(Refusal, match="no-such-bulletin"):
            await attempt
    assert whole() == before
    assert (await editing.save(desk, province, bulletin, "Họp", "Mời")).title == "Họp"


async def test_fields_are_kept_and_the_sound_with_them(desk, staff, spoken, rows):
    bulletin = spoken(staff, state="approved")
    wanted = Fields(
        level=Level.PRIORITY,
        category=Category.DISASTER,
        source="<img src=x>",
        issued_by="=HYPERLINK(1)",
        areas=(AreaId("xa-thanh-duc-25657"),),
        tags=("bão", "lũ"),
    )
    done = await editing.describe(desk, staff, bulletin, Fields(), wanted)
    assert done.fields == wanted
    assert (done.state, done.sound is not None, done.writers) == (BulletinState.DRAFT, True, ())


async def test_two_people_who_change_different_fields_both_keep_theirs(desk, staff, province, spoken):
    bulletin = spoken(staff)
    await editing.describe(desk, staff, bulletin, Fields(), Fields(source="Đài huyện"))
    done = await editing.describe(desk, province, bulletin, Fields(), Fields(tags=("họp",)))
    assert (done.fields.source, done.fields.tags) == ("Đài huyện", ("họp",))


async def test_fields_as_they_are_change_nothing(desk, staff, spoken, whole):
    bulletin = spoken(staff, state="approved", source="Đài")
    before = whole()
    await editing.describe(desk, staff, bulletin, Fields(source="cũ"), Fields(source=" Đài "))
    assert whole() == before


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        (Fields(level=Level.EMERGENCY), "level-emergency"),
        (Fields(areas=(AreaId("huyen-ben-cau-711"),)), "not-your-area"),
        (Fields(areas=(AreaId("xa-khong-co-1"),)), "no-such-area"),
        (Fields(source="a" * 201), "field-long"),
    ],
)
async def test_fields_that_cannot_be_change_nothing(desk, staff, spoken, refused, fields, code):
    assert (await refused(editing.describe(desk, staff, spoken(staff), Fields(), fields))).code == code


async def test_two_people_who_write_in_different_places_both_keep_their_words(desk, staff, province, spoken):
    bulletin, began = spoken(staff), Words("Mời họp", "Mời bà con đi họp.")
    await editing.save(desk, province, bulletin, "Mời họp gấp", began.text, began)
    done = await editing.save(desk, staff, bulletin, began.title, "Mời bà con đi họp tối nay.", began)
    assert (done.title, done.text) == ("Mời họp gấp", "Mời bà con đi họp tối nay.")
    assert (done.writers, done.sound) == ((province.id, staff.id), None)


async def test_two_people_who_change_the_same_are_told_and_nothing_is_written_over(
    desk, staff, province, spoken, refused
):
    bulletin, began = spoken(staff), Words("Mời họp", "Mời bà con đi họp.")
    await editing.save(desk, province, bulletin, began.title, "Hoãn họp.", began)
    no = await refused(editing.save(desk, staff, bulletin, began.title, "Mời bà con đi họp tối nay.", began))
    assert (no.code, no.facts) == ("text-elsewhere", {"name": province.name})
    seen = Words(began.title, "Hoãn họp.")
    done = await editing.save(desk, staff, bulletin, began.title, "Hoãn họp đến tối mai.", seen)
    assert done.text == "Hoãn họp đến tối mai."

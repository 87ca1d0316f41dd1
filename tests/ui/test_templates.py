"""An area's templates: listed, written, hidden, taken back; two people at the same one."""

from dataclasses import replace

import pytest
from nicegui import ui
from nicegui.testing import User

from broadcast.domain.template_writing import Written, WrittenField, finished
from broadcast.domain.templates import FieldType
from tests.ui.conftest import GO_DAU, PEOPLE

EDIT = f"/templates/edit/{GO_DAU.id}"
OURS = Written(
    name="Họp tổ",
    category="news",
    title="Họp {Ngày}",
    text="Mời bà con họp {Ngày}.",
    fields=(WrittenField("Ngày", FieldType.DATE, example="28/11/2026"),),
    ends="Ngày",
)


def one(user: User, marker: str, kind=ui.input):
    (found,) = user.find(marker=marker, kind=kind).elements
    return found


async def test_the_list_tells_where_each_comes_from_and_leads_to_ones_own(user: User, enter, little) -> None:
    little.forms.put(PEOPLE["tinh"], little.tree().root.id, finished("hop-to", OURS))
    await enter("huyen", "/bulletins/template")
    user.find(marker="edit-templates").click()
    await user.should_see(marker="whence-hop-to", retries=30)
    assert one(user, "whence-hop-to", ui.label).text == "Của Tỉnh Tây Ninh"
    assert one(user, "whence-bao", ui.label).text == "Có sẵn"
    user.find(marker="templates-find").type("hop dan")
    await user.should_see("1 mẫu", retries=30)
    user.find(marker="own-hop-dan").click()
    await user.should_see(f"Bản riêng cho {GO_DAU.name}", retries=30)
    assert one(user, "template-name").value == "Mời họp dân"


async def test_a_new_one_is_written_with_gaps_by_label_seen_filled_and_offered(user: User, enter, little) -> None:
    await enter("huyen", f"/templates/new?area={GO_DAU.id}")
    user.find(marker="template-name").type("Họp tổ")
    one(user, "template-category", ui.select).set_value("news")
    user.find(marker="field-add").click()
    user.find(marker="field-0-label").type("Ngày họp").trigger("blur")
    one(user, "field-0-type", ui.select).set_value("date")
    user.find(marker="field-0-example", kind=ui.textarea).type("28/11/2026")
    await user.should_see(marker="gap-0")
    user.find(marker="template-title").type("Họp {Ngày họp}")
    user.find(marker="template-text", kind=ui.textarea).type("Mời bà con họp {ngày họp}.")
    one(user, "template-ends", ui.select).set_value("Ngày họp")
    await user.should_see("Mời bà con họp thứ Bảy, ngày 28/11/2026.", retries=30)
    user.find(marker="template-save").click()
    await user.should_see("Đã lưu mẫu “Họp tổ”.", retries=30)
    await user.open("/bulletins/template/hop-to")
    await user.should_see("Ngày họp", retries=30)
    kept = little.forms.own[GO_DAU.id, "hop-to"].template
    assert (kept.fields[0].key, kept.text, kept.ends) == ("ngay_hop", "Mời bà con họp {ngay_hop}.", "ngay_hop")


async def test_every_flaw_stands_at_its_field_and_goes_when_it_is_mended(user: User, enter, little) -> None:
    little.forms.put(PEOPLE["huyen"], GO_DAU.id, finished("hop-to", OURS))
    await enter("huyen", f"{EDIT}/hop-to")
    text, example = one(user, "template-text", ui.textarea), one(user, "field-0-example", ui.textarea)
    text.set_value("Mời {Ai} họp {Ngày}.")
    example.set_value("mai")
    user.find(marker="template-save").click()
    await user.should_see("Còn 2 chỗ cần sửa", retries=30)
    assert text.error == "Không có ô nào tên “Ai”. Hãy thêm ô đó, hoặc sửa chữ trong dấu ngoặc."
    assert example.error == "Ví dụ chưa đúng ngày. Viết như 27/11/2026."
    example.set_value("28/11/2026")
    assert example.error is None


async def test_gaps_and_the_last_day_follow_the_label_of_their_field(user: User, enter, little) -> None:
    little.forms.put(PEOPLE["huyen"], GO_DAU.id, finished("hop-to", OURS))
    await enter("huyen", f"{EDIT}/hop-to")
    one(user, "field-0-label").set_value("Hôm nào")
    user.find(marker="field-0-label").trigger("blur")
    await user.should_see(marker="template-state")
    assert one(user, "template-title").value == "Họp {Hôm nào}"
    user.find(marker="template-save").click()
    await user.should_see("Đã lưu mẫu", retries=30)
    kept = little.forms.own[GO_DAU.id, "hop-to"].template
    assert (kept.title, kept.ends, kept.fields[0].label) == ("Họp {hom_nao}", "hom_nao", "Hôm nào")


async def test_fields_are_moved_and_removed(user: User, enter, little) -> None:
    fields = (*OURS.fields, WrittenField("Ai", example="bà con"))
    made = finished("hop-to", replace(OURS, text="Mời {Ai} họp {Ngày}.", fields=fields))
    little.forms.put(PEOPLE["huyen"], GO_DAU.id, made)
    await enter("huyen", f"{EDIT}/hop-to")
    user.find(marker="field-1-up").click()
    assert (one(user, "field-0-label").value, one(user, "field-1-label").value) == ("Ai", "Ngày")
    user.find(marker="field-0-remove").click()
    assert one(user, "field-0-label").value == "Ngày"
    assert one(user, "template-ends", ui.select).value == "Ngày"
    user.find(marker="template-save").click()
    await user.should_see("Còn 1 chỗ cần sửa", retries=30)


async def test_what_was_written_outlives_the_page_and_can_be_dropped(user: User, enter, little) -> None:
    await enter("huyen", f"{EDIT}/hop-dan")
    one(user, "template-name").set_value("Họp ấp")
    user.find(marker="field-add").click()
    await user.should_see("Phần viết dở được giữ", retries=30)
    await user.open(f"{EDIT}/hop-dan")
    await user.should_see(marker="draft-restored", retries=30)
    assert one(user, "template-name").value == "Họp ấp"
    await user.should_see(marker="field-7-label")
    user.find(marker="drop-draft").click()
    await user.open(f"{EDIT}/hop-dan")
    await user.should_not_see(marker="draft-restored")
    assert one(user, "template-name").value == "Mời họp dân"


async def test_ones_own_is_taken_back_after_a_question(user: User, enter, little) -> None:
    little.forms.put(PEOPLE["huyen"], GO_DAU.id, finished("bao", OURS))
    await enter("huyen", f"{EDIT}/bao")
    user.find(marker="template-restore").click()
    await user.should_see(marker="restore-yes", retries=30)
    user.find(marker="restore-yes").click()
    await user.should_see(marker="templates-find", retries=30)
    assert little.forms.own == {}


async def test_one_from_above_is_hidden_and_shown_again(user: User, enter, little) -> None:
    await enter("huyen", "/templates")
    user.find(marker="hide-bao").click()
    await user.should_see(f"Ẩn ở {GO_DAU.name}", retries=30)
    assert "bao" not in {t.id for t in little.forms.offered(PEOPLE["huyen"])}
    await user.should_see("và các nơi bên dưới.", retries=30)
    user.find(marker="unhide-bao").click()
    await user.should_see("dùng được trở lại", retries=30)
    await user.should_not_see(f"Ẩn ở {GO_DAU.name}", retries=30)
    assert little.forms.own == {}


async def test_what_another_saved_meanwhile_is_shown_and_either_can_hold(user: User, enter, little) -> None:
    little.forms.put(PEOPLE["huyen"], GO_DAU.id, finished("hop-to", OURS))
    await enter("huyen", f"{EDIT}/hop-to")
    one(user, "template-name").set_value("Của tôi")
    little.forms.put(PEOPLE["tinh"], GO_DAU.id, finished("hop-to", replace(OURS, name="Của tỉnh")))
    await user.should_see("Nguyễn Thị Tỉnh vừa sửa mẫu này", retries=30)
    user.find(marker="template-save").click()
    await user.should_see("Nguyễn Thị Tỉnh vừa sửa mẫu này", retries=30)
    assert little.forms.own[GO_DAU.id, "hop-to"].template.name == "Của tỉnh"
    user.find(marker="conflict-mine").click()
    await user.should_see("Đã lưu mẫu “Của tôi”.", retries=30)
    assert little.forms.own[GO_DAU.id, "hop-to"].template.name == "Của tôi"


async def test_who_may_not_edit_them_is_told_so_and_sees_no_way_there(user: User, enter) -> None:
    await enter("xa", "/templates")
    await user.should_see(marker="empty", retries=30)
    await user.should_not_see(marker="to-templates")


@pytest.mark.parametrize("address", ["/templates", f"/templates/new?area={GO_DAU.id}&like=bao", f"{EDIT}/bao"])
async def test_every_page_is_drawn_in_english_too(user: User, enter, address) -> None:
    await enter("huyen", address)
    user.find(marker="language-en").click()
    await user.open(address)
    await user.should_see("emplate")

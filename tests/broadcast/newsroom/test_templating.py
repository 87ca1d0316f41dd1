"""An area's own templates, in real books."""

import json
from dataclasses import replace
from functools import partial

import pytest

from broadcast import editing
from broadcast.domain.people import ALLOWED, Action, Role
from broadcast.domain.refusals import Refusal
from broadcast.domain.template_flaws import Flaw, Flawed
from broadcast.domain.template_writing import Written, WrittenField, written
from broadcast.domain.templates import FieldType
from broadcast.newsroom import beginning, templating
from broadcast.newsroom.template_types import Whence
from broadcast.records import AuditRow
from broadcast.tables.template_records import TemplateRow
from devices.vocabulary import AreaId, Level

PROVINCE = AreaId("tinh-tay-ninh-72")
DISTRICT = AreaId("huyen-go-dau-710")
COMMUNE = AreaId("xa-thanh-duc-25657")
ELSEWHERE = AreaId("huyen-ben-cau-711")
OURS = Written(
    name="Họp tổ dân phố",
    category="news",
    level=Level.PRIORITY,
    title="Họp {Ngày}",
    text="Mời {Ai} họp {Ngày}.",
    fields=(
        WrittenField("Ngày", FieldType.DATE, example="28/11/2026"),
        WrittenField("Ai", FieldType.CHOICE, example="bà con", choices=("bà con", "các hộ")),
    ),
    ends="Ngày",
)


@pytest.fixture
def save(desk, staff):
    async def save(what=OURS, id_="", *, area=DISTRICT, actor=staff, began=""):
        return await templating.save_template(desk, actor, area, id_, what, began)

    return save


@pytest.fixture
def look(desk, province):
    async def look(area, id_):
        return await templating.template(desk, province, area, id_)

    return look


@pytest.fixture
def names(desk):
    """What someone may begin with, by id."""

    async def names(actor):
        return {t.id: t.name for t in await beginning.templates(desk, actor)}

    return names


async def test_a_new_one_is_offered_to_whoever_writes_there_and_below_and_to_nobody_else(
    desk, save, names, staff, stranger, hire, clock
):
    id_ = await save()
    assert id_ == "hop-to-dan-pho"
    assert (await names(staff))[id_] == "Họp tổ dân phố"
    assert (await names(hire("duoi", Role.STAFF, COMMUNE)))[id_] == "Họp tổ dân phố"
    assert id_ not in await names(stranger)
    begin = partial(beginning.from_template, desk, partial(editing.draft, desk))
    made = await begin(staff, id_, {"ngay": "28/11/2026", "ai": "các hộ"})
    assert (made.title, made.text) == (
        "Họp thứ Bảy, ngày 28/11/2026",
        "Mời các hộ họp thứ Bảy, ngày 28/11/2026.",
    )
    assert made.level is Level.PRIORITY
    assert made.valid_until is not None
    assert desk.bell.revision == 2


async def test_the_nearest_holds_over_those_above_and_over_the_shipped_one(save, names, province, staff, hire, look):
    below, root = hire("duoi", Role.STAFF, COMMUNE), hire("goc", Role.PROVINCE, PROVINCE)
    shipped = (await look(DISTRICT, "hop-dan")).line
    assert (shipped.whence, shipped.area) == (Whence.SHIPPED, None)
    for area, who, name in ((PROVINCE, province, "Tỉnh"), (COMMUNE, staff, "Xã")):
        await save(replace(OURS, name=name), "hop-dan", area=area, actor=who)
    assert [(await names(who))["hop-dan"] for who in (root, staff, below)] == ["Tỉnh", "Tỉnh", "Xã"]
    view = await look(COMMUNE, "hop-dan")
    assert (view.line.template.name, view.line.area, view.line.by_name) == ("Xã", COMMUNE, "Người canbo")
    assert view.beneath is not None
    assert (view.beneath.template.name, view.beneath.area_name) == ("Tỉnh", "Tỉnh Tây Ninh")
    assert (await look(DISTRICT, "hop-dan")).state == ""


async def test_a_file_of_the_server_holds_over_the_shipped_one_and_below_those_of_areas(
    save, look, tmp_path, names, staff
):
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "hop-dan.toml").write_text('name = "Tệp"\ncategory = "news"\ntitle = "Họp"\ntext = "Mời họp."\n')
    assert (await look(DISTRICT, "hop-dan")).line.whence is Whence.FILE
    await save(replace(OURS, name="Huyện"), "hop-dan")
    assert (await names(staff))["hop-dan"] == "Huyện"


async def test_taking_ones_own_back_brings_the_shipped_one_and_one_that_nobody_else_has_is_gone(
    desk, save, names, staff, look, rows, refused
):
    before = await names(staff)
    for id_ in (await save(), await save(replace(OURS, name="Khác"), "hop-dan")):
        own = (await look(DISTRICT, id_)).state
        await templating.restore_template(desk, staff, DISTRICT, id_, own)
    assert await names(staff) == before
    assert rows(TemplateRow) == []
    no = await refused(templating.restore_template(desk, staff, DISTRICT, "hop-dan", ""))
    assert no.code == "no-such-template"


async def test_a_hidden_one_is_offered_neither_there_nor_below_until_it_is_shown_again(
    desk, save, names, staff, stranger, hire, look, refused
):
    below = hire("duoi", Role.STAFF, COMMUNE)
    await templating.hide_template(desk, staff, DISTRICT, "bao", "")
    assert [("bao" in await names(who)) for who in (staff, below, stranger)] == [False, False, True]
    listed = {x.template.id: x for x in (await templating.templates(desk, staff, DISTRICT)).lines}
    assert (listed["bao"].hidden, listed["bao"].by_name, listed["bao"].template.name) == (
        True, "Người canbo", (await look(ELSEWHERE, "bao")).line.template.name,
    )  # fmt: skip
    # a commune below makes its own of it
    await save(written((await look(COMMUNE, "bao")).line.template), "bao", area=COMMUNE)
    assert "bao" in await names(below)
    await templating.restore_template(desk, staff, DISTRICT, "bao", (await look(DISTRICT, "bao")).state)
    assert "bao" in await names(staff)
    no = await refused(templating.hide_template(desk, staff, DISTRICT, "khong-co", ""))
    assert no.code == "no-such-template"


async def test_one_of_ones_own_is_taken_back_before_it_is_hidden(desk, save, staff, look, refused):
    await save(id_="bao")
    own = (await look(DISTRICT, "bao")).state
    assert (await refused(templating.hide_template(desk, staff, DISTRICT, "bao", own))).code == "template-own"


async def test_what_another_saved_meanwhile_is_not_written_over(desk, save, staff, province, look, refused):
    id_ = await save()
    began = (await look(DISTRICT, id_)).state
    await save(replace(OURS, name="Của tỉnh"), id_, actor=province, began=began)
    for attempt in (
        save(replace(OURS, name="Của huyện"), id_, began=began),
        templating.restore_template(desk, staff, DISTRICT, id_, began),
        templating.hide_template(desk, staff, DISTRICT, id_, began),
        save(replace(OURS, name="Của huyện"), id_, began=""),
    ):
        no = await refused(attempt)
        assert (no.code, no.facts["name"]) == ("template-elsewhere", "Người tinh")
    theirs = await look(DISTRICT, id_)
    await save(replace(OURS, name="Của huyện"), id_, began=theirs.state)
    assert (await look(DISTRICT, id_)).line.template.name == "Của huyện"


async def test_what_another_took_back_meanwhile_is_told_and_can_be_kept_as_ones_own(
    desk, save, staff, province, look, refused
):
    await save(id_="bao")
    began = (await look(DISTRICT, "bao")).state
    await templating.restore_template(desk, province, DISTRICT, "bao", began)
    assert (await refused(save(id_="bao", began=began))).code == "template-gone"
    await save(id_="bao", began="")
    id_ = await save()
    began = (await look(DISTRICT, id_)).state
    await templating.restore_template(desk, province, DISTRICT, id_, began)
    assert (await refused(save(id_=id_, began=""))).code == "no-such-template"


async def test_saving_the_same_again_changes_nothing(save, look, clock, rows):
    id_ = await save()
    began, entries = (await look(DISTRICT, id_)).state, len(rows(AuditRow))
    clock.on(minutes=1)
    await save(id_=id_, began=began)
    assert (await look(DISTRICT, id_)).state == began
    assert len(rows(AuditRow)) == entries


async def test_every_flaw_is_told_and_nothing_is_kept(save, refused):
    no = await refused(save(replace(OURS, name="", text="Mời {Ai} họp {Hôm nào}.")))
    assert isinstance(no, Flawed)
    assert [(f.part, f.flaw) for f in no.found] == [("name", Flaw.MISSING), ("text", Flaw.GAP_UNKNOWN)]


async def test_a_new_one_never_takes_the_identifier_of_another(save, look):
    await save(area=COMMUNE)
    assert await save() == "hop-to-dan-pho-2"
    assert await save(replace(OURS, name="Hợp dân")) == "hop-dan-2"
    assert await save(replace(OURS, name="???")) == "mau"


async def test_an_area_has_only_so_many(desk, save, staff, refused, monkeypatch):
    monkeypatch.setattr(templating, "OF_AREA", 2)
    await save()
    await templating.hide_template(desk, staff, DISTRICT, "bao", "")
    assert (await refused(save())).code == "templates-many"
    assert (await refused(templating.hide_template(desk, staff, DISTRICT, "thue", ""))).code == "templates-many"


async def test_one_that_became_wrong_is_listed_and_not_offered(desk, save, names, staff):
    id_ = await save()
    await desk.store.write(lambda s: setattr(s.get_one(TemplateRow, (DISTRICT, id_)), "text", "{x}"))
    assert id_ not in await names(staff)
    listed = {x.template.id: x for x in (await templating.templates(desk, staff, DISTRICT)).lines}
    assert listed[id_].flawed


@pytest.mark.parametrize("role", Role)
async def test_each_role_edits_them_as_the_table_says(desk, hire, whole, role):
    actor = hire("ai", role, DISTRICT)
    calls = (
        lambda: templating.templates(desk, actor, COMMUNE),
        lambda: templating.template(desk, actor, COMMUNE, "bao"),
        lambda: templating.save_template(desk, actor, COMMUNE, "", OURS, ""),
        lambda: templating.hide_template(desk, actor, COMMUNE, "bao", ""),
    )
    may = {Role.PROVINCE, Role.STAFF}
    assert bool(ALLOWED[Action.EDIT_TEMPLATES, role]) == (role in may)
    if role in may:
        for call in calls:
            await call()
        state = (await templating.template(desk, actor, COMMUNE, "bao")).state
        await templating.restore_template(desk, actor, COMMUNE, "bao", state)
        return
    before = whole()
    for call in (*calls, lambda: templating.restore_template(desk, actor, COMMUNE, "bao", "")):
        with pytest.raises(Refusal, match="not-allowed"):
            await call()
    assert whole() == before


async def test_nobody_edits_those_of_another_district_or_of_the_area_above(save, refused):
    assert (await refused(save(area=ELSEWHERE))).code == "not-your-area"
    assert (await refused(save(area=PROVINCE))).code == "not-your-area"


async def test_the_trail_says_what_was_changed_and_where(save, look, rows):
    id_ = await save()
    await save(replace(OURS, name="Tên mới"), id_, began=(await look(DISTRICT, id_)).state)
    entry = rows(AuditRow)[-1]
    assert entry.areas.split() == [DISTRICT]
    after = json.loads(entry.after)[f"template/{DISTRICT}/{id_}"]
    assert after["name"] == "Tên mới"

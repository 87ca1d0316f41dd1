"""Bulletins are found by words with and without tone marks, by state, level and area, page by page."""

import pytest
from sqlalchemy import text
from sqlmodel import Session

from broadcast import editing
from broadcast.domain.bulletins import BulletinState
from broadcast.domain.fields import Fields
from broadcast.newsroom import finding
from broadcast.newsroom.life_types import BulletinAsk
from broadcast.records import BulletinRow
from devices.vocabulary import AreaId, Level

COMMUNE = AreaId("xa-thanh-duc-25657")
NEIGHBOUR = AreaId("xa-cam-giang-25660")
DISTRICT = AreaId("huyen-go-dau-710")


@pytest.fixture
def found(desk, staff):
    async def found(words="", actor=staff, **more) -> list[str]:
        page = await finding.bulletins(desk, actor, BulletinAsk(words, **more))
        assert page.total >= len(page.views)
        return [v.bulletin.title for v in page.views]

    return found


@pytest.mark.parametrize("words", ["tiêm", "tiem", "TIÊM chủng", "chung tiem", "tram y te", "UBND", "vac-xin", "100%"])
async def test_with_and_without_tone_marks_anywhere(found, staff, spoken, words):
    spoken(staff, "Tiêm chủng", text="Trạm Y tế mời 100% trẻ em. <b>", issued_by="UBND xã", tags=["vắc-xin", "vac-xin"])
    spoken(staff, "Cúp nước", text="Nước về trễ.")
    assert await found(words) == ["Tiêm chủng"]


@pytest.mark.parametrize("words", ["tiem nuoc", "%", "_", "' OR 1=1 --", "xyz"])
async def test_every_word_must_occur_and_signs_are_signs(found, staff, spoken, words):
    spoken(staff, "Tiêm chủng", text="Mời trẻ em.")
    spoken(staff, "Cúp nước", text="Nước về trễ.")
    assert await found(words) == []


async def test_what_was_changed_is_found_by_what_it_is_now(desk, found, staff, clock):
    made = await editing.draft(desk, staff, "Cúp nước", "Nước về trễ.")
    await editing.save(desk, staff, made.id, "Cúp điện", "Điện về trễ.")
    await editing.describe(desk, staff, made.id, Fields(), Fields(tags=("khẩn",), areas=(COMMUNE,)))
    assert (await found("nuoc"), await found("dien khan")) == ([], ["Cúp điện"])
    assert (await found(area=COMMUNE), await found(area=NEIGHBOUR)) == (["Cúp điện"], [])
    await editing.describe(desk, staff, made.id, Fields(areas=(COMMUNE,)), Fields(areas=(NEIGHBOUR,)))
    assert (await found(area=COMMUNE), await found(area=NEIGHBOUR)) == ([], ["Cúp điện"])
    await desk.store.write(lambda session: session.delete(session.get_one(BulletinRow, made.id)))
    assert await found() == []


async def test_lists_are_narrowed_by_state_level_and_area(found, staff, spoken):
    spoken(staff, "Nháp")
    spoken(staff, "Gấp", level="priority", state="approved")
    spoken(staff, "Của xã", area=COMMUNE)
    assert await found(state=BulletinState.APPROVED) == ["Gấp"]
    assert await found(level=Level.PRIORITY) == ["Gấp"]
    assert await found(area=COMMUNE) == ["Của xã"]
    assert len(await found(area=DISTRICT)) == 3
    assert await found("gap", state=BulletinState.DRAFT) == []


async def test_pages_follow_each_other_newest_first(desk, found, staff, spoken, clock):
    for n in range(5):
        spoken(staff, f"Bản {n}")
        clock.on(minutes=1)
    assert [await found(page=p, page_size=2) for p in (0, 1, 2, 3, -1)] == [
        ["Bản 4", "Bản 3"], ["Bản 2", "Bản 1"], ["Bản 0"], [], ["Bản 4", "Bản 3"],
    ]  # fmt: skip
    assert (await finding.bulletins(desk, staff, BulletinAsk(page_size=2))).total == 5


async def test_others_bulletins_are_not_found(desk, found, staff, stranger, administrator, spoken, refused):
    spoken(staff, "Tiêm chủng")
    assert await found("tiem", actor=stranger) == []
    for actor, area, code in (
        (administrator, None, "not-allowed"), (staff, AreaId("huyen-ben-cau-711"), "not-your-area"),
        (staff, AreaId("xa-khong-co-1"), "no-such-area"),
    ):  # fmt: skip
        assert (await refused(finding.bulletins(desk, actor, BulletinAsk("tiem", area=area)))).code == code


async def test_what_is_found_can_be_looked_up_in_order_without_sorting_everything(desk, staff, spoken):
    """The first page of a long list reads an index, not the whole table."""
    spoken(staff, "Một")
    with Session(desk.store.engine) as session:
        plan = session.connection().execute(
            text("EXPLAIN QUERY PLAN SELECT id FROM bulletin ORDER BY updated_at DESC, id DESC LIMIT 48")
        )
        assert "ix_bulletin_updated_at" in str(plan.all())

"""Warnings and their answers, in real books."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from broadcast import editing
from broadcast.domain.concerns import Code
from broadcast.domain.people import Role
from broadcast.domain.refusals import Refusal
from broadcast.newsroom import looking
from broadcast.records import BulletinRow, SlotRow
from broadcast.tables.warning_records import WarningAnswerRow

KEY = "no-validity-e3b0c44298fc"
LONG = "Sáng mai cúp điện ở ấp Bến Mương từ bảy giờ đến mười một giờ để sửa đường dây, bà con sạc đèn và trữ nước."


@pytest.fixture
async def made(desk, staff):
    return await editing.draft(desk, staff, "Mời họp", "")


@pytest.fixture
def aired(desk, spoken, clock):
    """A bulletin that was aired, so long ago."""

    def aired(author, ago: timedelta, withdrawn_at: datetime | None = None) -> int:
        key: int = spoken(author, "Cúp điện", text=LONG)
        with Session(desk.store.engine) as session:
            at = clock.time - ago
            session.add(
                SlotRow(
                    bulletin=key,
                    areas=[author.areas[0]],
                    at=at,
                    placed_by=author.id,
                    placed_at=at,
                    withdrawn_at=withdrawn_at,
                )
            )
            session.commit()
        return key

    return aired


async def codes(desk, actor, bulletin, text):
    return [w.concern.code for w in await looking.warnings(desk, actor, bulletin, text)]


async def test_the_text_as_it_is_being_written_is_looked_at_and_nothing_is_kept(desk, staff, made, whole):
    before = whole()
    found = await codes(desk, staff, made.id, "Họp thứ Năm, ngày 27/11/2026.")
    assert found == [Code.NO_VALIDITY, Code.WEEKDAY]
    assert whole() == before


async def test_what_is_in_brackets_and_means_nothing_is_told_and_answered(desk, staff, made):
    text = "Họp lúc 7 giờ. [nghỉ 2 giây] [chờ 2 giây] [Nam] Mời bà con."
    (_, warned) = await looking.warnings(desk, staff, made.id, text)
    assert (warned.concern.code, text[warned.concern.start : warned.concern.end]) == (Code.MARK, "[chờ 2 giây]")
    await looking.answer_warning(desk, staff, made.id, warned.concern.key, "chỉ là ghi chú")
    assert [w.answer is not None for w in await looking.warnings(desk, staff, made.id, text)] == [False, True]


async def test_today_is_the_local_day(desk, staff, made, clock):
    clock.time = clock.time.replace(hour=18)  # past midnight in Vietnam: the 26th
    assert Code.PAST_DATE in await codes(desk, staff, made.id, "Mời bà con đến tiêm chủng ngày 25/11/2026.")


async def test_validity_and_areas_are_those_of_the_bulletin(desk, staff, made):
    def change(session):
        row = session.get_one(BulletinRow, made.id)
        row.valid_until, row.areas = desk.now() + timedelta(days=1), ["xa-cam-giang-25660"]

    await desk.store.write(change)
    assert await codes(desk, staff, made.id, "Mời bà con xã Thạnh Đức đi họp.") == [Code.FOREIGN_PLACE]


async def test_a_reason_is_kept_with_who_and_when_changed_and_taken_back(desk, staff, made, rows):
    await looking.answer_warning(desk, staff, made.id, KEY, "  phát   hằng ngày ")
    (first,) = await looking.warnings(desk, staff, made.id, "")
    assert first.concern.key == KEY
    assert first.answer is not None
    assert (first.answer.reason, first.answer.by_name, first.answer.at) == ("phát hằng ngày", staff.name, desk.now())
    await looking.answer_warning(desk, staff, made.id, KEY, "lý do khác")
    assert [r.reason for r in rows(WarningAnswerRow)] == ["lý do khác"]
    await looking.answer_warning(desk, staff, made.id, KEY, " ")
    assert rows(WarningAnswerRow) == []


@pytest.mark.parametrize(
    ("key", "reason", "code"),
    [
        ("no-validity-xyz", "phát thử", "no-such-warning"),
        ("đủ thứ", "phát thử", "no-such-warning"),
        (KEY, "x", "reason-short"),
        (KEY, "x" * 501, "reason-long"),
    ],
)
async def test_what_is_no_answer_is_refused(desk, staff, made, refused, key, reason, code):
    assert (await refused(looking.answer_warning(desk, staff, made.id, key, reason))).code == code


async def test_reasons_are_bounded(desk, staff, made, refused, monkeypatch):
    monkeypatch.setattr(looking, "ANSWERS", 1)
    await looking.answer_warning(desk, staff, made.id, KEY, "phát thử")
    no = await refused(looking.answer_warning(desk, staff, made.id, "phone-0123456789ab", "số của ấp"))
    assert no.code == "answers-many"


async def test_only_who_writes_there_answers_and_strangers_see_nothing(desk, made, hire, stranger, tree, refused):
    auditor = hire("thanhtra", Role.AUDITOR, tree.root.id)
    assert (await refused(looking.answer_warning(desk, auditor, made.id, KEY, "phát thử"))).code == "not-allowed"
    for attempt in (
        looking.answer_warning(desk, stranger, made.id, KEY, "phát thử"),
        looking.warnings(desk, stranger, made.id, ""),
    ):
        with pytest.raises(Refusal, match="no-such-bulletin"):
            await attempt
    assert await codes(desk, auditor, made.id, "") == [Code.NO_VALIDITY]


async def test_what_was_aired_yesterday_is_found_again(desk, staff, made, aired):
    key = aired(staff, timedelta(days=1))
    first, second = await looking.warnings(desk, staff, made.id, LONG)
    assert (first.concern.code, second.concern.code) == (Code.NO_VALIDITY, Code.ALIKE)
    assert second.concern.facts["bulletin"] == key


@pytest.mark.parametrize(
    ("ago", "withdrawn"), [(timedelta(days=3), False), (timedelta(hours=-1), False), (timedelta(days=1), True)]
)
async def test_what_was_not_aired_of_late_is_not_compared(desk, staff, made, aired, ago, withdrawn):
    aired(staff, ago, desk.now() if withdrawn else None)
    assert Code.ALIKE not in await codes(desk, staff, made.id, LONG)


async def test_a_bulletin_one_may_not_see_is_not_told_of(desk, staff, made, aired, stranger):
    aired(stranger, timedelta(days=1))
    assert Code.ALIKE not in await codes(desk, staff, made.id, LONG)


async def test_no_more_than_the_bound_is_looked_at(desk, staff, made):
    assert Code.WEEKDAY not in await codes(desk, staff, made.id, "a " * 10_000 + "thứ Năm, ngày 27/11/2026")

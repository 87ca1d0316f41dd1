"""Fields, handing in, hearing, approving and comparing: the pages over real books."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from nicegui.testing import User
from sqlmodel import Session

from broadcast import books, editing, scheduling, views
from broadcast.areas_data import load_tree
from broadcast.domain.bulletins import BulletinState
from broadcast.domain.fields import Category, Fields
from broadcast.domain.people import Actor, Role, held
from broadcast.library import ClipLibrary
from broadcast.newsroom import ending, finding, life
from broadcast.newsroom.desk import Desk
from broadcast.newsroom.office_life import LifeOffice
from broadcast.receivers.presence import Presence
from broadcast.records import BulletinRow, ClipRow, PersonRow, ReceiverRow
from broadcast.settings import Server, Settings
from broadcast.store import Store
from devices.vocabulary import AreaId, Level

COMMUNE = AreaId("xa-thanh-duc-25657")
MARKUP = "<img src=x onerror=alert(1)> =cmd|'/C calc'!A0"


async def _replan(_: tuple[AreaId, ...]) -> None:
    pass


async def _held_until(_: object = None) -> dict[AreaId, datetime]:
    return {}


@pytest.fixture
async def little(little, tmp_path: Path) -> AsyncIterator[object]:
    """The little office, with a newsroom of real books in it; "truong" is a second person of the centre."""
    little.people["truong"] = Actor(4, "truong", "Phạm Thị Trưởng", held(Role.STAFF, little.people["huyen"].areas[0]))
    little.people["duyet"] = Actor(5, "duyet", "Võ Văn Duyệt", held(Role.APPROVER, little.people["huyen"].areas[0]))
    store = Store(f"sqlite:///{tmp_path / 'books.sqlite3'}")
    store.migrate()
    settings = msgspec.structs.replace(Settings(), server=Server(data=str(tmp_path)))
    library, tree = ClipLibrary(tmp_path / "clips"), load_tree("tay-ninh-2024")
    little.desk = desk = Desk(store, library, tree, settings, partial(datetime.now, UTC), little.bell)
    with Session(store.engine) as session:
        session.add_all(
            PersonRow(id=p.id, login=p.login, name=p.name, password_hash="none", made_at=desk.now())
            for p in little.people.values()
        )
        session.add(
            ReceiverRow(
                id="loa-1", area=COMMUNE, name="Loa 1", public_key="", volume=80, alarm_volume=100,
                enrolled_at=desk.now(),
            )
        )  # fmt: skip
        session.commit()

    led = LifeOffice(
        describe=partial(editing.describe, desk),
        view=partial(life.life, desk),
        submit=partial(life.submit, desk),
        hear=partial(life.hear, desk),
        approve=partial(life.approve, desk),
        reject=partial(life.reject, desk),
        withdraw=partial(ending.withdraw, desk, _replan),
        waiting=partial(life.waiting, desk),
        waiting_count=partial(life.waiting_count, desk),
        two_people=partial(life.two_people, desk),
        set_two_people=partial(life.set_two_people, desk),
    )
    plain = little.office()
    whole = replace(
        plain,
        life=led,
        bulletin=partial(views.bulletin, desk),
        bulletins=partial(finding.bulletins, desk),
        save=partial(editing.save, desk),
        preview=partial(scheduling.preview, desk, Presence(), lambda _: None),
        place=partial(scheduling.place, desk, _replan),
    )
    little.office = lambda: whole
    yield little
    await store.close()


@pytest.fixture
def written(little, tmp_path: Path):
    """A bulletin of ten seconds by "huyen", with its sound."""

    def written(title: str = "Mời họp", text: str = "Mời bà con đi họp.", **fields: Any) -> int:
        file = tmp_path / "made.opus"
        file.write_bytes(title.encode())
        clip = little.desk.library.keep(file)
        with Session(little.desk.store.engine) as session:
            session.merge(ClipRow(sha256=clip, seconds=10.0, size=9, made_at=little.desk.now()))
            session.flush()
            row = BulletinRow(
                title=title, text=text, state="draft", origin="text", author=2,
                area=little.people["huyen"].areas[0], updated_at=little.desk.now(), clip=clip,
                **{"level": "routine", **fields},
            )  # fmt: skip
            session.add(row)
            session.commit()
            little.books[row.id] = books.bulletin(session, row)  # for what is read of it beside its life
            return books.stored(row.id)

    return written


@pytest.fixture
def hand_in(little, written):
    async def hand_in(*args: str, **fields: object) -> int:
        bulletin: int = written(*args, **fields)
        await life.submit(little.desk, little.people["huyen"], bulletin)
        return bulletin

    return hand_in


async def _state(little, bulletin: int) -> BulletinState:
    return (await life.life(little.desk, little.people["tinh"], bulletin)).bulletin.state


def _one(user: User, marker: str) -> Any:
    return next(iter(user.find(marker=marker).elements))


def _choose(user: User, marker: str, value: str) -> None:
    assert user.client is not None
    with user.client:
        _one(user, marker).set_value(value)


async def _leave(user: User) -> None:
    user.find(marker="log-out").click()
    await user.should_see(marker="log-in", retries=50)


async def _until(holds) -> None:
    for _ in range(300):
        if await holds():
            return
        await asyncio.sleep(0.1)
    raise AssertionError("it did not come about")


async def test_fields_are_filled_and_kept(user: User, enter, little, written) -> None:
    bulletin = written()
    await enter("huyen", f"/bulletins/{bulletin}")
    user.find(marker="source").type(MARKUP)
    user.find(marker="tags").type("bão, <b>lũ</b>")
    _choose(user, "until-day", "30/11/2099")
    _choose(user, "category", "disaster")
    _choose(user, "level", "priority")

    async def kept() -> bool:
        found = (await life.life(little.desk, little.people["huyen"], bulletin)).bulletin.fields
        return found.level is Level.PRIORITY and found.category is Category.DISASTER and found.tags != ()

    await _until(kept)
    fields = (await life.life(little.desk, little.people["huyen"], bulletin)).bulletin.fields
    assert (fields.source, fields.tags) == (MARKUP, ("bão", "<b>lũ</b>"))
    assert fields.valid_until == datetime(2099, 11, 30, 16, 59, tzinfo=UTC)
    await user.open(f"/bulletins/{bulletin}")
    await user.should_see(MARKUP, retries=30)
    assert _one(user, "fields").props["caption"].startswith("Ưu tiên · Thiên tai")


async def test_a_day_that_is_none_is_told_in_its_place(user: User, enter, written) -> None:
    await enter("huyen", f"/bulletins/{written()}")
    _choose(user, "until-day", "31/02/2099")
    await user.should_see("Chưa hiểu ngày giờ hết hiệu lực", retries=50)


async def test_what_another_person_fills_in_appears(user: User, enter, little, written) -> None:
    bulletin = written()
    await enter("huyen", f"/bulletins/{bulletin}")
    await editing.describe(little.desk, little.people["truong"], bulletin, Fields(), Fields(source="Đài tỉnh"))
    await user.should_see("Đài tỉnh", retries=50)


async def test_a_bulletin_is_handed_in_heard_and_approved(user: User, enter, little, written) -> None:
    bulletin = written(MARKUP)
    await enter("huyen", f"/bulletins/{bulletin}")
    await user.should_see("Bản nháp", retries=30)
    user.find(marker="submit").click()
    await user.should_see("Bản 1 chờ duyệt từ", retries=50)
    await _leave(user)
    await enter("duyet", "/approvals")
    await user.should_see(MARKUP, retries=30)
    await _until(lambda: _shows(user, "approvals-count", "1"))
    await user.open(f"/bulletins/{bulletin}/versions")
    await user.should_see("Hãy nghe đến hết", retries=30)
    button = _one(user, "approve")
    assert not button.enabled
    user.find(marker="deciding-player").trigger("ended", 4.0)
    await user.should_see("Mới nghe được 4 giây trên 10 giây", retries=50)
    assert not button.enabled
    user.find(marker="deciding-player").trigger("ended", 10.0)
    await user.should_see("Bạn đã nghe hết bản này.", retries=50)
    assert button.enabled
    user.find(marker="approve").click()
    await user.should_see("Võ Văn Duyệt duyệt bản 1 lúc", retries=50)
    assert await _state(little, bulletin) is BulletinState.APPROVED
    await user.should_not_see(marker="approve", retries=30)


async def test_who_cannot_listen_says_why(user: User, enter, little, hand_in) -> None:
    bulletin = await hand_in()
    await enter("duyet", f"/bulletins/{bulletin}/versions")
    user.find(marker="approve-unheard").click()
    await user.should_see("Bạn chưa nghe hết bản này", retries=50)
    user.find(marker="unheard-why").type("loa của máy tính hỏng")
    user.find(marker="approve-unheard").click()
    await user.should_see("Không nghe trước khi duyệt, vì: loa của máy tính hỏng", retries=50)
    assert await _state(little, bulletin) is BulletinState.APPROVED


async def test_a_rejection_is_read_by_its_author(user: User, enter, little, hand_in) -> None:
    bulletin = await hand_in()
    await enter("duyet", f"/bulletins/{bulletin}/versions")
    user.find(marker="reject").click()
    await user.should_see("Chưa ghi lý do", retries=50)
    user.find(marker="reject-why").type("Sai giờ <b>họp</b>")
    user.find(marker="reject").click()
    await _until(lambda: _is(little, bulletin, BulletinState.REJECTED))
    await _leave(user)
    await enter("huyen", f"/bulletins/{bulletin}")
    await user.should_see("Lý do: Sai giờ <b>họp</b>", retries=50)
    await user.should_see("Bị từ chối", retries=30)


async def _shows(user: User, marker: str, text: str) -> bool:
    return bool(_one(user, marker).text == text)


async def _is(little, bulletin: int, state: BulletinState) -> bool:
    return await _state(little, bulletin) is state


async def test_ones_own_priority_bulletin_waits_for_somebody_else(user: User, enter, hand_in) -> None:
    bulletin = await hand_in(level="priority")
    await enter("huyen", f"/bulletins/{bulletin}/versions")
    await user.should_see("Bản tin ưu tiên phải do người khác duyệt", retries=30)
    await user.should_not_see(marker="approve")
    await user.should_not_see(marker="approve-unheard")


async def test_versions_are_compared_side_by_side_and_markup_stays_text(user: User, enter, little, hand_in) -> None:
    bulletin = await hand_in("Mời họp", "Họp tối nay lúc 19 giờ.")
    await life.reject(
        little.desk, little.people["truong"], bulletin,
        (await life.life(little.desk, little.people["truong"], bulletin)).versions[0].hash, "sai ngày",
    )  # fmt: skip

    def change(session: Session) -> None:
        row = session.get_one(BulletinRow, bulletin)
        row.text, row.source, row.state = "Họp tối <3 người> lúc 19 giờ.", "Đài", "draft"

    await little.desk.store.write(change)
    await life.submit(little.desk, little.people["huyen"], bulletin)
    await enter("huyen", f"/bulletins/{bulletin}/versions")
    await user.should_see(marker="differs-row-text", retries=50)
    left, right = [_one(user, f"{side}-row-text").content for side in ("left", "right")]
    assert left == "Họp tối<del> nay</del> lúc 19 giờ."
    assert right == "Họp tối<ins> &lt;3 người&gt;</ins> lúc 19 giờ."
    await user.should_see(marker="differs-source")
    await user.should_not_see(marker="differs-level")


async def test_where_two_people_are_demanded_placing_offers_to_hand_in(user: User, enter, little, written) -> None:
    bulletin = written(areas=[COMMUNE])
    await enter("tinh", "/approvals")
    await user.should_see("Chưa có địa bàn nào yêu cầu.", retries=30)
    _choose(user, "two-people-add", COMMUNE)
    await user.should_see(marker=f"two-people-{COMMUNE}", retries=50)
    await _leave(user)
    await enter("huyen", f"/bulletins/{bulletin}")
    await user.should_see("Xã Thạnh Đức yêu cầu người duyệt khác người viết", retries=50)
    await user.should_not_see(marker="place", retries=30)
    user.find(marker="place-submit").click()
    await _until(lambda: _is(little, bulletin, BulletinState.SUBMITTED))


async def test_pages_of_approval_are_closed_to_who_may_not_approve(user: User, enter) -> None:
    await enter("xa", "/approvals")
    await user.should_not_see(marker="nav-approvals")
    await user.should_not_see(marker="two-people")


async def test_whoever_decides_reads_what_was_warned_about_and_why_it_stands(user, enter, little, hand_in) -> None:
    bulletin = await hand_in(text="Mời bà con đi họp. Hỏi bà Lan, số 0912 345 678.")
    huyen = little.people["huyen"]
    found = await little.warnings(huyen, bulletin, little.books[bulletin].text)
    phone = next(w.concern for w in found if w.concern.code == "phone")
    await little.answer_warning(huyen, bulletin, phone.key, "số trực của trạm")
    await enter("tinh", f"/bulletins/{bulletin}/versions")
    await user.should_see(marker="warned-phone", retries=50)
    await user.should_see("Giữ nguyên vì: số trực của trạm", retries=20)
    await user.should_see(marker="warned-no-validity")
    await user.should_see("Người viết chưa ghi lý do.")


async def test_what_is_still_to_air_is_named_before_it_goes_with_its_bulletin(user, enter, little, written) -> None:
    bulletin, staff = written(), little.people["huyen"]
    at = little.desk.now().replace(hour=8, minute=0, second=0) + timedelta(days=1)
    await scheduling.place(little.desk, _replan, staff, bulletin, (COMMUNE,), at, "")
    await enter("huyen", f"/bulletins/{bulletin}/versions")
    user.find(marker="withdraw-bulletin").click()
    await user.should_see("1 lịch phát sau đây", retries=50)
    await user.should_see("Xã Thạnh Đức")
    user.find(marker="withdraw-bulletin-yes").click()
    await user.should_see("Đã thu hồi bản tin", retries=50)
    assert not (await life.life(little.desk, staff, bulletin)).coming


async def test_a_bulletin_is_withdrawn_for_good(user: User, enter, little, hand_in) -> None:
    bulletin = await hand_in(valid_until=datetime.now(UTC) + timedelta(days=1))
    await enter("huyen", f"/bulletins/{bulletin}/versions")
    user.find(marker="withdraw-bulletin").click()
    await user.should_see(marker="withdraw-bulletin-yes", retries=30)
    user.find(marker="withdraw-bulletin-yes").click()
    await _until(lambda: _is(little, bulletin, BulletinState.WITHDRAWN))
    await user.should_see("Đã thu hồi", retries=50)

"""The trail as people look into it, and the command that checks it."""

import csv
import io
import json
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import text

from broadcast import auditing
from broadcast.cli import main
from broadcast.domain.audit import Change, Deed
from broadcast.domain.people import Action, Role
from broadcast.settings import Server, Settings, as_toml
from broadcast.store import Store
from broadcast.view_types import TrailAsk
from devices.vocabulary import AreaId

PROVINCE = AreaId("tinh-tay-ninh-72")
DISTRICT = AreaId("huyen-go-dau-710")
COMMUNE = AreaId("xa-thanh-duc-25657")
NEIGHBOUR = AreaId("xa-cam-giang-25660")
ELSEWHERE = AreaId("huyen-ben-cau-711")
TODAY = TrailAsk("2026-11-25", "2026-11-25")


@pytest.fixture
async def written(desk, province, staff, clock):
    """Six entries: by two people, in four places, the last one after midnight."""
    for who, action, areas in (
        (province, "stop", (COMMUNE,)),
        (staff, "save", (COMMUNE,)),
        (staff, "save", (NEIGHBOUR,)),
        (province, "place", (ELSEWHERE, DISTRICT)),
        (province, "add_user", ()),
    ):
        await desk.store.note(
            Deed(action, who.id, who.login, who.name, "10.0.0.1"), Change({}, {"x/1": {"y": 1}}, areas)
        )
    clock.on(hours=7)
    await desk.store.note(Deed("save", staff.id, staff.login, staff.name, "=1+1"), Change({}, {}, (COMMUNE,)))


async def numbers(desk, actor, **asked):
    page = await auditing.trail(desk, actor, _asked(**asked))
    return [line.seq for line in page.lines]


def _asked(**asked):
    return TrailAsk(**({"first_day": "2026-11-25", "last_day": "2026-11-25"} | asked))


async def test_it_is_filtered_by_days_person_deed_and_area(desk, province, staff, written):
    assert await numbers(desk, province) == [5, 4, 3, 2, 1]
    assert await numbers(desk, province, last_day="2026-11-26") == [6, 5, 4, 3, 2, 1]
    assert await numbers(desk, province, person=staff.id) == [3, 2]
    assert await numbers(desk, province, action="save") == [3, 2]
    assert await numbers(desk, province, area=COMMUNE) == [2, 1]
    assert await numbers(desk, province, area=DISTRICT) == [4, 3, 2, 1]
    assert await numbers(desk, province, area=PROVINCE) == [5, 4, 3, 2, 1]
    assert await numbers(desk, province, area=NEIGHBOUR, person=province.id) == []


async def test_it_is_paged_by_the_books(desk, province, written):
    page = await auditing.trail(desk, province, _asked(page=1, page_size=2))
    assert ([line.seq for line in page.lines], page.total) == ([3, 2], 5)
    assert (await auditing.trail(desk, province, _asked(page=9, page_size=2))).lines == ()
    assert [name for _, name in page.people] == ["Người canbo", "Người tinh"]


@pytest.mark.parametrize("role", [Role.STAFF, Role.OPERATOR])
async def test_who_may_not_see_it_is_refused(desk, hire, refused, role):
    nobody = hire("ai", role, DISTRICT)
    assert not nobody.may(Action.SEE_AUDIT)
    assert (await refused(auditing.trail(desk, nobody, TODAY))).code == "not-allowed"
    assert (await refused(auditing.trail_csv(desk, nobody, TODAY))).code == "not-allowed"


async def test_whoever_sees_a_district_sees_what_touched_it_and_nothing_else(desk, hire, refused, written):
    half = hire("nua", Role.PROVINCE, DISTRICT)
    assert await numbers(desk, half) == [4, 3, 2, 1]
    assert (await refused(auditing.trail(desk, half, _asked(area=ELSEWHERE)))).code == "not-your-area"
    assert [n for _, n in (await auditing.trail(desk, half, TODAY)).people] == [
        "Người canbo",
        "Người nua",
        "Người tinh",
    ]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"first_day": "hôm qua"}, "bad-day"),
        ({"first_day": "2026-11-26"}, "days-reversed"),
        ({"area": "x"}, "no-such-area"),
    ],
)
async def test_what_cannot_be_asked_is_refused_in_words(desk, province, refused, asked, code):
    assert (await refused(auditing.trail(desk, province, _asked(**asked)))).code == code


async def test_the_file_holds_all_and_computes_nothing(desk, province, written):
    raw = await auditing.trail_csv(desk, province, _asked(last_day="2026-11-26", page_size=1))
    lines = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert [line["Số dòng"] for line in lines] == ["6", "5", "4", "3", "2", "1"]
    assert lines[0]["Từ đâu"] == "'=1+1"
    assert (lines[0]["Ngày"], lines[0]["Giờ"], lines[0]["Việc đã làm"]) == ("26/11/2026", "00:00:00", "Sửa bản tin")
    assert lines[4]["Địa bàn"] == "Xã Thạnh Đức"
    assert len(lines[0]["Mã chuỗi"]) == 64


@pytest.fixture
def command(tmp_path, capsys):
    """`loalang audit ...` on books of its own: (arguments) > exit status and what was said."""
    settings = msgspec.structs.replace(Settings(), server=Server(data=str(tmp_path / "data")))
    file = tmp_path / "config.toml"
    file.write_text(as_toml(settings), "utf-8")

    def run(name, *arguments):
        status = main(["audit", name, "--config", str(file), *map(str, arguments)])
        said = capsys.readouterr()
        return status, said.out + said.err

    return run


async def fill(folder, count):
    folder.mkdir(exist_ok=True)
    store = Store(f"sqlite:///{folder / 'loalang.sqlite3'}")
    store.migrate()
    for number in range(count):
        await store.note(Deed("save"), Change({}, {"x": number}))
    await store.close()


def test_without_books_there_is_nothing_to_check(command, tmp_path):
    assert command("verify")[0] == 2
    assert command("head")[0] == 2
    assert command("verify", "--heads", tmp_path / "none")[0] == 2


async def test_the_command_finds_a_trail_whole_then_broken_and_says_where(command, tmp_path):
    await fill(tmp_path / "data", 4)
    status, head = command("head")
    assert status == 0
    (tmp_path / "heads").write_text(head, "ascii")
    status, said = command("verify", "--heads", tmp_path / "heads")
    assert status == 0
    assert "nguyên vẹn" in said
    assert head.split()[2] in said
    found = json.loads(command("verify", "--json", "--heads", tmp_path / "heads")[1])
    assert (found["whole"], found["entries"], found["heads_compared"], found["first"]) == (True, 4, 1, None)

    store = Store(f"sqlite:///{tmp_path / 'data' / 'loalang.sqlite3'}")
    with store.engine.begin() as books:
        books.execute(text("DROP TRIGGER audit_no_update"))
        books.execute(text("UPDATE audit SET whence = '10.6.6.6' WHERE seq = 3"))
    store.engine.dispose()
    status, said = command("verify")
    assert (status, "dòng 3" in said) == (1, True)
    status, said = command("verify", "--json")
    assert (status, json.loads(said)["first"]) == (1, {"entry": 3, "fault": "changed"})


async def test_heads_of_the_settings_file_are_compared_without_being_named(command, tmp_path):
    await fill(tmp_path / "data", 2)
    (tmp_path / "data" / "audit-heads.txt").write_text(f"2026-11-25 2 {'f' * 64}\nkhông phải\n", "utf-8")
    status, said = command("verify", "--json")
    assert (status, json.loads(said)["first"]) == (1, {"entry": 2, "fault": "elsewhere"})


async def test_a_line_of_the_future_is_not_shown_as_today(desk, province, clock):
    await desk.store.note(Deed("save", at=clock.time + timedelta(days=3)), Change())
    assert await numbers(desk, province) == []

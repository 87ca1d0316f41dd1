import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session

from broadcast import logbook, scheduling
from broadcast.domain.deliveries import DeliveryState
from broadcast.domain.refusals import Refusal
from broadcast.domain.schedule import airing_id
from broadcast.records import AlarmRow, DeliveryRow
from broadcast.view_types import LogAsk
from broadcast.wording import language, refusal
from devices.vocabulary import AreaId

PROVINCE = AreaId("tinh-tay-ninh-72")
DISTRICT = AreaId("huyen-go-dau-710")
COMMUNE = AreaId("xa-thanh-duc-25657")
NEIGHBOUR = AreaId("xa-cam-giang-25660")
TODAY = LogAsk("2026-11-25", "2026-11-25")


@pytest.fixture
def place(desk, province, spoken, clock, receivers):
    async def replan(_areas):
        pass

    async def place(*areas, title="Mời họp", minutes=30.0):
        at = clock.time + timedelta(minutes=minutes)
        typed = f"{at.astimezone(desk.zone):%H:%M} {desk.tree.get(areas[0]).name}"
        return await scheduling.place(desk, replan, province, spoken(province, title), areas, at, typed, "Thử")

    return place


@pytest.fixture
def tell(desk):
    def tell(slot, receiver, **fields):
        with Session(desk.store.engine) as session:
            row = session.get_one(DeliveryRow, (airing_id(slot.id, slot.at), receiver))
            for name, value in fields.items():
                setattr(row, name, value)
            session.add(row)
            session.commit()

    return tell


@pytest.fixture
def alarm(desk, clock):
    """An alarm heard by one receiver of the commune, into the books at once."""

    def alarm():
        with Session(desk.store.engine) as session:
            session.add(
                AlarmRow(
                    id="a1",
                    areas=[PROVINCE],
                    siren="wail",
                    words="Lũ về",
                    raised_by=1,
                    raised_name="Trực ban",
                    raised_at=clock.time,
                    until=clock.time,
                )
            )
            session.add(
                DeliveryRow(
                    subject="a1",
                    receiver="thanh-duc-1",
                    kind="alarm",
                    area=COMMUNE,
                    state="played",
                    planned_at=clock.time,
                    seconds=8.0,
                    news_at=clock.time,
                )
            )
            session.commit()

    return alarm


async def table(desk, actor, ask):
    raw = await logbook.log_csv(desk, actor, ask)
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


async def test_a_line_says_what_where_when_and_how_it_ended(desk, province, place, tell, clock):
    slot = await place(COMMUNE)
    started, news = slot.at + timedelta(milliseconds=4), slot.at + timedelta(seconds=11)
    tell(
        slot,
        "thanh-duc-1",
        state="played",
        started_at=started,
        start_error_ms=4.0,
        played_ms=10_000,
        news_at=news,
    )
    page = await logbook.log(desk, province, TODAY)
    assert page.total == 2
    row = next(r for r in page.rows if r.state is DeliveryState.PLAYED)
    assert (row.kind, row.title, row.receiver_name, row.area_name) == (
        "airing",
        "Mời họp",
        "Loa thanh-duc-1",
        "Xã Thạnh Đức",
    )
    assert (row.planned_at, row.started_at, row.start_error_ms, row.played_ms) == (slot.at, started, 4.0, 10_000)
    assert (row.why, row.news_at, row.placed_by) == ("", news, province.name)


async def test_a_line_says_who_spoke_and_in_whose_stead(desk, province, place):
    slot = await place(COMMUNE)
    with desk.store.engine.begin() as books:
        books.execute(text("UPDATE bulletin SET engine = 'espeak', voice = 'vi', fell_back = 'gtts: timeout'"))
    (row, *_) = (await logbook.log(desk, province, TODAY)).rows
    assert (row.engine, row.voice, row.fell_back) == ("espeak", "vi", "gtts: timeout")
    header, line, *_ = await table(desk, province, TODAY)
    assert header[-1] == "Giọng đọc"
    assert line[-1] == "eSpeak NG (giọng máy, miền Bắc); đọc thay, vì Google: không trả lời kịp"
    with desk.store.engine.begin() as books:
        books.execute(text("UPDATE bulletin SET clip = NULL"))
    assert (await logbook.log(desk, province, TODAY)).rows[0].engine == ""
    assert slot.id


async def test_days_are_local_and_both_ends_belong_to_them(desk, province, place, clock):
    # 17:00 local now; midnight is seven hours away
    last = await place(NEIGHBOUR, title="cuối ngày", minutes=7 * 60 - 1)
    first = await place(NEIGHBOUR, title="đầu ngày", minutes=7 * 60)
    assert [r.planned_at for r in (await logbook.log(desk, province, TODAY)).rows] == [last.at]
    tomorrow = LogAsk("2026-11-26", "2026-11-26")
    assert [r.planned_at for r in (await logbook.log(desk, province, tomorrow)).rows] == [first.at]
    both = await logbook.log(desk, province, LogAsk("2026-11-25", "2026-11-26"))
    assert [r.planned_at for r in both.rows] == [first.at, last.at]


async def test_pages_are_newest_first_and_leave_nothing_out(desk, province, place):
    for i in range(4):
        await place(COMMUNE, title=f"Tin {i}", minutes=10 + i)
    whole = (await logbook.log(desk, province, TODAY)).rows
    assert [r.planned_at for r in whole] == sorted((r.planned_at for r in whole), reverse=True)
    pages = [
        await logbook.log(desk, province, LogAsk("2026-11-25", "2026-11-25", page=i, page_size=3)) for i in range(4)
    ]
    assert [len(p.rows) for p in pages] == [3, 3, 2, 0]
    assert {p.total for p in pages} == {8}
    assert tuple(row for p in pages for row in p.rows) == whole


async def test_a_page_that_cannot_be_is_the_nearest_that_can(desk, province, place):
    await place(COMMUNE)
    odd = await logbook.log(desk, province, LogAsk("2026-11-25", "2026-11-25", page=-3, page_size=0))
    assert (len(odd.rows), odd.total) == (1, 2)


async def test_the_log_is_filtered_by_area_and_all_below(desk, province, place):
    await place(PROVINCE)
    counts = {}
    for area in (PROVINCE, DISTRICT, COMMUNE, NEIGHBOUR):
        counts[area] = (await logbook.log(desk, province, LogAsk("2026-11-25", "2026-11-25", area))).total
    assert counts == {PROVINCE: 4, DISTRICT: 3, COMMUNE: 2, NEIGHBOUR: 1}


async def test_an_operator_reads_only_of_their_own_commune(desk, operator, staff, place):
    await place(PROVINCE)
    assert {r.area_name for r in (await logbook.log(desk, operator, TODAY)).rows} == {"Xã Thạnh Đức"}
    assert (await logbook.log(desk, staff, TODAY)).total == 3
    assert len(await table(desk, operator, TODAY)) == 1 + 2
    with pytest.raises(Refusal, match="not-your-area"):
        await logbook.log(desk, operator, LogAsk("2026-11-25", "2026-11-25", NEIGHBOUR))
    with pytest.raises(Refusal, match="not-your-area"):
        await logbook.log_csv(desk, operator, LogAsk("2026-11-25", "2026-11-25", DISTRICT))


async def test_alarms_stand_in_the_log_too(desk, operator, receivers, alarm):
    alarm()
    (row,) = (await logbook.log(desk, operator, TODAY)).rows
    assert (row.kind, row.title, row.placed_by, row.receiver_name) == ("alarm", "Lũ về", "Trực ban", "Loa thanh-duc-1")


async def test_history_outlives_receivers_and_areas(desk, province, operator, place, tell):
    slot = await place(COMMUNE)
    tell(slot, "thanh-duc-1", area="xa-da-sap-nhap-999")
    names = {r.area_name for r in (await logbook.log(desk, province, TODAY)).rows}
    assert names == {"Xã Thạnh Đức", "xa-da-sap-nhap-999"}
    assert (await logbook.log(desk, operator, TODAY)).total == 1


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (LogAsk("hôm nay", "2026-11-25"), "bad-day"),
        (LogAsk("2026-11-25", "2026-02-30"), "bad-day"),
        (LogAsk("", ""), "bad-day"),
        (LogAsk("2026-11-26", "2026-11-25"), "days-reversed"),
        (LogAsk("2026-11-25", "2026-11-25", AreaId("xa-khong-co-1")), "no-such-area"),
    ],
)
async def test_what_cannot_be_asked_is_refused(desk, province, ask, code):
    for read in (logbook.log, logbook.log_csv):
        with pytest.raises(Refusal) as no:
            await read(desk, province, ask)
        assert no.value.code == code
        assert "Hãy" in refusal(no.value)


async def test_all_of_time_may_be_asked_for(desk, province, place):
    await place(NEIGHBOUR)
    assert (await logbook.log(desk, province, LogAsk("0001-01-01", "9999-12-31"))).total == 1


async def test_the_file_has_vietnamese_headers_and_local_hours(desk, province, place, tell):
    slot = await place(NEIGHBOUR)
    tell(slot, "cam-giang-1", state="missed", why="quiet-hours")
    head, line = await table(desk, province, TODAY)
    named = dict(zip(head, line, strict=True))
    assert named == {
        "Loại": "Bản tin",
        "Bản tin": "Mời họp",
        "Cụm loa": "Loa cam-giang-1",
        "Địa bàn": "Xã Cẩm Giang",
        "Ngày phát": "25/11/2026",
        "Giờ theo lịch": "17:30:00",
        "Giờ bắt đầu phát": "",
        "Lệch giờ (mili giây)": "",
        "Thời lượng đã phát (giây)": "",
        "Kết quả": "Lỡ giờ, không phát",
        "Lý do": "Rơi vào giờ yên tĩnh",
        "Cập nhật lúc": "17:00:00 25/11/2026",
        "Người đặt lịch": province.name,
        "Giọng đọc": "eSpeak NG (giọng máy, miền Bắc)",
    }


async def test_numbers_in_the_file_stay_numbers(desk, province, place, tell):
    slot = await place(NEIGHBOUR)
    tell(slot, "cam-giang-1", state="played", start_error_ms=-3.25, played_ms=9_990, started_at=slot.at)
    _, line = await table(desk, province, TODAY)
    assert line[6:9] == ["17:30:00", "-3.2", "10.0"]


@pytest.mark.parametrize("first", ["=", "+", "-", "@"])
async def test_no_cell_is_a_formula(desk, province, place, tell, first):
    slot = await place(NEIGHBOUR, title=f"{first}HYPERLINK('http://x')")
    tell(slot, "cam-giang-1", state="failed", why=f"{first}cmd")
    _, line = await table(desk, province, TODAY)
    assert line[1] == f"'{first}HYPERLINK('http://x')"
    assert line[10] == f"'{first}cmd"


async def test_a_title_with_commas_quotes_and_lines_stays_one_cell(desk, province, place):
    await place(NEIGHBOUR, title='Họp; "tối", nay')
    _, line = await table(desk, province, TODAY)
    assert line[1] == 'Họp; "tối", nay'


async def test_the_file_is_in_the_readers_language(desk, province, place):
    await place(NEIGHBOUR)
    token = language.set("en")
    try:
        head, line = await table(desk, province, TODAY)
    finally:
        language.reset(token)
    assert (head[9], line[9]) == ("Result", "Planned, not sent")


async def test_the_file_holds_all_and_not_a_page(desk, province, place):
    for i in range(3):
        await place(PROVINCE, title=f"Tin {i}", minutes=10 + i)
    assert len(await table(desk, province, LogAsk("2026-11-25", "2026-11-25", page=2, page_size=1))) == 1 + 12


async def test_a_file_too_long_to_open_is_refused(desk, province, place, monkeypatch):
    await place(PROVINCE)
    monkeypatch.setattr(logbook, "CSV_LINES", 3)
    with pytest.raises(Refusal) as no:
        await logbook.log_csv(desk, province, TODAY)
    assert (no.value.code, no.value.facts) == ("log-large", {"lines": 4, "limit": 3})

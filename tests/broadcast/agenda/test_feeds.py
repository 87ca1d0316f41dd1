"""A calendar for phones: behind a secret that is kept as a hash, and taken back at a touch; and the week as a file."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from broadcast import scheduling
from broadcast.agenda import calendaring, feeds
from broadcast.records import AuditRow
from broadcast.tables.air_records import FeedRow
from devices.vocabulary import AreaId

DISTRICT = AreaId("huyen-go-dau-710")
COMMUNE = AreaId("xa-thanh-duc-25657")
NEIGHBOUR = AreaId("xa-cam-giang-25660")
SOON = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)


@pytest.fixture
def place(desk, replan, staff, spoken, receivers):
    def place(*areas, at=SOON, **bulletin):
        return scheduling.place(desk, replan, staff, spoken(staff, **bulletin), areas, at, "")

    return place


async def test_an_address_shows_what_airs_there_and_above_and_nothing_else(desk, place, operator):
    secret = await feeds.make_feed(desk, operator, COMMUNE)
    await place(DISTRICT, title="Họp; dân, phố\nngày mai")
    await place(NEIGHBOUR, title="Láng giềng")
    await place(COMMUNE, title="Xa xôi", at=SOON + timedelta(days=40))
    found = await feeds.ics(desk, secret)
    assert found is not None
    (event,) = Calendar.from_ical(found).walk("VEVENT")
    assert str(event["SUMMARY"]) == "Họp; dân, phố ngày mai"
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (SOON, SOON + timedelta(seconds=10))
    assert str(event["LOCATION"]) == "Huyện Gò Dầu"
    assert all(len(line) <= 75 for line in found.split(b"\r\n"))


async def test_the_secret_is_kept_as_a_hash_alone_also_in_the_trail(desk, operator, rows):
    secret = await feeds.make_feed(desk, operator, COMMUNE)
    (row,) = rows(FeedRow)
    assert secret not in str(row)
    assert not [a for a in rows(AuditRow) if row.secret_hash in a.after or secret in a.after]
    (view,) = await feeds.feeds(desk, operator, COMMUNE)
    assert (view.id, view.by_name) == (row.id, operator.name)


async def test_taken_back_it_shows_nothing_and_a_guess_never_did(desk, operator, refused):
    secret = await feeds.make_feed(desk, operator, COMMUNE)
    other = await feeds.make_feed(desk, operator, COMMUNE)
    (first, _) = await feeds.feeds(desk, operator, COMMUNE)
    await feeds.revoke_feed(desk, operator, first.id)
    assert await feeds.ics(desk, secret) is None
    assert await feeds.ics(desk, other) is not None
    for guess in ("", other.upper(), other[:-1], "'", "\x00"):
        assert await feeds.ics(desk, guess) is None
    assert (await refused(feeds.revoke_feed(desk, operator, first.id))).code == "no-such-feed"


async def test_places_of_others_and_more_than_anybody_needs_are_refused(desk, operator, stranger, refused):
    assert (await refused(feeds.make_feed(desk, operator, NEIGHBOUR))).code == "not-your-area"
    assert (await refused(feeds.feeds(desk, operator, NEIGHBOUR))).code == "not-your-area"
    await feeds.make_feed(desk, operator, COMMUNE)
    assert (await refused(feeds.revoke_feed(desk, stranger, 1))).code == "not-your-area"
    for _ in range(feeds.FEEDS - 1):
        await feeds.make_feed(desk, operator, COMMUNE)
    assert (await refused(feeds.make_feed(desk, operator, COMMUNE))).code == "feeds-many"


async def test_the_week_is_a_file_that_no_spreadsheet_runs(desk, place, operator):
    await place(COMMUNE, title="=1+1")
    await place(DISTRICT, title="Huyện", at=SOON + timedelta(hours=1))
    content = await calendaring.calendar_csv(desk, operator, COMMUNE, SOON, SOON + timedelta(days=7))
    head, first, second = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    assert head[:3] == ["Ngày", "Giờ", "Bản tin"]
    assert first == ["25/11/2026", "17:30:00", "'=1+1", "thông thường", "0,2", "Xã Thạnh Đức"]
    assert second[-1] == "Huyện Gò Dầu"

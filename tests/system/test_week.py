"""The week of a centre and of a commune: one writes on Monday, the other makes its own of what comes from above."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.system.persons import Person

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
POWER = "Tạm ngừng cung cấp điện"
MEETING = "Mời họp ấp về việc làm đường"
STORM = "Tin bão số 14"
WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


def _days_on(days: int) -> datetime:
    return datetime.now(ZONE) + timedelta(days=days)


@pytest.fixture(scope="module")
def centre(browser, demo):
    return Person(browser, demo, "canbo")


@pytest.fixture(scope="module")
def province(browser, demo):
    return Person(browser, demo, "tinh")


@pytest.fixture(scope="module")
def operator(browser, demo):
    return Person(browser, demo, "xa", "390")


def from_template(person: Person, template: str, **fields: str) -> None:
    person.go("/")
    person.find("from-template").click()
    person.find(f"template-{template}").click()
    for key, value in fields.items():
        field = person.find(f"field-{key}")
        field.fill(value)
    person.find("create").click()
    person.find("text").wait_for()


def placed_for(person: Person, at: datetime) -> str:
    """Puts the bulletin that is open on the air in the commune, and returns the address of its slot."""
    person.tick("Xã Thạnh Đức", "thanh duc")
    person.find("when").get_by_text("Chọn giờ").click()
    person.find("day").fill(f"{at:%d/%m/%Y}")
    person.find("hour").fill(f"{at:%H:%M}")
    expect(person.find("preview")).to_contain_text(f"{at:%H:%M}")
    person.find("place").click()
    person.page.wait_for_url("**/slots/*")
    return person.page.url


def listened(person: Person) -> None:
    person.find("listen").click()
    person.find("player").wait_for()


def test_the_centre_begins_the_week_with_a_template(centre):
    day = _days_on(3)
    from_template(
        centre, "cup-dien", company="Điện lực Gò Dầu", reason="thay trụ điện", day=f"{day:%d/%m/%Y}",
        **{"from": "7:30"}, to="11:00", places="ấp Bến Mương, ấp Bến Chò", hotline="1900 1006",
    )  # fmt: skip
    expect(centre.find("text")).to_have_value(re.compile(f"{WEEKDAYS[day.weekday()]}, ngày {day:%d/%m/%Y}"))
    listened(centre)
    centre.look("week-power")


def test_it_comes_back_every_afternoon_until_it_is_over(centre):
    placed_for(centre, _days_on(1).replace(hour=17, minute=0))
    centre.page.get_by_role("button", name="Lặp lại").first.click()
    centre.find("repeat-do").click()
    expect(centre.find("repeat-end")).to_be_visible()
    centre.look("week-repeat")


def test_a_second_bulletin_is_written_and_placed(centre):
    centre.go("/")
    centre.find("write").click()
    centre.find("title").fill(MEETING)
    centre.find("text").fill("Kính mời bà con tới nhà văn hóa ấp họp bàn việc làm đường.")
    listened(centre)
    placed_for(centre, _days_on(1).replace(hour=17, minute=30))


def test_a_priority_bulletin_waits_for_the_ears_of_somebody_else(centre, province):
    from_template(
        centre, "bao", number="14", source="Đài khí tượng thủy văn tỉnh", hour="4:00", day=f"{_days_on(2):%d/%m/%Y}",
        position="cách bờ biển 320 km", wind="cấp 11, giật cấp 14", forecast="bão đi theo hướng Tây",
        authority="Ban Chỉ huy Phòng thủ dân sự xã", phone="0276 3853 112",
    )  # fmt: skip
    listened(centre)
    centre.find("submit").click()
    expect(centre.find("state")).to_contain_text("Chờ duyệt")
    centre.look("week-submitted")
    province.find("nav-approvals").click()
    province.page.get_by_text(STORM).first.click()
    player = province.find("deciding-player")
    player.evaluate("p => { p.playbackRate = 8; return p.play(); }")
    expect(province.find("approve")).to_be_enabled()
    province.look("week-approving")
    province.find("approve").click()
    expect(centre.find("state")).to_contain_text("Đã duyệt")
    placed_for(centre, _days_on(2).replace(hour=6, minute=0))


def test_the_programme_of_a_morning_is_ordered_put_together_and_placed(centre):
    day = _days_on(2)
    centre.go("/programmes")
    centre.find("programme-new").click()
    for title in (POWER, MEETING):
        centre.page.get_by_role("checkbox", name=re.compile(title)).click()
    centre.find("programme-day").fill(f"{day:%d/%m/%Y}")
    centre.look("week-programme-new")
    centre.find("programme-create").click()
    parts = centre.page.locator("[data-testid^='part-'][role=listitem]")
    meeting = parts.filter(has_text=MEETING)
    meeting.locator("[data-testid^=part-up-]").click()
    expect(parts.nth(1)).to_contain_text(MEETING)
    centre.find("assemble").click()
    expect(centre.find("whole").locator("audio").first).to_be_attached()
    centre.look("week-programme")
    expect(centre.find("area-count")).to_contain_text("3 cụm loa")  # it starts from where its bulletins are meant for
    expect(centre.find("preview")).to_contain_text("05:00")
    centre.look("week-programme-placing")
    centre.find("place").click()
    centre.page.wait_for_url("**/slots/*")


def test_the_calendar_of_the_week_shows_what_will_sound(centre):
    centre.look("week-calendar", "/calendar")
    centre.look("week-next", "/next")


def test_the_commune_listens_takes_puts_off_and_declines(operator):
    operator.find("tab-inbox").click()
    waiting = operator.page.locator("[data-testid^=offer-]")
    expect(waiting.nth(2)).to_be_visible()
    operator.look("week-inbox")
    first = waiting.first
    expect(first).to_contain_text(POWER)
    first.locator("audio").evaluate("p => p.play()")
    operator.page.wait_for_function("document.querySelector('audio').currentTime > 0.5")
    first.locator("[data-testid^=take-]").click()
    expect(operator.page.get_by_text("Đã nhận").first).to_be_visible()
    meeting = waiting.filter(has_text=MEETING)
    meeting.locator("[data-testid^=decline-]").click()
    operator.find("decline-yes").click()
    expect(operator.find("decline-error")).to_contain_text("Lý do")
    operator.find("reason-twice").click()
    operator.look("week-decline")
    operator.find("decline-yes").click()
    expect(meeting).to_contain_text("Từ chối")
    later = waiting.filter(has_text=POWER).filter(has=operator.page.locator("[data-testid^=put-off-]:visible")).first
    later.locator("[data-testid^=put-off-]").click()
    operator.look("week-put-off")
    operator.find("usual-0").click()
    expect(operator.page.get_by_text("Đã dời").first).to_be_visible()
    operator.look("week-answered")


def test_the_centre_sees_what_the_commune_did(centre):
    centre.go("/slots")
    centre.page.get_by_text(MEETING).first.click()
    expect(centre.find("answers")).to_contain_text("Từ chối")
    expect(centre.find("answers")).to_contain_text("Xã đã phát nội dung này")
    centre.look("week-answers")


def test_a_thumb_stops_everything_in_the_commune_and_undoes_it(operator):
    operator.find("tab-receivers").click()
    operator.page.locator("[data-testid^=stop-all-]").first.click()
    strip = operator.page.locator("[data-testid^=hold-]")
    expect(strip).to_contain_text("3/3")
    operator.look("week-held")
    operator.page.locator("[data-testid^=release-]").click()
    expect(strip).to_have_count(0)
